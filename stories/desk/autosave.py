"""Unsaved work: kept as the form would post it, private, offered again after a crash or a closed tab.

As fields and not as a document: what is half typed is no document yet, and the slugline is in none.
"""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponseBadRequest, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stories.desk.rows import posted_uuid
from stories.models import Autosave

SHOWN = 10  # of work on stories that were never saved


# Keeping


@require_POST
def keep_new(request, story_admin):
    """Keep the posted form of a story that was never saved."""
    if not story_admin.has_add_permission(request):
        raise PermissionDenied
    return kept(request, None)


@require_POST
def keep(request, story_id, story_admin):
    """Keep the posted form of a story. Nothing of the story is written."""
    story = story_admin.get_queryset(request).filter(pk=story_id).first()
    if story is None:
        raise Http404(_("There is no such story."))
    if not story_admin.has_change_permission(request, story):
        raise PermissionDenied
    return kept(request, story)


def kept(request, story):
    form = posted_uuid(request.POST.get("_form"))
    if form is None:
        return HttpResponseBadRequest("_form is missing")
    now = timezone.now()
    page = Autosave.CORRECT if story and request.POST.get("_page") == Autosave.CORRECT else ""
    mine = Autosave.objects.filter(user=request.user, story=story, page=page)
    try:
        with transaction.atomic():
            if story and (other := mine.exclude(form=form).first()):
                return in_the_way(other)
            values = {"story": story, "page": page, "fields": fields_in(request.POST), "saved_at": now}
            Autosave.objects.update_or_create(user=request.user, form=form, defaults=values)
    except IntegrityError:  # another tab was first by a moment
        return in_the_way(mine.first())
    return JsonResponse({"kept": time_of(now)})


def in_the_way(autosave):
    """Answer that other unsaved work of this editor must not be written over."""
    when = time_of(autosave.saved_at) if autosave else ""
    return JsonResponse(
        {
            "message": _(
                "Not kept: there is other unsaved work of yours on this story, from %(when)s, perhaps in another tab. "
                "Save here, or decide about it first."
            )
            % {"when": when}
        },
        status=409,
    )


def fields_in(posted):
    """Return {name: [values]} of what was posted, less what is the browser's; no sign that a database refuses."""
    return {
        storable(name): [storable(value) for value in values]
        for name, values in posted.lists()
        if name != "csrfmiddlewaretoken" and not name.startswith("_")
    }


def storable(text):
    return text.replace("\0", "").encode(errors="replace").decode()


def time_of(instant):
    return format_date(timezone.localtime(instant), _("H:i"))


# Offering it again, and letting go of it


def form_context(request, story, page=""):
    """Return what the form of `page` says of unsaved work: what there is, and where and as what it keeps its own."""
    chosen_one = getattr(request, "unsaved", None)
    form_id = posted_uuid(request.POST.get("_form")) or (chosen_one.form if chosen_one else uuid.uuid4())
    found = Autosave.objects.filter(user=request.user, story=story, page=page).exclude(form=form_id)
    return {
        "form_id": form_id,
        "keep_url": (
            reverse("admin:stories_story_autosave", args=[story.pk])
            if story
            else reverse("admin:stories_story_add_autosave")
        ),
        "continued": chosen_one,
        "unsaved": [{"autosave": row, "headline": first_of(row, "headline")} for row in found[:SHOWN]],
    }


def first_of(autosave, name):
    return next(iter(autosave.fields.get(name, [])), "")


def chosen(request, story, page=""):
    """Return what the editor kept and goes on with, as a form posts it; None if the saved story is shown."""
    if not hasattr(request, "unsaved"):
        if request.method != "GET" or "continue" not in request.GET:
            return None
        form, of = posted_uuid(request.GET["continue"]), story if story and not story._state.adding else None
        may = request.user.has_perm("stories.change_story" if of else "stories.add_story")
        found = Autosave.objects.filter(user=request.user, story=of, page=page, form=form)
        request.unsaved = found.first() if may else None
    return as_posted(request.unsaved) if request.unsaved else None


def as_posted(autosave):
    data = QueryDict(mutable=True)
    for name, values in autosave.fields.items():
        # Rows name their story; of one that is deleted they go into the new one.
        if autosave.story_id or not name.endswith(("-parent", "-story")):
            data.setlist(name, values)
    return data


def continued(request, story, form_class):
    """Return the form of a story; filled with unsaved work, and not saved, if the editor goes on with it."""
    data = chosen(request, story)
    if data is None:
        return form_class

    class Continued(form_class):
        def __init__(self, *args, initial=None, **kwargs):
            super().__init__(data, *args, **kwargs)

    return Continued


@require_POST
def discard(request, story_admin):
    """Drop unsaved work of the editor who asks."""
    form = posted_uuid(request.POST.get("form"))
    found = Autosave.objects.filter(user=request.user, form=form).first()
    if found:
        found.delete()
    if "quietly" in request.POST:
        return JsonResponse({"discarded": bool(found)})
    messages.info(request, _("That unsaved work is discarded."))
    if found and found.story_id:
        return redirect(f"admin:stories_story_{found.page or 'change'}", found.story_id)
    return redirect("admin:stories_story_add" if story_admin.has_add_permission(request) else "admin:index")


def forget(request):
    """Drop what was kept of a form that is saved."""
    if form := posted_uuid(request.POST.get("_form")):
        Autosave.objects.filter(user=request.user, form=form).delete()


def rescue(request, story_admin):
    """Keep what was posted for a story that is deleted; return the way to where the editor goes on with it."""
    form = posted_uuid(request.POST.get("_form"))  # which no other form has: deleting it twice leads here too
    if form is None or not story_admin.has_add_permission(request):
        return None
    values = {"story": None, "fields": fields_in(request.POST), "saved_at": timezone.now()}
    Autosave.objects.update_or_create(user=request.user, form=form, defaults=values)
    messages.warning(
        request, _("Meanwhile someone deleted this story. Your text is here: save it, and it is a new story.")
    )
    return redirect(f"{reverse('admin:stories_story_add')}?continue={form}")
