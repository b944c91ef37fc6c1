"""What preflight finds, told to editors: what, why, and the way to where it is settled."""

import datetime
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from stories.desk import states
from stories.models import Version
from stories.publishing import preflight
from stories.publishing.document import named_sources, upgraded

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


class Found(NamedTuple):
    """What preflight finds in a story: Findings that block, Findings that warn, and the Embargo ahead, if any."""

    blocking: list
    warning: list
    embargo: "Embargo | None" = None


class Embargo(NamedTuple):
    """Until when nobody outside may see a story, and the name of the source because of which, if it is not its own."""

    until: datetime.datetime
    source: str = ""


def found(story, state):
    """Return the Found of what was last saved of `story`: four queries at most.

    That an embargo is broken is no finding here: it depends on when the story goes out.
    """
    if not state.latest:
        return Found([], [], embargo_ahead(preflight.Context(embargo=story and story.embargo_until)))
    document = upgraded(state.latest.document)
    live = upgraded(state.live.document) if state.live else None
    context = preflight.context_for(story, document, live=live)
    return Found(
        preflight.findings(preflight.BLOCKERS, document, context),
        preflight.findings(preflight.WARNINGS, document, context),
        embargo_ahead(context, named_sources(document)),
    )


def look_at(stories):
    """Give each story on the desk what found() would find, counted, as `counts`, None if none is saved, and `embargo`.

    Each knows `latest`, `live` and `open_notes`. One query, four if there are unnamed sources, however many stories.
    """
    saved = [(story, upgraded(story.latest.document)) for story in stories if story.latest]
    unnamed = [story for story, document in saved if any(citation["unnamed"] for citation in document["citations"])]
    live = Version.objects.filter(pk__in=[story.live.pk for story in unnamed if story.live])
    read = {pk: upgraded(document) for pk, document in live.values_list("story", "document")}
    contexts = preflight.contexts_for([(story, document, read.get(story.pk)) for story, document in saved])
    for story in stories:
        story.counts, story.embargo = None, embargo_ahead(preflight.Context(embargo=story.embargo_until))
    for story, document in saved:
        context = contexts[story.pk]
        story.counts, story.embargo = (
            preflight.state(document, context),
            embargo_ahead(context, named_sources(document)),
        )


def form_context(story, state):
    """Return what the bar of the form of `story`, None for a new one, says of it."""
    blocking, warning, embargo = found(story, state)
    return {
        "state": state,
        "blocking": told(blocking, ""),
        "warning": told(warning, ""),
        "embargo": told_embargo(embargo),
    }


def told_embargo(embargo):
    """Return an Embargo as templates tell it: until when, and because of which source if not the story's own."""
    return embargo and {"until": states.told(embargo.until), "source": embargo.source}


def embargo_ahead(context, sources=()):
    """Return the Embargo that ends last, of the story or of `sources`, {slug: source}; None if none lies ahead."""
    embargoes = [Embargo(until, sources[slug]["name"]) for slug, until in context.source_embargoes.items()]
    embargoes += [Embargo(context.embargo)] if context.embargo else []
    return max((each for each in embargoes if each.until > timezone.now()), default=None)


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
        picture, _, field = row.partition(".")
        return f"{reverse('admin:stories_picture_change', args=[picture])}#id_{field}"
    if kind == "authors" and row:
        return f"{url}#id_credits-{row.replace('.', '-')}"
    if row:  # and its field, if one is named
        return f"{url}#{ROWS[kind]}-{row}"
    return f"{url}#{PLACES.get(kind, f'id_{kind}')}" if kind else ""
