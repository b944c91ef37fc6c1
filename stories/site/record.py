"""The public record of a day as plain text, for machines and for those who keep a copy."""

import datetime
import itertools
import textwrap

from django.conf import settings
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from stories.models.prose import clean_text
from stories.publishing.daily import lines_of_day

WHOLE = 5000  # lines that are held in memory; more are streamed, without an ETag


@require_safe
@conditional_page
def day(request, day):
    """Show the record of a day, a date in UTC, as far as it has come."""
    if day > request.instant.astimezone(datetime.UTC).date():
        raise Http404("not yet")
    lines = (f"{line}\n" for line in itertools.chain(header(day), lines_of_day(day, request.instant)))
    first = list(itertools.islice(lines, WHOLE))
    headers = {"Content-Type": "text/plain; charset=utf-8", "X-Robots-Tag": "noindex"}
    if len(first) < WHOLE:
        return HttpResponse("".join(first), headers=headers)
    return StreamingHttpResponse(itertools.chain(["".join(first)], lines), headers=headers)


def header(day):
    """Yield the lines that say what the others are, and how to check them."""
    paragraphs = [
        _("%(site)s: the record of %(day)s (UTC)") % {"site": clean_text(settings.SITE_NAME), "day": day.isoformat()},
        _(
            "A line for each version of a story that became visible on this day, or that was added on it by an import: "
            "its SHA-256, the id of the story, the number of the version, the kind of change, visible from (UTC). "
            "The id of a story stands on its history page."
        ),
        _(
            "Once this day is over, no line changes or goes. Only when something is removed from a version later, a "
            "line is added below it: “altered”, story, number, the hash it had, the hash it has now, and the number of "
            "the version that removed it, which has the same line below it on its own day. A story that was taken back "
            "stays here, for no line has a word of it; nor its address, which is made of words."
        ),
        _(
            "Keep a copy. If a line of it is ever gone, or says something else, the record was rewritten. Each hash "
            "covers the hash before it, so that one line vouches for all earlier versions of its story. It covers a "
            "secret as well, so that removed words cannot be guessed from it; so only the newsroom can compute it. To "
            "hold the newsroom to your copy, send it and ask what this says: manage.py verify_record --against FILE"
        ),
    ]
    for paragraph in paragraphs:
        yield from (f"# {line}" for line in textwrap.wrap(paragraph, 98))
        yield "#"
