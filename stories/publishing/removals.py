"""Taken back means gone: from every version of a story, in one transaction.

A removal alters the versions it empties and is itself the next version. It names each altered version with its old and
its new hash, so that verify_record can follow the chain; numbers, dates, kinds and notes stay.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from stories.models import Autosave, Note, Picture, Report, Revision, ShareLink, StoryEvent, Version
from stories.models.prose import clean_text
from stories.publishing import search_rows
from stories.publishing.document import canonical, clean, pictures, upgraded
from stories.publishing.filing import file_all, unfile
from stories.publishing.preflight import blockers, context_for
from stories.publishing.purging import (
    MARK,
    PICTURE_TEXTS,
    delete_if_unused,
    purge_documents,
    purge_log,
    purge_words,
    records_with,
    without,
    without_picture,
)
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
from stories.publishing.working_copy import document_from_story


def same(value):
    return value


@dataclass(frozen=True)
class Cut:
    """What is taken out: functions that return what is left of a document, of a note and of what was overridden."""

    document: Callable
    note: Callable = same
    overrides: Callable = same


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
        # What the editor overrode quotes the words it was about.
        quoted = {"sentence": MARK, "words": []}
        cut = Cut(lambda document: emptied(document, change), overrides=lambda rows: [{**r, **quoted} for r in rows])
        altered = alter(story, cut)
        return write_removal(story, change, altered, by=by, signed=signed, reason=reason, now=now)


def emptied(document, change):
    """Return what a retraction or a withdrawal leaves of a document."""
    nothing = {"standfirst": "", "summary": "", "lead_image": None, "ai_review": None, "blocks": [], "citations": []}
    if change == Version.Change.WITHDRAWAL:
        nothing |= {"headline": "", "kicker": "", "dateline": "", "editors_note": "", "interest_note": ""}
        nothing |= {"correction": None}
    return {**document, **nothing}


def redact(story, *, passage, by, signed, reason, expecting):
    """Remove `passage`, words as readers see them, from every version of a story, its working copy and revisions.

    Readers' reports, the texts of its pictures and the desk's journal lose it too; a pending version as well, which
    stays planned. Return the version that says so. Raise PermissionDenied, or PublishError with the reason.
    """

    def words(value):
        return without(value, passage)

    def overridden(rows):
        # The words a check was about are kept one by one, each with its comma.
        parts = [part for part in passage.casefold().split() if len(part) > 2]
        kept = [[word for word in r["words"] if not any(part in word.casefold() for part in parts)] for r in rows]
        return words([{**r, "words": left} for r, left in zip(rows, kept, strict=True)])

    def purge(story):
        refuse_in_records(story, passage)
        return purge_words(story, passage)

    refuse_without(by, "stories.redact_story")
    refuse_unexplained(signed, reason)
    passage = words_to_remove(passage)
    if passage.casefold() in f"{signed} {reason}".casefold():
        raise PublishError(_("The reason must not repeat the words that are removed."))
    cut = Cut(words, words, overridden)
    with transaction.atomic():
        version = cut_out(story, cut, purge, by=by, signed=signed, reason=reason, expecting=expecting)
        if version is None:
            raise PublishError(_("No version of this story has these words."))
    return version


def refuse_in_records(story, passage):
    if found := records_with(story, passage):
        sentence = _(
            "These words are also in a record that stories take them from: %(names)s. Change it first, or give a "
            "longer passage."
        )
        raise PublishError(sentence % {"names": ", ".join(found)})


def words_to_remove(passage):
    passage = clean_text(passage)
    if len(passage) < 3:
        raise PublishError(_("Give the words to remove, at least three characters."))
    return passage


@dataclass(frozen=True)
class Places:
    """Where a passage stands: numbers of versions, whether in the working copy, how many of the others.

    `others` are links' labels, revisions' names, unsaved work and the texts of pictures.
    """

    versions: list
    working_copy: bool
    revisions: int
    reports: int
    notes: int
    others: int


def places_of(story, passage):
    """Return the Places from which redact() would remove `passage`; raise PublishError as it would."""
    passage = words_to_remove(passage)
    refuse_in_records(story, passage)

    def has(*values):
        return any(without(value, passage) != value for value in values)

    versions = list(
        Version.objects.filter(story=story).order_by("number").only("number", "document", "note", "overrides")
    )
    revisions = list(Revision.objects.filter(story=story).only("document", "name", "desk_only"))
    documents = [document_from_story(story), *(upgraded(row.document) for row in [*versions, *revisions])]
    reports = Report.objects.filter(story=story).values_list("text", "resolution")
    journal = StoryEvent.objects.filter(story=story).values_list("note", flat=True)
    notes = [*journal, *Note.objects.filter(story=story).values_list("text", flat=True)]
    shown = {picture["id"] for document in documents for picture in pictures(document)}
    others = [(row.name, row.desk_only) for row in revisions]
    others += ShareLink.objects.filter(story=story).values_list("label")
    others += Autosave.objects.filter(story=story).values_list("fields")
    others += Picture.objects.filter(pk__in=shown).values_list(*PICTURE_TEXTS)
    return Places(
        versions=[row.number for row in versions if has(upgraded(row.document), row.note, row.overrides)],
        working_copy=has(documents[0], story.slugline, story.budget_line),
        revisions=sum(has(revision.document) for revision in revisions),
        reports=sum(has(*words) for words in reports),
        notes=sum(map(has, notes)),
        others=sum(has(*texts) for texts in others),
    )


def redact_picture(story, *, picture, by, signed, reason, expecting):
    """Remove a picture, given by its id, from every version of a story, its plan, its working copy and revisions.

    Its files and its record go with it, unless another story has it; then with the last one. Return the version that
    says so. Raise PermissionDenied, or PublishError with the reason.
    """

    def removed(document):
        return without_picture(document, str(picture))

    def purge(story):
        purge_log(story, [picture])
        return purge_documents(story, removed)

    refuse_without(by, "stories.redact_story")
    refuse_unexplained(signed, reason)
    with transaction.atomic():
        version = cut_out(story, Cut(removed), purge, by=by, signed=signed, reason=reason, expecting=expecting)
        if version is None:
            raise PublishError(_("No version of this story has this picture."))
        delete_if_unused(picture)
    return version


@transaction.atomic
def cut_out(story, cut, purge, *, by, signed, reason, expecting):
    """Take something out of all versions of a story, and by `purge` out of what is private.

    Return the version that says so, or None if it was nowhere: the caller rolls back. Raise as redact() does.
    """
    story, now, live, plan = take(story.pk, expecting)
    refuse_unpublished(live)
    waiting = None
    if plan:
        refuse_if_going_out(plan, now)
        waiting = clean({**cut.document(upgraded(plan.document)), "removal": None})
        if reasons := new_blockers(story, plan, waiting):
            raise PublishError(
                _("The waiting version could not go out without it: %(why)s Cancel it first.")
                % {"why": " ".join(reasons)}
            )
    found = purge(story)
    if not found and not any(is_cut(version, cut) for version in Version.objects.filter(story=story)):
        return None
    if plan:
        remove(plan, live)
    altered = alter(story, cut)
    version = write_removal(story, Version.Change.REDACTION, altered, by=by, signed=signed, reason=reason, now=now)
    if waiting:
        plan.note, plan.overrides = cut.note(plan.note), cut.overrides(plan.overrides)
        log(write_again(plan, waiting, at=plan.visible_from, now=now, previous=version), by, "redact")
    return version


def new_blockers(story, plan, document):
    """Return why a plan could not go out as `document` that is no reason against what it is now."""
    now, then = (
        blockers(said, context_for(story, said, at=plan.visible_from)) for said in (upgraded(plan.document), document)
    )
    return [reason for reason in then if reason not in now]


def is_cut(version, cut):
    """Tell whether a version has what is to be taken out."""
    before = upgraded(version.document)
    left = clean(cut.document(before)), cut.note(version.note), cut.overrides(version.overrides)
    return (canonical(left[0]), *left[1:]) != (canonical(before), version.note, version.overrides)


def alter(story, cut):
    """Take out of all versions of a story what is to be cut. Return [{number, was, is}] of those that had it.

    The caller holds the lock and has removed a plan.
    """
    altered, changed = [], []
    for version in Version.objects.filter(story=story).order_by("number"):
        if is_cut(version, cut):
            was = version.sha256
            version.document = clean(cut.document(upgraded(version.document)))
            version.note, version.overrides = cut.note(version.note), cut.overrides(version.overrides)
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
    search_rows.wipe()
    end_links(story, now)
    version.refresh_from_db()  # a plan that is written after it takes over what was declared so far
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


def refuse_unexplained(signed, reason):
    if not signed.strip() or not reason.strip():
        raise PublishError(_("Say who takes this back and why: readers are told both."))


def refuse_unpublished(live):
    if live is None:
        raise PublishError(_("Readers have no version of this story."))
