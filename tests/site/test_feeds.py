import datetime
import re
from xml.etree import ElementTree as ET

import pytest
from django.utils import timezone

from stories.models import Source, Tag, Topic
from tests.factories import make_author, make_published, make_tag, make_topic, publish_change, utc
from tests.site.rich import make_rich

pytestmark = pytest.mark.django_db
NS = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
FORMATS = ["rss", "atom"]


def feed(client, path="/feeds/all.rss"):
    response = client.get(path)
    assert response.status_code == 200
    return ET.fromstring(response.content)  # noqa: S314


def items(root):
    return root.findall("channel/item") + root.findall("atom:entry", NS)


def titles(root):
    return [item.findtext("title") or item.findtext("atom:title", namespaces=NS) for item in items(root)]


def content(root):
    item = items(root)[0]
    return item.findtext("content:encoded", namespaces=NS) or item.findtext("atom:content", namespaces=NS)


def test_rss_item_tells_who_wrote_what_when(client, editor):
    first = make_rich(by=editor)
    version = publish_change(first.story, by=editor, dateline="Ankara")
    root = feed(client)
    item = items(root)[0]
    guid = item.find("guid")
    assert (guid.text, guid.get("isPermaLink")) == (f"urn:uuid:{version.story_id}", "false")
    assert item.findtext("title") == "Talks held < “business-like” & more"
    assert item.findtext("link") == f"http://testserver{version.path}"
    assert item.findtext("description") == "A &lt;short&gt; summary."
    published = datetime.datetime.strptime(item.findtext("pubDate"), "%a, %d %b %Y %H:%M:%S %z")
    assert published == first.visible_from.replace(microsecond=0)
    updated = datetime.datetime.fromisoformat(item.findtext("atom:updated", namespaces=NS))
    assert updated == version.visible_from.replace(microsecond=0)
    assert [creator.text for creator in item.findall("dc:creator", NS)] == ["The diplomacy desk", "Ada Reporter"]
    assert [category.text for category in item.findall("category")] == [
        "Harbour talks",
        "arms control",
        "Istanbul & <b>",
    ]
    assert item.get(LANG) == "en"


def test_rss_channel_names_site_page_and_itself(client, editor):
    version = make_rich(by=editor)
    channel = feed(client).find("channel")
    assert channel.findtext("title") == "The Newsroom"
    assert channel.findtext("link") == "http://testserver/"
    assert channel.findtext("language") == "en"
    self = channel.find("atom:link[@rel='self']", NS)
    assert self.get("href") == "http://testserver/feeds/all.rss"
    updated = datetime.datetime.fromisoformat(channel.findtext("atom:updated", namespaces=NS))
    assert updated == version.visible_from.replace(microsecond=0)


def test_atom_entry_tells_who_wrote_what_when(client, editor):
    first = make_rich(by=editor, language="ru", override="A test.")
    version = publish_change(first.story, by=editor, dateline="Ankara", override="A test.")
    root = feed(client, "/feeds/all.atom")
    entry = items(root)[0]
    assert entry.findtext("atom:id", namespaces=NS) == f"urn:uuid:{version.story_id}"
    assert entry.findtext("atom:published", namespaces=NS)[:19] == first.visible_from.isoformat()[:19]
    assert entry.findtext("atom:updated", namespaces=NS)[:19] == version.visible_from.isoformat()[:19]
    assert root.findtext("atom:updated", namespaces=NS)[:19] == version.visible_from.isoformat()[:19]
    author = entry.findall("atom:author", NS)[1]
    told = [author.findtext(f"atom:{name}", namespaces=NS) for name in ("name", "uri")]
    assert told == ["Ada Reporter", "http://testserver/authors/ada-reporter/"]
    assert entry.find("atom:content", NS).get("type") == "html"
    assert entry.find("atom:summary", NS).text == "A &lt;short&gt; summary."
    assert entry.find("atom:category", NS).get("term") == "Harbour talks"
    assert (root.get(LANG), entry.get(LANG)) == ("en", "ru")
    assert root.find("atom:link[@rel='self']", NS).get("href") == "http://testserver/feeds/all.atom"


@pytest.mark.parametrize("format", FORMATS)
def test_full_text_comes_with_numbered_markers_and_sources(client, editor, format):
    version = make_rich(by=editor)
    html = content(feed(client, f"/feeds/all.{format}"))
    page = f"http://testserver{version.path}"
    assert f'A &lt;b&gt; &amp; c.<sup><a href="{page}#source-2">[2]</a></sup>' in html
    assert html.index("Nobody knows.") < html.index("<h2>Sources</h2>")
    assert html.endswith("</ol>")


def test_a_minor_change_does_not_move_the_update(client, editor):
    first = make_rich(by=editor)
    publish_change(first.story, by=editor, change="minor", dateline="Ankara")
    updated = items(feed(client))[0].findtext("atom:updated", namespaces=NS)
    assert datetime.datetime.fromisoformat(updated) == first.visible_from.replace(microsecond=0)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("kind", ["topics", "tags", "sources", "authors"])
def test_each_term_has_its_feed(client, editor, kind, format):
    make_rich(by=editor)
    make_published(by=editor, headline="Elsewhere", authors=[{"slug": make_author("Bo").slug}])
    slug = {"topics": "harbour-talks", "tags": "arms-control", "sources": "harbour-watch", "authors": "ada-reporter"}
    root = feed(client, f"/feeds/{kind}/{slug[kind]}.{format}")
    assert titles(root) == ["Talks held < “business-like” & more"]


def test_a_topic_feed_has_the_stories_of_its_parts_and_links_to_its_page(client, editor):
    make_rich(by=editor)
    root = feed(client, "/feeds/topics/diplomacy.rss")
    assert len(items(root)) == 1
    assert root.findtext("channel/title") == "Diplomacy – The Newsroom"
    assert root.findtext("channel/link") == "http://testserver/topics/diplomacy/"


def test_a_slug_with_letters_of_any_script(client, editor):
    tag = make_tag("Стамбул")
    make_published(by=editor, tags=[tag.slug])
    root = feed(client, f"/feeds/tags/{tag.slug}.rss")
    assert len(items(root)) == 1
    assert root.findtext("channel/link") == "http://testserver/tags/%D1%81%D1%82%D0%B0%D0%BC%D0%B1%D1%83%D0%BB/"


def test_an_alias_leads_to_the_feed_of_its_target(client, editor):
    target = make_tag("Turkey")
    Tag.objects.create(name="Turkiye", alias_of=target)
    make_published(by=editor, tags=["turkiye"])
    response = client.get("/feeds/tags/turkiye.atom")
    assert (response.status_code, response.url) == (302, "/feeds/tags/turkey.atom")
    assert len(items(feed(client, response.url))) == 1


def test_what_was_merged_goes_by_the_name_of_the_other(client, editor):
    Tag.objects.create(name="Turkiye", alias_of=make_tag("Turkey"))
    make_published(by=editor, tags=["turkiye", "turkey"])
    assert [category.text for category in items(feed(client))[0].findall("category")] == ["Turkey"]


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/tags/unknown.rss",
        "/feeds/tags/unused.rss",
        "/feeds/tags/alias.rss",
        "/feeds/topics/unused.atom",
        "/feeds/all.json",
        "/feeds/",
    ],
)
def test_what_readers_cannot_see_has_no_feed(client, db, path):
    Tag.objects.create(name="Alias", alias_of=make_tag("Unused"))
    make_topic("Unused")
    assert client.get(path).status_code == 404


def test_an_open_topic_has_an_empty_feed(client, db):
    Topic.objects.create(name="New", open=True)
    assert items(feed(client, "/feeds/topics/new.atom")) == []


def test_only_the_fifty_newest_first(client, editor):
    for day in range(1, 53):
        make_published(headline=f"Story {day}", at=utc(2025, 1, 1) + datetime.timedelta(days=day))
    expected = [f"Story {day}" for day in range(52, 2, -1)]
    assert titles(feed(client)) == expected
    assert titles(feed(client, f"/feeds/sources/{Source.objects.get().slug}.atom")) == expected


def test_drafts_and_plans_are_not_in_it(client, editor):
    live = make_published(by=editor, headline="Seen")
    publish_change(live.story, by=editor, headline="Hidden", at=timezone.now() + datetime.timedelta(hours=1))
    assert titles(feed(client)) == ["Seen"]


@pytest.mark.parametrize("format", FORMATS)
def test_queries_do_not_grow_with_the_stories(client, editor, format, django_assert_num_queries):
    for day in range(1, 9):
        tag = make_tag(f"Tag {day}")
        make_published(at=utc(2025, 1, day), tags=[tag.slug], authors=[{"slug": make_author(f"Author {day}").slug}])
    with django_assert_num_queries(2):
        client.get(f"/feeds/all.{format}")
    with django_assert_num_queries(6):
        client.get(f"/feeds/sources/harbour-office.{format}")


@pytest.mark.parametrize("format", FORMATS)
def test_what_xml_cannot_hold_is_left_out(client, editor, format):
    Tag.objects.create(name="Bell \x07 \x0b and \ufffe", slug="bell")
    make_published(by=editor, tags=["bell"], slug="a-b", headline="A ]]> B", standfirst="<![CDATA[ & \u2028")
    assert titles(feed(client, f"/feeds/all.{format}")) == ["A ]]> B"]
    feed(client, f"/feeds/tags/bell.{format}")


def test_a_correction_comes_first_and_keeps_the_id(client, editor):
    first = make_rich(by=editor)
    before = items(feed(client))[0].findtext("guid")
    correction = {"wrong": "It said Monday.", "right": "It was Friday.", "severity": "normal"}
    publish_change(
        first.story, by=editor, change="correction", note="The day was wrong.", correction=correction, dateline="Ankara"
    )
    root = feed(client)
    assert items(root)[0].findtext("guid") == before
    start = re.sub(r"<[^>]+>", "", content(root))
    told = "The day was wrong. What was wrong: It said Monday. What is right: It was Friday."
    assert re.match(rf"Correction, [^:]+: {re.escape(told)}", start)


def test_unchanged_feeds_need_not_be_sent_again(client, editor):
    make_published(by=editor)
    etag = client.get("/feeds/all.rss")["ETag"]
    assert client.get("/feeds/all.rss", headers={"If-None-Match": etag}).status_code == 304
    make_published(by=editor)
    assert client.get("/feeds/all.rss", headers={"If-None-Match": etag}).status_code == 200


def test_feeds_are_read_only(client, db):
    assert client.post("/feeds/all.rss").status_code == 405
    assert client.head("/feeds/all.rss").status_code == 200


def test_the_address_of_the_site_can_be_set(client, editor, settings):
    settings.SITE_URL = "https://news.example"
    make_rich(by=editor)
    assert b"testserver" not in client.get("/feeds/all.rss").content
