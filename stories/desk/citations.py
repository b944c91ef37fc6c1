"""Who said it and who wrote it: the citations and the authors of a story in its form."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stories.desk.rows import RowForm, RowsFormSet, StoryPartMixin, add_problems
from stories.models import Citation, Credit
from stories.models.citation import make_key
from stories.publishing.document import CITATION
from stories.publishing.working_copy import citation_document

IN_THE_HOUSE = ["basis", "factual", "approver"]  # what is answered about an unnamed source is in no document


class CitationForm(RowForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in IN_THE_HOUSE:
            if name in self.fields:
                # No revision keeps it: what the form opened with tells what this editor changed.
                self.fields[name].show_hidden_initial = True
        if "key" in self.fields:
            # Made by script when the row is added. A default from here would be one key for all new rows.
            self.fields["key"].required = False
            self.fields["key"].initial = None
            self.fields["key"].show_hidden_initial = False

    def clean_key(self):
        return self.cleaned_data["key"] or make_key()

    def validate_unique(self):
        """Leave the key to the formset, which asks once for all."""

    def validate_constraints(self):
        """Leave it to Citation.clean(), whose sentences say the same; the database is asked a query a row."""

    def _post_clean(self):
        super()._post_clean()
        if not self.errors:
            add_problems(self, CITATION, citation_document(self.instance))


class CitationFormSet(RowsFormSet):
    """Citations are found by key, which the markers in the text hold on to."""

    def row(self, prefix):
        return self.rows_by_key.get(self.data.get(f"{prefix}-key"))

    @property
    def rows_by_key(self):
        return {row.key: row for row in self.rows_by_id.values()}

    def clean(self):
        super().clean()
        self.refuse_foreign_keys()
        last = max((form.instance.position for form in self.initial_forms), default=0)
        for position, form in enumerate(self.extra_forms, last + 1):
            form.instance.position = position

    def get_unique_error_message(self, unique_check):
        return gettext("Two citations have the same key. Delete one of them and add it again.")

    def refuse_foreign_keys(self):
        new = {form.instance.key: form for form in self.extra_forms if form.has_changed()}
        for key in Citation.objects.filter(key__in=new).values_list("key", flat=True) if new else ():
            new[key].add_error(
                None,
                gettext(
                    "The key %(key)s belongs to another story’s citation. Delete this citation and add it again; then"
                    " set its markers in the text anew."
                )
                % {"key": key},
            )


class CitationInline(StoryPartMixin, admin.StackedInline):
    model = Citation
    form = CitationForm
    formset = CitationFormSet
    extra = 0
    autocomplete_fields = ["source", "via", "approver"]
    fieldsets = [
        (None, {"fields": ["key", ("source", "obtained"), "quote", "url"]}),
        (
            _("Dates, second-hand, terms"),
            {
                "classes": ["collapse"],
                "fields": [("published_on", "accessed_on"), "via", "archived_url", "terms"],
            },
        ),
        (
            _("Unnamed source"),
            {"classes": ["collapse"], "fields": ["descriptor", "reason", ("basis", "factual"), "approver"]},
        ),
    ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "key":
            kwargs["widget"] = forms.HiddenInput({"data-new": "key"})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class CreditFormSet(RowsFormSet):
    def add_fields(self, form, index):
        super().add_fields(form, index)
        # The column's head is not seen beside the text: each field says what it is.
        for field in form.fields.values():
            if not field.widget.is_hidden:
                field.widget.attrs["aria-label"] = field.label
        if "role" in form.fields:
            form.fields["role"].widget.attrs["placeholder"] = gettext("Role, if not writing")

    def row(self, prefix):
        by_author = {str(row.author_id): row for row in self.rows_by_id.values()}
        return super().row(prefix) or by_author.get(self.data.get(f"{prefix}-author"))


class CreditInline(StoryPartMixin, admin.TabularInline):
    model = Credit
    formset = CreditFormSet
    extra = 0
    autocomplete_fields = ["author"]
    fields = ["author", "role", "position"]
    classes = ["filing"]
