"""Pages about a story that somebody deleted meanwhile."""

import pytest
from django.urls import reverse

from stories.publishing.document import new_id
from tests.desk.pages import told

pytestmark = pytest.mark.django_db
READ = ["publish", "correct", "take_back", "redact", "redact_picture", "preview", "notes", "compare", "share"]
DJANGOS = ["change", "delete", "history"]


def posted():
    """Return [(name, args)] of what a stale button posts to."""
    moves = [("work", [action]) for action in ("claim", "assign", "submit", "review", "hand_back", "ready")]
    noted = [(f"note_{name}", [1]) for name in ("reply", "resolve", "reopen")]
    saved = [(name, [new_id()]) for name in ("restore", "name_revision", "merge")]
    return [*moves, *noted, *saved, ("note_add", []), ("move", []), ("cancel", []), ("publish", []), ("change", [])]


@pytest.mark.parametrize(
    ("method", "name", "args"),
    [*(("get", name, []) for name in [*READ, *DJANGOS]), *(("post", *row) for row in posted())],
)
def test_the_page_of_a_deleted_story_leads_back_to_the_desk(admin_client, method, name, args):
    path = reverse(f"admin:stories_story_{name}", args=[new_id(), *args])
    response = getattr(admin_client, method)(path, follow=True)
    assert response.redirect_chain == [(reverse("admin:index"), 302)]
    assert told(response) == ["Meanwhile someone else deleted this story."]


@pytest.mark.parametrize("name", ["autosave", "present", "preview", "note_add"])
def test_a_script_of_its_form_is_told_that_there_is_none(admin_client, name):
    path = reverse(f"admin:stories_story_{name}", args=[new_id()])
    headers = {"X-Requested-With": "fetch"} if name == "note_add" else {}
    assert admin_client.post(path, headers=headers).status_code == 404
