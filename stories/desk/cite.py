"""A source that is made while its story is written: the citation dialog of the story form asks for it."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import JsonResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from stories.models import Source
from stories.models.prose import clean_text
from stories.models.term import make_slug


class NewSourceForm(forms.ModelForm):
    class Meta:
        model = Source
        fields = ["name", "kind", "url"]
        error_messages = {"name": {"required": gettext_lazy("Write the name of the source.")}}

    def clean_name(self):
        name = clean_text(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("Write the name of the source."))
        return name


def urls(story_admin):
    def new(request):
        return new_source(request, story_admin)

    return [path("new-source/", story_admin.admin_site.admin_view(new), name="stories_story_new_source")]


def form_context(request):
    """Return what the citation dialog needs: the fields of a new source, None for who may not make one."""
    may_add = request.user.has_perm("stories.add_source")
    return {"new_source": NewSourceForm(prefix="new-source", use_required_attribute=False) if may_add else None}


@require_POST
def new_source(request, story_admin):
    """Make a source, or find the one of that name. Answer {id, name, made}, or {errors: {field: [sentence]}}."""
    if not (story_admin.has_view_or_change_permission(request) and request.user.has_perm("stories.add_source")):
        raise PermissionDenied
    form = NewSourceForm(request.POST, prefix="new-source")
    if not form.is_valid():
        return JsonResponse({"errors": form.errors})
    with transaction.atomic():
        source = named(form.cleaned_data["name"])
        made = source is None
        if made:
            source = form.save()
            story_admin.log_addition(request, source, [{"added": {}}])
    if source.archived:
        problem = _("There is a source of this name, but it was archived: open it under Sources to use it again.")
        return JsonResponse({"errors": {"name": [problem]}})
    return JsonResponse({"id": str(source.pk), "name": source.name, "made": made}, status=201 if made else 200)


def named(name):
    """Return the source of a name in any case, or what it was merged into; None if there is none."""
    # By slug too: the lower case of SQLite knows ASCII only.
    same = Q(name__iexact=name) | Q(slug=make_slug(name, 90) or None)
    source = Source.objects.filter(same).select_related("alias_of").order_by("archived", "name").first()
    return source and (source.alias_of or source)
