"""What stands first on the front page and on topics' pages."""

import datetime
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from stories.models import FrontPage, SiteChange, User
from stories.publishing.front import PLACES, arrange, cancel_arrangement
from stories.publishing.removals import retract
from stories.publishing.verbs import PublishError, publish, seen
from tests.factories import make_published, make_revision, make_topic, utc

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def stories(editor):
    make_topic("Harbour")
    topics = [["harbour"], [], ["harbour"]]
    return [
        make_published(by=editor, headline=f"Story {n}", at=utc(2025, 2, 28, 10 + n), topics=topics[n]).story
        for n in range(3)
    ]


def headlines(client, path="/"):
    return re.findall(r"<h[23]><a [^>]*>([^<]+)</a>", client.get(path).content.decode())


def test_what_is_arranged_stands_first_and_nothing_twice(client, editor, stories):
    assert headlines(client) == ["Story 2", "Story 1", "Story 0"]
    arrange([stories[0], stories[2]], by=editor, expecting=None)
    assert headlines(client) == ["Story 0", "Story 2", "Story 1"]
    assert SiteChange.objects.latest("pk").keys == ["front"]


def test_what_is_arranged_is_on_no_older_page(client, editor, stories):
    for n in range(25):
        make_published(headline=f"Newer {n}", at=utc(2025, 3, 1, 10, n))
    arrange([stories[0]], by=editor, expecting=None)
    first = client.get("/").content.decode()
    key = re.search(r'href="(\?before=[^"]+)"', first)[1]
    assert sorted(headlines(client) + headlines(client, f"/{key}")) == sorted(
        [*(f"Newer {n}" for n in range(25)), "Story 0", "Story 1", "Story 2"]
    )


def test_pins_of_a_topic_stand_first_on_its_page_only(client, editor, stories):
    harbour = make_topic("Other") and stories[0].topics.model.objects.get(slug="harbour")
    arrange([stories[0]], by=editor, expecting=None, topic=harbour)
    assert headlines(client, "/topics/harbour/") == ["Story 0", "Story 2"]
    assert headlines(client) == ["Story 2", "Story 1", "Story 0"]
    assert SiteChange.objects.latest("pk").keys == ["topic:harbour"]
    with pytest.raises(PublishError, match="not published under Harbour"):
        arrange([stories[1]], by=editor, expecting=FrontPage.objects.get().pk, topic=harbour)


def test_an_arrangement_can_wait_for_its_time_and_be_replaced_and_cancelled(client, editor, stories):
    at = timezone.now() + HOUR
    plan = arrange([stories[0]], by=editor, expecting=None, at=at)
    assert headlines(client)[0] == "Story 2"
    again = arrange([stories[1]], by=editor, expecting=plan.pk, at=at)
    assert [page.stories for page in FrontPage.objects.all()] == [[str(stories[1].pk)]]
    cancel_arrangement(again, by=editor)
    assert not FrontPage.objects.exists()
    with pytest.raises(PublishError, match="Meanwhile someone else cancelled"):
        cancel_arrangement(again, by=editor)


def test_what_was_in_force_is_kept(editor, stories):
    first = arrange([stories[0]], by=editor, expecting=None)
    second = arrange([], by=editor, expecting=first.pk)
    assert FrontPage.objects.count() == 2
    assert second.visible_from > first.visible_from
    with pytest.raises(PublishError, match="in force, or about to be"):
        cancel_arrangement(first, by=editor)


def test_of_two_editors_one_is_told(editor, stories):
    arrange([stories[0]], by=editor, expecting=None)
    with pytest.raises(PublishError, match="someone else arranged this page"):
        arrange([stories[1]], by=editor, expecting=None)


def test_only_what_readers_have_then_can_stand_first(editor, stories):
    draft = make_revision(headline="Draft")
    with pytest.raises(PublishError, match="“Draft” is not published at that time"):
        arrange([draft.story], by=editor, expecting=None)
    publish(draft, by=editor, expecting=(None, None), at=timezone.now() + HOUR)
    arrange([draft.story], by=editor, expecting=None, at=timezone.now() + 2 * HOUR)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda stories: {"at": timezone.now() - HOUR}, "That time has passed."),
        (lambda stories: {"stories": [stories[0], stories[0]]}, "in one place only"),
        (lambda stories: {"stories": stories * 3}, f"At most {PLACES} stories"),
    ],
)
def test_what_cannot_be_arranged_is_told(editor, stories, change, told):
    values = {"stories": stories} | change(stories)
    with pytest.raises(PublishError, match=told):
        arrange(values.pop("stories"), by=editor, expecting=None, **values)
    assert not FrontPage.objects.exists()


def test_who_may_not_publish_may_not_arrange(editor, stories):
    reporter = User.objects.create_user("reporter", is_staff=True)
    with pytest.raises(PermissionDenied):
        arrange(stories, by=reporter, expecting=None)
    page = arrange(stories, by=editor, expecting=None)
    with pytest.raises(PermissionDenied):
        cancel_arrangement(page, by=reporter)


def test_what_is_retracted_leaves_the_page(client, editor, stories):
    arrange([stories[0]], by=editor, expecting=None)
    retract(stories[0], by=editor, signed="Ed", reason="Wrong.", expecting=seen(stories[0]))
    assert headlines(client) == ["Story 2", "Story 1"]
