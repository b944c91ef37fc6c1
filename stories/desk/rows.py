"""Rows of a story in its form: found by the id or key they carry, fetched with few queries whatever their number."""

import re
import uuid

from django import forms
from django.contrib.admin.widgets import (
    AdminDateWidget,
    AdminTimeWidget,
    AdminURLFieldWidget,
    AutocompleteSelect,
    AutocompleteSelectMultiple,
    RelatedFieldWidgetWrapper,
)
from django.core.exceptions import ValidationError
from django.forms.formsets import TOTAL_FORM_COUNT
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from stories.models.as_typed import TypedAddressField, TypedDayField, TypedTimeField
from stories.publishing.fields import HalfWritten, clean_shape

GAPS = 20  # numbers that may be missing between the rows of a posted form; those of our pages have none


class RowsFormSet(forms.BaseInlineFormSet):
    """Formset that decides by the database, not by the order of the posted forms, which rows exist.

    Between opening a form and saving it another editor may have restored or deleted rows, and a form may be posted
    twice. A row that is there is updated, one that is gone is written again: nobody loses a word, and none of Django's
    errors about hidden fields, which nobody can see, comes up.
    """

    picked = ()  # foreign keys whose rows are fetched for all forms at once

    def __init__(self, *args, **kwargs):
        self._picked_rows = {}
        super().__init__(*args, **kwargs)

    @cached_property
    def management_form(self):
        """How many rows there are: no more than were posted, whatever is said, since an empty one costs as much."""
        form = super().management_form
        if self.is_bound and form.is_valid():
            total = min(form.cleaned_data[TOTAL_FORM_COUNT], self.posted_count())
            said = form.cleaned_data | {TOTAL_FORM_COUNT: total}
            form.data = {form.add_prefix(name): value for name, value in said.items()}
            form.full_clean()
        return form

    def posted_count(self):
        of_row = re.compile(rf"{re.escape(self.prefix)}-([0-9]{{1,4}})-")
        numbers = {int(match[1]) for match in map(of_row.match, self.data) if match}
        return min(max(numbers, default=-1) + 1, len(numbers) + GAPS)

    def row(self, prefix):
        """Return the row that the posted form of `prefix` is about; None if it is a new one."""
        return self.rows_by_id.get(self.data.get(f"{prefix}-id"))

    @property
    def rows_by_id(self):
        return {str(row.pk): row for row in super().get_queryset()}

    @property
    def initial_forms(self):
        return [form for form in self.forms if not form.instance._state.adding]

    @property
    def extra_forms(self):
        return [form for form in self.forms if form.instance._state.adding]

    @property
    def kept_forms(self):
        """The forms whose rows the story has after saving."""
        gone = self.deleted_forms
        return [
            form for form in self.forms if form not in gone and (form.has_changed() or not form.instance._state.adding)
        ]

    def get_queryset(self):
        # The admin pairs this with initial_forms.
        return [form.instance for form in self.initial_forms] if self.is_bound else super().get_queryset()

    def _construct_form(self, i, **kwargs):
        if self.is_bound:
            kwargs["instance"] = self.row(self.add_prefix(i))
        elif i < self.initial_form_count():
            kwargs["instance"] = self.get_queryset()[i]
        form = forms.BaseFormSet._construct_form(self, i, **kwargs)
        setattr(form.instance, self.fk.attname, self.instance.pk)
        return form

    def add_fields(self, form, index):
        super().add_fields(form, index)
        existing = not form.instance._state.adding
        form.fields["id"] = forms.Field(
            required=False, initial=str(form.instance.pk) if existing else None, widget=forms.HiddenInput
        )
        for name in self.picked:
            if name in form.fields:
                form.fields[name].rows = self.picked_rows(name)

    def picked_rows(self, name):
        """Return {id: row} of all rows that the forms name in the foreign key `name`. One query."""
        if name not in self._picked_rows:
            if self.is_bound:
                posted = [self.data.get(f"{self.add_prefix(i)}-{name}") for i in range(self.total_form_count())]
                queryset = self.form.base_fields[name].queryset
                rows = queryset.filter(pk__in=valid_ids(queryset.model, posted))
            else:
                rows = [row for row in (getattr(row, name) for row in self.get_queryset()) if row]
            self._picked_rows[name] = {str(row.pk): row for row in rows}
        return self._picked_rows[name]

    def save_existing(self, form, obj, commit=True):
        fields = {field.name for field in obj._meta.concrete_fields if not field.primary_key}
        if commit and (changed := fields.intersection(form.changed_data)):
            obj.save(update_fields=changed)
        return obj


def valid_ids(model, values):
    """Return those of `values`, as posted, that may be ids of `model`."""
    ids, field = [], model._meta.pk
    for value in filter(None, values):
        try:
            pk = field.to_python(value)
            field.run_validators(pk)  # a number that no column holds is an error of the database
        except ValidationError:
            continue
        ids.append(pk)
    return ids


def posted_uuid(value):
    """Return `value` as a UUID, None if it is none."""
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return None


class DeskField(forms.BoundField):
    """A field of the story's form: a hidden one has neither label nor description, as Django's admin gives it."""

    def label_tag(self, *args, **kwargs):
        return "" if self.is_hidden else super().label_tag(*args, **kwargs)

    def build_widget_attrs(self, attrs, widget=None):
        attrs = super().build_widget_attrs(attrs, widget)
        if widget and widget.is_hidden:
            attrs.pop("aria-describedby", None)
        return attrs


class SafeAutocomplete:
    """Django's autocomplete fails on what can be no id when it shows a posted form again, and names no empty choice."""

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        return option if value else {**option, "attrs": {**option["attrs"], "label": _("none")}}

    def optgroups(self, name, value, attrs=None):
        model = self.choices.queryset.model
        return super().optgroups(name, [pk for pk in value if valid_ids(model, [pk])], attrs)


class SafeMultipleField(forms.ModelMultipleChoiceField):
    """Django's field asks the database for any number, and fails on one that no column holds."""

    def clean(self, value):
        for pk in value or ():
            if not valid_ids(self.queryset.model, [pk]):
                raise ValidationError(self.error_messages["invalid_pk_value"], "invalid_pk_value", {"pk": pk})
        return super().clean(value)


class PickSelectMultiple(SafeAutocomplete, AutocompleteSelectMultiple):
    def build_attrs(self, base_attrs, extra_attrs=None):
        # Each topic has its own cross; the one for all of them stands where no screen reader expects it.
        return super().build_attrs(base_attrs, extra_attrs) | {"data-allow-clear": "false"}


class SafeSelect(SafeAutocomplete, AutocompleteSelect):
    pass


class PickSelect(SafeSelect):
    """Autocomplete that takes the label of what is chosen from the rows that the formset fetched."""

    def optgroups(self, name, value, attrs=None):
        rows = self.choices.field.rows
        if rows is None:
            return super().optgroups(name, value, attrs)
        options = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        for pk in value:
            if pk in rows:
                options.append(self.create_option(name, pk, str(rows[pk]), True, len(options)))
        return [(None, options, 0)]


class PickField(forms.ModelChoiceField):
    rows = None  # set by the formset

    def to_python(self, value):
        if self.rows is None or value in self.empty_values:
            return super().to_python(value)
        if str(value) not in self.rows:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return self.rows[str(value)]


class PicksMixin:
    """For admin classes: `autocomplete_fields` by the widgets above.

    Beside what is picked stands a button to add a new one, not one for each thing that can be done to it.
    """

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_change_related = field.widget.can_delete_related = field.widget.can_view_related = False
        return field

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.autocomplete_fields:
            kwargs |= {"form_class": PickField, "widget": PickSelect(db_field, self.admin_site)}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name in self.autocomplete_fields:
            kwargs["widget"] = PickSelectMultiple(db_field, self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class StoryPartMixin(PicksMixin):
    """For a story's inlines: what is picked is fetched for all rows at once; who may write the story may write them."""

    formfield_overrides = {
        TypedAddressField: {"widget": AdminURLFieldWidget},
        TypedDayField: {"widget": AdminDateWidget},
        TypedTimeField: {"widget": AdminTimeWidget},
    }

    def has_add_permission(self, request, obj=None):
        # Django asks without the story too, and means an old one or a new one.
        may_add = obj is None and request.user.has_perm("stories.add_story")
        return may_add or request.user.has_perm("stories.change_story")

    has_view_permission = has_change_permission = has_delete_permission = has_add_permission

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        formset.picked = self.autocomplete_fields
        return formset

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(*self.autocomplete_fields)


class RowForm(forms.ModelForm):
    bound_field_class = DeskField

    def _get_validation_exclusions(self):
        # What was picked was looked for already; the model would ask again, once a row.
        picked = {name for name, field in self.fields.items() if isinstance(field, PickField)}
        return super()._get_validation_exclusions() | {name for name in picked if self.cleaned_data.get(name)}


def add_problems(form, shape, values):
    """Put what a draft would refuse of `values` on the fields of `form`, so that saving cannot fail later."""
    problems = []
    clean_shape(shape, values, "", problems)
    for place, sentence in (problem for problem in problems if not isinstance(problem, HalfWritten)):
        name = place.partition(".")[0]
        form.add_error(name if name in form.fields and not form.fields[name].widget.is_hidden else None, sentence)
