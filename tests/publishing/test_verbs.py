import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from stories.models import Address, StoryEvent, User, Version
from stories.publishing.verbs import PendingError, PublishError, cancel, move, publish, seen
from tests.factories import make_document, make_published, make_revision, publish_change

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)


def later(hours=1):
    return timezone.now() + hours * HOUR


def test_publish_makes_the_first_version_live(editor):
    revision = make_revision()
    version = publish(revision, by=editor, expecting=(None, None))
    assert (version.number, version.change, version.visible_until) == (1, "first", None)
    assert version.visible_from == version.recorded_at == version.sort_at
    assert Address.objects.get(path=version.path).story == revision.story


def test_publish_twice_raises_and_logs_once(editor):
    revision = make_revision()
    publish(revision, by=editor, expecting=(None, None))
    with pytest.raises(PublishError, match="someone else"):
        publish(revision, by=editor, expecting=(None, None))
    assert [event.action for event in revision.story.events.all()] == ["publish"]


def test_publish_needs_the_permission(db):
    with pytest.raises(PermissionDenied):
        publish(make_revision(), by=User.objects.create_user("reporter"), expecting=(None, None))


def test_publish_closes_the_version_before(editor):
    first = make_published(by=editor)
    second = publish_change(first.story, by=editor, headline="Another headline")
    first.refresh_from_db()
    assert first.visible_until == second.visible_from
    assert (second.number, second.sort_at, second.prev_sha256) == (2, first.sort_at, first.sha256)


def test_a_past_instant_is_refused(editor):
    with pytest.raises(PublishError, match="time has passed"):
        publish(make_revision(), by=editor, expecting=(None, None), at=later(-1))


def test_what_has_not_changed_is_not_published_again(editor):
    first = make_published(by=editor)
    with pytest.raises(PublishError, match="Nothing has changed since version 1"):
        publish_change(first.story, by=editor)


def test_a_clarification_needs_a_note_and_a_correction_both_sides(editor):
    first = make_published(by=editor)
    with pytest.raises(PublishError, match="sentence for readers"):
        publish_change(first.story, by=editor, change="clarification", headline="B")
    with pytest.raises(PublishError, match="what was wrong"):
        publish_change(first.story, by=editor, change="correction", headline="B")
    with pytest.raises(PublishError, match="what kind of change"):
        publish_change(first.story, by=editor, change="retraction", headline="B")


def test_a_first_publication_is_nothing_else(editor):
    with pytest.raises(PublishError, match="first publication"):
        publish(make_revision(), by=editor, change="update", expecting=(None, None))


def test_scheduled_version_waits_and_can_be_moved_and_cancelled(editor):
    revision = make_revision()
    story, at = revision.story, later()
    plan = publish(revision, by=editor, expecting=(None, None), at=at)
    assert not Version.objects.visible_at(timezone.now()).exists()
    assert Version.objects.visible_at(at).get() == plan
    moved = move(story, to=later(48), by=editor, expecting=seen(story))
    assert Address.objects.get().path == moved.path
    cancel(story, by=editor, expecting=seen(story))
    assert not Version.objects.exists()
    assert not Address.objects.exists()
    events = StoryEvent.objects.order_by("pk").values_list("action", "number", "version")
    assert list(events) == [("schedule", 1, None), ("move", 1, None), ("cancel", 1, None)]


def test_cancelling_an_update_leaves_the_live_version_open(editor):
    live = make_published(by=editor)
    publish_change(live.story, by=editor, headline="Later", at=later())
    live.refresh_from_db()
    assert live.visible_until is not None
    cancel(live.story, by=editor, expecting=seen(live.story))
    live.refresh_from_db()
    assert live.visible_until is None


def test_nothing_to_cancel_is_said(editor):
    live = make_published(by=editor)
    with pytest.raises(PublishError, match="No version of this story waits"):
        cancel(live.story, by=editor, expecting=seen(live.story))


def test_publishing_before_a_plan_asks_then_merges(editor):
    live = make_published(by=editor)
    story = live.story
    plan = publish_change(story, by=editor, headline="Planned", at=later())
    change = live.document | {"standfirst": "Now different."}
    with pytest.raises(PendingError, match="Version 2 waits"):
        publish_change(story, by=editor, **change)
    now = publish_change(story, by=editor, pending="merge", **change)
    waiting = story.versions.latest()
    assert (now.number, now.headline, waiting.number, waiting.headline) == (2, live.headline, 3, "Planned")
    assert waiting.document["standfirst"] == "Now different."
    assert waiting.visible_from == plan.visible_from


def test_publishing_before_a_plan_can_cancel_it(editor):
    live = make_published(by=editor)
    publish_change(live.story, by=editor, headline="Planned", at=later())
    publish_change(live.story, by=editor, headline="Now", pending="cancel")
    assert [version.headline for version in live.story.versions.all()] == [live.headline, "Now"]


def test_a_plan_that_changes_the_same_place_is_not_overwritten(editor):
    live = make_published(by=editor)
    publish_change(live.story, by=editor, headline="Planned", at=later())
    with pytest.raises(PublishError, match="same places: headline"):
        publish_change(live.story, by=editor, headline="Now", pending="merge")
    assert live.story.versions.count() == 2


def test_in_its_last_seconds_a_plan_cannot_be_touched(editor):
    revision = make_revision()
    publish(revision, by=editor, expecting=(None, None), at=timezone.now() + datetime.timedelta(seconds=4))
    with pytest.raises(PublishError, match="going out now"):
        cancel(revision.story, by=editor, expecting=seen(revision.story))


def test_an_address_is_never_given_to_another_story(editor):
    first = make_published(by=editor, slug="gate")
    publish_change(first.story, by=editor, slug="gate-two")
    with pytest.raises(PublishError, match="Another story has the address"):
        make_published(by=editor, slug="gate")


def test_blockers_are_told_in_sentences(editor):
    revision = make_revision(headline="x", slug="", citations=[])
    with pytest.raises(PublishError, match=r"Add a slug.*Add a source before publishing.*marker in the text"):
        publish(revision, by=editor, expecting=(None, None))


def test_the_record_stays_in_order_when_the_clock_runs_back(editor, monkeypatch):
    live = make_published(by=editor)
    past = live.visible_from - HOUR
    monkeypatch.setattr("stories.publishing.verbs.timezone.now", lambda: past)
    second = publish_change(live.story, by=editor, headline="Second")
    third = publish_change(live.story, by=editor, headline="Third")
    assert live.visible_from < second.visible_from < third.visible_from


def test_make_document_is_clean(db):
    document = make_document()
    assert document["citations"][0]["source"]["slug"] == "harbour-office"
