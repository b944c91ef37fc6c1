"""The plans of the list queries: one range of the index that was made for them, in its order, never sorted.

A full scan or a sort grows with the number of stories; what the database plans to do shows it without a million rows.
"""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stories.models import Author, Source, Tag, Topic, Version
from stories.site.hits import newest
from stories.site.listing import filed_under, key_of, pages_about_us, published_in, river, river_page
from stories.site.query import read
from tests.factories import (
    make_author,
    make_editor,
    make_published,
    make_source,
    make_tag,
    make_topic,
    publish_change,
    utc,
)

NOW = utc(2100, 1, 1)
PAST = utc(2025, 1, 2, 12)


@pytest.fixture(scope="module")
def stories(made_once):
    """Four stories under one term of each kind; the last one has a second version."""
    topic, tag, source, author = make_topic("Term"), make_tag("Term"), make_source("Term"), make_author("Term")
    versions = [
        make_published(
            at=utc(2025, 1, 1 + day),
            topics=[topic.slug],
            tags=[tag.slug],
            source=source,
            authors=[{"slug": author.slug, "role": ""}],
        )
        for day in range(4)
    ]
    publish_change(versions[-1].story, by=make_editor(), headline="B")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
            # So few rows are read and sorted at once; what needs a sort or a scan still shows it.
            for method in ("seqscan", "bitmapscan", "sort"):
                cursor.execute(f"SET LOCAL enable_{method} = off")
    return versions


def plans(call):
    """Return the plan of each query that `call` makes, as text."""
    with CaptureQueriesContext(connection) as queries:
        call()
    # Of two bounds SQLite seeks to one and reads on from there, and its plan does not say to which.
    assert queries.captured_queries[0]["sql"].count('"sort_at" <=') <= 1
    explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN (COSTS OFF) "
    found = []
    for query in queries.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute(explain + query["sql"])
            found.append("\n".join(str(row[-1]) for row in cursor.fetchall()))
    return found


def assert_reads_one_range(plan, index, bound, covering):
    """Check that `plan` reads `index` within `bound`, in its order; `covering`: without looking into the table."""
    if connection.vendor == "sqlite":
        kind = "COVERING INDEX" if covering else "INDEX"
        assert re.fullmatch(rf"SEARCH \S+ USING {kind} {index} \({bound}\)", plan), plan
    else:
        assert re.search(rf"Index (Only )?Scan using {index} ", plan), plan
        assert not re.search(r"Sort|Seq Scan|Bitmap", plan), plan


def deep(stories):
    return key_of(stories[2])


@pytest.mark.parametrize("instant", [NOW, PAST])
@pytest.mark.parametrize("before", [lambda stories: "", deep])
def test_the_river_reads_one_range_of_its_index(stories, instant, before):
    [plan] = plans(lambda: river(instant, before(stories), size=2))
    assert_reads_one_range(plan, "versions_listed", r"sort_at<\?", covering=False)


@pytest.mark.parametrize("model", [Topic, Tag, Source, Author])
@pytest.mark.parametrize("instant", [NOW, PAST])
@pytest.mark.parametrize("before", [lambda stories: "", deep])
def test_what_is_filed_under_a_term_reads_one_range_of_a_covering_index(stories, model, instant, before):
    term = model.objects.get(slug="term")
    filing, versions = plans(lambda: filed_under(term, instant, before(stories), size=2))
    name = f"{model._meta.model_name}filing"
    assert_reads_one_range(filing, f"{name}_page", r"term_id=\? AND sort_at<\?", covering=True)
    assert "SCAN" not in versions
    assert "Seq Scan" not in versions


def test_a_story_is_found_by_its_path_in_the_index(stories):
    [plan] = plans(lambda: list(Version.objects.visible_at(NOW).filter(path=stories[0].path).order_by()))
    assert_reads_one_range(plan, "version_at_path", r"path=\? AND visible_from<\?", covering=False)


@pytest.mark.parametrize("before", [lambda stories: "", deep])
def test_a_month_reads_one_range_of_the_index(stories, before):
    key = before(stories)
    [plan] = plans(lambda: river_page(published_in(utc(2025, 1, 1), NOW, key), key, size=2))
    assert_reads_one_range(plan, "versions_listed", r"sort_at>\? AND sort_at<\?", covering=False)


def test_pages_about_us_are_read_from_an_index_of_their_own(stories):
    [plan] = plans(lambda: list(pages_about_us(NOW)))
    assert "pages_about_us" in plan


@pytest.mark.parametrize("text", ["office", '"the office" -ferry', "of*"])
def test_a_search_reads_the_index_of_words_newest_first_and_then_a_row_for_each_hit(stories, text):
    with CaptureQueriesContext(connection) as queries:
        assert len(newest(read(text).terms, ["·kind·explainer"], NOW, ranked=True).hits) == 4
    asked = [query["sql"] for query in queries.captured_queries if "stories_searchrow" in query["sql"]]
    *samples, plan = explained(asked)
    if connection.vendor == "sqlite":
        words, row, version = plan  # and no line about a sort
        assert words.startswith("SCAN stories_search VIRTUAL TABLE INDEX")
        assert row == "SEARCH stories_searchrow USING INTEGER PRIMARY KEY (rowid=?)"
        assert version == "SEARCH stories_version USING INTEGER PRIMARY KEY (rowid=?)"
        assert samples == []
    else:
        assert any("Bitmap Index Scan on stories_search" in line for line in plan), plan
        assert not any("Seq Scan" in line or "Hash Join" in line for line in plan), plan
        for sample in samples:
            assert any("Index Scan Backward using stories_searchrow_pkey" in line for line in sample), sample


def explained(asked):
    """Return the plan of each query of a search, in lines, made as search makes it."""
    if connection.vendor == "sqlite":
        return [plan_of("EXPLAIN QUERY PLAN ", sql) for sql in asked]
    with connection.cursor() as cursor:
        # Of four rows it is all one to PostgreSQL how they are found.
        cursor.execute(
            "INSERT INTO stories_searchrow (key, version_id, terms, words)"
            " SELECT n, -n, '', 'other'::tsvector FROM generate_series(1, 3000) n"
        )
        cursor.execute("ANALYZE stories_searchrow")
        for setting in ("seqscan = off", "hashjoin = off", "mergejoin = off", "bitmapscan = on", "sort = on"):
            cursor.execute(f"SET LOCAL enable_{setting}")
        found = [plan_of("EXPLAIN ", sql) for sql in asked]
        cursor.execute("DELETE FROM stories_searchrow WHERE key <= 3000")
    return found


def plan_of(explain, sql):
    with connection.cursor() as cursor:
        cursor.execute(explain + sql)
        return [str(row[-1]) for row in cursor.fetchall()]


def test_the_pages_are_what_the_plans_are_about(stories):
    """Without rows on them the plans above would say nothing."""
    term = Tag.objects.get()
    first = filed_under(term, NOW, size=2)
    assert [version.pk for version in first.versions] == [version.pk for version in river(NOW, size=2).versions]
    rest = filed_under(term, NOW, first.older, size=2)
    assert [version.story_id for version in first.versions + rest.versions] == [v.story_id for v in reversed(stories)]
    assert rest.older == ""
    assert [v.sort_at for v in filed_under(term, PAST).versions] == [utc(2025, 1, 2), utc(2025, 1, 1)]
    assert [v.sort_at for v in river(PAST).versions] == [utc(2025, 1, 2), utc(2025, 1, 1)]
    assert river(NOW).versions[0].sort_at - datetime.timedelta(days=3) == utc(2025, 1, 1)
