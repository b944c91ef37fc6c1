"""What changed between two documents, as a reader understands it: fields first, then blocks, word by word.

Citations are aligned by key, the body line by line (`alignment.py`). A line is compared word by word; where its links
lead is shown, other markup that does not change the words is told.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from stories.publishing.alignment import aligned_blocks, aligned_lines
from stories.publishing.document import numbered_citations
from stories.publishing.lines import (
    author_lines,
    block_lines,
    citation_lines,
    cited_name,
    items,
    picture_lines,
    text_lines,
)
from stories.publishing.matching import ADDED, REMOVED, SAME, matches, word_diff

CHANGED = "changed"
# In the order in which readers are told.
FIELDS = [
    "headline", "kicker", "standfirst", "summary", "kind", "language", "dateline", "slug", "editors_note",
    "interest_note", "ai_use", "ai_review", "ai_label", "translation_of",
]  # fmt: skip


class Link(NamedTuple):
    """A link of a line: its words, where it led and where it leads, "" if it was or is none."""

    words: str
    old: str
    new: str


@dataclass(frozen=True)
class Line:
    """A line of one side or of both: `parts` is [(SAME | ADDED | REMOVED, words)]; `tag` the element it was.

    `links` are those that lead elsewhere now, came or went, [Link]; `form` tells whether only the rest of its markup
    changed.
    """

    tag: str
    state: str
    parts: tuple
    links: tuple = ()
    form: bool = False


@dataclass(frozen=True)
class Change:
    """What became of one place. `place` is a field's name, "authors", "citation" or "block"; `kind` a block's type."""

    place: str
    state: str
    lines: tuple
    id: str = ""
    kind: str = ""
    moved: bool = False
    markup_only: bool = False


@dataclass
class Comparison:
    fields: list = field(default_factory=list)  # only what changed
    citations: list = field(default_factory=list)  # only what changed
    blocks: list = field(default_factory=list)  # all, in the order of the new document

    @property
    def changes(self):
        blocks = [block for block in self.blocks if block.state != SAME or block.moved or block.markup_only]
        return [*self.fields, *self.citations, *blocks]

    def words(self, state):
        """Return the words that were ADDED or REMOVED, in reading order: what has a letter or a digit."""
        lines = (line for change in self.changes for line in change.lines if line.tag != "file")
        parts = (part for line in lines for part in line.parts)
        found = (word for kind, words in parts if kind == state for word in words.split())
        return [word for word in found if any(map(str.isalnum, word))]

    @cached_property
    def edits(self):
        """The words of each state, {ADDED: words, REMOVED: words, SAME: words}, place by place.

        Where a line ends is layout and does not count.
        """
        found = {ADDED: [], REMOVED: [], SAME: []}
        for change in self.changes:
            for state, words in word_diff(side(change, REMOVED), side(change, ADDED)):
                found[state] += words.split()
        return found


def side(change, state):
    """Return what a place said before (REMOVED) or says now (ADDED) as one line of text."""
    lines = ("".join(words for kind, words in line.parts if kind in (SAME, state)) for line in change.lines)
    return " ".join(lines)


def compare(old, new, *, equal=True):
    """Return the Comparison of two cleaned documents; unless `equal`, equal blocks have no lines."""
    result = Comparison()
    for name in FIELDS:
        if (old[name] or "") != (new[name] or ""):
            result.fields.append(compare_lines(name, text_lines(old[name]), text_lines(new[name])))
    if old["authors"] != new["authors"]:
        result.fields.append(compare_lines("authors", author_lines(old), author_lines(new)))
    for name in ("topics", "tags"):
        if old[name] != new[name]:
            result.fields.append(compare_lines(name, items(old[name]), items(new[name])))
    if old["lead_image"] != new["lead_image"]:
        result.fields.append(
            compare_lines("lead_image", picture_lines(old["lead_image"]), picture_lines(new["lead_image"]))
        )
    result.citations = compare_citations(old, new)
    result.blocks = compare_blocks(old, new, equal)
    return result


def compare_citations(old, new):
    before, after = ({row["key"]: row for row in numbered_citations(document)} for document in (old, new))
    changes = []
    for key in [*after, *(key for key in before if key not in after)]:
        sides = [citation_lines(row) for row in (before.get(key), after.get(key))]
        if sides[0] != sides[1]:
            changes.append(compare_lines("citation", *sides, id=key))
    return changes


def compare_blocks(old, new, equal):
    names = {row["key"]: cited_name(row) for document in (old, new) for row in document["citations"]}

    def read(block):
        return block_lines(block, names)

    changes = []
    for row in aligned_blocks(old["blocks"], new["blocks"], read):
        pairs = row.pairs
        if row.was and row.now and not row.restyled and equal:
            pairs = [(line, line) for line in read(row.now)]
        shown = row.now or row.was
        values = {"id": shown["id"], "kind": shown["type"], "moved": row.moved, "markup_only": row.restyled}
        changes.append(told("block", pairs, **values))
    return changes


def compare_lines(place, old, new, **values):
    """Return the Change from one list of lines to another."""
    return told(place, aligned_lines(old, new), **values)


def told(place, pairs, *, markup_only=False, **values):
    """Return the Change of lines that were aligned, [(old or None, new or None)].

    `markup_only` says that what the lines were read from differs; it counts if no line tells it.
    """
    lines = tuple(compare_line(was, now) for was, now in pairs)
    state = SAME if all(line.state == SAME for line in lines) else CHANGED
    if state == CHANGED:
        state = ADDED if not any(was for was, _now in pairs) else CHANGED
        state = REMOVED if not any(now for _was, now in pairs) else state
    return Change(place, state, lines, markup_only=markup_only and state == SAME, **values)


def compare_line(was, now):
    if was is None or now is None:
        state, line = (ADDED, now) if was is None else (REMOVED, was)
        links = compare_links((), line.links, True) if was is None else compare_links(line.links, (), True)
        return Line(line.tag, state, ((state, line.words),), tuple(links))
    if was == now:
        return Line(now.tag, SAME, ((SAME, now.words),))
    same = was.words == now.words
    links = compare_links(was.links, now.links, same)
    form = same and (was.tag, was.form) != (now.tag, now.form)
    parts = ((SAME, now.words),) if same else tuple(word_diff(was.words, now.words))
    return Line(now.tag, CHANGED, parts, tuple(links), form)


def compare_links(old, new, same):
    """Return the Links of two lists of (words, address) that lead elsewhere, came or went.

    Where the words around are not the `same`, a link that only got other words is told by them.
    """
    links, gone, come, a, c = [], [], [], 0, 0
    for b, d, size in [*matches([words for words, _ in old], [words for words, _ in new]), (len(old), len(new), 0)]:
        gone, come = [*gone, *old[a:b]], [*come, *new[c:d]]
        pairs = zip(old[b : b + size], new[d : d + size], strict=True)
        links += [Link(words, led, leads) for (words, led), (_, leads) in pairs if led != leads]
        a, c = b + size, d + size
    for link in gone:
        other = next((other for other in come if other[1] == link[1]), None)
        if other and not same:
            come.remove(other)
        else:
            links.append(Link(*link, ""))
    return links + [Link(words, "", leads) for words, leads in come]


def unchanged(old, new):
    """Return the numbers of the lines of `old` that `new` has too, in the same order."""
    return {number for a, _b, size in matches(old, new) for number in range(a, a + size)}
