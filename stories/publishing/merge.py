"""Three-way merge of documents, by field and by the ids of blocks and citations."""

from dataclasses import dataclass

from stories.publishing.document import clean, upgraded

SETS = {"topics", "tags"}
ROWS = {"blocks": "id", "citations": "key", "authors": "slug"}


@dataclass(frozen=True)
class Conflict:
    """A place that both sides changed, and changed differently; an absent row is None."""

    place: str  # "headline", or "blocks.<id>"
    base: object
    mine: object
    theirs: object


@dataclass(frozen=True)
class Place:
    """A place that one side changed, or both did: `changed_by` is MINE, THEIRS, BOTH (alike) or CONFLICT."""

    place: str  # as in Conflict
    changed_by: str


MINE, THEIRS, BOTH, CONFLICT = "mine", "theirs", "both", "conflict"


def merge(base, mine, theirs):
    """Return (document, conflicts): what `mine` and `theirs`, cleaned documents, each changed since `base`.

    Where both changed the same field or row differently the document has mine and the conflict names all three.
    What only one side removed is removed; what one removed and the other changed is kept and is a conflict.
    Lists keep my order, with rows that only they added after the row these follow there.
    """
    base, mine, theirs = upgraded(base), upgraded(mine), upgraded(theirs)
    merged, conflicts = {}, []
    for name in mine:
        sides = base[name], mine[name], theirs[name]
        if name in SETS:
            merged[name] = merge_sets(*map(set, sides))
        elif name in ROWS:
            merged[name] = merge_rows(name, *sides, conflicts)
        else:
            merged[name] = choose(name, *sides, conflicts)
    return clean(merged, draft=True), conflicts


def choose(place, base, mine, theirs, conflicts):
    if mine == theirs or theirs == base:
        return mine
    if mine == base:
        return theirs
    conflicts.append(Conflict(place, base, mine, theirs))
    return theirs if mine is None else mine  # of a row that one side removed the other's words are kept


def merge_sets(base, mine, theirs):
    return sorted((base & mine & theirs) | (mine - base) | (theirs - base))


def merge_rows(name, base, mine, theirs, conflicts):
    key = ROWS[name]
    base_rows, my_rows, their_rows = ({row[key]: row for row in rows} for rows in (base, mine, theirs))
    merged = {}
    for row_id in merged_order(list(base_rows), list(my_rows), list(their_rows)):
        sides = base_rows.get(row_id), my_rows.get(row_id), their_rows.get(row_id)
        row = choose(f"{name}.{row_id}", *sides, conflicts)
        if row is not None:
            merged[row_id] = row
    return list(merged.values())


def merged_order(base, mine, theirs):
    """Return all ids of both sides: in the order of the side that moved something, mine if both did."""
    swap = keeps_order(mine, base) and not keeps_order(theirs, base)
    first, second = (theirs, mine) if swap else (mine, theirs)
    order, known, before = list(first), set(first), None
    for row_id in second:
        if row_id not in known:
            order.insert(order.index(before) + 1 if before else 0, row_id)
        before = row_id
    return order


def keeps_order(ids, base):
    both = set(ids) & set(base)
    return [row_id for row_id in ids if row_id in both] == [row_id for row_id in base if row_id in both]


def changed_places(base, mine, theirs):
    """Return the Places where `mine` or `theirs`, cleaned documents, differ from `base`, in reading order."""
    base, mine, theirs = upgraded(base), upgraded(mine), upgraded(theirs)
    places = []
    for name in mine:
        if name in ROWS:
            key = ROWS[name]
            ids = [[row[key] for row in document[name]] for document in (mine, base, theirs)]
            order = merged_order(ids[1], ids[0], ids[2])
            order += [row_id for row_id in ids[1] if row_id not in order]  # what both removed
            names = [f"{name}.{row_id}" for row_id in order]
        else:
            names = [name]
        for place in names:
            changed_by = who_changed(place, *(value_at(document, place) for document in (base, mine, theirs)))
            if changed_by:
                places.append(Place(place, changed_by))
    return places


def who_changed(place, base, mine, theirs):
    if mine == theirs:
        return BOTH if mine != base else ""
    if theirs == base:
        return MINE
    if mine == base:
        return THEIRS
    return BOTH if place in SETS else CONFLICT  # of sets everything is joined


def value_at(document, place):
    """Return the field, or the row, that a document has at `place`; of a row that is not there None."""
    name, _, row_id = place.partition(".")
    if not row_id:
        return document[name]
    return next((row for row in document[name] if row[ROWS[name]] == row_id), None)


def settled(document, choices):
    """Return a merged document with `choices` made, {place: [values]}: a field has one, a row none if it is removed.

    A row may become two, one after the other; the second then needs an id of its own.
    """
    document = {**document}
    for place, values in choices.items():
        name, _, row_id = place.partition(".")
        if row_id:
            key = ROWS[name]
            document[name] = [row for old in document[name] for row in (values if old[key] == row_id else [old])]
        else:
            (document[name],) = values
    return clean(document, draft=True)
