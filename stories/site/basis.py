"""“How we know this”: in a few sentences, what a story rests on, counted from its citations."""

from collections import Counter

from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext, pgettext_lazy

from stories.models import Citation

# A language in which such a word changes with what is counted says the figure instead.
NUMBERS = [
    "",
    pgettext_lazy("number", "one"),
    pgettext_lazy("number", "two"),
    pgettext_lazy("number", "three"),
    pgettext_lazy("number", "four"),
    pgettext_lazy("number", "five"),
    pgettext_lazy("number", "six"),
    pgettext_lazy("number", "seven"),
    pgettext_lazy("number", "eight"),
    pgettext_lazy("number", "nine"),
]

# In the order in which they are told: what is nearest to what happened comes first.
COUNTED = {
    Citation.Obtained.OBSERVED: lambda n: ngettext("%(n)s observation of our own", "%(n)s observations of our own", n),
    Citation.Obtained.INTERVIEW: lambda n: ngettext("%(n)s interview", "%(n)s interviews", n),
    Citation.Obtained.STATEMENT: lambda n: ngettext("%(n)s statement", "%(n)s statements", n),
    Citation.Obtained.DOCUMENT: lambda n: ngettext("%(n)s document", "%(n)s documents", n),
    Citation.Obtained.COURT: lambda n: ngettext("%(n)s court record", "%(n)s court records", n),
    Citation.Obtained.DATASET: lambda n: ngettext("%(n)s dataset", "%(n)s datasets", n),
    Citation.Obtained.BROADCAST: lambda n: ngettext("%(n)s broadcast", "%(n)s broadcasts", n),
    Citation.Obtained.POST: lambda n: ngettext("%(n)s social post", "%(n)s social posts", n),
    Citation.Obtained.REPORT: lambda n: ngettext("%(n)s report by another outlet", "%(n)s reports by other outlets", n),
}


def basis(citations, sources):
    """Return the sentences that say what `citations`, numbered ones of a document, amount to; none without any.

    `sources` is how many different ones they name, as readers are told above the story.
    """
    if not citations:
        return []
    sentences = [rests_on(citations, sources)]
    if unnamed := sum(not citation["source"] for citation in citations):
        not_named = ngettext(
            "%(n)s source is not named; why is said below.", "%(n)s sources are not named; why is said below.", unnamed
        )
        sentences.append(capfirst(not_named % {"n": in_words(unnamed)}))
    return sentences


def rests_on(citations, sources):
    count = ngettext("%(n)s source", "%(n)s sources", sources) % {"n": in_words(sources)}
    if len(citations) != sources:
        count = _("%(items)s from %(sources)s") % {
            "items": ngettext("%(n)s item", "%(n)s items", len(citations)) % {"n": in_words(len(citations))},
            "sources": npgettext("from", "%(n)s source", "%(n)s sources", sources) % {"n": in_words(sources)},
        }
    if kinds := kinds_of(citations):
        told = {"sources": count, "kinds": get_text_list(kinds, _("and"))}
        return _("This story rests on %(sources)s: %(kinds)s.") % told
    return _("This story rests on %(sources)s.") % {"sources": count}


def kinds_of(citations):
    """Return how many there are of each kind, then what was relayed and by whom, then the rest; none if all is rest."""
    direct = Counter(citation["obtained"] for citation in citations if not citation["via"])
    relayed = Counter(citation["via"]["name"] for citation in citations if citation["via"])
    if not relayed and set(direct) == {""}:
        return []
    kinds = [told(direct[kind]) % {"n": in_words(direct[kind])} for kind, told in COUNTED.items() if direct[kind]]
    for name, n in relayed.items():
        told = ngettext("%(n)s account relayed by %(name)s", "%(n)s accounts relayed by %(name)s", n)
        kinds.append(told % {"n": in_words(n), "name": name})
    if rest := direct[""]:
        kinds.append(ngettext("%(n)s other", "%(n)s others", rest) % {"n": in_words(rest)})
    return kinds


def in_words(n):
    return NUMBERS[n] if n < len(NUMBERS) else n
