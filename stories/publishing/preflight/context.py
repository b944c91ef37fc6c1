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
    unnamed = unnamed_in(document, live)
    return Context(
        open_notes=0 if told else Note.objects.open().filter(story=story).count(),
        embargo=story.embargo_until,
        at=at,
        source_embargoes=source_embargoes(document),
        approvals=approvals_of(dict.fromkeys(unnamed, story.pk)),
        persons=persons_of(document["authors"]) if unnamed else None,
        told=told,
    )


def contexts_for(rows):
    """Return {story id: Context} of publishing many stories: [(story, document, live)], documents as in context_for().

    Each story knows how many `open_notes` it has. One query, three if there are unnamed sources, however many stories.
    """
    unnamed = {story.pk: unnamed_in(document, live) for story, document, live in rows}
    sources = {story.pk: named_sources(document) for story, document, _live in rows}
    approvals = approvals_of({key: pk for pk, keys in unnamed.items() for key in keys})
    persons = persons_of([author for story, document, _ in rows if unnamed[story.pk] for author in document["authors"]])
    embargoes = embargoes_of(set().union(*sources.values()))
    return {
        story.pk: Context(
            open_notes=story.open_notes,
            embargo=story.embargo_until,
            source_embargoes={slug: embargoes[slug] for slug in sources[story.pk] if slug in embargoes},
            approvals={key: approvals[key] for key in unnamed[story.pk]},
            persons=persons & {author["slug"] for author in document["authors"]} if unnamed[story.pk] else None,
        )
        for story, document, _live in rows
    }


def unnamed_in(document, live):
    """Return the keys of the unnamed sources in `document` of which `live`, a document or None, tells not the same."""
    approved = {citation["key"]: citation["unnamed"] for citation in live["citations"]} if live else {}
    return [
        citation["key"]
        for citation in document["citations"]
        if citation["unnamed"] and approved.get(citation["key"]) != citation["unnamed"]
    ]


def source_embargoes(document):
    """Return {slug: until} of the sources under embargo that a document rests on, cited or seen through. One query."""
    return embargoes_of(named_sources(document))


def embargoes_of(slugs):
    """Return {slug: until} of those of the sources that are under embargo: at most one query.

    A source that was merged into another is under the embargo of that one too.
    """
    if not slugs:
        return {}
    columns = Source.objects.filter(slug__in=slugs).values_list("slug", "embargo_until", "alias_of__embargo_until")
    return {slug: max(filter(None, times)) for slug, *times in columns if any(times)}


def approvals_of(keys):
    """Return {key: Approval} for all `keys`, {key: story id}; what is not in the story's tables has no answers."""
    rows = Citation.objects.filter(key__in=list(keys)).values_list(
        "key", "story", "basis", "factual", "approver", "approver__author__slug"
    )
    found = {
        key: Approval(basis, factual, bool(user), author)
        for key, story, basis, factual, user, author in rows
        if story == keys[key]
    }
    return {key: found.get(key, Approval()) for key in keys}


def persons_of(authors):
    """Return the slugs of those of `authors`, as documents name them, who are people."""
    slugs = [author["slug"] for author in authors]
    return frozenset(Author.objects.filter(slug__in=slugs, collective=False).values_list("slug", flat=True))
