"""“How we know this”: in a few sentences, what a story rests on, counted from its citations."""

from collections import Counter

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stories.models import Citation

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
    "": lambda n: ngettext("%(n)s other source", "%(n)s other sources", n),
}


def basis(citations):
    """Return the sentences that say what `citations`, numbered ones of a document, amount to; none without any."""
    if not citations:
        return []
    counts = Counter(citation["obtained"] for citation in citations)
    kinds = [told(counts[kind]) % {"n": counts[kind]} for kind, told in COUNTED.items() if counts[kind]]
    sentences = [_("This story rests on %(sources)s.") % {"sources": get_text_list(kinds, _("and"))}]
    if relayed := sum(bool(citation["via"]) for citation in citations):
        sentences.append(
            ngettext("%(n)s of them reached us through others.", "%(n)s of them reached us through others.", relayed)
            % {"n": relayed}
        )
    if unnamed := sum(not citation["source"] for citation in citations):
        sentences.append(
            ngettext(
                "%(n)s source is not named; why is said below.",
                "%(n)s sources are not named; why is said below.",
                unnamed,
            )
            % {"n": unnamed}
        )
    return sentences
