"""Whether the record is what it was: every hash, every link and every interval, from the first version on."""

import itertools
from collections import defaultdict
from copy import copy
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from stories.models import Story, Version
from stories.publishing import traces
from stories.publishing.document import canonical, upgraded
from stories.publishing.filing import lock_filing, reach
from stories.publishing.record import DERIVED, REMOVALS, fill_story, hash_of, path_for
from stories.publishing.removals import emptied

BATCH = 200  # versions that are held at once; more if one story has more


@dataclass(frozen=True)
class Fault:
    """What does not hold, and where: `number` of a version that is or was, or None; `path` is empty if it is gone."""

    story: UUID | None
    number: int | None
    sentence: str
    path: str = ""

    def __str__(self):
        if self.story is None:
            return self.sentence
        where = _("story %(story)s") % {"story": self.story}
        if self.number:
            where = _("%(where)s, version %(number)s") % {"where": where, "number": self.number}
        return f"{where} ({self.path}): {self.sentence}" if self.path else f"{where}: {self.sentence}"


def verify(progress=lambda count: None, story=None):
    """Yield a Fault for everything that does not hold, in the whole record or in that of `story`, an id.

    Reads each version once, some at a time; `progress` is called with how many were read.
    """
    count, reached = 0, reach()
    for stories in batches(story):
        faults = check(stories, reached)
        for story_id in stories:
            if faults[story_id]:
                yield from check_again(story_id)
        count += sum(map(len, stories.values()))
        progress(count)
    for story_id, number, sentence in traces.lost(story):
        yield Fault(story_id, number, sentence)


def batches(story):
    """Yield {story id: all its versions in order of number}."""
    rows = Version.objects.filter(story=story) if story else Version.objects.all()
    rows, batch = rows.order_by("story_id", "number").iterator(chunk_size=BATCH), {}
    for story_id, versions in itertools.groupby(rows, key=lambda version: version.story_id):
        batch[story_id] = list(versions)
        if sum(map(len, batch.values())) >= BATCH:
            yield batch
            batch = {}
    if batch:
        yield batch


def check_again(story_id):
    """Return the Faults of a story once nobody writes to it: between two queries of a batch someone may have."""
    with transaction.atomic():
        lock_filing()
        list(Story.objects.select_for_update().filter(pk=story_id))
        versions = list(Version.objects.filter(story=story_id).order_by("number"))
        return check({story_id: versions}, reach())[story_id]


def check(stories, reached):
    """Return {story id: Faults} of {story id: versions in order of number}. Eleven queries, however many they are."""
    found = defaultdict(list)
    for story_id, versions in stories.items():
        found[story_id] += [fault(version, sentence) for version, sentence in problems_of(versions)]
    for version, sentence in traces.beside(stories, reached):
        found[version.story_id].append(fault(version, sentence))
    for story_id, number, sentence in traces.journal(stories):
        found[story_id].append(Fault(story_id, number, sentence))
    return found


def fault(version, sentence):
    return Fault(version.story_id, version.number, sentence, version.path)


def problems_of(versions):
    """Yield (version, sentence) for the versions of one story, all of them in order of number."""
    replaced = replacements(versions)
    for position, version in enumerate(versions):
        previous = versions[position - 1] if position else None
        if version.number != position + 1:
            yield version, _("version %(number)s is missing before it") % {"number": position + 1}
            return
        if hash_of(version) != version.sha256:
            yield version, _("what it says does not fit its hash: the row was changed")
        if previous and follow(version.prev_sha256, replaced.get(previous.number, {})) != previous.sha256:
            yield previous, _("it is not what the version after it was linked to, and no removal names it")
        if previous is None and version.prev_sha256:
            yield version, _("it is linked to a version that is gone")
        yield from wrong_times(version, previous, versions)
    yield from wrong_removals(versions)
    yield from wrong_columns(versions)


def wrong_times(version, previous, versions):
    if previous and previous.visible_until != version.visible_from:
        yield previous, _("its interval does not end where the next one begins")
    if previous and version.visible_from <= previous.visible_from:
        yield version, _("it does not begin after the one before it")
    if version is versions[-1] and version.visible_until is not None:
        yield version, _("it is the last version, and yet it ends")
    if version.visible_from < version.recorded_at and versions[0].recorded_at != version.recorded_at:
        yield version, _("it is dated before it was recorded, and it was not imported with the story")
    if previous and version.recorded_at < previous.recorded_at:
        yield version, _("it was recorded before the version that it follows")


def wrong_removals(versions):
    """Check that removals say what they did, that nothing else does, and that what was taken back is gone."""
    by_number, last = {version.number: version for version in versions}, {}
    for version in versions:
        removal = upgraded(version.document)["removal"]
        if bool(removal) != (version.change in REMOVALS):
            yield version, _("it says that it removed something and is no removal, or the other way round")
        for row in removal["altered"] if removal else []:
            number = row["number"]
            if number >= version.number:
                yield version, _("it says that it altered version %(number)s, which came later") % {"number": number}
            elif number in last and last[number][1] != row["was"]:
                yield version, _("it names a hash that version %(number)s never had") % {"number": number}
            last[number] = version, row["is"]
    for number, (version, sha256) in last.items():
        if number in by_number and by_number[number].sha256 != sha256:
            yield version, _("it says what version %(number)s became, and that has another hash") % {"number": number}
    if change := taken_back(versions):
        for version in versions:
            document = upgraded(version.document)
            if canonical(emptied(document, change)) != canonical(document):
                yield version, _("the story was taken back, and this version still has its text")


def taken_back(versions):
    """Return the change by which a story was taken back as a whole, or None."""
    changes = [version.change for version in versions]
    return next(
        (change for change in (Version.Change.WITHDRAWAL, Version.Change.RETRACTION) if change in changes), None
    )


def wrong_columns(versions):
    """Compare what lists show, columns read from the document, with the document itself."""
    expected = [copy(version) for version in versions]
    fill_story(expected)
    for version, right in zip(versions, expected, strict=True):
        wrong = [name for name in DERIVED if getattr(version, name) != getattr(right, name)]
        if wrong:
            names = {"columns": ", ".join(wrong)}
            yield version, _("its columns %(columns)s do not say what its document says (manage.py rebuild)") % names
        if version.path != path_for(upgraded(version.document), right.sort_at):
            yield version, _("its address is not made of its slug and the day of first publication")


def replacements(versions):
    """Return {number: {old hash: new hash}} as the removals of a story name them."""
    pairs = {}
    for version in versions:
        removal = upgraded(version.document)["removal"]
        for row in removal["altered"] if removal else []:
            pairs.setdefault(row["number"], {})[row["was"]] = row["is"]
    return pairs


def follow(sha256, pairs):
    """Return the hash that `sha256` became by removals."""
    seen = set()
    while sha256 in pairs and sha256 not in seen:
        seen.add(sha256)
        sha256 = pairs[sha256]
    return sha256
