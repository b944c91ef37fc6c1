"""sources.yaml, topics.yaml, authors.yaml and tags.yaml: what stories are filed under. Existing rows are left alone."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from stories.interchange.lines import Problem, YamlError, read_yaml
from stories.interchange.story_files import read_text
from stories.models import Author, Source, Tag, Topic
from stories.models.prose import clean_text
from stories.models.term import make_slug
from stories.models.topic import lineage
from stories.publishing.fields import YES_OR_NO

MERGED = ["alias_of", "archived"]
TERM_FILES = {
    "sources.yaml": (Source, ["slug", "name", "kind", "role", "handle", "platform", "url", "description", *MERGED]),
    "topics.yaml": (Topic, ["slug", "name", "parent", "description", "open", *MERGED]),
    "authors.yaml": (Author, ["slug", "name", "collective", "biography", *MERGED]),
    "tags.yaml": (Tag, ["slug", "name", "alias_of"]),
}


class Terms:
    """The terms that stories may name: the database's and, in `new`, {model: {slug: row}}, the files'."""

    def __init__(self):
        self.problems = []
        self.new = {model: {} for model, _fields in TERM_FILES.values()}
        self.ids = {model: dict(model.objects.values_list("slug", "pk")) for model in self.new}
        self.tag_names = {name.casefold(): slug for slug, name in Tag.objects.values_list("slug", "name")}
        self.relations = []  # (row, name of the relation, slug, path, line)
        self.read = {}  # {(model, slug): (fields, path)} of the first entry of that slug
        self.seen = {model: set() for model in self.new}

    def knows(self, model, slug):
        return slug in self.ids[model] or slug in self.new[model]

    def tag(self, name):
        """Return the slug of the tag of this slug or name; one not yet known is made. "" if that cannot be."""
        name = clean_text(name)
        if self.knows(Tag, name):
            return name
        slug = self.tag_names.get(name.casefold()) or make_slug(name)
        if slug and not self.knows(Tag, slug):
            if len(name) > Tag._meta.get_field("name").max_length:
                return ""
            self.add(Tag(name=name, slug=slug))
        return slug

    def add(self, row):
        self.new[type(row)][row.slug] = row
        if isinstance(row, Tag):
            self.tag_names.setdefault(row.name.casefold(), row.slug)

    def read_file(self, path):
        """Read one of TERM_FILES."""
        model, fields = TERM_FILES[path.name]
        text = read_text(path, self.problems)
        if text is None:
            return
        try:
            marked = read_yaml(text)
        except YamlError as error:
            self.problems.append(Problem(str(path), error.line, error.field, error.sentence))
            return
        if marked.value is not None and not isinstance(marked.value, list):
            self.problems.append(Problem(str(path), 1, "", _("It must be a list: each entry begins with “- slug: …”.")))
            return
        for i, entry in enumerate(marked.value or []):
            self.read_entry(model, fields, entry, Place(path, marked, str(i), self.problems))

    def read_entry(self, model, fields, entry, place):
        if not isinstance(entry, dict):
            return place.problem("", _("An entry must have fields: slug and name at least."))
        before = len(place.problems)
        entry = read_fields(model, fields, entry, place)
        if not entry.get("name") and len(place.problems) == before:
            place.problem("name", _("It must not be empty."))
        slug = entry["slug"] = entry.get("slug") or make_slug(entry.get("name") or "")
        known, path = self.read.setdefault((model, slug), (dict(entry), place.path))
        if path != place.path and known == entry:
            return None  # another folder has the very same
        if slug in self.seen[model]:
            return place.problem("slug", _("“%(slug)s” is there twice.") % {"slug": slug})
        self.seen[model].add(slug)
        relations = {name: entry.pop(name, None) for name in ("parent", "alias_of")}
        row = model(**entry)
        validate(row, place)
        if slug in self.ids[model] or len(place.problems) > before:
            return None
        for name, other in relations.items():
            if other:
                self.relations.append((row, name, other, place))
        if model is Tag and self.tag_names.get(row.name.casefold(), slug) != slug:
            place.problem("name", _("There is a tag of this name already, with another slug."))
        return self.add(row)

    def connect(self):
        """Give the new rows their parents and what they are merged into, which may stand in any order."""
        for row, name, slug, place in self.relations:
            model = type(row)
            if not self.knows(model, slug):
                names = {"kind": model._meta.verbose_name, "slug": slug}
                place.problem(name, _("There is no %(kind)s “%(slug)s”.") % names)
            elif name == "alias_of" and slug == row.slug:
                place.problem(name, _("It cannot be merged into itself."))
            elif name == "alias_of" and self.is_merged(model, slug):
                place.problem(name, _("That one is itself merged into another. Choose the other one."))
            elif model is not Tag:
                setattr(row, f"{name}_id", self.ids[model].get(slug) or self.new[model][slug].pk)
        self.refuse_cycles()

    def is_merged(self, model, slug):
        if slug in self.ids[model]:
            return model.objects.filter(slug=slug, alias_of__isnull=False).exists()
        row = self.new[model][slug]
        return any(other is row and name == "alias_of" for other, name, *_rest in self.relations)

    def refuse_cycles(self):
        parent_of = {row.pk: row.parent_id for row in self.new[Topic].values()}
        for row, name, _slug, place in self.relations:
            if name == "parent" and row.parent_id and row.pk in lineage(row.parent_id, parent_of):
                place.problem(name, _("A topic cannot be part of itself or of one of its own parts."))

    def write(self):
        """Save the new rows."""
        for model, rows in self.new.items():
            model.objects.bulk_create(rows.values(), batch_size=500)
        for row, name, slug, _place in self.relations:
            if isinstance(row, Tag) and name == "alias_of":
                row.alias_of_id = self.ids[Tag].get(slug) or self.new[Tag][slug].pk
                row.save(update_fields=["alias_of"])

    def count(self):
        return sum(map(len, self.new.values()))


class Place:
    """An entry of a file, to name in a problem."""

    def __init__(self, path, marked, prefix, problems):
        self.path, self.marked, self.prefix, self.problems = str(path), marked, prefix, problems

    def problem(self, name, sentence):
        line = self.marked.line(f"{self.prefix}.{name}" if name else self.prefix)
        self.problems.append(Problem(self.path, line, name, str(sentence)))


def read_fields(model, fields, entry, place):
    """Return the fields of an entry as the model wants them."""
    values = {}
    for name, value in entry.items():
        if name not in fields:
            place.problem(name, _("There is no such field."))
        elif isinstance(value, (dict, list)):
            place.problem(name, _("It must be text."))
        elif isinstance(column := model._meta.get_field(name), models.BooleanField):
            if value is not None and value.lower() not in YES_OR_NO:
                place.problem(name, _("Write true or false."))
            values[name] = YES_OR_NO.get((value or "false").lower(), False)
        elif value is not None:
            values[name] = clean_text(value, multiline=isinstance(column, models.TextField))
    return values


def validate(row, place):
    exclude = [
        column.name
        for column in row._meta.fields
        if column.is_relation or column.primary_key or isinstance(column, models.FileField)
    ]
    try:
        row.clean_fields(exclude=exclude)
    except ValidationError as error:
        for name, sentences in error.message_dict.items():
            if name != "name" or row.name:  # its absence has been told
                place.problem(name, " ".join(sentences))
