"""What all admin pages of ours have in common."""

import re

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.paginator import Paginator
from django.utils.functional import cached_property
from django.utils.text import capfirst

from stories.desk.rows import SafeMultipleField, SafeSelect

MAX_LENGTH = 200
MAX_WORDS = 10
CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


class BoundedPaginator(Paginator):
    """Paginator that counts at most a thousand rows: beyond, one searches, and the count alone would take seconds."""

    limit = 1000

    @cached_property
    def count(self):
        return min(self.counted, self.limit)

    @cached_property
    def counted(self):
        return self.object_list.order_by()[: self.limit + 1].count()

    @property
    def is_over(self):
        return self.counted > self.limit


class DeskAdmin(admin.ModelAdmin):
    """Lists that stay quick, and deletion that says in sentences why it cannot be."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each would be counted over the whole table
    list_per_page = 50
    list_max_show_all = 0  # what is more than a page is paged
    paginator = BoundedPaginator

    class Media:
        css = {"all": ["desk/publish.css"]}
        js = ["desk/picks.js"]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SafeSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return super().formfield_for_manytomany(db_field, request, **{"form_class": SafeMultipleField, **kwargs})

    def changelist_view(self, request, extra_context=None):
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def get_changelist_instance(self, request):
        filters = (value for name, values in request.GET.lists() if name != SEARCH_VAR for value in values)
        if any("\0" in value for value in filters):
            raise IncorrectLookupParameters  # PostgreSQL takes no such text, and Django asks for it as it is
        return super().get_changelist_instance(request)

    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)  # a mass deletion could only ever tell why it did not happen
        return actions

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, bounded(search_term))

    def get_deleted_objects(self, objs, request):
        """Say why `objs` cannot be deleted, where Django would list each row that stands in the way."""
        reasons = [reason for obj in objs for reason in self.reasons_to_keep(obj)]
        return ([], {}, set(), reasons) if reasons else super().get_deleted_objects(objs, request)

    def reasons_to_keep(self, obj):
        """Return why `obj` cannot be deleted: sentences, none if it can."""
        return []


def bounded(text):
    """Return at most ten words of what was typed into a search field, without the signs that a database refuses."""
    return " ".join(CONTROL.sub(" ", text[:MAX_LENGTH]).split()[:MAX_WORDS])


def is_autocomplete(request):
    """Tell whether a field of a form asks, not the list of an admin page."""
    match = request.resolver_match
    return bool(match) and match.url_name == "autocomplete"
