"""The archive: the stories first published in a month, by the UTC month that their addresses carry."""

import datetime
from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stories.models import Version
from stories.site.addresses import absolute
from stories.site.cards import cards
from stories.site.listing import by_month, month_of, published_in, river_page


@dataclass(frozen=True)
class Month:
    year: int
    month: int

    def __str__(self):
        return date_format(self.start, _("F Y"))

    def __lt__(self, other):
        return (self.year, self.month) < (other.year, other.month)

    def get_absolute_url(self):
        return reverse("archive-month", args=[self.year, f"{self.month:02}"])

    @property
    def name(self):
        return MONTHS[self.month]

    @property
    def start(self):
        return datetime.datetime(self.year, self.month, 1, tzinfo=datetime.UTC)


@require_safe
def newest(request):
    """Lead to the newest month in which something was published; without one there is no archive yet."""
    bounds = first_and_last(request.instant)
    if bounds is None:
        return render(request, "site/archive.html", {"month": None, "canonical": absolute(request, request.path_info)})
    return redirect(bounds[1])


@require_safe
def month(request, year, month):
    """List the stories of a month between the first and the last story, with or without any."""
    shown, bounds = Month(year, int(month)), first_and_last(request.instant)
    if bounds is None or shown < bounds[0] or bounds[1] < shown:
        raise Http404("nothing was published then")
    before = request.GET.get("before", "")
    page = river_page(published_in(shown.start, request.instant, before), before)
    if before and not page.versions:
        raise Http404("nothing older")
    first, last = bounds
    context = {
        "month": shown,
        "months": months_of(year, request.instant),
        "years": [nearest(Month(other, shown.month), first, last) for other in range(last.year, first.year - 1, -1)],
        "cards": cards(page.versions),
        "page": page,
        "before": before,
        "canonical": absolute(request, request.path_info + (f"?before={before}" if before else "")),
    }
    return render(request, "site/archive.html", context)


def months_of(year, instant):
    """Return (Month, how many stories) of each month of a year in which lists show any. One query.

    It reads the year's range of the index, not that of all years: no reader waits for a count of all stories.
    """
    start, end = (datetime.datetime(n, 1, 1, tzinfo=datetime.UTC) for n in (year, year + 1))
    rows = Version.objects.listed_at(instant, until=end - datetime.timedelta(microseconds=1)).filter(sort_at__gte=start)
    return [(Month(year, int(month[-2:])), count) for month, count in sorted(by_month(rows))]


def nearest(wanted, first, last):
    return first if wanted < first else last if last < wanted else wanted


def first_and_last(instant):
    """Return the Months of the first and the last story that lists show, None if there is none. Two queries."""
    rows = Version.objects.listed_at(instant).values_list("sort_at", flat=True)
    last, first = rows.first(), rows.reverse().first()
    if last is None:
        return None
    return tuple(Month(start.year, start.month) for start in (month_of(first), month_of(last)))
