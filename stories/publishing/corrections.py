"""Corrections do not wait for drafts: they start from what readers have, and flow back into what the desk works on."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from stories.models import Version
from stories.publishing.document import upgraded
from stories.publishing.merge import merge
from stories.publishing.revisions import latest_revision, save_document
from stories.publishing.verbs import (
    PublishError,
    after,
    document_to_publish,
    log,
    overridden,
    refuse_change,
    refuse_if_blocked,
    refuse_if_going_out,
    refuse_without,
    remove,
    rest_of,
    take,
    write,
)


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
        story, now, live, plan = take(story.pk, expecting)
        if live is None:
            raise PublishError(_("Readers have no version of this story."))
        document = document_to_publish(document, correction, story)
        refuse_change(change, note, document, live)
        refuse_if_blocked(document)
        overrides = overridden(document, change, live, override)
        rest = None
        if plan:
            refuse_if_going_out(plan, now)
            rest = rest_of(plan, live, document, pending)
            if rest is None:
                log(plan, by, "cancel")
            remove(plan, live)
        instant = after(now, live)
        times = {"visible_from": instant, "recorded_at": instant}
        version = write(story, document, change=change, note=note, previous=live, overrides=overrides, **times)
        log(version, by, "correct")
        if rest:
            kept = {"change": plan.change, "note": plan.note, "overrides": plan.overrides}
            times = {"visible_from": plan.visible_from, "recorded_at": now}
            log(write(story, rest, previous=version, **kept, **times), by, "merge")
        return Corrected(version, flow_back(story, live, document, by))


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
