"""The publish page: what will happen, what is still missing, and the buttons that do it."""

from django.contrib import messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stories.desk import checks
from stories.desk.pages import frame, routes, story_for
from stories.desk.preview import preview, preview_new
from stories.desk.publish_forms import CHANGES, MomentForm, PublishForm, SeenForm, tell
from stories.desk.reports import open_reports
from stories.desk.states import State, name_of, state_of, told
from stories.desk.times import zone_name
from stories.models import Version
from stories.publishing import verbs
from stories.publishing.document import DocumentError
from stories.publishing.record import path_for
from stories.publishing.verbs import PublishError, WarningsError
from stories.site.history import told_changes


def urls(story_admin):
    """Return the addresses of publishing and preview, to stand before those of the story admin."""

    views = {
        ("add/preview/", "add_preview"): preview_new,
        ("<uuid:story_id>/preview/", "preview"): preview,
        ("<uuid:story_id>/publish/", "publish"): publish,
        ("<uuid:story_id>/move/", "move"): move,
        ("<uuid:story_id>/cancel/", "cancel"): cancel,
    }
    return routes(story_admin, views)


def may_publish(request):
    return request.user.has_perm("stories.publish_story")


def next_page(request, story):
    """Return the way to the publish page if the editor pressed “Publish…”, which saves the form first."""
    if "_publish" in request.POST and may_publish(request):
        return redirect("admin:stories_story_publish", story.pk)
    return None


def form_context(request, story):
    """Return what the row of buttons under the form of `story`, None for a new one, says and offers."""
    state = state_of(story) if story else State()
    return {
        **checks.form_context(story, state),
        "save_label": save_label(state),
        "publish_label": _("Publish changes…") if state.live else _("Publish…"),
        "can_publish": may_publish(request) and not state.taken_back,
        "reports": open_reports(request, story),
        "ways": ways(request, story, state) if story else [],
        "preview_url": (
            reverse("admin:stories_story_preview", args=[story.pk])
            if story
            else reverse("admin:stories_story_add_preview")
        ),
        "publish_url": reverse("admin:stories_story_publish", args=[story.pk]) if story else "",
    }


def ways(request, story, state):
    """Return [(label, address)] of what else can be done to what readers have, each by its own right."""
    withdrawn = state.taken_back == Version.Change.WITHDRAWAL
    offered = [
        (_("Correct"), "correct", "publish", not state.taken_back),
        (_("Withdraw") if state.taken_back else _("Take back"), "take_back", "retract", not withdrawn),
        (_("Remove a passage"), "redact", "redact", True),
    ]
    return [
        (label, reverse(f"admin:stories_story_{name}", args=[story.pk]))
        for label, name, right, is_open in offered
        if state.live and is_open and request.user.has_perm(f"stories.{right}_story")
    ]


def save_label(state):
    if state.taken_back:
        return _("Save (for the desk only)")
    if state.live:
        return _("Save (readers keep version %(number)s)") % {"number": state.live.number}
    if state.pending:
        return _("Save (version %(number)s goes out as planned)") % {"number": state.pending.number}
    return _("Save draft")


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request, story_id, story_admin):
    """Show the publish page; on POST publish or schedule what it showed."""
    story = story_for(request, story_admin, story_id, "stories.publish_story")
    state = state_of(story)
    if request.method != "POST":
        return page(request, story_admin, story, state)
    form = PublishForm(request.POST, state=state)
    if not form.is_valid():
        return page(request, story_admin, story, state, form=form)
    try:
        version = publish_seen(request, state, form)
    except WarningsError as error:
        form.add_error("override", _("Write a reason here, or settle what is listed above."))
        return page(request, story_admin, story, state_of(story), form=form, findings=error.findings)
    except (PublishError, DocumentError) as error:
        tell(form, error)
        return page(request, story_admin, story, state_of(story), form=form)
    messages.success(request, done(version))
    return redirect("admin:stories_story_change", story.pk)


def publish_seen(request, state, form):
    """Publish the revision that the page showed, if it still is the newest."""
    data = form.cleaned_data
    if not state.latest:
        raise PublishError(_("Nothing of this story is saved yet. Save it first."))
    if state.latest.pk != data["revision"]:
        raise PublishError(
            _(
                "Meanwhile %(name)s saved the story again, on %(when)s. This page is now about the newer text: "
                "look at it before you publish."
            )
            % {"name": name_of(state.latest), "when": told(state.latest.created_at)}
        )
    return verbs.publish(
        state.latest,
        by=request.user,
        expecting=form.expecting,
        change=data["change"],
        note=data["note"],
        at=form.at,
        correction=form.correction,
        pending="cancel" if state.is_planned else data["pending"],
        override=data["override"],
    )


@require_POST
def move(request, story_id, story_admin):
    """Give the waiting version another time."""
    story = story_for(request, story_admin, story_id, "stories.publish_story")
    form = MomentForm(request.POST, prefix="move")
    if form.is_valid():
        try:
            version = verbs.move(story, to=form.at, by=request.user, expecting=form.expecting)
        except PublishError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, done(version))
            return redirect("admin:stories_story_change", story.pk)
    return page(request, story_admin, story, state_of(story), move_form=form)


@require_POST
def cancel(request, story_id, story_admin):
    """Cancel the waiting version."""
    story = story_for(request, story_admin, story_id, "stories.publish_story")
    form = SeenForm(request.POST, prefix="cancel")
    plan = state_of(story).pending
    if form.is_valid():
        try:
            verbs.cancel(story, by=request.user, expecting=form.expecting)
        except PublishError as error:
            form.add_error(None, str(error))
        else:
            values = {"number": plan.number, "when": told(plan.visible_from)}
            messages.success(
                request,
                _("Version %(number)s, planned for %(when)s, is cancelled. Your text is still here.") % values,
            )
            return redirect("admin:stories_story_change", story.pk)
    return page(request, story_admin, story, state_of(story), cancel_form=form)


def page(request, story_admin, story, state, form=None, move_form=None, cancel_form=None, findings=None):
    blocking, warning, embargo = checks.found(story, state)
    initial = {**moment_of(embargo and embargo.until), **PublishForm.initial_for(state)}
    form = form or PublishForm(state=state, initial=initial)
    document = state.latest and state.latest.document
    url = reverse("admin:stories_story_change", args=[story.pk])
    context = {
        **frame(request, story_admin, story, _("Publish")),
        "state": state,
        "form": form,
        "ways": ways(request, story, state),
        "comparison": told_changes(state.live.document, document, timezone.now())
        if state.is_changed and not state.taken_back
        else None,
        "changes": told_kinds(form),
        "move_form": move_form
        or MomentForm(prefix="move", initial=moment_of(state.pending and state.pending.visible_from)),
        "cancel_form": cancel_form,
        "problems": checks.told(blocking, url) if state.latest else [unsaved(url)],
        "findings": checks.told(warning if findings is None else findings, url),
        "embargo": checks.told_embargo(embargo),
        "is_more_than_minor": any(finding.check.startswith("guard.") for finding in findings or ()),
        "address": request.build_absolute_uri(address(state, document)) if document else "",
        "saved": document and {"name": name_of(state.latest), "when": told(state.latest.created_at)},
        "live_since": state.live and told(state.live.visible_from),
        "goes_out": state.pending and told(state.pending.visible_from),
        "asks_about_plan": state.live and state.pending and not state.is_planned,
        "now": timezone.localtime(),
        "zone": zone_name(),
    }
    return TemplateResponse(request, "admin/stories/story/publish.html", context)


def told_kinds(form):
    """Return [{radio, explained, value}] of the kinds of change that a form offers."""
    return [
        {"radio": radio, "explained": CHANGES[radio.data["value"]][1], "value": radio.data["value"]}
        for radio in form["change"]
    ]


def address(state, document):
    """Return the path at which readers will find `document` if it goes out now."""
    return path_for(document, state.live.sort_at if state.live else timezone.now())


def unsaved(url):
    return {"sentence": _("Nothing of this story is saved yet. Save it first."), "url": url}


def moment_of(instant):
    if not instant:
        return {}
    local = timezone.localtime(instant)
    return {"day": local.date(), "time": local.time()}


def done(version):
    """Return what an editor is told when `version` was published or scheduled, with a link to it if it is out."""
    values = {"number": version.number, "when": told(version.visible_from)}
    if version.is_pending(timezone.now()):
        return _("Version %(number)s goes out on %(when)s. Until then nobody outside can see it.") % values
    return format_html(
        '{} <a href="{}">{}</a>',
        _("Version %(number)s is published.") % values,
        version.get_absolute_url(),
        _("See it as readers see it"),
    )
