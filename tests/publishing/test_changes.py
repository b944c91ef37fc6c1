import copy
import random
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stories.publishing import changes
from stories.publishing.changes import ADDED, CHANGED, REMOVED, SAME, compare, order_of_both, word_diff
from stories.publishing.document import clean, new_id
from tests.factories import make_document

pytestmark = pytest.mark.django_db


def block(html, **values):
    return {"id": new_id(), "type": "text", "html": html, **values}


def of_blocks(*blocks):
    return make_document(blocks=list(blocks), headline="The gate")


def with_blocks(document, *blocks):
    return clean({**document, "blocks": list(blocks)})


def shown(change):
    return [(line.tag, line.state, line.parts) for line in change.lines]


def test_equal_documents_have_no_changes():
    document = make_document()
    comparison = compare(document, copy.deepcopy(document))
    assert comparison.changes == []
    assert [change.state for change in comparison.blocks] == [SAME]


def test_fields_are_told_in_the_order_of_a_story_word_by_word():
    old = make_document(headline="The gate is open", standfirst="One line.", kicker="Harbour")
    new = clean({**old, "headline": "The gate is shut", "kicker": "", "standfirst": "One line.\nAnother."})
    comparison = compare(old, new)
    assert [(change.place, change.state) for change in comparison.fields] == [
        ("headline", CHANGED),
        ("kicker", REMOVED),
        ("standfirst", CHANGED),
    ]
    assert shown(comparison.fields[0]) == [
        ("p", CHANGED, ((SAME, "The gate is "), (REMOVED, "open"), (ADDED, "shut"))),
    ]
    assert [line.state for line in comparison.fields[2].lines] == [SAME, ADDED]


def test_words_are_those_of_all_places():
    old = make_document(headline="The gate is open", kicker="Harbour")
    comparison = compare(old, clean({**old, "headline": "The gate is shut", "kicker": "Port"}))
    assert (comparison.words(REMOVED), comparison.words(ADDED)) == (["open", "Harbour"], ["shut", "Port"])


def test_lists_are_told_item_by_item():
    old = make_document(topics=["harbour", "ships"], tags=["gate"])
    comparison = compare(old, clean({**old, "topics": ["harbour", "trade"], "tags": [], "authors": []}))
    assert [(change.place, change.state) for change in comparison.fields] == [
        ("authors", REMOVED),
        ("topics", CHANGED),
        ("tags", REMOVED),
    ]


def test_a_block_is_compared_line_by_line():
    first = block("<h2>The gate</h2><p>It opened at noon.</p><ul><li><p>Ships</p></li></ul>")
    old = of_blocks(first)
    new = with_blocks(old, {**first, "html": "<h2>The gate</h2><p>It opened at ten.</p><ul><li><p>Ships</p></li></ul>"})
    [change] = compare(old, new).blocks
    assert shown(change) == [
        ("h2", SAME, ((SAME, "The gate"),)),
        ("p", CHANGED, ((SAME, "It opened at "), (REMOVED, "noon"), (ADDED, "ten"), (SAME, "."))),
        ("li", SAME, ((SAME, "Ships"),)),
    ]


def test_paragraphs_that_have_little_in_common_are_one_removed_and_one_added():
    first = block("<p>It opened at noon.</p>")
    old = of_blocks(first)
    [change] = compare(old, with_blocks(old, {**first, "html": "<p>Nobody knows who paid.</p>"})).blocks
    assert [line.state for line in change.lines] == [REMOVED, ADDED]


def test_blocks_are_added_removed_and_kept_in_the_new_order():
    one, two, three, four = (block(f"<p>{word} words here.</p>") for word in ("One", "Two", "Three", "Four"))
    old = of_blocks(one, two, three)
    comparison = compare(old, with_blocks(old, one, four, three))
    assert [(change.id, change.state) for change in comparison.blocks] == [
        (one["id"], SAME),
        (two["id"], REMOVED),
        (four["id"], ADDED),
        (three["id"], SAME),
    ]


def test_of_blocks_that_changed_places_as_few_as_possible_were_moved():
    blocks = [block(f"<p>{word}</p>") for word in ("One", "Two", "Three")]
    old = of_blocks(*blocks)
    comparison = compare(old, with_blocks(old, blocks[1], blocks[2], blocks[0]))
    assert [change.id for change in comparison.changes] == [blocks[0]["id"]]
    assert comparison.changes[0].moved


def test_markup_that_leaves_the_words_alone_is_told_and_not_shown():
    first = block("<p>The gate opened.</p>")
    old = of_blocks(first)
    [change] = compare(old, with_blocks(old, {**first, "html": "<p>The <em>gate</em> opened.</p>"})).changes
    assert (change.state, change.markup_only) == (SAME, True)


def test_a_changed_citation_is_told_by_its_key():
    old = make_document()
    new = copy.deepcopy(old)
    new["citations"][0]["url"] = "https://harbour.example/"
    [change] = compare(old, clean(new)).citations
    assert (change.id, change.state) == (old["citations"][0]["key"], CHANGED)
    assert shown(change)[-1] == ("li", ADDED, ((ADDED, "https://harbour.example/"),))


def test_a_marker_is_shown_as_the_name_of_what_is_cited():
    old = make_document(text="It opened.")
    [change] = compare(old, old).blocks
    assert change.lines[0].parts == ((SAME, "It opened. [Harbour Office]"),)


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("sailed in yesterday. It", "sailed in. It", [(SAME, "sailed in "), (REMOVED, "yesterday"), (SAME, ". It")]),
        ("gate, and", "gate and", [(SAME, "gate "), (REMOVED, ", "), (SAME, "and")]),
        ("12,000 ships", "12,500 ships", [(REMOVED, "12,000 "), (ADDED, "12,500 "), (SAME, "ships")]),
        ("", "new", [(ADDED, "new")]),
        ("old", "", [(REMOVED, "old")]),
        ("", "", []),
    ],
)
def test_words_are_compared_with_the_space_after_them(old, new, parts):
    assert word_diff(old, new) == parts


def test_what_was_removed_stands_where_it_stood():
    assert order_of_both(["a", "b", "c"], ["c", "d"]) == ["a", "b", "c", "d"]
    assert order_of_both(["a", "b"], []) == ["a", "b"]
    assert order_of_both(["a", "x", "b"], ["b", "a"]) == ["b", "a", "x"]


few_words = st.lists(st.sampled_from(["a", "b", "c", "d", "the", "gate,", "“x”", "y’s."]), max_size=30).map(" ".join)


@pytest.mark.parametrize("short", [changes.SHORT, 6, 0])
@given(old=few_words, new=few_words)
def test_the_difference_of_any_two_texts_makes_one_of_the_other(short, old, new):
    with mock.patch.object(changes, "SHORT", short):  # as if they were long
        parts = word_diff(old, new)

    def side(*states):
        return "".join(words for state, words in parts if state in states).split()

    assert (side(SAME, REMOVED), side(SAME, ADDED)) == (old.split(), new.split())
    assert all(words for _state, words in parts)
    assert word_diff(old, old) == ([(SAME, old)] if old else [])


def test_words_are_found_again_in_long_texts_too():
    rng = random.Random(1)
    words = [f"w{rng.randrange(3000)}" for _ in range(3000)]
    other = [word if n % 20 else "new" for n, word in enumerate(words)]
    parts = word_diff(" ".join(words), " ".join(other))
    assert sum(len(text.split()) for state, text in parts if state == SAME) == 2850


def test_long_texts_without_a_word_of_their_own_are_shown_whole():
    old, new = "a b " * 300, "b c " * 300
    assert word_diff(old, new) == [(REMOVED, old), (ADDED, new)]


def test_a_removed_block_follows_the_one_it_followed():
    assert order_of_both(list("abcd"), list("ca")) == list("cdab")
    assert order_of_both(list("ab"), list("xy")) == list("abxy")
