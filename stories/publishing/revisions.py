"""Saving: each save of a story is a revision. An earlier one can be made the working copy again."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from stories.models import Revision, Story, StoryEvent
from stories.publishing.document import DocumentError, canonical, clean, same_for_readers, upgraded
from stories.publishing.stages import settle
from stories.publishing.verbs import TICK, PublishError, refuse_without
from stories.publishing.working_copy import document_from_story, write_to_story


@transaction.atomic
def save_revision(story, *, by, base=None):
    """Write what the tables of `story` say as a revision and return it; the newest one if nothing has changed."""
    Story.objects.select_for_update().get(pk=story.pk)
    document = document_from_story(story)
    latest = latest_revision(story)
    if latest and canonical(upgraded(latest.document)) == canonical(document):
        return latest
    return write_revision(document, story, by, base)


@transaction.atomic
def save_document(document, story, *, by=None, base=None):
    """Clean `document`, make the tables of `story` say it and write it as a revision, which is returned."""
    document = clean(document, draft=True)
    write_to_story(document, story)
    return write_revision(document, story, by, base)


def restore(revision, *, by, expecting):
    """Make `revision`, an earlier one, the working copy of its story again; readers see nothing of it.

    Blocks and citations are updated in place, so that open forms still fit them. `expecting` is the id of the newest
    revision that the editor saw. Return the new revision, made from the restored one. Raise PermissionDenied, or
    PublishError with the reason; nothing is written then.
    """
    refuse_without(by, "stories.change_story")
    with transaction.atomic():
        story = Story.objects.select_for_update().filter(pk=revision.story_id).first()
        latest = story and latest_revision(story)
        if latest is None or latest.pk != expecting:
            raise PublishError(_("Meanwhile someone else saved this story. Look at it again before you restore."))
        revision.refresh_from_db()  # a passage may have been removed from it
        document = {**upgraded(revision.document), "correction": None, "removal": None}
        # An early one has no slug yet; without, the next save would make another address from the headline.
        document["slug"] = document["slug"] or latest.document["slug"]
        if canonical(document) == canonical(upgraded(latest.document)):
            raise PublishError(_("The story says just this already."))
        try:
            restored = save_document(document, story, by=by, base=revision)
        except DocumentError as error:
            raise PublishError(" ".join(sentence for _place, sentence in error.problems)) from error
        StoryEvent.objects.create(
            story=story, user=by, action="restore", instant=revision.created_at, at=restored.created_at
        )
    return restored


def write_revision(document, story, by, base, **aside):
    # The clock may run back, the newest revision stays the one that was saved last.
    latest, now = latest_revision(story), timezone.now()
    created_at = max(now, latest.created_at + TICK) if latest else now
    values = {"document": document, "base": base, "user": by, "created_at": created_at, **aside}
    revision = Revision.objects.create(story=story, **values)
    settle(story, by=by)
    return revision


def latest_revision(story):
    """Return what was saved last of what the story said; what was saved aside is not among it."""
    return revisions_of(story).first()


def revisions_of(story):
    """Return what the story said, the last saved first."""
    return Revision.objects.of_the_story().filter(story=story).order_by("-created_at", "-pk")


def has_unpublished_changes(revision, live):
    """Tell whether `revision` says anything that readers of `live`, a version or None, cannot see."""
    return live is None or not same_for_readers(revision.document, live.document)
