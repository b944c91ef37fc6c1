import copy
import random
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stories.publishing import matching
from stories.publishing.changes import ADDED, CHANGED, REMOVED, SAME, compare
from stories.publishing.document import clean, empty_document, new_id
from stories.publishing.lines import block_lines
from stories.publishing.matching import word_diff
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
    one, two, three, four = (block(f"<p>{word}</p>") for word in ("One", "Two", "Three", "Four"))
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


def changed_line(before, after):
    """Return the one line that changed between two paragraphs."""
    first = block(f"<p>{before}</p>")
    old = of_blocks(block("<p>Before.</p>"), first)
    [change] = compare(old, with_blocks(old, old["blocks"][0], {**first, "html": f"<p>{after}</p>"})).changes
    [line] = [line for line in change.lines if line.state != SAME]
    return line


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The gate opened.", "The <em>gate</em> opened."),
        ("The <em>gate</em> opened.", "The <strong>gate</strong> opened."),
        ("The <em>gate</em> opened.", "The gate <em>opened</em>."),
        ("The gate opened.", "The gate<br>opened."),
        ('<a href="/a/">The gate</a> opened.', '<a href="/a/" title="A">The gate</a> opened.'),
        ('It opened.<cite data-key="00000000000a"></cite>', 'It opened.<cite data-key="00000000000b"></cite>'),
    ],
)
def test_a_line_of_which_only_the_form_changed_is_told(before, after):
    line = changed_line(before, after)
    assert (line.state, line.form, line.links) == (CHANGED, True, ())
    assert [state for state, _words in line.parts] == [SAME]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<ul><li><p>One</p></li></ul>", "<ol><li><p>One</p></li></ol>"),
        ("<ol><li><p>One</p></li></ol>", '<ol start="3"><li><p>One</p></li></ol>'),
        ("<p>One</p>", "<h2>One</h2>"),
        ("<p>One</p>", "<blockquote><p>One</p></blockquote>"),
        ("<table><tr><td>One</td></tr></table>", "<table><tr><th>One</th></tr></table>"),
        ("<table><tr><td>One</td></tr></table>", '<table><tr><td colspan="2">One</td></tr></table>'),
    ],
)
def test_what_a_line_stands_in_is_its_form(before, after):
    first = block(before)
    old = of_blocks(first)
    [change] = compare(old, with_blocks(old, {**first, "html": after})).changes
    assert [(line.state, line.form) for line in change.lines] == [(CHANGED, True)]


def test_an_item_cut_in_two_has_another_form():
    first = block("<ul><li><p>One</p><p>Two</p></li></ul>")
    old = of_blocks(first)
    new = with_blocks(old, {**first, "html": "<ul><li><p>One</p></li><li><p>Two</p></li></ul>"})
    assert [line.form for line in compare(old, new).blocks[0].lines] == [False, True]


def test_a_line_across_the_text_is_one():
    first = block("<p>One</p>")
    old = of_blocks(first)
    [change] = compare(old, with_blocks(old, {**first, "html": "<p>One</p><hr>"})).changes
    assert [(line.tag, line.state) for line in change.lines] == [("p", SAME), ("hr", ADDED)]


def test_markup_that_no_line_has_is_told_of_its_block():
    first = block("<table><tr><td>One</td></tr></table>")
    old = of_blocks(first)
    html = "<table><tr><td>One</td></tr><tr><td></td></tr></table>"
    [change] = compare(old, with_blocks(old, {**first, "html": html})).changes
    assert (change.state, change.markup_only) == (SAME, True)


@pytest.mark.parametrize(
    ("before", "after", "links"),
    [
        ('See <a href="/a/">here</a>.', 'See <a href="/b/">here</a>.', [("here", "/a/", "/b/")]),
        ("See here.", 'See <a href="/b/">here</a>.', [("here", "", "/b/")]),
        ('See <a href="/a/">here</a>.', "See here.", [("here", "/a/", "")]),
        (
            '<a href="/a/">One</a> and <a href="/b/">two</a>.',
            '<a href="/b/">One</a> and <a href="/a/">two</a>.',
            [("One", "/a/", "/b/"), ("two", "/b/", "/a/")],
        ),
        (
            'See <a href="/a/">here at</a> the court.',
            'See <a href="/a/">here at the court</a>.',
            [("here at", "/a/", ""), ("here at the court", "", "/a/")],
        ),
        ('It is <a href="/a/">hear</a>, see.', 'It is <a href="/a/">here</a>, see.', []),  # its words tell it
        (
            'It <a href="/a/">hear</a>, see.',
            'It <a href="/b/">here</a>, see.',
            [("hear", "/a/", ""), ("here", "", "/b/")],
        ),
    ],
)
def test_where_a_link_leads_is_compared(before, after, links):
    line = changed_line(before, after)
    assert (list(line.links), line.form) == (links, False)


def test_the_links_of_a_line_that_came_or_went_are_told():
    old = of_blocks(block("<p>Before.</p>"))
    new = with_blocks(old, *old["blocks"], block('<p>All about <a href="/a/">ships</a>.</p>'))
    assert [line.links for line in compare(old, new).blocks[1].lines] == [(("ships", "", "/a/"),)]
    assert [line.links for line in compare(new, old).blocks[1].lines] == [(("ships", "/a/", ""),)]


def test_links_in_a_table_are_those_of_their_row():
    first = block('<table><tr><td><a href="/a/">One</a></td><td>Two</td></tr></table>')
    old = of_blocks(first)
    [change] = compare(old, with_blocks(old, {**first, "html": first["html"].replace("/a/", "/b/")})).changes
    assert [line.links for line in change.lines] == [(("One", "/a/", "/b/"),)]


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


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("abc", "cd", "abcd"),
        ("ab", "", "ab"),
        ("axb", "ba", "bax"),
        ("abcd", "ca", "cdab"),
        ("ab", "xy", "abxy"),
    ],
)
def test_what_was_removed_stands_where_it_stood(before, after, told):
    rows = {letter: block(f"<p>{letter}</p>") for letter in before + after}
    old = of_blocks(*(rows[letter] for letter in before))
    comparison = compare(old, with_blocks(old, *(rows[letter] for letter in after)))
    assert "".join(words for change in comparison.blocks for line in change.lines for _, words in line.parts) == told


PARAGRAPHS = [
    f"The {name} said that {said} at {hour}." for name, said, hour in [
        ("harbour", "thirty ships had left", "noon"), ("mayor", "nobody had been asked", "ten"),
        ("union", "its members would strike", "six"), ("owner", "prices rose again", "nine"),
        ("court", "both had to pay", "three"), ("keeper", "no gate was shut", "eight"),
        ("pilot", "fog hid every light", "two"), ("police", "four men ran away", "one"),
    ]
]  # fmt: skip


def of_paragraphs(*paragraphs, **values):
    return block("".join(f"<p>{words}</p>" for words in paragraphs), **values)


def quote(words="We do not know.", **values):
    return {"id": new_id(), "type": "quote", "words": words, "language": "", "attribution": "", **values}


def test_a_block_of_text_cut_in_two_is_unchanged():
    whole, said = of_paragraphs(*PARAGRAPHS), quote()
    old = of_blocks(whole)
    tail = of_paragraphs(*PARAGRAPHS[4:])
    comparison = compare(old, with_blocks(old, {**whole, "html": of_paragraphs(*PARAGRAPHS[:4])["html"]}, said, tail))
    assert [(change.id, change.state) for change in comparison.changes] == [(said["id"], ADDED)]
    assert comparison.words(ADDED) == ["We", "do", "not", "know."]
    back = compare(with_blocks(old, whole, said, tail), with_blocks(old, whole))
    assert [(change.kind, change.state) for change in back.changes if change.kind == "quote"] == [("quote", REMOVED)]


def test_a_block_cut_in_two_that_keeps_its_id_with_the_end_is_unchanged():
    whole = of_paragraphs(*PARAGRAPHS)
    old = of_blocks(whole)
    tail = {**whole, "html": of_paragraphs(*PARAGRAPHS[4:])["html"]}
    assert compare(old, with_blocks(old, of_paragraphs(*PARAGRAPHS[:4]), quote(), tail)).words(REMOVED) == []


def test_blocks_of_text_that_were_joined_are_unchanged():
    one, two = of_paragraphs(*PARAGRAPHS[:3]), of_paragraphs(*PARAGRAPHS[3:])
    old = of_blocks(one, two)
    assert compare(old, with_blocks(old, of_paragraphs(*PARAGRAPHS))).changes == []


def test_edited_paragraphs_are_compared_word_by_word_whatever_block_they_stand_in():
    old = of_blocks(of_paragraphs(*PARAGRAPHS))
    edited = [words.replace("noon", "dawn").replace("strike", "march") for words in PARAGRAPHS]
    comparison = compare(old, with_blocks(old, of_paragraphs(*edited[:2]), of_paragraphs(*edited[2:])))
    assert (comparison.words(REMOVED), comparison.words(ADDED)) == (["noon", "strike"], ["dawn", "march"])


def test_other_blocks_that_lost_their_id_are_known_by_what_they_say():
    first, second = quote("We do not know who paid for it."), quote("Ask the mayor, he was there all day.")
    old = of_blocks(of_paragraphs(*PARAGRAPHS), first, second)
    again = {**second, "id": new_id(), "words": second["words"].replace("all day", "all night")}
    comparison = compare(old, with_blocks(old, old["blocks"][0], {**first, "id": new_id()}, again))
    assert [change.id for change in comparison.changes] == [again["id"]]
    assert (comparison.words(REMOVED), comparison.words(ADDED)) == (["day"], ["night"])


def test_a_quotation_dragged_past_text_was_moved():
    whole, said = of_paragraphs(*PARAGRAPHS), quote()
    old = of_blocks(whole, said)
    head, tail = of_paragraphs(*PARAGRAPHS[:4]), of_paragraphs(*PARAGRAPHS[4:])
    comparison = compare(old, with_blocks(old, head, said, tail))
    assert [(change.kind, change.moved, change.state) for change in comparison.changes] == [("quote", True, SAME)]


def test_a_block_of_text_that_was_moved_and_edited_is_told_as_both():
    one, two = of_paragraphs(*PARAGRAPHS[:2]), of_paragraphs(*PARAGRAPHS[2:])
    old = of_blocks(one, two)
    edited = {**one, "html": one["html"].replace("noon", "dawn")}
    comparison = compare(old, with_blocks(old, {**two, "html": two["html"].replace("strike", "march")}, edited))
    assert [(change.id, change.moved) for change in comparison.changes] == [(two["id"], False), (one["id"], True)]
    assert (comparison.words(REMOVED), comparison.words(ADDED)) == (["strike", "noon"], ["march", "dawn"])


def test_a_paragraph_dragged_into_another_block_is_removed_and_added():
    one, said, two = of_paragraphs(*PARAGRAPHS[:4]), quote(), of_paragraphs(*PARAGRAPHS[4:])
    old = of_blocks(one, said, two)
    without, with_it = of_paragraphs(*PARAGRAPHS[1:4]), of_paragraphs(*PARAGRAPHS[4:], PARAGRAPHS[0])
    new = with_blocks(old, {**without, "id": one["id"]}, said, {**with_it, "id": two["id"]})
    comparison = compare(old, new)
    assert " ".join(comparison.words(REMOVED)) == " ".join(comparison.words(ADDED)) == PARAGRAPHS[0]


def test_equal_blocks_may_be_left_out_and_the_words_are_the_same():
    one, two = of_paragraphs(*PARAGRAPHS[:4]), of_paragraphs(*PARAGRAPHS[4:])
    old = of_blocks(one, quote(), two)
    new = with_blocks(old, one, of_paragraphs("Nobody came."), {**two, "html": two["html"].replace("six", "five")})
    brief, full = compare(old, new, equal=False), compare(old, new)
    assert [len(change.lines) for change in brief.blocks if change.id == one["id"]] == [0]
    assert [brief.words(state) for state in (ADDED, REMOVED)] == [full.words(state) for state in (ADDED, REMOVED)]


EMPTY = empty_document(new_id())
IDS = [new_id() for _ in range(5)]
some_lines = st.lists(st.sampled_from([*PARAGRAPHS[:3], PARAGRAPHS[0].replace("noon", "dawn"), "Yes."]), max_size=4)
some_blocks = st.lists(
    st.builds(lambda kind, words, pk: kind(words, pk), st.sampled_from([
        lambda words, pk: of_paragraphs(*words, id=pk), lambda words, pk: quote("\n".join(words) or "Well.", id=pk),
    ]), some_lines, st.sampled_from(IDS)),
    max_size=5, unique_by=lambda row: row["id"],
)  # fmt: skip


@given(before=some_blocks, after=some_blocks)
def test_nothing_is_lost_or_invented_however_the_blocks_are_cut(before, after):
    old, new = ({**EMPTY, "blocks": clean({**EMPTY, "blocks": blocks})["blocks"]} for blocks in (before, after))
    comparison = compare(old, new)

    def told(state):
        lines = (line for change in comparison.blocks for line in change.lines if line.state in (SAME, CHANGED, state))
        return ["".join(words for kind, words in line.parts if kind in (SAME, state)).split() for line in lines]

    def said(document):
        return [line.words.split() for row in document["blocks"] for line in block_lines(row, {})]

    assert told(ADDED) == said(new)
    assert sorted(told(REMOVED)) == sorted(said(old))
    brief = compare(old, new, equal=False)
    assert [brief.words(state) for state in (ADDED, REMOVED)] == [comparison.words(state) for state in (ADDED, REMOVED)]
    assert bool(comparison.changes) == (content(old) != content(new))


def content(document):
    """Return what readers see of a body: the lines of its text, and each other block."""
    found = []
    for row in document["blocks"]:
        lines = block_lines(row, {})
        found += lines if row["type"] == "text" else [(row["type"], *lines)]
    return found


few_words = st.lists(st.sampled_from(["a", "b", "c", "d", "the", "gate,", "“x”", "y’s."]), max_size=30).map(" ".join)


@pytest.mark.parametrize("short", [matching.SHORT, 6, 0])
@given(old=few_words, new=few_words)
def test_the_difference_of_any_two_texts_makes_one_of_the_other(short, old, new):
    with mock.patch.object(matching, "SHORT", short):  # as if they were long
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


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("So. [D Source]", "So. [Another D Source] [D Source]", [SAME, ADDED, SAME]),
        ("So. [D Source] [E Source]", "So. [E Source]", [SAME, REMOVED, SAME]),
        ("So. [D]", "So. [D, twice] [D]", [SAME, ADDED, SAME]),
        ("[D] So.", "[E] [D] So.", [ADDED, SAME]),
    ],
)
def test_a_marker_that_came_or_went_is_marked_whole(old, new, parts):
    found = word_diff(old, new)
    assert [state for state, _words in found] == parts
    [marker] = [words for state, words in found if state != SAME]
    assert (marker[0], marker.rstrip()[-1]) == ("[", "]")


some_markers = st.lists(st.sampled_from(["a", "b", "[a]", "[b]", "[a b]", "[b, a]", "["]), max_size=12).map(" ".join)


@given(old=some_markers, new=some_markers)
def test_markers_are_marked_whole_and_nothing_else_is_lost(old, new):
    parts = word_diff(old, new)
    for text, state in ((old, REMOVED), (new, ADDED)):
        assert "".join(words for kind, words in parts if kind in (SAME, state)).replace(" ", "") == text.replace(
            " ", ""
        )
