import datetime

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from stories.management.commands import verify_record
from stories.models import SourceFiling, TagFiling, Version
from stories.publishing.document import clean
from stories.publishing.imports import import_versions, rebuild
from stories.publishing.record import DERIVED, fill_story, reseal
from stories.publishing.removals import redact, retract, withdraw
from stories.publishing.verbs import seen
from stories.publishing.verify import verify
from tests.factories import make_published, make_revision, make_tag, publish_change, utc

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
GONE = "the journal tells of it, visible from 2025-03-0{}T00:00:00.000000Z, and it is gone"
NOT_FILED = "it is not filed under the {} it names (manage.py rebuild)"
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
    """What verify() finds, as (number of the version, sentence)."""
    return [(fault.number, fault.sentence) for fault in verify()]


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
    assert found() == [
        (2, "its interval does not end where the next one begins"),
        *((2, NOT_FILED.format(terms)) for terms in ("sources", "authors")),
    ]


def test_a_last_version_that_ends_is_found(story):
    forge(story, 3, visible_until=utc(2025, 3, 9))
    assert (3, "it is the last version, and yet it ends") in found()


def test_a_back_dated_version_is_found_even_with_new_hashes(story, editor):
    later = publish_change(story, by=editor, headline="Four")
    instant = utc(2025, 3, 4)
    forge(story, 3, visible_until=instant)
    forge(story, 4, visible_from=instant, updated_at=instant)
    reseal_all(story)
    assert (4, "it is dated before it was recorded, and it was not imported with the story") in found()
    assert later.recorded_at > instant


def test_a_deleted_middle_version_is_found(story):
    version(story, 2).delete()
    assert found() == [(3, "version 2 is missing before it"), (2, GONE.format(2))]


def test_a_deleted_middle_version_is_found_when_the_next_takes_its_number(story):
    version(story, 2).delete()
    forge(story, 1, visible_until=utc(2025, 3, 3))
    Version.objects.filter(story=story, number=3).update(number=2)
    assert (2, "what it says does not fit its hash: the row was changed") in found()
    assert (1, "it is not what the version after it was linked to, and no removal names it") in found()


def test_a_deleted_first_version_is_found(story):
    version(story, 1).delete()
    assert found() == [(2, "version 1 is missing before it"), (1, GONE.format(1))]


def test_a_deleted_last_version_leaves_one_that_ends(story):
    version(story, 3).delete()
    assert found() == [(2, "it is the last version, and yet it ends"), (3, GONE.format(3))]


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
    forge(story, 2, headline="Else", source_count=7)
    assert found() == [
        (2, "its columns headline, source_count do not say what its document says (manage.py rebuild)"),
    ]
    assert {"headline", "source_count"} <= set(DERIVED)


def test_what_was_overridden_cannot_be_forgotten(editor):
    first = make_published(by=editor, standfirst="The gate opened.")
    publish_change(first.story, by=editor, change="minor", standfirst="The gate closed.", override="A slip.")
    assert found() == []
    forge(first.story, 2, overrides=[])
    assert found() == [(2, "what it says does not fit its hash: the row was changed")]


def test_two_versions_that_changed_places_are_found(story):
    documents = {number: version(story, number).document for number in (2, 3)}
    forge(story, 2, document=documents[3])
    forge(story, 3, document=documents[2])
    reseal_all(story)
    assert found() == []  # the whole chain made anew: only a copy of the record tells, see test_daily.py
    for number, other in ((2, 9), (3, 2), (9, 3)):
        Version.objects.filter(story=story, number=number).update(number=other)
    reseal_all(story)
    assert (3, "it does not begin after the one before it") in found()
    assert (2, "the journal tells of it for another time, 2025-03-02T00:00:00.000000Z") in found()


def test_a_version_in_the_middle_that_does_not_end_is_found(story):
    forge(story, 3, visible_until=utc(2999, 1, 1))
    forge(story, 2, visible_until=None)
    assert (2, "its interval does not end where the next one begins") in found()
    assert (3, "it is the last version, and yet it ends") in found()


def test_a_last_version_deleted_without_a_trace_in_the_others_is_found_by_the_journal(story):
    version(story, 3).delete()
    forge(story, 2, visible_until=None)
    rebuild()
    assert found() == [(3, GONE.format(3))]


def test_a_story_whose_versions_are_all_gone_is_found_by_journal_and_address(story):
    path = version(story, 1).path
    Version.objects.filter(story=story).delete()
    assert [(fault.story, fault.number, fault.sentence) for fault in verify()] == [
        *((story.pk, number, GONE.format(number)) for number in (1, 2, 3)),
        (story.pk, None, f"it has the address {path}, and no version stands there"),
    ]


def test_a_version_written_past_the_desk_is_found_by_the_journal(story, editor):
    row = version(story, 3)
    now = timezone.now()
    forge(story, 3, visible_until=now)
    row.pk, row.number, row.note, row.visible_from, row.recorded_at = None, 4, "", now, now
    row.document = clean({**row.document, "standfirst": "Slipped in."})
    row.save(force_insert=True)
    reseal_all(story)
    rebuild()
    assert found() == [(4, "the journal does not tell of it: it was written past the desk")]


def test_a_version_dated_to_another_time_is_found_by_the_journal(story, editor):
    """As thoroughly as can be: columns, filing and hashes are made anew, and the time of recording goes with it."""
    publish_change(story, by=editor, headline="Four")
    forge(story, 3, visible_until=utc(2025, 3, 4))
    forge(story, 4, visible_from=utc(2025, 3, 4), recorded_at=version(story, 1).recorded_at)
    reseal_all(story)
    rebuild()
    assert [(number, sentence[:40]) for number, sentence in found()] == [
        (4, "the journal tells of it for another time"),
    ]


@pytest.mark.parametrize("values", [{"note": "Other."}, {"visible_from": utc(2998, 1, 1)}])
def test_a_plan_that_was_changed_is_found(story, editor, values):
    publish_change(story, by=editor, headline="Later", at=utc(2999, 1, 1))
    forge(story, 4, **values)
    assert (4, "what it says does not fit its hash: the row was changed") in found()


def test_a_removal_that_names_a_wrong_hash_is_found(story, editor):
    redact(story, passage="Jane Roe", by=editor, expecting=seen(story), **TOLD)
    row = version(story, 4)
    row.document["removal"]["altered"][2]["is"] = "0" * 64
    reseal(row)
    row.save()
    assert (4, "it says what version 3 became, and that has another hash") in found()


def test_removals_that_do_not_follow_each_other_are_found(story, editor):
    redact(story, passage="Jane Roe", by=editor, expecting=seen(story), **TOLD)
    redact(story, passage="opened the gate", by=editor, expecting=seen(story), **TOLD)
    row = version(story, 5)
    row.document["removal"]["altered"][0]["was"] = "0" * 64
    reseal(row)
    row.save()
    assert (5, "it names a hash that version 1 never had") in found()


def test_a_removal_in_what_is_called_an_update_is_found(story):
    row = version(story, 3)
    row.document = clean({**row.document, "removal": {"signed": "Me", "altered": []}})
    reseal(row)
    row.save()
    assert found() == [(3, "it says that it removed something and is no removal, or the other way round")]


def test_a_removal_of_what_came_later_is_found(story, editor):
    redact(story, passage="Jane Roe", by=editor, expecting=seen(story), **TOLD)
    row = version(story, 4)
    row.document["removal"]["altered"][0]["number"] = 4
    reseal(row)
    row.save()
    assert (4, "it says that it altered version 4, which came later") in found()


def test_text_that_is_back_in_a_story_that_was_taken_back_is_found(story, editor):
    before = version(story, 2).document
    retract(story, by=editor, expecting=seen(story), **TOLD)
    forge(story, 2, document=before)
    reseal_all(story)
    assert (2, "the story was taken back, and this version still has its text") in found()


def test_an_address_that_does_not_fit_is_found_even_with_new_hashes(story):
    forge(story, 3, path="/2025/03/01/else/")
    reseal_all(story)
    assert found() == [
        (3, "its address is not made of its slug and the day of first publication"),
        (3, "its address is not kept for its story (manage.py rebuild)"),
    ]


def test_filing_that_does_not_fit_is_found_and_rebuilt(story):
    SourceFiling.objects.filter(version__number=2).delete()
    other = make_tag("Other")
    row = version(story, 3)
    TagFiling.objects.create(term=other, version=row, sort_at=row.sort_at, visible_from=row.visible_from)
    assert found() == [(3, NOT_FILED.format("tags")), (2, NOT_FILED.format("sources"))]
    rebuild()
    assert found() == []


def test_one_story_can_be_checked_alone(story, editor):
    other = make_published(by=editor)
    forge(story, 2, salt="0" * 64)
    assert list(verify(story=other.story_id)) == []
    assert [fault.number for fault in verify(story=story.pk)] == [2]


def test_many_versions_are_read_some_at_a_time(editor, django_assert_num_queries):
    for _ in range(8):
        make_published(by=editor)
    counts = []
    with django_assert_num_queries(17):
        assert list(verify(counts.append)) == []
    assert counts == [8]


# The command


def test_the_command_counts_what_it_checked(story, capsys):
    call_command("verify_record")
    assert capsys.readouterr().out == "The record holds: 3 versions checked.\n"


def test_the_command_tells_how_far_it_is(story, capsys, monkeypatch):
    monkeypatch.setattr(verify_record, "EVERY", 2)
    call_command("verify_record")
    assert "3 versions checked\n" in capsys.readouterr().out


def test_the_command_names_story_version_and_fault_and_fails(story, capsys):
    forge(story, 2, salt="0" * 64)
    with pytest.raises(CommandError, match="does not hold: 1 fault"):
        call_command("verify_record")
    assert capsys.readouterr().out == (
        f"story {story.pk}, version 2 ({version(story, 2).path}): "
        "what it says does not fit its hash: the row was changed\n"
    )


@pytest.mark.parametrize("by", ["id", "path"])
def test_the_command_checks_one_story(story, editor, capsys, by):
    make_published(by=editor)
    call_command("verify_record", story=str(story.pk) if by == "id" else version(story, 1).path)
    assert "3 versions checked" in capsys.readouterr().out


def test_the_command_is_told_of_an_address_that_no_story_has():
    with pytest.raises(CommandError, match="No story has the address /2025/03/01/none/"):
        call_command("verify_record", story="/2025/03/01/none/")


def test_a_version_planned_while_the_clock_ran_back_is_no_fault(editor, monkeypatch):
    now = timezone.now()
    first = make_published(by=editor)
    for step in (0, -3):
        monkeypatch.setattr(timezone, "now", lambda s=step: now + datetime.timedelta(seconds=s))
        publish_change(first.story, by=editor, headline=f"At {step}", at=now + HOUR)
    assert found() == []
