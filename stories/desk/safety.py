"""The addresses of what keeps editors from losing a word."""

from stories.desk.autosave import discard, keep, keep_new
from stories.desk.comparing import compare_page, name_revision
from stories.desk.merging import merge_page
from stories.desk.pages import routes
from stories.desk.presence import present


def urls(story_admin):
    """Return them, to stand before those of the story admin."""
    views = {
        ("add/autosave/", "add_autosave"): keep_new,
        ("autosave/discard/", "discard"): discard,
        ("<uuid:story_id>/autosave/", "autosave"): keep,
        ("<uuid:story_id>/compare/", "compare"): compare_page,
        ("<uuid:story_id>/revisions/<uuid:revision_id>/name/", "name_revision"): name_revision,
        ("<uuid:story_id>/present/", "present"): present,
        ("<uuid:story_id>/merge/<uuid:revision_id>/", "merge"): merge_page,
    }
    return routes(story_admin, views)
