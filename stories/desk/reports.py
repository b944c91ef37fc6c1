"""Readers' reports at the desk: a list of them, and for each a page to look into it and say what became of it."""

from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stories.desk.agenda import about_mine
from stories.desk.base import DeskAdmin
from stories.desk.states import told
from stories.models import Report, Version
from stories.publishing.document import upgraded
from stories.publishing.reports import resolve
from stories.publishing.verbs import PublishError, live_and_pending
from stories.site.passages import became, passage_at, passages

WAYS = [
    (Report.State.ANSWERED, gettext_lazy("Answered: there is nothing to change")),
    (Report.State.DISMISSED, gettext_lazy("Dismissed: no answer, no change")),
    (Report.State.CORRECTED, gettext_lazy("A version that is out already put it right")),
]


def open_reports(request, story):
    """Return {count, url} of the open reports on a story, empty if the editor may not see them. One query."""
    if not (story and request.user.has_perm("stories.view_report")):
        return {}
    query = urlencode({"story__id__exact": story.pk, "state__exact": Report.State.OPEN})
    return {
        "count": Report.objects.filter(story=story, state=Report.State.OPEN).count(),
        "url": f"{reverse('admin:stories_report_changelist')}?{query}",
    }


class ResolveForm(forms.Form):
    """What became of a report. Its rules are resolve()'s."""

    state = forms.ChoiceField(
        label=gettext_lazy("What became of it?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say what became of the report.")},
    )
    version = forms.ModelChoiceField(
        Version.objects.none(),
        label=gettext_lazy("The version that put it right"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose one of the later versions.")},
    )
    resolution = forms.CharField(
        label=gettext_lazy("What was done"),
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy("For colleagues: readers never see it."),
    )

    def __init__(self, report, *args, **kwargs):
        super().__init__(*args, **kwargs)
        later = later_versions(report)
        self.fields["state"].choices = [way for way in WAYS if way[0] != Report.State.CORRECTED or later]
        if later:
            self.fields["resolution"].help_text = _("For colleagues: readers never see it. A version needs no words.")
        self.fields["version"].queryset = later
        self.fields["version"].label_from_instance = told_version

    def save(self, report, by):
        data = self.cleaned_data
        corrected = data["state"] == Report.State.CORRECTED
        version = data["version"] if corrected else None
        return resolve(report, by=by, state=data["state"], resolution=data["resolution"], version=version)


def later_versions(report):
    """Return the versions after the one that was reported on that readers have seen, newest first."""
    rows = Version.objects.published_by(timezone.now()).without_document()
    return rows.filter(story=report.story_id, number__gt=report.version.number).order_by("-number")


def told_version(version):
    values = {"number": version.number, "change": version.get_change_display(), "when": told(version.visible_from)}
    return _("Version %(number)s: %(change)s, %(when)s") % values


class ReportChangeList(ChangeList):
    """Django's list, with the passage that each report of the page is about: one query."""

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        pointing = {report.version_id for report in self.result_list if report.block}
        documents = dict(Version.objects.filter(pk__in=pointing).values_list("pk", "document"))
        found = {pk: passages(upgraded(document)) for pk, document in documents.items()}
        for report in self.result_list:
            report.passage = passage_at(found.get(report.version_id, []), report.block, report.paragraph)


class OwnerFilter(admin.SimpleListFilter):
    title = gettext_lazy("owner of the story")
    parameter_name = "whose"

    def lookups(self, request, model_admin):
        return [("mine", gettext_lazy("mine, or waiting for me"))]

    def queryset(self, request, queryset):
        return queryset.filter(about_mine(request.user)) if self.value() == "mine" else queryset


@admin.register(Report)
class ReportAdmin(DeskAdmin):
    """What readers wrote is looked at and resolved, never added, changed or deleted."""

    list_display = ["excerpt", "about", "received", "state"]
    list_filter = ["state", OwnerFilter]
    search_fields = ["text", "email", "version__headline"]
    fields = ["text"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        unread = [f"version__{name}" for name in ("document", "salt", "sha256", "prev_sha256")]
        return super().get_queryset(request).select_related("story", "version", "resolved_by", "led_to").defer(*unread)

    def get_changelist(self, request, **kwargs):
        return ReportChangeList

    @admin.display(description=gettext_lazy("report"))
    def excerpt(self, report):
        return Truncator(report.text).chars(120)

    @admin.display(description=gettext_lazy("story and passage"), ordering="version__headline")
    def about(self, report):
        story = _("%(story)s, version %(number)s") % {"story": title_of(report), "number": report.version.number}
        passage = report.passage.first_words if report.passage else _("the story as a whole")
        return format_html("{}<br><small>{}</small>", story, passage)

    @admin.display(description=gettext_lazy("received"), ordering="created_at")
    def received(self, report):
        return told(report.created_at)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show a report beside what it is about; on POST resolve it."""
        report = self.get_object(request, unquote(object_id))
        if report is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, report):
            raise PermissionDenied
        if request.method != "POST":
            return self.page(request, report, ResolveForm(report))
        if not self.has_change_permission(request, report):
            raise PermissionDenied
        form = ResolveForm(report, request.POST)
        if form.is_valid():
            try:
                form.save(report, request.user)
            except PublishError as error:
                form.add_error(None, str(error))
                report = self.get_object(request, str(report.pk))
            else:
                messages.success(request, _("The report is resolved."))
                return redirect("admin:stories_report_changelist")
        return self.page(request, report, form)

    def page(self, request, report, form):
        live = live_and_pending(report.story, timezone.now())[0]
        context = {
            **self.admin_site.each_context(request),
            **compared(report, live),
            "title": _("Reader’s report"),
            "subtitle": title_of(report),
            "opts": self.opts,
            "report": report,
            "received": told(report.created_at),
            "resolved": report.resolved_at and told(report.resolved_at),
            "led_to": report.led_to and told_version(report.led_to),
            "is_open": report.state == Report.State.OPEN,
            "form": form,
            "live": live,
            "correct_url": correct_url(request, report, live),
            "may_resolve": self.has_change_permission(request, report),
        }
        return TemplateResponse(request, "admin/stories/report/change_form.html", context)


def title_of(report):
    """Return the headline that the reader saw; a withdrawn story has none any more."""
    return report.version.headline or str(report.story)


def compared(report, live):
    """Return {stood, stands}: the Passage that a report is about in the version read and in `live`, each or None."""
    stood = passage_at(passages(upgraded(report.version.document)), report.block, report.paragraph)
    stands = became(stood, passages(upgraded(live.document))) if stood else None
    return {"stood": stood, "stands": stands, "is_same": bool(stood and stands and stood.lines == stands.lines)}


def correct_url(request, report, live):
    """Return the address of the page that corrects the story, empty where this editor cannot correct it."""
    user = request.user
    if live.taken_back or not (user.has_perm("stories.change_story") and user.has_perm("stories.publish_story")):
        return ""
    return f"{reverse('admin:stories_story_correct', args=[report.story_id])}?{urlencode({'report': report.pk})}"
