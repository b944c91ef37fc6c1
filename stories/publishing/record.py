"""How a version is written: its columns, its hash, its place in the chain. Used by verbs and imports only."""

import datetime
import hashlib
import secrets
import uuid

from django.utils.translation import gettext as _

from stories.models import Address, Story, Version
from stories.publishing.document import canonical, numbered_citations, upgraded, written_out

# Changes that readers are told of wherever the story stands, with updates that have a note; others in its history only.
DECLARED = {
    Version.Change.CLARIFICATION,
    Version.Change.CORRECTION,
    Version.Change.EDITORS_NOTE,
    Version.Change.RETRACTION,
    Version.Change.WITHDRAWAL,
    Version.Change.REDACTION,
}

# What takes something out of earlier versions, and says so.
REMOVALS = (Version.Change.RETRACTION, Version.Change.WITHDRAWAL, Version.Change.REDACTION)

# The columns that fill_columns() fills.
DERIVED = [
    "kind", "language", "headline", "kicker", "summary", "sort_at", "updated_at", "source_count", "declared", "listed",
    "taken_back", "translation_of",
]  # fmt: skip


def stamp(instant):
    """Return an instant as it is hashed and shown to machines: 2025-02-28T14:05:00.000000Z."""
    return instant.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def hash_of(version):
    """Return the SHA-256 of what a version says and when, chained to the version before it."""
    content = {
        "salt": version.salt,
        "story": str(version.story_id),
        "number": version.number,
        "change": version.change,
        "note": version.note,
        "path": version.path,
        "visible_from": stamp(version.visible_from),
        "recorded_at": stamp(version.recorded_at),
        "document": version.document,
        "prev_sha256": version.prev_sha256,
    }
    if version.overrides:
        content["overrides"] = version.overrides
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def seal(version, previous):
    """Give a version a fresh salt and its hash, chained to `previous`, a version or None."""
    version.prev_sha256 = previous.sha256 if previous else ""
    reseal(version)


def reseal(version):
    """Give an altered version a fresh salt and its new hash; `prev_sha256` stays, it is what was linked then."""
    version.salt = secrets.token_hex(32)
    version.sha256 = hash_of(version)


def fill_columns(version, previous):
    """Fill the columns that lists need from the document of `version` and from `previous`, a version or None."""
    document = upgraded(version.document)
    version.kind = document["kind"]
    version.language = document["language"]
    version.headline = document["headline"]
    version.kicker = document["kicker"]
    version.summary = document["summary"] or document["standfirst"]
    version.translation_of = uuid.UUID(document["translation_of"]) if document["translation_of"] else None
    version.source_count = len(distinct_sources(document))
    version.sort_at = previous.sort_at if previous else version.visible_from
    minor = previous and version.change == Version.Change.MINOR
    version.updated_at = previous.updated_at if minor else version.visible_from
    version.declared = [*(previous.declared if previous else []), *declaration(version)]
    version.taken_back = taken_back_by(version.change) or (previous.taken_back if previous else "")
    version.listed = version.kind != Story.Kind.PAGE and version.taken_back != Version.Change.WITHDRAWAL


def fill_story(versions):
    """Fill the columns of all versions of one story, in order: a taking back reaches the earlier ones too."""
    previous = None
    for version in versions:
        fill_columns(version, previous)
        previous = version
    if previous and previous.taken_back:
        for version in versions:
            version.taken_back = previous.taken_back
            version.listed = version.listed and previous.listed


def unsaved_version(story_id, document, live, now):
    """Return a version that is only shown, never saved: `document` as if it went out at `now`.

    `live` is the version that readers have of the story, or None. What is half written is not shown.
    """
    document = written_out(document)
    version = Version(
        story_id=story_id,
        number=live.number + 1 if live else 1,
        change=Version.Change.UPDATE if live else Version.Change.FIRST,
        document={**document, "headline": document["headline"] or _("No headline yet")},
        visible_from=now,
        recorded_at=now,
    )
    fill_columns(version, live)
    version.path = path_for(document, version.sort_at)
    return version


def taken_back_by(change):
    return str(change) if change in (Version.Change.RETRACTION, Version.Change.WITHDRAWAL) else ""


def declaration(version):
    told = version.change in DECLARED or (version.change == Version.Change.UPDATE and version.note)
    if not told:
        return []
    return [
        {
            "number": version.number,
            "change": str(version.change),
            "at": stamp(version.visible_from),
            "note": version.note,
            "correction": upgraded(version.document)["correction"],
        }
    ]


def distinct_sources(document):
    """Return what tells the sources of a document apart: slugs, and for each unnamed one its citation's key."""
    return {
        citation["source"]["slug"] if citation["source"] else citation["key"]
        for citation in numbered_citations(document)
    }


def path_for(document, first_published):
    """Return the address of a story: the UTC date of its first publication, which never changes, and its slug."""
    if document["kind"] == Story.Kind.PAGE:
        return f"/about/{document['slug']}/"
    return f"/{first_published.astimezone(datetime.UTC):%Y/%m/%d}/{document['slug']}/"


def reserve(path, story):
    """Reserve an address for a story; return whether it is the story's now."""
    address, _ = Address.objects.get_or_create(path=path, defaults={"story": story})
    return address.story_id == story.pk


def release(version):
    """Free the address of a version that never was visible, unless another version of its story has it."""
    if not Version.objects.filter(story=version.story_id, path=version.path).exclude(pk=version.pk).exists():
        Address.objects.filter(path=version.path, story=version.story_id).delete()


def live_and_pending(story, now):
    """Return the version that readers have of a story and the one that waits for its time, or None for each."""
    last = list(Version.objects.filter(story=story).order_by("-number")[:2])
    if last and last[0].is_pending(now):
        return (last[1] if len(last) > 1 else None), last[0]
    return (last[0] if last else None), None
