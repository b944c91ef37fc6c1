"""merge(): what two editors did to the same document, joined by field and row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stories.publishing.document import MIGRATIONS, clean, empty_document, new_id
from stories.publishing.merge import BOTH, CONFLICT, MINE, THEIRS, Conflict, changed_places, merge, settled, value_at
from tests.strategies import documents, words

ID = "7f1d3c1e-7a35-4b7f-9d0c-0d9a3b0f1c11"
A, B, C, D, E = (new_id() for _ in range(5))


def text(pk, html=""):
    return {"id": pk, "type": "text", "html": html or f"<p>{pk[0]}</p>"}


def body(*blocks, **values):
    return empty_document(ID, blocks=[text(block) if isinstance(block, str) else block for block in blocks], **values)


def order(document):
    return [block["id"] for block in document["blocks"]]


@st.composite
def edits(draw, count):
    """Draw a document and `count` edits of it: fields changed, rows changed, added, removed and moved."""
    base = draw(documents(id=ID))
    return base, *(edited(draw, base) for _ in range(count))


def edited(draw, base):
    document = {**base}
    for name in draw(st.lists(st.sampled_from(["headline", "kicker", "standfirst", "slug"]), max_size=2)):
        document[name] = "x" if name == "slug" else draw(words)[:90]
    for name in ("topics", "tags"):
        document[name] = draw(st.sampled_from([base[name], base[name][1:], [*base[name], "new"]]))
    rows = [block for block in base["blocks"] if draw(st.integers(0, 4))]
    if rows and draw(st.booleans()):
        rows[0] = {**rows[0], "id": rows[0]["id"]}
        if rows[0]["type"] == "text":
            rows[0]["html"] = f"<p>{draw(st.sampled_from('abc'))}</p>"
    rows += [text(new_id()) for _ in range(draw(st.integers(0, 2)))]
    document["blocks"] = draw(st.permutations(rows)) if draw(st.booleans()) else rows
    document["citations"] = [row for row in base["citations"] if draw(st.integers(0, 4))]
    return clean(document)


@given(sides=edits(1))
def test_what_one_side_did_is_the_result(sides):
    base, changed = sides
    assert merge(base, base, changed) == (changed, [])
    assert merge(base, changed, base) == (changed, [])
    assert merge(base, changed, changed) == (changed, [])


@given(sides=edits(2))
def test_both_sides_meet_the_same_conflicts(sides):
    base, mine, theirs = sides
    _, conflicts = merge(base, mine, theirs)
    _, mirrored = merge(base, theirs, mine)
    assert {c.place for c in conflicts} == {c.place for c in mirrored}
    assert {(c.place, str(c.mine), str(c.theirs)) for c in conflicts} == {
        (c.place, str(c.theirs), str(c.mine)) for c in mirrored
    }


@given(sides=edits(2))
def test_nothing_that_one_side_added_or_kept_changing_is_lost(sides):
    base, mine, theirs = sides
    merged, conflicts = merge(base, mine, theirs)
    kept = {block["id"]: block for block in merged["blocks"]}
    before = {block["id"] for block in base["blocks"]}
    added = {block["id"] for side in (mine, theirs) for block in side["blocks"]} - before
    assert added <= kept.keys()
    assert {*mine["topics"], *theirs["topics"]} - {*base["topics"]} <= {*merged["topics"]}
    changed_places = {
        f"blocks.{pk}" for pk in before & kept.keys() if changed(base, mine, pk) and changed(base, theirs, pk)
    }
    assert {c.place for c in conflicts if c.place.startswith("blocks.")} <= changed_places


def changed(before, after, pk):
    return row(before, pk) != row(after, pk)


def row(document, pk):
    return next((block for block in document["blocks"] if block["id"] == pk), None)


@given(sides=edits(2))
def test_the_order_of_the_side_that_moved_something_is_kept(sides):
    base, mine, theirs = sides
    merged, _ = merge(base, mine, theirs)
    common = {*order(base)} & {*order(mine)} & {*order(theirs)}
    orders = [[pk for pk in order(document) if pk in common] for document in (merged, base, mine, theirs)]
    assert orders[0] in orders[2:]
    if orders[2] == orders[1]:
        assert orders[0] == orders[3]


def test_changes_of_different_fields_are_joined():
    base = body(headline="A", kicker="K")
    merged, conflicts = merge(base, {**base, "headline": "B"}, {**base, "kicker": "L"})
    assert (merged["headline"], merged["kicker"], conflicts) == ("B", "L", [])


def test_a_field_that_both_changed_is_mine_and_a_conflict():
    base = body(headline="A")
    merged, conflicts = merge(base, {**base, "headline": "B"}, {**base, "headline": "C"})
    assert merged["headline"] == "B"
    assert conflicts == [Conflict("headline", "A", "B", "C")]


def test_sets_take_what_either_added_or_removed():
    base = body(tags=["a", "b", "c"])
    merged, conflicts = merge(base, {**base, "tags": ["b", "c", "d"]}, {**base, "tags": ["a", "b", "e"]})
    assert (merged["tags"], conflicts) == (["b", "d", "e"], [])


def test_a_row_that_one_side_removed_is_removed():
    merged, conflicts = merge(body(A, B), body(B), body(A, B, C))
    assert (order(merged), conflicts) == ([B, C], [])


@pytest.mark.parametrize("mine_removed", [True, False])
def test_a_row_that_one_removed_and_the_other_changed_is_kept_and_a_conflict(mine_removed):
    base, removed, rewritten = body(A, B), body(B), body(text(A, "<p>new</p>"), B)
    sides = (removed, rewritten) if mine_removed else (rewritten, removed)
    merged, conflicts = merge(base, *sides)
    assert merged == rewritten
    assert [conflict.place for conflict in conflicts] == [f"blocks.{A}"]


def test_rows_that_both_added_stand_after_the_row_they_followed():
    merged, _ = merge(body(A, B), body(A, C, B), body(A, B, D))
    assert order(merged) == [A, C, B, D]


def test_a_row_added_at_the_front_stays_at_the_front():
    merged, _ = merge(body(A, B), body(A, B, D), body(C, A, B))
    assert order(merged) == [C, A, B, D]


def test_rows_added_to_what_the_other_side_moved_go_with_the_row_they_followed():
    merged, _ = merge(body(A, B, C), body(C, A, B), body(A, D, B, C))
    assert order(merged) == [C, A, D, B]
    merged, _ = merge(body(A, B, C), body(A, D, B, C), body(C, A, B))
    assert order(merged) == [C, A, D, B]


def test_if_both_moved_rows_my_order_stays():
    merged, _ = merge(body(A, B, C), body(B, A, C), body(C, B, A))
    assert order(merged) == [B, A, C]


def test_rows_added_after_a_row_the_other_side_removed_are_kept():
    merged, _ = merge(body(A, B), body(A), body(A, B, E, D))
    assert order(merged) == [A, E, D]


def test_documents_of_an_older_schema_are_migrated_first(monkeypatch):
    monkeypatch.setitem(MIGRATIONS, 0, lambda old: {**old, "kicker": "migrated"})
    now = body(headline="A", kicker="migrated")
    old = {name: value for name, value in now.items() if name != "kicker"} | {"schema": 0}
    merged, conflicts = merge(old, old, {**now, "headline": "B"})
    assert (merged["headline"], merged["kicker"], conflicts) == ("B", "migrated", [])


def test_two_thousand_new_rows_on_each_side_are_refused_in_a_sentence():
    sides = [body(*(text(new_id(), "<p>x</p>") for _ in range(1200))) for _ in range(2)]
    with pytest.raises(ValueError, match="at most 2000"):
        merge(body(), *sides)


# What the page that joins two saves shows, and what it decides


@given(sides=edits(2))
def test_the_places_asked_about_are_those_that_merging_cannot_decide(sides):
    base, mine, theirs = sides
    _, conflicts = merge(base, mine, theirs)
    places = changed_places(base, mine, theirs)
    assert {c.place for c in conflicts} == {p.place for p in places if p.changed_by == CONFLICT}
    for place in places:
        before, hers, his = (value_at(document, place.place) for document in sides)
        assert (hers != before, his != before) == {
            MINE: (True, False), THEIRS: (False, True), BOTH: (True, True), CONFLICT: (True, True)
        }[place.changed_by]  # fmt: skip


@given(sides=edits(2))
def test_what_is_decided_for_one_side_is_what_that_side_said(sides):
    base, mine, theirs = sides
    merged, conflicts = merge(base, mine, theirs)
    for side in ("mine", "theirs"):
        values = {c.place: getattr(c, side) for c in conflicts}
        chosen = {place: [] if value is None and "." in place else [value] for place, value in values.items()}
        document = settled(merged, chosen)
        assert {place: value_at(document, place) for place in values} == values
    assert settled(merged, {}) == merged


def test_a_row_can_become_two():
    document = settled(body(A, B), {f"blocks.{A}": [text(A, "<p>mine</p>"), text(C, "<p>theirs</p>")]})
    assert order(document) == [A, C, B]


def test_what_both_removed_is_told():
    places = changed_places(body(A, B), body(A), body(A))
    assert [(place.place, place.changed_by) for place in places] == [(f"blocks.{B}", BOTH)]
