"""The addresses of what keeps editors from losing a word."""

import functools

from django.urls import path

from stories.desk.autosave import discard, keep, keep_new
from stories.desk.comparing import compare_page, name_revision
from stories.desk.merging import merge_page
from stories.desk.presence import present


def urls(story_admin):
    """Return them, to stand before those of the story admin."""

    def view(function):
        return story_admin.admin_site.admin_view(functools.partial(function, story_admin=story_admin))

    return [
        path("add/autosave/", view(keep_new), name="stories_story_add_autosave"),
        path("autosave/discard/", view(discard), name="stories_story_discard"),
        path("<uuid:story_id>/autosave/", view(keep), name="stories_story_autosave"),
        path("<uuid:story_id>/compare/", view(compare_page), name="stories_story_compare"),
        path(
            "<uuid:story_id>/revisions/<uuid:revision_id>/name/",
            view(name_revision),
            name="stories_story_name_revision",
        ),
        path("<uuid:story_id>/present/", view(present), name="stories_story_present"),
        path("<uuid:story_id>/merge/<uuid:revision_id>/", view(merge_page), name="stories_story_merge"),
    ]
