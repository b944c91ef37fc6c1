"""Pages of topics, tags, sources and authors, and the indexes of them."""

from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Lower
from django.http import Http404

from stories.models import Topic
from stories.site.listing import public

SIZE = 120


@dataclass(frozen=True)
class TermPage:
    terms: list
    next: str  # the key of the next page; empty on the last


def by_name(model, instant, after="", size=SIZE):
    """Return a page of the public terms of `model` by name, after that with the slug `after`. One or two queries."""
    rows = public(model, instant).annotate(key=Lower("name")).order_by("key", "slug")
    if after:
        last = model.objects.filter(slug=after).annotate(key=Lower("name")).first() if "\0" not in after else None
        if last is None:
            raise Http404("no such page")
        rows = rows.filter(Q(key__gt=last.key) | Q(key=last.key, slug__gt=last.slug))
    terms = list(rows[: size + 1])
    return TermPage(terms[:size], terms[size - 1].slug if len(terms) > size else "")


def tree(instant):
    """Return the public topics as [{topic, children: […]}], by name. One query."""
    topics = sorted(public(Topic, instant), key=lambda topic: topic.name.casefold())
    nodes = {topic.pk: {"topic": topic, "children": []} for topic in topics}
    roots = []
    for topic in topics:
        parent = nodes.get(topic.parent_id)
        (parent["children"] if parent else roots).append(nodes[topic.pk])
    return roots


def around(topic, instant):
    """Return (trail, children, roots) of public topics around one: ancestors from the top, its parts, the masthead's.

    One query, if `topic` was fetched with its ancestors.
    """
    trail = []
    parent = topic.parent
    while parent and parent not in trail and len(trail) < TRAIL:
        trail.insert(0, parent)
        parent = parent.parent if len(trail) < TRAIL else None
    near = public(Topic, instant).filter(Q(parent=None) | Q(parent=topic) | Q(pk__in=[step.pk for step in trail]))
    near = sorted(near, key=lambda one: one.name.casefold())
    shown = {one.pk for one in near}
    children = [one for one in near if one.parent_id == topic.pk]
    roots = [one for one in near if one.parent_id is None]
    return [step for step in trail if step.pk in shown], children, roots


TRAIL = 4
ANCESTORS = "__".join(["parent"] * TRAIL)
