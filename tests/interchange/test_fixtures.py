import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from stories.models import (
    BLOCKS,
    FILINGS,
    Address,
    Event,
    Revision,
    Source,
    Story,
    StoryEvent,
    Tag,
    TagFiling,
    Text,
    Topic,
    Version,
)
from stories.publishing import preflight
from stories.publishing.record import hash_of
from stories.publishing.reports import receive
from stories.publishing.working_copy import document_from_story
from tests.factories import make_published, make_source, make_tag, make_topic, publish_change, utc
from tests.interchange.test_load import DEMO
from tests.interchange.test_round_trip import snapshot

pytestmark = pytest.mark.django_db
FIXTURE = DEMO.parent / "demo.json"
BAD = "<p>a<script>alert(1)</script><img src=x onerror=y></p>"


def rows(path=FIXTURE):
    return json.loads(path.read_text(encoding="utf-8"))


def load(folder, rows):
    path = folder / "rows.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    call_command("loaddata", path, verbosity=0)


def dumped(folder):
    """Return the rows of a fixture of this database, which is emptied of its stories."""
    call_command("dump_fixture", folder / "dump.json")
    Version.objects.all().delete()
    Address.objects.all().delete()
    Story.objects.update(translation_of=None)
    Story.objects.all().delete()
    return rows(folder / "dump.json")


def test_the_shipped_fixture_is_what_the_demo_stories_make(tmp_path):
    call_command("load_stories", DEMO, verbosity=0)
    call_command("dump_fixture", tmp_path / "demo.json")
    same = (tmp_path / "demo.json").read_text(encoding="utf-8") == FIXTURE.read_text(encoding="utf-8")
    assert same, "Run: manage.py dump_fixture stories/fixtures/demo.json, in a new database with the demo stories."


def test_the_fixture_and_the_story_files_make_the_same(tmp_path):
    call_command("loaddata", "demo", verbosity=0)
    loaded, filed = snapshot(), TagFiling.objects.count()
    assert Story.objects.filter(revisions=None).count() == 0
    dumped(tmp_path)
    call_command("load_stories", DEMO, verbosity=0)
    assert snapshot() == loaded
    assert TagFiling.objects.count() == filed > 0


def test_the_fixture_has_nothing_of_a_machine_or_its_users():
    text = FIXTURE.read_text(encoding="utf-8")
    for name in ("salt", "sha256", "recorded_at", "created_at", "changed_at", "password", "stories.user"):
        assert f'"{name}"' not in text
    assert {row["model"] for row in rows()} >= {"stories.version", "stories.story", "stories.source", "stories.topic"}


def test_what_readers_reported_goes_into_no_file(tmp_path, editor):
    version = make_published(by=editor)
    receive(version, text="zzreportedzz", email="zzreportedzz@example.org", sender="zzreportedzz")
    call_command("dump_fixture", tmp_path / "stories.json")
    call_command("dump_stories", tmp_path / "dump", verbosity=0)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 2
    assert not [path for path in files if b"zzreportedzz" in path.read_bytes()]


def test_the_demo_stories_pass_preflight_or_say_why_they_went_out():
    call_command("loaddata", "demo", verbosity=0)
    for version in Version.objects.all():
        assert preflight.blockers(version.document) == []
        found = {(finding.check, finding.sentence) for finding in preflight.warnings(version.document)}
        assert found == {(row["check"], row["sentence"]) for row in version.overrides}
    assert Version.objects.exclude(overrides=[]).count() == 2


def test_reasons_that_say_nothing_are_no_reasons(tmp_path):
    make_published(at=utc(2025, 1, 1))
    fixture = dumped(tmp_path)
    for row in fixture:
        if row["model"] == "stories.version":
            row["fields"]["overrides"] = [{"check": "a", "sentence": "b", "reason": ""}]
    with pytest.raises(CommandError, match=r"overrides\.0\.reason: It must not be empty"):
        load(tmp_path, fixture)


def test_loading_the_fixture_again_changes_nothing(capsys):
    call_command("loaddata", "demo", verbosity=0)
    before = snapshot(), Revision.objects.count(), list(Version.objects.values_list("sha256", flat=True))
    call_command("loaddata", "demo")
    assert "Installed 0 object(s)" in capsys.readouterr().out
    assert (snapshot(), Revision.objects.count(), list(Version.objects.values_list("sha256", flat=True))) == before


def test_rows_of_editors_are_not_overwritten(tmp_path):
    call_command("loaddata", "demo", verbosity=0)
    Source.objects.update(name="Our name")
    Topic.objects.update(parent=None, description="Ours")
    story = Story.objects.filter(versions__number=3).get()
    Story.objects.filter(pk=story.pk).update(headline="Our headline")
    removed = Text.objects.filter(parent=story).first().pk
    Text.objects.filter(pk=removed).delete()
    story.tags.clear()
    call_command("loaddata", "demo", verbosity=0)
    assert set(Source.objects.values_list("name", flat=True)) == {"Our name"}
    assert not Topic.objects.exclude(parent=None).exists()
    assert Story.objects.get(pk=story.pk).headline == "Our headline"
    assert not Text.objects.filter(pk=removed).exists()
    assert not story.tags.exists()


def test_versions_are_recorded_now_with_salt_and_hashes_of_their_own(tmp_path, editor):
    first = make_published(at=utc(2025, 1, 1))
    publish_change(first.story, by=editor, headline="Other")
    fixture = dumped(tmp_path)
    for row in fixture:
        if row["model"] == "stories.version":
            row["fields"] |= {"recorded_at": "2001-01-01T00:00:00Z", "salt": "s", "sha256": "a", "prev_sha256": "b"}
            row["fields"] |= {"path": "/elsewhere/", "visible_until": "2002-01-01T00:00:00Z", "headline": "No"}
    before = timezone.now()
    load(tmp_path, fixture)
    one, two = Version.objects.order_by("number")
    assert before <= one.recorded_at <= timezone.now()
    assert len({one.salt, two.salt, "s"}) == 3
    assert [one.sha256, two.sha256] == [hash_of(one), hash_of(two)]
    assert two.prev_sha256 == one.sha256
    assert (one.visible_until, two.visible_until) == (two.visible_from, None)
    assert (one.path, two.headline) == (f"/2025/01/01/{one.document['slug']}/", "Other")


def test_html_that_is_not_allowed_never_comes_in_by_a_fixture(tmp_path):
    make_published(at=utc(2025, 1, 1))
    fixture = dumped(tmp_path)
    for row in fixture:
        if row["model"] == "stories.version":
            row["fields"]["document"]["blocks"][0]["html"] += BAD
        if row["model"] == "stories.text":
            row["fields"]["html"] += BAD
    load(tmp_path, fixture)
    texts = [Version.objects.get().document["blocks"][0]["html"], Text.objects.get().html]
    texts += [block["html"] for block in Revision.objects.latest().document["blocks"]]
    for html in texts:
        assert html.endswith("<p>a</p>")


def test_html_that_is_not_allowed_never_comes_in_by_a_revision_of_a_fixture(tmp_path):
    document = make_published(at=utc(2025, 1, 1)).document
    fixture = dumped(tmp_path)
    document["blocks"][0]["html"] = BAD
    fields = {"story": document["id"], "document": document, "created_at": "2025-01-01T00:00:00Z"}
    load(tmp_path, [*fixture, {"model": "stories.revision", "fields": fields}])
    assert Revision.objects.get(created_at=utc(2025, 1, 1)).document["blocks"][0]["html"] == "<p>a</p>"


@pytest.mark.parametrize("way", ["save", "create", "bulk_create", "bulk_update", "update", "update_or_create"])
def test_html_that_is_not_allowed_never_reaches_a_block_in_bulk(way):
    story = make_published().story
    Event.objects.create(parent=story, detail="<p>old</p>")
    event = Event.objects.get()
    event.detail = BAD
    {
        "save": lambda: event.save(),
        "create": lambda: Event.objects.create(parent=story, detail=BAD),
        "bulk_create": lambda: Event.objects.bulk_create([Event(parent=story, detail=BAD)]),
        "bulk_update": lambda: Event.objects.bulk_update([event], ["detail"]),
        "update": lambda: Event.objects.update(detail=BAD),
        "update_or_create": lambda: Event.objects.update_or_create(pk=event.pk, defaults={"detail": BAD}),
    }[way]()
    assert "<p>a</p>" in Event.objects.values_list("detail", flat=True)
    assert not Event.objects.filter(detail__contains="script").exists()
    assert not Event.objects.filter(detail__contains="img").exists()


def test_a_merged_term_and_a_translation_come_back(tmp_path):
    original = make_published(at=utc(2025, 1, 1), topics=[make_topic("Harbour").slug], tags=[make_tag("Gates").slug])
    make_published(at=utc(2025, 1, 2), translation_of=str(original.story_id))
    make_topic("Ports", alias_of=Topic.objects.get(), parent=Topic.objects.get())
    make_source("Old office", alias_of=Source.objects.get())
    before = snapshot()
    fixture = dumped(tmp_path)
    Topic.objects.exclude(alias_of=None).delete()
    Source.objects.exclude(alias_of=None).delete()
    for model in (Topic, Source, Tag):
        model.objects.all().delete()
    load(tmp_path, fixture)
    assert snapshot() == before
    assert Topic.objects.get(slug="ports").parent.slug == Topic.objects.get(slug="ports").alias_of.slug == "harbour"


def test_events_and_filing_of_a_fixture_are_made_not_taken(tmp_path):
    live = make_published(at=utc(2025, 1, 1))
    fixture = dumped(tmp_path)
    event = {"story": str(live.story_id), "action": "publish", "at": "2025-01-01T00:00:00Z"}
    address = {"story": str(live.story_id), "path": "/elsewhere/"}
    load(
        tmp_path,
        [*fixture, {"model": "stories.storyevent", "fields": event}, {"model": "stories.address", "fields": address}],
    )
    assert StoryEvent.objects.get().action == "import"
    assert Address.objects.get().path == Version.objects.get().path


@pytest.mark.parametrize(
    ("model", "fields", "sentence"),
    [
        ("version", {"visible_from": "2025-01-01T00:00:00"}, "visible_from must say its time zone"),
        ("version", {"change": "novel"}, "change: Value 'novel' is not a valid choice"),
        ("version", {"number": 2}, "are not 1, 2, 3"),
        ("version", {"document": {"id": "x"}}, "id: “x” is not an id"),
        ("version", {"document": []}, "document: It must be an object"),
        ("source", {"url": "javascript:alert(1)"}, "url: Enter a valid URL"),
        ("citation", {"key": "short"}, "key: A key is 12 hexadecimal digits"),
        ("story", {"kind": "novel"}, "kind: Value 'novel' is not a valid choice"),
        ("story", {"nothing": "x"}, "has no field named 'nothing'"),
    ],
)
def test_a_bad_row_is_told_and_nothing_is_loaded(tmp_path, model, fields, sentence):
    make_published(at=utc(2025, 1, 1))
    fixture = dumped(tmp_path)
    Source.objects.all().delete()
    row = next(row for row in fixture if row["model"] == f"stories.{model}")
    row["fields"] |= fields
    with pytest.raises(CommandError, match=sentence):
        load(tmp_path, fixture)
    for model in (Story, Version, Source, *BLOCKS.values()):
        assert not model.objects.exists()


def test_a_version_that_names_what_does_not_exist_is_refused(tmp_path):
    make_published(at=utc(2025, 1, 1))
    fixture = dumped(tmp_path)
    next(row for row in fixture if row["model"] == "stories.version")["fields"]["document"]["topics"] = ["ships"]
    with pytest.raises(CommandError, match="There is no topic “ships”"):
        load(tmp_path, fixture)
    assert not Story.objects.exists()


def test_a_version_before_its_story_is_refused(tmp_path):
    make_published(at=utc(2025, 1, 1))
    fixture = dumped(tmp_path)
    with pytest.raises(CommandError, match="A version must come after its story"):
        load(tmp_path, [fixture[-1] | {"pk": 1}])


def test_a_draft_that_lacks_things_is_loaded(tmp_path):
    live = make_published(at=utc(2025, 1, 1))
    BLOCKS["post"].objects.create(parent=live.story, account="", words="")
    before = document_from_story(live.story)
    load(tmp_path, dumped(tmp_path))
    assert document_from_story(Story.objects.get()) == before


def test_rebuild_remakes_what_is_derived():
    call_command("load_stories", DEMO, verbosity=0)
    before = derived()
    TagFiling.objects.all().delete()
    Version.objects.update(headline="Tampered", source_count=99, updated_at=utc(2001, 1, 1))
    Address.objects.filter(path__contains="istanbul").delete()
    Address.objects.create(path="/elsewhere/", story=Story.objects.first())
    assert derived() != before
    call_command("rebuild", verbosity=0)
    assert derived() == before


def derived():
    columns = ["version_id", "term_id", "sort_at", "visible_from", "visible_until"]
    return (
        [sorted(map(str, filing.objects.values_list(*columns))) for filing in FILINGS.values()],
        list(Version.objects.order_by("pk").values("pk", "headline", "source_count", "updated_at", "declared")),
        sorted(Address.objects.values_list("path", "story_id")),
    )


def test_rebuild_says_what_it_did(capsys):
    make_published(at=utc(2025, 1, 1))
    call_command("rebuild")
    assert capsys.readouterr().out == "Lists, filing, search and addresses of 1 version are made anew.\n"
