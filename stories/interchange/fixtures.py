"""Fixtures for loaddata: what must happen to rows that Django's raw saves would write unseen, and how ours is made."""

import datetime
import json

from django.core import serializers
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from stories.models import (
    BLOCKS,
    FILINGS,
    Address,
    Author,
    Citation,
    Credit,
    Picture,
    Revision,
    SearchRow,
    SiteChange,
    Source,
    Story,
    StoryEvent,
    StoryTag,
    Tag,
    Topic,
    Version,
)  # fmt: skip
from stories.models.term import free_slug
from stories.publishing import working_copy
from stories.publishing.document import clean, clean_overrides
from stories.publishing.imports import import_versions, without_hashes
from stories.publishing.revisions import save_revision

# Made by publishing while it writes versions, so never taken from a file.
DERIVED = {*FILINGS.values(), Address, SearchRow, SiteChange, StoryEvent}
# What a fixture says of a version; the rest is made when it is loaded.
VERSION_FIELDS = ["story", "number", "change", "note", "visible_from", "document", "overrides"]
# The rows of a fixture in the order in which they need each other, with the order of each model's rows.
FIXTURE = [
    (Source, ["slug"]), (Topic, ["slug"]), (Author, ["slug"]), (Tag, ["slug"]), (Picture, ["pk"]), (Story, ["pk"]),
    (Credit, ["story_id", "position"]), (StoryTag, ["content_object_id", "tag"]),
    (Citation, ["story_id", "position"]), *((model, ["parent_id", "ordering"]) for model in BLOCKS.values()),
    (Version, ["story_id", "number"]),
]  # fmt: skip
# Of this machine, its users and their day.
LEFT_OUT = {
    "created_at", "changed_at", "user", "approver", "stage", "stage_since", "owner", "reviewer", "due",
    "budget_line",
}  # fmt: skip
KEYED = {Story, Picture, *BLOCKS.values()}  # their id is their natural key, which Django would leave out


class Encoder(DjangoJSONEncoder):
    """Django's own cuts instants to milliseconds, within which two versions may lie."""

    def default(self, value):
        if isinstance(value, datetime.datetime):
            return value.isoformat().replace("+00:00", "Z")
        return super().default(value)


def fixture():
    """Return what is published and drafted here as the text of a fixture: a row a line, the same on any machine."""
    lines = []
    for model, order in FIXTURE:
        fields = [field.name for field in model._meta.get_fields() if field.name not in LEFT_OUT]
        rows = serializers.serialize(
            "python",
            # Not sorted by the database: collations differ.
            sorted(model.objects.all(), key=lambda row, order=order: [attribute(row, name) for name in order]),
            fields=VERSION_FIELDS if model is Version else fields,
            use_natural_foreign_keys=True,
            use_natural_primary_keys=model not in KEYED,
        )
        for row in rows:
            if model not in KEYED:
                row.pop("pk", None)  # a counter's number
            if model is Version:
                # PostgreSQL has reordered it; and the hashes that a removal names are of this record.
                row["fields"]["document"] = without_hashes(clean(row["fields"]["document"]))
                row["fields"]["overrides"] = clean_overrides(row["fields"]["overrides"])
            if model is Story:
                row["fields"]["topics"].sort()
            lines.append(json.dumps(row, ensure_ascii=False, cls=Encoder))
    return "[\n" + ",\n".join(lines) + "\n]\n"


def attribute(row, name):
    value = row.tag.slug if name == "tag" else getattr(row, name)
    return value if isinstance(value, int) else str(value)


class Arrivals:
    """The rows of a fixture on their way in.

    A row that is there already is left alone. So is every row of a story that was there before: its editors may have
    removed what the fixture would put back.
    """

    def __init__(self):
        self.new_stories, self.old_stories = set(), set()
        self.versions = {}  # {story id: [Version]}, kept for finish()

    def is_new(self, row):
        """Tell whether `row` is to be loaded at all."""
        if type(row) in DERIVED:
            return False
        if isinstance(row, Story):
            (self.old_stories if exists(row) else self.new_stories).add(row.pk)
            return row.pk in self.new_stories
        story_id = story_of(row)
        if story_id and story_id not in self.new_stories and Story.objects.filter(pk=story_id).exists():
            return False
        return isinstance(row, Version) or not exists(row)

    def keep(self, version):
        """Check a version and keep it until all rows are there. Raise ValidationError or DocumentError."""
        if version.story_id is None:
            raise ValidationError(_("A version must come after its story."))
        refuse_bad_fields(version, only=VERSION_FIELDS)
        if timezone.is_naive(version.visible_from):
            raise ValidationError(_("visible_from must say its time zone."))
        version.document = clean(version.document)
        version.overrides = clean_overrides(version.overrides)
        self.versions.setdefault(version.story_id, []).append(version)

    def finish(self):
        """Write the versions, each story's in order, and a revision of each new working copy.

        Raise ValidationError, DocumentError or PublishError.
        """
        for story_id, versions in self.versions.items():
            story = Story.objects.get(pk=story_id)
            versions.sort(key=lambda version: version.number)
            if [version.number for version in versions] != list(range(1, len(versions) + 1)):
                raise ValidationError(_("The versions of story %(id)s are not 1, 2, 3 …") % {"id": story_id})
            for version in versions:
                working_copy.Terms(version.document)
                working_copy.refuse_foreign_ids(version.document, story)
            import_versions(story, [(v.document, v.change, v.note, v.visible_from, v.overrides) for v in versions])
        for story in Story.objects.filter(pk__in=self.new_stories):
            save_revision(story, by=None)


def story_of(row):
    """Return the id of the story that a row is part of; None for what is no part of one."""
    if isinstance(row, tuple(BLOCKS.values())):
        return row.parent_id
    if isinstance(row, StoryTag):
        return row.content_object_id
    return row.story_id if isinstance(row, (Credit, Citation, Version, Revision)) else None


def exists(row):
    """Tell whether a row is there already: by its key, by its natural key, or by what must be unique."""
    model, manager = type(row), type(row)._default_manager
    if row.pk is not None and manager.filter(pk=row.pk).exists():
        return True
    if hasattr(row, "natural_key") and hasattr(manager, "get_by_natural_key"):
        try:
            return bool(manager.get_by_natural_key(*row.natural_key()))
        except model.DoesNotExist:
            return False
    unique = [rule.fields for rule in model._meta.constraints if isinstance(rule, models.UniqueConstraint)]
    columns = [[model._meta.get_field(name).attname for name in fields] for fields in unique if fields]
    return any(manager.filter(**{name: getattr(row, name) for name in names}).exists() for names in columns)


def prepare(row):
    """Do to a row of ours what a raw save leaves out. Raise ValidationError or DocumentError."""
    if row._meta.app_label != "stories":
        return
    for column in row._meta.fields:
        own = getattr(column, "auto_now", False) or getattr(column, "auto_now_add", False)
        if own and getattr(row, column.attname) is None:
            setattr(row, column.attname, timezone.now())
    if isinstance(row, (Source, Topic, Author, Tag)) and not row.slug:
        row.slug = free_slug(type(row), row.name)
    if isinstance(row, Revision):
        row.document = clean(row.document, draft=True)
    refuse_bad_fields(row)


def refuse_bad_fields(row, only=None):
    """Raise ValidationError if a value is not valid for its column. What is missing is no error: drafts lack things."""
    names = [column.name for column in row._meta.fields if column.is_relation or (only and column.name not in only)]
    try:
        row.clean_fields(exclude=names)
    except ValidationError as error:
        wrong = {
            name: [each for each in errors if each.code not in ("blank", "null")]
            for name, errors in error.error_dict.items()
        }
        if any(wrong.values()):
            raise ValidationError({name: errors for name, errors in wrong.items() if errors}) from error
