"""Lists of stories: newest first, paged by key, each page one range of an index whatever the number of stories."""

import datetime
from dataclasses import dataclass

from django.db.models import CharField, Count, Exists, OuterRef, Q
from django.db.models.functions import Cast, Substr
from django.http import Http404

from stories.models import FILINGS, FrontPage, Story, Topic, Version
from stories.publishing.front import fit_versions

SIZE = 20


@dataclass(frozen=True)
class Page:
    versions: list  # without their documents
    older: str  # the key of the next page; empty on the last


def river(instant, before="", size=SIZE, without=()):
    """Return a page of all stories that stand at `instant`, an aware datetime: not those taken back. One query.

    `without` are versions that stand elsewhere on the page.
    """
    until, _number = parse_key(before)
    rows = Version.objects.listed_at(instant, until).filter(taken_back="")
    return river_page(leaving_out(rows, without, "pk"), before, size)


def river_page(rows, before="", size=SIZE):
    """Return a page of `rows`, versions listed newest first and no later than the key `before`. One query."""
    until, number = parse_key(before)
    rows = list(older_than(rows.without_document(), until, id__gte=number)[: size + 1])
    return Page(rows[:size], key_of(rows[size - 1]) if len(rows) > size else "")


def filed_under(term, instant, before="", size=SIZE, without=()):
    """Return a page of the stories filed under a topic, tag, source or author at `instant`. Two queries."""
    until, number = parse_key(before)
    rows = FILINGS[type(term)].objects.visible_at(instant, until).filter(term=term).order_by("-sort_at", "-version_id")
    rows = leaving_out(older_than(rows, until, version_id__gte=number), without, "version")
    ids = list(rows.values_list("version_id", flat=True)[: size + 1])
    found = Version.objects.without_document().in_bulk(ids[:size])
    versions = [found[pk] for pk in ids[:size]]
    return Page(versions, key_of(versions[-1]) if len(ids) > size else "")


def arranged(instant, topic=None):
    """Return the versions that editors put first on the front page, or on a topic's, at `instant`: in their order.

    One query, two if there are any.
    """
    page = FrontPage.objects.arranged_at(instant, topic)
    if not page or not page.stories:
        return []
    found = fit_versions(instant, topic).filter(story__in=page.stories).without_document()
    by_story = {str(version.story_id): version for version in found}
    return [by_story[story] for story in page.stories if story in by_story]


def leaving_out(rows, versions, name):
    return rows.exclude(**{f"{name}__in": [version.pk for version in versions]}) if versions else rows


def pages_about_us(instant):
    """Return the versions of kind page that readers see at `instant`, without their documents, by headline."""
    pages = Version.objects.visible_at(instant).filter(kind=Story.Kind.PAGE, listed=False, sort_at__lte=instant)
    return pages.without_document().order_by("headline", "path")


def month_of(instant):
    return instant.astimezone(datetime.UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def by_month(rows):
    """Return (UTC month like "2025-02", how many stories were first published in it) of `rows`, versions listed."""
    # Cut from the time as text, which both databases give in UTC: for TruncMonth SQLite would call Python for each row.
    month = Substr(Cast("sort_at", CharField()), 1, 7)
    return rows.order_by().values_list(month).annotate(count=Count("pk"))


def published_in(month, instant, before=""):
    """Keep the versions that lists show at `instant` of stories first published in the UTC month that starts so.

    Of these, with the key `before`, those no later than it.
    """
    until, _number = parse_key(before)
    last = month_of(month + datetime.timedelta(days=31)) - datetime.timedelta(microseconds=1)
    return Version.objects.listed_at(instant, until=min(until or last, last)).filter(sort_at__gte=month)


def key_of(version):
    return key_at(version.sort_at, version.pk)


def key_at(instant, pk):
    return f"{instant.astimezone(datetime.UTC):%Y%m%dT%H%M%S%f}-{pk}"


def parse_key(key):
    """Return the (sort_at, version id) that `key` names, (None, None) if it is empty; raise Http404 if it is no key."""
    if not key:
        return None, None
    try:
        stamp, _, number = key.partition("-")
        sort_at = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%S%f").replace(tzinfo=datetime.UTC)
        number = int(number)
    except ValueError as error:
        raise Http404("no such page") from error
    if not 0 <= number < 2**63:
        raise Http404("no such page")
    return sort_at, number


def older_than(rows, sort_at, **later):
    """Keep the rows after a key, of rows that end at its `sort_at`; `later` says which of that instant stood before."""
    # Not "earlier, or the same and a lower id": this form reads one range of the index.
    return rows.exclude(sort_at=sort_at, **later) if sort_at else rows


def public(model, instant):
    """Return the terms of `model` that have a page at `instant`: a version visible then is filed under them."""
    filed = Exists(FILINGS[model].objects.visible_at(instant).filter(term=OuterRef("pk")))
    rule = Q(filed) | Q(open=True) if model is Topic else Q(filed)
    return model.objects.filter(rule, alias_of=None)
