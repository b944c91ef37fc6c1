"""What must be true of a document before it goes out. A check is one small function; a blocker is a sentence."""

from django.utils.translation import gettext as _

from stories.models import Story
from stories.publishing.document import cited_keys, plain_text

# What the newsroom says in its own name needs no source.
UNSOURCED_KINDS = {Story.Kind.PAGE, Story.Kind.OPINION}


def blockers(document):
    """Return why `document` cannot be published: sentences for the editor, none if it can."""
    return [sentence for check in CHECKS for sentence in check(document)]


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


CHECKS = [
    has_headline,
    has_slug,
    has_author,
    has_body,
    has_source,
    markers_have_citations,
    sources_are_told,
]
