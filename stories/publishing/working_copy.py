"""Between a story's tables and its document: build one from the other, write it back in place."""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from stories.models import BLOCKS, Author, Citation, Picture, Source, Story, Tag, Topic
from stories.publishing.document import BLOCK_FIELDS, DocumentError, clean, named_sources, pictures

STORY_FIELDS = [
    "language", "kind", "slug", "headline", "kicker", "standfirst", "summary", "dateline", "editors_note",
    "interest_note", "ai_use", "ai_label",
]  # fmt: skip
REVIEW_COLUMNS = ["ai_statement", "ai_reviewer", "ai_reviewed_at"]
CITATION_FIELDS = ["key", "obtained", "terms", "quote", "url", "published_on", "accessed_on", "archived_url"]


def document_from_story(story):
    """Return the cleaned draft of a story's tables. Ten queries, whatever its size."""
    blocks = []
    for model in BLOCKS.values():
        rows = model.objects.filter(parent=story)
        blocks += rows.select_related("picture") if model is BLOCKS["figure"] else rows
    return build(
        story,
        blocks=blocks,
        citations=story.citations.select_related("source", "via"),
        credits=story.credits.select_related("author"),
        topics=story.topics.all(),
        tags=story.tags.all(),
    )


def build(story, *, blocks, citations, credits, topics, tags):
    """Return the cleaned draft of a story and rows that may be saved or only bound to a form."""
    return clean(
        {name: getattr(story, name) for name in STORY_FIELDS}
        | {
            "id": str(story.pk),
            "lead_image": picture_document(story.lead_image),
            "ai_review": ai_review_document(story),
            "translation_of": str(story.translation_of_id) if story.translation_of_id else None,
            "authors": [{"slug": credit.author.slug, "role": credit.role} for credit in credits],
            "topics": [topic.slug for topic in topics],
            "tags": [tag.slug for tag in tags],
            "blocks": [block_document(block) for block in sorted(blocks, key=lambda b: (b.ordering, str(b.pk)))],
            "citations": [citation_document(citation) for citation in citations],
        },
        draft=True,
    )


def ai_review_document(story):
    """Return who checked what a machine made; clean() makes None of one that says nothing."""
    return {"reviewer": story.ai_reviewer, "reviewed_at": story.ai_reviewed_at, "statement": story.ai_statement}


def block_document(block):
    kind = next(name for name, model in BLOCKS.items() if type(block) is model)
    values = {name: getattr(block, name) for name in BLOCK_FIELDS[kind] if name != "picture"}
    if kind == "figure":
        values["picture"] = picture_document(block.picture)
    return {"id": str(block.pk), "type": kind, **values}


def picture_document(picture):
    if picture is None:
        return None
    return {
        "id": str(picture.pk),
        "file": picture.file.name,
        "width": picture.width,
        "height": picture.height,
        "alt": picture.alt,
        "decorative": picture.decorative,
        "caption": picture.caption,
        "credit": picture.credit,
        "source_type": picture.source_type,
    }


def citation_document(citation):
    values = {name: getattr(citation, name) for name in CITATION_FIELDS}
    values["source"] = source_document(citation.source)
    if not citation.source_id:
        values["unnamed"] = {"descriptor": citation.descriptor, "reason": citation.reason}
    values["via"] = source_document(citation.via)
    return values


def source_document(source):
    if source is None:
        return None
    names = ("slug", "name", "kind", "role", "handle", "platform", "url")
    return {name: getattr(source, name) for name in names}


@transaction.atomic
def write_to_story(document, story):
    """Make the tables of `story` say what `document`, a cleaned one, says.

    Blocks and citations are updated in place by id and key, so that an open form still fits them. Raise DocumentError
    if the document names what does not exist, or holds a block or key of another story; nothing is written then.
    """
    refuse_other_story(document, story)
    list(Story.objects.select_for_update().filter(pk=story.pk))  # of two saves at once the second waits
    terms = Terms(document)
    refuse_foreign_ids(document, story)
    for name in STORY_FIELDS:
        setattr(story, name, document[name])
    story.lead_image_id = document["lead_image"]["id"] if document["lead_image"] else None
    story.translation_of_id = document["translation_of"]
    review = document["ai_review"] or {"reviewer": "", "reviewed_at": "", "statement": ""}
    story.ai_reviewer, story.ai_statement = review["reviewer"], review["statement"]
    story.ai_reviewed_at = datetime.fromisoformat(review["reviewed_at"]) if review["reviewed_at"] else None
    # Not the whole row, unless it is new: the desk may have changed its other fields meanwhile.
    ours = [*STORY_FIELDS, *REVIEW_COLUMNS, "lead_image", "translation_of", "changed_at"]
    story.save(update_fields=None if story._state.adding else ours)
    story.topics.set(terms.topics[slug] for slug in document["topics"])
    story.tags.set([terms.tags[slug] for slug in document["tags"]])
    write_credits(document, story, terms)
    write_citations(document, story, terms)
    write_blocks(document, story)


def write_credits(document, story, terms):
    wanted = {
        terms.authors[author["slug"]].pk: {"role": author["role"], "position": position}
        for position, author in enumerate(document["authors"])
    }
    write_rows(story.credits, "author_id", wanted, story=story)


def write_citations(document, story, terms):
    wanted = {}
    for position, citation in enumerate(document["citations"]):
        values = {name: citation[name] for name in CITATION_FIELDS if name != "key"}
        values |= citation["unnamed"] or {"descriptor": "", "reason": ""}
        for name in ("source", "via"):
            values[name] = terms.sources[citation[name]["slug"]] if citation[name] else None
        wanted[citation["key"]] = {**values, "position": position}
    write_rows(story.citations, "key", wanted, story=story)


def write_blocks(document, story):
    wanted = {kind: {} for kind in BLOCKS}
    for position, block in enumerate(document["blocks"]):
        values = {name: block[name] for name in BLOCK_FIELDS[block["type"]] if name != "picture"}
        if block["type"] == "figure":
            values["picture_id"] = block["picture"]["id"] if block["picture"] else None
        wanted[block["type"]][uuid.UUID(block["id"])] = {**values, "region": "main", "ordering": 10 * (position + 1)}
    for kind, model in BLOCKS.items():
        write_rows(model.objects.filter(parent=story), "pk", wanted[kind], parent=story)


def write_rows(rows, key, wanted, **owner):
    """Make `rows`, a story's, say `wanted`, {key: values}: what is there is updated in place, what is new is added."""
    names = {name for values in wanted.values() for name in values}
    there = {row[key]: row for row in rows.values(key, *names)}
    if gone := there.keys() - wanted.keys():
        rows.filter(**{f"{key}__in": gone}).delete()
    for value in there.keys() & wanted.keys():
        if any(there[value][name] != getattr(said, "pk", said) for name, said in wanted[value].items()):
            rows.filter(**{key: value}).update(**wanted[value])
    new = [rows.model(**{key: value}, **values, **owner) for value, values in wanted.items() if value not in there]
    if new:
        rows.bulk_create(new)


class Terms:
    """The rows a document names, each kind fetched at once; DocumentError if one is missing."""

    def __init__(self, document):
        missing = []
        self.topics = by_slug(Topic, document["topics"], "topics", missing)
        self.tags = by_slug(Tag, document["tags"], "tags", missing)
        self.authors = by_slug(Author, [author["slug"] for author in document["authors"]], "authors", missing)
        self.sources = by_slug(Source, named_sources(document), "citations", missing)
        wanted = {picture["id"] for picture in pictures(document)}
        for pk in sorted(
            wanted - {str(pk) for pk in Picture.objects.filter(pk__in=wanted).values_list("pk", flat=True)}
        ):
            missing.append(("pictures", _("There is no picture %(id)s.") % {"id": pk}))
        original = document["translation_of"]
        if original and not Story.objects.filter(pk=original).exists():
            missing.append(("translation_of", _("There is no story %(id)s.") % {"id": original}))
        if missing:
            raise DocumentError(missing)


def by_slug(model, slugs, place, missing):
    slugs = list(slugs)
    found = {row.slug: row for row in model.objects.filter(slug__in=slugs)}
    for slug in slugs:
        if slug not in found:
            names = {"kind": model._meta.verbose_name, "slug": slug}
            missing.append((place, _("There is no %(kind)s “%(slug)s”.") % names))
    return found


def refuse_other_story(document, story):
    if document["id"] != str(story.pk):
        raise DocumentError([("id", _("This is the document of another story, %(id)s.") % {"id": document["id"]})])


def refuse_foreign_ids(document, story):
    """Raise DocumentError if a block id or citation key of `document` belongs to another story, or to another type."""
    foreign = []
    ids = {block["id"]: block["type"] for block in document["blocks"]}
    for kind, model in BLOCKS.items():
        for pk, parent in model.objects.filter(pk__in=ids).values_list("pk", "parent_id"):
            if parent != story.pk:
                foreign.append(("blocks", _("The block %(id)s belongs to another story.") % {"id": pk}))
            elif ids[str(pk)] != kind:
                foreign.append(("blocks", _("The block %(id)s is of another type.") % {"id": pk}))
    keys = [citation["key"] for citation in document["citations"]]
    for key in Citation.objects.filter(key__in=keys).exclude(story=story).values_list("key", flat=True):
        foreign.append(("citations", _("The citation key %(key)s belongs to another story.") % {"key": key}))
    if foreign:
        raise DocumentError(foreign)
