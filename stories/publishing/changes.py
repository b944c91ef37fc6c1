"""What changed between two documents, as a reader understands it: fields first, then blocks, word by word.

Blocks are aligned by id, citations by key. A block is compared line by line (a paragraph, a heading, an item, a row of
a table is a line) and a line word by word; markup that does not change the words is told, not shown.
"""

import difflib
import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser

from stories.publishing.document import BLOCK_FIELDS, PROSE_FIELD, numbered_citations

SAME, ADDED, REMOVED, CHANGED = "same", "added", "removed", "changed"
# In the order in which readers are told.
FIELDS = [
    "headline", "kicker", "standfirst", "summary", "kind", "language", "dateline", "slug", "editors_note",
    "interest_note", "ai_use", "ai_review", "ai_label", "translation_of",
]  # fmt: skip
ENOUGH_ALIKE = 0.4  # of their words: below it two paragraphs are shown as one removed and one added
REACH = 20  # lines in which one that is alike is looked for
SHORT = 200 * 200  # pairs of words: above it difflib takes too long
BETWEEN_CELLS = " · "


@dataclass(frozen=True)
class Line:
    """A line of one side or of both: `parts` is [(SAME | ADDED | REMOVED, words)]; `tag` the element it was."""

    tag: str
    state: str
    parts: tuple


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
        parts = (part for change in self.changes for line in change.lines for part in line.parts)
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


def compare(old, new):
    """Return the Comparison of two cleaned documents."""
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
    result.blocks = compare_blocks(old, new)
    return result


def compare_citations(old, new):
    before, after = ({row["key"]: row for row in numbered_citations(document)} for document in (old, new))
    changes = []
    for key in [*after, *(key for key in before if key not in after)]:
        sides = [citation_lines(row) for row in (before.get(key), after.get(key))]
        if sides[0] != sides[1]:
            changes.append(compare_lines("citation", *sides, id=key))
    return changes


def compare_blocks(old, new):
    before, after = ({block["id"]: block for block in document["blocks"]} for document in (old, new))
    stayed = [block_id for block_id in before if block_id in after]
    moved = moved_ids(stayed, [block_id for block_id in after if block_id in before])
    names = {row["key"]: cited_name(row) for document in (old, new) for row in document["citations"]}
    changes = []
    for block_id in order_of_both(list(before), list(after)):
        was, now = before.get(block_id), after.get(block_id)
        change = compare_lines(
            "block",
            block_lines(was, names),
            block_lines(now, names),
            id=block_id,
            kind=(now or was)["type"],
            moved=block_id in moved,
            markup_only=was != now,
        )
        changes.append(change)
    return changes


def order_of_both(before, after):
    """Return the new order, each removed id after the one it followed."""
    order, kept = list(after), set(after)
    for position, block_id in enumerate(before):
        if block_id not in kept:
            order.insert(order.index(before[position - 1]) + 1 if position else 0, block_id)
    return order


def moved_ids(before, after):
    """Return the ids that must have moved for one order to become the other: as few as possible."""
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    kept = {before[i] for start, _, size in matcher.get_matching_blocks() for i in range(start, start + size)}
    return set(before) - kept


def compare_lines(place, old, new, *, markup_only=False, **values):
    """Return the Change from one list of (tag, words) to another."""
    lines = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for operation, a, b, c, d in matcher.get_opcodes():
        if operation == "equal":
            lines += [Line(tag, SAME, ((SAME, words),)) for tag, words in old[a:b]]
        else:
            lines += paired_lines(old[a:b], new[c:d])
    state = SAME if all(line.state == SAME for line in lines) else CHANGED
    if lines and state == CHANGED:
        state = ADDED if not old else REMOVED if not new else CHANGED
    return Change(place, state, tuple(lines), markup_only=markup_only and state == SAME, **values)


def unchanged(old, new):
    """Return the numbers of the lines of `old` that `new` has too, in the same order."""
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return {number for a, _b, size in matcher.get_matching_blocks() for number in range(a, a + size)}


def paired_lines(old, new):
    """Return the lines of a stretch that differs: pairs that are alike word by word, the others whole."""
    lines, rest = [], [(tag, words, Counter(bare(words))) for tag, words in new]
    for tag, words in old:
        count = Counter(bare(words))
        partner = next((i for i, other in enumerate(rest[:REACH]) if alike(words, count, *other[1:])), None)
        if partner is None:
            lines.append(Line(tag, REMOVED, ((REMOVED, words),)))
            continue
        lines += [Line(other, ADDED, ((ADDED, text),)) for other, text, _count in rest[:partner]]
        lines.append(Line(rest[partner][0], CHANGED, tuple(word_diff(words, rest[partner][1]))))
        rest = rest[partner + 1 :]
    return lines + [Line(tag, ADDED, ((ADDED, words),)) for tag, words, _count in rest]


def alike(one, counted, other, other_counted):
    """Tell whether two lines, given with the counts of their words, have enough words in common, in the same order."""
    enough = ENOUGH_ALIKE * (counted.total() + other_counted.total()) / 2
    if min(counted.total(), other_counted.total()) < enough or (counted & other_counted).total() < enough:
        return False
    return sum(size for _a, _c, size in matches(bare(one), bare(other))) >= enough


def tokens(text):
    """Return the words of a text, each with the space after it, punctuation apart."""
    return re.findall(r"\w+(?:[’'.,:-]\w+)*\s*|[^\w\s]\s*|\s+", text)


def bare(text):
    return [token.rstrip() for token in tokens(text)]


def word_diff(old, new):
    """Return [(SAME | ADDED | REMOVED, text)] that turns one text into the other."""
    before, after = tokens(old), tokens(new)
    parts, a, c = [], 0, 0
    for b, d, size in [
        *matches([t.rstrip() for t in before], [t.rstrip() for t in after]),
        (len(before), len(after), 0),
    ]:
        parts += [(REMOVED, "".join(before[a:b]))] if a < b else []
        parts += [(ADDED, "".join(after[c:d]))] if c < d else []
        a, c = b + size, d + size
        if size:
            # The longer of the two: a word keeps its space also where the one after it was removed.
            parts.append((SAME, "".join(max(pair, key=len) for pair in zip(before[b:a], after[d:c], strict=True))))
    return parts


def matches(old, new):
    """Return [(start in old, start in new, size)] of the stretches that two lists of words share, in order.

    As difflib finds them. In long lists only between anchors, words that both have once; without any they share
    nothing there: difflib would take seconds over some thousand words.
    """
    found, todo = [], [(0, len(old), 0, len(new))]
    while todo:
        a, b, c, d = todo.pop()
        start = a, c
        while a < b and c < d and old[a] == new[c]:
            a, c = a + 1, c + 1
        end = b, d
        while a < b and c < d and old[b - 1] == new[d - 1]:
            b, d = b - 1, d - 1
        found += [(*start, a - start[0]), (b, d, end[0] - b)]
        if (b - a) * (d - c) <= SHORT:
            matcher = difflib.SequenceMatcher(None, old[a:b], new[c:d], autojunk=False)
            found += [(a + i, c + j, size) for i, j, size in matcher.get_matching_blocks()]
        elif pairs := anchors(old[a:b], new[c:d]):
            starts = [(a, c), *((a + i, c + j) for i, j in pairs)]
            todo += [(i, k, j, m) for (i, j), (k, m) in zip(starts, [*starts[1:], (b, d)], strict=True)]
    return joined(sorted(block for block in found if block[2]))


def anchors(old, new):
    """Return the longest run of pairs of positions, rising in both, of words that each list has just once."""
    here, there = Counter(old), Counter(new)
    place = {word: j for j, word in enumerate(new) if there[word] == 1 and here[word] == 1}
    ends, chains = [], []  # the lowest last position of a run of each length, and how it is reached
    for i, word in enumerate(old):
        if (j := place.get(word)) is None:
            continue
        length = bisect_left(ends, j)
        chain = (i, j, chains[length - 1] if length else None)
        ends[length : length + 1], chains[length : length + 1] = [j], [chain]
    pairs, chain = [], chains[-1] if chains else None
    while chain:
        i, j, chain = chain
        pairs.append((i, j))
    return pairs[::-1]


def joined(blocks):
    """Join blocks of (start, start, size) that follow each other without a gap."""
    found = []
    for a, c, size in blocks:
        if found and (found[-1][0] + found[-1][2], found[-1][1] + found[-1][2]) == (a, c):
            found[-1] = (*found[-1][:2], found[-1][2] + size)
        else:
            found.append((a, c, size))
    return found


def text_lines(value):
    """Return a field's value as lines: of several the words of each, of yes a tick."""
    if isinstance(value, dict):
        value = "\n".join(value.values())
    value = "✓" if value is True else value
    return [("p", line) for line in str(value or "").split("\n") if line]


def items(values):
    return [("li", value) for value in values]


def author_lines(document):
    return [("li", f"{row['slug']} ({row['role']})" if row["role"] else row["slug"]) for row in document["authors"]]


def picture_lines(picture):
    if not picture:
        return []
    told = [picture[name] for name in ("alt", "decorative", "caption", "credit", "source_type")]
    file = [("file", name) for _tag, name in text_lines(picture["file"])]
    return file + [line for value in told for line in text_lines(value)]


def cited_name(citation):
    return citation["source"]["name"] if citation["source"] else (citation["unnamed"] or {}).get("descriptor", "")


def citation_lines(citation):
    if citation is None:
        return []
    unnamed = citation["unnamed"] or {}
    values = [cited_name(citation), unnamed.get("reason"), citation["obtained"], citation["terms"], citation["quote"]]
    values += [citation["via"] and citation["via"]["name"], citation["url"], citation["archived_url"]]
    values += [citation["published_on"], citation["accessed_on"]]
    return [("li", str(value)) for value in values if value]


def block_lines(block, names):
    """Return what readers read of a block as [(tag, words)]; markers as the cited name in brackets."""
    if block is None:
        return []
    lines = picture_lines(block.get("picture"))
    if block["type"] == "key_point":  # as it stands in the story: the sign beside its label
        block = {**block, "icon": "", "label": f"{block['icon']} {block['label']}".strip()}
    for name in BLOCK_FIELDS[block["type"]]:
        if name not in ("picture", PROSE_FIELD[block["type"]]):
            lines += [("dt", words) for _, words in text_lines(block[name])]
    return lines + prose_lines(block[PROSE_FIELD[block["type"]]], names)


def lines_at(place, value, names):
    """Return what readers read, [words], where merge() found a conflict; `names` are {citation key: cited name}."""
    if value is None:
        return []
    readers = {
        "blocks": lambda: block_lines(value, names),
        "citations": lambda: citation_lines(value),
        "authors": lambda: author_lines({"authors": [value]}),
        "lead_image": lambda: picture_lines(value),
    }
    lines = readers.get(place.partition(".")[0], lambda: text_lines(value))()
    return [words for _tag, words in lines]


def prose_lines(html, names):
    reader = _Lines(names)
    reader.feed(html)
    reader.close()
    reader.end()
    return reader.lines


class _Lines(HTMLParser):
    """Read canonical HTML as lines of words: a row of a table is one, "th" if it has only headings, else "tr"."""

    TAGS = {"p", "h2", "h3", "li", "td", "th", "blockquote"}
    CELLS = {"td", "th"}

    def __init__(self, names):
        super().__init__(convert_charrefs=True)
        self.names = names
        self.lines = []
        self.inside = []
        self.row = []  # [(tag, words)], the cells of the row that is read
        self.words = ""

    def handle_starttag(self, tag, attrs):
        if tag in self.TAGS:
            self.end()
            self.inside.append(tag)
            if tag in self.CELLS:
                self.row.append((tag, ""))
        elif tag == "br":
            self.words += " "
        elif tag == "cite":
            self.words += f" [{self.names.get(dict(attrs).get('data-key'), '?')}]"

    def handle_endtag(self, tag):
        if tag in self.TAGS:
            self.end()
            self.inside.pop()
        elif tag == "tr":
            self.end_row()

    def handle_data(self, data):
        self.words += data

    def end(self):
        words = " ".join(self.words.split())
        if self.row:
            tag, before = self.row[-1]
            self.row[-1] = tag, f"{before} {words}".strip()
        elif words:
            outer = [tag for tag in self.inside if tag != "p"]
            self.lines.append((outer[-1] if outer else "p", words))
        self.words = ""

    def end_row(self):
        if any(words for _tag, words in self.row):
            tag = "tr" if any(tag == "td" for tag, _words in self.row) else "th"
            self.lines.append((tag, BETWEEN_CELLS.join(words for _tag, words in self.row)))
        self.row = []
