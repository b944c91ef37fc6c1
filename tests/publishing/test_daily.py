import datetime

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from stories.models import Version
from stories.publishing import daily
from stories.publishing.daily import day_of, differences, lines_of_day, read_copy
from stories.publishing.document import clean
from stories.publishing.imports import import_versions, rebuild
from stories.publishing.record import reseal, stamp
from stories.publishing.removals import redact, retract, withdraw
from stories.publishing.verbs import seen
from tests.factories import make_published, make_revision, publish_change, utc
from tests.publishing.test_verify import forge, reseal_all, version

pytestmark = pytest.mark.django_db
TOLD = {"signed": "The chief editor", "reason": "To protect a person."}
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def clock(monkeypatch):
    """Set what the time is: clock(utc(2025, 3, 1))."""
    return lambda instant: monkeypatch.setattr(timezone, "now", lambda: instant)


@pytest.fixture
def story(editor, clock):
    """A story with three versions, each of its own day, of which the last is today."""
    clock(utc(2025, 3, 1, 12))
    first = make_published(by=editor, headline="One", standfirst="Jane Roe spoke.")
    for day, headline in ((2, "Two"), (3, "Three")):
        clock(utc(2025, 3, day, 12))
        publish_change(first.story, by=editor, headline=headline)
    return first.story


def lines(day, now=None):
    return list(lines_of_day(datetime.date(2025, 3, day), now or timezone.now()))


def faults(copy):
    return [(fault.number, fault.sentence) for fault in differences(read_copy(copy))]


def line(row):
    return f"{row.sha256} {row.story_id} {row.number} {row.change} {stamp(row.visible_from)}"


def test_a_day_has_a_line_for_each_version_that_became_visible_on_it(story):
    assert [lines(day) for day in (1, 2, 3, 4)] == [*([line(version(story, n))] for n in (1, 2, 3)), []]
    assert lines(1)[0].endswith(f" {story.pk} 1 first 2025-03-01T12:00:00.000000Z")


def test_a_day_begins_and_ends_at_midnight_in_utc(editor, clock):
    paths = []
    for instant in (utc(2025, 3, 1), utc(2025, 3, 1, 23, 59, 59, 999999), utc(2025, 3, 2)):
        clock(instant)
        paths.append(make_published(by=editor))
    assert lines(1) == [line(row) for row in paths[:2]]


def test_a_plan_is_in_no_record_until_its_time(story, editor, clock):
    plan = publish_change(story, by=editor, headline="Four", at=utc(2025, 3, 3, 13))
    assert lines(3) == [line(version(story, 3))]
    clock(utc(2025, 3, 3, 13))
    assert lines(3) == [line(version(story, 3)), line(plan)]


def test_what_was_imported_stands_in_the_record_of_the_day_when_it_was_added(clock):
    """So no line is ever added to a day that is over, and what is dated back can be told from what was there."""
    clock(utc(2025, 3, 3, 12))
    imported = make_published(at=utc(2025, 3, 1))
    assert (lines(1), lines(3)) == ([], [line(imported)])
    assert day_of(imported) == datetime.date(2025, 3, 3)


def test_lines_stay_and_what_altered_a_version_is_added_below_it_and_below_the_removal(story, editor, clock):
    saved = {day: lines(day) for day in (1, 2, 3)}
    was = [version(story, n).sha256 for n in (1, 2, 3)]
    clock(utc(2025, 3, 4, 12))
    removal = redact(story, passage="Jane Roe", by=editor, expecting=seen(story), **TOLD)
    now = [version(story, n).sha256 for n in (1, 2, 3)]
    altered = [f"altered {story.pk} {n} {was[n - 1]} {now[n - 1]} 4" for n in (1, 2, 3)]
    assert [lines(day) for day in (1, 2, 3)] == [[*saved[day], altered[day - 1]] for day in (1, 2, 3)]
    assert lines(4) == [line(removal), *altered]
    clock(utc(2025, 3, 5, 12))
    withdraw(story, by=editor, expecting=seen(story), **TOLD)
    assert lines(1)[:2] == [*saved[1], altered[0]]
    assert lines(1)[2] == f"altered {story.pk} 1 {now[0]} {version(story, 1).sha256} 5"
    assert lines(4)[0] == line(removal).replace(version(story, 4).sha256, removal.sha256)
    assert len(lines(4)) == 5  # the removal was altered itself


def test_no_line_has_a_word_of_a_story_nor_its_address(story, editor, clock):
    withdraw(story, by=editor, expecting=seen(story), **TOLD)
    text = "\n".join(lines(1) + lines(2) + lines(3))
    assert version(story, 1).path not in text
    assert not [words for words in ("One", "one", "Roe", "protect", "chief") if words in text]


def test_a_long_day_is_read_in_parts_with_two_queries_each(editor, clock, monkeypatch, django_assert_num_queries):
    made = []
    for second in range(5):
        clock(utc(2025, 3, 1, 12, 0, second // 2))  # some at the same instant
        made.append(make_published(by=editor))
    monkeypatch.setattr(daily, "BATCH", 2)
    with django_assert_num_queries(6):
        assert lines(1) == [line(row) for row in made]


# A copy against the database


def test_a_copy_that_is_borne_out_has_no_difference(story, editor, clock):
    copy = ["# The record", "", *lines(1), *lines(2), *lines(3)]
    assert faults(copy) == []
    clock(utc(2025, 3, 4, 12))
    redact(story, passage="Jane Roe", by=editor, expecting=seen(story), **TOLD)
    retract(story, by=editor, expecting=seen(story), **TOLD)
    assert faults(copy) == faults(lines(1) + lines(4)) == []


def test_a_copy_tells_of_a_chain_that_was_made_anew(story):
    copy = lines(1) + lines(2) + lines(3)
    row = version(story, 2)
    forge(story, 2, document=clean({**row.document, "standfirst": "It never spoke."}))
    reseal_all(story)
    assert faults(copy) == [
        (n, "the copy has another hash, and no removal says why: it was rewritten") for n in (1, 2, 3)
    ]


def test_a_copy_tells_of_a_version_and_of_a_story_that_are_gone(story, editor):
    other = make_published(by=editor)
    copy = lines(1) + lines(2) + lines(3)
    version(story, 3).delete()
    Version.objects.filter(story=other.story).delete()
    assert sorted(faults(copy)) == [(1, "the copy has it, and it is gone"), (3, "the copy has it, and it is gone")]


def test_a_copy_tells_of_another_kind_and_time(story):
    copy = lines(2)
    forge(story, 2, change="minor")
    assert faults(copy) == [(2, "the copy has it as update, visible from 2025-03-02T12:00:00.000000Z")]


def test_a_copy_tells_of_what_was_slipped_in_before_it_ends(story, editor, clock):
    """All that the database has of it fits: only the copy shows that it was not there."""
    copy = lines(2)
    clock(utc(2025, 3, 2, 9))
    slipped = make_published(by=editor)
    clock(utc(2025, 3, 3, 12))
    assert [fault.story for fault in differences(read_copy(copy))] == [slipped.story_id]
    assert faults(copy) == [(1, "it is not in the copy, which has later ones: it was slipped in afterwards")]


def test_what_was_written_while_the_copy_was_saved_is_no_fault(story, editor, clock):
    copy = lines(2)
    clock(utc(2025, 3, 2, 11, 59, 30))
    make_published(by=editor)
    clock(utc(2025, 3, 3, 12))
    assert faults(copy) == []


def test_a_copy_tells_of_a_removal_that_says_something_else(story, editor, clock):
    clock(utc(2025, 3, 4, 12))
    redact(story, passage="Jane Roe", by=editor, expecting=seen(story), **TOLD)
    copy = [row for row in lines(3) if row.startswith("altered")]
    assert faults(copy) == []
    row = version(story, 4)
    row.document["removal"]["altered"] = []
    reseal(row)
    row.save()
    assert faults(copy)[0] == (4, "the copy says that it altered version 3, and it does not")


def test_a_copy_of_many_days_may_be_one_file(story, tmp_path, capsys):
    path = tmp_path / "record.txt"
    path.write_text("\n".join(lines(1) + lines(2) + lines(3)), encoding="utf-8")
    call_command("verify_record", against=[path])
    assert "The record holds: 3 versions checked." in capsys.readouterr().out
    row = version(story, 3)
    forge(story, 3, document=clean({**row.document, "standfirst": "It never spoke."}))
    reseal_all(story)
    rebuild()
    call_command("verify_record")  # nothing in the database itself tells
    with pytest.raises(CommandError, match="does not hold: 3 faults"):
        call_command("verify_record", against=[path])
    assert f"{path}: story {story.pk}, version 3 ({row.path}): the copy has another hash" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"# x\nHello\n", "Line 2 is no line of a record"),
        (b"\xff\xfe", "It is no text"),
        (None, "cannot be read: No such file"),
    ],
)
def test_what_is_no_copy_is_told(tmp_path, content, sentence):
    path = tmp_path / "record.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=sentence):
        call_command("verify_record", against=[path])


def test_the_versions_of_an_import_are_all_of_one_day(clock):
    clock(utc(2025, 3, 3, 12))
    revision = make_revision()
    rows = [
        (revision.document, "first", "", utc(2020, 1, 1)),
        ({**revision.document, "kicker": "K"}, "update", "", utc(2021, 1, 1)),
    ]
    versions = import_versions(revision.story, rows)
    assert lines(3) == [line(row) for row in versions]
