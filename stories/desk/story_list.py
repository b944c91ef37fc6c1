"""The list of stories: what readers have of each, with the same few queries however many there are."""

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from stories.desk.agenda import mine, told_in
from stories.desk.states import FILTERS, attach_states, name_of, told, with_newest_revision
from stories.models import Story
from stories.publishing.desk_work import name_of as person


class StoryChangeList(ChangeList):
    """Django's list, with the state of each story of the page."""

    def get_queryset(self, *args, **kwargs):
        return super().get_queryset(*args, **kwargs).select_related("owner")

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        # Not in the query above, which may sort many more stories than it returns.
        stories = Story.objects.filter(pk__in=[story.pk for story in self.result_list]).order_by()
        newest = dict(with_newest_revision(stories).values_list("pk", "newest_revision"))
        for story in self.result_list:
            story.newest_revision = newest.get(story.pk)
        attach_states(self.result_list, timezone.now())


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [(value, label) for value, (label, _condition) in FILTERS.items()]

    def queryset(self, request, queryset):
        if self.value() not in FILTERS:
            return queryset
        _label, condition = FILTERS[self.value()]
        return queryset.filter(condition(timezone.now()))


class OwnerFilter(admin.SimpleListFilter):
    title = _("owner")
    parameter_name = "whose"

    def lookups(self, request, model_admin):
        return [("mine", _("mine, or waiting for me")), ("nobody", _("nobody"))]

    def queryset(self, request, queryset):
        if self.value() == "mine":
            return queryset.filter(mine(request.user))
        return queryset.filter(owner=None).exclude(stage="") if self.value() == "nobody" else queryset


class LateFilter(admin.SimpleListFilter):
    title = _("due")
    parameter_name = "late"

    def lookups(self, request, model_admin):
        return [("yes", _("late")), ("no", _("not late"))]

    def queryset(self, request, queryset):
        now = timezone.now()
        if self.value() == "no":
            return queryset.filter(Q(due=None) | Q(due__gte=now))
        return queryset.filter(due__lt=now).exclude(stage="") if self.value() == "yes" else queryset


class PublishedFilter(admin.SimpleListFilter):
    title = _("published")
    parameter_name = "published"
    LISTS = {"today": ["out"], "corrected": ["to correct", "corrected"]}

    def lookups(self, request, model_admin):
        return [("today", _("today")), ("corrected", _("corrected in the last seven days, or to be corrected"))]

    def queryset(self, request, queryset):
        if self.value() not in self.LISTS:
            return queryset
        return queryset.filter(told_in(self.LISTS[self.value()], timezone.now()))


class StageFilter(admin.SimpleListFilter):
    title = _("stage")
    parameter_name = "stage"

    def lookups(self, request, model_admin):
        return Story.Stage.choices

    def queryset(self, request, queryset):
        return queryset.filter(stage=self.value()) if self.value() in Story.Stage else queryset


@admin.display(description=_("stage"))
def stage_column(story):
    return format_html("<span>{}</span>", story.get_stage_display()) if story.stage else ""


@admin.display(description=_("owner"))
def owner_column(story):
    return format_html("<span>{}</span>", person(story.owner)) if story.owner else ""


@admin.display(description=_("state"))
def state_column(story):
    return format_html('<span class="state {}">{}</span>', story.state.mark, story.state.label)


@admin.display(description=_("last saved"), ordering="changed_at")
def saved_column(story):
    latest = story.state.latest
    if not latest:
        return told(story.changed_at)
    return format_html("{}<br><small>{}</small>", told(latest.created_at), name_of(latest))
