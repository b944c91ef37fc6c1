"""Hypothesis strategies: cleaned documents with every block, odd Unicode, nested lists, tables; and plain junk.

`documents()` draws documents as clean() returns them; `make_rows(document)` makes the rows that one names, so that it
can be written to a story; `scratch()` undoes what one example wrote.
"""

import uuid
from contextlib import contextmanager

from django.db import transaction
from hypothesis import strategies as st

from stories.models import Author, Picture, Source, Story, Tag, Topic
from stories.models.prose import clean_text
from stories.publishing import fields
from stories.publishing.document import PROSE_FIELD, clean, named_sources, pictures

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


def wrap(tag, inner):
    return f"<{tag}>{inner}</{tag}>"


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


# Strategies are built once, here: a citation or a picture is drawn as a number, which documents() replaces.
numbered = st.integers(0, 2).map('<cite data-key="{}"></cite>'.format)
inline = st.lists(
    st.recursive(
        phrases.map(escape) | st.just("<br>") | numbered,
        lambda inner: (
            st.builds(wrap, st.sampled_from(["strong", "em", "s", "sub", "sup"]), inner)
            | st.builds('<a href="{}">{}</a>'.format, links.map(escape), inner)
            | st.builds("{}{}".format, inner, inner)
        ),
        max_leaves=4,
    ),
    min_size=1,
    max_size=3,
).map("".join)


def block_html(level):
    """Strategy: paragraphs and whatever else `level` of clean_html allows, lists and tables nested."""
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
    parts = st.one_of(paragraphs, lists, headings, quotes, tables(), st.just("<hr>"))
    return st.lists(parts, max_size=4).map("".join)


@st.composite
def tables(draw):
    width = draw(st.integers(1, 3))
    rows = draw(st.integers(1, 3))
    head = draw(st.sampled_from(["th", "td"]))
    return wrap(
        "table",
        "".join(
            wrap("tr", "".join(wrap("td" if row else head, draw(st.just("") | inline)) for _ in range(width)))
            for row in range(rows)
        ),
    )


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
    decorative=st.booleans(),
    caption=lines,
    credit=lines,
    source_type=choices("source_type"),
)


citations = st.fixed_dictionaries(
    {
        "key": keys,
        "source": st.integers(0, 2),
        "unnamed": st.fixed_dictionaries({"descriptor": lines, "reason": lines}),
        "obtained": choices("obtained"),
        "terms": lines,
        "quote": texts,
        "url": urls,
        "published_on": partial_dates,
        "accessed_on": st.just("") | st.dates().map(str),
        "archived_url": urls,
        "via": st.integers(0, 4),
    }
)
authors = st.fixed_dictionaries({"slug": slugs, "role": lines})


BLOCK_FIELDS = {
    "text": {"html": block_html("body")},
    "figure": {"picture": st.integers(0, 1), "caption": block_html("line")},
    "quote": {"words": texts, "language": languages, "attribution": block_html("line")},
    "post": {
        "account": lines,
        "handle": lines,
        "platform": st.sampled_from(["", "X", "Telegram"]),
        "posted_on": partial_dates,
        "posted_at": st.just("") | st.times().map(lambda time: f"{time:%H:%M:%S}"),
        "words": texts,
        "language": languages,
        "url": urls,
        "note": block_html("line"),
    },
    "key_point": {"icon": st.sampled_from(["", "🕊️", "!"]), "label": lines, "detail": block_html("line")},
    "question": {"question": lines, "answer": block_html("answer")},
    "event": {"date": partial_dates, "detail": block_html("line")},
}
blocks = st.sampled_from(sorted(BLOCK_FIELDS)).flatmap(
    {
        kind: st.fixed_dictionaries({"id": ids, "type": st.just(kind), **shape}) for kind, shape in BLOCK_FIELDS.items()
    }.get
)


def with_keys(html, keys):
    """Return drawn HTML with citation keys in place of their numbers, without the markers that have none."""
    for number in range(3):
        marker = f'<cite data-key="{number}"></cite>'
        html = html.replace(marker, marker.replace(f'"{number}"', f'"{keys[number]}"') if number < len(keys) else "")
    return html


def settle(drawn, cited, shown):
    """Return drawn blocks with citations and pictures in place of their numbers, without what points nowhere."""
    settled = []
    for block in drawn:
        name = PROSE_FIELD[block["type"]]
        block = block | {name: with_keys(block[name], [citation["key"] for citation in cited])}
        if block["type"] == "figure":
            block["picture"] = shown[block["picture"]] if block["picture"] < len(shown) else None
        settled.append(block)
    return settled


def some(strategy, most, key):
    return st.lists(strategy, max_size=most, unique_by=lambda row: row[key])


instants = st.datetimes().map(lambda instant: f"{instant.replace(microsecond=0).isoformat()}Z")
reviews = st.none() | st.fixed_dictionaries(
    {"reviewer": lines, "reviewed_at": st.just("") | instants, "statement": texts},
)
drafts = st.fixed_dictionaries(
    {
        "id": ids,
        "language": languages,
        "kind": choices("kind"),
        "slug": st.just("") | slugs,
        "headline": lines,
        "kicker": lines,
        "standfirst": texts,
        "summary": texts,
        "dateline": lines,
        "lead_image": st.integers(0, 4),
        "editors_note": texts,
        "interest_note": texts,
        "ai_use": choices("ai_use"),
        "ai_review": reviews,
        "ai_label": st.booleans(),
        "authors": some(authors, 2, "slug"),
        "topics": st.lists(slugs, max_size=2),
        "tags": st.lists(slugs, max_size=2),
        "blocks": some(blocks, 4, "id"),
        "citations": some(citations, 3, "key"),
    }
)


def at(rows, number):
    return rows[number] if number < len(rows) else None


@st.composite
def documents(draw, **values):
    """Draw a cleaned document; `values` are strategies or values for some of its fields."""
    known, shown, document = draw(some(sources, 2, "slug")), draw(some(pictures_of_stories, 2, "id")), draw(drafts)
    document["lead_image"] = at(shown, document["lead_image"])
    for citation in document["citations"]:
        citation["source"], citation["via"] = at(known, citation["source"]), at(known, citation["via"])
        if citation["source"]:
            citation["unnamed"] = None
    document["blocks"] = settle(document["blocks"], document["citations"], shown)
    for name, value in values.items():
        document[name] = draw(value) if isinstance(value, st.SearchStrategy) else value
    return clean(document)


def make_rows(document, story=None):
    """Make the topics, tags, authors, sources and pictures that `document` names; return its story, or a new one."""
    for model, named in (
        (Topic, document["topics"]),
        (Tag, document["tags"]),
        (Author, [author["slug"] for author in document["authors"]]),
    ):
        model.objects.bulk_create([model(slug=slug, name=slug) for slug in named], ignore_conflicts=True)
    for source in named_sources(document).values():
        Source.objects.update_or_create(slug=source["slug"], defaults=source)
    shown = {picture["id"]: picture for picture in pictures(document)}
    Picture.objects.bulk_create([Picture(**picture) for picture in shown.values()], ignore_conflicts=True)
    return story or Story.objects.create(id=uuid.UUID(document["id"]))


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
    | st.sampled_from(["<script>x</script>", "\x00", "\ud800", "x" * 200_001, 10**4000, b"bytes"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
