"""What happened to a story: its versions, what was done to them and what was saved, which can be restored."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stories.desk.desk_only import told_note
from stories.desk.pages import frame, routes, story_for
from stories.desk.rows import posted_uuid
from stories.desk.states import name_of, state_of, told
from stories.models import Revision, StoryEvent, Version
from stories.publishing.revisions import restore
from stories.publishing.verbs import PublishError
from stories.site.history import told_changes

SHOWN = 100  # of each, the newest

ACTIONS = {
    "publish": _("published"),
    "schedule": _("scheduled"),
    "move": _("moved to another time"),
    "cancel": _("cancelled"),
    "merge": _("written again, with a change that went out before it"),
    "import": _("added here by an import"),
    "correct_report": _("put right what a reader reported"),
    "answer_report": _("a reader’s report on it was answered"),
    "dismiss_report": _("a reader’s report on it was dismissed"),
    "correct": _("published, starting from what readers had"),
    "retraction": _("published: the story is retracted"),
    "withdrawal": _("published: the story is withdrawn"),
    "redaction": _("published: a passage is removed from all versions"),
    "redact": _("written again, without the passage that was removed"),
    "restore": _("What was saved on %(when)s is the draft again"),
}
# What was done to the working copy.
WORK = {
    "pitch": _("Pitched"),
    "claim": _("Claimed"),
    "assign": _("Assigned"),
    "submit": _("Submitted for review"),
    "review": _("Taken to review"),
    "hand_back": _("Handed back"),
    "ready": _("Marked ready"),
    "ready_own": _("Marked ready by its own writer"),
    "share": _("Shared by a link"),
    "unshare": _("Link revoked"),
    "desk_only": _("Changed for the desk"),
}


def urls(story_admin):
    return routes(story_admin, {("<uuid:story_id>/restore/<uuid:revision_id>/", "restore"): restore_revision})


def history_context(story):
    """Return the newest versions and events of `story` for its history page: two queries."""
    now = timezone.now()
    versions = Version.objects.without_document().filter(story=story).order_by("-number")
    events = StoryEvent.objects.filter(story=story).select_related("user")
    return {
        "versions": [{"version": version, "waits": version.is_pending(now)} for version in versions[:SHOWN]],
        "events": [{"event": event, "what": what_of(event)} for event in events[:SHOWN]],
        "shown": SHOWN,
    }


def what_of(event):
    """Say what an event was, in a sentence."""
    if event.action in WORK:
        note = told_note(event.note) if event.action == "desk_only" else event.note
        return f"{WORK[event.action]}: {note}" if note else WORK[event.action]
    what = ACTIONS.get(event.action, event.action)
    if event.number is None:
        return what % {"when": told(event.instant)} if event.instant else what
    if not event.instant:
        return gettext("Version %(number)s: %(what)s") % {"number": event.number, "what": what}
    values = {"number": event.number, "what": what, "instant": told(event.instant)}
    return gettext("Version %(number)s %(what)s, for %(instant)s") % values


@require_http_methods(["GET", "HEAD", "POST"])
def restore_revision(request, story_id, revision_id, story_admin):
    """Show what restoring a revision changes in the draft; on POST restore it."""
    story = story_for(request, story_admin, story_id, "stories.change_story")
    revision = Revision.objects.filter(pk=revision_id, story=story).select_related("user").first()
    if revision is None:
        raise Http404(gettext("There is no such revision of this story."))
    error = ""
    if request.method == "POST":
        try:
            restore(revision, by=request.user, expecting=posted_uuid(request.POST.get("latest")))
        except PublishError as refused:
            error = str(refused)
        else:
            messages.success(
                request, gettext("What was saved on %(when)s is the draft again.") % {"when": told(revision.created_at)}
            )
            return redirect("admin:stories_story_change", story.pk)
    state = state_of(story)
    context = {
        **frame(request, story_admin, story, gettext("Restore")),
        "state": state,
        "errors": [error] if error else [],
        "saved": {"name": name_of(revision), "when": told(revision.created_at)},
        "revision": revision,
        "comparison": told_changes(state.latest.document, revision.document, timezone.now()),
    }
    return TemplateResponse(request, "admin/stories/story/restore.html", context)
