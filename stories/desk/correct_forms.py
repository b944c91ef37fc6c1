"""What readers have, as a form: the live version's words in reading order, each block and citation by its id."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from stories.desk.publish_forms import DeclarationForm
from stories.models import BLOCKS, Citation, Story
from stories.publishing.document import BLOCK_FIELDS, DocumentError, clean, numbered_citations

HEAD = ["kicker", "headline", "standfirst"]
REST = ["summary", "dateline", "editors_note", "interest_note", "ai_use", "ai_label"]
CITATION = ["quote", "obtained", "url", "published_on", "accessed_on", "archived_url", "terms"]
UNNAMED = ["descriptor", "reason"]


def field_names(row, kind):
    """Return {name in the document: name in the form} of a row's fields, `row` being a block or a citation."""
    if kind == "block":
        return {name: f"block-{row['id']}-{name}" for name in BLOCK_FIELDS[row["type"]] if name != "picture"}
    names = CITATION if row["source"] else [*UNNAMED, *CITATION]
    return {name: f"citation-{row['key']}-{name}" for name in names}


def value_of(row, name):
    return (row["unnamed"] or {}).get(name, "") if name in UNNAMED else row[name]


def values_of(document):
    """Return {name in the form: value} of all that can be put right in a document."""
    values = {name: document[name] for name in [*HEAD, *REST]}
    for kind, rows in (("block", document["blocks"]), ("citation", document["citations"])):
        for row in rows:
            values |= {key: value_of(row, name) for name, key in field_names(row, kind).items()}
    return values


def removed_in(document, base):
    """Return {name in the form: True} for the removal of each row of `base` that `document` no longer has."""
    return dict.fromkeys(removals(base) - removals(document), True)


def removals(document):
    blocks = {f"block-{block['id']}-DELETE" for block in document["blocks"]}
    return blocks | {f"citation-{citation['key']}-DELETE" for citation in document["citations"]}


class CorrectForm(DeclarationForm):
    """The document `base`, which readers have, to be put right, with what the change is declared to be.

    Once the form is valid `document` is what would be published. `reviewed` is the fingerprint of the document whose
    changes the editor was shown.
    """

    reviewed = forms.CharField(required=False, max_length=64)
    use_required_attribute = False

    def __init__(self, *args, base, **kwargs):
        super().__init__(*args, **kwargs)
        self.base = base
        self.document = None
        values = values_of(base)
        for name in [*HEAD, *REST]:
            self.add(name, Story._meta.get_field(name), values[name])
        for block in base["blocks"]:
            self.add_row(block, "block", BLOCKS[block["type"]], values, block["id"], _("Remove this part"))
        for citation in base["citations"]:
            self.add_row(citation, "citation", Citation, values, citation["key"], _("Remove this source"))

    def add_row(self, row, kind, model, values, row_id, remove):
        for name, key in field_names(row, kind).items():
            self.add(key, model._meta.get_field(name), values[key])
        self.fields[f"{kind}-{row_id}-DELETE"] = forms.BooleanField(label=remove, required=False)

    def add(self, key, model_field, value):
        field = model_field.formfield()
        field.initial = value
        field.required = field.required and bool(value)  # what readers have without it need not get it now
        if isinstance(field.widget, forms.Textarea):
            field.widget.attrs["rows"] = 2
        if key == "headline":
            field.widget = forms.Textarea({"rows": 1})
        if key in HEAD:
            field.widget.attrs["placeholder"] = capfirst(model_field.verbose_name)
        self.fields[key] = field

    # What the page shows

    def head(self):
        return [self.told(name, name) for name in HEAD]

    def rest(self):
        return [self.told(name, name) for name in REST]

    def told(self, name, key):
        return {"name": name, "field": self[key]}

    def blocks(self):
        """Yield {label, picture, rows, remove} of each block in reading order."""
        for block in self.base["blocks"]:
            yield {
                "label": capfirst(BLOCKS[block["type"]]._meta.verbose_name),
                "picture": block.get("picture"),
                "rows": [self.told(name, key) for name, key in field_names(block, "block").items()],
                "remove": self[f"block-{block['id']}-DELETE"],
            }

    def citations(self):
        """Yield {key, number, name, rows, remove} of each citation in the order of its number."""
        for citation in numbered_citations(self.base):
            yield {
                "key": citation["key"],
                "number": citation["number"],
                "name": citation["source"]["name"] if citation["source"] else "",
                "rows": [self.told(name, key) for name, key in field_names(citation, "citation").items()],
                "remove": self[f"citation-{citation['key']}-DELETE"],
            }

    # What was posted

    def clean(self):
        super().clean()
        self.forgive_removed()
        if self.errors:
            return
        document = self.filled()
        try:
            self.document = clean(document)
        except DocumentError as error:
            for place, sentence in error.problems:
                self.add_error(field_at(place, document, self.fields), sentence)

    def removed(self, kind):
        """Return the ids of the rows of a kind that the editor removed."""
        ids = (block["id"] for block in self.base["blocks"])
        keys = (citation["key"] for citation in self.base["citations"])
        return {row for row in (ids if kind == "block" else keys) if self.cleaned_data.get(f"{kind}-{row}-DELETE")}

    def forgive_removed(self):
        """Take back the errors of rows that were removed: nobody fills in what is to go."""
        for kind in ("block", "citation"):
            for row in self.removed(kind):
                for name in [name for name in self.errors if name.startswith(f"{kind}-{row}-")]:
                    del self.errors[name]

    def filled(self):
        """Return `base` with what was typed; what was not touched stays letter for letter."""
        typed = {name: self.cleaned_data[name] for name in self.changed_data if name in self.cleaned_data}
        head = {name: typed[name] for name in [*HEAD, *REST] if name in typed}
        gone = {kind: self.removed(kind) for kind in ("block", "citation")}
        blocks = [
            {**block, **taken(field_names(block, "block"), typed)}
            for block in self.base["blocks"]
            if block["id"] not in gone["block"]
        ]
        citations = []
        for citation in self.base["citations"]:
            if citation["key"] not in gone["citation"]:
                values = taken(field_names(citation, "citation"), typed)
                unnamed = {name: values.pop(name) for name in UNNAMED if name in values}
                unnamed = {**(citation["unnamed"] or {}), **unnamed} or None
                citations.append({**citation, **values, "unnamed": unnamed})
        return {**self.base, **head, "blocks": blocks, "citations": citations, "correction": None, "removal": None}


def taken(names, typed):
    return {name: typed[key] for name, key in names.items() if key in typed}


def field_of(place, fields):
    """Return the form's field of what preflight calls "headline" or "blocks.<id>.words"; None if it has none."""
    kind, _dot, rest = place.partition(".")
    row, _dot, inner = rest.partition(".")
    name = f"{kind.removesuffix('s')}-{row}-{inner}" if rest else kind
    return name if name in fields else None


def field_at(place, document, fields):
    """Return the form's field of a place of the document like "blocks.2.url"; None if it has none."""
    name, *inner = place.split(".")
    if inner and name in ("blocks", "citations"):
        kind, key = ("block", "id") if name == "blocks" else ("citation", "key")
        name = f"{kind}-{document[name][int(inner[0])][key]}-{inner[-1]}"
    return name if name in fields else None
