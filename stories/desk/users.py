from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission
from django.db.models import Q
from django.utils.translation import gettext as _

from stories.desk.base import DeskAdmin, is_autocomplete
from stories.models import Story, User

FOR_SUPERUSERS = {"is_superuser", "user_permissions"}

admin.site.unregister(Group)


@admin.register(Group)
class RightsAdmin(DeskAdmin, GroupAdmin):
    """Groups as Django has them, in forms as safe as ours."""


@admin.register(User)
class EditorAdmin(DeskAdmin, UserAdmin):
    """Who can log in to the desk, and what each may do there.

    Who is no superuser gives no rights beyond their own, and does not change the login of who has more.
    """

    def get_search_results(self, request, queryset, search_term):
        if is_autocomplete(request):
            queryset = queryset.filter(is_active=True)
        return super().get_search_results(request, queryset, search_term)

    def has_view_permission(self, request, obj=None):
        # Who writes names the colleague who approved an unnamed source; that shows names, and no page of theirs.
        names = is_autocomplete(request) and request.user.has_perm("stories.change_citation")
        return names or super().has_view_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or request.user.is_superuser or has_no_more(obj, request.user))

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or request.user.is_superuser or has_no_more(obj, request.user))

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *(() if request.user.is_superuser else FOR_SUPERUSERS)]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or request.user.is_superuser:
            return fieldsets
        return [
            (name, {**options, "fields": [field for field in options["fields"] if field not in FOR_SUPERUSERS]})
            for name, options in fieldsets
        ]

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "groups" and not request.user.is_superuser:
            kwargs["queryset"] = grantable_groups(request.user)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def reasons_to_keep(self, obj):
        if Story.objects.filter(citations__approver=obj).exists():
            yield _("They approved an unnamed source of a story. Take “active” from them instead of deleting them.")


def has_no_more(other, user):
    """Tell whether `other`, active or not, is no superuser and has no right that `user` lacks."""
    theirs = Permission.objects.filter(Q(user=other) | Q(group__user=other))
    return not other.is_superuser and names_of(theirs) <= user.get_all_permissions()


def grantable_groups(user):
    """Return the groups that give no right which `user` lacks."""
    beyond = [
        permission.pk
        for permission in Permission.objects.filter(group__isnull=False).select_related("content_type").distinct()
        if name_of(permission) not in user.get_all_permissions()
    ]
    return Group.objects.exclude(permissions__in=beyond)


def names_of(permissions):
    return {name_of(permission) for permission in permissions.select_related("content_type")}


def name_of(permission):
    return f"{permission.content_type.app_label}.{permission.codename}"
