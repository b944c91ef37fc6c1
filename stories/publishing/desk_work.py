"""What colleagues do with a story before it goes out: pitch, claim, assign, submit, review, hand back, mark ready.

Each locks the story and compares where it stands with what the editor saw, so that of two at once one is told.
Who did it, and what they said, is a StoryEvent of the same transaction.
"""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from stories.models import Note, Story, StoryEvent
from stories.models.prose import clean_text
from stories.models.term import make_slug, make_slugline
from stories.publishing.preflight import UNKNOWN, blockers, context_for
from stories.publishing.revisions import latest_revision, save_revision
from stories.publishing.stages import change
from stories.publishing.verbs import PublishError, live_and_pending, refuse_without

Stage = Story.Stage
WORK = "stories.change_story"
EDIT = "stories.publish_story"
MAX_SENTENCE = 500


def standing(story):
    """Return where a story stands, as text: what an editor saw, for `expecting`."""
    return f"{story.stage}.{story.owner_id or ''}.{story.reviewer_id or ''}"


def name_of(user):
    return user.get_full_name() or user.get_username()


@transaction.atomic
def pitch(*, by, headline, budget_line, due=None, mine=True):
    """Propose a story: a working headline and a sentence that tells what it is. Return it.

    `due` is an aware datetime; `mine` tells whether `by` would write it. Raise PermissionDenied or PublishError.
    """
    refuse_without(by, "stories.add_story")
    headline, budget_line = clean_text(headline), clean_text(budget_line)
    if not headline or not budget_line:
        raise PublishError(_("Give it a working headline, and say in a sentence what the story is."))
    for name, text in (("headline", headline), ("budget_line", budget_line)):
        limit = Story._meta.get_field(name).max_length
        if len(text) > limit:
            values = {"text": text[:40], "n": limit}
            raise PublishError(_("“%(text)s …” is too long: at most %(n)s characters.") % values)
    owner = by if mine else None
    story = Story.objects.create(
        headline=headline,
        slug=make_slug(headline),
        slugline=make_slugline(headline),
        budget_line=budget_line,
        due=due,
        stage=Stage.PITCH,
        owner=owner,
        stage_since=timezone.now(),
    )
    save_revision(story, by=by)
    log(story, by, "pitch", budget_line)
    return story


@transaction.atomic
def claim(story, *, by, expecting):
    """Make `by` the owner of a story that nobody owns, or begin one's own pitch: it becomes a draft. Return it.

    Raise as assign() does.
    """
    refuse_without(by, WORK)
    story = take(story, expecting)
    if story.owner_id and (story.owner_id, story.stage) != (by.pk, Stage.PITCH):
        raise PublishError(_("%(name)s has this story.") % {"name": name_of(story.owner)})
    return give(story, by, by, "claim")


@transaction.atomic
def assign(story, *, to, by, expecting):
    """Make `to`, a user, the owner of a story; a pitch becomes a draft. `by` is an editor, or its owner. Return it.

    Raise PermissionDenied, or PublishError with the reason; nothing is written then.
    """
    refuse_without(by, WORK)
    story = take(story, expecting)
    if not may_direct(story, by):
        raise PermissionDenied
    if not (to.is_active and to.is_staff and to.has_perm(WORK)):
        raise PublishError(_("%(name)s may not write stories.") % {"name": name_of(to)})
    if to.pk == story.owner_id:
        raise PublishError(_("%(name)s has this story already.") % {"name": name_of(to)})
    return give(story, to, by, "assign", name_of(to))


def give(story, owner, by, action, note=""):
    change(story, owner=owner)
    if story.stage == Stage.PITCH:
        change(story, stage=Stage.DRAFTING, stage_since=timezone.now())
    log(story, by, action, note)
    return story


@transaction.atomic
def submit(story, *, by, expecting, reviewer=None):
    """Hand a draft to `reviewer`, a user, or to whoever reviews next (None). Return it, raise as assign() does."""
    refuse_without(by, WORK)
    story = take(story, expecting, {Stage.PITCH, Stage.DRAFTING})
    if reviewer and not (reviewer.is_active and reviewer.is_staff and reviewer.has_perms([WORK, EDIT])):
        raise PublishError(_("%(name)s may not write and publish, so cannot review it.") % {"name": name_of(reviewer)})
    refuse_unfinished(story)
    change(story, stage=Stage.REVIEW, stage_since=timezone.now(), reviewer=reviewer, owner=story.owner or by)
    log(story, by, "submit", name_of(reviewer) if reviewer else "")
    return story


@transaction.atomic
def review(story, *, by, expecting):
    """Take a story in review that waits for anybody, or for somebody else. Return it, raise as assign() does."""
    refuse_without(by, EDIT)
    story = take(story, expecting, {Stage.REVIEW})
    change(story, reviewer=by)
    log(story, by, "review")
    return story


@transaction.atomic
def hand_back(story, *, sentence, by, expecting):
    """Give a story in review, or a ready one, back to its owner, with what is to be done: a note on it. Return it.

    `by` is an editor, or the owner, who takes it back. Raise as assign() does.
    """
    refuse_without(by, WORK)
    story = take(story, expecting, {Stage.REVIEW, Stage.READY})
    if not may_direct(story, by):
        raise PermissionDenied
    sentence = clean_text(sentence)
    if not sentence:
        raise PublishError(_("Say in a sentence what is to be done."))
    if len(sentence) > MAX_SENTENCE:
        raise PublishError(_("The sentence is too long: at most %(n)s characters.") % {"n": MAX_SENTENCE})
    change(story, stage=Stage.DRAFTING, stage_since=timezone.now(), reviewer=None)
    Note.objects.create(story=story, author=by, text=sentence, created_at=timezone.now())
    log(story, by, "hand_back", sentence)
    return story


@transaction.atomic
def mark_ready(story, *, by, expecting):
    """Say that a story can go out as it is. Return it, raise as assign() does.

    Editors may do so with what they wrote themselves, as small newsrooms must; the journal says it.
    """
    refuse_without(by, EDIT)
    story = take(story, expecting, {Stage.PITCH, Stage.DRAFTING, Stage.REVIEW})
    refuse_unfinished(story, context_of(story))
    change(story, stage=Stage.READY, stage_since=timezone.now(), reviewer=by)
    log(story, by, "ready_own" if story.owner_id == by.pk else "ready")
    return story


def may_direct(story, user):
    """Tell whether `user` may say who writes `story` and send it back: an editor, or its owner."""
    return user.has_perm(EDIT) or user.pk == story.owner_id


def take(story, expecting, stages=None):
    """Lock a story and return it; raise PublishError unless it stands as the editor saw it, in one of `stages`."""
    taken = Story.objects.select_for_update().filter(pk=story.pk).first()
    if taken is None:
        raise PublishError(_("Meanwhile someone else deleted this story."))
    if standing(taken) != expecting:
        raise PublishError(
            _("Someone else was faster: %(where)s Look at it again before you go on.") % {"where": told(taken)}
        )
    if not taken.stage:
        raise PublishError(_("Readers have all there is of this story. Save a change first."))
    if stages and taken.stage not in stages:
        raise PublishError(_("That cannot be done now: %(where)s") % {"where": told(taken)})
    return taken


def told(story):
    """Return a sentence that says where a story stands."""
    if not story.stage:
        return _("the story was published.")
    owner = name_of(story.owner) if story.owner else _("nobody")
    return _("the story is now “%(stage)s”, its owner is %(owner)s.") % {
        "stage": story.get_stage_display(),
        "owner": owner,
    }


def context_of(story):
    """Return what preflight asks of the desk before a story is ready: an editor who reviews it may still answer."""
    live, latest = live_and_pending(story, timezone.now())[0], latest_revision(story)
    return context_for(story, latest.document, live=live and live.document) if latest else UNKNOWN


def refuse_unfinished(story, context=UNKNOWN):
    latest = latest_revision(story)
    if latest is None:
        raise PublishError(_("Nothing of this story is saved yet. Save it first."))
    if reasons := blockers(latest.document, context):
        raise PublishError(" ".join(reasons))


def log_values(story, by, values):
    """Write down what a save changed for the desk alone: {column: value as text}, None for what the journal keeps not.

    One line a column. As plain text, so that a redaction finds the words there as it does everywhere else.
    """
    lines = [name if text is None else f"{name}: {clean_text(text)}" for name, text in values.items()]
    log(story, by, "desk_only", "\n".join(lines))


def log(story, by, action, note=""):
    StoryEvent.objects.create(story=story, user=by, action=action, note=note[:500], at=timezone.now())
