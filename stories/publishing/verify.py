"""Whether the record is what it was: every hash, every link and every interval, from the first version on."""

import itertools
from copy import copy

from stories.models import Version
from stories.publishing.document import upgraded
from stories.publishing.record import DERIVED, fill_story, hash_of, stamp


def verify(progress=lambda count: None):
    """Yield (version, sentence) for everything in the record that does not hold. Reads each version once."""
    rows = Version.objects.select_related("story").order_by("story_id", "number").iterator(chunk_size=200)
    count = 0
    for _story, versions in itertools.groupby(rows, key=lambda version: version.story_id):
        versions = list(versions)
        yield from problems_of(versions)
        count += len(versions)
        progress(count)


def problems_of(versions):
    """Yield (version, sentence) for the versions of one story, all of them in order of number."""
    replaced = replacements(versions)
    for position, version in enumerate(versions):
        previous = versions[position - 1] if position else None
        if version.number != position + 1:
            yield version, f"version {position + 1} is missing before it"
            return
        if hash_of(version) != version.sha256:
            yield version, "what it says does not fit its hash: the row was changed"
        if previous and follow(version.prev_sha256, replaced.get(previous.number, {})) != previous.sha256:
            yield previous, "it is not what the version after it was linked to, and no removal names it"
        if previous is None and version.prev_sha256:
            yield version, "it is linked to a version that is gone"
        yield from wrong_times(version, previous, versions)
    yield from wrong_columns(versions)


def wrong_times(version, previous, versions):
    if previous and previous.visible_until != version.visible_from:
        yield previous, "its interval does not end where the next one begins"
    if previous and version.visible_from <= previous.visible_from:
        yield version, "it does not begin after the one before it"
    if version is versions[-1] and version.visible_until is not None:
        yield version, "it is the last version, and yet it ends"
    if version.visible_from < version.recorded_at and versions[0].recorded_at != version.recorded_at:
        yield version, "it is dated before it was recorded, and it was not imported with the story"
    if previous and version.recorded_at < previous.recorded_at:
        yield version, "it was recorded before the version that it follows"


def wrong_columns(versions):
    """Compare what lists show, columns read from the document, with the document itself."""
    expected = [copy(version) for version in versions]
    fill_story(expected)
    for version, right in zip(versions, expected, strict=True):
        wrong = [name for name in DERIVED if getattr(version, name) != getattr(right, name)]
        if wrong:
            yield version, f"its columns {', '.join(wrong)} do not say what its document says (manage.py rebuild)"


def replacements(versions):
    """Return {number: {old hash: new hash}} as the removals of a story name them."""
    pairs = {}
    for version in versions:
        removal = upgraded(version.document).get("removal")
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


def record_lines(versions):
    """Yield the public record of versions, a line each: hash, story, number, change, instant, address.

    A removal is followed by a line for each version it altered: the hash it had and the one it has.
    """
    for version in versions:
        when = stamp(version.visible_from)
        yield f"{version.sha256} {version.story_id} {version.number} {version.change} {when} {version.path}"
        removal = upgraded(version.document).get("removal")
        for row in removal["altered"] if removal else []:
            yield f"altered {version.story_id} {row['number']} {row['was']} {row['is']}"
