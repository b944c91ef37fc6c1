"""Search: everything that readers see now, by relevance or by date, narrowed down by what it is filed under."""

import re
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from stories.models import Source, Story, Tag, Topic, Version
from stories.models.term import SLUG
from stories.publishing.search_rows import PART, part
from stories.site.addresses import absolute
from stories.site.cards import cards
from stories.site.hits import END, LOOKED_AT, MOST, TooSlow, finds_any, newest
from stories.site.listing import SIZE, public
from stories.site.query import LONGEST, read
from stories.site.snippets import marked, passage
from stories.site.suggestions import did_you_mean, other_forms, words_that_find

TERMS = {"topic": Topic, "tag": Tag, "source": Source}
FACETS = {
    "topic": gettext_lazy("Topic"),
    "tag": gettext_lazy("Tag"),
    "source": gettext_lazy("Source"),
    "kind": gettext_lazy("Kind"),
    "year": gettext_lazy("Year"),
}
SHOWN = 8  # values of a facet


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    query: object
    chosen: dict  # {facet: (value, label, part)}
    by_date: bool
    before: int  # the key of the last hit of the page before; 0 on the first
    number: int  # of the page, by relevance

    def address(self, **changes):
        """Return the address of this search, of its first page, with some of its parts changed or, if "", left out."""
        values = {"q": self.query.text, "sort": "date" if self.by_date and self.query.wanted else ""}
        values |= {facet: value for facet, (value, _label, _part) in self.chosen.items()} | changes
        values = {name: value for name, value in values.items() if value}
        return f"{reverse('search')}?{urlencode(values)}" if values else reverse("search")

    @property
    def parts(self):
        return [part for _value, _label, part in self.chosen.values()]


@require_safe
def page(request):
    asked = read_address(request.GET, request.instant)
    context = {"asked": asked, "query": asked.query, "longest": LONGEST, "most": MOST, "chosen": chosen(asked)}
    try:
        context |= answer(asked, request.instant) if asked.query.wanted or asked.parts else {"count": None}
        status = 200
    except TooSlow:
        context |= {"too_slow": True}
        status = 503
    pages = {"before": asked.before or "", "page": asked.number if asked.number > 1 else ""}
    context["canonical"] = absolute(request, asked.address(**pages))
    return render(request, "site/search.html", context, status=status)


def read_address(values, instant):
    """Return what an address Asked for; raise Http404 for facets and pages that cannot be."""
    query = read(values.get("q", ""))
    chosen = {}
    for facet in FACETS:
        if value := values.get(facet, ""):
            label, identity = choice(facet, value, instant)
            chosen[facet] = (value, label, part(facet, identity))
    by_date = values.get("sort") == "date" or not query.wanted
    before, number = values.get("before", ""), values.get("page", "")
    if not re.fullmatch(r"([1-9][0-9]{0,18})?", before, re.A) or not re.fullmatch(r"([1-9][0-9]{0,3})?", number, re.A):
        raise Http404("no such page")
    before, number = int(before or 0), int(number or 1)
    if before > END or (before and not by_date) or (number > 1 and by_date):
        raise Http404("no such page")
    return Asked(query, chosen, by_date, before, number)


def choice(facet, value, instant):
    """Return (label, what stands for it in the index) of a value of a facet; raise Http404 if there is none."""
    if facet == "kind" and value in Story.Kind.values:
        return capfirst(Story.Kind(value).label), value
    if facet == "year" and re.fullmatch("[1-9][0-9]{3}", value, re.A):
        return value, value
    if facet in TERMS and SLUG.fullmatch(value):
        known = public(TERMS[facet], instant).filter(Q(slug=value) | Q(aliases__slug=value)).first()
        if known:
            return known.name, known.pk
    raise Http404("no such facet")


def answer(asked, instant):
    """Return the context of a search that asks for something."""
    query = asked.query
    found, looked_to = newest(query.terms, asked.parts, instant, ranked=not asked.by_date)
    over, found = len(found) > MOST, found[:MOST]
    shown, older, more = shown_of(found, looked_to, asked, instant)
    if not shown and not older and (asked.before or asked.number > 1):
        raise Http404("nothing more")
    context = {
        "count": len(found),
        "over": over,
        "looked_at": LOOKED_AT if looked_to else 0,
        "hits": hit_cards(shown, query.wanted, instant),
        "older": asked.address(sort="date", before=older) if older else "",
        "next": asked.address(page=asked.number + 1) if more else "",
        "facets": facets(found, asked),
        "by_date": asked.address(sort="date"),
        "by_relevance": asked.address(sort=""),
    }
    return context if shown else context | nothing_found(asked, instant)


def nothing_found(asked, instant):
    """Return the context of what to try instead, none of it if that takes too long."""
    wanted = asked.query.wanted
    try:
        if asked.query.excluded and finds_any(wanted, asked.parts, instant):
            return {"included": asked.address(q=" ".join(term.text for term in wanted))}
        text = did_you_mean(asked.query, asked.parts, instant)
        forms = "" if text else other_forms(asked.query, asked.parts, instant)
        alone = words_that_find(asked.query, asked.parts, instant)
    except TooSlow:
        text, forms, alone = "", "", []
    return {
        "meant": {"text": text, "url": asked.address(q=text)} if text else None,
        "forms": {"text": forms, "url": asked.address(q=forms)} if forms else None,
        "alone": [(term.text, asked.address(q=term.text)) for term in alone],
        "unfiltered": asked.address(**dict.fromkeys(asked.chosen, "")) if asked.chosen else "",
    }


def shown_of(found, looked_to, asked, instant):
    """Return (the hits of the page asked for, the key from which older ones go on or 0, whether more follow)."""
    if asked.before:
        found, looked_to = newest(asked.query.terms, asked.parts, instant, before=asked.before, limit=SIZE + 1)
    if not asked.by_date:
        found = sorted(found, key=lambda hit: (hit.rank, -hit.key))
    start = (asked.number - 1) * SIZE
    shown, more = found[start : start + SIZE], len(found) > start + SIZE
    if more and asked.by_date:
        return shown, shown[-1].key, False
    return shown, 0 if more else looked_to, more


def hit_cards(hits, terms, instant):
    """Return cards of hits, with the headline and a passage as [(part, is it what was searched for)]. Two queries."""
    seen = Version.objects.visible_at(instant).defer("salt", "sha256", "prev_sha256")
    seen = seen.in_bulk([hit.version_id for hit in hits])
    shown = cards(seen[hit.version_id] for hit in hits if hit.version_id in seen)
    for card in shown:
        card["headline"] = marked(card["version"].headline, terms)
        card["passage"] = passage(card["version"], terms) if terms else []
    return shown


def facets(found, asked):
    """Return [{name, label, values: [{label, count, url}]}] of what narrows hits down. At most three queries."""
    counts = {facet: Counter() for facet in FACETS}
    for term, count in Counter(term for hit in found for term in hit.terms.split()).items():
        _before, facet, value = term.split(PART)
        counts[facet][value] = count
    groups = []
    for facet, label in FACETS.items():
        values = [] if facet in asked.chosen else values_of(facet, counts[facet])
        if any(count < len(found) for _value, _label, count in values):
            told = [
                {"label": name, "count": count, "url": asked.address(**{facet: value})}
                for value, name, count in values[:SHOWN]
            ]
            groups.append({"name": facet, "label": label, "values": told})
    return groups


def values_of(facet, counts):
    """Return [(value, label, count)] of a facet's most frequent values; of years the latest."""
    if facet == "year":
        return [(year, year, counts[year]) for year in sorted(counts, reverse=True)]
    if facet == "kind":
        return [(kind, capfirst(Story.Kind(kind).label), count) for kind, count in counts.most_common()]
    most = counts.most_common(2 * SHOWN)  # some may be merged into others
    known = TERMS[facet].objects.filter(pk__in=[pk for pk, _count in most], alias_of=None).in_bulk()
    known = {str(pk).replace("-", ""): term for pk, term in known.items()}
    return [(known[pk].slug, known[pk].name, count) for pk, count in most if pk in known]


def chosen(asked):
    """Return [{name, given, label, value, url}] of what a search is narrowed down to; `url` is without it."""
    return [
        {"name": facet, "given": value, "label": FACETS[facet], "value": label, "url": asked.address(**{facet: ""})}
        for facet, (value, label, _part) in asked.chosen.items()
    ]
