import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from stories.models import Address, SiteChange, Story, StoryEvent, Topic, TopicFiling, User, Version
from stories.publishing.document import new_id
from stories.publishing.revisions import has_unpublished_changes, latest_revision, save_document, save_revision
from stories.publishing.verbs import PendingError, PublishError, cancel, move, publish, seen
from tests.factories import make_document, make_published, make_revision, make_tag, make_topic, publish_change

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


def test_a_first_publication_corrects_nothing(editor):
    with pytest.raises(PublishError, match="Only a correction says"):
        publish(make_revision(), by=editor, expecting=(None, None), correction={"wrong": "a", "right": "b"})


def test_an_update_corrects_nothing(editor):
    live = make_published(by=editor)
    with pytest.raises(PublishError, match="Only a correction says"):
        publish_change(live.story, by=editor, headline="B", correction={"wrong": "a", "right": "b"})
    assert publish_change(live.story, by=editor, headline="B", correction={"wrong": "", "right": ""}).number == 2


def test_a_correction_that_cannot_be_read_is_told_in_a_sentence(editor):
    live = make_published(by=editor)
    with pytest.raises(PublishError, match="It must be text"):
        publish_change(
            live.story, by=editor, change="correction", headline="B", correction={"wrong": 1.5, "right": "b"}
        )


def test_a_note_too_long_for_the_record_is_refused(editor):
    live = make_published(by=editor)
    with pytest.raises(PublishError, match="at most 500 characters"):
        publish_change(live.story, by=editor, change="clarification", headline="B", note="x" * 501)
    version = publish_change(live.story, by=editor, change="clarification", headline="B", note=" a\x00 b\n")
    assert version.note == "a b"


def test_what_the_story_names_must_still_exist(editor):
    revision = make_revision(topics=[make_topic("Talks").slug])
    revision.story.topics.all().delete()
    with pytest.raises(PublishError, match="There is no topic “talks”"):
        publish(revision, by=editor, expecting=(None, None))


def test_a_story_deleted_meanwhile_is_told(editor):
    revision = make_revision()
    Story.objects.filter(pk=revision.story_id).delete()
    with pytest.raises(PublishError, match="someone else deleted this story"):
        publish(revision, by=editor, expecting=(None, None))


def test_the_document_of_another_story_is_refused(editor):
    revision = make_revision()
    revision.story = make_revision().story
    with pytest.raises(PublishError, match="document of another story"):
        publish(revision, by=editor, expecting=(None, None))


def test_a_plan_after_a_clock_that_ran_back_still_follows_the_live_version(editor, monkeypatch):
    live = make_published(by=editor)
    past = live.visible_from - 2 * HOUR
    monkeypatch.setattr("stories.publishing.verbs.timezone.now", lambda: past)
    with pytest.raises(PublishError, match="time has passed"):
        publish_change(live.story, by=editor, headline="B", at=past + HOUR)


def test_moving_to_the_past_is_refused(editor):
    plan = publish(make_revision(), by=editor, expecting=(None, None), at=later())
    with pytest.raises(PublishError, match="time has passed"):
        move(plan.story, to=later(-1), by=editor, expecting=(None, plan.pk))
    assert Version.objects.get() == plan


def test_moving_needs_a_plan_and_the_permission(editor):
    live = make_published(by=editor)
    with pytest.raises(PublishError, match="No version of this story waits"):
        move(live.story, to=later(), by=editor, expecting=seen(live.story))
    for verb in (
        lambda by: move(live.story, to=later(), by=by, expecting=()),
        lambda by: cancel(live.story, by=by, expecting=()),
    ):
        with pytest.raises(PermissionDenied):
            verb(User.objects.create_user(f"reporter{User.objects.count()}"))


def test_scheduling_again_replaces_the_plan(editor):
    live = make_published(by=editor)
    publish_change(live.story, by=editor, headline="Planned", at=later(1))
    again = publish_change(live.story, by=editor, headline="Planned anew", at=later(2))
    assert list(live.story.versions.all()) == [live, again]
    assert again.number == 2


def test_publishing_a_first_version_now_replaces_its_plan(editor):
    revision = make_revision()
    publish(revision, by=editor, expecting=(None, None), at=later())
    version = publish(revision, by=editor, expecting=seen(revision.story))
    assert list(revision.story.versions.all()) == [version]
    assert Version.objects.visible_at(timezone.now()).get() == version


def test_a_cancelled_plan_leaves_an_event_though_another_version_took_its_place(editor):
    live = make_published(by=editor)
    plan = publish_change(live.story, by=editor, headline="Planned", at=later())
    publish_change(live.story, by=editor, headline="Now", pending="cancel")
    events = live.story.events.filter(action="cancel").values_list("number", "instant")
    assert list(events) == [(2, plan.visible_from)]


def test_publishing_all_that_a_plan_says_leaves_nothing_to_wait_for(editor):
    live = make_published(by=editor)
    publish_change(live.story, by=editor, headline="Planned", at=later())
    now = publish_change(live.story, by=editor, headline="Planned", pending="merge")
    assert list(live.story.versions.all()) == [live, now]
    assert now.visible_until is None


def test_a_plan_that_could_not_go_out_after_this_change_stops_it(editor):
    live = make_published(by=editor)
    [citation] = live.document["citations"]
    [block] = live.document["blocks"]
    marked = {"id": new_id(), "type": "text", "html": f'<p>Again.<cite data-key="{citation["key"]}"></cite></p>'}
    publish_change(live.story, by=editor, blocks=[block, marked], at=later())
    other = make_document(headline="Other")
    with pytest.raises(PublishError, match="The waiting version could not go out after this one: A source marker"):
        publish_change(
            live.story, by=editor, pending="merge",
            blocks=[{**block, "html": f'<p>b<cite data-key="{other["citations"][0]["key"]}"></cite></p>'}],
            citations=other["citations"],
        )  # fmt: skip
    assert live.story.versions.count() == 2


def test_a_merged_plan_keeps_its_own_change_note_and_correction(editor):
    live = make_published(by=editor)
    correction = {"wrong": "a", "right": "b", "severity": "major"}
    publish_change(
        live.story, by=editor, change="correction", headline="B", note="why", correction=correction, at=later()
    )
    change = live.document | {"kicker": "Now"}
    publish_change(live.story, by=editor, pending="merge", change="minor", **change)
    waiting = live.story.versions.latest()
    assert (waiting.number, waiting.change, waiting.note) == (3, "correction", "why")
    assert waiting.document["correction"] == correction
    assert (waiting.headline, waiting.kicker) == ("B", "Now")
    assert [event.action for event in live.story.events.order_by("pk")] == ["publish", "schedule", "publish", "merge"]


def keys_of(change):
    return set(change.keys)


def test_site_changes_name_the_pages_a_story_leaves_and_joins(editor):
    old, new, parent = make_tag("Old"), make_topic("New"), make_topic("Parent")
    Topic.objects.filter(pk=new.pk).update(parent=parent)
    live = make_published(by=editor, tags=[old.slug])
    publish_change(live.story, by=editor, tags=[], topics=[new.slug])
    change = SiteChange.objects.latest("pk")
    assert {f"story:{live.story_id}", "lists", "tag:old", "topic:new", "topic:parent"} <= keys_of(change)
    assert abs(change.at - timezone.now()) < HOUR


def test_the_site_changes_when_a_plan_is_seen(editor):
    at = later()
    publish(make_revision(), by=editor, expecting=(None, None), at=at)
    assert SiteChange.objects.get().at == at


def test_the_site_does_not_change_before_readers_see_it(editor, monkeypatch):
    live = make_published(by=editor)
    past = live.visible_from - HOUR
    monkeypatch.setattr("stories.publishing.verbs.timezone.now", lambda: past)
    version = publish_change(live.story, by=editor, headline="Second")
    assert SiteChange.objects.latest("pk").at == version.visible_from


def test_nothing_is_written_if_publishing_fails(editor):
    revision = make_revision(slug="gate")
    Address.objects.create(path=f"/{timezone.now():%Y/%m/%d}/gate/", story=make_revision().story)
    with pytest.raises(PublishError, match="Another story has the address"):
        publish(revision, by=editor, expecting=(None, None))
    assert not Version.objects.exists()
    assert not SiteChange.objects.exists()
    assert not StoryEvent.objects.exists()


def test_moving_a_plan_frees_the_address_it_had(editor):
    plan = publish(make_revision(slug="gate"), by=editor, expecting=(None, None), at=later(30))
    moved = move(plan.story, to=later(24 * 9), by=editor, expecting=(None, plan.pk))
    assert moved.path != plan.path
    assert [address.path for address in Address.objects.all()] == [moved.path]


def test_cancelling_keeps_an_address_that_readers_know(editor):
    live = make_published(by=editor)
    publish_change(live.story, by=editor, headline="Later", at=later())
    cancel(live.story, by=editor, expecting=seen(live.story))
    assert Address.objects.get().path == live.path


def test_a_page_about_us_has_an_undated_address_and_stands_in_no_list(editor):
    version = make_published(by=editor, kind="page", slug="policies", topics=[make_topic("Us").slug])
    assert version.path == "/about/policies/"
    assert not Version.objects.listed_at(timezone.now()).exists()
    assert not TopicFiling.objects.exists()
    with pytest.raises(PublishError, match="Another story has the address /about/policies/"):
        make_published(by=editor, kind="page", slug="policies")


def test_the_newest_revision_is_the_last_saved_though_the_clock_ran_back(editor, monkeypatch):
    revision = make_revision()
    past = revision.created_at - HOUR
    monkeypatch.setattr("stories.publishing.revisions.timezone.now", lambda: past)
    newer = save_document(revision.document | {"headline": "Newer"}, revision.story)
    assert latest_revision(revision.story) == newer
    assert revision.story.revisions.latest() == newer


def test_saving_what_has_not_changed_writes_no_revision(editor):
    revision = make_revision()
    assert save_revision(revision.story, by=editor) == revision
    assert not has_unpublished_changes(revision, publish(revision, by=editor, expecting=(None, None)))
