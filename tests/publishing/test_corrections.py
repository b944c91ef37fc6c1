import datetime

import pytest
from django.core.exceptions import PermissionDenied

from stories.models import StoryEvent, User
from stories.publishing.corrections import correct
from stories.publishing.revisions import latest_revision, save_document
from stories.publishing.verbs import PendingError, PublishError, WarningsError, seen
from stories.publishing.verify import verify
from tests.factories import make_published, make_revision, publish_change

pytestmark = pytest.mark.django_db
CORRECTION = {"wrong": "It said nine.", "right": "It was ten.", "severity": "major"}


def put_right(story, by, live, **values):
    options = {name: values.pop(name) for name in ("change", "note", "pending", "override") if name in values}
    if "change" not in options:
        options["correction"] = CORRECTION
    return correct(story, {**live.document, **values}, by=by, expecting=seen(story), **options)


def draft(story):
    return latest_revision(story).document


def test_a_correction_starts_from_what_readers_have_and_leaves_the_draft_unpublished(editor):
    live = make_published(by=editor, kicker="Nine ships")
    save_document({**live.document, "headline": "Not yet"}, live.story)
    corrected = put_right(live.story, editor, live, kicker="Ten ships")
    version = corrected.version
    assert (version.number, version.change, version.headline) == (2, "correction", live.headline)
    assert (version.kicker, version.document["correction"]) == ("Ten ships", CORRECTION)
    assert StoryEvent.objects.latest("pk").action == "correct"
    assert list(verify()) == []


def test_a_correction_flows_back_into_the_draft(editor):
    live = make_published(by=editor, kicker="Nine ships")
    save_document({**live.document, "headline": "Not yet"}, live.story)
    corrected = put_right(live.story, editor, live, kicker="Ten ships")
    assert (corrected.conflicts, corrected.revision) == ([], latest_revision(live.story))
    assert (draft(live.story)["headline"], draft(live.story)["kicker"]) == ("Not yet", "Ten ships")
    assert draft(live.story)["correction"] is None
    live.story.refresh_from_db()
    assert (live.story.headline, live.story.kicker) == ("Not yet", "Ten ships")


def test_in_a_conflict_the_draft_keeps_its_words_and_the_conflict_is_returned(editor):
    live = make_published(by=editor, kicker="Nine ships")
    save_document({**live.document, "kicker": "A dozen ships"}, live.story)
    [conflict] = put_right(live.story, editor, live, kicker="Ten ships").conflicts
    assert (conflict.place, conflict.base, conflict.mine, conflict.theirs) == (
        "kicker",
        "Nine ships",
        "A dozen ships",
        "Ten ships",
    )
    assert draft(live.story)["kicker"] == "A dozen ships"


def test_a_draft_like_the_live_version_has_nothing_unpublished_afterwards(editor):
    live = make_published(by=editor)
    version = put_right(live.story, editor, live, kicker="Ten ships").version
    assert draft(live.story) == {**version.document, "correction": None}


def test_a_correction_flows_into_the_version_that_waits(editor):
    live = make_published(by=editor, kicker="Nine ships")
    at = live.visible_from + datetime.timedelta(days=1)
    publish_change(live.story, by=editor, at=at, headline="Tomorrow")
    put_right(live.story, editor, live, kicker="Ten ships", pending="merge")
    plan = live.story.versions.latest()
    assert (plan.number, plan.visible_from, plan.headline, plan.kicker) == (3, at, "Tomorrow", "Ten ships")
    assert list(verify()) == []


def test_a_waiting_version_is_asked_about_and_may_be_cancelled(editor):
    live = make_published(by=editor)
    publish_change(live.story, by=editor, at=live.visible_from + datetime.timedelta(days=1), headline="Tomorrow")
    with pytest.raises(PendingError, match="Version 2 waits for its time"):
        put_right(live.story, editor, live, kicker="Ten ships")
    put_right(live.story, editor, live, kicker="Ten ships", pending="cancel")
    assert [version.change for version in live.story.versions.all()] == ["first", "correction"]
    assert list(StoryEvent.objects.order_by("pk").values_list("action", flat=True))[-2:] == ["cancel", "correct"]


def test_a_waiting_version_that_changes_the_same_place_stops_it(editor):
    live = make_published(by=editor, kicker="Nine ships")
    publish_change(live.story, by=editor, at=live.visible_from + datetime.timedelta(days=1), kicker="No ships")
    with pytest.raises(PublishError, match="changes the same places: kicker"):
        put_right(live.story, editor, live, kicker="Ten ships", pending="merge")
    assert live.story.versions.count() == 2


def test_another_kind_of_change_goes_the_same_way(editor):
    live = make_published(by=editor)
    version = put_right(live.story, editor, live, kicker="Ten", change="clarification", note="Ten, not more.").version
    assert (version.change, version.note, version.document["correction"]) == ("clarification", "Ten, not more.", None)


def test_a_minor_change_is_held_to_the_guard(editor):
    live = make_published(by=editor)
    with pytest.raises(WarningsError, match="It changes the headline"):
        put_right(live.story, editor, live, change="minor", headline="Else")
    assert put_right(live.story, editor, live, change="minor", headline="Else", override="A slip.").version.overrides


def test_what_does_not_say_what_was_wrong_is_no_correction(editor):
    live = make_published(by=editor)
    with pytest.raises(PublishError, match="Say what was wrong and what is right"):
        put_right(live.story, editor, live, change="correction", kicker="Ten ships")
    with pytest.raises(PublishError, match="Nothing has changed since version 1"):
        put_right(live.story, editor, live)


def test_a_story_without_readers_has_nothing_to_correct(editor):
    revision = make_revision()
    with pytest.raises(PublishError, match="Readers have no version of this story"):
        correct(revision.story, revision.document, by=editor, expecting=(None, None), correction=CORRECTION)


def test_correcting_needs_the_permission(editor):
    live = make_published(by=editor)
    with pytest.raises(PermissionDenied):
        put_right(live.story, User.objects.create_user("reporter"), live, kicker="Ten ships")
