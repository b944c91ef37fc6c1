"""A story enters the stages with a change that readers do not have, and leaves them when they have it."""

import datetime

import pytest
from django.utils import timezone

from stories.models import Story
from stories.publishing.aside import save_aside
from stories.publishing.corrections import correct
from stories.publishing.document import new_id
from stories.publishing.removals import retract
from stories.publishing.revisions import latest_revision, save_document
from stories.publishing.verbs import cancel, publish, seen
from tests.factories import make_editor, make_published, make_revision, publish_change, utc

pytestmark = pytest.mark.django_db
Stage = Story.Stage


def later():
    return timezone.now() + datetime.timedelta(days=1)


def stored(story):
    return Story.objects.get(pk=story.pk)


def edit(story, by, **values):
    return save_document(story.revisions.latest().document | values, story, by=by)


def test_a_new_story_is_drafted():
    assert stored(make_revision().story).stage == Stage.DRAFTING


def test_a_published_story_leaves_the_stages_and_keeps_its_owner(editor):
    revision = make_revision()
    Story.objects.update(owner=editor, reviewer=editor, due=later(), stage=Stage.READY, budget_line="Why.")
    publish(revision, by=editor, expecting=(None, None))
    story = stored(revision.story)
    assert (story.stage, story.owner, story.reviewer, story.due) == ("", editor, None, None)
    assert story.budget_line == "Why."
    assert story.stage_since > revision.created_at


def test_a_due_time_given_with_a_change_is_kept(editor):
    story = make_published(by=editor).story
    due = later()
    Story.objects.filter(pk=story.pk).update(due=due)
    save_document(story.revisions.latest().document | {"headline": "Another"}, story)
    story.refresh_from_db()
    assert (story.stage, story.due) == (Stage.DRAFTING, due)


def test_a_change_of_a_published_story_is_drafted_by_who_begins_it(editor):
    story, other = make_published(by=editor).story, make_editor()
    edit(story, other, standfirst="More.")
    assert (stored(story).stage, stored(story).owner) == (Stage.DRAFTING, other)
    edit(story, editor, standfirst="Still more.")
    assert stored(story).owner == other


def test_a_change_that_is_undone_leaves_the_stages(editor):
    version = make_published(by=editor)
    edit(version.story, editor, standfirst="More.")
    edit(version.story, editor, standfirst=version.document["standfirst"])
    assert stored(version.story).stage == ""


def test_what_is_saved_aside_leaves_the_stage_as_it_is(editor):
    version = make_published(by=editor)
    document = version.story.revisions.latest().document
    aside = save_aside(document | {"headline": "Mine"}, version.story, by=make_editor(), base=None)
    assert (aside.aside, aside.desk_only) == (True, {})
    assert Story.objects.get().stage == ""
    save_document(document | {"headline": "Theirs"}, version.story, by=editor)
    publish(latest_revision(version.story), by=editor, expecting=seen(version.story), change="update", note="New.")
    assert Story.objects.get().stage == ""


def test_an_earlier_text_restored_is_a_change(editor):
    first = make_published(by=editor)
    publish_change(first.story, by=editor, standfirst="More.")
    edit(first.story, editor, standfirst=first.document["standfirst"])
    assert stored(first.story).stage == Stage.DRAFTING


def test_a_save_leaves_a_story_in_its_stage(editor):
    revision = make_revision()
    Story.objects.update(stage=Stage.REVIEW, reviewer=editor)
    edit(revision.story, editor, standfirst="More.")
    assert (stored(revision.story).stage, stored(revision.story).reviewer) == (Stage.REVIEW, editor)


def test_a_scheduled_story_leaves_the_stages_and_is_ready_again_when_it_is_cancelled(editor):
    revision = make_revision()
    publish(revision, by=editor, expecting=(None, None), at=later())
    assert stored(revision.story).stage == ""
    cancel(revision.story, by=editor, expecting=seen(revision.story))
    assert stored(revision.story).stage == Stage.READY


def test_what_the_desk_is_changing_stays_in_its_stage_through_a_correction(editor):
    version = make_published(by=editor)
    edit(version.story, editor, kicker="Harbour")
    Story.objects.update(stage=Stage.REVIEW, reviewer=editor)
    document = version.document | {"standfirst": "The other harbour office did."}
    correction = {"wrong": "This office.", "right": "The other.", "severity": "normal"}
    expecting = seen(version.story)
    correct(version.story, document, by=editor, expecting=expecting, correction=correction)
    assert (stored(version.story).stage, stored(version.story).reviewer) == (Stage.REVIEW, editor)


def test_a_correction_of_a_story_without_a_draft_leaves_nothing_to_do(editor):
    version = make_published(by=editor)
    document = version.document | {"standfirst": "The other harbour office did."}
    correction = {"wrong": "This office.", "right": "The other.", "severity": "normal"}
    correct(version.story, document, by=editor, expecting=seen(version.story), correction=correction)
    assert stored(version.story).stage == ""


def test_a_story_taken_back_leaves_the_stages_and_stays_out(editor):
    version = make_published(by=editor)
    edit(version.story, editor, standfirst="More.")
    retract(version.story, by=editor, signed="The editor", reason="It was forged.", expecting=seen(version.story))
    assert stored(version.story).stage == ""
    edit(version.story, editor, blocks=[{"id": new_id(), "type": "text", "html": "<p>Again.</p>"}])
    assert stored(version.story).stage == ""


def test_an_imported_story_is_in_no_stage():
    assert stored(make_published(at=utc(2025, 1, 1)).story).stage == ""


def test_no_document_tells_of_the_desk():
    document = make_revision().document
    assert not {"stage", "owner", "due", "budget_line", "reviewer", "notes"} & set(document)
