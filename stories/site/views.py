from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponseServerError
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.views.decorators.http import require_safe

from stories.models import Author, Source, Tag, Topic, Version
from stories.site.addresses import absolute, present_version
from stories.site.cards import cards, lead_picture
from stories.site.changes import changes_of_the_day
from stories.site.context import FOOTER
from stories.site.listing import arranged, filed_under, pages_about_us, river
from stories.site.names import MASTHEAD
from stories.site.story import render_story
from stories.site.terms import ANCESTORS, around, by_name, tree

TOP = 3  # the lead and two seconds
PAGES = 200  # about us: more than anyone writes


@require_safe
def front(request):
    before = request.GET.get("before", "")
    first = arranged(request.instant)
    page = river(request.instant, before, without=first)
    if before and not page.versions:
        raise Http404("nothing older")
    shown = cards(page.versions if before else [*first, *page.versions])
    changes = None if before else changes_of_the_day(request.instant)
    top = [] if before else shown[:TOP]
    rest = shown[len(top) :]
    for card in top[:1]:
        card["picture"] = lead_picture(card["version"])
    context = {"lead": top[:1], "seconds": top[1:], "river": rest, "page": page, "before": before, "changes": changes}
    return render(request, "site/front.html", context | {"canonical": canonical(request)})


@require_safe
def story(request, **parts):
    version = Version.objects.visible_at(request.instant).filter(path=request.path_info).first()
    if version is None:
        return redirect(present_version(request.path_info, request.instant).get_absolute_url())
    return render_story(request, version)


@require_safe
def about(request):
    pages = list(pages_about_us(request.instant)[:PAGES])
    context = {"pages": pages, "about_us": pages[:FOOTER], "canonical": canonical(request)}
    return render(request, "site/about.html", context)


@require_safe
def topics(request):
    return render(request, "site/topics.html", {"tree": tree(request.instant), "canonical": canonical(request)})


@require_safe
def topic(request, slug):
    found, moved = find(Topic.objects.select_related("alias_of", ANCESTORS), slug)
    if moved:
        return moved
    trail, children, roots = around(found, request.instant)
    page = listed(request, found, empty=found.open, first=arranged(request.instant, found))
    context = {"trail": trail, "children": children, "root_topics": roots[:MASTHEAD]}
    return render(request, "site/topic.html", page | context)


def term(model, template):
    """Return the view of a tag, source or author."""

    @require_safe
    def view(request, slug):
        found, moved = find(model.objects.select_related("alias_of"), slug)
        return moved or render(request, template, listed(request, found))

    return view


tag = term(Tag, "site/tag.html")
source = term(Source, "site/source.html")
author = term(Author, "site/author.html")


def index(model, template):
    """Return the view of all public tags, sources or authors, by name."""

    @require_safe
    def view(request):
        after = request.GET.get("after", "")
        page = by_name(model, request.instant, after)
        return render(request, template, {"page": page, "after": after, "canonical": canonical(request)})

    return view


tags = index(Tag, "site/tags.html")
sources = index(Source, "site/sources.html")
authors = index(Author, "site/authors.html")


def find(queryset, slug):
    """Return (term, None), or (None, a redirect) if it was merged into another; raise Http404 if there is none."""
    found = queryset.filter(slug=slug).first()
    if found is None:
        raise Http404("no such term")
    return (None, redirect(found.alias_of)) if found.alias_of_id else (found, None)


def listed(request, found, *, empty=False, first=()):
    """Return the context of a term's page; raise Http404 if nothing is filed under it, unless it may be `empty`.

    The versions `first` stand before the others.
    """
    before = request.GET.get("before", "")
    page = filed_under(found, request.instant, before, without=first)
    shown = page.versions if before else [*first, *page.versions]
    if not shown and (before or not empty):
        raise Http404("nothing is filed here")
    return {
        "term": found,
        "page": page,
        "before": before,
        "cards": cards(shown),
        "canonical": canonical(request),
    }


def canonical(request):
    """Return the page's own address, of older pages with their key; other parameters make no page."""
    keys = {key: value for key, value in request.GET.items() if key in ("before", "after") and value}
    query = f"?{urlencode(keys)}" if keys else ""
    return absolute(request, request.path_info + query)


def not_found(request, exception=None):
    return render(request, "404.html", status=404)


def form_refused(request, reason=""):
    """Say what to do when a form comes without its cookie; give back what was written on a report."""
    return render(request, "site/form_refused.html", {"written": request.POST.get("text", "")}, status=403)


def server_error(request):
    """Say so, without database or request: either may be what failed."""
    return HttpResponseServerError(get_template("500.html").render({"site_name": settings.SITE_NAME}))
