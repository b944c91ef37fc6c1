"""What the desk's pages about one story have in common: who may see them, and their frame."""

import functools

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import path
from django.utils.translation import gettext as _


def routes(story_admin, views):
    """Return the addresses of `views`, {(address, name): view}, to stand before those of the story admin."""

    def wrapped(view):
        return story_admin.admin_site.admin_view(functools.partial(view, story_admin=story_admin))

    return [path(address, wrapped(view), name=f"stories_story_{name}") for (address, name), view in views.items()]


def story_for(request, story_admin, story_id, permission):
    """Return the story of a page that needs `permission`; raise Http404 or PermissionDenied."""
    story = story_admin.get_queryset(request).filter(pk=story_id).first()
    if story is None:
        raise Http404(_("There is no such story."))
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
