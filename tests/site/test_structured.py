import datetime
import json
import re
import runpy

import pytest
from django.conf import settings

from stories.models import Version
from stories.site.structured import SOURCE_TYPES
from tests.factories import make_author, make_editor, make_published, publish_change
from tests.site.rich import make_rich

pytestmark = pytest.mark.django_db
HOST = "http://testserver"
SCHEMA = settings.BASE.parent / "shared" / "standards" / "schemaorg"
DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.S)
PAGES = [
    "/",
    "/topics/harbour-talks/",
    "/topics/diplomacy/",
    "/tags/arms-control/",
    "/sources/foreign-ministry/",
    "/sources/harbour-watch/",
    "/sources/port-register/",
    "/authors/the-diplomacy-desk/",
    "/authors/ada-reporter/",
]


def data_of(html):
    (data,) = DATA.findall(html)
    return json.loads(data)


def graph(client, path):
    """Return {@type: node} of a page's graph; of two types the first."""
    data = data_of(client.get(path).content.decode())
    assert data["@context"] == "https://schema.org"
    return {first(node["@type"]): node for node in data["@graph"]}


def first(kind):
    return kind if isinstance(kind, str) else kind[0]


def walk(value):
    """Yield all nodes in a value."""
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(part)


@pytest.fixture(scope="module")
def corrected(made_once):
    """The live version of a rich story, the third, after a correction and a minor change; with a page about us."""
    editor = make_editor()
    make_author(collective=True)
    make_published(by=editor, kind="page", headline="Corrections", slug="corrections")
    first = make_rich(by=editor)
    correction = {"wrong": "It said Monday.", "right": "It was Friday.", "severity": "major"}
    publish_change(
        first.story, by=editor, change="correction", note="The day.", correction=correction, dateline="Ankara"
    )
    return publish_change(
        first.story, by=editor, change="minor", override="Because.", standfirst="What was said, and by whom."
    )


@pytest.fixture
def article(client, corrected):
    return graph(client, corrected.path)["NewsArticle"]


def test_a_story_says_what_it_is_and_since_when(article, corrected):
    url = HOST + corrected.path
    correction = Version.objects.get(story=corrected.story, number=2)
    assert article["@id"] == f"urn:uuid:{corrected.story_id}"
    assert article["url"] == article["mainEntityOfPage"] == url
    assert article["@type"] == ["NewsArticle", "BackgroundNewsArticle"]
    assert article["headline"] == "Talks held < “business-like” & more"
    assert article["description"] == "What was said, and by whom."
    assert article["abstract"] == "A <short> summary."
    assert article["datePublished"] == corrected.sort_at.replace(microsecond=0).isoformat()
    assert article["dateModified"] == correction.visible_from.replace(microsecond=0).isoformat()
    assert article["version"] == 3
    assert article["inLanguage"] == "en"
    assert article["isAccessibleForFree"] is True
    assert article["dateline"] == "Ankara"
    assert article["wordCount"] > 20
    assert article["keywords"] == ["arms control", "Istanbul & <b>"]
    assert article["publisher"] == {"@id": f"{HOST}/#newsroom"}
    assert article["digitalSourceType"] == "https://schema.org/CompositeWithTrainedAlgorithmicMediaDigitalSource"


def test_its_authors_have_pages(article):
    desk, reporter = article["author"]
    url = f"{HOST}/authors/the-diplomacy-desk/"
    assert (desk["@type"], desk["name"], desk["url"]) == ("Organization", "The diplomacy desk", url)
    assert desk["@id"] == f"{url}#author"
    assert (reporter["@type"], reporter["name"]) == ("Person", "Ada Reporter")


def test_its_topics_are_terms_and_the_way_to_it(client, corrected, article):
    assert article["about"] == [
        {
            "@type": "DefinedTerm",
            "name": "Harbour talks",
            "url": f"{HOST}/topics/harbour-talks/",
            "inDefinedTermSet": f"{HOST}/topics/",
        }
    ]
    crumbs = graph(client, corrected.path)["BreadcrumbList"]["itemListElement"]
    assert [(crumb["position"], crumb["name"], crumb.get("item")) for crumb in crumbs] == [
        (1, "Diplomacy", f"{HOST}/topics/diplomacy/"),
        (2, "Harbour talks", f"{HOST}/topics/harbour-talks/"),
        (3, "Talks held < “business-like” & more", None),
    ]


def test_its_corrections_are_told(article, corrected):
    (correction,) = article["correction"]
    assert correction["@id"] == f"{HOST}{corrected.path}#change-2"
    assert correction["text"] == "The day. What was wrong: It said Monday. What is right: It was Friday."
    assert correction["datePublished"] == article["dateModified"]
    assert correction["@type"] == "CorrectionComment"


def test_its_sources_are_the_works_it_cites(article, corrected):
    account, ministry, paper, unnamed, post = article["citation"]
    assert account["@type"] == post["@type"] == "SocialMediaPosting"
    assert ministry["@id"] == f"{HOST}{corrected.path}#source-2"
    assert ministry["name"] == "Foreign Ministry, statement"
    assert ministry["url"] == "https://ministry.example/statement?a=1&b=2"
    assert ministry["archivedAt"] == "https://archive.example/1"
    assert ministry["datePublished"] == "2025-02-28"
    assert ministry["author"]["url"] == f"{HOST}/sources/foreign-ministry/"
    assert (paper["@type"], paper["datePublished"], "author" in paper) == ("DigitalDocument", "2024", False)
    assert (unnamed["name"], "author" in unnamed) == ("an official who attended, interview", False)
    assert post["text"] == "BREAKING: the gate is <open>"
    assert post["datePublished"] == "2025-02-28T14:05:00+00:00"
    assert post["author"] == {"name": "Harbour Watch", "alternateName": "@harbour"}


def test_its_quotations_and_questions_are_parts(article, corrected):
    quote, why, then, relied = article["hasPart"]
    assert (quote["@type"], quote["text"], quote["inLanguage"]) == ("Quotation", "В деловом ключе.\nДа.\n\nНет.", "ru")
    assert quote["creator"]["name"] == "Foreign Ministry"
    assert quote["isBasedOn"] == {"@id": f"{HOST}{corrected.path}#source-2"}
    assert quote["creditText"] == "The ministry"
    assert (why["@type"], why["name"], why["acceptedAnswer"]["text"]) == ("Question", "Why < now?", "Because. Trust")
    assert then["name"] == "And then?"
    assert (relied["@type"], relied["text"]) == ("Quotation", "in a business-like manner")


def test_its_pictures_are_told_with_credit(client, article):
    for picture in article["image"]:
        assert picture["creditText"] == "A. Photographer"
        assert picture["digitalSourceType"] == "https://schema.org/DigitalCaptureDigitalSource"
        assert b"".join(client.get(picture["url"])).startswith(b"\xff\xd8")
    assert [(picture["width"], picture["height"]) for picture in article["image"]] == [(1000, 600), (300, 200)]


def test_a_topic_page_collects_its_stories_and_shows_the_way(client, corrected):
    found = graph(client, "/topics/harbour-talks/")
    page = found["CollectionPage"]
    assert (page["@id"], page["name"]) == (f"{HOST}/topics/harbour-talks/", "Harbour talks")
    assert [part["url"] for part in page["hasPart"]] == [HOST + corrected.path]
    crumbs = [(crumb["name"], crumb["item"]) for crumb in found["BreadcrumbList"]["itemListElement"]]
    assert crumbs == [
        ("Topics", f"{HOST}/topics/"),
        ("Diplomacy", f"{HOST}/topics/diplomacy/"),
        ("Harbour talks", f"{HOST}/topics/harbour-talks/"),
    ]


def test_the_front_page_names_the_policies_that_are_there(client, corrected):
    found = graph(client, "/")
    assert found["WebSite"]["name"] == "The Newsroom"
    newsroom = found["NewsMediaOrganization"]
    assert newsroom["correctionsPolicy"] == f"{HOST}/about/corrections/"
    assert "ethicsPolicy" not in newsroom
    assert "publishingPrinciples" not in newsroom


def test_every_address_of_ours_is_there(client, corrected):
    addresses = set()
    for path in [corrected.path, "/about/corrections/", *PAGES]:
        for node in walk(data_of(client.get(path).content.decode())):
            values = [value for value in node.values() if isinstance(value, str)]
            addresses |= {value.partition("#")[0] for value in values if value.startswith(HOST)}
    assert len(addresses) > 12
    for address in addresses:
        response = client.get(address.removeprefix(HOST))
        assert (address, response.status_code) == (address, 200)
        assert b"".join(response)  # a picture's file stays open until it is read


def test_every_fragment_is_on_its_page(client, corrected, article):
    html = client.get(corrected.path).content.decode()
    page = HOST + corrected.path
    names = {node["@id"].partition("#")[2] for node in walk(article) if node.get("@id", "").startswith(f"{page}#")}
    assert {"source-1", "source-4", "change-2"} <= names
    assert all(f'id="{name}"' in html for name in names)


def test_nodes_are_whole(client, corrected):
    for path in [corrected.path, *PAGES]:
        data = data_of(client.get(path).content.decode())
        nodes = list(walk(data))
        known = {node["@id"] for node in nodes if "@id" in node and len(node) > 1}
        assert {node["@id"] for node in nodes if list(node) == ["@id"]} <= known
        for node in nodes:
            assert all(value not in ("", None, [], {}) for value in node.values())
            for name in ("datePublished", "dateModified", "dateCreated"):
                if len(node.get(name, "")) >= 10:
                    datetime.datetime.fromisoformat(node[name])


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_words_are_those_of_schema_org(client, corrected):
    if not SCHEMA.is_dir():
        pytest.skip("../shared is absent")
    check = runpy.run_path(str(SCHEMA / "check_jsonld.py"))["walk"]
    for path in [corrected.path, "/about/corrections/", *PAGES]:
        problems = []
        check(data_of(client.get(path).content.decode()), path, problems)
        assert problems == []


def test_it_costs_a_story_no_query(client, corrected, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        client.get(corrected.path)


@pytest.mark.parametrize("path", PAGES)
def test_it_leaves_lists_within_eight_queries(client, corrected, path, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_pages_link_to_their_feeds(client, corrected, path):
    html = client.get(path).content.decode()
    links = re.findall(r'<link rel="alternate" type="([^"]+)" title="([^"]+)" href="([^"]+)">', html)
    feed = f"/feeds{path.rstrip('/')}" if path != "/" else "/feeds/all"
    assert [(kind, href) for kind, _title, href in links] == [
        ("application/atom+xml", f"{feed}.atom"),
        ("application/rss+xml", f"{feed}.rss"),
    ]
    for _kind, title, href in links:
        assert "The Newsroom" in title
        assert client.get(href).status_code == 200


def test_each_code_of_how_a_picture_was_made_is_one_of_schema_org():
    """The members of IPTCDigitalSourceEnumeration in schema.org 30.0."""
    members = {
        "AlgorithmicMedia", "AlgorithmicallyEnhanced", "CompositeCapture", "Composite", "CompositeSynthetic",
        "CompositeWithTrainedAlgorithmicMedia", "DataDrivenMedia", "DigitalArt", "DigitalCapture", "MinorHumanEdits",
        "MultiFrameComputationalCapture", "NegativeFilm", "PositiveFilm", "Print", "ScreenCapture",
        "TrainedAlgorithmicMedia", "VirtualRecording",
    }  # fmt: skip
    assert set(SOURCE_TYPES.values()) == {f"https://schema.org/{name}DigitalSource" for name in members}
