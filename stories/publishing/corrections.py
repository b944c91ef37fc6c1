"""Corrections do not wait for drafts: they start from what readers have, and flow back into what the desk works on."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from stories.models import Version
from stories.models.prose import clean_text
from stories.publishing.document import upgraded
from stories.publishing.merge import merge
from stories.publishing.revisions import latest_revision, save_document
from stories.publishing.verbs import PublishError, put_out, refuse_without, take


@dataclass(frozen=True)
class Corrected:
    """A correction that is out. `conflicts` are places of the draft where the desk's own change was kept."""

    version: Version
    conflicts: list


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
        return Corrected(version, flow_back(story, live, version.document, by))


def flow_back(story, live, document, by):
    """Merge what was put right into the working copy; return the conflicts, in which the draft's words were kept."""
    draft = latest_revision(story)
    if draft is None:
        save_document(document, story, by=by)
        return []
    declared = {"correction": None, "removal": None}
    merged, conflicts = merge({**upgraded(live.document), **declared}, {**draft.document, **declared}, document)
    save_document({**merged, **declared}, story, by=by, base=draft)
    return conflicts
