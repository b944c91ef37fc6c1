"""Cleaners for the fields of a document.

A cleaner takes (value, place, problems) and returns the value in its one normal form. What it cannot accept it adds to
`problems` as (place, sentence). A missing value comes as None and goes as the field's empty value.
"""

import datetime
import re
import uuid

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stories.models import Citation, Source, Story
from stories.models.blocks import PARTIAL_DATE
from stories.models.prose import CITATION_KEY, SAFE_LINK, clean_html, clean_text
from stories.models.term import SLUG

CHOICES = {
    "kind": (Story.Kind.values, Story.Kind.NEWS.value),
    "ai_use": (Story.AIUse.values, Story.AIUse.NONE.value),
    "source_kind": (Source.Kind.values, Source.Kind.ORGANISATION.value),
    "obtained": (["", *Citation.Obtained.values], ""),
    "severity": (["critical", "major", "normal"], "normal"),
}
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
PICTURE_FILE = re.compile(r"pictures/[0-9a-f-]{36}\.(jpg|webp)")
MAX_TEXT = 20_000
MAX_PROSE = 400_000
MAX_ITEMS = 2_000


def clean_shape(shape, value, place, problems):
    """Clean the dictionary `value` by `shape`, {name: cleaner}: all names of the shape and no other."""
    if not isinstance(value, dict):
        problems.append((place or "document", _("It must have fields.")))
        return {}
    for name in value:
        if name not in shape:
            problems.append((join(place, name), _("There is no such field.")))
    return {name: cleaner(value.get(name), join(place, name), problems) for name, cleaner in shape.items()}


def join(place, name):
    return f"{place}.{name}" if place else str(name)


def string(value, place, problems, limit):
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        problems.append((place, _("It must be text.")))
        return ""
    value = str(value)
    if len(value) > limit:
        problems.append(
            (place, ngettext("At most %(n)s character.", "At most %(n)s characters.", limit) % {"n": limit})
        )
        return ""
    return value


def line(limit):
    def cleaner(value, place, problems):
        value = clean_text(string(value, place, problems, MAX_TEXT))
        return string(value, place, problems, limit)

    return cleaner


def text(value, place, problems):
    return clean_text(string(value, place, problems, MAX_TEXT), multiline=True)


def prose(level):
    def cleaner(value, place, problems):
        return clean_html(string(value, place, problems, MAX_PROSE), level)

    return cleaner


def choice(name):
    allowed, default = CHOICES[name]

    def cleaner(value, place, problems):
        value = default if value in (None, "") else value
        if value not in allowed:
            problems.append(
                (place, _("“%(value)s” is not one of: %(all)s.") % {"value": value, "all": listed(allowed)})
            )
            return default
        return str(value)

    return cleaner


def listed(values):
    return ", ".join(value for value in values if value)


def matching(pattern, sentence, limit=200):
    """A cleaner for text that `pattern` matches whole; `sentence`, lazily translated, says what is expected."""

    def cleaner(value, place, problems):
        value = clean_text(string(value, place, problems, limit))
        if value and not pattern.fullmatch(value):
            problems.append((place, f"“{value}”: {sentence}"))
            return ""
        return value

    return cleaner


slug = matching(SLUG, gettext_lazy("use letters, digits, hyphens and underscores."), 100)


def slugs(value, place, problems):
    value = [] if value is None else value
    if not isinstance(value, list) or len(value) > MAX_ITEMS:
        problems.append((place, _("It must be a list.")))
        return []
    return sorted({slug(item, join(place, i), problems) for i, item in enumerate(value)} - {""})


language = matching(LANGUAGE, gettext_lazy("not a language code such as en, ru or pt-BR."), 35)
partial_date = matching(PARTIAL_DATE, gettext_lazy("write a year, a month or a day: 1962, 1962-10 or 1962-10-16."))
citation_key = matching(CITATION_KEY, gettext_lazy("a key is 12 hexadecimal digits."))
picture_file = matching(PICTURE_FILE, gettext_lazy("not the name of a picture's file."))


def url(value, place, problems):
    value = clean_text(string(value, place, problems, 500))
    if value and not (SAFE_LINK.match(value) and value.lower().startswith("http") and " " not in value):
        problems.append((place, _("“%(value)s” is not a web address.") % {"value": value}))
        return ""
    return value


def identifier(value, place, problems):
    """A UUID in its usual form; empty is None."""
    if value in (None, ""):
        return None
    try:
        return str(uuid.UUID(str(value)))
    except ValueError:
        problems.append((place, _("“%(value)s” is not an id.") % {"value": str(value)[:50]}))
        return None


def required(cleaner):
    def checked(value, place, problems):
        before = len(problems)
        value = cleaner(value, place, problems)
        if not value and len(problems) == before:
            problems.append((place, _("It must not be empty.")))
        return value

    return checked


def pixels(value, place, problems):
    if value is None or (type(value) is int and 0 < value < 100_000):
        return value
    problems.append((place, _("It must be a number of pixels.")))
    return None


def day(value, place, problems):
    """A calendar day as YYYY-MM-DD; empty is ""."""
    return iso(datetime.date, value, place, problems)


def time(value, place, problems):
    """A time of day in UTC as HH:MM:SS; empty is ""."""
    return iso(datetime.time, value, place, problems)


def iso(kind, value, place, problems):
    if value in (None, ""):
        return ""
    try:
        parsed = value if type(value) is kind else kind.fromisoformat(str(value))
    except ValueError:
        problems.append((place, _("“%(value)s” is not a date or time like 2025-02-28 or 14:05.") % {"value": value}))
        return ""
    return parsed.replace(microsecond=0, tzinfo=None).isoformat() if kind is datetime.time else parsed.isoformat()


def shape(fields):
    def cleaner(value, place, problems):
        return clean_shape(fields, value, place, problems)

    return cleaner


def optional(fields):
    def cleaner(value, place, problems):
        return clean_shape(fields, value, place, problems) if value else None

    return cleaner


def many(fields, *, unique):
    """A list of shapes, no two of which have the same `unique` field."""

    def cleaner(value, place, problems):
        value = [] if value is None else value
        if not isinstance(value, list) or len(value) > MAX_ITEMS:
            problems.append((place, _("It must be a list.")))
            return []
        cleaned = [clean_shape(fields, item, join(place, i), problems) for i, item in enumerate(value)]
        refuse_twice(cleaned, unique, place, problems)
        return cleaned

    return cleaner


def blocks(types):
    def cleaner(value, place, problems):
        value = [] if value is None else value
        if not isinstance(value, list) or len(value) > MAX_ITEMS:
            problems.append((place, _("It must be a list.")))
            return []
        cleaned = []
        for i, item in enumerate(value):
            kind = item.get("type") if isinstance(item, dict) else None
            if not isinstance(kind, str) or kind not in types:
                problems.append((join(place, i), _("A block needs a type: %(all)s.") % {"all": listed(types)}))
                continue
            inner = {key: field for key, field in item.items() if key not in ("id", "type")}
            block_id = identifier(item.get("id"), join(join(place, i), "id"), problems) or str(uuid.uuid4())
            cleaned.append({"id": block_id, "type": kind} | clean_shape(types[kind], inner, join(place, i), problems))
        refuse_twice(cleaned, "id", place, problems)
        return cleaned

    return cleaner


def refuse_twice(items, name, place, problems):
    seen = set()
    for i, item in enumerate(items):
        value = item.get(name)
        if not value:
            problems.append((join(join(place, i), name), _("It must not be empty.")))
        elif value in seen:
            problems.append((join(join(place, i), name), _("“%(value)s” is there twice.") % {"value": value}))
        seen.add(value)
