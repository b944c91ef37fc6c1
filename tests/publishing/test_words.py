"""How texts are split and folded: alike for both databases, and so that a reader finds what a language writes."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stories.publishing.words import LONGEST, fold, words


def folded(text):
    return [word for word, _start, _end in words(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Talks in Łódź, straße & Œuvre", ["talks", "in", "lodz", "strasse", "oeuvre"]),
        ("İstanbul ISTANBUL ıstanbul Istanbul", ["istanbul"] * 4),  # dotted and dotless i are one
        ("İstanbul’da don’t US–Russia a_b", ["istanbul", "da", "don", "t", "us", "russia", "a", "b"]),
        ("Çavuşoğlu Øre Đorđe Þór", ["cavusoglu", "ore", "dorde", "thor"]),
        ("Ёлка ЁЛКА в Стамбуле", ["елка", "елка", "в", "стамбуле"]),
        ("мой мои Київ", ["мой", "мои", "київ"]),  # й and ї are letters
        ("Ἀθῆναι ΣΟΦΟΣ σοφός", ["αθηναι", "σοφοσ", "σοφοσ"]),
        ("المُحادثات أحمد إلى مدينة", ["المحادثات", "احمد", "الي", "مدينه"]),
        ("می‌خواهم کتاب", ["ميخواهم", "كتاب"]),  # a joiner is no space; Persian letters as Arabic ones
        ("שָׁלוֹם", ["שלום"]),
        ("٢٠٢٥ ２０２５", ["2025", "2025"]),
        ("हिन्दी में", ["हिन्दी", "में"]),  # vowel signs stay
        ("東京都は", ["東京", "京都", "都は", "は"]),
        ("が か", ["が", "か"]),
        ("2025年", ["2025", "年"]),
        ("ประเทศ", ["ปร", "ระ", "ะเ", "เท", "ทศ", "ศ"]),
        ("한국어는", ["한국어는"]),
        ("ﬁne ℌ ⑴", ["fine", "h", "1"]),
        ("co\u00adopera\u00adtion", ["cooperation"]),
        ("… — “” 🙂", []),
    ],
)
def test_words_of_many_languages(text, expected):
    assert folded(text) == expected


def test_a_word_knows_where_it_stands():
    text = "In Łódź, 東京で"
    assert [text[start:end] for _word, start, end in words(text)] == ["In", "Łódź", "東京", "京で", "で"]


@given(st.text())
@example("\u0130\u0307")
@example("ﷺ ½ ª ㍿")
def test_words_are_fit_for_both_databases(text):
    for word, start, end in words(text):
        assert 0 < len(word) <= LONGEST
        assert 0 <= start < end <= len(text)
        assert not re.search(r"""[\s\x00-\x2f:-@\[-`{-\x7f\ud800-\udfff·]""", word)


@given(st.text())
def test_what_is_folded_stays_so(text):
    for word in folded(text):
        assert fold(word) == word
