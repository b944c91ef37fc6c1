"""Notes between colleagues, beside the story form and on a page of their own for browsers without scripts."""

import functools
import html

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import strip_tags
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stories.desk import checks
from stories.desk.pages import find_story, frame
from stories.desk.states import state_of, told
from stories.models import BLOCKS, Note
from stories.publishing import notes
from stories.publishing.desk_work import name_of
from stories.publishing.revisions import latest_revision
from stories.publishing.verbs import PublishError


def urls(story_admin):
    """Return the addresses of notes, to stand before those of the story admin."""

    def view(function):
        return story_admin.admin_site.admin_view(functools.partial(function, story_admin=story_admin))

    return [
        path("<uuid:story_id>/notes/", view(page), name="stories_story_notes"),
        path("<uuid:story_id>/notes/add/", view(add), name="stories_story_note_add"),
        path("<uuid:story_id>/notes/<int:note_id>/reply/", view(reply), name="stories_story_note_reply"),
        path("<uuid:story_id>/notes/<int:note_id>/resolve/", view(resolve), name="stories_story_note_resolve"),
        path("<uuid:story_id>/notes/<int:note_id>/reopen/", view(reopen), name="stories_story_note_reopen"),
    ]


def form_context(request, story, state):
    """Return what the story form shows of the notes on `story`, None for a new one."""
    return {"notes": panel(story, state.latest and state.latest.document) if story else None}


def panel(story, document, kept=None, error=""):
    """Return the threads of a story and the blocks that a note can be about; `kept` is what was typed but refused."""
    kept = kept or {}
    blocks = blocks_of(document) if document else {}
    threads = [thread(story, first, replies, blocks, kept) for first, replies in notes.threads_of(story)]
    return {
        "open": [each for each in threads if not each["first"]["resolved"]],
        "resolved": [each for each in threads if each["first"]["resolved"]],
        "blocks": [{"id": pk, "label": label, "chosen": pk == kept.get("block")} for pk, label in blocks.items()],
        "add_url": reverse("admin:stories_story_note_add", args=[story.pk]),
        "page_url": reverse("admin:stories_story_notes", args=[story.pk]),
        "text": kept.get("text-new", ""),
        "error": error,
    }


def thread(story, first, replies, blocks, kept):
    def url(action):
        return reverse(f"admin:stories_story_note_{action}", args=[story.pk, first.pk])

    return {
        "first": shown(first) | {"resolved": first.resolved_at and resolved(first)},
        "replies": [shown(note) for note in replies],
        "about": about(first, blocks),
        "block": str(first.block or ""),
        "text": kept.get(f"text-{first.pk}", ""),
        "reply_url": url("reply"),
        "resolve_url": url("resolve"),
        "reopen_url": url("reopen"),
    }


def shown(note):
    author = name_of(note.author) if note.author else _("somebody who has left")
    return {"pk": note.pk, "text": note.text, "author": author, "when": told(note.created_at)}


def resolved(note):
    name = name_of(note.resolved_by) if note.resolved_by else _("somebody who has left")
    return _("Resolved by %(name)s, %(when)s") % {"name": name, "when": told(note.resolved_at)}


def about(note, blocks):
    """Say which block a note is about, as it begins now or, if it is gone, as it began when the note was written."""
    if not note.block:
        return ""
    if label := blocks.get(str(note.block)):
        return label
    if not note.passage:
        return _("a block that is no longer there")
    return _("%(passage)s (no longer there)") % {"passage": capfirst(note.passage)}


def blocks_of(document):
    """Return {id: how it begins} of the blocks of a document, in their order."""
    found = {}
    for block in document["blocks"]:
        model = BLOCKS[block["type"]]
        words = html.unescape(strip_tags(str(block.get(model.told_by) or "").replace("><", "> <")))
        words = Truncator(" ".join(words.split())).chars(60)
        found[block["id"]] = (
            f"{capfirst(model._meta.verbose_name)}: {words}" if words else capfirst(model._meta.verbose_name)
        )
    return found


@require_safe
def page(request, story_id, story_admin):
    """Show the notes on a story, and where to write one."""
    return whole(request, story_admin, find(request, story_admin, story_id))


@require_POST
def add(request, story_id, story_admin):
    story = find(request, story_admin, story_id)
    text, block = request.POST.get("text-new", ""), request.POST.get("block", "")
    return answer(request, story_admin, story, lambda: notes.add_note(story, text=text, by=request.user, block=block))


@require_POST
def reply(request, story_id, note_id, story_admin):
    story = find(request, story_admin, story_id)
    first, text = find_thread(story, note_id), request.POST.get(f"text-{note_id}", "")
    return answer(request, story_admin, story, lambda: notes.reply(first, text=text, by=request.user))


@require_POST
def resolve(request, story_id, note_id, story_admin):
    story = find(request, story_admin, story_id)
    first = find_thread(story, note_id)
    return answer(request, story_admin, story, lambda: notes.resolve(first, by=request.user))


@require_POST
def reopen(request, story_id, note_id, story_admin):
    story = find(request, story_admin, story_id)
    first = find_thread(story, note_id)
    return answer(request, story_admin, story, lambda: notes.reopen(first, by=request.user))


def find(request, story_admin, story_id):
    story = find_story(request, story_admin, story_id)
    if not story_admin.has_view_or_change_permission(request, story):
        raise PermissionDenied
    return story


def find_thread(story, note_id):
    first = Note.objects.filter(pk=note_id, story=story, thread=None).first()
    if first is None:
        raise Http404(_("There is no such note any more."))
    return first


def answer(request, story_admin, story, verb):
    """Call `verb`; answer the form's script with the panel, a browser without it with the page of notes."""
    error = ""
    try:
        verb()
    except PublishError as problem:
        error = str(problem)
    if request.headers.get("X-Requested-With") != "fetch":
        return whole(request, story_admin, story, error) if error else redirect("admin:stories_story_notes", story.pk)
    context = {"notes": shown_panel(request, story, error), **checks.form_context(story, state_of(story))}
    return TemplateResponse(request, "admin/stories/story/_notes_answer.html", context, status=422 if error else 200)


def whole(request, story_admin, story, error=""):
    context = {
        **frame(request, story_admin, story, _("Notes")),
        "notes": shown_panel(request, story, error),
    }
    return TemplateResponse(request, "admin/stories/story/notes.html", context, status=422 if error else 200)


def shown_panel(request, story, error):
    revision = latest_revision(story)
    return panel(story, revision and revision.document, request.POST if error else None, error)
