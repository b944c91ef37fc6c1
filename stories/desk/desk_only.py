"""What only the desk sees, in a save that another has overtaken: kept beside it, offered where the two are joined."""

import datetime
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.admin.utils import display_for_field
from django.core.exceptions import ValidationError
from django.db.models import Field
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from stories.desk.citations import IN_THE_HOUSE
from stories.desk.forms import refuse_broken_embargo
from stories.desk.rows import valid_ids
from stories.desk.states import told
from stories.models import Citation, Story, User
from stories.models.term import make_slugline
from stories.publishing.desk_work import log_values, name_of
from stories.publishing.lines import cited_name

UNREADABLE = object()


def desk_only_of(form, formsets):
    """Return what a form changed that is in no document: {column: value as text}, "" for what it emptied.

    Under "citations" stands {key: {column: value as text}} of what was answered about unnamed sources; under "before",
    in the same shape, what all of that was when the form was opened.
    """
    rows = [row for formset in formsets if formset.model is Citation for row in formset.kept_forms]
    forms = [("", form, form.desk_only()), *((row.instance.key, row, IN_THE_HOUSE) for row in rows)]
    changed = [(key, each, [name for name in names if name in each.changed_data]) for key, each, names in forms]
    kept = by_key((key, {name: text_of(each.instance, name) for name in names}) for key, each, names in changed)
    if not kept:
        return {}
    before = by_key((key, {name: text_before(each, name) for name in names}) for key, each, names in changed)
    return kept | {"before": before}


def by_key(rows):
    """Return [(key of a citation or "", {column: text})] as a revision keeps it, without what is empty."""
    texts = {key: texts for key, texts in rows if texts}
    own = texts.pop("", {})
    return own | ({"citations": texts} if texts else {})


def text_of(row, name):
    column = row._meta.get_field(name)
    return "" if column.value_from_object(row) is None else column.value_to_string(row)


def text_before(form, name):
    """Return what a field of a posted form was opened with, as text: its hidden input says so."""
    bound, column = form[name], form.instance._meta.get_field(name)
    posted = bound.field.hidden_widget().value_from_datadict(form.data, form.files, bound.html_initial_name)
    if column.is_relation:
        return str(posted) if valid_ids(column.related_model, filter(None, [posted])) else ""
    try:
        value = bound.field.clean(posted)
    except ValidationError:
        return ""
    return text_of(type(form.instance)(**{column.attname: value}), name)


@dataclass(frozen=True)
class Change:
    """What a form said, as text, of a column of its story, or of the citation with a `key`.

    `now` is the value that the row has; `by_both` tells that somebody else changed it after the form was opened.
    """

    column: Field
    text: str
    key: str
    now: Any
    by_both: bool

    @property
    def name(self):
        return f"{self.key}-{self.column.name}" if self.key else self.column.name

    @property
    def value(self):
        return value_from(self.column, self.text)

    @property
    def names_somebody(self):
        return names_users(self.column) and bool(self.text)


def changes_of(desk_only, story_id):
    """Return the Changes of what desk_only_of() found, compared with the rows as they are now. At most two queries."""
    if not desk_only:
        return []
    own = {name: text for name, text in desk_only.items() if name not in ("citations", "before")}
    citations, before = desk_only.get("citations", {}), desk_only.get("before", {})
    story = Story.objects.get(pk=story_id)
    found = [change_of(story, "", name, text, before) for name, text in own.items()]
    rows = Citation.objects.filter(story=story_id).in_bulk(field_name="key") if citations else {}
    for key, texts in citations.items():
        opened = before.get("citations", {}).get(key, {})
        found += [change_of(rows.get(key), key, name, text, opened) for name, text in texts.items()]
    return [change for change in found if readable(change.column, change.text) is not UNREADABLE]


def change_of(row, key, name, text, before):
    """Return the Change of a column; `row` is None if it is not there, `before` the texts it was opened with."""
    column = (Citation if key else Story)._meta.get_field(name)
    now = getattr(row, column.attname) if row else None
    known = [readable(column, each) for each in (text, before[name])] if row and name in before else [whole(now)]
    if name == "slugline" and not before.get(name):
        known.append(make_slugline(row.headline))  # as any save proposes it: nobody changed it
    by_both = whole(now) not in known
    return Change(column, text, key, now, by_both)


def value_from(column, text):
    return None if column.null and not text else whole(column.to_python(text))


def readable(column, text):
    """Return the value that a column's text stands for, UNREADABLE if a redaction left it none."""
    try:
        return value_from(column, text)
    except ValidationError:
        return UNREADABLE


def whole(value):
    """Return a value as forms have it, whose times know no parts of a second."""
    return value.replace(microsecond=0) if isinstance(value, datetime.datetime) else value


def log_changes(changes, story, by):
    """Write into the journal what of `changes` is not so already; of a citation only what was answered, not how."""
    values = {each.column.name: None if each.key else each.text for each in changes if each.value != whole(each.now)}
    if values:
        log_values(story, by, values)


class DeskOnlyForm(forms.Form):
    """What the form that was saved aside changed for the desk only. No revision keeps it: it is taken over or not."""

    def __init__(self, revision, data=None):
        super().__init__(data, prefix="desk", label_suffix="")
        self.revision = revision
        self.changes, people = changes_with_people(revision)
        self.by_both = [change for change in self.changes if change.by_both]
        names = names_in(revision.document)
        for change in self.changes:
            label = label_of(change) % {
                "field": told_field(change, names),
                "words": told_value(change.column, change.value, people),
                "now": told_value(change.column, change.now, people),
            }
            # What somebody else changed too is not written over unless it is asked for.
            self.fields[change.name] = forms.BooleanField(label=label, required=False, initial=not change.by_both)

    @property
    def seen(self):
        """Return what stands for all that the page says is in the story now: it is posted with the ticks."""
        now = json.dumps([[change.name, str(change.now)] for change in self.changes])
        return hashlib.sha256(now.encode()).hexdigest()[:16]

    def clean(self):
        """Refuse what the story's form would, and ticks for what has changed; the story is locked when it is saved."""
        if self.data.get(self.add_prefix("seen"), self.seen) != self.seen:
            self.add_error(None, _("Meanwhile some of this was changed in the story. Look at it again, then save."))
        for change in self.taken():
            if change.name == "embargo_until":
                try:
                    refuse_broken_embargo(self.revision.story, change.value)
                except ValidationError as error:
                    self.add_error(change.name, error)

    def taken(self):
        return [change for change in self.changes if self.cleaned_data.get(change.name)]

    def save(self, *, by):
        """Write what is to be taken over."""
        log_changes(self.taken(), self.revision.story, by)
        for key in {change.key for change in self.taken()}:
            values = {change.column.attname: change.value for change in self.taken() if change.key == key}
            citations = Citation.objects.filter(story=self.revision.story_id, key=key)
            rows = citations if key else Story.objects.filter(pk=self.revision.story_id)
            rows.update(**values)


def label_of(change):
    if change.by_both:
        return _("%(field)s: %(words)s (both of you changed it; now in the story: %(now)s)")
    return _("%(field)s: %(words)s (now in the story: %(now)s)")


def changes_with_people(revision):
    """Return the Changes that a revision aside keeps, without those that name who has left, and {id: user}."""
    changes = changes_of(revision.desk_only, revision.story_id)
    people = people_in(changes)
    return [change for change in changes if not change.names_somebody or change.value in people], people


def told_beside(revision):
    """Return what a revision aside keeps beside its document, as editors read it, a line each."""
    changes, people = changes_with_people(revision)
    names = names_in(revision.document)
    texts = [(told_field(change, names), told_value(change.column, change.value, people)) for change in changes]
    return [_("%(field)s: %(words)s") % {"field": field, "words": words} for field, words in texts]


def people_in(changes):
    """Return {id: user} of those named in Changes, and in what stands there now; not who has left."""
    ids = [pk for each in changes if names_users(each.column) for pk in (each.value, each.now) if pk]
    return User.objects.in_bulk(ids) if ids else {}


def names_users(column):
    return column.related_model is User


def names_in(document):
    """Return {key: name} of what a document cites."""
    return {citation["key"]: cited_name(citation) for citation in document["citations"]}


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
    if isinstance(value, datetime.datetime):
        return told(value)
    words = name_of(people[value]) if value in people else display_for_field(value, column, "")
    return _("“%(words)s”") % {"words": words}


# The journal

COLUMNS = {column.name: column for model in (Citation, Story) for column in model._meta.concrete_fields}


def told_note(note):
    """Return what log_values() wrote, as editors read it; what a redaction left of it is shown as it is."""
    return "; ".join(told_line(line) for line in note.split("\n"))


def told_line(line):
    name, is_told, text = line.partition(":")
    if name not in COLUMNS:
        return line
    column, text = COLUMNS[name], text.strip()
    if not is_told:
        return _("of an unnamed source, %(field)s") % {"field": column.verbose_name}
    try:
        value = value_from(column, text)
    except ValidationError:
        value = text
    values = {"field": column.verbose_name, "words": told_value(column, value, {})}
    return (_("%(field)s %(words)s") if text else _("%(field)s: %(words)s")) % values
