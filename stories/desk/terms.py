"""What stories are filed under and made of: topics, tags, sources, authors and pictures."""

import itertools

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef, TextField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from taggit.models import Tag as TaggitTag

from stories.desk.base import DeskAdmin, is_autocomplete
from stories.desk.states import told
from stories.desk.times import label_embargo
from stories.models import FILINGS, Author, Picture, Source, Story, Tag, Topic, Version
from stories.publishing.filing import lock_filing, named_terms, plans_resting_on, refile

SHOWN = 5  # stories told as the reason why something cannot be deleted

if admin.site.is_registered(TaggitTag):
    admin.site.unregister(TaggitTag)  # ours has its own table


class NamedAdmin(DeskAdmin):
    """Something that stories name: found by autocomplete fields, deleted only while nothing names it."""

    named_by = []  # lookups of Story that say so

    def save_model(self, request, obj, form, change):
        if not change:
            obj.save()
            return
        columns = {field.name for field in self.opts.concrete_fields}
        obj.save(update_fields=[name for name in form.changed_data if name in columns])

    def delete_view(self, request, object_id, extra_context=None):
        context = {"archivable": hasattr(self.model, "archived"), **(extra_context or {})}
        return super().delete_view(request, object_id, context)

    def reasons_to_keep(self, obj):
        stories = {}
        for lookup in self.named_by:
            found = Story.objects.filter(**{lookup: obj}).order_by().distinct().only("headline", "slugline")
            stories.update((story.pk, story) for story in found[: SHOWN + 1])
        for story in itertools.islice(stories.values(), SHOWN):
            yield named_in(story)
        if len(stories) > SHOWN:
            yield _("More stories name it too.")
        if not stories and self.is_on_record(obj):
            yield _("Something that was published names it.")

    def is_on_record(self, obj):
        """Tell whether a version names it that is filed nowhere: a page about us, a withdrawal. There are few."""
        versions = Version.objects.filter(listed=False).only("document")
        return any(obj.slug in named_terms(version)[self.model] for version in versions.iterator(chunk_size=100))


def named_in(story):
    url = reverse("admin:stories_story_change", args=[story.pk])
    return format_html(_('The story <a href="{}">“{}”</a> names it, or once did in public.'), url, story)


class TermAdmin(NamedAdmin):
    list_select_related = ["alias_of"]
    search_fields = ["name", "slug", "aliases__name"]  # by its old name a merged one is found too
    refiled_by = ["alias_of"]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []

    def get_queryset(self, request):
        filed = FILINGS[self.model].objects.visible_at(timezone.now()).filter(term=OuterRef("pk"))
        return super().get_queryset(request).annotate(filed=Exists(filed))

    def get_search_results(self, request, queryset, search_term):
        if is_autocomplete(request):
            queryset = self.offered(queryset)
        return super().get_search_results(request, queryset, search_term)

    def offered(self, queryset):
        """Keep what editors may choose."""
        return queryset.filter(alias_of=None, archived=False)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if change and set(self.refiled_by) & set(form.changed_data):
            refile(obj)

    def reasons_to_keep(self, obj):
        for alias in obj.aliases.all()[:SHOWN]:
            yield _("“%(name)s” is merged into it.") % {"name": alias}
        yield from super().reasons_to_keep(obj)

    @admin.display(description=gettext_lazy("for readers"))
    def standing(self, obj):
        """Say what readers have of it, and whether editors still can choose it."""
        if obj.alias_of_id:
            return _("merged into %(name)s") % {"name": obj.alias_of}
        told = _("has a page") if self.is_public(obj) else _("no page: nothing is published under it")
        return _("%(told)s, archived") % {"told": told} if getattr(obj, "archived", False) else told

    def is_public(self, obj):
        return not obj.alias_of_id and obj.filed

    def view_on_site(self, obj):
        return obj.get_absolute_url() if self.is_public(obj) else None


@admin.register(Topic)
class TopicAdmin(TermAdmin):
    list_display = ["name", "parent", "standing"]
    list_filter = ["archived", "open"]
    list_select_related = ["parent", "alias_of"]
    autocomplete_fields = ["parent", "alias_of"]
    fields = ["name", "slug", "parent", "description", "open", "alias_of", "archived"]
    named_by = ["topics", "versions__topicfilings__term"]
    refiled_by = ["parent", "alias_of"]

    def is_public(self, obj):
        return not obj.alias_of_id and (obj.filed or obj.open)

    def reasons_to_keep(self, obj):
        for child in obj.children.all()[:SHOWN]:
            yield _("“%(name)s” is part of it.") % {"name": child}
        yield from super().reasons_to_keep(obj)


@admin.register(Tag)
class TagAdmin(TermAdmin):
    list_display = ["name", "slug", "standing"]
    autocomplete_fields = ["alias_of"]
    fields = ["name", "slug", "alias_of"]
    named_by = ["story_tags__tag", "versions__tagfilings__term"]

    def offered(self, queryset):
        return queryset.filter(alias_of=None)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "slug":
            field.required = False
            field.help_text = Topic._meta.get_field("slug").help_text
        elif db_field.name == "alias_of":
            field.help_text = Topic._meta.get_field("alias_of").help_text
        return field


class SourceForm(forms.ModelForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "embargo_until" in self.fields:
            label_embargo(self.fields["embargo_until"])

    def clean_embargo_until(self):
        """Refuse an embargo that a waiting version would break."""
        embargo = self.cleaned_data["embargo_until"]
        if embargo and "embargo_until" in self.changed_data and not self.instance._state.adding:
            lock_filing(alone=True)  # whoever schedules meanwhile waits, and then sees this embargo
            plan = next(iter(plans_resting_on(self.instance, timezone.now(), before=embargo)), None)
            if plan:
                values = {"story": plan.headline, "when": told(plan.visible_from)}
                raise forms.ValidationError(
                    _("“%(story)s” rests on it and goes out on %(when)s, before that. Move or cancel it first.")
                    % values
                )
        return embargo


@admin.register(Source)
class SourceAdmin(TermAdmin):
    form = SourceForm
    list_display = ["name", "kind", "role", "handle", "standing"]
    list_filter = ["kind", "archived"]
    search_fields = [*TermAdmin.search_fields, "handle"]
    autocomplete_fields = ["alias_of"]
    fields = [
        "name",
        "slug",
        "kind",
        "role",
        ("handle", "platform"),
        "url",
        "description",
        "embargo_until",
        "alias_of",
        "archived",
    ]
    named_by = ["citations__source", "citations__via", "versions__sourcefilings__term"]


@admin.register(Author)
class AuthorAdmin(TermAdmin):
    list_display = ["name", "what", "user", "standing"]
    list_filter = ["collective", "archived"]
    list_select_related = ["user", "alias_of"]
    autocomplete_fields = ["user", "alias_of"]
    fields = ["name", "slug", "collective", "biography", "user", "alias_of", "archived"]
    named_by = ["credits__author", "versions__authorfilings__term"]

    @admin.display(description=gettext_lazy("kind"), ordering="collective")
    def what(self, obj):
        return _("collective") if obj.collective else _("person")


@admin.register(Picture)
class PictureAdmin(NamedAdmin):
    list_display = ["thumbnail", "__str__", "caption", "credit", "source_type", "created_at"]
    list_display_links = ["thumbnail", "__str__"]
    search_fields = ["alt", "caption", "credit"]
    fields = ["file", "alt", "decorative", "caption", "credit", "source_type"]
    named_by = ["lead_image", "stories_figure_set__picture"]

    def get_fields(self, request, obj=None):
        return ["thumbnail", *self.fields[1:]] if obj else self.fields

    def get_readonly_fields(self, request, obj=None):
        # What was published names the file: another picture is another upload.
        return ["thumbnail"] if obj else []

    @admin.display(description=gettext_lazy("picture"))
    def thumbnail(self, obj):
        name = obj.file.name
        if obj.width and obj.width > 480:
            name = f"{name.rpartition('.')[0]}-480.webp"
        return format_html('<img class="thumbnail" src="{}" alt="{}">', obj.file.storage.url(name), obj.alt)

    def is_on_record(self, obj):
        """Tell whether any version shows it: pictures are filed nowhere, so the documents are searched as text."""
        versions = Version.objects.annotate(text=Cast("document", TextField()))
        return versions.filter(text__contains=str(obj.pk)).exists()
