"""The story's form, and the document of a posted one."""

import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stories.desk.rows import DeskField, add_problems
from stories.desk.states import told
from stories.desk.times import DueField, label_embargo
from stories.desk.widgets import TagSelect
from stories.models import BLOCKS, Citation, Credit, Story, Tag
from stories.models.prose import clean_text
from stories.models.term import SLUG, make_slug, make_slugline
from stories.publishing.document import DOCUMENT
from stories.publishing.verbs import live_and_pending
from stories.publishing.working_copy import REVIEW_COLUMNS, STORY_FIELDS, build

STORY_COLUMNS = {field.name for field in Story._meta.get_fields()}


class TagsField(forms.Field):
    """Tags by name, new ones unsaved. A name that differs from an existing tag's only in case is that tag's."""

    widget = TagSelect

    def clean(self, value):
        value = super().clean(value)
        names = {name.casefold(): name for name in map(clean_text, value or []) if name}
        for name in names.values():
            if len(name) > 100:
                raise ValidationError(_("The tag “%(name)s” is too long: at most 100 characters.") % {"name": name})
        return find_tags(list(names.values()))

    def has_changed(self, initial, data):
        return sorted(tag.name for tag in initial or []) != sorted(data or [])


def find_tags(names):
    """Return a tag for each of `names`, new ones unsaved. One query."""
    slugs = {make_slug(name, 90) for name in names} - {""}
    # By slug too: the lower case of SQLite knows ASCII only.
    found = Tag.objects.filter(Q(name__in=names) | Q(slug__in=slugs)) if names else []
    by_name = {tag.name.casefold(): tag for tag in found}
    return [by_name.get(name.casefold()) or Tag(name=name) for name in names]


class StoryForm(forms.ModelForm):
    bound_field_class = DeskField
    # The newest revision when the form was opened. As text: what cannot be one is a form that nobody knows.
    opened_on = forms.CharField(required=False, widget=forms.HiddenInput)
    tags = TagsField(label=gettext_lazy("Tags"), required=False)
    due = DueField(label=gettext_lazy("Due"), required=False)
    # Whoever ticks it signs: the server writes down name and time.
    ai_checked = forms.BooleanField(label=gettext_lazy("I checked it"), required=False)
    editor = None  # the user whose form it is
    proposed = ()  # columns that are written though nobody changed them in the form
    remark = ""  # what of the form was not saved, and why

    class Meta:
        widgets = {
            # An area, so that a long headline is seen whole.
            "headline": forms.Textarea({"rows": 1, "placeholder": gettext_lazy("Headline")}),
            "kicker": forms.TextInput({"placeholder": gettext_lazy("Kicker")}),
            "standfirst": forms.Textarea(
                {"rows": 2, "placeholder": gettext_lazy("Standfirst: what the story says, in a sentence or two")}
            ),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "embargo_until" in self.fields:
            label_embargo(self.fields["embargo_until"])
        if "language" in self.fields:
            self.fields["language"].show_hidden_initial = False  # the default is a function of the settings only
        if "ai_checked" in self.fields:
            self.fields["ai_checked"].help_text = told_review(self.instance)
        for name in self.desk_only():
            # No revision keeps these: what the form opened with tells what this editor changed.
            self.fields[name].show_hidden_initial = True

    def desk_only(self):
        """Return the names of the fields of which nothing is in the document."""
        said = {*DOCUMENT, *REVIEW_COLUMNS}
        return [name for name in self.fields if name in STORY_COLUMNS and name not in said]

    def _save_m2m(self):
        for tag in self.cleaned_data.get("tags", []):
            if tag.pk is None:
                tag.save()
        super()._save_m2m()

    def clean_budget_line(self):
        return clean_text(self.cleaned_data["budget_line"])

    def clean_headline(self):
        return clean_text(self.cleaned_data["headline"])

    def clean_embargo_until(self):
        if not self.instance._state.adding:
            refuse_broken_embargo(self.instance, self.cleaned_data["embargo_until"])
        return self.cleaned_data["embargo_until"]

    def clean_translation_of(self):
        original = self.cleaned_data["translation_of"]
        if original and original.pk == self.instance.pk:
            raise ValidationError(_("A story is no translation of itself."))
        return original

    def clean_slug(self):
        slug = self.cleaned_data["slug"]
        return slug if SLUG.fullmatch(slug) else make_slug(slug or self.cleaned_data.get("headline", ""))

    def clean_slugline(self):
        written_meanwhile = self.instance.slugline and "slugline" not in self.changed_data
        if self.cleaned_data["slugline"] or written_meanwhile:
            return self.cleaned_data["slugline"]
        self.proposed = ["slugline"]
        return make_slugline(self.cleaned_data.get("headline", ""))

    def _post_clean(self):
        super()._post_clean()
        if not self.errors:
            shape = {name: DOCUMENT[name] for name in STORY_FIELDS}
            add_problems(self, shape, {name: getattr(self.instance, name) for name in STORY_FIELDS})
            self.sign_review()

    def sign_review(self):
        """Write down who checked what a machine made, if it was ticked; what was checked before and changed is not."""
        story = self.instance
        if self.cleaned_data.get("ai_checked"):
            name = signature(self.editor)
            if not name:
                self.remark = _(
                    "That you checked it was not written down: your account has no name that readers could be told."
                )
            elif not story.ai_statement:
                self.remark = _(
                    "That you checked it was not written down: say how, readers are told. Then tick it again."
                )
            else:
                story.ai_reviewer, story.ai_reviewed_at = name, timezone.now().replace(microsecond=0)
                return
        if {"ai_statement", "ai_use"}.intersection(self.changed_data):
            story.ai_reviewer, story.ai_reviewed_at = "", None


def refuse_broken_embargo(story, embargo):
    """Raise ValidationError if a waiting version would break `embargo`, None for none. The caller locked the story."""
    plan = live_and_pending(story, timezone.now())[1] if embargo else None
    if plan and plan.visible_from < embargo:
        values = {"number": plan.number, "when": told(plan.visible_from)}
        raise ValidationError(
            _("Version %(number)s goes out on %(when)s, before this embargo ends. Move or cancel it first.") % values
        )


def signature(user):
    """Return the name by which readers know a user: of their author page, else their own; "" if there is none."""
    author = getattr(user, "author", None)
    return clean_text(author.name if author else user.get_full_name())


def told_review(story):
    """Return what stands beside the tick: who checked it so far, and what ticking does."""
    sentence = _("Your name and the time are written down when you save, and readers see them.")
    if story.ai_reviewer and story.ai_reviewed_at:
        values = {"name": story.ai_reviewer, "when": told(story.ai_reviewed_at)}
        before = _("%(name)s checked it on %(when)s. Tick it if you did so anew.") % values
        return f"{before} {sentence}"
    return sentence


def document_from_form(form, formsets):
    """Return the cleaned document that saving this valid form with its valid formsets would give the story."""
    story = form.instance
    if story.pk is None:
        story.pk = uuid.uuid4()
    rows = {formset.model: [kept.instance for kept in formset.kept_forms] for formset in formsets}
    return build(
        story,
        blocks=[row for model in BLOCKS.values() for row in rows.get(model, [])],
        citations=in_order(rows.get(Citation, [])),
        credits=in_order(rows.get(Credit, [])),
        topics=form.cleaned_data["topics"],
        tags=with_slugs(form.cleaned_data["tags"]),
    )


def in_order(rows):
    """Sort saved and unsaved rows as they will come from the database."""
    return sorted(rows, key=lambda row: (row.position, row.pk is None, row.pk or 0))


def with_slugs(tags):
    """Give unsaved tags the slugs that saving them in this order would, and return all."""
    taken = {tag.slug for tag in tags}
    for tag in tags:
        if not tag.slug:
            base = make_slug(tag.name, 90) or "tag"
            number = 1
            tag.slug = base
            while tag.slug in taken or Tag.objects.filter(slug=tag.slug).exists():
                number += 1
                tag.slug = f"{base}-{number}"
            taken.add(tag.slug)
    return tags
