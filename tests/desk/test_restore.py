import pytest
from django.urls import reverse

from stories.publishing.document import new_id
from stories.publishing.revisions import latest_revision, save_document
from tests.desk.pages import hidden, text, told, url
from tests.factories import make_author, make_published, make_revision

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def edited(revision, **values):
    return save_document({**revision.document, **values}, revision.story)


def test_the_history_offers_to_restore_all_but_the_newest(desk):
    first = make_revision()
    second = edited(first, headline="Second")
    page = desk.get(url("history", first.story)).content.decode()
    assert url("restore", first.story, first.pk) in page
    assert url("restore", first.story, second.pk) not in page


def test_what_restoring_changes_is_shown_then_done(desk, editor):
    first = make_revision(headline="Nine ships", by=editor)
    edited(first, headline="Ten ships")
    page = desk.get(url("restore", first.story, first.pk))
    assert f"The draft becomes again what {editor.username} saved on" in text(page)
    assert "removed: Ten" in text(page)
    assert "added: Nine" in text(page)
    response = desk.post(url("restore", first.story, first.pk), hidden(page), follow=True)
    assert latest_revision(first.story).document["headline"] == "Nine ships"
    assert told(response)[0].endswith("is the draft again.")
    words = text(desk.get(url("history", first.story)))
    assert "What was saved on" in words
    assert "is the draft again" in words


def test_of_a_live_story_it_is_said_that_readers_see_nothing_of_it(desk, editor):
    live = make_published(by=editor)
    first = live.story.revisions.get()
    edited(first, headline="Second")
    assert "Readers see nothing of it until you publish." in text(desk.get(url("restore", live.story, first.pk)))


def test_of_two_editors_one_is_told(desk):
    first = make_revision()
    edited(first, headline="Second")
    page = desk.get(url("restore", first.story, first.pk))
    edited(first, headline="Third")
    response = desk.post(url("restore", first.story, first.pk), hidden(page))
    assert "Meanwhile someone else saved this story." in text(response)
    assert latest_revision(first.story).document["headline"] == "Third"
    desk.post(url("restore", first.story, first.pk), hidden(response))
    assert latest_revision(first.story).document["headline"] == first.document["headline"]


@pytest.mark.parametrize("latest", ["", "nonsense", "\x00", "9" * 40])
def test_a_page_that_was_tampered_with_restores_nothing(desk, latest):
    first = make_revision()
    edited(first, headline="Second")
    response = desk.post(url("restore", first.story, first.pk), {"latest": latest})
    assert "Meanwhile someone else saved this story." in text(response)
    assert first.story.revisions.count() == 2


def test_what_names_what_is_gone_says_so(desk):
    first = make_revision()
    other = make_author(name="Somebody else")
    edited(first, authors=[{"slug": other.slug, "role": ""}])
    first.story.credits.model.objects.all().delete()
    edited(first, authors=[])
    other.delete()
    second = first.story.revisions.order_by("created_at")[1]
    response = desk.post(url("restore", first.story, second.pk), {"latest": latest_revision(first.story).pk})
    assert "There is no author “somebody-else”." in text(response)


def test_a_revision_of_another_story_is_404(desk):
    first, other = make_revision(), make_revision()
    for pk in (other.pk, new_id()):
        assert desk.get(url("restore", first.story, pk)).status_code == 404
        assert desk.post(url("restore", first.story, pk)).status_code == 404
    assert desk.get(reverse("admin:stories_story_restore", args=[new_id(), first.pk])).url == "/admin/"


def test_the_page_costs_few_queries(desk, django_assert_max_num_queries):
    first = make_revision()
    for number in range(5):
        edited(first, headline=f"Headline {number}")
    with django_assert_max_num_queries(8):
        desk.get(url("restore", first.story, first.pk))
