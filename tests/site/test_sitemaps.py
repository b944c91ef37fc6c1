import datetime
import re
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.utils import timezone

from stories.models import Tag, Version
from stories.site import sitemaps
from stories.site.listing import by_month
from tests.factories import make_published, make_revision, make_tag, make_topic, publish_change, utc

pytestmark = pytest.mark.django_db
NS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
HOST = "http://testserver"


def locations(client, path="/sitemap.xml"):
    """Return {location without host: lastmod or None} of a sitemap or of the index."""
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/xml"
    root = ET.fromstring(response.content)  # noqa: S314
    found = {}
    for entry in root:
        location = entry.findtext("s:loc", namespaces=NS)
        assert location.startswith(HOST)
        found[location.removeprefix(HOST)] = entry.findtext("s:lastmod", namespaces=NS)
    return found


def test_index_names_a_sitemap_for_each_month_with_stories(client, editor):
    make_published(at=utc(2025, 2, 28, 23, 59))
    make_published(at=utc(2025, 1, 1))
    make_published(at=utc(2023, 12, 31))
    assert list(locations(client)) == [
        "/sitemaps/pages.xml",
        "/sitemaps/terms-1.xml",
        "/sitemaps/stories-2025-02.xml",
        "/sitemaps/stories-2025-01.xml",
        "/sitemaps/stories-2023-12.xml",
    ]


def test_everything_that_the_index_names_is_there(client, editor):
    make_published(by=editor)
    for location in locations(client):
        assert locations(client, location)


def test_of_an_empty_site_there_is_the_front_page(client, db):
    assert list(locations(client)) == ["/sitemaps/pages.xml"]
    assert locations(client, "/sitemaps/pages.xml") == {"/": None}


def test_a_month_lists_its_stories_with_their_last_update(client, editor):
    first = make_published(at=utc(2025, 2, 1), headline="One")
    make_published(at=utc(2025, 3, 1), headline="Two")
    update = publish_change(first.story, by=editor, dateline="Istanbul")
    publish_change(first.story, by=editor, dateline="Ankara", change="minor")
    changed = update.visible_from.replace(microsecond=0).isoformat()
    assert locations(client, "/sitemaps/stories-2025-02.xml") == {"/2025/02/01/one/": changed}


def test_months_are_those_of_utc(client, editor, settings):
    settings.TIME_ZONE = "Asia/Tokyo"
    make_published(at=utc(2025, 2, 28, 20), headline="Late")
    assert "/sitemaps/stories-2025-02.xml" in locations(client)
    assert list(locations(client, "/sitemaps/stories-2025-02.xml")) == ["/2025/02/28/late/"]


def test_what_readers_cannot_see_is_in_none(client, editor):
    make_revision(headline="Draft", tags=[make_tag("Draft").slug])
    live = make_published(by=editor, headline="Live")
    later = timezone.now() + datetime.timedelta(hours=1)
    publish_change(live.story, by=editor, slug="planned", tags=[make_tag("Planned").slug], at=later)
    month = f"/sitemaps/stories-{timezone.now():%Y-%m}.xml"
    assert list(locations(client, month)) == [live.path]
    assert "/tags/planned/" not in locations(client, "/sitemaps/terms-1.xml")
    assert "/tags/draft/" not in locations(client, "/sitemaps/terms-1.xml")


def test_terms_lists_topics_tags_sources_and_authors_with_a_page(client, editor):
    target = make_tag("Стамбул")
    Tag.objects.create(name="Istanbul", alias_of=target)
    make_topic("Open", open=True)
    make_topic("Unused")
    make_published(by=editor, tags=["istanbul"], topics=[make_topic("Diplomacy").slug])
    assert list(locations(client, "/sitemaps/terms-1.xml")) == [
        "/authors/the-diplomacy-desk/",
        "/sources/harbour-office/",
        "/tags/%D1%81%D1%82%D0%B0%D0%BC%D0%B1%D1%83%D0%BB/",
        "/topics/diplomacy/",
        "/topics/open/",
    ]


def test_pages_about_us_are_listed_apart(client, editor):
    page = make_published(by=editor, headline="Ethics", kind="page", tags=[make_tag("Ethics").slug])
    changed = page.visible_from.replace(microsecond=0).isoformat()
    assert locations(client, "/sitemaps/pages.xml") == {"/": None, "/about/ethics/": changed}
    assert list(locations(client)) == ["/sitemaps/pages.xml"]


def test_a_file_that_would_be_too_long_is_split(client, editor, monkeypatch):
    monkeypatch.setattr(sitemaps, "SIZE", 2)
    for day in range(1, 4):
        make_published(at=utc(2025, 2, day), headline=f"Day {day}", tags=[make_tag(f"Tag {day}").slug])
    assert list(locations(client)) == [
        "/sitemaps/pages.xml",
        "/sitemaps/terms-1.xml",
        "/sitemaps/terms-2.xml",
        "/sitemaps/terms-3.xml",
        "/sitemaps/stories-2025-02.xml",
        "/sitemaps/stories-2025-02-2.xml",
    ]
    assert list(locations(client, "/sitemaps/stories-2025-02.xml")) == ["/2025/02/01/day-1/", "/2025/02/02/day-2/"]
    assert list(locations(client, "/sitemaps/stories-2025-02-2.xml")) == ["/2025/02/03/day-3/"]
    assert list(locations(client, "/sitemaps/terms-3.xml")) == ["/tags/tag-3/"]


@pytest.mark.parametrize(
    "name",
    [
        "stories-2025-01",
        "stories-2025-13",
        "stories-0000-01",
        "stories-9999-12",
        "stories-2025-02-0",
        "stories-2025-02-2",
        "stories-2025-02-99999999999999999999",
        "stories-2025-2",
        "terms-0",
        "terms-2",
        "terms-99999999999999999999",
        "other",
    ],
)
def test_a_sitemap_that_is_not_there(client, editor, name):
    make_published(at=utc(2025, 2, 1))
    assert client.get(f"/sitemaps/{name}.xml").status_code == 404


def test_queries_do_not_grow_with_the_stories(client, editor, django_assert_num_queries):
    for month in range(1, 9):
        make_published(at=utc(2024, month, 1), tags=[make_tag(f"Tag {month}").slug])
    for path, queries in [
        ("/sitemap.xml", 2),
        ("/sitemaps/pages.xml", 1),
        ("/sitemaps/terms-1.xml", 1),
        ("/sitemaps/stories-2024-02.xml", 1),
        ("/robots.txt", 0),
    ]:
        with django_assert_num_queries(queries):
            assert client.get(path).status_code == 200


def test_months_are_counted_by_the_index_alone(db):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # The table is empty, so that all ways cost the same: what is left is this index, with or without the table.
            cursor.execute("DROP INDEX versions_by_instant, versions_entered, version_at_path, pages_about_us")
            for method in ("seqscan", "bitmapscan"):
                cursor.execute(f"SET LOCAL enable_{method} = off")
    plan = by_month(Version.objects.listed_at(timezone.now())).explain()
    assert re.search("(COVERING INDEX|Index Only Scan using) versions_listed", plan)


def test_unchanged_sitemaps_need_not_be_sent_again(client, editor):
    make_published(by=editor)
    etag = client.get("/sitemap.xml")["ETag"]
    assert client.get("/sitemap.xml", headers={"If-None-Match": etag}).status_code == 304


def test_robots_may_read_all_but_the_desk_and_other_times(client, db):
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    text = response.content.decode()
    assert text == "User-agent: *\nDisallow: /admin/\nDisallow: /at/\n\nSitemap: http://testserver/sitemap.xml\n"


def test_the_address_of_the_site_can_be_set(client, editor, settings):
    settings.SITE_URL = "https://news.example"
    make_published(by=editor)
    for path in ("/sitemap.xml", "/sitemaps/pages.xml", "/sitemaps/terms-1.xml", "/robots.txt"):
        text = client.get(path).content.decode()
        assert "https://news.example/" in text
        assert "testserver" not in text
