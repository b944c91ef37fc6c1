"""Writing stories as files, from which loading.py makes the same versions and drafts."""

import shutil
import unicodedata
from pathlib import Path

from django.db.models import Q

from stories.interchange.lines import write_yaml
from stories.interchange.picture_files import FIELDS as PICTURE_FIELDS
from stories.interchange.picture_files import PICTURES
from stories.interchange.references import Records
from stories.interchange.story_files import FILE_NAME, NOT_STORIES
from stories.interchange.story_writer import write_story
from stories.interchange.terms import TERM_FILES
from stories.models import Author, Picture, Source, Story, Tag, Topic, Version
from stories.publishing.document import clean_overrides, named_sources, pictures, upgraded
from stories.publishing.working_copy import document_from_story

MAX_NAME = 200  # bytes of a file's name, of 255 that file systems allow


def dump(folder, slugs=(), progress=lambda done, of: None):
    """Write all stories, or those of `slugs`, with the terms and pictures they name to `folder`, which must exist.

    Return (stories, files), how many were written. Raise LookupError with the slugs that no story has.
    """
    chosen = choose(slugs)
    for path in folder.glob("*.md"):
        if FILE_NAME.fullmatch(path.name) and path.name.lower() not in NOT_STORIES:
            path.unlink()
    records, named, names, files = Records(), Named(), set(), 0
    for done, story in enumerate(chosen, 1):
        files += dump_story(folder, story, records, named, names)
        progress(done, len(chosen))
    everything = not slugs
    for name, (model, fields) in TERM_FILES.items():
        write_list(folder / name, term_entries(model, fields, None if everything else named.slugs[model]))
    dump_pictures(folder, Picture.objects.all() if everything else Picture.objects.filter(pk__in=named.pictures))
    return len(chosen), files


def choose(slugs):
    """Return the stories whose working copy or any version has one of `slugs`, all if there are none."""
    if not slugs:
        return list(Story.objects.order_by("created_at", "pk"))
    found, missing = {}, []
    for slug in slugs:
        stories = Story.objects.filter(Q(slug=slug) | Q(versions__path__endswith=f"/{slug}/")).distinct()
        found |= {story.pk: story for story in stories}
        if not stories:
            missing.append(slug)
    if missing:
        raise LookupError(missing)
    return list(found.values())


class Named:
    """What the dumped documents name."""

    def __init__(self):
        self.slugs, self.pictures = {Source: set(), Topic: set(), Author: set(), Tag: set()}, set()

    def add(self, document):
        self.slugs[Source] |= set(named_sources(document))
        self.slugs[Topic] |= set(document["topics"])
        self.slugs[Tag] |= set(document["tags"])
        self.slugs[Author] |= {author["slug"] for author in document["authors"]}
        self.pictures |= {picture["id"] for picture in pictures(document)}


def dump_story(folder, story, records, named, names):
    """Write the files of a story. Return how many."""
    versions = list(Version.objects.filter(story=story).order_by("number"))
    documents = [upgraded(version.document) for version in versions]
    tables = document_from_story(story)
    before = documents[-1] if documents else None
    has_draft = before is None or records.as_in_tables(before) != tables
    stem = free_name(before["slug"] if before and before["slug"] else tables["slug"], names)
    for version, document, earlier in zip(versions, documents, [None, *documents], strict=False):
        text = write_story(
            document,
            stem=stem,
            number=version.number,
            before=earlier,
            records=records,
            change=version.change,
            note=version.note,
            overrides=clean_overrides(version.overrides),
            published=version.visible_from,
        )
        write(folder / file_name(stem, version.number), text)
        named.add(document)
    if has_draft:
        number = versions[-1].number + 1 if versions else 1
        text = write_story(tables, stem=stem, number=number, before=before, records=records)
        write(folder / file_name(stem, number), text)
        named.add(tables)
    return len(versions) + has_draft


def file_name(stem, number):
    return f"{stem}.md" if number == 1 else f"{stem}.{number}.md"


def free_name(slug, names):
    """Return a name for the files of a story that no other story has, also where case makes no difference."""
    base = slug or "untitled"
    while len(base.encode()) > MAX_NAME:
        base = base[:-1]
    name, number = base, 1
    while unicodedata.normalize("NFKC", name).casefold() in names | {"readme"}:
        number += 1
        name = f"{base}-{number}"
    names.add(unicodedata.normalize("NFKC", name).casefold())
    return name


def term_entries(model, fields, slugs):
    """Return the rows of a model as entries; with `slugs` only those, their ancestors and what they are merged into."""
    relations = [name for name in ("parent", "alias_of") if name in fields]
    rows = {row.slug: row for row in model.objects.select_related(*relations).order_by("slug")}
    wanted = list(rows) if slugs is None else sorted(slugs)
    for slug in wanted:  # grows meanwhile
        related = [getattr(rows[slug], name) for name in relations if slug in rows]
        wanted += [row.slug for row in related if row and row.slug not in wanted]
    return [entry(rows[slug], fields) for slug in sorted(wanted) if slug in rows]


def entry(row, fields):
    values = {name: getattr(row, name) for name in fields}
    return {
        name: value.slug if name in ("parent", "alias_of") else value
        for name, value in values.items()
        if value not in (None, "", False)
    }


def dump_pictures(folder, rows):
    entries = []
    for row in rows.order_by("pk"):
        path = folder / "pictures" / Path(row.file.name).name
        path.parent.mkdir(exist_ok=True)
        with row.file.open("rb") as source, path.open("wb") as target:
            shutil.copyfileobj(source, target)
        texts = {name: getattr(row, name) for name in PICTURE_FIELDS if getattr(row, name)}
        entries.append({"id": str(row.pk), "file": f"pictures/{path.name}", **texts})
    write_list(folder / PICTURES, entries)


def write_list(path, entries):
    if entries:
        write(path, write_yaml(entries))
    else:
        path.unlink(missing_ok=True)


def write(path, text):
    path.write_text(text, encoding="utf-8", newline="\n")
