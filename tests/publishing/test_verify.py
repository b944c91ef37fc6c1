import datetime

import pytest

from stories.models import Version
from stories.publishing.document import clean
from stories.publishing.imports import import_versions
from stories.publishing.record import DERIVED, fill_story, reseal
from stories.publishing.removals import redact, retract, withdraw
from stories.publishing.verbs import seen
from stories.publishing.verify import record_lines, verify
from tests.factories import make_published, make_revision, publish_change, utc

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
TOLD = {"signed": "The chief editor", "reason": "To protect a person."}


@pytest.fixture
def story(editor):
    """A story with three versions, a day before each other."""
    revision = make_revision(headline="One", standfirst="Jane Roe spoke.")
    document = revision.document
    entries = [
        (document, "first", "", utc(2025, 3, 1)),
        ({**document, "headline": "Two"}, "update", "New facts.", utc(2025, 3, 2)),
        ({**document, "headline": "Three"}, "update", "", utc(2025, 3, 3)),
    ]
    import_versions(revision.story, entries)
    return revision.story


def version(story, number):
    return Version.objects.get(story=story, number=number)


def found():
    """What verify() finds, as (number of the version, beginning of the sentence)."""
    return [(version.number, sentence) for version, sentence in verify()]


def forge(story, number, **values):
    Version.objects.filter(story=story, number=number).update(**values)


def reseal_all(story):
    """Do what a forger does who knows the code: fill the columns and make every hash anew, chain and all."""
    previous = None
    versions = list(Version.objects.filter(story=story).order_by("number"))
    fill_story(versions)
    for row in versions:
        row.prev_sha256 = previous.sha256 if previous else ""
        reseal(row)
        row.save()
        previous = row


def test_an_untouched_record_with_imports_plans_and_removals_holds(story, editor):
    publish_change(story, by=editor, headline="Four", correction={"wrong": "3", "right": "4"}, change="correction")
    publish_change(story, by=editor, headline="Five", at=utc(2999, 1, 1))
    redact(story, passage="Jane Roe", by=editor, expecting=seen(story), **TOLD)
    redact(story, passage="opened the gate", by=editor, expecting=seen(story), **TOLD)
    retract(story, by=editor, expecting=seen(story), **TOLD)
    withdraw(story, by=editor, expecting=seen(story), **TOLD)
    publish_change(make_published(by=editor).story, by=editor, headline="Live", change="update")
    assert found() == []


def test_progress_is_told_with_the_count_of_versions(story, editor):
    make_published(by=editor)
    counts = []
    assert list(verify(counts.append)) == []
    assert sorted(counts)[-1] == 4


@pytest.mark.parametrize(
    "values",
    [
        {"document": None},
        {"note": "Old facts."},
        {"change": "minor"},
        {"path": "/2025/03/01/else/"},
        {"salt": "0" * 64},
        {"recorded_at": utc(2025, 3, 5)},
        {"overrides": [{"check": "has_standfirst", "sentence": "None.", "words": [], "reason": "Because."}]},
    ],
)
def test_a_row_that_was_changed_is_found(story, values):
    if "document" in values:
        values = {"document": {**version(story, 2).document, "standfirst": "It never spoke."}}
    forge(story, 2, **values)
    assert (2, "what it says does not fit its hash: the row was changed") in found()


def test_a_changed_row_with_a_new_hash_breaks_the_chain(story):
    row = version(story, 2)
    row.document = clean({**row.document, "standfirst": "It never spoke."})
    reseal(row)
    row.save()
    assert (2, "it is not what the version after it was linked to, and no removal names it") in found()


def test_an_interval_that_was_moved_is_found(story):
    forge(story, 2, visible_until=utc(2025, 3, 3) - HOUR)
    assert found() == [(2, "its interval does not end where the next one begins")]


def test_a_last_version_that_ends_is_found(story):
    forge(story, 3, visible_until=utc(2025, 3, 9))
    assert found() == [(3, "it is the last version, and yet it ends")]


def test_a_back_dated_version_is_found_even_with_new_hashes(story, editor):
    later = publish_change(story, by=editor, headline="Four")
    instant = utc(2025, 3, 4)
    forge(story, 3, visible_until=instant)
    forge(story, 4, visible_from=instant, updated_at=instant)
    reseal_all(story)
    assert found() == [(4, "it is dated before it was recorded, and it was not imported with the story")]
    assert later.recorded_at > instant


def test_a_deleted_middle_version_is_found(story):
    version(story, 2).delete()
    assert found() == [(3, "version 2 is missing before it")]


def test_a_deleted_middle_version_is_found_when_the_next_takes_its_number(story):
    version(story, 2).delete()
    forge(story, 1, visible_until=utc(2025, 3, 3))
    Version.objects.filter(story=story, number=3).update(number=2)
    assert (2, "what it says does not fit its hash: the row was changed") in found()
    assert (1, "it is not what the version after it was linked to, and no removal names it") in found()


def test_a_deleted_first_version_is_found(story):
    version(story, 1).delete()
    assert found() == [(2, "version 1 is missing before it")]


def test_a_deleted_last_version_leaves_one_that_ends(story):
    version(story, 3).delete()
    assert found() == [(2, "it is the last version, and yet it ends")]


def test_a_removal_without_a_version_of_its_own_is_found(story):
    """A row emptied and hashed anew is what redact() does, but no version says so."""
    row = version(story, 1)
    row.document = clean({**row.document, "standfirst": "[…] spoke."})
    reseal(row)
    row.save()
    assert (1, "it is not what the version after it was linked to, and no removal names it") in found()


def test_a_removal_covers_what_it_names_and_nothing_later(story, editor):
    redact(story, passage="Jane Roe", by=editor, expecting=seen(story), **TOLD)
    row = version(story, 1)
    row.document = clean({**row.document, "standfirst": "Nobody spoke."})
    reseal(row)
    row.save()
    assert (1, "it is not what the version after it was linked to, and no removal names it") in found()


def test_columns_that_do_not_say_what_the_document_says_are_found(story):
    forge(story, 2, headline="Else", listed=False)
    assert found() == [
        (2, "its columns headline, listed do not say what its document says (manage.py rebuild)"),
    ]
    assert {"headline", "listed"} <= set(DERIVED)


def test_the_public_record_is_a_line_a_version_and_one_for_each_it_altered(story, editor):
    was = version(story, 1).sha256
    removal = redact(story, passage="Jane Roe", by=editor, expecting=seen(story), **TOLD)
    versions = list(story.versions.order_by("number"))
    lines = list(record_lines(versions))
    assert lines[0] == f"{versions[0].sha256} {story.pk} 1 first 2025-03-01T00:00:00.000000Z {versions[0].path}"
    assert lines[3].startswith(f"{removal.sha256} {story.pk} 4 redaction ")
    assert lines[4] == f"altered {story.pk} 1 {was} {versions[0].sha256}"
    assert len(lines) == 7
