"""A story with everything a story can have, and pictures to put into it."""

import io

from django.core.files.base import ContentFile
from PIL import Image

from stories.models import Author, Picture, Topic
from stories.publishing.document import new_id
from stories.publishing.working_copy import picture_document
from tests.factories import make_author, make_published, make_source, make_tag, make_topic

KEYS = {name: f"{number:012x}" for number, name in enumerate(("ministry", "account", "paper", "unnamed"), 0xABCDEF)}


def make_picture(size=(1000, 600), **values):
    out = io.BytesIO()
    Image.new("RGB", size, (90, 120, 150)).save(out, "JPEG")
    told = {"alt": "Gulls over a quay", "caption": "The quay", "credit": "A. Photographer"}
    values = told | {"source_type": "digitalCapture"} | values
    return Picture.objects.create(file=ContentFile(out.getvalue(), "quay.jpg"), **values)


def cite(name):
    return f'<cite data-key="{KEYS[name]}"></cite>'


def make_rich(**values):
    """Return the live version of a story with each kind of block, four citations, two topics, two tags, two authors."""
    return make_published(**(rich_fields() | values))


def rich_fields():
    ministry = make_source("Foreign Ministry", role="government", url="https://ministry.example/")
    account = make_source("Harbour Watch", kind="account", handle="@harbour", platform="Example")
    paper = make_source("Port register", kind="document")
    parent = Topic.objects.filter(slug="diplomacy").first() or make_topic("Diplomacy", slug="diplomacy")
    topic = make_topic("Harbour talks", parent=parent)
    tags = [make_tag("Istanbul & <b>"), make_tag("arms control")]
    authors = [Author.objects.first() or make_author(collective=True), make_author("Ada Reporter")]
    return {
        "headline": "Talks held < “business-like” & more",
        "slug": "talks",
        "kind": "explainer",
        "kicker": "Diplomacy",
        "standfirst": "What was said & by whom.",
        "summary": "A <short> summary.",
        "dateline": "Istanbul",
        "lead_image": picture_document(make_picture()),
        "editors_note": "Written from public statements.",
        "interest_note": "The desk has no ties to the ministry.",
        "ai_use": "assisted",
        "authors": [
            {"slug": author.slug, "role": role} for author, role in zip(authors, ("", "research"), strict=True)
        ],
        "topics": [topic.slug],
        "tags": [tag.slug for tag in tags],
        "blocks": rich_blocks(),
        "citations": [
            {
                "key": KEYS["ministry"],
                "source": named(ministry),
                "obtained": "statement",
                "quote": "in a business-like manner",
                "url": "https://ministry.example/statement?a=1&b=2",
                "published_on": "2025-02-28",
                "archived_url": "https://archive.example/1",
                "via": named(account),
            },
            {
                "key": KEYS["account"],
                "source": named(account),
                "obtained": "post",
                "published_on": "2025-02",
                "archived_url": "https://archive.example/2",
            },
            {"key": KEYS["paper"], "source": named(paper), "obtained": "document", "published_on": "2024"},
            {
                "key": KEYS["unnamed"],
                "unnamed": {"descriptor": "an official who attended", "reason": "not cleared to speak"},
                "obtained": "interview",
            },
        ],
    }


def rich_blocks():
    table = "<table><tr><th>Year</th></tr><tr><td>2025</td></tr></table>"
    links = (
        '<a href="/topics/harbour-talks/?a=1&amp;b=2">talks</a>, <a href="#sources">sources</a>, '
        '<a href="https://other.example/">out</a>'
    )
    answer = f"<p>Because.</p><ul><li>Trust{cite('unnamed')}</li></ul>"
    blocks = [
        {"type": "key_point", "icon": "🤝", "label": "Dialogue", "detail": f"Both sides came.{cite('account')}"},
        {"type": "key_point", "icon": "", "label": "Patience", "detail": "No agreement."},
        {"type": "text", "html": f"<h2>What was said</h2><p>A &lt;b&gt; &amp; c.{cite('ministry')} {links}</p>{table}"},
        {"type": "figure", "picture": picture_document(make_picture(size=(300, 200))), "caption": "<em>Gulls</em>"},
        {
            "type": "quote",
            "words": "В деловом ключе.\nДа.\n\nНет.",
            "language": "ru",
            "attribution": f"The ministry{cite('ministry')}",
        },
        {
            "type": "post",
            "account": "Harbour Watch",
            "handle": "@harbour",
            "platform": "Example",
            "posted_on": "2025-02-28",
            "posted_at": "14:05",
            "words": "BREAKING: the gate is <open>",
            "url": "https://posts.example/1",
            "note": f"It relays the ministry.{cite('account')}",
        },
        {"type": "event", "date": "1962-10-16", "detail": "It began."},
        {"type": "event", "date": "1991", "detail": f"It ended.{cite('paper')}"},
        {"type": "question", "question": "Why < now?", "answer": answer},
        {"type": "question", "question": "And then?", "answer": "<p>Nobody knows.</p>"},
    ]
    return [{"id": new_id(), **block} for block in blocks]


def named(source):
    return {name: getattr(source, name) for name in ("slug", "name", "kind", "role", "handle", "platform", "url")}
