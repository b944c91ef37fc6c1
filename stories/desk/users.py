from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.utils.translation import gettext as _

from stories.desk.base import DeskAdmin, is_autocomplete
from stories.models import Story, User


@admin.register(User)
class EditorAdmin(DeskAdmin, UserAdmin):
    """Who can log in to the desk, and what each may do there."""

    def get_search_results(self, request, queryset, search_term):
        if is_autocomplete(request):
            queryset = queryset.filter(is_active=True)
        return super().get_search_results(request, queryset, search_term)

    def reasons_to_keep(self, obj):
        if Story.objects.filter(citations__approver=obj).exists():
            yield _("They approved an unnamed source of a story. Take “active” from them instead of deleting them.")
