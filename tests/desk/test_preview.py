import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.urls import reverse

from stories.models import Story, User
from tests.desk.forms import form_data
from tests.factories import make_published, make_revision, publish_change

pytestmark = pytest.mark.django_db
NEW = "/admin/stories/story/add/preview/"
BANNER = "Preview. Nobody outside can see this."


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def url(story):
    return reverse("admin:stories_story_preview", args=[story.pk])


def rows():
    return {model: model.objects.count() for model in apps.get_models()}


def body(story, html):
    """Return what is posted when the text of the first block is replaced."""
    return {"stories_text_set-0-html": html}


def test_a_preview_shows_unsaved_text_as_readers_would_see_it(desk):
    story = make_revision(headline="First", language="en").story
    data = form_data(desk, story, headline="Unsaved", **body(story, "<p>Typed just now.</p>"))
    page = desk.post(url(story), data).content.decode()
    for words in ("Unsaved", "Typed just now.", BANNER):
        assert words in page
    assert "The office opened the gate" not in page


def test_a_preview_writes_nothing(desk):
    story = make_revision(headline="First", language="en").story
    before, saved = rows(), story.changed_at
    data = form_data(desk, story, headline="Unsaved", tags=["never seen"], **body(story, "<p>Typed.</p>"))
    assert "Typed." in desk.post(url(story), data).content.decode()
    assert rows() == before
    story.refresh_from_db()
    assert (story.headline, story.changed_at) == ("First", saved)


def test_a_story_that_was_never_saved_can_be_seen(desk):
    before = rows()
    page = desk.post(NEW, form_data(desk, headline="Quite new", standfirst="A first look.")).content.decode()
    assert "Quite new" in page
    assert "A first look." in page
    assert BANNER in page
    assert rows() == before


def test_an_empty_form_has_a_preview(desk):
    assert BANNER in desk.post(NEW, form_data(desk)).content.decode()


def test_a_preview_without_a_headline_says_so(desk):
    assert "No headline yet</h1>" in desk.post(NEW, form_data(desk)).content.decode()


def test_what_does_not_hold_is_listed_with_its_place(desk):
    story = make_revision(language="en").story
    data = form_data(desk, story, kind="rumour", kicker="k" * 101, **{"citations-0-url": "u" * 501})
    response = desk.post(url(story), data)
    page = response.content.decode()
    assert "Close this tab, correct these points there" in page
    assert "<b>Kicker:</b> Ensure this value has at most 100 characters (it has 101)." in page
    assert "<b>Kind:</b> Select a valid choice." in page
    assert "<b>Citation 1, Link:</b>" in page
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


def test_beside_the_form_what_does_not_hold_is_listed_without_the_desks_frame(desk):
    story = make_revision(language="en").story
    page = desk.post(f"{url(story)}?pane=1", form_data(desk, story, kind="rumour")).content.decode()
    assert "There is no preview yet</h1>" in page
    assert "Correct these points in the form" in page
    assert "Close this tab" not in page
    assert 'id="header"' not in page


def test_a_citation_without_a_source_is_shown_as_one(desk):
    story = make_revision(language="en").story
    page = desk.post(url(story), form_data(desk, story, **{"citations-0-source": ""})).content.decode()
    assert "A source that is not named" in page


def test_broken_form_data_is_no_error_of_ours(desk):
    story = make_revision(language="en").story
    assert desk.post(url(story), {"headline": "Alone"}).status_code == 200
    assert desk.post(NEW, {}).status_code == 200


def test_without_a_post_the_newest_revision_is_shown(desk, editor):
    story = make_published(by=editor, headline="Live").story
    publish_change(story, by=editor, headline="Newer")
    page = desk.get(url(story)).content.decode()
    assert "Newer" in page
    assert BANNER in page


def test_a_story_without_a_revision_has_a_preview(desk):
    assert "Bare" in desk.get(url(Story.objects.create(headline="Bare", slug="bare"))).content.decode()


def test_a_preview_is_kept_by_nobody(desk):
    response = desk.get(url(make_revision().story))
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert "script-src 'self'" in response["Content-Security-Policy"]


def test_a_new_story_has_a_preview_by_post_only(desk):
    assert desk.get(NEW).status_code == 405


def test_people_of_other_trades_see_no_preview(client):
    user = User.objects.create_user("accountant", is_staff=True)
    client.force_login(user)
    story = make_revision().story
    assert [client.get(url(story)).status_code, client.post(url(story)).status_code] == [403, 403]
    assert client.post(NEW).status_code == 403


def test_who_may_only_look_sees_what_is_saved(client):
    user = User.objects.create_user("proofreader", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_story"))
    client.force_login(user)
    story = make_revision(headline="Saved").story
    assert "Saved" in client.get(url(story)).content.decode()
    assert client.post(url(story)).status_code == 403
    page = client.get(reverse("admin:stories_story_change", args=[story.pk])).content.decode()
    assert f'href="{url(story)}"' in page
    assert 'name="_continue"' not in page


def test_readers_are_sent_to_the_login(client):
    assert client.get(url(make_revision().story)).status_code == 302
