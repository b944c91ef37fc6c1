"""Links to a story for people without a login: the page that makes, lists and revokes them."""

import datetime
import uuid

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from stories.desk.pages import frame, routes, story_for
from stories.desk.rows import posted_uuid
from stories.desk.states import name_of, told
from stories.models import Revision, ShareLink
from stories.publishing import share as links
from stories.publishing.revisions import latest_revision
from stories.publishing.verbs import PublishError
from stories.site.addresses import absolute

SHOWN = 100  # links, the newest
DAYS = [1, 3, 7, 14, 30]
GONE = gettext_lazy("What you saw of this story is gone. Look at it again, then make the link.")


def day_choices():
    return [(days, ngettext("%(days)s day", "%(days)s days", days) % {"days": days}) for days in DAYS]


class ShareForm(forms.Form):
    label = forms.CharField(
        label=gettext_lazy("For whom"),
        max_length=200,
        help_text=gettext_lazy("They read it above the text, and you know later whose link it was."),
    )
    days = forms.TypedChoiceField(label=gettext_lazy("It ends after"), coerce=int, choices=day_choices, initial=3)
    follow = forms.TypedChoiceField(
        label=gettext_lazy("It shows"),
        choices=[
            ("", gettext_lazy("the text as it is saved now")),
            ("1", gettext_lazy("the newest saved text, whatever you will write into it")),
        ],
        widget=forms.RadioSelect,
        coerce=bool,
        empty_value=False,
        required=False,
        initial="",
    )
    revision = forms.UUIDField(error_messages={"required": GONE, "invalid": GONE})  # which the page told of


def urls(story_admin):
    """Return the addresses of the links of a story, to stand before those of the story admin."""

    views = {
        ("<uuid:story_id>/share/", "share"): share,
        ("<uuid:story_id>/share/<int:link_id>/revoke/", "unshare"): revoke,
    }
    return routes(story_admin, views)


def may_share(request):
    return request.user.has_perms(["stories.change_story", "stories.share_story"])


def next_page(request, story):
    """Return the way to the links of a story if the editor pressed “Share…”, which saves the form first."""
    if "_share" in request.POST and may_share(request):
        return redirect("admin:stories_story_share", story.pk)
    return None


@require_http_methods(["GET", "HEAD", "POST"])
def share(request, story_id, story_admin):
    """List the links of a story; on POST make one and show its address, this once."""
    story = story_for(request, story_admin, story_id, "stories.change_story")
    if request.method != "POST":
        return page(request, story_admin, story)
    if not may_share(request):
        raise PermissionDenied
    form = ShareForm(request.POST)
    if not form.is_valid():
        return page(request, story_admin, story, form=form)
    revision = Revision.objects.filter(story=story, pk=form.cleaned_data["revision"]).first()
    if revision is None:
        form.add_error("revision", GONE)
        return page(request, story_admin, story, form=form)
    try:
        link, token = links.share(
            revision,
            by=request.user,
            label=form.cleaned_data["label"],
            expires_at=timezone.now() + datetime.timedelta(days=form.cleaned_data["days"]),
            follow=form.cleaned_data["follow"],
            form=posted_uuid(request.POST.get("form")),
        )
    except PublishError as error:
        form.add_error(None, str(error))
        return page(request, story_admin, story, form=form)
    return page(request, story_admin, story, made=link, address=absolute(request, reverse("share", args=[token])))


@require_POST
def revoke(request, story_id, link_id, story_admin):
    """End a link at once."""
    story = story_for(request, story_admin, story_id, "stories.change_story")
    link = ShareLink.objects.filter(story=story, pk=link_id).first()
    if link is None:
        raise Http404(_("There is no such link."))
    links.revoke(link, by=request.user)
    story_admin.message_user(request, _("The link for %(label)s leads nowhere any more.") % {"label": link.label})
    return redirect("admin:stories_story_share", story.pk)


def page(request, story_admin, story, form=None, made=None, address=""):
    latest = latest_revision(story)
    now = timezone.now()
    rows = ShareLink.objects.filter(story=story).select_related("created_by", "revision__user")
    context = {
        **frame(request, story_admin, story, _("Share")),
        "form": form or ShareForm(),
        "form_id": uuid.uuid4(),
        "latest": latest,
        "saved": latest and {"name": name_of(latest), "when": told(latest.created_at)},
        "may_share": may_share(request),
        "made": made,
        "address": address,
        "ends": made and told(made.expires_at),
        "links": [told_link(link, now) for link in rows[:SHOWN]],
        "shown": SHOWN,
    }
    return TemplateResponse(request, "admin/stories/story/share.html", context)


def told_link(link, now):
    """Return what the list tells of a link."""
    saved = link.revision and _("as %(name)s saved it on %(when)s") % {
        "name": name_of(link.revision),
        "when": told(link.revision.created_at),
    }
    ended = (
        _("revoked on %(when)s") % {"when": told(link.revoked_at)}
        if link.revoked_at
        else _("ended on %(when)s") % {"when": told(link.expires_at)}
    )
    return {
        "link": link,
        "shows": saved or _("the newest saved text"),
        "made": told(link.created_at),
        "state": _("until %(when)s") % {"when": told(link.expires_at)} if link.is_open(now) else ended,
        "is_open": link.is_open(now),
        "opened": link.opened_at and told(link.opened_at),
    }
