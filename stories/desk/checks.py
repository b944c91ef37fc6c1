"""What preflight finds, told to editors: what, why, and the way to where it is settled."""

from django.urls import reverse
from django.utils.text import Truncator

from stories.publishing import preflight
from stories.publishing.document import upgraded

# Where on the story's form a place is, if it is not the field of its name.
PLACES = {
    "authors": "credits-group",
    "citations": "citations-group",
    "blocks": "blocks",
    "notes": "notes",
    "embargo_until": "id_embargo_until_0",
}
ROWS = {"blocks": "block", "citations": "citation"}
MAX_WORDS = 20  # of a finding, as many as the record keeps


def found(story, state):
    """Return (blocking, warning) Findings in what was last saved of `story`: three queries at most.

    The embargo is left out: it depends on when the story goes out.
    """
    if not state.latest:
        return [], []
    document = upgraded(state.latest.document)
    live = upgraded(state.live.document) if state.live else None
    context = preflight.context_for(story, document, live=live)
    return (
        preflight.findings(preflight.BLOCKERS, document, context),
        preflight.findings(preflight.WARNINGS, document, context),
    )


def told(findings, url):
    """Return findings as dictionaries for a template; `url` is the address of the story's form, empty on the form."""
    return [
        {
            "sentence": finding.sentence,
            "why": finding.why,
            "code": finding.code,
            "words": [Truncator(words).chars(80) for words in finding.words[:MAX_WORDS]],
            "more": len(finding.words) > MAX_WORDS,
            "url": place_of(finding.place, url),
        }
        for finding in findings
    ]


def place_of(place, url):
    """Return where a finding is settled: a part of the form at `url`, or the page of a picture; empty if anywhere."""
    kind, _, row = place.partition(".")
    if kind == "pictures":
        return f"{reverse('admin:stories_picture_change', args=[row])}#id_alt"
    if row:  # and its field, if one is named
        return f"{url}#{ROWS[kind]}-{row}"
    return f"{url}#{PLACES.get(kind, f'id_{kind}')}" if kind else ""
