"""The desk's page on which the front page is arranged."""

import datetime
import re

import pytest
from django.utils import timezone

from stories.models import FrontPage, Topic, User
from stories.publishing.front import PLACES, arrange
from tests.factories import make_published, make_revision, make_topic

pytestmark = pytest.mark.django_db
NOBODY = "00000000-0000-4000-8000-000000000000"
URL = "/admin/stories/frontpage/"
TOMORROW = datetime.timedelta(days=1)


@pytest.fixture
def stories(editor):
    make_topic("Harbour")
    return [make_published(by=editor, headline=f"Story {n}", topics=["harbour"]).story for n in range(3)]


def text(response):
    return " ".join(response.content.decode().split())


def posted(*stories, **values):
    seen = FrontPage.objects.arranged_at(timezone.now())
    places = {f"place{number}": str(story.pk) for number, story in enumerate(stories)}
    return {"when": "now", "seen": seen.pk if seen else ""} | places | values


def test_an_editor_arranges_the_front_page(admin_client, client, stories):
    html = text(admin_client.get(URL))
    assert "Nobody has arranged this page yet" in html
    response = admin_client.post(URL, posted(stories[1], stories[0]), follow=True)
    assert "The page is arranged like this now." in text(response)
    front = client.get("/").content.decode()
    assert front.index("Story 1") < front.index("Story 0") < front.index("Story 2")
    page = text(admin_client.get(URL))
    assert f'<option value="{stories[1].pk}" selected>Story 1</option>' in page
    assert re.search(r"<ol><li>Story 1</li><li>Story 0</li></ol>", page)


def test_an_editor_plans_an_arrangement_looks_at_it_and_cancels_it(admin_client, client, stories):
    day = timezone.localdate() + TOMORROW
    response = admin_client.post(URL, posted(stories[0], when="later", day=str(day), time="09:00"), follow=True)
    html = text(response)
    assert "From " in html
    link = re.search(r'<a href="(/at/[^"]+)">See the page as it will be</a>', html)[1]
    assert client.get(link).status_code == 404
    ahead = admin_client.get(link).content.decode()
    assert ahead.index("Story 0") < ahead.index("Story 2")
    plan = FrontPage.objects.get()
    assert "is cancelled." in text(admin_client.post(f"{URL}{plan.pk}/cancel/", follow=True))
    assert not FrontPage.objects.exists()


def test_pins_of_a_topic_have_their_own_page(admin_client, client, stories):
    topic = Topic.objects.get(slug="harbour")
    url = f"{URL}topics/{topic.pk}/"
    assert "on the page of Harbour" in text(admin_client.get(url))
    admin_client.post(url, posted(stories[0]))
    assert FrontPage.objects.get().topic == topic
    assert "Story 0" in text(admin_client.get(url))


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"when": ""}, "Say when: now, or at a time."),
        ({"when": "later"}, "Choose a day and a time."),
        ({"when": "later", "day": "2020-01-01", "time": "09:00"}, "That day has passed."),
        ({"seen": "x"}, "This page was incomplete."),
        ({"seen": "9" * 40}, "This page was incomplete."),
        ({"place3": "x"}, "Select a valid choice."),
        ({"place3": NOBODY}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_arranged_is_told_and_nothing_is_lost(admin_client, stories, values, told):
    html = text(admin_client.post(URL, posted(stories[1]) | values))
    assert told in html
    assert f'<option value="{stories[1].pk}" selected>' in html
    assert not FrontPage.objects.exists()


def test_a_draft_cannot_stand_first(admin_client, stories):
    draft = make_revision(headline="Draft").story
    assert "“Draft” is not published at that time" in text(admin_client.post(URL, posted(draft)))


def test_of_two_editors_one_is_told(admin_client, editor, stories):
    form = posted(stories[0])
    arrange([stories[1]], by=editor, expecting=None)
    assert "Meanwhile someone else arranged this page." in text(admin_client.post(URL, form))


def test_a_plan_that_is_replaced_at_its_time(admin_client, stories):
    day = timezone.localdate() + TOMORROW
    for story in stories[:2]:
        admin_client.post(URL, posted(story, when="later", day=str(day), time="09:00"))
    assert [page.stories for page in FrontPage.objects.all()] == [[str(stories[1].pk)]]


def test_only_who_may_publish_arranges(client, stories):
    client.force_login(User.objects.create_user("reporter", is_staff=True))
    topic = Topic.objects.get(slug="harbour")
    for url in (URL, f"{URL}topics/{topic.pk}/"):
        assert client.get(url).status_code == 403
        assert client.post(url, posted(stories[0])).status_code == 403
    assert client.post(f"{URL}1/cancel/").status_code == 403


@pytest.mark.parametrize("path", [f"topics/{NOBODY}/", "topics/x/", "1/change/", "add/"])
def test_what_is_not_there_is_not_found(admin_client, path):
    assert admin_client.get(f"{URL}{path}").status_code == 404


def test_what_is_in_force_cannot_be_cancelled(admin_client, editor, stories):
    made = arrange([stories[0]], by=editor, expecting=None)
    assert admin_client.get(f"{URL}{made.pk}/cancel/").status_code == 405
    assert "in force, or about to be" in text(admin_client.post(f"{URL}{made.pk}/cancel/", follow=True))
    assert admin_client.post(f"{URL}{made.pk + 1}/cancel/").status_code == 404
    assert FrontPage.objects.exists()


def test_queries_do_not_grow_with_what_is_arranged(admin_client, editor, django_assert_max_num_queries):
    stories = [make_published(by=editor).story for _ in range(PLACES)]
    with django_assert_max_num_queries(9):
        admin_client.get(URL)
    seen = None
    for _ in range(5):
        seen = arrange(stories, by=editor, expecting=seen).pk
    with django_assert_max_num_queries(10):
        admin_client.get(URL)
