"""What the desk's pages about one story have in common: who may see them, and their frame."""

import functools

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _


class StoryGoneError(Http404):
    """There is no such story any more; `back_to_desk` answers it."""


def back_to_desk(url):
    """Let the view of `url`, a URLPattern, lead to the desk, and say why, when its story is gone. Return `url`."""
    view = url.callback

    @functools.wraps(view)
    def wrapped(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except StoryGoneError:
            if request.headers.get("X-Requested-With") == "fetch":
                raise  # a script asks, which would take the desk for its answer
            return gone(request)

    url.callback = wrapped
    return url


def gone(request):
    messages.warning(request, _("Meanwhile someone else deleted this story."))
    return redirect("admin:index")


def forbidden(request, exception):
    """Answer PermissionDenied, which only the desk raises, with a page of the desk. A Django handler403."""
    context = {**admin.site.each_context(request), "title": _("This is not open to you")}
    return render(request, "admin/forbidden.html", context, status=403)


def routes(story_admin, views):
    """Return the addresses of `views`, {(address, name): view}, to stand before those of the story admin."""

    def wrapped(view):
        return story_admin.admin_site.admin_view(functools.partial(view, story_admin=story_admin))

    return [path(address, wrapped(view), name=f"stories_story_{name}") for (address, name), view in views.items()]


def find_story(request, story_admin, story_id):
    """Return the story of a page; raise StoryGoneError if there is none."""
    story = story_admin.get_queryset(request).filter(pk=story_id).first()
    if story is None:
        raise StoryGoneError(_("There is no such story."))
    return story


def story_for(request, story_admin, story_id, permission):
    """Return the story of a page that needs `permission`; raise StoryGoneError or PermissionDenied."""
    story = find_story(request, story_admin, story_id)
    if not (story_admin.has_change_permission(request, story) and request.user.has_perm(permission)):
        raise PermissionDenied
    return story


def frame(request, story_admin, story, title):
    """Return what the template of such a page needs around its content."""
    return {
        **story_admin.admin_site.each_context(request),
        "title": title,
        "subtitle": str(story),
        "opts": story_admin.opts,
        "original": story,
    }
