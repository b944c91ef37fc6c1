"""A story that is not published, shown to whoever has a link to it: the one page that no public rule governs.

What it shows it has from publishing.share.opened(), which knows the token. Nothing else of the site reads a revision.
"""

from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stories.publishing.record import unsaved_version
from stories.publishing.share import opened
from stories.publishing.verbs import same_for_readers
from stories.site.story import story_context


@require_safe
def share(request, token):
    """Show what a link shows. Unknown, expired and revoked links have the same answer, which tells nothing."""
    shared = opened(token, request.instant, count=request.method == "GET")
    if shared is None:
        return confidential(render(request, "site/share_ended.html", {"confidential": True}, status=404))
    version = unsaved_version(shared.link.story_id, shared.document, shared.live, request.instant)
    version.number = None  # it is no version, nor was it published when it is read
    version.sort_at = version.updated_at = shared.live.sort_at if shared.live else None
    version.path = ""
    context = story_context(request, version) | {"canonical": "", "share_picture": ""}
    context |= {
        "banner": banner_of(shared, request.instant),
        "confidential": True,
    }  # no link with the page's own address
    return confidential(render(request, "site/share.html", context))


def confidential(response):
    """Keep a response out of caches and search engines, and its address from the sites it links to."""
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    return response


def banner_of(shared, now):
    """Return what the reader of a shared story is told above it."""
    if shared.live and same_for_readers(shared.document, shared.live.document):
        return _("This text is published.")
    what = _("Not published: readers have another text.") if shared.live else _("Not published.")
    until = _("Confidential until we publish it.")
    if instant := confidential_until(shared, now):
        local = timezone.localtime(instant)
        until = _("Confidential until %(when)s.") % {"when": date_format(local, _("j F Y, H:i T"))}
    whom = _("For %(label)s. Do not pass on.") % {"label": shared.link.label.rstrip(".")}
    return f"{what} {until} {whom}"


def confidential_until(shared, now):
    """Return when the text will be seen, or may be: None if nobody has said so yet."""
    times = [shared.embargo] if shared.embargo and shared.embargo > now else []
    if shared.pending:
        if not same_for_readers(shared.document, shared.pending.document):
            return None  # its time and the embargo are those of another text
        times.append(shared.pending.visible_from)
    return max(times, default=None)
