"""Who else has a story open, told while one writes; and whether somebody has saved it meanwhile."""

import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stories.desk.autosave import time_of
from stories.desk.rows import posted_uuid
from stories.desk.states import name_of
from stories.models import Presence
from stories.publishing.revisions import revisions_of

GONE = datetime.timedelta(seconds=90)  # browsers let a tab in the background speak once a minute
SHOWN = 5


@require_POST
def present(request, story_id, story_admin):
    """Note that the editor has the form of a story open, or has left it; answer what they should know.

    The answer is {others, saved}: sentences, empty if there is nothing to say.
    """
    story = story_admin.get_queryset(request).filter(pk=story_id).first()
    if story is None:
        raise Http404(_("There is no such story."))
    if not story_admin.has_change_permission(request, story):
        raise PermissionDenied
    now = timezone.now()
    if "left" in request.POST:
        Presence.objects.filter(user=request.user, story=story).delete()
        return JsonResponse({"others": "", "saved": ""})
    note(request.user, story, now)
    return JsonResponse({"others": told_others(request.user, story, now), "saved": told_saved(request, story)})


def note(user, story, now):
    """Write that `user` has `story` open at `now`, and drop all of whom nothing was heard for a while."""
    Presence.objects.filter(seen_at__lt=now - GONE).delete()
    if Presence.objects.filter(user=user, story=story).update(seen_at=now):
        return
    try:
        with transaction.atomic():
            Presence.objects.create(user=user, story=story, since=now, seen_at=now)
    except IntegrityError:
        pass  # another tab of theirs has just said so


def told_others(user, story, now):
    others = Presence.objects.filter(story=story, seen_at__gte=now - GONE).exclude(user=user).select_related("user")
    sentence = _("%(name)s has this open since %(when)s.")
    return " ".join(sentence % {"name": name_of(row), "when": time_of(row.since)} for row in others[:SHOWN])


def told_saved(request, story):
    newest = revisions_of(story).select_related("user").defer("document").first()
    if newest is None or newest.pk == posted_uuid(request.POST.get("opened_on")):
        return ""
    return _("%(name)s saved it at %(when)s: when you save, you can join both.") % {
        "name": name_of(newest),
        "when": time_of(newest.created_at),
    }
