"""What can be done to the record. With imports.py the only code that writes versions, filing and SiteChange.

Every verb locks the story's row, takes `now` once, finds the live and the pending version at that now and compares
them with what the editor saw, so of two editors at once one succeeds and the other is told.
"""

import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from stories.models import FILINGS, SiteChange, Story, StoryEvent, Version
from stories.models.prose import clean_text
from stories.publishing.document import DocumentError, clean, same_for_readers, upgraded
from stories.publishing.filing import close_filing, file, lock_filing
from stories.publishing.guard import trips
from stories.publishing.merge import merge
from stories.publishing.preflight import EMBARGOES, Context, blockers, context_for, findings, source_embargoes, warnings
from stories.publishing.record import fill_columns, live_and_pending, path_for, release, reserve, seal
from stories.publishing.stages import settle
from stories.publishing.working_copy import Terms, refuse_other_story

TICK = datetime.timedelta(microseconds=1)
GOING_OUT = datetime.timedelta(seconds=5)  # before its instant a plan can no longer be touched

# What an editor may declare a change of a live story to be; removals have verbs of their own.
CHANGES = [
    Version.Change.UPDATE,
    Version.Change.MINOR,
    Version.Change.CLARIFICATION,
    Version.Change.CORRECTION,
    Version.Change.EDITORS_NOTE,
]
NEEDS_NOTE = {Version.Change.CLARIFICATION, Version.Change.EDITORS_NOTE}


class PublishError(Exception):
    """A rule of the desk forbids it; the message is written for the editor.

    `argument` names the argument of the verb that is missing, or the part of `correction`, "" if it is none.
    """

    def __init__(self, sentence, argument=""):
        self.argument = argument
        super().__init__(sentence)


class BlockedError(PublishError):
    """Preflight finds in the document what must be settled first."""


class WarningsError(PublishError):
    """Something speaks against it, `findings`; with a reason, which readers will see, it can be done all the same."""

    def __init__(self, findings):
        self.findings = findings
        super().__init__(" ".join(finding.sentence for finding in findings))


class PendingError(PublishError):
    """Another version waits for its time: the editor must say whether to merge into it or to cancel it."""


def seen(story, now=None):
    """Return the ids of the (live, pending) versions of a story, each None if there is none: what an editor saw."""
    live, pending = live_and_pending(story, now or timezone.now())
    return live and live.pk, pending and pending.pk


def publish(revision, *, by, expecting, change="", note="", at=None, correction=None, pending="", override=""):
    """Make `revision` what readers see from `at`, an aware datetime: by default now, later to schedule.

    `expecting` is what seen() told the editor. `change` is a Version.Change, "first" if left out of a story's first;
    `correction` {wrong, right, severity} goes with a correction. `pending` is "merge" or "cancel" and says what becomes
    of a version that waits for its time when this one goes out before it. Scheduling replaces a waiting version.
    `override` is the editor's reason for going on despite warnings, or for calling a change minor that is not.
    Write version, filing, address, event and SiteChange, or nothing. Return the version. Raise PermissionDenied, or
    PublishError with the reason.
    """
    refuse_without(by, "stories.publish_story")
    with transaction.atomic():
        taken = take(revision.story_id, expecting)
        return put_out(
            taken,
            revision.document,
            by=by,
            action="schedule" if at else "publish",
            change=change or Version.Change.FIRST,
            note=clean_text(note),
            at=at,
            correction=correction,
            pending=pending,
            override=override,
        )


def put_out(taken, document, *, by, action, change, note, correction, pending, override, at=None):
    """Write `document` as the next version of a story that take() returned, with its guards; return the version."""
    story, now, live, plan = taken
    if at is not None and has_passed(at, now, live):
        raise PublishError(_("That time has passed. Publish now, or choose a later time."))
    document = document_to_publish(document, correction, story)
    refuse_change(change, note, document, live)
    instant = at or after(now, live)
    # A correction does not wait for what the desk still discusses about the draft, nor for what it cannot change.
    readers_have = live and upgraded(live.document)
    told = readers_have if action == "correct" else None
    context = context_for(story, document, live=readers_have, at=instant, told=told)
    refuse_if_blocked(document, context)
    overrides = overridden(document, change, live, override, context)
    rest = None
    if plan:
        refuse_if_going_out(plan, now)
        if at is None and live:
            rest = rest_of(story, plan, live, document, pending)
            if rest is None:
                log(plan, by, "cancel")
        remove(plan, live)
    times = {"visible_from": instant, "recorded_at": now if at else instant}
    version = write(story, document, change=change, note=note, previous=live, overrides=overrides, **times)
    log(version, by, action)
    if rest:
        log(write_again(plan, rest, at=plan.visible_from, now=now, previous=version), by, "merge")
    settle(story)
    return version


def move(story, *, to, by, expecting):
    """Give the pending version of a story another instant. Return the new version, raise as publish() does."""
    refuse_without(by, "stories.publish_story")
    with transaction.atomic():
        story, now, live, plan = take(story.pk, expecting)
        refuse_without_plan(plan, now)
        if has_passed(to, now, live):
            raise PublishError(_("That time has passed. Choose a later one, or publish now."))
        document = clean(plan.document)
        refuse_under_embargo(story, document, to)
        remove(plan, live)
        version = write(
            story,
            document,
            change=plan.change,
            note=plan.note,
            visible_from=to,
            recorded_at=now,
            previous=live,
            overrides=plan.overrides,
        )
        log(version, by, "move")
    return version


def cancel(story, *, by, expecting):
    """Cancel the pending version of a story: nothing of it enters the record. Raise as publish() does."""
    refuse_without(by, "stories.publish_story")
    with transaction.atomic():
        story, now, live, plan = take(story.pk, expecting)
        refuse_without_plan(plan, now)
        log(plan, by, "cancel")
        remove(plan, live)
        settle(story, start=Story.Stage.READY)  # it was good enough to be planned


def take(story_id, expecting):
    """Lock a story. Return (story, now, live, pending), or raise PublishError if the editor saw something else."""
    lock_filing()
    story = Story.objects.select_for_update().filter(pk=story_id).first()
    if story is None:
        raise PublishError(_("Meanwhile someone else deleted this story."))
    now = timezone.now()
    live, pending = live_and_pending(story, now)
    if (live and live.pk, pending and pending.pk) != tuple(expecting):
        raise PublishError(
            _("Meanwhile someone else published or scheduled this story. Look at it again before you publish.")
        )
    return story, now, live, pending


def after(now, live):
    """Return the instant of a version published now: clocks may run back, the record may not."""
    return max(now, live.visible_from + TICK, live.recorded_at) if live else now


def write(story, document, *, change, note, visible_from, recorded_at, previous, overrides=()):
    """Write a version after `previous`, a version or None, that readers see from `visible_from` on. Return it."""
    note = clean_text(note)
    limit = Version._meta.get_field("note").max_length
    if len(note) > limit:
        raise PublishError(_("The note is too long: at most %(n)s characters.") % {"n": limit})
    version = Version(
        story=story,
        number=previous.number + 1 if previous else 1,
        change=change,
        note=note,
        document=document,
        visible_from=visible_from,
        recorded_at=max(recorded_at, previous.recorded_at) if previous else recorded_at,  # the clock may run back
        overrides=list(overrides),
    )
    fill_columns(version, previous)
    version.path = path_for(document, version.sort_at)
    if not reserve(version.path, story):
        raise PublishError(_("Another story has the address %(path)s. Change the slug.") % {"path": version.path})
    seal(version, previous)
    if previous:
        previous.visible_until = visible_from
        previous.save(update_fields=["visible_until"])
        close_filing(previous)
    version.save(force_insert=True)
    file(version)
    announce([previous, version] if previous else [version])
    return version


def write_again(plan, document, *, at, now, previous):
    """Write a plan that was removed anew, as it was declared, with `document` and for the instant `at`."""
    return write(
        plan.story,
        document,
        change=plan.change,
        note=plan.note,
        visible_from=at,
        recorded_at=now,
        previous=previous,
        overrides=plan.overrides,
    )


def remove(plan, live):
    """Take a plan back: its row, its filing and its reservation. It never was visible, so the record has no gap."""
    announce([plan])
    release(plan)
    plan.delete()
    if live:
        live.visible_until = None
        live.save(update_fields=["visible_until"])
        close_filing(live)


def rest_of(story, plan, live, document, choice):
    """Return the document of a plan once `document` goes out before it: None if cancelled, or nothing is left."""
    if choice == "cancel":
        return None
    if choice != "merge":
        raise PendingError(
            _("Version %(number)s waits for its time. Say whether to merge this change into it or to cancel it.")
            % {"number": plan.number},
            "pending",
        )
    merged, conflicts = merge(live.document, plan.document, document)
    places = {conflict.place.split(".")[0] for conflict in conflicts} - {"correction"}
    if places:
        raise PublishError(
            _("The waiting version changes the same places: %(places)s. Cancel it, or settle them first.")
            % {"places": ", ".join(sorted(places))}
        )
    rest = {**merged, "correction": upgraded(plan.document)["correction"]}
    if same_for_readers(rest, document) and plan.change != Version.Change.EDITORS_NOTE:
        return None
    context = context_for(story, rest, live=document, at=plan.visible_from, told=upgraded(plan.document))
    if reasons := blockers(rest, context):
        raise PublishError(
            _("The waiting version could not go out after this one: %(why)s") % {"why": " ".join(reasons)}
        )
    return rest


def document_to_publish(document, correction, story):
    """Return `document` cleaned, declaring `correction`; raise PublishError if it names what there is no more."""
    try:
        document = clean({**upgraded(document), "correction": correction, "removal": None})
        refuse_other_story(document, story)
        Terms(document)
    except DocumentError as error:
        raise PublishError(" ".join(sentence for _place, sentence in error.problems)) from error
    return document


def announce(versions):
    """Tell server processes what changes when the last of `versions` is seen or goes: its story and where they stand.

    Written in the verb's own transaction. A page loses a story too, so what the version before stood under counts.
    """
    keys = {f"story:{versions[-1].story_id}", "lists"}
    for model, filing in FILINGS.items():
        slugs = filing.objects.filter(version__in=versions).values_list("term__slug", flat=True)
        keys |= {f"{model._meta.model_name}:{slug}" for slug in slugs}
    # Not before it is seen, also when the clock ran back; and what is seen at once by the clock of this statement.
    SiteChange.objects.create(at=max(timezone.now(), versions[-1].visible_from), keys=sorted(keys))


def log(version, by, action):
    StoryEvent.objects.create(
        story_id=version.story_id,
        user=by,
        action=action,
        version=version,
        number=version.number,
        instant=version.visible_from,
        note=version.note,
        at=timezone.now(),
    )


def refuse_without(user, permission):
    if not user.has_perm(permission):
        raise PermissionDenied


def refuse_if_blocked(document, context):
    if reasons := blockers(document, context):
        raise BlockedError(" ".join(reasons))


def refuse_under_embargo(story, document, at):
    context = Context(embargo=story.embargo_until, source_embargoes=source_embargoes(document), at=at)
    if found := findings(EMBARGOES, document, context):
        raise PublishError(" ".join(finding.sentence for finding in found))


def has_passed(at, now, live):
    return at <= now or (live is not None and at <= max(live.visible_from, live.recorded_at))


def overridden(document, change, live, reason, context):
    """Return what is overridden with `reason`, [{check, sentence, words, reason}]; without one raise WarningsError."""
    found = speaking_against(document, change, live, context)
    reason = clean_text(reason)
    if found and not reason:
        raise WarningsError(found)
    return [{"check": f.check, "sentence": f.sentence, "words": list(f.words[:20]), "reason": reason} for f in found]


def speaking_against(document, change, live, context):
    """Return Findings of what needs a reason, also that a `change` called minor is more than that."""
    found = warnings(document, context)
    if change == Version.Change.MINOR and live:
        found += trips(upgraded(live.document), document)
    return found


def refuse_without_plan(plan, now):
    if plan is None:
        raise PublishError(_("No version of this story waits for its time."))
    refuse_if_going_out(plan, now)


def refuse_if_going_out(plan, now):
    if plan.visible_from - now < GOING_OUT:
        raise PublishError(_("It is going out now: in its last five seconds a scheduled version cannot be changed."))


def refuse_change(change, note, document, live):
    """Raise PublishError unless `change` fits what readers have: `live`, a version or None."""
    if change != Version.Change.CORRECTION and document["correction"]:
        raise PublishError(_("Only a correction says what was wrong and what is right."))
    if live is None:
        if change != Version.Change.FIRST:
            raise PublishError(_("Readers have no version yet, so this is its first publication."))
        return
    if live.taken_back:
        raise PublishError(_("This story was taken back. Publish a new one instead."))
    if change not in CHANGES:
        raise PublishError(_("Say what kind of change this is: readers will be told."), "change")
    if same_for_readers(document, live.document) and change != Version.Change.EDITORS_NOTE:
        raise PublishError(_("Nothing has changed since version %(number)s.") % {"number": live.number})
    if change in NEEDS_NOTE and not note:
        raise PublishError(_("Write a sentence for readers: what changed, and why."), "note")
    told = document["correction"] or {"wrong": "", "right": ""}
    if change == Version.Change.CORRECTION and not (told["wrong"] and told["right"]):
        raise PublishError(_("Say what was wrong and what is right."), "right" if told["wrong"] else "wrong")
