"""What preflight means for the verbs: nothing goes out past it; what only the desk knows is asked under the lock."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from stories.models import Author, Citation, Note, Source, Story, Version
from stories.models.citation import make_key
from stories.publishing import preflight
from stories.publishing.corrections import correct
from stories.publishing.desk_work import mark_ready, standing, submit
from stories.publishing.preflight import context_for
from stories.publishing.preflight.context import Approval
from stories.publishing.revisions import save_document
from stories.publishing.verbs import PublishError, WarningsError, move, publish, seen
from stories.publishing.working_copy import picture_document
from tests.factories import (
    approve_unnamed,
    make_author,
    make_editor,
    make_picture,
    make_published,
    make_reporter,
    make_revision,
    make_source,
    publish_change,
)

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)


def later(hours=1):
    return datetime.datetime.now(datetime.UTC) + hours * HOUR


def embargoed(**values):
    """Return a saved revision of a story that is under embargo for two hours."""
    revision = make_revision(**values)
    Story.objects.filter(pk=revision.story_id).update(embargo_until=later(2))
    return revision


def test_nothing_goes_out_before_the_embargo(editor):
    revision = embargoed()
    with pytest.raises(PublishError, match=r"under embargo until .* Schedule it for then or later"):
        publish(revision, by=editor, expecting=(None, None))
    with pytest.raises(PublishError, match="under embargo"):
        publish(revision, by=editor, expecting=(None, None), at=later(1))
    assert not revision.story.versions.exists()
    plan = publish(revision, by=editor, expecting=(None, None), at=later(3))
    with pytest.raises(PublishError, match="under embargo"):
        move(plan.story, to=later(1), by=editor, expecting=(None, plan.pk))
    assert plan.story.versions.get() == plan
    assert move(plan.story, to=later(4), by=editor, expecting=(None, plan.pk)).visible_from > plan.visible_from


def test_a_correction_waits_for_the_embargo_too(editor):
    live = make_published(by=editor)
    Story.objects.filter(pk=live.story_id).update(embargo_until=later(2))
    said = {"wrong": "a", "right": "b"}
    with pytest.raises(PublishError, match="under embargo"):
        correct(live.story, live.document | {"headline": "B"}, by=editor, expecting=seen(live.story), correction=said)
    assert live.story.versions.count() == 1


def test_an_embargo_set_after_the_page_was_opened_is_seen_by_the_verb(editor):
    revision = make_revision()
    assert revision.story.embargo_until is None
    Story.objects.filter(pk=revision.story_id).update(embargo_until=later(2))
    with pytest.raises(PublishError, match="under embargo"):
        publish(revision, by=editor, expecting=(None, None))


def unnamed_story(**values):
    told = {"descriptor": "an official who attended", "reason": "not cleared to speak"}
    cited = {"key": make_key(), "unnamed": told}
    return make_revision(citations=[cited], blocks=[{"type": "text", "html": "<p>Open.</p>"}], **values)


def test_an_unnamed_source_is_approved_before_it_goes_out(editor):
    revision = unnamed_story()
    with pytest.raises(PublishError, match=r"how the unnamed source knows.*Tick that it is information.*must approve"):
        publish(revision, by=editor, expecting=(None, None))
    approve_unnamed(revision)
    assert publish(revision, by=editor, expecting=(None, None)).number == 1


def test_who_wrote_the_story_cannot_approve_its_source(editor):
    author = make_author("Ada", user=editor)
    revision = unnamed_story(authors=[{"slug": author.slug}])
    approve_unnamed(revision)
    Citation.objects.update(approver=editor)
    with pytest.raises(PublishError, match="An author of the story cannot approve"):
        publish(revision, by=editor, expecting=(None, None))


def test_a_story_on_an_unnamed_source_has_the_name_of_a_person(editor):
    revision = unnamed_story()
    approve_unnamed(revision)
    Author.objects.update(collective=True)
    with pytest.raises(PublishError, match="the name of a person, not only of a desk"):
        publish(revision, by=editor, expecting=(None, None))


def test_what_readers_were_told_of_an_unnamed_source_is_not_asked_again(editor, django_assert_num_queries):
    revision = unnamed_story()
    approve_unnamed(revision)
    live = publish(revision, by=editor, expecting=(None, None))
    Citation.objects.all().delete()  # the draft no longer has it; what readers have can be corrected
    said = {"wrong": "a", "right": "b"}
    corrected = correct(
        live.story, live.document | {"headline": "B"}, by=editor, expecting=seen(live.story), correction=said
    )
    assert corrected.version.number == 2
    other = live.document["citations"][0] | {"unnamed": {"descriptor": "a guard on duty there", "reason": "safety"}}
    context = context_for(live.story, live.document | {"citations": [other]}, live=live.document)
    assert context.approvals == {other["key"]: Approval()}
    with django_assert_num_queries(1):  # of the notes
        context_for(live.story, live.document, live=live.document)


REVIEW = {"reviewer": "Ada", "reviewed_at": "2025-03-01T09:00:00Z", "statement": "Compared line by line."}


def test_what_a_machine_wrote_needs_somebody_who_checked_it(editor):
    revision = make_revision(ai_use="generated")
    with pytest.raises(PublishError, match="Say how you checked it, and tick that you did"):
        publish(revision, by=editor, expecting=(None, None), override="It is urgent.")
    said = save_document(revision.document | {"ai_review": REVIEW | {"reviewer": ""}}, revision.story, by=editor)
    with pytest.raises(PublishError, match="nobody signed it"):
        publish(said, by=editor, expecting=(None, None))
    signed = save_document(revision.document | {"ai_review": REVIEW}, revision.story, by=editor)
    assert publish(signed, by=editor, expecting=(None, None)).document["ai_review"] == REVIEW


def test_what_nobody_checked_goes_out_with_a_label_for_readers(editor):
    revision = make_revision(ai_use="translated", ai_label=True)
    assert publish(revision, by=editor, expecting=(None, None)).document["ai_label"] is True


def old_version(editor, **values):
    """Return a live version as it was written before it was asked how pictures and text were made."""
    live = make_published(by=editor)
    document = {**live.document, **values}
    save_document(document, live.story, by=editor)
    Version.objects.filter(pk=live.pk).update(document=document)
    live.refresh_from_db()
    return live


def test_a_correction_of_what_readers_have_is_not_asked_how_it_was_made(editor):
    picture = make_picture(source_type="", credit="")
    live = old_version(editor, lead_image=picture_document(picture), ai_use="translated")
    said = {"wrong": "a", "right": "b"}
    put_right = live.document | {"headline": "B"}
    corrected = correct(live.story, put_right, by=editor, expecting=seen(live.story), correction=said)
    assert corrected.version.document["lead_image"]["source_type"] == ""
    with pytest.raises(PublishError, match=r"A picture lacks a credit; how it was made.*A machine translated"):
        publish_change(live.story, by=editor, kicker="New")
    with pytest.raises(PublishError, match="A machine translated or wrote it"):
        correct(
            live.story,
            put_right | {"ai_use": "generated", "kicker": "C"},
            by=editor,
            expecting=seen(live.story),
            correction=said,
        )


def under_embargo(source, hours=2):
    Source.objects.filter(pk=source.pk).update(embargo_until=later(hours))


def test_what_rests_on_a_document_under_embargo_waits_for_it(editor):
    source = make_source("Harbour report")
    under_embargo(source)
    revision = make_revision(source=source)
    sentence = r"It rests on “Harbour report”, which is under embargo until \d+ \w+ \d+, \d\d:\d\d UTC. Schedule"
    with pytest.raises(PublishError, match=sentence):
        publish(revision, by=editor, expecting=(None, None), override="Others have it already.")
    with pytest.raises(PublishError, match=sentence):
        publish(revision, by=editor, expecting=(None, None), at=later(1))
    plan = publish(revision, by=editor, expecting=(None, None), at=later(3))
    with pytest.raises(PublishError, match=sentence):
        move(plan.story, to=later(1), by=editor, expecting=(None, plan.pk))
    assert move(plan.story, to=later(4), by=editor, expecting=(None, plan.pk)).visible_from > plan.visible_from


def test_what_is_seen_through_it_or_through_what_it_was_merged_into_waits_too(editor):
    report = make_source("Harbour report")
    draft = make_source("Draft of it", alias_of=report)
    office = make_source("Office")
    under_embargo(report)
    for cited in ({"source": {"slug": office.slug}, "via": {"slug": report.slug}}, {"source": {"slug": draft.slug}}):
        revision = make_revision()
        [citation] = revision.document["citations"]
        revision = save_document(revision.document | {"citations": [citation | cited]}, revision.story, by=editor)
        with pytest.raises(PublishError, match="which is under embargo until"):
            publish(revision, by=editor, expecting=(None, None))


def test_an_embargo_that_has_passed_holds_nothing(editor):
    source = make_source("Harbour report")
    under_embargo(source, hours=-1)
    assert publish(make_revision(source=source), by=editor, expecting=(None, None)).number == 1


def test_what_readers_have_is_corrected_though_its_source_is_under_embargo_by_now(editor):
    source = make_source("Harbour report")
    live = make_published(by=editor, source=source)
    under_embargo(source)
    said = {"wrong": "a", "right": "b"}
    corrected = correct(
        live.story, live.document | {"headline": "B"}, by=editor, expecting=seen(live.story), correction=said
    )
    assert corrected.version.number == 2
    with pytest.raises(PublishError, match="rests on “Harbour report”"):
        publish_change(live.story, by=editor, headline="C")


def test_who_may_not_publish_is_told_nothing_of_an_embargo():
    source = make_source("Harbour report")
    under_embargo(source)
    with pytest.raises(PermissionDenied):
        publish(make_revision(source=source), by=make_reporter(), expecting=(None, None), override="Now.")


def test_embargoes_of_all_sources_cost_one_query(editor, django_assert_num_queries):
    sources = [make_source(f"Office {n}") for n in range(20)]
    cited = [{"key": make_key(), "source": {"slug": source.slug}} for source in sources]
    revision = make_revision(citations=cited, blocks=[])
    under_embargo(sources[7])
    with django_assert_num_queries(2):  # and one of the notes
        context = context_for(revision.story, revision.document)
    assert context.source_embargoes.keys() == {sources[7].slug}


def test_nothing_confidential_gets_into_the_document(editor):
    revision = unnamed_story(by=editor)
    approve_unnamed(revision)
    Citation.objects.update(approver=make_editor(username="approver-unknown-to-readers"))
    Story.objects.filter(pk=revision.story_id).update(embargo_until=later(-1))
    version = publish(revision, by=editor, expecting=(None, None))
    assert "approver-unknown-to-readers" not in str(version.document)
    [cited] = version.document["citations"]
    private = {"approver", "basis", "factual", "embargo_until"}
    assert private.isdisjoint({*version.document, *cited, *cited["unnamed"]})


def test_a_warning_is_overridden_with_a_reason_on_record(editor):
    revision = make_revision(interest_note="")
    with pytest.raises(WarningsError, match="has ties to the subject"):
        publish(revision, by=editor, expecting=(None, None))
    version = publish(revision, by=editor, expecting=(None, None), override="It is about the weather.")
    assert version.overrides == [
        {
            "check": "interests_are_told",
            "sentence": "It does not say whether the newsroom or an author has ties to the subject.",
            "words": [],
            "reason": "It is about the weather.",
        }
    ]


def test_unfinished_work_can_always_be_saved(editor):
    revision = make_revision(
        headline="", slug="", authors=[], blocks=[{"type": "text", "html": "<p>TK</p>"}], citations=[]
    )
    assert len(preflight.blockers(revision.document)) == 5


def test_a_plan_that_a_change_is_merged_into_keeps_its_embargo(editor):
    live = make_published(by=editor)
    publish_change(live.story, by=editor, kicker="Later", at=later(3))
    publish_change(live.story, by=editor, **live.document | {"standfirst": "Now."}, pending="merge")
    assert [version.kicker for version in live.story.versions.all()] == ["", "", "Later"]


def test_what_the_desk_still_discusses_does_not_go_out_but_a_correction_does(editor):
    revision = make_revision()
    note = Note.objects.create(story=revision.story, author=editor, text="Who says so?", created_at=timezone.now())
    with pytest.raises(PublishError, match="1 note of the desk is not resolved yet"):
        publish(revision, by=editor, expecting=(None, None))
    Note.objects.update(resolved_at=timezone.now())
    live = publish(revision, by=editor, expecting=(None, None))
    Note.objects.filter(pk=note.pk).update(resolved_at=None)
    with pytest.raises(PublishError, match="not resolved yet"):
        publish_change(live.story, by=editor, headline="B")
    said = {"wrong": "a", "right": "b"}
    corrected = correct(
        live.story, live.document | {"headline": "C"}, by=editor, expecting=seen(live.story), correction=said
    )
    assert corrected.version.headline == "C"


def test_a_story_is_reviewed_before_its_unnamed_source_is_approved_and_ready_only_after(editor):
    story = unnamed_story(by=editor).story
    submitted = submit(story, by=editor, expecting=standing(story))
    with pytest.raises(PublishError, match="must approve it"):
        mark_ready(submitted, by=editor, expecting=standing(submitted))
    approve_unnamed(story.revisions.latest())
    assert mark_ready(submitted, by=editor, expecting=standing(submitted)).stage == Story.Stage.READY
