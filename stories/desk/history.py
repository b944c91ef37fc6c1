"""What happened to a story: its versions, what was done to them and what was saved. Read only."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stories.models import Revision, StoryEvent, Version

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
}


def history_context(story):
    """Return the newest versions, events and revisions of `story` for its history page: three queries."""
    now = timezone.now()
    versions = Version.objects.without_document().filter(story=story).order_by("-number")
    events = StoryEvent.objects.filter(story=story).select_related("user")
    revisions = Revision.objects.filter(story=story).select_related("user").defer("document")
    return {
        "versions": [{"version": version, "waits": version.is_pending(now)} for version in versions[:SHOWN]],
        "events": [{"event": event, "what": ACTIONS.get(event.action, event.action)} for event in events[:SHOWN]],
        "revisions": list(revisions[:SHOWN]),
        "shown": SHOWN,
    }
