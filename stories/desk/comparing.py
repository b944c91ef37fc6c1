"""Any two saved states of a story beside each other, or one and what readers have, or what is not saved yet."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import all_valid
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stories.desk.desk_only import told_beside
from stories.desk.forms import document_from_form
from stories.desk.pages import find_story, frame
from stories.desk.preview import errors_of
from stories.desk.rows import posted_uuid
from stories.desk.states import name_of, told
from stories.models import Autosave, Revision
from stories.models.prose import clean_text
from stories.publishing.document import DocumentError
from stories.publishing.revisions import latest_revision, revisions_of
from stories.publishing.verbs import live_and_pending
from stories.site.history import told_changes

SHOWN = 50


@dataclass(frozen=True)
class Side:
    """One of the two that are compared: `ref` names it in the address, `label` on the page.

    `beside` tells what a save that was kept aside also changed, for the desk alone, a line each.
    """

    ref: str
    label: str
    document: dict
    beside: tuple = ()


class NotComparable(Exception):
    """Unsaved work that is no document yet; `errors` is [(place, sentence)]."""

    def __init__(self, errors):
        self.errors = errors
        super().__init__(str(errors))


# The page


@require_safe
def compare_page(request, story_id, story_admin):
    """Show what changes from `old` to `new`, each a revision's id, "live", "pending" or "unsaved".

    Without `new` it is the newest revision, without `old` what came before that.
    """
    story = story_to_compare(request, story_admin, story_id)
    context = {
        **frame(request, story_admin, story, _("What changed")),
    }
    try:
        new = side(request, story_admin, story, request.GET.get("new") or newest_ref(story))
        old = side(request, story_admin, story, request.GET.get("old") or ref_before(story, new))
    except NotComparable as error:
        context["errors"] = error.errors
    else:
        context |= {"old": old, "new": new, "comparison": told_changes(old.document, new.document, timezone.now())}
        context["beside"] = [each for each in (old, new) if each.beside]
        context["turned"] = f"?old={new.ref}&new={old.ref}"
    return TemplateResponse(request, "admin/stories/story/compare.html", context)


def story_to_compare(request, story_admin, story_id):
    story = find_story(request, story_admin, story_id)
    if not story_admin.has_view_or_change_permission(request, story):
        raise PermissionDenied
    return story


def newest_ref(story):
    newest = latest_revision(story)
    if newest is None:
        raise Http404(_("Nothing of this story is saved yet."))
    return str(newest.pk)


def ref_before(story, new):
    """Return what `new` is compared with if nothing is said: what it was opened on, else what was saved before it."""
    revision = Revision.objects.filter(pk=posted_uuid(new.ref)).first()
    if revision is None:
        return newest_ref(story)
    before = revision.base or revisions_of(story).filter(created_at__lt=revision.created_at).first()
    return str(before.pk) if before else new.ref


def side(request, story_admin, story, ref):
    """Return the Side that `ref` names. Raise Http404 if there is none, NotComparable if it holds errors."""
    if ref in ("live", "pending"):
        live, pending = live_and_pending(story, timezone.now())
        version = live if ref == "live" else pending
        if version is None:
            raise Http404(_("There is no such version."))
        label = _("Version %(number)s, which readers have") if ref == "live" else _("Version %(number)s, which waits")
        return Side(ref, label % {"number": version.number}, version.document)
    if ref == "unsaved":
        return unsaved_side(request, story_admin, story)
    revision = Revision.objects.filter(story=story, pk=posted_uuid(ref)).select_related("user").first()
    if revision is None:
        raise Http404(_("There is no such revision of this story."))
    return Side(str(revision.pk), label_of(revision), revision.document, tuple(told_beside(revision)))


def label_of(revision):
    values = {"name": name_of(revision), "when": told(revision.created_at), "named": revision.name}
    label = _("What %(name)s saved aside on %(when)s") if revision.aside else _("What %(name)s saved on %(when)s")
    return (label + " (%(named)s)" if revision.name else label) % values


def unsaved_side(request, story_admin, story):
    autosave = Autosave.objects.filter(user=request.user, story=story, page="").first()
    if autosave is None or not story_admin.has_change_permission(request, story):
        raise Http404(_("You have no unsaved work on this story."))
    request.unsaved = autosave  # the forms are filled with it
    form = story_admin.get_form(request, story, change=True)(instance=story)
    form.is_valid()
    formsets, _inlines = story_admin._create_formsets(request, form.instance, change=True)
    if not (all_valid(formsets) and form.is_valid()):
        raise NotComparable(errors_of(form, formsets))
    try:
        document = document_from_form(form, formsets)
    except DocumentError as error:
        raise NotComparable(error.problems) from error
    return Side("unsaved", _("Your unsaved work of %(when)s") % {"when": told(autosave.saved_at)}, document)


# The list in the history


def revision_list(request, story):
    """Return a page of what was saved, the newest first, for the history of `story`: `?before=` turns the pages."""
    rows = Revision.objects.filter(story=story).select_related("user", "base")
    rows = rows.defer("document", "desk_only", "base__document", "base__desk_only").order_by("-created_at", "-pk")
    if pk := posted_uuid(request.GET.get("before")):
        last = Revision.objects.filter(story=story, pk=pk).first()
        rows = rows.filter(created_at__lt=last.created_at) if last else rows.none()
    found = list(rows[: SHOWN + 1])
    live, pending = live_and_pending(story, timezone.now())
    return {
        "revisions": found[:SHOWN],
        "older": found[SHOWN - 1].pk if len(found) > SHOWN else None,
        "live": live,
        "pending": pending,
        "turned_back": bool(request.GET.get("before")),
        "may_name": request.user.has_perm("stories.change_story"),
    }


@require_POST
def name_revision(request, story_id, revision_id, story_admin):
    """Give a revision a name, or take it away."""
    story = story_to_compare(request, story_admin, story_id)
    if not story_admin.has_change_permission(request, story):
        raise PermissionDenied
    revision = Revision.objects.filter(story=story, pk=revision_id).first()
    if revision is None:
        raise Http404(_("There is no such revision of this story."))
    name = clean_text(request.POST.get("name", "")[:1000])
    if len(name) > 100:
        messages.error(request, _("A name has at most 100 characters."))
    else:
        Revision.objects.filter(pk=revision.pk).update(name=name)
        if name:
            messages.success(request, _("What was saved then is now called “%(name)s”.") % {"name": name})
        else:
            messages.success(request, _("What was saved then has no name any more."))
    return redirect(reverse("admin:stories_story_history", args=[story.pk]))
