import datetime

import pytest
from django.utils import timezone

from tests.factories import make_editor, make_published, make_revision

pytestmark = pytest.mark.django_db


def about(client):
    return client.get("/about/").content.decode()


def test_every_page_leads_to_the_pages_about_us(client):
    assert '<a href="/about/">About us</a>' in client.get("/").content.decode()


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
