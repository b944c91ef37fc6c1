import html
import re

import pytest
from django.urls import reverse

from stories.models import Story
from stories.models.citation import make_key
from stories.publishing.document import new_id
from stories.publishing.revisions import latest_revision
from stories.publishing.working_copy import document_from_story
from tests.factories import make_source

ADD = reverse("admin:stories_story_add")
EMPTY = {
    "headline": "", "kicker": "", "standfirst": "", "summary": "", "kind": "news", "language": "en", "slug": "",
    "slugline": "", "dateline": "", "editors_note": "", "interest_note": "", "ai_use": "none", "lead_image": "",
    "translation_of": "",
}  # fmt: skip
PREFIXES = ["credits", "citations"] + [
    f"stories_{name}_set" for name in ("text", "keypoint", "question", "event", "quote", "post", "figure")
]


def change_url(story):
    return reverse("admin:stories_story_change", args=[story.pk])


def posted(rows=(), **values):
    """Return what the form posts: `rows` is [(prefix, {field: value})], new rows if they have no initial=True."""
    data = EMPTY | values
    count = dict.fromkeys(PREFIXES, 0)
    for prefix, row in rows:
        data |= {f"{prefix}-{count[prefix]}-{name}": value for name, value in row.items()}
        count[prefix] += 1
    for prefix, total in count.items():
        initial = sum(1 for p, row in rows if p == prefix and row.get("initial"))
        data |= {f"{prefix}-TOTAL_FORMS": total, f"{prefix}-INITIAL_FORMS": initial}
    return data


def text(html, **values):
    return "stories_text_set", {"html": html, "region": "main", "ordering": 10, "id": new_id()} | values


def citation(source, **values):
    return "citations", {"source": source.pk, "key": make_key()} | values


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def errors(response):
    """Return the sentences of all errors on the page."""
    found = re.findall(r'<ul class="errorlist[^>]*>(.*?)</ul>', response.content.decode(), re.S)
    return [html.unescape(sentence) for part in found for sentence in re.findall(r"<li>(.*?)</li>", part, re.S)]


def test_saving_writes_the_story_and_a_revision(desk, editor):
    source, key, block = make_source(), make_key(), new_id()
    rows = [text(f'<p>Gates open.<cite data-key="{key}"></cite></p>', id=block), citation(source, key=key)]
    response = desk.post(ADD, posted(rows, headline="Gates open", tags=["harbour"], _continue="1"))
    story = Story.objects.get()
    assert response.status_code == 302, errors(response)
    revision = latest_revision(story)
    assert revision.user == editor
    assert revision.document == document_from_story(story)
    assert revision.document["slug"] == "gates-open"
    assert [b["id"] for b in revision.document["blocks"]] == [block]
    assert [c["key"] for c in revision.document["citations"]] == [key]
    assert revision.document["tags"] == ["harbour"]
