"""What a reader types, and what it becomes."""

import pytest
from django.db import connection

from stories.site.query import LONGEST, MOST, match, read


def told(text):
    """Return the terms of a query in short: * for those that may go on, - for those that must not be there."""
    return [f"{'-' * term.excluded}{' '.join(term.words)}{'*' * term.begins}" for term in read(text).terms]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Harbour gate", ["harbour*", "gate*"]),
        ("the us", ["the", "us"]),  # short words go no further
        ("ha* h*", ["ha*", "h"]),
        ('"Harbour gate"', ["harbour gate"]),
        ("“harbour gate” «два слова» „ein Tor“", ["harbour gate", "два слова", "ein tor"]),
        ("gate -harbour -“on fire” −sea", ["gate*", "-harbour", "-on fire", "-sea"]),
        ("-harb*", ["-harb*"]),
        ("US-Russia don’t", ["us russia*", "don t"]),
        ('half "a phrase', ["half*", "a", "phrase*"]),
        ("gate gate GATE", ["gate*"]),
        ("東京都", ["東京 京都"]),
        ("東", ["東*"]),
        ("今年2025", ["今年 年 2025*"]),
        ("2025年", ["2025 年*"]),
        ('AND OR NOT ( ) * " -', ["and", "or", "not"]),
        ("head:x {a}^2 a<->b", ["head x", "a 2", "a b"]),
        ("\0\ud800 🙂 --", []),
        ("", []),
    ],
)
def test_what_is_searched_for(text, expected):
    assert told(text) == expected


def test_a_long_question_is_cut_and_says_so():
    assert read("x" * 10_000).cut
    assert len(read("x" * 10_000).text) == LONGEST
    many = read(" ".join(f"w{number}" for number in range(MOST + 1)))
    assert (len(many.terms), many.cut) == (MOST, True)
    assert not read("w" * LONGEST).cut


def test_the_expression_of_either_database():
    expected = {
        "sqlite": '(("harbour" OR "harbour" *) AND "a gate" AND "·kind·news") NOT ("sea" OR "on fire")',
        "postgresql": "(('harbour' | 'harbour':*) & ('a' <-> 'gate') & ('·kind·news'))"
        " & !(('sea') | ('on' <-> 'fire'))",
    }
    terms = read('harbour "a gate" -sea -"on fire"').terms
    assert match(terms, ["·kind·news"]) == expected[connection.vendor]
    assert match(read("-sea").terms) == ""
