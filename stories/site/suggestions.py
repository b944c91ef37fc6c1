"""What to try when a search finds nothing. Of names only those that readers see now: a draft's must not show."""

from difflib import get_close_matches

from django.db.models import Case, IntegerField, Q, Value, When

from stories.models import Author, Source, Tag, Topic
from stories.publishing.words import words
from stories.site.hits import deadline, finds_any
from stories.site.listing import public
from stories.site.query import read

SHORTEST = 4  # letters of a word that may be a slip
TRIED = 3  # words of a search
PIECE = 3  # letters that a name must share with it
PIECES = 16  # of a word: SQLite's parser takes no sum of a hundred
CANDIDATES = 60  # names of each kind that share most
LIKENESS = 0.74
STEM = 5  # letters of a word that stay
ENDING = 3  # letters that another form of a word may end in


def did_you_mean(query, parts, instant):
    """Return what a reader may have meant, as text that finds something, or ""."""
    slips = [term for term in query.wanted if len(term.words) == 1 and len(term.words[0]) >= SHORTEST][:TRIED]
    known = words_of_names([term.words[0] for term in slips], instant)
    text = query.text
    for term in slips:
        others = [word for word in known if word != term.words[0]]
        like = get_close_matches(term.words[0], others, n=1, cutoff=LIKENESS)
        if like:
            text = text.replace(term.text, known[like[0]], 1)
    if text != query.text:
        text = " ".join(term.text for term in read(text).terms)  # each once
    if text != query.text and finds_any(read(text).terms, parts, instant):
        return text
    return ""


def other_forms(query, parts, instant):
    """Return the search with the ends of its long words left open, as text, if that finds something, or "".

    Words change at their ends: “отношениями” begins no word of a story that has “отношения”.
    """
    long = [term for term in query.wanted if is_plain(term) and len(term.text) > STEM]
    if not long or len(query.wanted) > TRIED:  # beginnings of many words take long to look for
        return ""
    forms = {term: f"{term.text[: max(STEM, len(term.text) - ENDING)]}*" for term in long}
    text = " ".join(forms.get(term, term.text) for term in query.terms)
    return text if finds_any(read(text).terms, parts, instant) else ""


def is_plain(term):
    """Tell whether a term is one word, typed as such: no phrase, no beginning."""
    return len(term.words) == 1 and term.text.isalnum()


def words_of_names(slips, instant):
    """Return {folded word: the word} of the names public at `instant` that share most pieces with words. Four queries.

    A name is looked for by pieces of what was typed, so only accents and capitals may hide one.
    """
    pieces = sorted({slip[at : at + PIECE] for slip in slips for at in range(min(len(slip) - PIECE + 1, PIECES))})
    if not pieces:
        return {}
    any_of_them, shared = Q(), Value(0)
    for piece in pieces:
        any_of_them |= Q(name__icontains=piece)
        shared += Case(When(name__icontains=piece, then=Value(1)), default=Value(0), output_field=IntegerField())
    known = {}
    with deadline():
        for model in (Topic, Tag, Source, Author):
            rows = public(model, instant).filter(any_of_them).annotate(shared=shared).order_by("-shared", "name")
            for name in rows.values_list("name", flat=True)[:CANDIDATES]:
                for folded, start, end in words(name):
                    known.setdefault(folded, name[start:end])
    return known


def words_that_find(query, parts, instant):
    """Return the terms of a search for several that find something by themselves."""
    wanted = query.wanted[:TRIED]
    if len(wanted) < 2:
        return []
    return [term for term in wanted if finds_any([term], parts, instant)]
