"""Full addresses, for what is read away from the page it stands on: canonical links, feeds, structured data."""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.encoding import iri_to_uri


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
