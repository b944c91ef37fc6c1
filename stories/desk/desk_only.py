"""What only the desk sees, in a save that another has overtaken: kept beside it, offered where the two are joined."""

from dataclasses import dataclass

from django import forms
from django.contrib.admin.utils import display_for_field
from django.core.exceptions import ValidationError
from django.db.models import Field
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from stories.desk.citations import IN_THE_HOUSE
from stories.desk.forms import refuse_broken_embargo
from stories.models import Citation, Story, User
from stories.publishing.desk_work import name_of
from stories.publishing.lines import cited_name


def desk_only_of(form, formsets):
    """Return what a form changed that is in no document: {column: value as text}, "" for what it emptied.

    Under "citations" stands {key: {column: value as text}} of what was answered about unnamed sources.
    """
    rows = [row for formset in formsets if formset.model is Citation for row in formset.kept_forms]
    citations = {row.instance.key: changed_texts(row, IN_THE_HOUSE) for row in rows}
    citations = {key: texts for key, texts in citations.items() if texts}
    return changed_texts(form, form.desk_only()) | ({"citations": citations} if citations else {})


def changed_texts(form, names):
    """Return {column: value as text} of what a form changed among `names`."""
    columns = [form.instance._meta.get_field(name) for name in names if name in form.changed_data]
    return {
        column.name: "" if column.value_from_object(form.instance) is None else column.value_to_string(form.instance)
        for column in columns
    }


@dataclass(frozen=True)
class Change:
    """What a form that was saved aside said, as text, of a column of its story, or of the citation with a `key`."""

    column: Field
    text: str
    key: str = ""

    @property
    def name(self):
        return f"{self.key}-{self.column.name}" if self.key else self.column.name

    @property
    def value(self):
        return None if self.column.null and not self.text else self.column.to_python(self.text)

    @property
    def names_somebody(self):
        return names_users(self.column) and bool(self.text)


def changes_of(desk_only):
    """Return the Changes of what a revision aside keeps beside its document."""
    own = [(Story, "", {name: text for name, text in desk_only.items() if name != "citations"})]
    rows = own + [(Citation, key, texts) for key, texts in desk_only.get("citations", {}).items()]
    return [
        Change(model._meta.get_field(name), text, key) for model, key, texts in rows for name, text in texts.items()
    ]


class DeskOnlyForm(forms.Form):
    """What the form that was saved aside changed for the desk only. No revision keeps it: it is taken over or not."""

    def __init__(self, revision, data=None):
        super().__init__(data, prefix="desk", label_suffix="")
        self.revision = revision
        changes = changes_of(revision.desk_only)
        rows = Citation.objects.filter(story=revision.story_id).in_bulk(field_name="key") if changes else {}
        now = {each: value_in(rows.get(each.key) if each.key else revision.story, each.column) for each in changes}
        people = people_in(changes, now)
        self.changes = [change for change in changes if not change.names_somebody or change.value in people]
        names = {citation["key"]: cited_name(citation) for citation in revision.document["citations"]}
        for change in self.changes:
            label = _("%(field)s: %(words)s (now in the story: %(now)s)") % {
                "field": told_field(change, names),
                "words": told_value(change.column, change.value, people),
                "now": told_value(change.column, now[change], people),
            }
            self.fields[change.name] = forms.BooleanField(label=label, required=False, initial=True)

    def clean(self):
        """Refuse what the story's form would; the story is locked when it is saved."""
        for change in self.taken():
            if change.name == "embargo_until":
                try:
                    refuse_broken_embargo(self.revision.story, change.value)
                except ValidationError as error:
                    self.add_error(change.name, error)

    def taken(self):
        return [change for change in self.changes if self.cleaned_data.get(change.name)]

    def save(self):
        """Write what is to be taken over."""
        for key in {change.key for change in self.taken()}:
            values = {change.column.attname: change.value for change in self.taken() if change.key == key}
            citations = Citation.objects.filter(story=self.revision.story_id, key=key)
            rows = citations if key else Story.objects.filter(pk=self.revision.story_id)
            rows.update(**values)


def value_in(row, column):
    """Return what a column has in a row, which may be gone: None then."""
    return getattr(row, column.attname) if row else None


def people_in(changes, now):
    """Return {id: user} of those named in Changes, and in what stands there now, {change: value}; not who has left."""
    ids = [pk for each in changes if names_users(each.column) for pk in (each.value, now[each]) if pk]
    return User.objects.in_bulk(ids) if ids else {}


def names_users(column):
    return column.related_model is User


def told_field(change, names):
    """Return what editors call the column of a Change; `names` are those of the citations, {key: name}."""
    label = capfirst(change.column.verbose_name)
    if not change.key:
        return label
    return _("%(field)s, of “%(source)s”") % {"field": label, "source": names.get(change.key, "")}


def told_value(column, value, people):
    """Return a value of a column as editors read it; `people` are the users it may name, {id: user}."""
    if value in (None, ""):
        return _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    words = name_of(people[value]) if value in people else display_for_field(value, column, "")
    return _("“%(words)s”") % {"words": Truncator(words).chars(100)}
