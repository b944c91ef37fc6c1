"""A document as a story file, from which reading.py makes the same document, ids and keys included."""

import datetime
import re

from stories.interchange.lines import write_yaml
from stories.interchange.markdown_writer import to_markdown
from stories.interchange.reading import LEVELS, make_ids
from stories.publishing.document import BLOCK_FIELDS, DOCUMENT, PROSE_FIELD, empty_document

ALWAYS = {"id", "kind", "language"}  # whatever is usual where the file is loaded


def write_story(document, *, stem, number, before, records, change="", note="", overrides=(), published=None):
    """Return the text of the file of version `number`, a draft if it was not `published`, an aware datetime.

    `stem` is the name of the story's files; `before` the document of the version before, or None: what follows from
    these is left out. `records` are the Records of today.
    """
    fields = {"id": document["id"], "version": number}
    if published:
        fields |= {"change": str(change), **({"note": note} if note else {}), "published": write_instant(published)}
        if overrides:
            fields["overrides"] = [{name: value for name, value in row.items() if value} for row in overrides]
        if document["removal"]:
            fields["signed"] = document["removal"]["signed"]
    fields |= write_fields(document, stem, records)
    return f"---\n{write_yaml(fields)}---\n\n{write_body(document, number, before, records)}"


def write_instant(instant):
    return instant.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")


def write_fields(document, stem, records):
    """Return the front matter of a document, without what is empty."""
    empty = empty_document(document["id"], slug=stem)
    fields = {name: document[name] for name in DOCUMENT if name in ALWAYS or document[name] != empty[name]}
    for name in ("id", "blocks", "removal"):
        fields.pop(name, None)
    if document["authors"]:
        fields["authors"] = [author if author["role"] else author["slug"] for author in document["authors"]]
    if document["lead_image"]:
        fields["lead_image"] = write_picture(document["lead_image"], records)
    if document["citations"]:
        fields["citations"] = [write_citation(citation, records) for citation in document["citations"]]
    return fields


def write_citation(citation, records):
    fields = {name: value for name, value in citation.items() if value}
    for name in ("source", "via"):
        if citation[name]:
            slug = citation[name]["slug"]
            fields[name] = slug if records.sources.get(slug) == citation[name] else citation[name]
    return fields


def write_picture(picture, records):
    return picture["id"] if records.pictures.get(picture["id"]) == picture else picture


def write_body(document, number, before, records):
    """Return the blocks as Markdown and directives."""
    parts, plain = [], False
    blocks = document["blocks"]
    for block, made in zip(blocks, ids_that_follow(document["id"], number, blocks, before), strict=True):
        level = LEVELS.get(block["type"], "line")
        markdown = to_markdown(block[PROSE_FIELD[block["type"]]], level)
        if block["type"] == "text" and made and markdown and not plain:
            plain = True
            parts.append(markdown)
        else:
            plain = False
            parts.append(write_directive(block, markdown, records, with_id=not made))
    return "".join(f"{part}\n\n" for part in parts).rstrip("\n") + "\n" * bool(parts)


def ids_that_follow(story_id, number, blocks, before):
    """Return for each block whether its id follows from the rest, so that the file can leave it out."""
    given = [None] * len(blocks)
    while True:
        made = make_ids(story_id, number, blocks, given, before)
        others = [i for i, block in enumerate(blocks) if made[i] != block["id"]]
        if not others:
            return [block_id is None for block_id in given]
        for i in others:
            given[i] = blocks[i]["id"]


def write_directive(block, markdown, records, *, with_id):
    fields = {name: block[name] for name in BLOCK_FIELDS[block["type"]] if block[name]}
    fields.pop(PROSE_FIELD[block["type"]], None)
    if block.get("picture"):
        fields["picture"] = write_picture(block["picture"], records)
    content = write_yaml(fields) if fields else ""
    if markdown:
        content += ("" if block["type"] == "text" else "---\n") + markdown + "\n"
    fence = ":" * max([3, *(len(run) + 1 for run in re.findall(r"^:{3,}", content, re.M))])
    return f"{fence} {block['type']}{' ' + block['id'] if with_id else ''}\n{content}{fence}"
