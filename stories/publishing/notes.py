"""What colleagues tell each other about a story: threads that can be resolved. Nothing of it is ever published."""

import uuid

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from stories.models import BLOCKS, Note, Story
from stories.models.prose import clean_text
from stories.publishing.verbs import PublishError

READ = ("stories.view_story", "stories.change_story")


def refuse_outsiders(user):
    if not any(map(user.has_perm, READ)):
        raise PermissionDenied


@transaction.atomic
def add_note(story, *, text, by, block=""):
    """Begin a thread on a story, or on its saved block with the id `block`. Return the note.

    Whoever may read the story at the desk may write notes. Raise PermissionDenied, or PublishError with the reason.
    """
    refuse_outsiders(by)
    if not Story.objects.select_for_update().filter(pk=story.pk).exists():
        raise PublishError(_("Meanwhile someone else deleted this story."))
    values = about(story, block) if block else {}
    return Note.objects.create(story=story, author=by, text=cleaned(text), created_at=timezone.now(), **values)


@transaction.atomic
def reply(thread, *, text, by):
    """Answer a thread, its first note; a resolved one is open again. Return the note, raise as add_note() does."""
    refuse_outsiders(by)
    thread = take(thread)
    note = Note.objects.create(
        story=thread.story, thread=thread, author=by, text=cleaned(text), created_at=timezone.now()
    )
    Note.objects.filter(pk=thread.pk).update(resolved_at=None, resolved_by=None)
    return note


@transaction.atomic
def resolve(thread, *, by):
    """Say that a thread is settled; whoever said it first stays named. Raise as add_note() does."""
    refuse_outsiders(by)
    if take(thread).resolved_at is None:
        Note.objects.filter(pk=thread.pk).update(resolved_at=timezone.now(), resolved_by=by)


@transaction.atomic
def reopen(thread, *, by):
    """Say that a thread is not settled after all. Raise as add_note() does."""
    refuse_outsiders(by)
    Note.objects.filter(pk=take(thread).pk).update(resolved_at=None, resolved_by=None)


def take(thread):
    thread = Note.objects.select_for_update().filter(pk=thread.pk, thread=None).first()
    if thread is None:
        raise PublishError(_("There is no such note any more."))
    return thread


def cleaned(text):
    """Return plain text as it is stored; raise PublishError if there is none, or too much."""
    text = clean_text(text, multiline=True)
    if not text:
        raise PublishError(_("Write something first."))
    if len(text) > Note.MAX_LENGTH:
        raise PublishError(_("The note is too long: at most %(n)s characters.") % {"n": Note.MAX_LENGTH})
    return text


def about(story, block):
    """Return the columns of a note that say which block it is about; raise PublishError if `story` has no such one."""
    try:
        block = uuid.UUID(block)
    except ValueError:
        block = None
    for model in BLOCKS.values() if block else ():
        if row := model.objects.filter(pk=block, parent=story).first():
            return {"block": block, "passage": Truncator(f"{model._meta.verbose_name}: {row}").chars(200)}
    raise PublishError(
        _("That block is not saved yet, or no longer there. Save the story first, or write about the whole story.")
    )


def threads_of(story, limit=100):
    """Return the newest threads of a story, open ones first: [(first note, [replies])]. Two queries."""
    first = Note.objects.filter(story=story, thread=None).select_related("author", "resolved_by")
    first = sorted(first.order_by("-created_at", "-pk")[:limit], key=lambda note: note.resolved_at is not None)
    replies = {note.pk: [] for note in first}
    for note in Note.objects.filter(thread__in=replies).select_related("author").order_by("created_at", "pk"):
        replies[note.thread_id].append(note)
    return [(note, replies[note.pk]) for note in first]
