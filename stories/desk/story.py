"""The story form: what an editor writes in."""

from content_editor.admin import ContentEditor
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import JsonResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from js_asset import Media, Script

from stories.desk import autosave, blocks, cite, clash, correct, history, notes, publish, safety, share, take_back, work
from stories.desk.base import DeskAdmin, bounded
from stories.desk.citations import CitationInline, CreditInline
from stories.desk.comparing import revision_list
from stories.desk.forms import StoryForm
from stories.desk.pages import back_to_desk, gone
from stories.desk.rows import PicksMixin, posted_uuid
from stories.desk.story_list import (
    LateFilter,
    OwnerFilter,
    PublishedFilter,
    StageFilter,
    StateFilter,
    StoryChangeList,
    owner_column,
    saved_column,
    stage_column,
    state_column,
)
from stories.models import Story, Tag
from stories.publishing.revisions import save_revision
from stories.publishing.working_copy import REVIEW_COLUMNS
from stories.site.story import WORDS_A_MINUTE

HEADLINE_GOOD = 70  # characters of a headline that lists and search engines show whole
FORM_SCRIPTS = ["ids", "story", "jump", "notes", "autosave", "presence", "cite", "preview", "counts", "keys"]
SCRIPTS = Media(js=[Script(f"desk/{name}.js", type="module") for name in FORM_SCRIPTS])


@admin.register(Story)
class StoryAdmin(PicksMixin, DeskAdmin, ContentEditor):
    form = StoryForm
    inlines = [*blocks.INLINES, CitationInline, CreditInline]
    autocomplete_fields = ["topics", "lead_image", "translation_of"]
    fieldsets = [
        (None, {"classes": ["writing"], "fields": ["kicker", "headline", "standfirst"]}),
        (_("For the desk"), {"classes": ["planning"], "fields": ["budget_line", "due", "embargo_until"]}),
        (_("Filing"), {"fields": ["kind", "topics", "tags", "dateline", "language"]}),
        (_("Lists and address"), {"classes": ["collapse"], "fields": ["summary", "slug", "slugline", "lead_image"]}),
        (
            _("For the reader"),
            {
                "classes": ["collapse"],
                "fields": [
                    *("editors_note", "interest_note", "translation_of"),
                    *("ai_use", "ai_statement", "ai_checked", "ai_label"),
                ],
            },
        ),
    ]
    list_display = ["headline_or_slugline", state_column, stage_column, owner_column, "kind", saved_column]
    list_filter = [StageFilter, OwnerFilter, LateFilter, StateFilter, PublishedFilter, "kind", "changed_at"]
    search_fields = ["headline", "slugline", "slug"]
    date_hierarchy = None

    def get_ordering(self, request):
        """Return the order of the list: what is filtered for, in the order of the index that finds it."""
        if request.GET.get("late") == "yes":
            return ["due"]
        return ["-stage_since"] if request.GET.get("stage") in Story.Stage else super().get_ordering(request)

    @admin.display(description=_("story"), ordering="headline")
    def headline_or_slugline(self, story):
        return str(story)

    def get_urls(self):
        names = self.admin_site.admin_view(self.tag_names)
        pages = (publish, correct, take_back, history, work, notes, safety, share, cite)
        ours = [back_to_desk(url) for page in pages for url in page.urls(self)]
        return [path("tag-names/", names, name="stories_story_tag_names"), *ours, *super().get_urls()]

    def tag_names(self, request):
        """Answer the tag field's search: names as Select2 wants them."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        term = bounded(request.GET.get("term", ""))
        names = Tag.objects.filter(alias_of=None, name__icontains=term).values_list("name", flat=True)[:20]
        return JsonResponse({"results": [{"id": n, "text": n} for n in names], "pagination": {"more": False}})

    def get_object(self, request, object_id, from_field=None):
        story = super().get_object(request, object_id, from_field)
        if story and request.method == "POST" and transaction.get_connection().in_atomic_block:
            # Waits for whoever is writing to this story, so that nothing read from here on is stale.
            story.refresh_from_db(from_queryset=Story.objects.select_for_update())
        return story

    def change_view(self, request, object_id, *args, **kwargs):
        clash.note_newest(request, object_id)  # before anything of the story is read
        return super().change_view(request, object_id, *args, **kwargs)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.editor = request.user
        return autosave.continued(request, obj, form)

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if (unsaved := autosave.chosen(request, obj)) is not None:
            kwargs["data"] = unsaved.copy()
        if isinstance(inline, blocks.BlockInline) and "data" in kwargs:
            if not hasattr(request, "block_ids"):
                posted = [value for name, value in kwargs["data"].items() if name.endswith("-id")]
                request.block_ids = blocks.BlockIds(obj.pk, posted)
            kwargs["ids"] = request.block_ids
        return kwargs

    def save_model(self, request, obj, form, change):
        # One that exists is written below, when it is known that no other save has overtaken this one.
        if not change:
            obj.owner = request.user
            obj.save()

    def save_related(self, request, form, formsets, change):
        autosave.forget(request)  # with whatever comes of this save: it is saved then
        if form.remark:
            messages.warning(request, form.remark)
        story, base = form.instance, None
        if change:
            base, overtaken = clash.save_aside_if_overtaken(request, form, formsets)
            if overtaken:
                return
            columns = {field.name for field in story._meta.concrete_fields}
            changed = columns.intersection(form.changed_data)
            story.save(update_fields={"slug", "changed_at", *REVIEW_COLUMNS, *form.proposed, *changed})
        # Past ContentEditor, whose clone writes into any story unchecked.
        super(ContentEditor, self).save_related(request, form, formsets, change)
        save_revision(story, by=request.user, base=base)
        if change:
            clash.log_for_the_desk(request, story)

    def construct_change_message(self, request, form, formsets, add=False):
        return clash.log_message(request) or super().construct_change_message(request, form, formsets, add)

    def get_changelist(self, request, **kwargs):
        return StoryChangeList

    def reasons_to_keep(self, obj):
        if obj.versions.exists():
            yield _("It was published or is scheduled. What readers saw stays on the record.")

    def history_view(self, request, object_id, extra_context=None):
        story = self.get_object(request, unquote(object_id))
        context = history.history_context(story) | revision_list(request, story) if story else {}
        context["can_restore"] = story and self.has_change_permission(request, story)
        return super().history_view(request, object_id, {**context, **(extra_context or {})})

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        rescued = autosave.rescue(request, self)
        if rescued or not posted_uuid(object_id):
            return rescued or super()._get_obj_does_not_exist_redirect(request, opts, object_id)
        return gone(request)

    def response_add(self, request, obj, post_url_continue=None):
        return next_page(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        return clash.next_page(request, obj) or next_page(request, obj) or super().response_change(request, obj)

    def render_change_form(self, request, context, **kwargs):
        story = kwargs.get("obj")
        context.update(publish.form_context(request, story))
        context.update(work.form_context(request, story))
        context.update(notes.form_context(request, story, context["state"]))
        context.update(clash.form_context(request, context["adminform"].form, story))
        context.update(autosave.form_context(request, story))
        context.update(cite.form_context(request), can_share=share.may_share(request))
        context.update(words_a_minute=WORDS_A_MINUTE, headline_good=HEADLINE_GOOD)
        if story and not self.has_change_permission(request, story):
            # Past ContentEditor, whose script looks for blocks to write in.
            return super(ContentEditor, self).render_change_form(request, context, **kwargs)
        response = super().render_change_form(request, context, **kwargs)
        media = Media.from_media(response.context_data["media"]) + SCRIPTS
        response.context_data["media"] = media.with_nonce(request.csp_nonce)
        return response


def next_page(request, story):
    """Return where the button that saved `story` leads; None if it only saves."""
    return publish.next_page(request, story) or work.next_page(request, story) or share.next_page(request, story)
