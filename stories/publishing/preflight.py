"""What must be true of a document before it goes out. A check is one small function that yields sentences.

A blocker stops publishing. A warning can be overridden with a reason, which the public history shows.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from stories.models import Story
from stories.publishing.document import cited_keys, plain_text

# What the newsroom says in its own name needs no source.
UNSOURCED_KINDS = {Story.Kind.PAGE, Story.Kind.OPINION}


@dataclass(frozen=True)
class Finding:
    """What a check found: its name, a sentence that says what and what to do, the field, the words it is about."""

    check: str
    sentence: str
    place: str = ""
    words: tuple = ()


def blockers(document):
    """Return why `document` cannot be published: sentences for the editor, none if it can."""
    return [finding.sentence for finding in findings(BLOCKERS, document)]


def warnings(document):
    """Return Findings that an editor may override with a reason, which stays on record."""
    return findings(WARNINGS, document)


def findings(checks, document):
    return [Finding(check.__name__, sentence, place) for check, place in checks for sentence in check(document)]


def has_headline(document):
    if not document["headline"]:
        yield _("Add a headline before publishing.")


def has_slug(document):
    if not document["slug"]:
        yield _("Add a slug, the end of the story’s address, before publishing.")


def has_author(document):
    if not document["authors"] and document["kind"] != Story.Kind.PAGE:
        yield _("Add an author before publishing.")


def has_body(document):
    if not plain_text(document).strip():
        yield _("Write the body before publishing.")


def has_source(document):
    if not document["citations"] and document["kind"] not in UNSOURCED_KINDS:
        yield _("Add a source before publishing.")


def markers_have_citations(document):
    known = {citation["key"] for citation in document["citations"]}
    if any(key not in known for key in cited_keys(document)):
        yield _("A source marker in the text belongs to no citation of this story. Remove it or cite the source again.")


def sources_are_told(document):
    for citation in document["citations"]:
        unnamed = citation["unnamed"] or {"descriptor": "", "reason": ""}
        if not citation["source"] and not (unnamed["descriptor"] and unnamed["reason"]):
            yield _("Say of each unnamed source who it is, as precisely as is safe, and why it is unnamed.")
            return


def has_standfirst(document):
    if not document["standfirst"] and document["kind"] != Story.Kind.PAGE:
        yield _("It has no standfirst: readers see nothing under the headline.")


# A check and the field that the editor is led to.
BLOCKERS = [
    (has_headline, "headline"),
    (has_slug, "slug"),
    (has_author, "authors"),
    (has_body, "blocks"),
    (has_source, "citations"),
    (markers_have_citations, "blocks"),
    (sources_are_told, "citations"),
]
WARNINGS = [(has_standfirst, "standfirst")]
