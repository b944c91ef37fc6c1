"""From what a story file says to a cleaned document: references resolved, ids and keys made."""

import re
import uuid

from django.conf import settings
from django.utils.translation import gettext as _

from stories.interchange.markdown import marked_keys, to_html
from stories.interchange.story_files import NAMESPACE, OWN_FIELDS
from stories.models import Author, Source, Topic
from stories.models.prose import CITATION_KEY
from stories.publishing.document import (
    BLOCK_FIELDS,
    PROSE_FIELD,
    DocumentError,
    canonical,
    clean,
    named_sources,
    pictures,
)
from stories.publishing.record import REMOVALS

LOCAL_KEY = re.compile(r"[-\w.]{1,100}")
LEVELS = {"text": "body", "question": "answer"}  # of prose; "line" in every other block


def story_id_of(slug):
    """Return the id of a story whose files do not give one."""
    return str(uuid.uuid5(NAMESPACE, slug))


def stored_key(story_id, key):
    """Return the stored form of a citation key that may be local to a story's files."""
    return key if CITATION_KEY.fullmatch(key) else uuid.uuid5(uuid.UUID(story_id), key).hex[:12]


def read_document(file, story_id, references, before, existing=None):
    """Return the cleaned document of a StoryFile, or None if something is wrong, which is noted in the file.

    `references` has the terms and records that may be named; `before` is the document of the version before, or None.
    `existing` is what is stored of this version: sources and pictures named by slug or id alone are as they are there.
    """
    if existing:
        references = references.as_of(existing)
    values = {name: value for name, value in file.fields.items() if name not in OWN_FIELDS}
    values["id"] = story_id
    values.setdefault("slug", file.stem)
    values.setdefault("language", settings.LANGUAGE_CODE)
    values["authors"] = [named(item) for item in as_list(values.get("authors"))]
    values["tags"] = [references.tag(file, f"tags.{i}", item) for i, item in enumerate(as_list(values.get("tags")))]
    values["lead_image"] = references.picture(values.get("lead_image"))
    values["citations"] = [
        read_citation(file, f"citations.{i}", item, story_id, references)
        for i, item in enumerate(as_list(values.get("citations")))
    ]
    values["blocks"] = [
        read_block(file, f"blocks.{i}", block, story_id, references) for i, block in enumerate(file.blocks)
    ]
    if file.fields.get("change") in REMOVALS:
        values["removal"] = {"signed": file.fields.get("signed")}
    try:
        document = clean(values, draft=file.is_draft)
    except DocumentError as error:
        for place, sentence in error.problems:
            file.problem(place, sentence)
        return None
    check_references(file, document, references)
    document["blocks"] = with_ids(document, file, before)
    return None if file.problems else document


def as_list(value):
    """Return a list of what a field holds; what is no list is left for clean() to tell of."""
    return value if isinstance(value, list) else [] if value is None else [value]


def named(item):
    return {"slug": item} if isinstance(item, str) else item


def read_citation(file, place, item, story_id, references):
    if not isinstance(item, dict):
        return item
    key = item.get("key")
    if isinstance(key, str) and not LOCAL_KEY.fullmatch(key):
        file.problem(f"{place}.key", _("Write a word as key, as in the text: [^ministry]."))
    values = {**item, "key": stored_key(story_id, key) if isinstance(key, str) else key}
    if "source" in item and "unnamed" in item:
        file.problem(f"{place}.unnamed", _("A citation has a source or an unnamed source, not both."))
    for name in ("source", "via"):
        if isinstance(item.get(name), str):
            values[name] = references.source(item[name])
    return values


def read_block(file, place, block, story_id, references):
    """Return a block as a dictionary for clean(); one without an id gets a random one, until with_ids()."""
    prose = PROSE_FIELD[block.type]
    values = {**block.fields, "type": block.type}
    for name in block.fields:
        if name not in BLOCK_FIELDS[block.type]:
            file.problem(f"{place}.{name}", _("There is no such field."))
            del values[name]
    if block.type == "figure":
        values["picture"] = references.picture(values.get("picture"))
    if block.id is not None:
        values["id"] = block.id
    local = {item.get("key") for item in as_list(file.fields.get("citations")) if isinstance(item, dict)}
    for key in marked_keys(block.markdown):
        if key not in local and not CITATION_KEY.fullmatch(key):
            line = block.markdown_line + line_of(block.markdown, f"[^{key}]")
            file.problem(f"{place}.{prose}", _("No citation has the key “%(key)s”.") % {"key": key}, line)
    level = LEVELS.get(block.type, "line")
    values[prose] = to_html(block.markdown, level, lambda key: stored_key(story_id, key))
    return values


def line_of(text, part):
    return text.count("\n", 0, text.index(part))


def check_references(file, document, references):
    """Note each author, topic, source, picture and original that does not exist."""
    named = [("authors", Author, [author["slug"] for author in document["authors"]])]
    named += [("topics", Topic, document["topics"]), ("citations", Source, named_sources(document))]
    for place, model, slugs in named:
        for slug in slugs:
            if not references.knows(model, slug):
                names = {"kind": model._meta.verbose_name, "slug": slug}
                file.problem(place_naming(file, place, slug), _("There is no %(kind)s “%(slug)s”.") % names)
    for picture in pictures(document):
        if not references.knows_picture(picture["id"]):
            file.problem("lead_image", _("There is no picture %(id)s.") % {"id": picture["id"]})
    original = document["translation_of"]
    if original and not references.knows_story(original):
        file.problem("translation_of", _("There is no story %(id)s.") % {"id": original})


def place_naming(file, place, slug):
    """Return the place in a field of the front matter that names a slug."""

    def find(value, at):
        if value == slug:
            return at
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return next(filter(None, (find(item, f"{at}.{name}") for name, item in items)), None)

    return (find(file.fields.get(place), place) or place).removesuffix(".slug")


def with_ids(document, file, before):
    """Return the blocks of a document with ids for those that have none in the file."""
    given = [block.id and row["id"] for block, row in zip(file.blocks, document["blocks"], strict=True)]
    ids = make_ids(document["id"], file.number, document["blocks"], given, before)
    for i, block_id in enumerate(ids):
        if ids.index(block_id) != i:
            file.problem(f"blocks.{i}", _("“%(value)s” is there twice.") % {"value": block_id})
    return [row | {"id": block_id} for row, block_id in zip(document["blocks"], ids, strict=True)]


def make_ids(story_id, number, blocks, given, before):
    """Return the ids of blocks: those `given`; for a None the id of the equal block in the document `before`, each
    once, else one made from the version's number and the block's position.
    """
    left = {}
    for old in before["blocks"] if before else ():
        if old["id"] not in given:
            left.setdefault(content(old), []).append(old["id"])
    ids = []
    for position, (block, block_id) in enumerate(zip(blocks, given, strict=True), 1):
        equal = None if block_id else left.get(content(block))
        made = equal.pop(0) if equal else str(uuid.uuid5(uuid.UUID(story_id), f"{number}/{position}"))
        ids.append(block_id or made)
    return ids


def content(block):
    return canonical({**block, "id": ""})
