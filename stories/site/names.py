"""Names of what stories are filed under, as they are today: by slug, all kinds at once."""

from dataclasses import dataclass

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from stories.models import FILINGS, Author, Source, Tag, Topic
from stories.publishing.document import named_sources
from stories.site.listing import public

MASTHEAD = 8  # topics that fit beside the site's name


@dataclass(frozen=True)
class Name:
    """A term as readers are told of it; what was merged goes by the name of what it was merged into."""

    part: str  # topic, tag, author, source or root
    named: str  # the slug in the document
    slug: str
    name: str
    parent_slug: str = ""
    parent_name: str = ""
    second: str = ""  # slugs of the ancestors further up
    third: str = ""
    biography: str = ""
    public: bool = False
    collective: bool = False

    def get_absolute_url(self):
        return reverse("topic" if self.part == "root" else self.part, args=[self.slug])

    @property
    def parent_url(self):
        return reverse("topic", args=[self.parent_slug])

    @property
    def depth(self):
        return sum(map(bool, (self.parent_slug, self.second, self.third)))

    @property
    def initials(self):
        return initials(self.name)


def initials(name):
    """Return one or two letters that stand for a name."""
    words = [word for word in name.split() if word[0].isalnum() and word.lower() != "the"] or [name]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


@dataclass(frozen=True)
class Names:
    topics: list  # of Name, most specific first
    tags: list
    authors: dict  # by the slug in the document
    sources: dict
    roots: list


def names_in(document, instant):
    """Return the Names of what `document` names and of the masthead's topics at `instant`. One query."""
    wanted = {
        Topic: document["topics"],
        Tag: document["tags"],
        Author: [author["slug"] for author in document["authors"]],
        Source: list(named_sources(document)),
    }
    parts = [told(model, slugs, instant) for model, slugs in wanted.items() if slugs]
    found = [Name(*row) for row in root_rows(instant).union(*parts, all=True)]
    names = {
        part: [name for name in found if name.part == part] for part in ("topic", "tag", "author", "source", "root")
    }
    return Names(
        topics=sorted(once(names["topic"]), key=lambda name: (-name.depth, name.name.casefold())),
        tags=sorted(once(names["tag"]), key=lambda name: name.name.casefold()),
        authors={name.named: name for name in names["author"]},
        sources={name.named: name for name in names["source"]},
        roots=in_order(names["root"]),
    )


def masthead_topics(instant):
    """Return the Names of the masthead's topics at `instant`. One query."""
    return in_order(Name(*row) for row in root_rows(instant))


def in_order(roots):
    return sorted(roots, key=lambda name: name.name.casefold())[:MASTHEAD]


def once(names):
    """Drop what was merged into another that is named too."""
    return {name.slug: name for name in names}.values()


def root_rows(instant):
    return rows(public(Topic, instant).filter(parent=None), "root", F, Value(True))


def told(model, slugs, instant):
    """Return rows for Name of the terms of `model` with `slugs`, aliases as what they were merged into."""

    def target(field):
        return Case(When(alias_of=None, then=F(field)), default=F(f"alias_of__{field}"), output_field=CharField())

    pk = Coalesce(OuterRef("alias_of_id"), OuterRef("pk"))
    shown = Exists(FILINGS[model].objects.visible_at(instant).filter(term_id=pk))
    if model is Topic:
        shown = Case(When(Q(open=True) | Q(alias_of__open=True), then=Value(True)), default=shown)
    return rows(model.objects.filter(slug__in=slugs), model._meta.model_name, target, shown)


def rows(queryset, part, column, shown):
    def text(field, known):
        return column(field) if known else Value("", output_field=CharField())

    model = queryset.model
    tree = model is Topic
    return queryset.order_by().values_list(
        Value(part, output_field=CharField()),
        "slug",
        text("slug", True),
        text("name", True),
        text("parent__slug", tree),
        text("parent__name", tree),
        text("parent__parent__slug", tree),
        text("parent__parent__parent__slug", tree),
        text("biography", model is Author),
        shown,
        Coalesce("alias_of__collective", "collective") if model is Author else Value(False),
    )
