"""The public record of a day: a line for each version that became visible on it, with its hash and no word of its text.

A line never changes and never goes, so whoever keeps a copy can prove what was there. When a removal alters a version,
lines that begin with “altered” are added below the version's own, and below that of the removal. Addresses are left
out: they are made of headlines, and so would be what has to be taken back.
"""

import datetime
import re
import uuid
from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _

from stories.models import Version
from stories.publishing.document import upgraded
from stories.publishing.record import REMOVALS, stamp
from stories.publishing.verify import Fault, fault, follow, replacements

BATCH = 500
DAY = datetime.timedelta(days=1)
# A version that was being written while a copy was saved may be missing there, though it is dated before others.
MEANWHILE = datetime.timedelta(minutes=1)
HASH, STORY, NUMBER = r"[0-9a-f]{64}", r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", r"[1-9][0-9]{0,8}"
STAMP = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z"
VERSION_LINE = re.compile(f"({HASH}) ({STORY}) ({NUMBER}) ([a-z_]+) ({STAMP})")
ALTERED_LINE = re.compile(f"altered ({STORY}) ({NUMBER}) ({HASH}) ({HASH}) ({NUMBER})")


def day_of(version):
    """Return the UTC day on which a version came on the record."""
    return max(version.visible_from, version.recorded_at).astimezone(datetime.UTC).date()


def lines_of_day(day, now):
    """Yield the lines of a day, a date in UTC, as far as they are public at `now`. Two queries for 500 versions."""
    start = datetime.datetime.combine(day, datetime.time(), datetime.UTC)
    rows = Version.objects.published_by(now).entered_from(start, start + DAY)
    rows = rows.only("story", "number", "change", "visible_from", "sha256")
    batch = list(rows[:BATCH])
    while batch:
        yield from lines_of(batch, now)
        # By key, not with one long query: a slow reader would hold it open.
        last = batch[-1]
        after = rows.filter(entered_at__gte=last.entered_at).exclude(entered_at=last.entered_at, id__lte=last.pk)
        batch = list(after[:BATCH]) if len(batch) == BATCH else []


def lines_of(versions, now):
    """Yield the lines of `versions`: hash, story, number, change, instant, and what altered it or was altered by it.

    The hash is the one a version had when it became visible: the present one, followed back through the removals.
    """
    removals = Version.objects.published_by(now).filter(
        story__in={version.story_id for version in versions}, change__in=REMOVALS
    )
    made, done = defaultdict(dict), defaultdict(list)
    for removal in removals.order_by("story_id", "number").iterator(chunk_size=50):
        for row in upgraded(removal.document)["removal"]["altered"]:
            line = f"altered {removal.story_id} {row['number']} {row['was']} {row['is']} {removal.number}"
            made[removal.story_id, row["number"]][row["is"]] = row["was"], line
            done[removal.pk].append(line)
    for version in versions:
        sha256, altered = version.sha256, []
        steps = dict(made[version.story_id, version.number])
        while sha256 in steps:
            sha256, line = steps.pop(sha256)
            altered.append(line)
        yield f"{sha256} {version.story_id} {version.number} {version.change} {stamp(version.visible_from)}"
        yield from reversed(altered)
        yield from done[version.pk]


@dataclass
class Copy:
    """A saved record: {story: {number: (hash, change, instant)}}, and {story: [(number, was, is, removal)]}."""

    versions: dict
    altered: dict


class CopyError(ValueError):
    """A file that is no copy of a record. The message names the line."""


def read_copy(lines):
    """Return the Copy that `lines` are, or raise CopyError."""
    copy = Copy(defaultdict(dict), defaultdict(list))
    for count, line in enumerate(lines, 1):
        line = line.strip()
        if match := VERSION_LINE.fullmatch(line):
            sha256, story, number, change, instant = match.groups()
            copy.versions[uuid.UUID(story)][int(number)] = sha256, change, instant
        elif match := ALTERED_LINE.fullmatch(line):
            story, number, was, now, removal = match.groups()
            copy.altered[uuid.UUID(story)].append((int(number), was, now, int(removal)))
        elif line and not line.startswith("#"):
            raise CopyError(_("Line %(number)s is no line of a record.") % {"number": count})
    return copy


def differences(copy):
    """Yield a Fault for each line of a Copy that the database does not bear out, and for what is missing in it."""
    until = {}  # {day: instant of the last version of it in the copy}
    for story in sorted({*copy.versions, *copy.altered}):
        versions = list(Version.objects.filter(story=story).order_by("number"))
        yield from compare_story(copy.versions[story], copy.altered[story], versions, story)
        for version in versions:
            if version.number in copy.versions[story]:
                entered = max(version.visible_from, version.recorded_at)
                until[day_of(version)] = max(until.get(day_of(version), entered), entered)
    for day, last in sorted(until.items()):
        start = datetime.datetime.combine(day, datetime.time(), datetime.UTC)
        rows = Version.objects.entered_from(start, last - MEANWHILE)
        for version in rows.only("story", "number", "path").iterator(chunk_size=BATCH):
            if version.number not in copy.versions.get(version.story_id, ()):
                yield fault(version, _("it is not in the copy, which has later ones: it was slipped in afterwards"))


def compare_story(lines, altered, versions, story):
    by_number, replaced = {version.number: version for version in versions}, replacements(versions)
    for number, (sha256, change, instant) in sorted(lines.items()):
        version = by_number.get(number)
        if version is None:
            yield Fault(story, number, _("the copy has it, and it is gone"))
            continue
        if follow(sha256, replaced.get(number, {})) != version.sha256:
            yield fault(version, _("the copy has another hash, and no removal says why: it was rewritten"))
        if (version.change, stamp(version.visible_from)) != (change, instant):
            values = {"change": change, "when": instant}
            yield fault(version, _("the copy has it as %(change)s, visible from %(when)s") % values)
    for number, was, now, removal in altered:
        if replaced.get(number, {}).get(was) != now:
            yield Fault(
                story, removal, _("the copy says that it altered version %(n)s, and it does not") % {"n": number}
            )
