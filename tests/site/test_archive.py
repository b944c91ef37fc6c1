import re

import pytest

from tests.factories import make_published, make_revision, utc
from tests.site.test_lists import headlines, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def stories():
    for year, month in ((2025, 2), (2025, 4), (2026, 1)):
        for day in (1, 2):
            make_published(headline=f"Of {year}-{month}-{day}", at=utc(year, month, day, 10))


def test_without_stories_there_is_no_archive_yet(client):
    assert "Nothing is published yet." in page(client, "/archive/")
    page(client, "/archive/2025/02/", 404)


def test_the_archive_begins_with_the_newest_month(client, stories):
    assert client.get("/archive/")["Location"] == "/archive/2026/01/"


def test_a_month_lists_its_stories_newest_first(client, stories):
    make_revision(headline="A draft")
    html = page(client, "/archive/2025/02/")
    assert "February 2025" in html
    assert headlines(html) == ["Of 2025-2-2", "Of 2025-2-1"]
    assert '<a href="/archive/2025/02/" aria-current="page">February (2)</a>' in html
    assert '<a href="/archive/2025/04/">April (2)</a>' in html
    assert html.count('<a href="/archive/2025/') == 3  # the third is of the year, below
    assert '<a href="/archive/2026/01/">2026</a>' in html  # the nearest month of that year


def test_a_month_between_others_may_be_empty(client, stories):
    assert "Nothing was first published in this month." in page(client, "/archive/2025/03/")


@pytest.mark.parametrize(
    "path", ["2025/01/", "2026/02/", "2025/13/", "2025/00/", "2025/2/", "0/01/", "99999999999999999999/01/", "x/01/"]
)
def test_months_before_and_after_are_not_found(client, stories, path):
    page(client, f"/archive/{path}", 404)


def test_a_month_goes_on_by_key(client):
    for n in range(22):
        make_published(headline=f"Story {n:02}", at=utc(2025, 2, 3, 10, n))
    make_published(headline="Earlier", at=utc(2025, 1, 3))
    first = page(client, "/archive/2025/02/")
    key = re.search(r'href="(\?before=[^"]+)"', first)[1]
    older = page(client, f"/archive/2025/02/{key}")
    assert headlines(first) + headlines(older) == [f"Story {n:02}" for n in reversed(range(22))]
    page(client, "/archive/2025/02/?before=20250101T000000000000-1", 404)
    page(client, "/archive/2025/02/?before=x", 404)


def test_the_archive_has_another_time_too(client, stories):
    assert client.get("/at/2025-02-01T12:00Z/archive/")["Location"] == "/at/2025-02-01T12:00Z/archive/2025/02/"
    assert headlines(page(client, "/at/2025-02-01T12:00Z/archive/2025/02/")) == ["Of 2025-2-1"]


def test_queries_do_not_grow_with_the_stories(client, stories, django_assert_num_queries):
    with django_assert_num_queries(7):
        page(client, "/archive/2025/02/")
    for n in range(10):
        make_published(at=utc(2025, 2, 5, n))
    with django_assert_num_queries(7):
        page(client, "/archive/2025/02/")
