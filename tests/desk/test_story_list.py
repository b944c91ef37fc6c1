import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from stories.models import Story
from stories.publishing.revisions import save_document
from stories.publishing.verbs import publish
from tests.factories import make_editor, make_published, make_revision, publish_change

pytestmark = pytest.mark.django_db
LIST = "/admin/stories/story/"


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def later():
    return timezone.now() + datetime.timedelta(days=1)


def listed(client, **query):
    """Return {story: its state as the list tells it}."""
    return {str(story): story.state.label for story in client.get(LIST, query).context["cl"].result_list}


def edit(story, by=None, **values):
    return save_document(story.revisions.latest().document | values, story, by=by)


def test_the_list_says_what_readers_have_of_each_story(desk, editor):
    make_revision(headline="Draft")
    make_published(headline="Live")
    changed = make_published(headline="Changed").story
    edit(changed, standfirst="Something else.")
    planned = make_published(headline="Planned").story
    publish_change(planned, by=editor, standfirst="Tomorrow.", at=later())
    states = listed(desk)
    assert states["Draft"] == "Draft"
    assert states["Live"] == "Live: version 1"
    assert states["Changed"] == "Live: version 1, unpublished changes"
    assert states["Planned"].startswith("Live: version 1; version 2 scheduled for ")


def test_a_first_version_that_waits_is_scheduled(desk, editor):
    story = make_revision(headline="Waiting").story
    publish(story.revisions.latest(), by=editor, expecting=(None, None), at=later())
    assert listed(desk)["Waiting"].startswith("Scheduled for ")
    assert listed(desk)["Waiting"].endswith(" UTC")


def test_a_story_saved_in_no_way_of_the_desk_is_listed(desk):
    Story.objects.create(slugline="bare")
    assert listed(desk) == {"bare": "Draft"}


def test_states_can_be_filtered(desk, editor):
    make_revision(headline="Draft")
    live = make_published(headline="Live").story
    publish_change(make_published(headline="Planned").story, by=editor, standfirst="Tomorrow.", at=later())
    assert set(listed(desk, state="draft")) == {"Draft"}
    assert set(listed(desk, state="live")) == {str(live), "Planned"}
    assert set(listed(desk, state="scheduled")) == {"Planned"}
    assert len(listed(desk, state="no such state")) == 3


def test_the_list_says_who_saved_last(desk):
    story = make_revision(headline="Draft").story
    edit(story, by=make_editor(first_name="Ayşe", last_name="Kaya"), standfirst="Other.")
    assert "Ayşe Kaya" in desk.get(LIST).content.decode()


def test_fifty_stories_cost_as_many_queries_as_one(desk, editor, django_assert_max_num_queries):
    for _number in range(25):
        make_published(by=editor)
        make_revision()
    with django_assert_max_num_queries(8):
        assert len(listed(desk)) == 50


@pytest.mark.parametrize("query", ["a\x00b", "x " * 3000, "%_'\"\\"])
def test_no_search_fails(desk, query):
    make_revision(headline="a b")
    assert desk.get(LIST, {"q": query}).status_code == 200


def test_a_story_is_found_by_words_of_its_headline_and_slugline(desk):
    make_revision(headline="The gate opens")
    Story.objects.create(slugline="istanbul-talks")
    assert set(listed(desk, q="gate opens")) == {"The gate opens"}
    assert set(listed(desk, q="istanbul")) == {"istanbul-talks"}


def test_a_draft_can_be_deleted_and_what_was_published_cannot(desk):
    draft, live = make_revision().story, make_published(headline="The gate").story
    for story in (draft, live):
        response = desk.post(reverse("admin:stories_story_delete", args=[story.pk]), {"post": "yes"})
    page = response.content.decode()
    assert "“The gate” cannot be deleted:" in page
    assert "What readers saw stays on the record." in page
    assert list(Story.objects.all()) == [live]


def test_the_history_tells_versions_events_and_saves(desk, editor):
    live = make_published(by=editor, headline="First words")
    story = live.story
    publish_change(story, by=editor, headline="Second words", change="clarification", note="It could mislead.")
    publish_change(story, by=editor, headline="Third words", at=later())
    page = desk.get(reverse("admin:stories_story_history", args=[story.pk])).content.decode()
    for words in ("First words", "clarification", "It could mislead.", "waits for its time", editor.username):
        assert words in page
    assert "Version 3 scheduled, for" in page
    assert page.count('<th scope="row" data-head=') == 3 + 3 + 3


def test_the_history_of_a_new_story_says_that_nothing_was_published(desk):
    story = make_revision().story
    page = desk.get(reverse("admin:stories_story_history", args=[story.pk])).content.decode()
    assert "Nothing was published yet." in page


def test_an_unknown_story_has_no_history(desk):
    response = desk.get("/admin/stories/story/8d1f2ad7-14f3-4d2b-a7c7-0d9ef0e25e5e/history/")
    assert response.status_code == 302


def test_a_long_history_costs_no_more_queries(desk, editor, django_assert_max_num_queries):
    story = make_published(by=editor).story
    for number in range(10):
        publish_change(story, by=make_editor(), headline=f"Headline {number}")
    with django_assert_max_num_queries(10):
        desk.get(reverse("admin:stories_story_history", args=[story.pk]))
