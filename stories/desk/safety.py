"""The addresses of what keeps editors from losing a word."""

import functools

from django.urls import path

from stories.desk.merging import merge_page


def urls(story_admin):
    """Return them, to stand before those of the story admin."""

    def view(function):
        return story_admin.admin_site.admin_view(functools.partial(function, story_admin=story_admin))

    return [
        path("<uuid:story_id>/merge/<uuid:revision_id>/", view(merge_page), name="stories_story_merge"),
    ]
