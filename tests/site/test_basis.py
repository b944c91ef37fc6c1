"""“How we know this”, and a story's updates at a glance."""

import pytest

from stories.models.citation import make_key
from stories.publishing.document import numbered_citations
from stories.publishing.record import distinct_sources
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
    document = cited(*citations)
    return " ".join(basis(numbered_citations(document), len(distinct_sources(document))))


def by(slug, obtained="", **values):
    return {"obtained": obtained, "source": {"slug": slug, "name": slug.title(), "kind": "organisation"}, **values}


def relayed(slug, name):
    return by(slug, "post", via={"slug": "agency", "name": name, "kind": "publication"})


def test_what_a_story_rests_on_is_counted():
    assert told(by("office", "statement")) == "This story rests on one source: one statement."
    assert told(by("archive", "document"), by("port", "statement"), by("office", "statement"), by("pilot")) == (
        "This story rests on four sources: two statements, one document and one other."
    )
    assert told(*(by(f"office-{n}", "dataset") for n in range(10))) == "This story rests on 10 sources: 10 datasets."


def test_several_citations_of_one_source_do_not_make_it_several():
    assert told(by("office", "statement"), by("office", "statement"), by("port", "document")) == (
        "This story rests on three items from two sources: two statements and one document."
    )


def test_without_a_kind_the_sources_alone_are_counted():
    assert told(by("office"), by("port")) == "This story rests on two sources."


def test_who_relayed_is_told():
    assert told(by("office", "interview"), relayed("ministry", "Reuters")) == (
        "This story rests on two sources: one interview and one account relayed by Reuters."
    )
    assert told(by("office"), relayed("ministry", "Reuters"), by("port")) == (
        "This story rests on three sources: one account relayed by Reuters and two others."
    )
    assert told(relayed("ministry", "Reuters"), relayed("port", "Reuters"), relayed("pilot", "AFP")) == (
        "This story rests on three sources: two accounts relayed by Reuters and one account relayed by AFP."
    )


def test_who_is_not_named_is_told():
    unnamed = {"source": None, "unnamed": {"descriptor": "An official", "reason": "Fears for the post."}}
    assert told(by("office", "document"), unnamed | {"obtained": "interview"}) == (
        "This story rests on two sources: one interview and one document. One source is not named; why is said below."
    )


def test_the_line_of_dates_and_the_box_count_alike(client):
    make_source("Office"), make_source("Port")
    rows = cited(by("office", "statement"), by("office", "statement"), by("port", "statement"))
    version = make_published(blocks=rows["blocks"], citations=rows["citations"])
    html = page(client, version.path)
    assert '<a href="#sources"><b>2</b> sources</a>' in html
    assert "This story rests on three items from two sources: three statements." in html


def test_a_story_without_sources_claims_nothing():
    assert basis([], 0) == []


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
