"""Sitemaps: an index, one for each month of first publication, one of the pages about us, and those of the terms."""

from functools import partial

from django.db.models import CharField, Value
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import conditional_page, require_safe

from stories.models import FILINGS, Version
from stories.site.addresses import absolute
from stories.site.listing import by_month, pages_about_us, public, published_in
from stories.site.paths import MonthConverter
from stories.site.structured import stamp

SIZE = 50_000  # more is not allowed in one file
MAX_PAGES = 1_000


@require_safe
@conditional_page
def index(request):
    """List the sitemaps.

    Without the times of their last change: to know them, every version on the site would have to be read.
    """
    paths = [reverse("sitemap-pages")]
    for page in range(pages(terms(request.instant).count())):
        paths.append(reverse("sitemap-terms", args=[page + 1]))
    for month, count in months(request.instant).items():
        paths.append(reverse("sitemap-stories", args=[month]))
        for page in range(1, pages(count)):
            paths.append(reverse("sitemap-stories", args=[month, page + 1]))
    locations = [absolute(request, path) for path in paths]
    return render(request, "site/sitemap_index.xml", {"locations": locations}, content_type="application/xml")


@require_safe
@conditional_page
def stories(request, month, page=1):
    """List the stories first published in a month, a datetime at its start, in UTC."""
    rows = published_in(month, request.instant).order_by("sort_at", "id").values_list("path", "updated_at")
    return sitemap(request, [(path, stamp(changed)) for path, changed in part(rows, page)])


@require_safe
@conditional_page
def about(request):
    """List the front page and the pages about us."""
    rows = pages_about_us(request.instant).order_by("path").values_list("path", "updated_at")
    return sitemap(request, [(reverse("front"), ""), *((path, stamp(changed)) for path, changed in rows[: SIZE - 1])])


@require_safe
@conditional_page
def of_terms(request, page):
    rows = part(terms(request.instant).order_by("kind_of_term", "slug"), page)
    return sitemap(request, [(reverse(kind, args=[slug]), "") for kind, slug in rows])


@require_safe
def robots(request):
    sitemap = absolute(request, reverse("sitemap"))
    return render(request, "site/robots.txt", {"sitemap": sitemap}, content_type="text/plain; charset=utf-8")


def sitemap(request, urls):
    """Return [(path, time of its last change or "")] as a sitemap."""
    full = partial(absolute, request)
    urls = [(full(path), changed) for path, changed in urls]
    return render(request, "site/sitemap.xml", {"urls": urls}, content_type="application/xml")


def pages(count):
    return -(-count // SIZE)


def part(rows, page):
    """Return the rows of a page, counted from 1; raise Http404 if there are none."""
    rows = list(rows[(page - 1) * SIZE : page * SIZE]) if 1 <= page <= MAX_PAGES else []
    if not rows:
        raise Http404("no such sitemap")
    return rows


def months(instant):
    """Return {start of a month in UTC: number of stories first published in it}, newest first. One query."""
    counts = by_month(Version.objects.listed_at(instant))
    return {MonthConverter().to_python(month): count for month, count in sorted(counts, reverse=True)}


def terms(instant):
    """Return (kind, slug) rows of all terms that have a page at `instant`."""
    queries = [
        public(model, instant)
        .order_by()
        .annotate(kind_of_term=Value(model._meta.model_name, CharField()))
        .values_list("kind_of_term", "slug")
        for model in FILINGS
    ]
    return queries[0].union(*queries[1:], all=True)
