import datetime

import pytest
from django.utils import timezone

from stories.publishing.document import new_id
from tests.factories import make_editor, make_published, make_revision, utc

pytestmark = pytest.mark.django_db


def about(client):
    return client.get("/about/").content.decode()


def test_every_page_leads_to_the_pages_about_us_once_there_are_any(client):
    story = make_published(headline="The gate opens")
    make_published(kind="page", headline="Our <ethics>", slug="ethics", language="ru")
    for path in ("/", story.path, "/topics/"):
        html = client.get(path).content.decode()
        assert '<a href="/about/">About us</a>' in html
        assert '<a href="/about/ethics/" lang="ru" dir="ltr">Our &lt;ethics&gt;</a>' in html


def test_nothing_leads_to_pages_about_us_that_do_not_exist(client):
    make_revision(headline="Ethics", kind="page")
    assert "/about/" not in client.get("/").content.decode()


def test_a_page_of_another_time_leads_to_the_pages_about_us_as_they_are_now(client):
    make_published(headline="The gate opens", at=utc(2025, 1, 1))
    make_published(kind="page", headline="Ethics", slug="ethics")
    html = client.get("/at/2025-02-01T00:00Z/").content.decode()
    assert '<a href="/about/ethics/">Ethics</a>' in html


def test_pages_about_us_are_listed_by_headline_and_stories_are_not(client):
    editor = make_editor()
    make_published(by=editor, headline="How we work", kind="page")
    make_published(by=editor, headline="Corrections", kind="page")
    make_published(by=editor, headline="The gate opens")
    html = about(client)
    assert html.index('href="/about/corrections/"') < html.index('href="/about/how-we-work/"')
    assert "The gate opens" not in html


def test_pages_about_us_that_are_not_out_yet_are_not_listed(client):
    make_revision(headline="Ethics", kind="page")
    make_published(headline="Plans", kind="page", at=timezone.now() + datetime.timedelta(days=1))
    html = about(client)
    assert "Ethics" not in html
    assert "Plans" not in html
    assert "Nothing is written here yet." in html


def test_however_many_pages_about_us_there_are_they_take_as_many_queries(client, django_assert_max_num_queries):
    editor = make_editor()
    for number in range(5):
        make_published(by=editor, headline=f"Page {number}", kind="page")
    with django_assert_max_num_queries(2):
        about(client)


def test_a_page_about_us_calls_itself_a_page_and_no_story(client):
    blocks = [{"id": new_id(), "type": "text", "html": "<h2>Names</h2><p>A.</p><h2>Dates</h2><p>B.</p><h2>Money</h2>"}]
    page = make_published(kind="page", headline="Ethics", blocks=blocks, citations=[])
    html = client.get(page.path).content.decode()
    assert "On this page" in html
    assert "In this story" not in html
