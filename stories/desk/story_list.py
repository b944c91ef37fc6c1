"""The list of stories: what readers have of each, with the same few queries however many there are."""

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from stories.desk.states import FILTERS, attach_states, name_of, told, with_newest_revision


class StoryChangeList(ChangeList):
    """Django's list, with the state of each story of the page."""

    def get_queryset(self, *args, **kwargs):
        return with_newest_revision(super().get_queryset(*args, **kwargs))

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
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


@admin.display(description=_("state"))
def state_column(story):
    return format_html('<span class="state {}">{}</span>', story.state.mark, story.state.label)


@admin.display(description=_("last saved"), ordering="changed_at")
def saved_column(story):
    latest = story.state.latest
    if not latest:
        return told(story.changed_at)
    return format_html("{}<br><small>{}</small>", told(latest.created_at), name_of(latest))
