"""What a reader types into the search box, and what it becomes for either database."""

import re
from dataclasses import dataclass, field

from django.db import connection

from stories.models.prose import clean_text
from stories.publishing.words import UNSPACED, words

LONGEST = 200  # signs of a question
MOST = 10  # words and phrases that are searched for
BEGINNING = 4  # letters of a word from which it finds what begins with it
SHORTEST = 2  # letters before a star: what begins with a single one is half of all words
PIECE = re.compile(r'(?P<minus>(?<!\S)[-−])?(?:["“”„«»](?P<phrase>[^"“”„«»]*)["“”„«»]|(?P<word>[^\s"“”„«»]+))')


@dataclass(frozen=True)
class Term:
    """A word, or words in a row, folded as texts are."""

    words: tuple
    begins: bool  # the last of them may go on
    excluded: bool = False
    text: str = field(default="", compare=False)  # as it was typed

    @property
    def said(self):
        """Return what was typed without the signs around it."""
        return self.text.strip('-−"“”„«»')

    def finds(self, found, at):
        """Tell whether this stands at `at` in a list of folded words."""
        *first, last = self.words
        here = found[at : at + len(self.words)]
        if here[:-1] != first or len(here) < len(self.words):
            return False
        return here[-1].startswith(last) if self.begins else here[-1] == last


@dataclass(frozen=True)
class Query:
    text: str  # as it is shown again
    terms: tuple
    cut: bool  # there was more than is searched for

    @property
    def wanted(self):
        return [term for term in self.terms if not term.excluded]

    @property
    def excluded(self):
        return [term for term in self.terms if term.excluded]


def read(text):
    """Return the Query that any text is: words, “phrases”, -exclusions and beginnings*."""
    cleaned = clean_text(text[: 4 * LONGEST])
    terms = {}
    for piece in PIECE.finditer(cleaned[:LONGEST]):
        if term := read_piece(piece):
            terms[term] = None
    too_long = len(cleaned) > LONGEST or len(text) > 4 * LONGEST
    return Query(cleaned[:LONGEST], tuple(terms)[:MOST], too_long or len(terms) > MOST)


def read_piece(piece):
    """Return the Term that a word or a phrase is, None if there is no letter in it."""
    is_phrase, excluded = piece["phrase"] is not None, bool(piece["minus"])
    text = piece["phrase"] if is_phrase else piece["word"]
    found = words(text)
    if not found:
        return None
    word, start, end = found[-1]
    begins = text.endswith("*") and not is_phrase and len(word) >= SHORTEST
    if end - start == 1 and UNSPACED.match(text[start:end]):
        # The last letter of a text is a word, of one within a text only with the letter after it.
        if len(found) > 1 and found[-2][2] > start:
            found = found[:-1]
        else:
            begins = True
    elif not is_phrase and not excluded and len(word) >= BEGINNING:
        begins = True
    return Term(tuple(word for word, _start, _end in found), begins, excluded, piece.group())


def match(terms, parts=()):
    """Return the expression that finds all `terms` under all `parts`, for the database in use; empty if none is wanted.

    `parts` are words of search_rows.part(). Folded words have no quotation mark, so nothing needs to be escaped.
    """
    word, both, one, negated = FORMS[connection.vendor]
    wanted = [word(term) for term in terms if not term.excluded] + [word(Term((part,), False)) for part in parts]
    unwanted = [word(term) for term in terms if term.excluded]
    if not wanted:
        return ""
    expression = both.join(wanted)
    return negated.format(expression, one.join(unwanted)) if unwanted else expression


def fts5_word(term):
    exactly = f'"{" ".join(term.words)}"'
    return f"({exactly} OR {exactly} *)" if term.begins else exactly  # the word itself counts twice


def tsquery_word(term):
    exactly = " <-> ".join(f"'{word}'" for word in term.words)
    return f"({exactly} | {exactly}:*)" if term.begins else f"({exactly})"


FORMS = {
    "sqlite": (fts5_word, " AND ", " OR ", "({}) NOT ({})"),
    "postgresql": (tsquery_word, " & ", " | ", "({}) & !({})"),
}
