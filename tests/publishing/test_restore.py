import uuid

import pytest
from django.core.exceptions import PermissionDenied

from stories.models import Source, StoryEvent, User, Version
from stories.publishing.document import new_id
from stories.publishing.removals import redact
from stories.publishing.revisions import latest_revision, restore, save_document
from stories.publishing.verbs import PublishError, publish, seen
from tests.factories import make_published, make_revision

pytestmark = pytest.mark.django_db


def edited(revision, **values):
    return save_document({**revision.document, **values}, revision.story)


def restored(revision, by):
    return restore(revision, by=by, expecting=latest_revision(revision.story).pk)


def test_an_earlier_revision_becomes_the_working_copy_again_as_a_new_one(editor):
    first = make_revision(headline="First")
    second = edited(first, headline="Second", kicker="Later")
    revision = restored(first, editor)
    assert latest_revision(first.story) == revision
    assert (revision.document, revision.base, revision.user) == (first.document, first, editor)
    assert list(first.story.revisions.order_by("created_at")) == [first, second, revision]
    first.story.refresh_from_db()
    assert (first.story.headline, first.story.kicker) == ("First", "")


def test_blocks_keep_their_ids_and_those_added_since_go(editor):
    first = make_revision()
    added = {"id": new_id(), "type": "text", "html": "<p>Added since.</p>"}
    edited(first, blocks=[added, *first.document["blocks"]])
    restored(first, editor)
    [block] = first.story.stories_text_set.all()
    assert block.pk == uuid.UUID(first.document["blocks"][0]["id"])


def test_it_is_written_into_the_journal_with_the_revision_s_time(editor):
    first = make_revision()
    edited(first, headline="Second")
    restored(first, editor)
    event = StoryEvent.objects.get()
    assert (event.action, event.user, event.instant) == ("restore", editor, first.created_at)


def test_readers_see_nothing_of_it_until_it_is_published(editor):
    live = make_published(by=editor, headline="First")
    first = live.story.revisions.get()
    second = edited(first, headline="Second")
    publish(second, by=editor, change="update", expecting=seen(live.story))
    revision = restored(first, editor)
    assert Version.objects.latest().headline == "Second"
    publish(revision, by=editor, change="update", expecting=seen(live.story))
    assert Version.objects.latest().headline == "First"


def test_of_two_editors_one_is_told(editor):
    first = make_revision()
    second = edited(first, headline="Second")
    edited(second, headline="Third")
    with pytest.raises(PublishError, match="Meanwhile someone else saved this story"):
        restore(first, by=editor, expecting=second.pk)
    assert latest_revision(first.story).document["headline"] == "Third"


def test_what_the_story_says_already_is_not_restored(editor):
    first = make_revision()
    with pytest.raises(PublishError, match="The story says just this already"):
        restored(first, editor)
    assert first.story.revisions.count() == 1


def test_restoring_a_text_without_a_slug_keeps_the_one_there_is(editor):
    early = make_revision(slug="")
    save_document(early.document | {"headline": "Later", "slug": "gates"}, early.story)
    restored = restore(early, by=editor, expecting=latest_revision(early.story).pk)
    assert (restored.document["headline"], restored.document["slug"]) == (early.document["headline"], "gates")


def test_what_names_a_source_that_is_gone_is_not_restored(editor):
    first = make_revision()
    edited(first, citations=[], blocks=[])
    Source.objects.all().delete()
    with pytest.raises(PublishError, match="There is no source “harbour-office”"):
        restored(first, editor)
    assert first.story.revisions.count() == 2


def test_restoring_brings_no_redacted_words_back(editor):
    live = make_published(by=editor, standfirst="Jane Roe spoke.")
    stale = live.story.revisions.get()
    edited(stale, standfirst="Nobody spoke.")
    redact(live.story, passage="Jane Roe", by=editor, signed="Ed", reason="To protect her.", expecting=seen(live.story))
    restored(stale, editor)
    assert latest_revision(live.story).document["standfirst"] == "[…] spoke."


def test_restoring_needs_the_permission():
    first = make_revision()
    edited(first, headline="Second")
    with pytest.raises(PermissionDenied):
        restored(first, User.objects.create_user("reader"))
