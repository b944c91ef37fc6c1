"""What changed between two documents, as a reader understands it: fields first, then blocks, word by word.

Blocks are aligned by id, citations by key. A block is compared line by line (a paragraph, a heading, an item, a cell
is a line) and a line word by word; markup that does not change the words is told, not shown.
"""

import difflib
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from stories.publishing.document import BLOCK_FIELDS, PROSE_FIELD, numbered_citations

SAME, ADDED, REMOVED, CHANGED = "same", "added", "removed", "changed"
# In the order in which readers are told.
FIELDS = [
    "headline", "kicker", "standfirst", "summary", "kind", "language", "dateline", "slug", "editors_note",
    "interest_note", "ai_use", "translation_of",
]  # fmt: skip
ENOUGH_ALIKE = 0.4  # of their words: below it two paragraphs are shown as one removed and one added


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
        """Return the words that were ADDED or REMOVED, in reading order."""
        parts = (part for change in self.changes for line in change.lines for part in line.parts)
        return [word for kind, words in parts if kind == state for word in words.split()]


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
    order = list(after)
    for position, block_id in enumerate(before):
        if block_id not in after:
            earlier = [other for other in before[:position] if other in order]
            order.insert(order.index(earlier[-1]) + 1 if earlier else 0, block_id)
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


def paired_lines(old, new):
    """Return the lines of a stretch that differs: pairs that are alike word by word, the others whole."""
    lines, rest = [], list(new)
    for tag, words in old:
        partner = next((i for i, other in enumerate(rest) if alike(words, other[1])), None)
        if partner is None:
            lines.append(Line(tag, REMOVED, ((REMOVED, words),)))
            continue
        lines += [Line(other, ADDED, ((ADDED, text),)) for other, text in rest[:partner]]
        lines.append(Line(rest[partner][0], CHANGED, tuple(word_diff(words, rest[partner][1]))))
        rest = rest[partner + 1 :]
    return lines + [Line(tag, ADDED, ((ADDED, words),)) for tag, words in rest]


def alike(one, other):
    matcher = difflib.SequenceMatcher(None, tokens(one), tokens(other), autojunk=False)
    return matcher.quick_ratio() >= ENOUGH_ALIKE and matcher.ratio() >= ENOUGH_ALIKE


def tokens(text):
    """Return the words of a text, each with the space after it, punctuation apart."""
    return re.findall(r"\w+(?:[’'.,:-]\w+)*\s*|[^\w\s]\s*|\s+", text)


def word_diff(old, new):
    """Return [(SAME | ADDED | REMOVED, text)] that turns one text into the other."""
    before, after = tokens(old), tokens(new)
    parts = []
    matcher = difflib.SequenceMatcher(None, [t.rstrip() for t in before], [t.rstrip() for t in after], autojunk=False)
    for operation, a, b, c, d in matcher.get_opcodes():
        if operation == "equal":
            # The longer of the two: a word keeps its space also where the one after it was removed.
            parts.append((SAME, "".join(max(pair, key=len) for pair in zip(before[a:b], after[c:d], strict=True))))
        else:
            parts += [(REMOVED, "".join(before[a:b]))] if a < b else []
            parts += [(ADDED, "".join(after[c:d]))] if c < d else []
    return parts


def text_lines(value):
    return [("p", line) for line in str(value or "").split("\n") if line]


def items(values):
    return [("li", value) for value in values]


def author_lines(document):
    return [("li", f"{row['slug']} ({row['role']})" if row["role"] else row["slug"]) for row in document["authors"]]


def picture_lines(picture):
    if not picture:
        return []
    return [("p", words) for words in (picture["file"], picture["alt"], picture["caption"], picture["credit"]) if words]


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
    """Read canonical HTML as lines of words."""

    TAGS = {"p": "p", "h2": "h2", "h3": "h3", "li": "li", "td": "td", "th": "th", "blockquote": "blockquote"}

    def __init__(self, names):
        super().__init__(convert_charrefs=True)
        self.names = names
        self.lines = []
        self.inside = []
        self.words = ""

    def handle_starttag(self, tag, attrs):
        if tag in self.TAGS:
            self.end()
            self.inside.append(tag)
        elif tag == "br":
            self.words += " "
        elif tag == "cite":
            self.words += f" [{self.names.get(dict(attrs).get('data-key'), '?')}]"

    def handle_endtag(self, tag):
        if tag in self.TAGS:
            self.end()
            self.inside.pop()

    def handle_data(self, data):
        self.words += data

    def end(self):
        words = " ".join(self.words.split())
        if words:
            outer = [tag for tag in self.inside if tag != "p"]
            self.lines.append((outer[-1] if outer else "p", words))
        self.words = ""
