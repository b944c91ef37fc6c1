"""pictures.yaml and the files beside it: pictures that documents show."""

import uuid

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from stories.interchange.lines import Problem, YamlError, read_yaml
from stories.interchange.story_files import read_text
from stories.interchange.terms import Place, read_fields, validate
from stories.models import Picture
from stories.models.picture import normalise

PICTURES = "pictures.yaml"
FIELDS = ["alt", "decorative", "caption", "credit", "source_type"]


class Pictures:
    """The pictures of pictures.yaml files that have no row yet: `new` is {id: details as a document keeps them}."""

    def __init__(self):
        self.problems, self.new, self.rows = [], {}, []

    def read_file(self, path):
        """Read one pictures.yaml, and decode each picture it names that has no row yet."""
        text = read_text(path, self.problems)
        try:
            marked = read_yaml(text or "")
        except YamlError as error:
            self.problems.append(Problem(str(path), error.line, error.field, error.sentence))
            return
        if marked.value is not None and not isinstance(marked.value, list):
            self.problems.append(Problem(str(path), 1, "", _("It must be a list: each entry begins with “- id: …”.")))
            return
        for i, entry in enumerate(marked.value or []):
            self.read_entry(entry, path, Place(path, marked, str(i), self.problems))

    def read_entry(self, entry, path, place):
        before = len(self.problems)
        if not isinstance(entry, dict):
            return place.problem("", _("An entry must have fields: id and file at least."))
        own = {name: entry.get(name) for name in ("id", "file")}
        values = read_fields(Picture, FIELDS, {name: entry[name] for name in entry if name not in own}, place)
        try:
            values["id"] = uuid.UUID(own["id"])
        except (TypeError, ValueError, AttributeError):
            return place.problem("id", _("A picture needs an id, a UUID."))
        if str(values["id"]) in self.new:
            return place.problem("id", _("“%(value)s” is there twice.") % {"value": values["id"]})
        if Picture.objects.filter(pk=values["id"]).exists():
            return None
        row = Picture(**values)
        validate(row, place)
        source = path.parent / str(own["file"] or "")
        if not source.is_file() or path.parent.resolve() not in source.resolve().parents:
            return place.problem("file", _("There is no such file in the folder of pictures.yaml."))
        try:
            with source.open("rb") as file:
                image, _content, extension = normalise(file)
        except ValidationError as error:
            return place.problem("file", " ".join(error.messages))
        if len(self.problems) == before:
            self.new[str(row.pk)] = {
                "id": str(row.pk), "file": f"pictures/{row.pk}.{extension}", "width": image.width,
                "height": image.height, **{name: getattr(row, name) for name in FIELDS},
            }  # fmt: skip
            self.rows.append((row, source))
        return None

    def write(self):
        """Save the new pictures and their files. If the transaction fails, remove() takes the files away again."""
        for row, source in self.rows:
            self.remove_files(row)  # left by a database that is gone: a new file would get another name
            with source.open("rb") as file:
                row.file = File(file, name=source.name)
                row.save(force_insert=True)

    def remove(self):
        for row, _source in self.rows:
            self.remove_files(row)

    def remove_files(self, row):
        _folders, files = default_storage.listdir("pictures") if default_storage.exists("pictures") else ([], [])
        for name in files:
            if name.startswith(str(row.pk)):
                default_storage.delete(f"pictures/{name}")
