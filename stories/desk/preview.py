"""A story as readers would see it, unsaved or saved. Nothing is written."""

from django.core.exceptions import PermissionDenied
from django.forms import all_valid
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stories.desk.forms import document_from_form
from stories.desk.pages import find_story
from stories.models import Story
from stories.publishing.document import DocumentError
from stories.publishing.record import unsaved_version
from stories.publishing.revisions import latest_revision
from stories.publishing.verbs import live_and_pending
from stories.publishing.working_copy import document_from_story
from stories.site.story import render_story


@require_POST
def preview_new(request, story_admin):
    """Show a posted form of a story that was never saved."""
    if not story_admin.has_add_permission(request):
        raise PermissionDenied
    return preview_of_form(request, story_admin, None)


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request, story_id, story_admin):
    """Show a posted form of a story; on GET its newest revision."""
    if request.method == "POST":
        story = story_admin.get_queryset(request).filter(pk=story_id).first()
        if story is None:
            raise Http404(_("There is no such story."))  # to the form's script
        if not story_admin.has_change_permission(request, story):
            raise PermissionDenied
        return preview_of_form(request, story_admin, story)
    story = find_story(request, story_admin, story_id)
    if not story_admin.has_view_or_change_permission(request, story):
        raise PermissionDenied
    revision = latest_revision(story)
    return shown(request, story, revision.document if revision else document_from_story(story))


def preview_of_form(request, story_admin, story):
    form, formsets = bound_forms(request, story_admin, story)
    if not (all_valid(formsets) and form.is_valid()):
        return refused(request, story_admin, errors_of(form, formsets))
    try:
        document = document_from_form(form, formsets)
    except DocumentError as error:
        return refused(request, story_admin, error.problems)
    return shown(request, form.instance, document)


def bound_forms(request, story_admin, story):
    """Return the form and formsets of the story's admin page, bound to what was posted, as Django's own view does."""
    change = story is not None
    form_class = story_admin.get_form(request, story, change=change)
    form = form_class(request.POST, request.FILES, instance=story)
    form.is_valid()  # fills the instance, which the formsets look at
    formsets, _inlines = story_admin._create_formsets(request, form.instance, change=change)
    return form, formsets


def shown(request, story, document):
    now = timezone.now()
    live = live_and_pending(story, now)[0] if Story.objects.filter(pk=story.pk).exists() else None
    version = unsaved_version(story.pk, document, live, now)
    return private(render_story(request, version, banner=_("Preview. Nobody outside can see this.")))


def refused(request, story_admin, errors):
    beside = "pane" in request.GET
    context = {
        **story_admin.admin_site.each_context(request),
        "is_popup": beside,  # without the desk's header
        "beside": beside,
        "title": _("There is no preview yet"),
        "opts": story_admin.opts,
        "errors": errors,
    }
    return private(TemplateResponse(request, "admin/stories/story/preview_errors.html", context))


def private(response):
    """Keep a response from search engines; the admin keeps all of its from caches."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def errors_of(form, formsets):
    """Return [(place, sentence)] of all errors of a form and its formsets, places as the page calls them."""
    errors = [(label_of(form, name), message) for name, messages in form.errors.items() for message in messages]
    for formset in formsets:
        kind = capfirst(formset.model._meta.verbose_name)
        errors += [(kind, message) for message in formset.non_form_errors()]
        for number, row in enumerate(formset.forms, 1):
            for name, messages in row.errors.items():
                place = ", ".join(filter(None, [f"{kind} {number}", label_of(row, name)]))
                errors += [(place, message) for message in messages]
    return errors


def label_of(form, name):
    return str(form[name].label) if name in form.fields else ""
