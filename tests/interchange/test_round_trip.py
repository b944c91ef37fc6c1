"""What is dumped loads as the very same: documents, ids, instants, changes and notes."""

import datetime
import re

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from stories.interchange.reading import read_document
from stories.interchange.references import Records, References
from stories.interchange.story_files import read_story_file
from stories.interchange.story_writer import write_story
from stories.interchange.terms import Terms
from stories.models import Story, Version
from stories.publishing.document import clean, new_id, pictures
from stories.publishing.imports import import_versions, without_hashes
from stories.publishing.removals import redact, retract, withdraw
from stories.publishing.revisions import save_document
from stories.publishing.verbs import seen
from stories.publishing.verify import verify
from stories.publishing.working_copy import document_from_story
from tests.factories import make_published, make_revision, publish_change, utc
from tests.strategies import documents, make_rows, scratch

pytestmark = pytest.mark.django_db


def read_back(folder, text, before, number=1):
    path = folder / ("harbour.md" if number == 1 else f"harbour.{number}.md")
    path.write_text(text, encoding="utf-8")
    file = read_story_file(path)
    document = read_document(file, file.fields["id"], References(Terms(), {}, set()), before)
    assert file.problems == []
    return document


@settings(max_examples=15)
@given(document=documents(), other_names=st.booleans())
def test_any_document_comes_back_the_same(tmp_path_factory, document, other_names):
    folder = tmp_path_factory.getbasetemp()
    with scratch():
        make_rows(document)
        records = Records()
        if other_names:  # the records of today say something else than the document keeps
            records.sources, records.pictures = {}, {}
        text = write_story(document, stem="harbour", number=1, before=None, records=records)
        assert read_back(folder, text, None) == document


@settings(max_examples=15)
@given(document=documents(), headline=st.text(max_size=20), order=st.randoms(use_true_random=False))
def test_any_second_version_comes_back_the_same(tmp_path_factory, document, headline, order):
    folder = tmp_path_factory.getbasetemp()
    blocks = list(document["blocks"])
    order.shuffle(blocks)
    second = {**document, "kicker": "Changed", "blocks": blocks}
    with scratch():
        make_rows(document)
        text = write_story(second, stem="harbour", number=2, before=document, records=Records())
        assert read_back(folder, text, document, 2) == second


def test_what_a_draft_has_half_written_comes_back_as_it_was_typed(tmp_path):
    post = {"type": "post", "posted_on": "soon", "posted_at": "noon", "language": "?", "url": "www"}
    cited = {
        "key": "00000000000a",
        "url": "https://x",
        "archived_url": "1",
        "published_on": "2025-",
        "accessed_on": "5 May",
    }
    fields = {"id": new_id(), "language": "plain English", "blocks": [post, {"type": "event", "date": "13"}]}
    document = clean({**fields, "citations": [cited]}, draft=True)
    text = write_story(document, stem="harbour", number=1, before=None, records=Records())
    assert read_back(tmp_path, text, None) == document


def snapshot():
    """Return all that must come back: every version, and what the tables of every story say."""
    columns = ["story_id", "number", "change", "note", "visible_from", "visible_until", "path", "taken_back", "listed"]
    versions = [
        ([getattr(v, name) for name in columns], v.overrides, without_hashes(v.document))
        for v in Version.objects.order_by("story_id", "number")
    ]
    return versions, {str(story.pk): document_from_story(story) for story in Story.objects.order_by("pk")}


def forget():
    """Delete all stories, as if this were another database; terms stay."""
    Version.objects.all().delete()
    Story.objects.update(translation_of=None)
    for story in Story.objects.all():
        story.addresses.all().delete()
        story.delete()


def reload(folder):
    call_command("dump_stories", folder, verbosity=0)
    before = snapshot()
    call_command("load_stories", folder, verbosity=0)
    assert snapshot() == before  # nothing changed
    forget()
    assert snapshot() == ([], {})
    call_command("load_stories", folder, verbosity=0)
    assert snapshot() == before


def test_versions_come_back_with_changes_notes_and_instants(tmp_path, editor):
    first = make_published(at=utc(2025, 2, 28, 15, 0, 0, 123))
    publish_change(first.story, by=editor, headline="Other", note="We now know: more.")
    wrong = {"wrong": "Monday", "right": "Tuesday", "severity": "major"}
    publish_change(first.story, by=editor, change="correction", headline="Third", note="Sorry.", correction=wrong)
    reload(tmp_path / "dump")


def test_a_pending_version_comes_back_pending(tmp_path, editor):
    first = make_published(by=editor)
    publish_change(first.story, by=editor, headline="Later", at=timezone.now() + datetime.timedelta(days=3))
    reload(tmp_path / "dump")
    assert Version.objects.get(number=2).is_pending(timezone.now())


def test_drafts_come_back_as_drafts(tmp_path):
    make_revision(headline="Never published")
    live = make_published(at=utc(2025, 1, 1))
    save_document(live.document | {"headline": "Edited since"}, live.story)
    reload(tmp_path / "dump")
    assert sorted(path.name for path in (tmp_path / "dump").glob("*.2.md")) == [f"{live.document['slug']}.2.md"]


def test_two_stories_of_one_slug_get_files_of_their_own(tmp_path):
    for day in (1, 2):
        make_published(at=utc(2025, 1, day), slug="harbour")
    make_revision(slug="HARBOUR")
    make_revision(slug="readme")
    make_revision(slug="")
    make_revision(slug="語" * 100)
    reload(tmp_path / "dump")
    names = {path.name for path in (tmp_path / "dump").glob("*.md")}
    assert {"harbour.md", "harbour-2.md", "HARBOUR-3.md", "readme-2.md", "untitled.md"} < names


def test_a_story_whose_slug_changed_comes_back(tmp_path, editor):
    first = make_published(by=editor, slug="one")
    publish_change(first.story, by=editor, slug="two")
    reload(tmp_path / "dump")


def test_a_source_renamed_since_is_no_draft_and_no_difference(tmp_path, editor):
    live = make_published(by=editor)
    source = live.story.citations.get().source
    source.name = "Another name"
    source.save()
    reload(tmp_path / "dump")
    assert len(list((tmp_path / "dump").glob("*.md"))) == 1


@settings(max_examples=4)
@given(document=documents(slug=st.just("harbour"), headline=st.just("Harbour")), draft=st.booleans())
def test_any_database_comes_back_from_its_files(tmp_path_factory, document, draft):
    with scratch():
        known = {citation["key"] for citation in document["citations"]}
        story = make_rows(document)
        for picture in pictures(document):
            default_storage.delete(picture["file"])
            default_storage.save(picture["file"], ContentFile(b"its row is there, so it is not read"))
        save_document(document, story)
        if not draft:
            import_versions(story, [(document, "first", "", utc(2025, 1, 1))])
        reload(tmp_path_factory.mktemp("dump"))
        assert known == set(Story.objects.get().citations.values_list("key", flat=True))


def test_the_reasons_for_going_out_despite_a_check_come_back(tmp_path, editor):
    made_public = make_published(by=editor, interest_note="", override="It is about the weather.")
    reload(tmp_path / "dump")
    version = Version.objects.get()
    assert version.overrides == made_public.overrides
    assert version.overrides[0]["reason"] == "It is about the weather."


def test_translations_come_back(tmp_path):
    original = make_published(at=utc(2025, 1, 1))
    make_published(at=utc(2025, 1, 2), translation_of=str(original.story_id), language="ru")
    reload(tmp_path / "dump")


def test_only_the_chosen_stories_are_dumped_with_what_they_name(tmp_path):
    make_published(at=utc(2025, 1, 1), slug="one")
    make_published(at=utc(2025, 1, 2), slug="two")
    call_command("dump_stories", tmp_path / "dump", "two", verbosity=0)
    assert sorted(path.name for path in (tmp_path / "dump").iterdir()) == ["authors.yaml", "sources.yaml", "two.md"]


# Taken back

TOLD = {"signed": "Ada, chief editor", "reason": "It was forged."}


def pages(client, path, versions):
    """Return what readers see of a story, less when it was added here, made, and how to check it."""
    tails = ["", "history/", *(f"history/{n}/" for n in range(1, versions + 1)), f"history/1-{versions}/"]
    paths = [*(path + tail for tail in tails), "/feeds/all.rss", "/feeds/all.atom"]
    here = re.compile(
        r'<p class="soft">Added here on.*?</p>|<details class="check">.*?</details>'
        r"|<lastBuildDate>.*?</lastBuildDate>|<(?:atom:)?updated>.*?</(?:atom:)?updated>",
        re.S,
    )
    responses = [client.get(asked) for asked in paths]
    return [(response.status_code, here.sub("", response.content.decode()).split()) for response in responses]


@pytest.fixture
def story(editor):
    """A story with three versions, an override and a draft."""
    first = make_published(by=editor, headline="The gate", standfirst="Jane Roe spoke.", kicker="Harbour")
    publish_change(first.story, by=editor, change="minor", standfirst="Jane Roe did not speak.", override="A slip.")
    wrong = {"wrong": "Jane Roe", "right": "John Doe", "severity": "major"}
    publish_change(first.story, by=editor, change="correction", headline="Gates", note="Sorry.", correction=wrong)
    save_document({**first.story.revisions.latest().document, "headline": "Edited since"}, first.story)
    return first.story


@pytest.mark.parametrize("verbs", [[redact], [retract], [withdraw], [redact, retract, withdraw], [withdraw, redact]])
@pytest.mark.parametrize("way", ["files", "fixture"])
def test_what_was_taken_back_comes_back_as_such(tmp_path, client, editor, story, verbs, way):
    path = story.versions.first().path
    for verb in verbs:
        passage = {"passage": "Edited" if len(verbs) == 2 else "Jane Roe"} if verb is redact else {}
        verb(story, by=editor, expecting=seen(story), **TOLD, **passage)
    count = story.versions.count()
    before = pages(client, path, count)
    if way == "files":
        reload(tmp_path / "dump")
    else:
        state = snapshot()
        call_command("dump_fixture", tmp_path / "dump.json")
        forget()
        call_command("loaddata", tmp_path / "dump.json", verbosity=0)
        assert snapshot() == state
    assert pages(client, path, count) == before
    assert list(map(str, verify())) == []
