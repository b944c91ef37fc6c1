"""What an editor decides on the page that joins two saves: one form for each place that both changed."""

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stories.desk.rows import add_problems
from stories.models import BLOCKS, Citation, Credit, Story
from stories.models.prose import ProseField
from stories.publishing.document import AUTHOR, BLOCK_FIELDS, CITATION, DOCUMENT, new_id
from stories.publishing.working_copy import CITATION_FIELDS

TEXTS = [
    "slug", "headline", "kicker", "standfirst", "summary", "dateline", "editors_note", "interest_note", "language",
]  # fmt: skip


class ConflictForm(forms.Form):
    """Mine, theirs, for blocks both, or written anew in the other fields of this form."""

    choice = forms.ChoiceField(
        label=gettext_lazy("What shall the story say?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one: both of you changed this.")},
    )

    def __init__(self, *args, conflict, them, **kwargs):
        self.conflict = conflict
        self.kept = kept = conflict.theirs if conflict.mine is None else conflict.mine
        self.is_row = isinstance(kept, dict) and "." in conflict.place
        editable = fields_of(conflict.place, kept)
        super().__init__(*args, initial={name: kept[name] if self.is_row else kept for name in editable}, **kwargs)
        self.fields["choice"].choices = choices_of(conflict, them, bool(editable))
        self.fields |= editable

    @property
    def edited(self):
        """The fields in which it is written anew."""
        return [self[name] for name in self.fields if name != "choice"]

    def clean(self):
        if self.cleaned_data.get("choice") == "edit" and not self.errors:
            shape = shape_of(self.conflict.place, self.kept)
            names = [name for name in self.fields if name != "choice"]
            add_problems(self, {name: shape[name] for name in names}, {name: self.cleaned_data[name] for name in names})

    def full_clean(self):
        super().full_clean()
        if self.is_bound and self.data.get(self.add_prefix("choice")) != "edit":
            # What is not chosen need not hold; it is shown again all the same.
            for name in [name for name in self._errors if name != "choice"]:
                del self._errors[name]

    def chosen(self):
        """Return the values that the place shall have, as settled() takes them."""
        conflict, choice = self.conflict, self.cleaned_data["choice"]
        sides = {"mine": [conflict.mine], "theirs": [conflict.theirs]}
        if choice in sides:
            return [value for value in sides[choice] if value is not None] if self.is_row else sides[choice]
        if choice == "both":
            return [conflict.mine, {**conflict.theirs, "id": new_id()}]
        written = {name: self.cleaned_data[name] for name in self.fields if name != "choice"}
        if not self.is_row:
            return list(written.values())
        return [{**self.kept, **written}]


def conflict_form(conflict, them, data=None):
    return ConflictForm(data, prefix=conflict.place, conflict=conflict, them=them, label_suffix="")


def choices_of(conflict, them, editable):
    values = {"name": them}
    mine, theirs = _("What you wrote"), _("What %(name)s wrote") % values
    if conflict.mine is None:
        mine, theirs = _("Leave it out, as you did"), _("Keep it as %(name)s changed it") % values
    elif conflict.theirs is None:
        mine, theirs = _("Keep it as you changed it"), _("Leave it out, as %(name)s did") % values
    choices = [("mine", mine), ("theirs", theirs)]
    if conflict.place.startswith("blocks.") and conflict.mine and conflict.theirs:
        choices.append(("both", _("Both: yours, then the other as a block of its own")))
    if editable:
        choices.append(("edit", _("Something else, written here")))
    return choices


def fields_of(place, value):
    """Return {name: form field} of what can be written anew at a place: words, not choices of rows or pictures."""
    name = place.partition(".")[0]
    if name == "blocks":
        model, names = BLOCKS[value["type"]], [name for name in BLOCK_FIELDS[value["type"]] if name != "picture"]
    elif name == "citations":
        model, names = Citation, [name for name in CITATION_FIELDS if name != "key"]
    elif name == "authors":
        model, names = Credit, ["role"]
    else:
        model, names = Story, [name for name in [name] if name in TEXTS]
    return {name: form_field(model._meta.get_field(name)) for name in names}


def shape_of(place, value):
    """Return the cleaners of a place's values, {name: cleaner}, as documents have them."""
    name = place.partition(".")[0]
    if name == "blocks":
        return BLOCK_FIELDS[value["type"]]
    return {"citations": CITATION, "authors": AUTHOR}.get(name, DOCUMENT)


def form_field(column):
    kwargs = {"required": False, "label": capfirst(column.verbose_name)}
    if isinstance(column, ProseField):
        kwargs["widget"] = AdminTextareaWidget  # the column makes the rich text of the admin of it
    elif column.name == "headline":
        kwargs["widget"] = forms.Textarea({"rows": 2})
    elif isinstance(column, models.TextField):
        kwargs["widget"] = forms.Textarea({"rows": 5})
    return column.formfield(**kwargs)
