"""Taking words and pictures out of documents, and out of everything private that a story has."""

import html
import json
import re

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils import timezone

from stories.models import (
    Author,
    Autosave,
    Figure,
    Note,
    Picture,
    Report,
    Revision,
    ShareLink,
    SiteChange,
    Source,
    Story,
    StoryEvent,
    Tag,
    Topic,
    Version,
)  # fmt: skip
from stories.publishing.document import canonical, clean, named_sources, pictures, upgraded
from stories.publishing.fields import LANGUAGE
from stories.publishing.working_copy import document_from_story, write_to_story

MARK = "[…]"  # what stands where a passage was removed
# Ids, choices and addresses: an address that readers have cannot be taken back, only what stands there.
KEPT = {
    "id", "key", "type", "slug", "topics", "tags", "file", "translation_of", "was", "is", "source_type", "reviewed_at",
    "kind", "ai_use", "obtained", "severity",
}  # fmt: skip
# What is left of one of these would be none.
EMPTIED = {"url", "archived_url", "date", "posted_on", "posted_at", "published_on", "accessed_on", "language"}
TAG = re.compile(r"<[^<>]*>")
# What the desk and readers wrote about a story, beside its documents.
PRIVATE = [
    (Report, "text"), (Report, "resolution"), (StoryEvent, "note"), (Note, "text"), (ShareLink, "label"),
    (Revision, "name"), (Revision, "desk_only"),
]  # fmt: skip
PICTURE_TEXTS = ["alt", "caption", "credit"]
# What documents and pages say of a record.
TERM_TEXTS = {Source: ["name", "role", "handle", "platform"], Topic: ["name"], Tag: ["name"], Author: ["name"]}


def without(value, passage):
    """Return a value, and all values in it, with `passage` replaced by MARK, also where markup runs through it."""
    if isinstance(value, dict):
        return {name: without_in(name, item, passage) for name, item in value.items()}
    if isinstance(value, list):
        return [without(item, passage) for item in value]
    if isinstance(value, str):
        return pattern_of(passage).sub(lambda match: MARK + "".join(TAG.findall(match.group())), value)
    return value


def without_in(name, value, passage):
    if name in KEPT or (name == "language" and LANGUAGE.fullmatch(value)):  # what is none was typed into a draft
        return value
    left = without(value, passage)
    return "" if name in EMPTIED and left != value else left


def fields_without(fields, passage):
    """Return the fields of a form, {name: [values]}, without a passage; tags are names there, and are none of KEPT."""
    left = {}
    for name, values in fields.items():
        own = name.rpartition("-")[2]
        left[name] = [without_in("" if own == "tags" else own, value, passage) for value in values]
    return left


def pattern_of(passage):
    """Return a pattern of the passage in plain text and in HTML: escaped or not, with tags between any letters."""
    letters = []
    for letter in passage:
        if letter == " ":
            letters.append(r"(?:\s|<[^<>]*>)+")  # a paragraph's end too
        else:
            forms = {re.escape(letter), re.escape(html.escape(letter, quote=False))}
            letters.append("(?:" + "|".join(sorted(forms)) + ")")
    return re.compile(r"(?:<[^<>]*>)*".join(letters), re.IGNORECASE)


def without_picture(document, picture):
    """Return a document without the picture of that id."""
    lead = document["lead_image"]
    blocks = [block for block in document["blocks"] if (block.get("picture") or {}).get("id") != picture]
    return {**document, "lead_image": None if lead and lead["id"] == picture else lead, "blocks": blocks}


def purge_documents(story, function):
    """Make working copy and revisions of a story what `function` leaves of them; return whether that changed any."""
    found = False
    document = document_from_story(story)
    left = clean(function(document), draft=True)
    if canonical(left) != canonical(document):
        found = True
        write_to_story(left, story)
    for revision in Revision.objects.filter(story=story).iterator(chunk_size=100):
        document = upgraded(revision.document)
        left = function(document)
        if left != document:
            found = True
            Revision.objects.filter(pk=revision.pk).update(document=clean(left, draft=True))
    return found


def purge_words(story, passage):
    """Remove a passage from everything private that a story has; return whether it was anywhere."""
    found = False
    shown = pictures_of(story)
    for model, fields, rows in (
        (Picture, PICTURE_TEXTS, Picture.objects.filter(pk__in=shown)),
        (Story, ["slugline", "budget_line"], Story.objects.filter(pk=story.pk)),
        *((model, [field], model.objects.filter(story=story)) for model, field in PRIVATE),
    ):
        for pk, *texts in rows.values_list("pk", *fields):
            left = [without(text, passage) for text in texts]
            if left != texts:
                found = True
                model.objects.filter(pk=pk).update(**dict(zip(fields, left, strict=True)))
    for autosave in Autosave.objects.filter(story=story):
        left = fields_without(autosave.fields, passage)
        if left != autosave.fields:
            found = True
            Autosave.objects.filter(pk=autosave.pk).update(fields=left)
    Note.objects.filter(story=story).update(passage="")  # cut off after some letters, it may hold half of the words
    story.refresh_from_db()
    found |= purge_documents(story, lambda document: without(document, passage))
    purge_log(story, shown)
    return found


def documents_of(story):
    """Yield the documents of a story: the working copy's, and those of its revisions and versions."""
    yield document_from_story(story)
    for model in (Revision, Version):
        for row in model.objects.filter(story=story).only("document").iterator(chunk_size=100):
            yield upgraded(row.document)


def pictures_of(story):
    """Return the pictures of a story, of whichever state of it: {id: picture as one of its documents keeps it}."""
    return {picture["id"]: picture for document in documents_of(story) for picture in pictures(document)}


def records_with(story, passage):
    """Return the names of the sources, topics, tags and authors of a story whose record has the passage.

    These belong to other stories too, so they are changed by hand, and before: the next version takes its names there.
    """
    slugs = {model: set() for model in TERM_TEXTS}
    for document in documents_of(story):
        slugs[Source] |= set(named_sources(document))
        slugs[Topic] |= set(document["topics"])
        slugs[Tag] |= set(document["tags"])
        slugs[Author] |= {author["slug"] for author in document["authors"]}
    pattern, found = pattern_of(passage), []
    for model, fields in TERM_TEXTS.items():
        for row in model.objects.filter(slug__in=slugs[model]).order_by("slug"):
            if any(pattern.search(getattr(row, field)) for field in fields):
                found.append(f"{model._meta.verbose_name} “{row.name}”")
    return found


def purge_log(story, shown):
    """Forget what the admin's log quotes of a story, of its pictures and reports: beginnings of their texts."""
    rows = [story, *Picture.objects.filter(pk__in=shown), *Report.objects.filter(story=story)]
    for row in rows:
        entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(row), object_id=str(row.pk))
        for entry in entries:
            entry.object_repr, entry.change_message = str(row)[:200], without_names(entry.change_message)
            entry.save(update_fields=["object_repr", "change_message"])


def without_names(message):
    """Return a log entry's message without the names of the rows that were changed: a block is named by its words."""
    try:
        steps = json.loads(message)
    except ValueError:
        return message
    for step in steps if isinstance(steps, list) else ():
        for what in step.values() if isinstance(step, dict) else ():
            if isinstance(what, dict) and "object" in what:
                what["object"] = MARK
    return json.dumps(steps)


def delete_if_unused(pk):
    """Delete a picture, its record now and its files on commit, unless a story still has it."""
    named = {"text__contains": str(pk)}
    for model in (Version, Revision):
        if model.objects.annotate(text=Cast("document", TextField())).filter(**named).exists():
            return
    picture = Picture.objects.filter(pk=pk).first()
    used = Figure.objects.filter(picture=pk).exists() or Story.objects.filter(lead_image=pk).exists()
    if picture is None or used:
        return
    LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Picture), object_id=str(pk)).delete()
    picture.delete()
    SiteChange.objects.create(at=timezone.now(), keys=[f"picture:{pk}"])
    transaction.on_commit(picture.delete_files, robust=True)
