"""Cleaners for the fields of a document.

A cleaner takes (value, place, problems) and returns the value in its one normal form. What it cannot accept it adds to
`problems` as (place, sentence). A missing value comes as None and goes as the field's empty value.
"""

import datetime
import re
import uuid
from functools import partial
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stories.models import Citation, Source, Story
from stories.models.as_typed import validate_partial_date, validate_url
from stories.models.picture import SourceType
from stories.models.prose import CITATION_KEY, clean_html, clean_text
from stories.models.term import SLUG

CHOICES = {
    "kind": (Story.Kind.values, Story.Kind.NEWS.value),
    "ai_use": (Story.AIUse.values, Story.AIUse.NONE.value),
    "source_kind": (Source.Kind.values, Source.Kind.ORGANISATION.value),
    "obtained": (["", *Citation.Obtained.values], ""),
    "source_type": (["", *SourceType.values], ""),
    "severity": (["critical", "major", "normal"], "normal"),
}
YES_OR_NO = {"true": True, "yes": True, "false": False, "no": False, "": False}
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
PICTURE_FILE = re.compile(r"pictures/[0-9a-f-]{36}\.(jpg|webp)")
MAX_TEXT = 20_000
MAX_PROSE = 200_000
MAX_ITEMS = 2_000
MAX_URL = 500
MAX_DATE = 40  # room for what is typed in its stead


class HalfWritten(NamedTuple):
    """A problem that a draft may have, and no version."""

    place: str
    sentence: str


class AsTyped:
    """The cleaner of a field of which a draft keeps what was typed, also where `cleaner` refuses it."""

    def __init__(self, cleaner, limit):
        self.cleaner, self.limit = cleaner, limit

    def __call__(self, value, place, problems):
        found = []
        cleaned = self.cleaner(value, place, found)
        if not (found and isinstance(value, str)):
            problems += found
            return cleaned
        before = len(problems)
        typed = string(value, place, problems, self.limit)
        if typed and len(problems) == before:
            problems += [HalfWritten(*problem) for problem in found]
        return typed


def clean_shape(shape, value, place, problems):
    """Clean the dictionary `value` by `shape`, {name: cleaner}: all names of the shape and no other."""
    if not isinstance(value, dict):
        problems.append((place or "document", _("It must have fields.")))
        return {}
    for name in value:
        if name not in shape:
            problems.append((join(place, shown(name)), _("There is no such field.")))
    return {name: cleaner(value.get(name), join(place, name), problems) for name, cleaner in shape.items()}


def join(place, name):
    return f"{place}.{name}" if place else str(name)


def shown(value):
    """Return the beginning of a value that is not accepted, fit to be printed whatever it is."""
    return clean_text(value[:50]) if isinstance(value, str) else type(value).__name__


def string(value, place, problems, limit, clean=clean_text):
    """Return text, cleaned; what is too long, before or after, is a problem."""
    if value is None:
        return ""
    if type(value) is int and abs(value) < 10**18:  # YAML reads a slug or a headline "2026" as a number
        value = str(value)
    if not isinstance(value, str):
        problems.append((place, _("It must be text.")))
        return ""
    # What is far too long is not looked at; cleaning may shorten text, but also make it longer.
    value = clean(value) if len(value) <= max(limit, MAX_TEXT) else value
    if len(value) > limit:
        problems.append(
            (place, ngettext("At most %(n)s character.", "At most %(n)s characters.", limit) % {"n": limit})
        )
        return ""
    return value


def line(limit):
    def cleaner(value, place, problems):
        return string(value, place, problems, limit)

    return cleaner


def text(value, place, problems):
    return string(value, place, problems, MAX_TEXT, partial(clean_text, multiline=True))


def prose(level):
    def cleaner(value, place, problems):
        return string(value, place, problems, MAX_PROSE, partial(clean_html, level=level))

    return cleaner


def choice(name):
    allowed, default = CHOICES[name]

    def cleaner(value, place, problems):
        value = default if value in (None, "") else value
        if value not in allowed:
            names = {"value": shown(value), "all": listed(allowed)}
            problems.append((place, _("“%(value)s” is not one of: %(all)s.") % names))
            return default
        return str(value)

    return cleaner


def listed(values):
    return ", ".join(value for value in values if value)


def matching(pattern, sentence, limit=200):
    """A cleaner for text that `pattern` matches whole; `sentence`, lazily translated, says what is expected."""

    def cleaner(value, place, problems):
        value = string(value, place, problems, limit)
        if value and not pattern.fullmatch(value):
            problems.append((place, f"“{shown(value)}”: {sentence}"))
            return ""
        return value

    return cleaner


slug = matching(SLUG, gettext_lazy("use letters, digits, hyphens and underscores."), 100)


def rows(value, place, problems):
    """Return a list, empty if it is none; what is not a list is a problem."""
    value = [] if value is None else value
    if not isinstance(value, list):
        problems.append((place, _("It must be a list.")))
        return []
    if len(value) > MAX_ITEMS:
        problems.append((place, _("It must be a list of at most %(n)s.") % {"n": MAX_ITEMS}))
        return []
    return value


def slugs(value, place, problems):
    items = enumerate(rows(value, place, problems))
    return sorted({slug(item, join(place, i), problems) for i, item in items} - {""})


language = matching(LANGUAGE, gettext_lazy("not a language code such as en, ru or pt-BR."), 35)
citation_key = matching(CITATION_KEY, gettext_lazy("a key is 12 hexadecimal digits."))
sha256 = matching(re.compile("[0-9a-f]{64}"), gettext_lazy("not a SHA-256."))
picture_file = matching(PICTURE_FILE, gettext_lazy("not the name of a picture's file."))


def url(value, place, problems):
    value = string(value, place, problems, MAX_URL)
    try:
        validate_url(value or "https://example.org/")
    except ValidationError:
        problems.append((place, _("“%(value)s” is not a web address.") % {"value": shown(value)}))
        return ""
    return value


def partial_date(value, place, problems):
    value = string(value, place, problems, MAX_DATE)
    try:
        validate_partial_date(value or "2025")
    except ValidationError as error:
        problems.append((place, f"“{value}”: {error.message}"))
        return ""
    return value


def identifier(value, place, problems):
    """A UUID in its usual form; empty is None."""
    if value in (None, ""):
        return None
    try:
        return str(value if isinstance(value, uuid.UUID) else uuid.UUID(string(value, place, [], 50)))
    except ValueError:
        problems.append((place, _("“%(value)s” is not an id.") % {"value": shown(value)}))
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
    if type(value) is datetime.date:
        return value.isoformat()
    value = string(value, place, problems, MAX_DATE)
    try:
        return datetime.date.fromisoformat(value).isoformat() if value else ""
    except ValueError:
        problems.append((place, _("“%(value)s” is not a day: write it like 2025-02-28.") % {"value": value}))
        return ""


def time(value, place, problems):
    """A time of day in UTC as HH:MM:SS; empty is ""."""
    if type(value) is not datetime.time:
        value = string(value, place, problems, MAX_DATE)
        try:
            value = datetime.time.fromisoformat(value) if value else None
        except ValueError:
            problems.append((place, _("“%(value)s” is not a time of day: write it like 14:05.") % {"value": value}))
            return ""
    if value and value.utcoffset():
        problems.append((place, _("Write the time in UTC.")))
        return ""
    return value.replace(microsecond=0, tzinfo=None).isoformat() if value is not None else ""


def instant(value, place, problems):
    """An instant in UTC, to the second, as 2025-02-28T14:05:00Z; empty is ""."""
    if not isinstance(value, datetime.datetime):
        value = string(value, place, problems, 50)
        try:
            value = datetime.datetime.fromisoformat(value) if value else None
        except ValueError:
            problems.append(
                (place, _("“%(value)s” is not an instant such as 2025-02-28T15:00:00Z.") % {"value": value})
            )
            return ""
    if value and not value.tzinfo:
        problems.append((place, _("Say in which time zone: Z at its end is UTC, +03:00 is Istanbul.")))
        return ""
    try:
        # Years before 1000 need their zeros, which strftime() leaves out.
        return value.astimezone(datetime.UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z" if value else ""
    except OverflowError:
        problems.append((place, _("“%(value)s” is not an instant such as 2025-02-28T15:00:00Z.") % {"value": value}))
        return ""


def flag(value, place, problems):
    """Yes or no; empty is no. Files say it in words."""
    said = YES_OR_NO.get(value.lower()) if isinstance(value, str) else False if value is None else value
    if type(said) is not bool:
        problems.append((place, _("Write true or false.")))
        return False
    return said


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
        cleaned = [
            clean_shape(fields, item, join(place, i), problems) for i, item in enumerate(rows(value, place, problems))
        ]
        refuse_twice(cleaned, unique, place, problems)
        return cleaned

    return cleaner


def lines(limit):
    """A list of lines of text."""

    def cleaner(value, place, problems):
        items = enumerate(rows(value, place, problems))
        return [string(item, join(place, i), problems, limit) for i, item in items]

    return cleaner


def blocks(types):
    def cleaner(value, place, problems):
        cleaned = []
        for i, item in enumerate(rows(value, place, problems)):
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
        value, where = item.get(name), join(join(place, i), name)
        if not value and not any(known.startswith(join(place, i)) for known, _sentence in problems):
            problems.append((where, _("It must not be empty.")))
        elif value and value in seen:
            problems.append((where, _("“%(value)s” is there twice.") % {"value": value}))
        seen.add(value)
