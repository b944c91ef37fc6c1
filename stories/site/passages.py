"""The passages of a story's body as somebody points at them: a paragraph, a heading, a picture, a question …"""

from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.text import Truncator

from stories.models.prose import MARKER
from stories.publishing.document import PROSE_FIELD
from stories.publishing.lines import RULE, prose_lines, text_lines
from stories.site.body import top_level

# What readers recognise a block by; of a block of text every part at its top is a passage of its own.
FIELDS = {
    "figure": ["caption"],
    "quote": ["words", "attribution"],
    "post": ["account", "words", "note"],
    "key_point": ["label", "detail"],
    "question": ["question", "answer"],
    "event": ["date", "detail"],
}
FIRST_WORDS = 90  # characters
STILL_THE_SAME = 0.4  # of their words: below it a passage did not become another, it went


@dataclass(frozen=True)
class Passage:
    """Where a passage is, `block` and in a block of text `paragraph`, from 0, and its `lines` as plain text."""

    block: str
    paragraph: int | None
    lines: tuple

    @property
    def key(self):
        return self.block if self.paragraph is None else f"{self.block}.{self.paragraph}"

    @property
    def first_words(self):
        return Truncator(" · ".join(self.lines)).chars(FIRST_WORDS)


def passages(document):
    """Return the Passages of a document that have words, in reading order."""
    found = []
    for block in document["blocks"]:
        if block["type"] == "text":
            parts = [(number, lines_of(html)) for number, (_tag, html) in enumerate(top_level(block["html"]))]
        else:
            parts = [(None, block_lines(block))]
        found += [Passage(block["id"], number, tuple(lines)) for number, lines in parts if lines]
    return found


def block_lines(block):
    prose = PROSE_FIELD[block["type"]]
    lines = []
    for name in FIELDS[block["type"]]:
        lines += lines_of(block[name]) if name == prose else [line.words for line in text_lines(block[name])]
    if not lines and block.get("picture"):
        lines = [words for words in (block["picture"]["caption"], block["picture"]["alt"]) if words][:1]
    return lines


def lines_of(html):
    return [line.words for line in prose_lines(MARKER.sub("", html), {}) if line.words != RULE]


def passage_at(found, block, paragraph):
    """Return the one of `found` at that place, the block's first if there is no such paragraph, or None."""
    there = [passage for passage in found if passage.block == str(block)]
    exact = [passage for passage in there if passage.paragraph == paragraph]
    return next(iter(exact or there), None)


def became(passage, found):
    """Return the one of `found`, passages of a later version, that `passage` is now, or None if it went."""
    same = [other for other in found if other.lines == passage.lines]
    if same:
        return same[0]
    words = " ".join(passage.lines).split()
    there = [other for other in found if other.block == passage.block]
    likeness = {other: SequenceMatcher(None, words, " ".join(other.lines).split()).ratio() for other in there}
    best = max(there, key=likeness.get, default=None)
    return best if best and likeness[best] >= STILL_THE_SAME else None
