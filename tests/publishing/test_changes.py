import copy

import pytest

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
