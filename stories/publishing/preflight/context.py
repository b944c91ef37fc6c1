"""What preflight must know of a story that is not in its document, because it is nobody else's business."""

import datetime
from dataclasses import dataclass, field

from stories.models import Author, Citation, Note, Source
from stories.publishing.document import named_sources


@dataclass(frozen=True)
class Approval:
    """What the desk answered about one unnamed source."""

    basis: str = ""
    factual: bool = False
    approver: bool = False  # whether somebody approved it
    author: str | None = None  # the slug of the author that this somebody is, if any


@dataclass(frozen=True)
class Context:
    """Facts of the desk. None is not known: checks that need it then find nothing."""

    open_notes: int = 0  # of colleagues, not resolved
    embargo: datetime.datetime | None = None  # nobody outside may see it before
    at: datetime.datetime | None = None  # when it would go out
    source_embargoes: dict = field(default_factory=dict)  # {slug: until} of sources that may not be cited before
    approvals: dict | None = None  # {key: Approval} of unnamed sources that readers have not been told of yet
    persons: frozenset | None = None  # the slugs of authors who are people, not desks
    told: dict | None = None  # the document in which readers, or a plan, have what is then not asked again


UNKNOWN = Context()


def context_for(story, document, *, live=None, at=None, told=None):
    """Return the Context of publishing `document` as `story`, a fresh row, at an instant, None if that is open.

    `live` is the document that readers have, or None: which unnamed sources it has was approved then. `told` is given
    if `document` is that document, or a plan, with something put right: what it says of pictures and machines was
    asked then, by the rules of that time, and the notes of the desk are about another draft. Two queries at most, four
    if there are unnamed sources.
    """
    approved = {citation["key"]: citation["unnamed"] for citation in live["citations"]} if live else {}
    unnamed = [
        citation["key"]
        for citation in document["citations"]
        if citation["unnamed"] and approved.get(citation["key"]) != citation["unnamed"]
    ]
    return Context(
        open_notes=0 if told else Note.objects.open().filter(story=story).count(),
        embargo=story.embargo_until,
        at=at,
        source_embargoes=source_embargoes(document),
        approvals=approvals_of(story, unnamed),
        persons=persons_of(document) if unnamed else None,
        told=told,
    )


def source_embargoes(document):
    """Return {slug: until} of the sources under embargo that a document rests on, cited or seen through. One query.

    A source that was merged into another is under the embargo of that one too.
    """
    slugs = named_sources(document)
    if not slugs:
        return {}
    columns = Source.objects.filter(slug__in=slugs).values_list("slug", "embargo_until", "alias_of__embargo_until")
    return {slug: max(filter(None, times)) for slug, *times in columns if any(times)}


def approvals_of(story, keys):
    """Return {key: Approval} for all `keys`; what is not in the story's tables has no answers."""
    rows = Citation.objects.filter(story=story, key__in=keys).values_list(
        "key", "basis", "factual", "approver", "approver__author__slug"
    )
    found = {key: Approval(basis, factual, bool(user), author) for key, basis, factual, user, author in rows}
    return {key: found.get(key, Approval()) for key in keys}


def persons_of(document):
    slugs = [author["slug"] for author in document["authors"]]
    return frozenset(Author.objects.filter(slug__in=slugs, collective=False).values_list("slug", flat=True))
