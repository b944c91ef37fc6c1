"""Times as the desk tells them."""

import datetime

import pytest

from stories.desk.times import short

NOW = datetime.datetime(2026, 11, 24, 15, 0, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        (datetime.datetime(2026, 11, 24, 9, 30, tzinfo=datetime.UTC), "09:30"),
        (datetime.datetime(2026, 11, 25, 9, 30, tzinfo=datetime.UTC), "tomorrow, 09:30"),
        (datetime.datetime(2026, 11, 23, 9, 30, tzinfo=datetime.UTC), "yesterday, 09:30"),
        (datetime.datetime(2026, 11, 19, 9, 30, tzinfo=datetime.UTC), "19 November, 09:30"),
        (datetime.datetime(2025, 11, 24, 9, 30, tzinfo=datetime.UTC), "24 November 2025, 09:30"),
    ],
)
def test_an_instant_is_told_as_briefly_as_it_is_clear(instant, words):
    assert short(instant, NOW) == words
