"""Lists of stories: newest first, paged by key, each page one range of an index whatever the number of stories."""

import datetime
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.http import Http404

from stories.models import FILINGS, Story, Topic, Version

SIZE = 20


@dataclass(frozen=True)
class Page:
    versions: list  # without their documents
    older: str  # the key of the next page; empty on the last


def river(instant, before="", size=SIZE):
    """Return a page of all stories that readers see at `instant`, an aware datetime. One query."""
    rows = older_than(before, Version.objects.listed_at(instant).without_document(), "id")
    rows = list(rows[: size + 1])
    return Page(rows[:size], key_of(rows[size - 1]) if len(rows) > size else "")


def filed_under(term, instant, before="", size=SIZE):
    """Return a page of the stories filed under a topic, tag, source or author at `instant`. Two queries."""
    rows = FILINGS[type(term)].objects.visible_at(instant).filter(term=term).order_by("-sort_at", "-version_id")
    ids = list(older_than(before, rows, "version_id").values_list("version_id", flat=True)[: size + 1])
    found = Version.objects.without_document().in_bulk(ids[:size])
    versions = [found[pk] for pk in ids[:size]]
    return Page(versions, key_of(versions[-1]) if len(ids) > size else "")


def pages_about_us(instant):
    """Return the versions of kind page that readers see at `instant`, without their documents, by headline."""
    pages = Version.objects.visible_at(instant).filter(kind=Story.Kind.PAGE, listed=False, sort_at__lte=instant)
    return pages.without_document().order_by("headline", "path")


def key_of(version):
    return f"{version.sort_at.astimezone(datetime.UTC):%Y%m%dT%H%M%S%f}-{version.pk}"


def older_than(key, rows, pk):
    """Keep the rows after the one that `key` names; raise Http404 if it does not parse."""
    if not key:
        return rows
    try:
        stamp, _, number = key.partition("-")
        sort_at = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%S%f").replace(tzinfo=datetime.UTC)
        number = int(number)
    except ValueError as error:
        raise Http404("no such page") from error
    if not 0 <= number < 2**63:
        raise Http404("no such page")
    # Not "earlier, or the same and a lower id": this form reads one range of the index.
    return rows.filter(sort_at__lte=sort_at).exclude(sort_at=sort_at, **{f"{pk}__gte": number})


def public(model, instant):
    """Return the terms of `model` that have a page at `instant`: a version visible then is filed under them."""
    filed = Exists(FILINGS[model].objects.visible_at(instant).filter(term=OuterRef("pk")))
    rule = Q(filed) | Q(open=True) if model is Topic else Q(filed)
    return model.objects.filter(rule, alias_of=None)
