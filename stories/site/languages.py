"""What language a page or a passage is in, and which way it runs."""

from django.conf import settings
from django.utils.html import format_html
from django.utils.translation import get_language

RIGHT_TO_LEFT = {"ar", "arc", "ckb", "dv", "fa", "he", "ku-arab", "nqo", "pa-arab", "ps", "sd", "syr", "ug", "ur", "yi"}
RIGHT_TO_LEFT_SCRIPTS = {"arab", "hebr", "nkoo", "syrc", "thaa"}


def direction(language):
    """Return "rtl" or "ltr" for a BCP 47 code."""
    first, *rest = language.lower().split("-")
    scripts = [part for part in rest if len(part) == 4 and part.isalpha()]
    if scripts:
        return "rtl" if scripts[0] in RIGHT_TO_LEFT_SCRIPTS else "ltr"
    return "rtl" if first in RIGHT_TO_LEFT else "ltr"


def attributes(language, around):
    """Return the attributes of an element in `language` that stands in a text in `around`, none if it is the same."""
    if not language or language.lower() == around.lower():
        return ""
    return format_html(' lang="{}" dir="{}"', language, direction(language))


def own():
    """Return the language of the product’s own words."""
    return get_language() or settings.LANGUAGE_CODE


def own_words(around):
    """Return the attributes of the product’s own words in a text in `around`: none if they are in one language."""
    if same_tongue(own(), around):
        return ""
    if direction(own()) == direction(around):
        return format_html(' lang="{}"', own())
    return format_html(' lang="{}" dir="{}"', own(), direction(own()))


def same_tongue(one, other):
    return one.lower().partition("-")[0] == other.lower().partition("-")[0]
