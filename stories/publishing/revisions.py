"""Saving: each save of a story is a revision."""

from django.db import transaction
from django.utils import timezone

from stories.models import Revision, Story
from stories.publishing.document import canonical, clean, upgraded
from stories.publishing.verbs import TICK, same_for_readers
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
    document = clean(document)
    write_to_story(document, story)
    return write_revision(document, story, by, base)


def write_revision(document, story, by, base):
    # The clock may run back, the newest revision stays the one that was saved last.
    latest, now = latest_revision(story), timezone.now()
    created_at = max(now, latest.created_at + TICK) if latest else now
    return Revision.objects.create(story=story, document=document, base=base, user=by, created_at=created_at)


def latest_revision(story):
    return Revision.objects.filter(story=story).order_by("-created_at", "-pk").first()


def has_unpublished_changes(revision, live):
    """Tell whether `revision` says anything that readers of `live`, a version or None, cannot see."""
    return live is None or not same_for_readers(revision.document, live.document)
