"""The line of hours on the desk: where each moment of today stands on it."""

import datetime
from types import SimpleNamespace

from stories.desk.hours import ROW, TOP, hours

NOW = datetime.datetime(2026, 11, 24, 15, 0, tzinfo=datetime.UTC)


def line(hour, minute=0, mark="plan", days=0, title="Gate"):
    return SimpleNamespace(at=NOW.replace(hour=hour, minute=minute) + datetime.timedelta(days), mark=mark, title=title)


def test_a_moment_stands_where_its_part_of_the_day_is():
    told = hours([line(6)], NOW)
    [mark] = told["marks"]
    assert (mark.x, mark.y, mark.when, mark.is_turned) == ("25.00%", TOP, "06:00", False)
    assert told["now"] == "62.50%"


def test_only_today_is_shown():
    told = hours([line(6, days=1), line(6, days=-1), SimpleNamespace(at=None)], NOW)
    assert (told["marks"], told["height"]) == ([], TOP + 4)


def test_what_would_cover_another_stands_a_row_lower():
    marks = hours([line(9), line(9, 30), line(15)], NOW)["marks"]
    assert [(mark.when, mark.y) for mark in marks] == [("09:00", TOP), ("09:30", TOP + ROW), ("15:00", TOP)]


def test_the_words_of_a_late_moment_stand_before_it():
    [mark] = hours([line(23, 59)], NOW)["marks"]
    assert mark.is_turned
    assert mark.x == "77.93%"


def test_the_plan_that_comes_first_is_marked_and_long_titles_are_cut():
    lines = [line(18), line(16, title="A" * 200), line(9, mark="out"), line(15, 30, mark="embargo")]
    marks = hours(lines, NOW)["marks"]
    assert [mark.when for mark in marks if mark.is_next] == ["16:00"]
    assert max(len(mark.title) for mark in marks) == 30
