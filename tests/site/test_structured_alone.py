"""Structured data of pages for which a test makes a site of its own."""

import pytest
from django.utils import timezone

from stories.models import Story
from stories.site.story import render_story
from tests.factories import make_author, make_published, make_source, make_topic
from tests.site.rich import make_rich
from tests.site.test_structured import DATA, HOST, first, graph

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "types"),
    [
        ("news", "NewsArticle"),
        ("breaking", "NewsArticle"),
        ("summary", "NewsArticle"),
        ("explainer", ["NewsArticle", "BackgroundNewsArticle"]),
        ("questions", ["NewsArticle", "BackgroundNewsArticle"]),
        ("analysis", ["NewsArticle", "AnalysisNewsArticle"]),
        ("opinion", ["NewsArticle", "OpinionNewsArticle"]),
        ("page", "AboutPage"),
    ],
)
def test_the_kind_of_a_story_is_its_type(client, editor, kind, types):
    version = make_published(by=editor, kind=kind, override="A test.")
    assert graph(client, version.path)[first(types)]["@type"] == types
    assert kind in Story.Kind


def test_a_page_about_us_names_no_page_that_is_not_there(client, editor):
    topic = make_topic("Ethics", parent=make_topic("Us"))
    version = make_published(by=editor, kind="page", topics=[topic.slug], source=make_source("Ethics council"))
    found = graph(client, version.path)
    assert "BreadcrumbList" not in found
    about = found["AboutPage"]
    assert "about" not in about
    assert about["author"] == [{"@type": "Person", "name": "The diplomacy desk"}]
    assert "url" not in about["citation"][0]["author"]


def test_text_cannot_end_the_element(client, editor):
    headline = "</script><script>alert(1)</script> & <!-- \u2028"
    version = make_published(by=editor, headline=headline, slug="end")
    html = client.get(version.path).content.decode()
    (data,) = DATA.findall(html)
    assert not set("<>&\u2028") & set(data)
    assert "\\u003c/script\\u003e" in data
    assert graph(client, version.path)["NewsArticle"]["headline"] == headline.strip()


def test_a_preview_is_described_to_nobody(rf, editor):
    version = make_rich(by=editor)
    request = rf.get("/")
    request.instant = timezone.now()
    assert not DATA.search(render_story(request, version, banner="Preview").content.decode())


def test_an_author_page_is_about_the_author(client, editor):
    author = make_author("Ada Reporter", biography="Covers the harbour.")
    version = make_published(by=editor, authors=[{"slug": author.slug}])
    page = graph(client, "/authors/ada-reporter/")["ProfilePage"]
    url = f"{HOST}/authors/ada-reporter/"
    assert page["mainEntity"] == {
        "@type": "Person",
        "@id": f"{url}#author",
        "name": "Ada Reporter",
        "url": url,
        "description": "Covers the harbour.",
    }
    assert [part["@id"] for part in page["hasPart"]] == [f"urn:uuid:{version.story_id}"]


def test_several_pages_can_be_one_policy(client):
    for slug in ("how-we-work", "ai"):
        make_published(kind="page", slug=slug)
    principles = graph(client, "/")["NewsMediaOrganization"]["publishingPrinciples"]
    assert principles == [f"{HOST}/about/ai/", f"{HOST}/about/how-we-work/"]
