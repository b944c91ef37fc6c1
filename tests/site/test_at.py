"""The site at another instant."""

import datetime
import re

import pytest
from django.urls import get_script_prefix
from django.utils import timezone

from stories.models import User, Version
from stories.publishing.front import arrange
from stories.publishing.removals import retract, withdraw
from stories.publishing.verbs import publish, seen
from stories.site import at
from stories.site.at import address_at
from tests.factories import (
    make_author,
    make_published,
    make_revision,
    make_source,
    make_tag,
    make_topic,
    publish_change,
    utc,
)

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
BEFORE, BETWEEN, AFTER = "2025-02-27T12:00Z", "2025-03-01T12:00Z", "2025-03-05T12:00Z"


def page(client, path, status=200):
    response = client.get(path)
    assert (path, response.status_code) == (path, status)
    return " ".join(response.content.decode().split())


@pytest.fixture
def gate(editor):
    """A story of 28 February with one more of 2 March, filed under one term of each kind."""
    topic, tag, source, author = (
        make_topic("Harbour"),
        make_tag("Istanbul"),
        make_source("Register"),
        make_author("Ada"),
    )
    filed = {"topics": [topic.slug], "tags": [tag.slug], "source": source, "authors": [{"slug": author.slug}]}
    version = make_published(by=editor, headline="The gate", at=utc(2025, 2, 28, 10), **filed)
    make_published(headline="The quay", at=utc(2025, 3, 2, 10), **filed)
    return version


def test_the_front_page_is_as_it_was(client, gate):
    assert "Nothing was published yet at that time." in page(client, f"/at/{BEFORE}/")
    then = page(client, f"/at/{BETWEEN}/")
    assert "The gate" in then
    assert "The quay" not in then
    assert "The site as it was on" in then
    assert '<time datetime="2025-03-01T12:00:00Z">1 March 2025, 12:00 UTC</time>' in then
    assert "The quay" in page(client, f"/at/{AFTER}/")


def test_a_story_is_as_it_was(client, editor, gate):
    then = timezone.now()
    publish_change(gate.story, by=editor, headline="The gate is shut")
    assert "The gate is shut" not in page(client, address_at(then, gate.path))
    assert "The gate is shut" in page(client, address_at(timezone.now(), gate.path))
    assert "The gate is shut" in page(client, gate.path)


@pytest.mark.parametrize("path", ["/topics/harbour/", "/tags/istanbul/", "/sources/register/", "/authors/ada/"])
def test_a_term_lists_what_stood_under_it(client, gate, path):
    then = page(client, f"/at/{BETWEEN}{path}")
    assert "The gate" in then
    assert "The quay" not in then
    assert "On <time" in page(client, f"/at/{BEFORE}{path}", 404)


def test_links_stay_in_that_time_and_lead_back(client, gate):
    for path in ("/", gate.path, "/topics/", "/topics/harbour/", "/authors/"):
        html = page(client, f"/at/{BETWEEN}{path}")
        assert f'<a href="{path}">This page as it is now</a>' in html
        links = set(re.findall(r'href="(/[^"#?]*)', html))
        ours = {link for link in links if not link.startswith("/static/")} - {path}
        present = {"/at/", "/search/", "/corrections/", "/about/", "/feeds/all.rss", "/feeds/all.atom"}
        present |= {f"{gate.path}history/", f"{gate.path}report/"}
        assert {link for link in ours if not link.startswith(f"/at/{BETWEEN}/")} <= present, path
        for link in ours:
            assert client.get(link, follow=True).status_code == 200, (path, link)


def test_links_in_the_text_stay_in_that_time_too(client, gate):
    ours = [f"{gate.path}#source-1", "/topics/harbour/?a=1&amp;b"]
    others = ["/nothing/of/ours/", "https://other.example/"]
    story = make_published(text=" ".join(f'<a href="{link}">a</a>' for link in ours + others), at=utc(2025, 2, 20))
    for prefix in ("", f"/at/{BETWEEN}"):
        links = re.findall(r'<a href="([^"]*)">a</a>', page(client, prefix + story.path))
        assert links == [prefix + link for link in ours] + others


def test_every_link_of_an_older_page_keeps_the_time(client, gate):
    for n in range(22):
        make_published(headline=f"Story {n}", at=utc(2025, 2, 20, 10, n))
    first = page(client, f"/at/{BETWEEN}/")
    key = re.search(r'href="(\?before=[^"]+)"', first)[1]
    assert "The gate" not in page(client, f"/at/{BETWEEN}/{key}")


def test_a_page_of_another_time_is_for_readers_only(client, gate):
    response = client.get(f"/at/{BETWEEN}{gate.path}")
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert {"private", "no-store"} <= set(response["Cache-Control"].replace(" ", "").split(","))
    html = response.content.decode()
    assert '<meta name="robots" content="noindex,nofollow">' in html
    for told_to_machines in ('rel="canonical"', "application/ld+json", "application/atom+xml", "og:url"):
        assert told_to_machines not in html


def test_the_script_prefix_is_given_back(client, gate, settings):
    settings.DEBUG_PROPAGATE_EXCEPTIONS = True
    for path in ("/", gate.path, "/2025/02/28/nothing/", "/nothing"):
        client.get(f"/at/{BETWEEN}{path}")
        assert get_script_prefix() == "/"
    assert 'href="/topics/"' in page(client, "/")
    assert "/static/" in page(client, f"/at/{BETWEEN}/")


def test_a_story_is_found_at_the_address_it_has_now_and_then(client, editor, gate):
    moved = publish_change(gate.story, by=editor, slug="the-lock")
    response = client.get(f"/at/{BETWEEN}{moved.path}")
    assert (response.status_code, response["Location"]) == (302, f"/at/{BETWEEN}{gate.path}")
    assert "The gate" in page(client, f"/at/{BETWEEN}{gate.path}")


def test_what_knows_no_time_is_shown_as_it_is(client, gate):
    for path in (f"{gate.path}history/", "/corrections/", "/feeds/all.rss", "/about/", "/sitemap.xml"):
        response = client.get(f"/at/{BETWEEN}{path}")
        assert (path, response.status_code, response["Location"]) == (path, 302, path)


def test_a_missing_slash_is_added(client, gate):
    response = client.get(f"/at/{BETWEEN}/topics")
    assert (response.status_code, response["Location"]) == (302, f"/at/{BETWEEN}/topics/")


@pytest.mark.parametrize(
    "path",
    [
        "/at/2025-02-30T10:00Z/", "/at/2025-02-28T24:01Z/", "/at/2025-13-01T10:00Z/", "/at/0000-01-01T00:00Z/",
        "/at/2025-02-28/", "/at/now/", "/at/2025-02-28T10:00+03:00/", "/at/2025-02-28T10:00:61Z/", "/at/%00/",
        "/at/2025-02-28T10:00Z/nothing", "/at/2025-02-28T10:00Z/%00/", "/at/2025-02-28T10:00Z/admin/",
        "/at/2025-02-28T10:00Z/at/2025-02-28T10:00Z/", "/at/2025-02-28T10:00Z//", "/at/9999-12-31T23:59Z/",
        "/at/2025-02-28T10:00Z/?before=x", "/at/2025-02-28T10:00Z/static/x.css",
    ],
)  # fmt: skip
def test_impossible_instants_and_pages_are_not_found(client, gate, path):
    page(client, path, 404)


@pytest.mark.parametrize("instant", ["1000-01-01T00:00Z", "2025-02-28T10:00:00Z", "2025-02-28T10:00:00.5Z"])
def test_possible_instants_are_shown(client, gate, instant):
    page(client, f"/at/{instant}/")


# What lies ahead


def test_what_lies_ahead_is_for_the_desk(client, admin_client, editor, gate):
    tomorrow = timezone.now() + DAY
    plan = publish_change(gate.story, by=editor, headline="Tomorrow’s gate", at=tomorrow - DAY / 2)
    for path in ("/", gate.path):
        page(client, address_at(tomorrow, path), 404)
        html = page(admin_client, address_at(tomorrow, path))
        assert "Tomorrow’s gate" in html
        assert "Nobody outside can see this." in html
    assert plan.headline not in page(admin_client, "/")


def test_a_plan_has_no_public_history_yet(admin_client, editor):
    revision = make_revision(headline="Soon")
    at = timezone.now() + DAY
    version = publish(revision, by=editor, expecting=(None, None), at=at)
    html = page(admin_client, address_at(at + DAY, version.path))
    assert f"{version.path}history/" not in html


@pytest.mark.parametrize("staff", [True, False])
def test_a_login_without_rights_does_not_see_ahead(client, gate, staff):
    client.force_login(User.objects.create_user("reader", is_staff=staff))
    page(client, address_at(timezone.now() + DAY, "/"), 404)


# What was taken back


def test_what_was_taken_back_is_gone_from_all_times(client, editor, gate):
    retract(gate.story, by=editor, signed="The editor", reason="It rested on a forgery.", expecting=seen(gate.story))
    html = page(client, f"/at/{BETWEEN}{gate.path}")
    assert "It rested on a forgery." in html
    assert "The office opened the gate" not in html
    withdraw(gate.story, by=editor, signed="The editor", reason="By order.", expecting=seen(gate.story))
    assert "The gate" not in page(client, f"/at/{BETWEEN}{gate.path}", 410)
    assert "The gate" not in page(client, f"/at/{BETWEEN}/")


def test_an_arrangement_counts_at_its_time(client, editor, gate):
    old = Version.objects.get(headline="The gate")
    now = timezone.now()
    arrange([old.story], by=editor, expecting=None)
    before, after = (page(client, address_at(instant, "/")) for instant in (now, timezone.now()))
    assert before.index("The quay") < before.index("The gate")
    assert after.index("The gate") < after.index("The quay")


# Choosing a time


def test_a_reader_chooses_a_time(client, gate):
    html = page(client, gate.path)
    assert f'href="/at/?path={gate.path}"' in html
    form = page(client, f"/at/?path={gate.path}")
    assert f'name="path" value="{gate.path}"' in form
    response = client.get("/at/", {"day": "2025-03-01", "time": "12:00", "path": gate.path})
    assert response["Location"] == f"/at/{BETWEEN}{gate.path}"
    assert client.get("/at/", {"day": "2025-03-01", "time": ""})["Location"] == "/at/2025-03-01T23:59Z/"
    today = client.get("/at/", {"day": str(timezone.localdate())})["Location"]
    assert client.get(today).status_code == 200


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"day": ""}, "Choose a day."),
        ({"day": "soon"}, "This is not a day."),
        ({"day": "2025-03-01", "time": "late"}, "This is not a time of day."),
        ({"day": "0999-03-01"}, "Choose a day of this millennium or the one before."),
        ({"day": "2999-03-01"}, "That time is yet to come."),
        ({"day": "\x00", "path": "\x00"}, "This is not a day."),
    ],
)
def test_a_time_that_is_none_is_told(client, asked, told):
    assert told in page(client, "/at/?" + "&".join(f"{name}={value}" for name, value in asked.items()))


@pytest.mark.parametrize(
    "path", ["//evil.example/", "https://evil.example/", "/corrections/", "/nothing/", "x", "/at/"]
)
def test_a_path_that_has_no_other_time_leads_to_the_front_page(client, path):
    response = client.get("/at/", {"day": "2025-03-01", "time": "12:00", "path": path})
    assert response["Location"] == f"/at/{BETWEEN}/"


def test_the_desk_chooses_a_time_that_lies_ahead(admin_client):
    day = timezone.localdate() + DAY
    response = admin_client.get("/at/", {"day": f"{day:%Y-%m-%d}", "time": "09:00"})
    assert page(admin_client, response["Location"])


def test_a_version_leads_to_the_site_as_it_was_then(client, editor, gate):
    publish_change(gate.story, by=editor, headline="The gate is shut")
    html = page(client, f"{gate.path}history/1/")
    link = re.search(r'<a href="(/at/[^"]+)">The site as it was then</a>', html)[1]
    assert "The gate is shut" not in page(client, link)


def test_who_asks_too_often_waits(client, gate, monkeypatch):
    monkeypatch.setattr(at, "A_MINUTE", 3)
    for _ in range(3):
        page(client, f"/at/{BETWEEN}/")
    response = client.get(f"/at/{BETWEEN}/")
    assert (response.status_code, response["Retry-After"]) == (429, "60")
    assert "Try again in a minute." in response.content.decode()
    assert client.get(f"/at/{BETWEEN}/", REMOTE_ADDR="192.0.2.7").status_code == 200
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("path", ["/", "story", "/topics/harbour/", "/tags/istanbul/", "/sources/register/"])
def test_it_takes_no_more_queries_than_the_present(client, gate, path, django_assert_max_num_queries):
    path = gate.path if path == "story" else path
    with django_assert_max_num_queries(8) as present:
        client.get(path)
    with django_assert_max_num_queries(len(present)):
        page(client, f"/at/{AFTER}{path}")
