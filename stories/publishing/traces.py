"""What else the database tells of versions, the journal, addresses and filing, compared with the versions themselves.

Each is written in the same transaction as the version. So a version that was slipped in or taken out past the desk is
found here, unless whoever did it thought of all of them.
"""

import itertools

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from stories.models import FILINGS, Address, Story, StoryEvent, Version
from stories.publishing.filing import rows_for
from stories.publishing.record import stamp


def journal(stories):
    """Yield (story id, number, sentence) where the journal tells otherwise than {story id: versions}. One query."""
    events = StoryEvent.objects.filter(story__in=stories).order_by("story_id", "pk")
    told = {story_id: replay(rows) for story_id, rows in by_story(events)}
    for story_id, versions in stories.items():
        expected = told.get(story_id, {})
        for version in versions:
            instant = expected.pop(version.number, None)
            if instant is None:
                yield story_id, version.number, _("the journal does not tell of it: it was written past the desk")
            elif instant != version.visible_from:
                sentence = _("the journal tells of it for another time, %(when)s")
                yield story_id, version.number, sentence % {"when": stamp(instant)}
        for number, instant in expected.items():
            yield story_id, number, gone(instant)


def by_story(events):
    return itertools.groupby(events.iterator(chunk_size=500), key=lambda event: event.story_id)


def replay(events):
    """Return {number: instant} of the versions that `events` of one story, in the order they were written, leave."""
    left = {}
    for event in events:
        if event.number is None:
            continue
        # A plan has the highest number: whatever is written before it replaces it, or writes it again afterwards.
        left = {number: instant for number, instant in left.items() if number < event.number}
        if event.action != "cancel":
            left[event.number] = event.instant
    return left


def gone(instant):
    return _("the journal tells of it, visible from %(when)s, and it is gone") % {"when": stamp(instant)}


def beside(stories, reached):
    """Yield (version, sentence) for each version whose story, address or filing is not there as it should be."""
    versions = [version for rows in stories.values() for version in rows]
    there = set(Story.objects.filter(pk__in=stories).values_list("pk", flat=True))
    addresses = set(Address.objects.filter(story__in=stories).values_list("path", "story_id"))
    for version in versions:
        if version.story_id not in there:
            yield version, _("its story is gone")
        if (version.path, version.story_id) not in addresses:
            yield version, _("its address is not kept for its story (manage.py rebuild)")
    yield from wrong_filing(versions, reached)


def wrong_filing(versions, reached):
    expected = rows_for(versions, reached)
    for model, filing in FILINGS.items():
        columns = ["version_id", "term_id", "sort_at", "visible_from", "visible_until"]
        filed = set(filing.objects.filter(version__in=versions).values_list(*columns))
        right = {tuple(getattr(row, name) for name in columns) for row in expected.get(filing, ())}
        wrong = {row[0] for row in filed ^ right}
        names = {"terms": model._meta.verbose_name_plural}
        for version in versions:
            if version.pk in wrong:
                yield version, _("it is not filed under the %(terms)s it names (manage.py rebuild)") % names


def lost(story=None):
    """Yield (story id, number or None, sentence) for what is told of stories and addresses that have no version."""
    chosen = {"story": story} if story else {}
    versions = Version.objects.filter(story=OuterRef("story"))
    for story_id, rows in by_story(StoryEvent.objects.filter(~Exists(versions), **chosen).order_by("story_id", "pk")):
        for number, instant in replay(rows).items():
            yield story_id, number, gone(instant)
    addresses = Address.objects.filter(~Exists(versions.filter(path=OuterRef("path"))), **chosen)
    for path, story_id in addresses.values_list("path", "story_id").iterator():
        yield story_id, None, _("it has the address %(path)s, and no version stands there") % {"path": path}
    if story:
        return
    for model, filing in FILINGS.items():
        rows = filing.objects.filter(~Exists(Version.objects.filter(pk=OuterRef("version_id"))))
        for term in rows.values_list("term__slug", flat=True).iterator():
            names = {"term": f"{model._meta.verbose_name} {term}"}
            yield None, None, _("a version that is gone is filed under the %(term)s") % names
