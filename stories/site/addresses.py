"""Where a story is now, and full addresses for what is read away from its page: canonical links, feeds, JSON-LD."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404
from django.utils import timezone
from django.utils.encoding import iri_to_uri

from stories.models import Version


def absolute(request, path):
    """Return the full address of `path`, which begins with "/" or is one already.

    Under SITE_URL; where that is not set, under the host that was asked.
    """
    if path.startswith(("http://", "https://")):
        return path
    root = settings.SITE_URL or f"{request.scheme}://{request.get_host()}"
    return root + iri_to_uri(path)


def site_of(url):
    """Return the host of a web address without "www.", which tells readers where a link leads."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:  # half an IPv6 address
        host = ""
    return host.removeprefix("www.") or url


def present_version(path, instant):
    """Return, without its document, what readers see at `instant` of the story that stands or stood at `path` by now.

    Raise Http404 if there is none.
    """
    stood_here = Version.objects.published_by(max(instant, timezone.now())).filter(path=path)
    live = Version.objects.visible_at(instant).filter(story__in=stood_here.values("story"))
    version = live.without_document().first()
    if version is None:
        raise Http404("no story has or had this address")
    return version
