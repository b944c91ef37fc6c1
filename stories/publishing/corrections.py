"""Corrections do not wait for drafts: they start from what readers have, and flow back into what the desk works on."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from stories.models import Revision, Version
from stories.models.prose import clean_text
from stories.publishing.document import upgraded
from stories.publishing.merge import merge
from stories.publishing.preflight import BLOCKERS, context_for, findings
from stories.publishing.revisions import latest_revision, save_document
from stories.publishing.verbs import PublishError, put_out, refuse_without, speaking_against, take

DECLARED = {"correction": None, "removal": None}  # what a version declares is no matter of the draft


@dataclass(frozen=True)
class Corrected:
    """A correction that is out. `revision` is the draft that took it up; `conflicts` where it kept the desk's words."""

    version: Version
    conflicts: list
    revision: Revision


def correct(story, document, *, by, expecting, change=Version.Change.CORRECTION, note="", correction=None, pending="",
            override=""):  # fmt: skip
    """Publish `document`, what readers have with something put right, now, whatever the draft says. Return a Corrected.

    The change is merged into the working copy; `pending` is "merge" or "cancel" and says what becomes of a version that
    waits for its time. Raise PermissionDenied, or PublishError with the reason; nothing is written then.
    """
    refuse_without(by, "stories.publish_story")
    with transaction.atomic():
        taken = story, _now, live, _plan = take(story.pk, expecting)
        if live is None:
            raise PublishError(_("Readers have no version of this story."))
        version = put_out(
            taken,
            document,
            by=by,
            action="correct",
            change=change,
            note=clean_text(note),
            correction=correction,
            pending=pending,
            override=override,
        )
        return Corrected(version, *flow_back(story, live, version.document, by))


def rehearse(story, document, **values):
    """Do what correct() does and undo it at once: return its Corrected, raise what it raises. Nothing is written."""
    with transaction.atomic():
        corrected = correct(story, document, **values)
        transaction.set_rollback(True)
    return corrected


def found_in(story, document, change, live):
    """Return (what blocks, what needs a reason), Findings, if `document` went out now as a `change` of `live`."""
    readers_have = upgraded(live.document)
    context = context_for(story, document, live=readers_have, at=timezone.now(), told=readers_have)
    return findings(BLOCKERS, document, context), speaking_against(document, change, live, context)


def flow_back(story, live, document, by):
    """Merge what was put right into the working copy; return the conflicts, in which its words were kept, and it."""
    draft = latest_revision(story)
    if draft is None:
        return [], save_document({**document, **DECLARED}, story, by=by)
    merged, conflicts = merged_back(live.document, draft.document, document)
    return conflicts, save_document(merged, story, by=by, base=draft)


def merged_back(base, draft, published):
    """Return (document, conflicts): a draft that has taken up what `published` changed since `base`."""
    return merge(*({**upgraded(document), **DECLARED} for document in (base, draft, published)))
