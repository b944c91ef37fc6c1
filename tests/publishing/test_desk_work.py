import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from stories.models import Note, Story, StoryEvent
from stories.publishing.desk_work import (
    assign,
    claim,
    hand_back,
    mark_ready,
    pitch,
    review,
    standing,
    submit,
)
from stories.publishing.verbs import PublishError
from tests.factories import make_editor, make_published, make_reporter, make_revision
from tests.publishing.test_concurrency import outcome, race

pytestmark = pytest.mark.django_db
Stage = Story.Stage


@pytest.fixture
def reporter(db):
    return make_reporter(first_name="Ayşe", last_name="Kaya")


def make_draft(**values):
    story = make_revision().story
    Story.objects.filter(pk=story.pk).update(**values)
    return Story.objects.get(pk=story.pk)


def do(verb, story, by, **values):
    return verb(story, by=by, expecting=standing(Story.objects.get(pk=story.pk)), **values)


def events(story):
    return [(event.action, event.user, event.note) for event in story.events.order_by("at", "pk")]


def test_a_pitch_is_a_headline_and_a_sentence(reporter):
    story = pitch(by=reporter, headline=" Grain  exports ", budget_line="Who still buys.")
    assert (story.stage, story.owner, story.headline, story.budget_line) == (
        Stage.PITCH,
        reporter,
        "Grain exports",
        "Who still buys.",
    )
    assert (story.slug, story.slugline) == ("grain-exports", "grain-exports")
    document = story.revisions.get().document
    assert (document["headline"], document["slug"]) == ("Grain exports", "grain-exports")
    assert events(story) == [("pitch", reporter, "Who still buys.")]


def test_a_pitch_may_be_for_anybody(reporter):
    assert pitch(by=reporter, headline="Grain", budget_line="Who buys.", mine=False).owner is None


@pytest.mark.parametrize(("headline", "budget_line"), [("", "Why."), ("Grain", " \x00"), ("Grain", "")])
def test_a_pitch_without_words_is_refused(reporter, headline, budget_line):
    with pytest.raises(PublishError, match="working headline"):
        pitch(by=reporter, headline=headline, budget_line=budget_line)
    assert not Story.objects.exists()


def test_a_pitch_that_is_too_long_is_refused(reporter):
    with pytest.raises(PublishError, match="at most 300 characters"):
        pitch(by=reporter, headline="Grain", budget_line="x" * 301)


def test_claiming_a_pitch_makes_it_a_draft(reporter):
    story = do(claim, make_draft(stage=Stage.PITCH), reporter)
    assert (story.owner, story.stage) == (reporter, Stage.DRAFTING)
    assert events(story) == [("claim", reporter, "")]


def test_ones_own_pitch_can_be_begun(reporter):
    assert do(claim, make_draft(stage=Stage.PITCH, owner=reporter), reporter).stage == Stage.DRAFTING


def test_what_somebody_has_cannot_be_claimed(reporter):
    with pytest.raises(PublishError, match="Ayşe Kaya has this story"):
        do(claim, make_draft(owner=reporter), make_reporter())


def test_an_editor_assigns_a_story(editor, reporter):
    story = do(assign, make_draft(stage=Stage.PITCH), editor, to=reporter)
    assert (story.owner, story.stage) == (reporter, Stage.DRAFTING)
    assert events(story) == [("assign", editor, "Ayşe Kaya")]


def test_an_owner_gives_a_story_away_and_nobody_else_does(reporter):
    other = make_reporter()
    story = make_draft(owner=reporter)
    with pytest.raises(PermissionDenied):
        do(assign, story, other, to=other)
    assert do(assign, story, reporter, to=other).owner == other


def test_a_story_is_assigned_only_to_who_may_write(editor, reporter):
    outsider = make_reporter(username="tom", is_active=False)
    with pytest.raises(PublishError, match="tom may not write stories"):
        do(assign, make_draft(), editor, to=outsider)
    with pytest.raises(PublishError, match="Ayşe Kaya has this story already"):
        do(assign, make_draft(owner=reporter), editor, to=reporter)


def test_a_submitted_story_waits_for_its_reviewer(editor, reporter):
    story = do(submit, make_draft(), reporter, reviewer=editor)
    assert (story.stage, story.reviewer, story.owner) == (Stage.REVIEW, editor, reporter)
    assert events(story) == [("submit", reporter, editor.username)]


def test_a_story_that_could_not_go_out_is_not_submitted_or_ready(editor, reporter):
    story = make_revision(slug="", authors=[]).story
    for verb, by in ((submit, reporter), (mark_ready, editor)):
        with pytest.raises(PublishError, match=r"Add a slug.*Add an author"):
            do(verb, story, by)
    bare = Story.objects.create(slugline="bare")
    with pytest.raises(PublishError, match="Save it first"):
        do(submit, bare, reporter)


def test_only_who_may_publish_can_be_asked_to_review(reporter):
    with pytest.raises(PublishError, match="Ayşe Kaya may not write and publish"):
        do(submit, make_draft(), reporter, reviewer=reporter)


def test_an_editor_takes_a_story_to_review(editor):
    story = do(review, make_draft(stage=Stage.REVIEW), editor)
    assert (story.reviewer, story.stage) == (editor, Stage.REVIEW)


def test_a_story_is_handed_back_with_a_sentence_that_becomes_a_note(editor, reporter):
    story = do(
        hand_back, make_draft(stage=Stage.REVIEW, owner=reporter, reviewer=editor), editor, sentence="Who says so?"
    )
    assert (story.stage, story.reviewer, story.owner) == (Stage.DRAFTING, None, reporter)
    assert [(note.text, note.author) for note in Note.objects.open()] == [("Who says so?", editor)]
    assert events(story) == [("hand_back", editor, "Who says so?")]


@pytest.mark.parametrize(("sentence", "told"), [(" ", "Say in a sentence"), ("x" * 501, "at most 500 characters")])
def test_a_story_is_not_handed_back_without_a_sentence(editor, sentence, told):
    story = make_draft(stage=Stage.READY)
    with pytest.raises(PublishError, match=told):
        do(hand_back, story, editor, sentence=sentence)
    assert Story.objects.get().stage == Stage.READY


def test_an_owner_takes_a_story_back_and_nobody_else_does(reporter):
    story = make_draft(stage=Stage.REVIEW, owner=reporter)
    with pytest.raises(PermissionDenied):
        do(hand_back, story, make_reporter(), sentence="Mine.")
    assert do(hand_back, story, reporter, sentence="One more call to make.").stage == Stage.DRAFTING


def test_an_editor_marks_a_story_ready(editor):
    story = do(mark_ready, make_draft(stage=Stage.REVIEW), editor)
    assert story.stage == Stage.READY
    assert events(story) == [("ready", editor, "")]


def test_of_what_an_editor_wrote_and_marks_ready_the_journal_says_so(editor):
    story = do(mark_ready, make_draft(stage=Stage.REVIEW, owner=editor), editor)
    assert events(story) == [("ready_own", editor, "")]


@pytest.mark.parametrize("verb", [review, mark_ready])
def test_reporters_do_not_review(reporter, verb):
    with pytest.raises(PermissionDenied):
        do(verb, make_draft(stage=Stage.REVIEW), reporter)


@pytest.mark.parametrize(("verb", "values"), [(claim, {}), (submit, {}), (hand_back, {"sentence": "No."})])
def test_who_may_not_write_does_nothing(verb, values):
    visitor = make_reporter()
    visitor.user_permissions.clear()
    with pytest.raises(PermissionDenied):
        do(verb, make_draft(stage=Stage.REVIEW), visitor, **values)


def test_who_looked_at_something_else_is_told(editor, reporter):
    story = make_draft()
    was = standing(story)
    do(submit, story, reporter)
    with pytest.raises(PublishError, match="Someone else was faster: the story is now “in review”, its owner is Ayşe"):
        claim(story, by=make_reporter(), expecting=was)


def test_who_acts_on_a_story_that_was_published_or_deleted_is_told(editor):
    story = make_published(by=editor).story
    with pytest.raises(PublishError, match="Readers have all there is"):
        do(claim, story, editor)
    with pytest.raises(PublishError, match="the story was published"):
        claim(story, by=editor, expecting="drafting..")
    draft = make_draft()
    was = standing(draft)
    Story.objects.filter(pk=draft.pk).delete()
    with pytest.raises(PublishError, match="deleted this story"):
        claim(draft, by=editor, expecting=was)


def test_a_move_that_fits_another_stage_is_refused(editor):
    with pytest.raises(PublishError, match="That cannot be done now: the story is now “drafting”"):
        do(hand_back, make_draft(), editor, sentence="Why?")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_claim_at_once_one_succeeds_and_the_other_is_told():
    story, people = make_draft(stage=Stage.PITCH), [make_editor(first_name="A"), make_editor(first_name="B")]
    was = standing(story)
    results = race(*(lambda by=by: claim(story, by=by, expecting=was) for by in people))
    succeeded, [told] = outcome(results)
    assert succeeded == 1
    assert "Someone else was faster" in told
    assert StoryEvent.objects.filter(action="claim").count() == 1
    connection.close()
