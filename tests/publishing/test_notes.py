import pytest
from django.core.exceptions import PermissionDenied

from stories.models import Note, Story, Text, User
from stories.publishing.notes import add_note, reopen, reply, resolve, threads_of
from stories.publishing.removals import redact
from stories.publishing.verbs import PublishError, seen
from tests.factories import make_editor, make_published, make_reporter, make_revision

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(db):
    return make_revision().story


def texts(story):
    return [(first.text, [note.text for note in replies]) for first, replies in threads_of(story)]


def test_a_note_is_plain_text_on_a_story(story, editor):
    note = add_note(story, text=" Who says <b>so</b>?\r\n\r\n\r\nAsk.\x00 ", by=editor)
    assert (note.text, note.author, note.block) == ("Who says <b>so</b>?\n\nAsk.", editor, None)


def test_a_note_on_a_block_outlives_it(story, editor):
    block = Text.objects.get(parent=story).pk
    note = add_note(story, text="Who?", by=editor, block=str(block))
    Text.objects.all().delete()
    note.refresh_from_db()
    assert note.block == block
    assert note.passage.startswith("text: The office opened the gate.")


@pytest.mark.parametrize("block", ["x", "\x00", "8d1f2ad7-14f3-4d2b-a7c7-0d9ef0e25e5e", "another story's"])
def test_a_note_on_no_block_of_the_story_is_refused(story, editor, block):
    if block == "another story's":
        block = str(Text.objects.get(parent=make_revision().story).pk)
    with pytest.raises(PublishError, match="That block is not saved yet"):
        add_note(story, text="Who?", by=editor, block=block)
    assert not Note.objects.exists()


@pytest.mark.parametrize(("text", "told"), [(" \x00\n", "Write something"), ("x" * 5001, "at most 5000 characters")])
def test_a_note_needs_words_and_not_too_many(story, editor, text, told):
    with pytest.raises(PublishError, match=told):
        add_note(story, text=text, by=editor)


def test_a_reply_stands_in_its_thread_and_opens_it_again(story, editor):
    first = add_note(story, text="Who?", by=editor)
    resolve(first, by=editor)
    reply(first, text="The office.", by=make_editor())
    assert texts(story) == [("Who?", ["The office."])]
    assert Note.objects.open().get() == first


def test_threads_are_resolved_once_and_opened_again(story, editor):
    first = add_note(story, text="Who?", by=editor)
    resolve(first, by=editor)
    resolve(first, by=make_editor())
    first.refresh_from_db()
    assert first.resolved_by == editor
    reopen(first, by=editor)
    assert Note.objects.open().get() == first


def test_open_threads_come_first_the_newest_on_top(story, editor):
    for words in ("One", "Two", "Three"):
        note = add_note(story, text=words, by=editor)
    resolve(note, by=editor)
    assert [text for text, _replies in texts(story)] == ["Two", "One", "Three"]


def test_what_is_gone_is_told(story, editor):
    first = add_note(story, text="Who?", by=editor)
    answer = reply(first, text="The office.", by=editor)
    for note in (answer, Note(pk=2**62)):
        for verb in (resolve, reopen):
            with pytest.raises(PublishError, match="no such note"):
                verb(note, by=editor)
    Story.objects.all().delete()
    with pytest.raises(PublishError, match="deleted this story"):
        add_note(story, text="Who?", by=editor)


def test_who_may_read_stories_may_write_notes_and_nobody_else(story):
    lawyer, stranger = make_reporter(), User.objects.create_user("stranger")
    lawyer.user_permissions.set(lawyer.user_permissions.filter(codename="view_story"))
    first = add_note(story, text="Say “alleged”.", by=lawyer)
    for call in (lambda: add_note(story, text="x", by=stranger), lambda: resolve(first, by=stranger)):
        with pytest.raises(PermissionDenied):
            call()


def test_a_redaction_reaches_notes_and_the_budget_line(editor):
    version = make_published(by=editor, text="Jane Roe said so.")
    story = version.story
    first = add_note(story, text="Is it Jane  ROE?", by=editor, block=version.document["blocks"][0]["id"])
    reply(first, text="jane roe, yes.", by=editor)
    Story.objects.update(budget_line="What Jane Roe saw.")
    redact(story, passage="Jane Roe", by=editor, signed="The editor", reason="To protect.", expecting=seen(story))
    everything = f"{list(Note.objects.values())} {list(Story.objects.values())}".casefold()
    assert "roe" not in everything
    assert Note.objects.count() == 2


def test_a_passage_that_stands_only_in_a_note_is_removed(editor):
    story = make_published(by=editor).story
    add_note(story, text="Jane Roe said so.", by=editor)
    redact(story, passage="Jane Roe", by=editor, signed="The editor", reason="To protect.", expecting=seen(story))
    assert Note.objects.get().text == "[…] said so."
