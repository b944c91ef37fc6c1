"""“How we know this”, and a story's updates at a glance."""

import pytest

from stories.models.citation import make_key
from stories.publishing.document import numbered_citations
from stories.site.basis import basis
from tests.factories import make_document, make_published, make_source, publish_change
from tests.site.test_lists import page

pytestmark = pytest.mark.django_db


def cited(*citations):
    source = make_source("Register")
    named = {"source": {"slug": source.slug, "name": "Register", "kind": "document"}}
    rows = [{"key": make_key(), **named, **citation} for citation in citations]
    marks = "".join(f'<cite data-key="{row["key"]}"></cite>' for row in rows)
    blocks = [{"type": "text", "html": f"<p>So it is.{marks}</p>"}]
    return make_document(blocks=blocks, citations=rows)


def told(*citations):
    return " ".join(basis(numbered_citations(cited(*citations))))


def test_what_a_story_rests_on_is_counted():
    statement, document = {"obtained": "statement"}, {"obtained": "document"}
    assert told(statement) == "This story rests on 1 statement."
    assert told(document, statement, {}) == "This story rests on 1 statement, 1 document and 1 other source."
    assert told(statement, statement) == "This story rests on 2 statements."


def test_what_was_relayed_and_who_is_not_named_is_told():
    via = {"slug": "register", "name": "Register", "kind": "document"}
    unnamed = {"source": None, "unnamed": {"descriptor": "An official", "reason": "Fears for the post."}}
    assert told({"obtained": "post", "via": via}, unnamed | {"obtained": "interview"}) == (
        "This story rests on 1 interview and 1 social post. 1 of them reached us through others. "
        "1 source is not named; why is said below."
    )


def test_a_story_without_sources_claims_nothing():
    assert basis([]) == []


def test_it_stands_above_the_sources(client):
    version = make_published()
    html = page(client, version.path)
    assert "How we know this:" in html
    assert html.index('id="sources"') < html.index("How we know this:") < html.index('id="source-1"')


def test_updates_with_a_note_stand_under_the_headline(client, editor):
    version = make_published(by=editor)
    assert 'class="updates"' not in page(client, version.path)
    publish_change(version.story, by=editor, standfirst="More.")
    assert 'class="updates"' not in page(client, version.path)
    for n in range(4):
        publish_change(version.story, by=editor, standfirst=f"More, {n}.", note=f"Note {n}.")
    html = page(client, version.path)
    assert [f"Note {n}." in html for n in range(4)] == [False, True, True, True]
    assert html.index("Note 3.") < html.index("Note 2.")
    assert f'<a href="{version.path}history/5-6/">What changed</a>' in html
    assert html.count("Note 3.") == 1
