"""Hypothesis strategies: cleaned documents with every block, odd Unicode, nested lists, tables; and plain junk.

`documents()` draws documents as clean() returns them; `make_rows(document)` makes the rows that one names, so that it
can be written to a story; `scratch()` undoes what one example wrote.
"""

import uuid
from contextlib import contextmanager

from django.db import transaction
from hypothesis import strategies as st

from stories.models import BLOCKS, Author, Picture, Source, Story, Tag, Topic
from stories.models.prose import clean_text
from stories.publishing import fields
from stories.publishing.document import clean, named_sources, pictures

# What has meaning in HTML, Markdown or Unicode; the rest is for chance to find.
TRICKY = [
    "Talks", "Istanbul 2025", "شرح", "עברית 12", "\u202eright to left", "e\u0301", "\u0338", "👩‍👩‍👧", "İı", "ﬁ",
    "漢字", "« oui »", "10\u00a0%", "a\u00a0b", "\u2028", "\u200d", "\ufeff", "<b>", "</p>", "&amp;", "&lt;", '"', "'",
    "\\", "`", "a*b*c", "**", "_x_", "~~", "[a](b)", "![", "<!--", "-->", "1. one", "- item", "# head", "> said", "|",
    "---", "+++", "    four", "tail ", "\ttab", "http://a.example", "{{ x }}", "{% y %}", "null", "yes", "2025-02-28",
    ": ", "#",
]  # fmt: skip
words = st.sampled_from(TRICKY) | st.text(max_size=8)
phrases = st.lists(words, min_size=1, max_size=4).map(" ".join)
lines = st.just("") | phrases.map(lambda text: text[:90])
texts = st.just("") | st.lists(phrases, max_size=3).map("\n\n".join)
slug_parts = st.text(st.sampled_from("abcxyz0189-_äñłшжةש語"), min_size=1, max_size=8)
slugs = slug_parts.map(clean_text)
keys = st.text("0123456789abcdef", min_size=12, max_size=12)
ids = st.uuids(version=4).map(str)
urls = st.sampled_from(["", "https://example.org/", "http://a.example/b?c=d&e=(f)#g", "https://ü.example/ж_x*y*"])
links = st.sampled_from(
    ["https://example.org/a_(b)?c=1&d=2", "mailto:desk@example.org", "/about/x/", "#top", "http://ж.example/"]
)
partial_dates = st.just("") | st.sampled_from(["1962", "1962-10", "1962-10-16"])
languages = st.sampled_from(["", "en", "ru", "ar", "pt-BR"])


def choices(name):
    return st.sampled_from(fields.CHOICES[name][0])


def inline_html(cited=()):
    """Strategy: text in marks, links, line breaks and citation markers of the keys `cited`; not yet canonical."""
    leaves = phrases.map(escape) | st.just("<br>")
    if cited:
        leaves |= st.sampled_from(list(cited)).map('<cite data-key="{}"></cite>'.format)
    marked = st.recursive(
        leaves,
        lambda inner: (
            st.builds(wrap, st.sampled_from(["strong", "em", "s", "sub", "sup"]), inner)
            | st.builds('<a href="{}">{}</a>'.format, links.map(escape), inner)
            | st.builds("{}{}".format, inner, inner)
        ),
        max_leaves=4,
    )
    return st.lists(marked, min_size=1, max_size=3).map("".join)


def block_html(cited=(), level="body"):
    """Strategy: paragraphs and whatever else `level` of clean_html allows, lists and tables nested."""
    inline = inline_html(cited)
    paragraphs = st.builds(wrap, st.just("p"), inline)
    if level == "line":
        return st.lists(paragraphs, max_size=2).map("".join)
    lists = st.recursive(
        paragraphs,
        lambda inner: st.builds(
            lambda start, items: f"{start}{''.join(wrap('li', item) for item in items)}</{start[1:3]}>",
            st.sampled_from(["<ul>", "<ol>", '<ol type="a">', '<ol start="3">', '<ol type="I" start="4">']),
            st.lists(inner | st.builds("{}{}".format, paragraphs, inner), min_size=1, max_size=3),
        ),
        max_leaves=4,
    )
    if level == "answer":
        return st.lists(lists, max_size=2).map("".join)
    headings = st.builds(wrap, st.sampled_from(["h2", "h3"]), inline)
    quotes = st.builds(wrap, st.just("blockquote"), lists)
    parts = st.one_of(paragraphs, lists, headings, quotes, tables(inline), st.just("<hr>"))
    return st.lists(parts, max_size=4).map("".join)


@st.composite
def tables(draw, inline):
    width = draw(st.integers(1, 3))
    rows = draw(st.integers(1, 3))
    head = draw(st.sampled_from(["th", "td"]))
    cells = st.just("") | inline
    return wrap(
        "table",
        "".join(
            wrap("tr", "".join(wrap("td" if row else head, draw(cells)) for _ in range(width))) for row in range(rows)
        ),
    )


def wrap(tag, inner):
    return f"<{tag}>{inner}</{tag}>"


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


sources = st.fixed_dictionaries(
    {
        "slug": slugs,
        "name": lines,
        "kind": choices("source_kind"),
        "role": lines,
        "handle": lines,
        "platform": st.sampled_from(["", "X"]),
        "url": urls,
    }
)
pictures_of_stories = st.builds(
    lambda pk, **values: {"id": pk, "file": f"pictures/{pk}.jpg", **values},
    ids,
    width=st.integers(1, 3000),
    height=st.integers(1, 3000),
    alt=lines,
    caption=lines,
    credit=lines,
)


@st.composite
def citations(draw, known):
    source = draw(st.none() | st.sampled_from(known)) if known else None
    return {
        "key": draw(keys),
        "source": source,
        "unnamed": None if source else {"descriptor": draw(phrases)[:90] or "x", "reason": draw(lines)},
        "obtained": draw(choices("obtained")),
        "terms": draw(lines),
        "quote": draw(texts),
        "url": draw(urls),
        "published_on": draw(partial_dates),
        "accessed_on": draw(st.just("") | st.dates().map(str)),
        "archived_url": draw(urls),
        "via": draw(st.none() | st.sampled_from(known)) if known else None,
    }


def blocks(cited, shown):
    """Strategy: one block of any type; `cited` are citation keys, `shown` pictures."""
    by_type = {
        "text": {"html": block_html(cited)},
        "quote": {"words": texts, "language": languages, "attribution": block_html(cited, "line")},
        "post": {
            "account": lines,
            "handle": lines,
            "platform": st.sampled_from(["", "X", "Telegram"]),
            "posted_on": partial_dates,
            "posted_at": st.just("") | st.times().map(lambda time: f"{time:%H:%M:%S}"),
            "words": texts,
            "language": languages,
            "url": urls,
            "note": block_html(cited, "line"),
        },
        "key_point": {
            "icon": st.sampled_from(["", "🕊️", "!"]),
            "label": lines,
            "detail": block_html(cited, "line"),
        },
        "question": {"question": lines, "answer": block_html(cited, "answer")},
        "event": {"date": partial_dates, "detail": block_html(cited, "line")},
    }
    if shown:
        by_type["figure"] = {"picture": st.sampled_from(shown), "caption": block_html(cited, "line")}
    assert set(by_type) <= set(BLOCKS)
    return st.one_of(
        *(st.fixed_dictionaries({"id": ids, "type": st.just(kind), **shape}) for kind, shape in sorted(by_type.items()))
    )


@st.composite
def documents(draw, **values):
    """Draw a cleaned document; `values` are strategies or values for some of its fields."""
    known = draw(st.lists(sources, max_size=2, unique_by=lambda source: source["slug"]))
    shown = draw(st.lists(pictures_of_stories, max_size=2, unique_by=lambda picture: picture["id"]))
    cited = draw(st.lists(citations(known), max_size=3, unique_by=lambda citation: citation["key"]))
    in_text = [citation["key"] for citation in cited]
    rows = st.lists(blocks(in_text, shown), max_size=4, unique_by=lambda block: block["id"])
    authors = st.lists(
        st.fixed_dictionaries({"slug": slugs, "role": lines}), max_size=2, unique_by=lambda author: author["slug"]
    )
    document = {
        "id": draw(ids),
        "language": draw(languages),
        "kind": draw(choices("kind")),
        "slug": draw(st.just("") | slugs),
        "headline": draw(lines),
        "kicker": draw(lines),
        "standfirst": draw(texts),
        "summary": draw(texts),
        "dateline": draw(lines),
        "lead_image": draw(st.none() | st.sampled_from(shown)) if shown else None,
        "editors_note": draw(texts),
        "interest_note": draw(texts),
        "ai_use": draw(choices("ai_use")),
        "authors": draw(authors),
        "topics": draw(st.lists(slugs, max_size=2)),
        "tags": draw(st.lists(slugs, max_size=2)),
        "blocks": draw(rows),
        "citations": cited,
    }
    for name, value in values.items():
        document[name] = draw(value) if isinstance(value, st.SearchStrategy) else value
    return clean(document)


def make_rows(document):
    """Make the topics, tags, authors, sources and pictures that `document` names; return a new story of its id."""
    for model, named in (
        (Topic, document["topics"]),
        (Tag, document["tags"]),
        (Author, [author["slug"] for author in document["authors"]]),
    ):
        have = set(model.objects.filter(slug__in=named).values_list("slug", flat=True))
        model.objects.bulk_create(model(slug=slug, name=slug) for slug in named if slug not in have)
    for source in named_sources(document).values():
        Source.objects.update_or_create(slug=source["slug"], defaults=source)
    shown = {picture["id"]: picture for picture in pictures(document)}
    Picture.objects.bulk_create(Picture(**picture) for picture in shown.values())
    return Story.objects.create(id=uuid.UUID(document["id"]))


@contextmanager
def scratch():
    """Undo what one example of a property wrote, so that the next one finds the database as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# Anything JSON can hold, and a little that it cannot: for the trust boundary.
junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["<script>x</script>", "\x00", "\ud800", "x" * 401_000, 10**5000, b"bytes"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
