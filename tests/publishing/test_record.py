"""The record: columns, hashes, addresses, and what the database itself refuses."""

import datetime
import hashlib
import json
import zoneinfo

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from stories.models import Address, Citation, Credit, StoryTag, Version
from stories.publishing.document import DocumentError, empty_document
from stories.publishing.imports import import_versions
from stories.publishing.record import hash_of, path_for, release, reserve
from stories.publishing.verbs import PublishError
from tests.factories import (
    make_author,
    make_document,
    make_published,
    make_revision,
    make_source,
    make_tag,
    publish_change,
    utc,
)

pytestmark = pytest.mark.django_db


def recomputed(version):
    """Compute a version's hash from the design's words alone."""
    content = {
        "salt": version.salt,
        "story": str(version.story_id),
        "number": version.number,
        "change": version.change,
        "note": version.note,
        "path": version.path,
        "visible_from": version.visible_from.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "recorded_at": version.recorded_at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "document": version.document,
        "prev_sha256": version.prev_sha256,
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def test_hashes_chain_and_can_be_recomputed_from_what_the_database_returns(editor):
    first = make_published(by=editor, headline="“Öffnung” 🕊️", slug="gate")
    publish_change(first.story, by=editor, change="clarification", note="why", headline="B")
    publish_change(first.story, by=editor, headline="C")
    versions = list(first.story.versions.all())
    assert [version.sha256 for version in versions] == [recomputed(version) for version in versions]
    assert [version.sha256 for version in versions] == [hash_of(version) for version in versions]
    assert [version.prev_sha256 for version in versions] == ["", versions[0].sha256, versions[1].sha256]


def test_each_version_has_a_salt_of_its_own(editor):
    first = make_published(by=editor)
    second = publish_change(first.story, by=editor, headline="B")
    assert len({first.salt, second.salt}) == 2
    assert all(len(bytes.fromhex(version.salt)) == 32 for version in (first, second))


@pytest.mark.parametrize(
    ("name", "value"),
    [("note", "other"), ("path", "/x/"), ("number", 9), ("change", "minor"), ("document", {}), ("prev_sha256", "0"),
     ("recorded_at", utc(2020, 1, 1)), ("visible_from", utc(2020, 1, 1))],
)  # fmt: skip
def test_whatever_is_altered_no_longer_fits_its_hash(editor, name, value):
    version = make_published(by=editor)
    setattr(version, name, value)
    assert hash_of(version) != version.sha256


def test_columns_say_what_lists_need(editor):
    make_source("Ministry")
    document = make_document(kicker="K", standfirst="Stand", kind="explainer", language="ru")
    version = make_published(
        by=editor, **{name: document[name] for name in ("kicker", "standfirst", "kind", "language")}
    )
    assert (version.kicker, version.summary, version.kind, version.language) == ("K", "Stand", "explainer", "ru")
    assert (version.headline, version.source_count, version.listed) == (version.document["headline"], 1, True)
    assert publish_change(version.story, by=editor, summary="Short").summary == "Short"


def test_unnamed_sources_count_one_each_and_a_named_one_once(editor):
    source = make_source("Ministry")
    named = {"source": {"slug": source.slug, "name": source.name, "kind": source.kind}}
    unnamed = {"unnamed": {"descriptor": "an official who knows", "reason": "safety"}}
    cited = [{"key": f"{number:012x}", **who} for number, who in enumerate([named, named, unnamed, unnamed])]
    version = make_published(by=editor, citations=cited, blocks=[{"type": "text", "html": "<p>a</p>"}])
    assert version.source_count == 3


def test_updated_at_moves_with_every_change_that_is_not_minor(editor):
    first = make_published(by=editor, at=utc(2025, 2, 28))
    minor = publish_change(first.story, by=editor, change="minor", override="Because.", headline="B")
    update = publish_change(first.story, by=editor, change="update", headline="C")
    assert minor.updated_at == first.visible_from
    assert update.updated_at == update.visible_from
    assert minor.sort_at == update.sort_at == first.visible_from


def test_declared_gathers_corrections_and_the_like_of_all_versions(editor):
    first = make_published(by=editor)
    correction = {"wrong": "a", "right": "b", "severity": "major"}
    publish_change(first.story, by=editor, change="correction", headline="B", note="why", correction=correction)
    publish_change(first.story, by=editor, change="minor", override="Because.", headline="C")
    last = publish_change(first.story, by=editor, change="editors_note", note="How it came about.")
    assert [(entry["number"], entry["change"]) for entry in last.declared] == [(2, "correction"), (4, "editors_note")]
    assert [entry["correction"] for entry in last.corrections] == [correction]
    assert (last.declared[0]["note"], last.declared[0]["at"][-1]) == ("why", "Z")
    assert last.document["correction"] is None


@pytest.mark.parametrize(
    ("first_published", "date"),
    [
        (utc(2025, 2, 28, 23, 59, 59), "2025/02/28"),
        (datetime.datetime(2025, 3, 1, 1, 30, tzinfo=zoneinfo.ZoneInfo("Europe/Istanbul")), "2025/02/28"),
        (datetime.datetime(2025, 2, 28, 20, 0, tzinfo=zoneinfo.ZoneInfo("America/New_York")), "2025/03/01"),
    ],
)
def test_an_address_has_the_utc_date_of_first_publication(first_published, date):
    document = make_document(slug="gate")
    assert path_for(document, first_published) == f"/{date}/gate/"


def test_the_date_in_an_address_never_changes_though_the_slug_may(editor, settings):
    settings.TIME_ZONE = "Asia/Tokyo"
    first = make_published(at=utc(2025, 2, 28, 22), slug="gate")
    with timezone.override("Asia/Tokyo"):
        second = publish_change(first.story, by=editor, slug="врата-2")
    assert (first.path, second.path) == ("/2025/02/28/gate/", "/2025/02/28/врата-2/")
    assert {address.path for address in first.story.addresses.all()} == {first.path, second.path}


def test_the_longest_address_fits(editor):
    version = make_published(by=editor, slug="ж" * 100)
    version.refresh_from_db()
    assert version.path.endswith("ж" * 100 + "/")


def test_reserving_an_address_twice_is_the_same_storys_alone(db):
    mine, theirs = make_revision().story, make_revision().story
    assert reserve("/x/", mine)
    assert reserve("/x/", mine)
    assert not reserve("/x/", theirs)


def test_an_address_another_version_has_is_not_released(editor):
    first = make_published(by=editor, slug="gate")
    second = publish_change(first.story, by=editor, headline="B")
    release(second)
    assert Address.objects.get().path == first.path


def copy(version, **values):
    fields = {field.attname: getattr(version, field.attname) for field in Version._meta.fields if not field.primary_key}
    return Version(**{**fields, **values})


def closed(version):
    Version.objects.filter(pk=version.pk).update(visible_until=version.visible_from + datetime.timedelta(days=1))


def test_no_two_versions_of_a_story_have_one_number(editor):
    version = make_published(by=editor)
    closed(version)
    with pytest.raises(IntegrityError, match=r"number"), transaction.atomic():
        copy(version, visible_from=utc(2030, 1, 1)).save()


def test_no_two_versions_of_a_story_begin_at_one_instant(editor):
    version = make_published(by=editor)
    closed(version)
    with pytest.raises(IntegrityError, match=r"visible_from|instant"), transaction.atomic():
        copy(version, number=2).save()


def test_no_two_versions_of_a_story_are_open(editor):
    version = make_published(by=editor)
    with pytest.raises(IntegrityError, match=r"story"), transaction.atomic():
        copy(version, number=2, visible_from=utc(2030, 1, 1)).save()


def test_a_version_ends_after_it_begins(editor):
    version = make_published(by=editor)
    with pytest.raises(IntegrityError, match="visible_for_a_while"), transaction.atomic():
        Version.objects.filter(pk=version.pk).update(visible_until=version.visible_from)


def test_an_address_is_there_once(editor):
    version = make_published(by=editor)
    with pytest.raises(IntegrityError, match="path"), transaction.atomic():
        Address.objects.create(path=version.path, story=make_revision().story)


def test_a_citation_key_is_there_once_on_the_whole_site(editor):
    key = make_revision().document["citations"][0]["key"]
    with pytest.raises(IntegrityError, match="key"), transaction.atomic():
        Citation.objects.create(key=key, story=make_revision().story, descriptor="x")


def test_a_citation_is_of_a_named_source_or_an_unnamed_one(db):
    with pytest.raises(IntegrityError, match="named_or_unnamed"), transaction.atomic():
        Citation.objects.create(story=make_revision().story, source=make_source("X"), descriptor="an official")


def test_a_story_credits_an_author_and_has_a_tag_once(db):
    story, author, tag = make_revision(authors=[]).story, make_author("A"), make_tag("T")
    Credit.objects.create(story=story, author=author)
    StoryTag.objects.create(content_object=story, tag=tag)
    with pytest.raises(IntegrityError), transaction.atomic():
        Credit.objects.create(story=story, author=author, role="photographs")
    with pytest.raises(IntegrityError), transaction.atomic():
        StoryTag.objects.create(content_object=story, tag=tag)


@pytest.mark.parametrize("made", ["topic", "tag", "source", "author"])
def test_a_slug_is_there_once_among_its_kind(db, made):
    from tests import factories

    make = getattr(factories, f"make_{made}")
    first, second = make("Same name"), make("Same name") if made != "tag" else make("Same name!")
    assert (first.slug, second.slug) == ("same-name", "same-name-2")
    with pytest.raises(IntegrityError), transaction.atomic():
        type(first).objects.filter(pk=second.pk).update(slug=first.slug)


def test_a_published_story_cannot_be_deleted(editor):
    version = make_published(by=editor)
    with pytest.raises(ProtectedError):
        version.story.delete()


def test_an_import_into_a_story_with_versions_is_refused(editor):
    version = make_published(by=editor)
    with pytest.raises(PublishError, match="has versions already"):
        import_versions(version.story, [(version.document, "first", "", utc(2020, 1, 1))])


def test_imported_versions_are_in_order(editor):
    revision = make_revision()
    entries = [(revision.document, "first", "", utc(2025, 1, 2)), (revision.document, "update", "", utc(2025, 1, 1))]
    with pytest.raises(PublishError, match="after the one before"):
        import_versions(revision.story, entries)


def test_only_the_last_imported_version_may_lie_ahead(editor):
    revision = make_revision()
    entries = [(revision.document, "first", "", utc(2125, 1, 2)), (revision.document, "update", "", utc(2125, 1, 3))]
    with pytest.raises(PublishError, match="Only the last version"):
        import_versions(revision.story, entries)


def test_an_import_of_another_storys_document_is_refused(editor):
    document = empty_document("7f1d3c1e-7a35-4b7f-9d0c-0d9a3b0f1c11", headline="x")
    with pytest.raises(DocumentError, match="another story"):
        import_versions(make_revision().story, [(document, "first", "", utc(2025, 1, 1))])
