"""Taken back means gone: from every version of a story, in one transaction.

A removal alters the versions it empties and is itself the next version. It names each altered version with its old and
its new hash, so that verify_record can follow the chain; numbers, dates, kinds and notes stay.
"""

import html
import re
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from stories.models import Autosave, Note, Report, Revision, ShareLink, StoryEvent, Version
from stories.models.prose import clean_text
from stories.publishing.document import canonical, clean, upgraded
from stories.publishing.filing import file_all, unfile
from stories.publishing.record import DERIVED, fill_story, reseal
from stories.publishing.share import end_links
from stories.publishing.stages import settle
from stories.publishing.verbs import (
    PublishError,
    after,
    announce,
    log,
    refuse_if_going_out,
    refuse_without,
    remove,
    take,
    write,
    write_again,
)
from stories.publishing.working_copy import document_from_story, write_to_story

GONE = {Version.Change.RETRACTION, Version.Change.WITHDRAWAL}
MARK = "[…]"  # what stands where a passage was removed


def retract(story, *, by, signed, reason, expecting):
    """Take back what a story said, in all its versions: its headline stays, with a notice of who, when and why.

    Return the version. Raise PermissionDenied, or PublishError with the reason.
    """
    return take_back(story, Version.Change.RETRACTION, "stories.retract_story", by, signed, reason, expecting)


def withdraw(story, *, by, signed, reason, expecting):
    """Take a story from the site, headline and all, in all its versions: a sentence stays at its address.

    Return the version. Raise as retract() does.
    """
    return take_back(story, Version.Change.WITHDRAWAL, "stories.retract_story", by, signed, reason, expecting)


def take_back(story, change, permission, by, signed, reason, expecting):
    refuse_without(by, permission)
    refuse_unexplained(signed, reason)
    with transaction.atomic():
        story, now, live, plan = take(story.pk, expecting)
        refuse_unpublished(live)
        if live.taken_back in (change, Version.Change.WITHDRAWAL):
            raise PublishError(_("That has been done already."))
        if plan:
            refuse_if_going_out(plan, now)
            log(plan, by, "cancel")
            remove(plan, live)
        altered = alter(story, lambda document: emptied(document, change))
        return write_removal(story, change, altered, by=by, signed=signed, reason=reason, now=now)


def emptied(document, change):
    """Return what a retraction or a withdrawal leaves of a document."""
    nothing = {"standfirst": "", "summary": "", "lead_image": None, "blocks": [], "citations": []}
    if change == Version.Change.WITHDRAWAL:
        nothing |= {"headline": "", "kicker": "", "dateline": "", "editors_note": "", "interest_note": ""}
        nothing |= {"correction": None}
    return {**document, **nothing}


def redact(story, *, passage, by, signed, reason, expecting):
    """Remove `passage`, words as readers see them, from every version of a story, its working copy and revisions.

    Readers' reports and the desk's journal lose it too; a pending version as well, which stays planned. Return the
    version that says so. Raise PermissionDenied, or PublishError if the passage is nowhere.
    """
    refuse_without(by, "stories.redact_story")
    refuse_unexplained(signed, reason)
    passage = words_to_remove(passage)
    if passage.casefold() in f"{signed} {reason}".casefold():
        raise PublishError(_("The reason must not repeat the words that are removed."))
    with transaction.atomic():
        story, now, live, plan = take(story.pk, expecting)
        refuse_unpublished(live)
        waiting = None
        if plan:
            refuse_if_going_out(plan, now)
            waiting = {**without(plan.document, passage), "removal": None}
            remove(plan, live)
        altered = alter(story, lambda document: without(document, passage), passage)
        found = purge(story, passage)
        if not altered and not found and not (waiting and canonical(waiting) != canonical(plan.document)):
            raise PublishError(_("No version of this story has these words."))
        version = write_removal(story, Version.Change.REDACTION, altered, by=by, signed=signed, reason=reason, now=now)
        if waiting:
            plan.note, plan.overrides = without(plan.note, passage), without(plan.overrides, passage)
            log(write_again(plan, waiting, at=plan.visible_from, now=now, previous=version), by, "redact")
    return version


def words_to_remove(passage):
    passage = clean_text(passage)
    if len(passage) < 3:
        raise PublishError(_("Give the words to remove, at least three characters."))
    return passage


@dataclass(frozen=True)
class Places:
    """Where a passage stands: numbers of versions, whether in the working copy, how many of the others."""

    versions: list
    working_copy: bool
    revisions: int
    reports: int
    notes: int


def places_of(story, passage):
    """Return the Places from which redact() would remove `passage`, or raise PublishError if it is too short."""
    passage = words_to_remove(passage)

    def has(*values):
        return any(without(value, passage) != value for value in values)

    versions = Version.objects.filter(story=story).order_by("number").only("number", "document", "note", "overrides")
    revisions = Revision.objects.filter(story=story).only("document").iterator(chunk_size=100)
    reports = Report.objects.filter(story=story).values_list("text", "resolution")
    notes = StoryEvent.objects.filter(story=story).values_list("note", flat=True)
    return Places(
        versions=[row.number for row in versions if has(upgraded(row.document), row.note, row.overrides)],
        working_copy=has(document_from_story(story), story.slugline),
        revisions=sum(has(revision.document) for revision in revisions),
        reports=sum(has(*words) for words in reports),
        notes=sum(map(has, notes)),
    )


def alter(story, function, passage=""):
    """Replace the documents of all versions of a story by what `function` leaves of them; return the altered ones.

    Return [{number, was, is}]. The caller holds the lock and has removed a plan.
    """
    altered, changed = [], []
    for version in Version.objects.filter(story=story).order_by("number"):
        before = upgraded(version.document)
        document, note, overrides = clean(function(before)), version.note, version.overrides
        if passage:
            note, overrides = without(note, passage), without(overrides, passage)
        if (canonical(document), note, overrides) != (canonical(before), version.note, version.overrides):
            was = version.sha256
            version.document, version.note, version.overrides = document, note, overrides
            reseal(version)
            version.save()
            altered.append({"number": version.number, "was": was, "is": version.sha256})
            changed.append(version)
    if changed:
        announce(changed)
    return altered


def write_removal(story, change, altered, *, by, signed, reason, now):
    """Write the version that says what was removed; it starts from what is left of the live one."""
    live = Version.objects.filter(story=story).latest()
    instant = after(now, live)
    document = {**upgraded(live.document), "correction": None, "removal": {"signed": signed, "altered": altered}}
    version = write(
        story, clean(document), change=change, note=reason, visible_from=instant, recorded_at=instant, previous=live
    )
    derive(story)
    end_links(story, now)
    log(version, by, change)
    settle(story)
    return version


def derive(story):
    """Remake the list columns and the filing of all versions of a story."""
    versions = list(Version.objects.filter(story=story).order_by("number"))
    fill_story(versions)
    Version.objects.bulk_update(versions, DERIVED)
    unfile(versions)
    file_all(versions)


def purge(story, passage):
    """Remove a passage from everything private that a story has; return whether it was anywhere."""
    found = False
    document = document_from_story(story)
    left = clean(without(document, passage))
    if canonical(left) != canonical(document):
        found = True
        write_to_story(left, story)
    for name in ("slugline", "budget_line"):
        left = without(getattr(story, name), passage)
        found = found or left != getattr(story, name)
        setattr(story, name, left)
    story.save(update_fields=["slugline", "budget_line"])
    for revision in Revision.objects.filter(story=story).iterator(chunk_size=100):
        left = without(revision.document, passage)
        beside = {"name": without(revision.name, passage), "desk_only": without(revision.desk_only, passage)}
        if left != revision.document or beside != {"name": revision.name, "desk_only": revision.desk_only}:
            found = True
            Revision.objects.filter(pk=revision.pk).update(document=clean(left), **beside)
    for autosave in Autosave.objects.filter(story=story):
        left = fields_without(autosave.fields, passage)
        if left != autosave.fields:
            found = True
            Autosave.objects.filter(pk=autosave.pk).update(fields=left)
    Note.objects.filter(story=story).update(passage="")  # cut off after some letters, it may hold half of the words
    for model, field in PRIVATE_WORDS:
        for pk, words in model.objects.filter(story=story).values_list("pk", field):
            if without(words, passage) != words:
                found = True
                model.objects.filter(pk=pk).update(**{field: without(words, passage)})
    return found


# What the desk and readers wrote about a story, beside its documents.
PRIVATE_WORDS = [
    (Report, "text"),
    (Report, "resolution"),
    (StoryEvent, "note"),
    (Note, "text"),
    (ShareLink, "label"),
]


def without(value, passage):
    """Return a value, and all values in it, with `passage` replaced by MARK, also where markup runs through it."""
    if isinstance(value, dict):
        return {name: without_in(name, item, passage) for name, item in value.items()}
    if isinstance(value, list):
        return [without(item, passage) for item in value]
    if isinstance(value, str):
        return pattern_of(passage).sub(lambda match: MARK + "".join(TAG.findall(match.group())), value)
    return value


def without_in(name, value, passage):
    if name in KEPT:
        return value
    left = without(value, passage)
    return "" if name in ("url", "archived_url") and left != value else left


def fields_without(fields, passage):
    """Return the fields of a form, {name: [values]}, without a passage; tags are names there, and are none of KEPT."""
    left = {}
    for name, values in fields.items():
        own = name.rpartition("-")[2]
        left[name] = [without_in("" if own == "tags" else own, value, passage) for value in values]
    return left


# Ids and addresses: an address that readers have cannot be taken back, only what stands there.
KEPT = {"id", "key", "type", "slug", "topics", "tags", "file", "removal", "translation_of"}
TAG = re.compile(r"<[^<>]*>")


def pattern_of(passage):
    """Return a pattern of the passage in plain text and in HTML: escaped or not, with tags between any letters."""
    letters = []
    for letter in passage:
        if letter == " ":
            letters.append(r"\s+")
        else:
            forms = {re.escape(letter), re.escape(html.escape(letter, quote=False))}
            letters.append("(?:" + "|".join(sorted(forms)) + ")")
    return re.compile(r"(?:<[^<>]*>)*".join(letters), re.IGNORECASE)


def refuse_unexplained(signed, reason):
    if not signed.strip() or not reason.strip():
        raise PublishError(_("Say who takes this back and why: readers are told both."))


def refuse_unpublished(live):
    if live is None:
        raise PublishError(_("Readers have no version of this story."))
