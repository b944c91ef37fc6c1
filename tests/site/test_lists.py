import re

import pytest

from stories.models import Source, Version
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
from tests.site.rich import make_picture, make_rich, picture_document

pytestmark = pytest.mark.django_db
TERM_PAGES = ["/topics/harbour/", "/tags/istanbul/", "/sources/register/", "/authors/ada/"]
INDEXES = ["/topics/", "/tags/", "/sources/", "/authors/"]


def page(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def headlines(html):
    return re.findall(r'<h[23]><a href="(?:/at/[^/]+)?/202[0-9][^>]*>([^<]+)</a>', html)


def filed(count, **values):
    """Publish `count` stories a minute apart, filed under one term of each kind."""
    topic, tag = make_topic("Harbour", parent=make_topic("Places")), make_tag("Istanbul")
    source, author = make_source("Register"), make_author("Ada")
    values = {"topics": [topic.slug], "tags": [tag.slug], "authors": [{"slug": author.slug}], "source": source} | values
    return [make_published(headline=f"Story {n:03}", at=utc(2025, 2, 28, 10, n), **values) for n in range(count)]


# The front page


def test_an_empty_front_page_is_friendly(client):
    assert "Nothing is published yet." in page(client, "/")


def test_the_front_page_shows_a_lead_two_seconds_and_the_river_newest_first(client):
    filed(5)
    html = page(client, "/")
    assert headlines(html) == [f"Story {n:03}" for n in (4, 3, 2, 1, 0)]
    assert html.index('class="seconds"') < html.index("Story 003")
    assert html.index("Story 002") < html.index('class="river"') < html.index("Story 001")
    assert "Older stories" not in html


def test_a_card_tells_what_readers_need_to_choose(client, editor):
    make_topic("Diplomacy")
    version = make_published(
        by=editor,
        headline="Gate",
        kind="analysis",
        summary="In brief.",
        topics=["diplomacy"],
        at=utc(2025, 2, 28, 14, 5),
    )
    html = page(client, "/")
    assert "Analysis" in html
    assert '<a href="/topics/diplomacy/">Diplomacy</a>' in html
    assert '<a href="/2025/02/28/gate/">Gate</a>' in html
    assert "In brief." in html
    assert '<time datetime="2025-02-28T14:05:00Z">28 February 2025, 14:05 UTC</time>' in html
    assert "1 source<" in html
    assert "updated" not in html
    publish_change(version.story, by=editor, standfirst="More.")
    assert "updated" in page(client, "/")
    correction = {"wrong": "It was.", "right": "It is.", "severity": "normal"}
    publish_change(version.story, by=editor, change="correction", note="x", correction=correction, standfirst="Right.")
    assert "<b>corrected</b>" in page(client, "/")


def test_the_lead_shows_its_picture(client):
    version = make_rich()
    assert f'src="/media/{version.document["lead_image"]["file"]}"' in page(client, "/")


def test_a_headline_in_another_language_is_marked(client):
    make_published(language="ar", headline="محادثات", slug="محادثات")
    assert '<a href="/' in page(client, "/")
    assert 'lang="ar" dir="rtl">محادثات</a>' in page(client, "/")


def test_older_stories_follow_by_key_and_have_no_lead(client):
    filed(25)
    first = page(client, "/")
    key = re.search(r'href="\?before=([^"]+)"', first)[1]
    older = page(client, f"/?before={key}")
    assert headlines(first) + headlines(older) == [f"Story {n:03}" for n in reversed(range(25))]
    assert 'class="lead"' not in older
    assert 'href="?before=' not in older
    assert f'<link rel="canonical" href="http://testserver/?before={key}">' in older


def test_a_page_about_us_and_a_draft_are_in_no_list(client):
    make_published(kind="page", slug="us", headline="About us")
    make_revision(headline="A draft")
    html = page(client, "/").partition("<footer")[0]
    assert "/about/us/" not in html
    assert "A draft" not in html


# Pages of terms


@pytest.mark.parametrize("path", TERM_PAGES)
def test_a_term_lists_its_stories_by_key(client, path):
    filed(22)
    make_published(headline="Elsewhere", source=make_source("Other"), authors=[{"slug": make_author("Bob").slug}])
    first = page(client, path)
    key = re.search(r'href="\?before=([^"]+)"', first)[1]
    older = page(client, f"{path}?before={key}")
    assert headlines(first) + headlines(older) == [f"Story {n:03}" for n in reversed(range(22))]
    assert "Elsewhere" not in first + older


@pytest.mark.parametrize("path", TERM_PAGES)
def test_a_term_that_only_a_draft_names_has_no_page(client, path):
    topic, tag, source, author = (
        make_topic("Harbour"),
        make_tag("Istanbul"),
        make_source("Register"),
        make_author("Ada"),
    )
    make_revision(topics=[topic.slug], tags=[tag.slug], source=source, authors=[{"slug": author.slug}])
    page(client, path, 404)


@pytest.mark.parametrize("path", [f"/{kind}/nothing/" for kind in ("topics", "tags", "sources", "authors")])
def test_an_unknown_term_is_not_found(client, path):
    page(client, path, 404)


def test_a_topic_opened_by_hand_says_that_nothing_is_filed_yet(client):
    make_topic("Elections", open=True, description="Votes and who counts them.")
    html = page(client, "/topics/elections/")
    assert "No story is filed here yet." in html
    assert "Votes and who counts them." in html


def test_a_topic_shows_what_is_above_and_below_it(client):
    top = make_topic("Diplomacy")
    middle = make_topic("Talks", parent=top)
    make_topic("Istanbul", parent=middle)
    make_topic("Geneva", parent=middle)
    make_published(topics=["istanbul"])
    html = page(client, "/topics/talks/")
    assert '<a href="/topics/diplomacy/">Diplomacy</a>' in html[html.index('aria-label="Above this topic"') :]
    assert '<a href="/topics/istanbul/">Istanbul</a>' in html[html.index('aria-label="Parts of this topic"') :]
    assert "Geneva" not in html


@pytest.mark.parametrize("make", [make_topic, make_tag, make_source, make_author])
def test_a_merged_term_leads_to_the_other(client, make):
    good, other = make("Good"), make("Other")
    other.alias_of = good
    other.save()
    response = client.get(other.get_absolute_url())
    assert (response.status_code, response["Location"]) == (302, good.get_absolute_url())


def test_a_source_tells_what_it_is(client):
    source = make_source(
        "Harbour Watch", kind="account", role="relays others", handle="@harbour", platform="Example",
        url="https://www.harbour.example/", description="It posts <what> it sees.",
    )  # fmt: skip
    make_published(headline="Gate", source=source)
    html = page(client, "/sources/harbour-watch/")
    for told in (
        "Social account",
        "relays others",
        "@harbour",
        "Example",
        "It posts &lt;what&gt; it sees.",
        ">Gate</a>",
    ):
        assert told in html
    assert '<a href="https://www.harbour.example/" rel="noopener">harbour.example</a>' in html


def test_an_author_has_a_biography_and_stories(client):
    make_author("Ada", biography="Covers the harbour.")
    make_published(headline="Gate", authors=[{"slug": "ada"}])
    html = page(client, "/authors/ada/")
    assert "Covers the harbour." in html
    assert ">Gate</a>" in html


# Indexes


@pytest.mark.parametrize("path", INDEXES)
def test_an_index_without_terms_says_so(client, path):
    assert 'class="empty"' in page(client, path)


def test_indexes_list_what_is_public_and_nothing_else(client):
    filed(1)
    make_topic("Secret topic"), make_tag("Secret tag"), make_source("Secret source"), make_author("Secret author")
    for path, name in zip(INDEXES, ("Harbour", "Istanbul", "Register", "Ada"), strict=True):
        html = page(client, path)
        assert f">{name}</a>" in html
        assert "Secret" not in html


def test_topics_are_shown_as_a_tree(client):
    filed(1)
    html = page(client, "/topics/")
    html = html[html.index('class="tree"') :]
    assert html.index(">Places</a>") < html.index("<ul>") < html.index(">Harbour</a>")


def test_a_long_index_is_paged_by_name(client):
    slugs = [make_tag(f"Tag {n:03}").slug for n in range(130)]
    make_published(tags=slugs)
    first = page(client, "/tags/")
    key = re.search(r'href="\?after=([^"]+)"', first)[1]
    second = page(client, f"/tags/?after={key}")
    assert re.findall(r">(Tag \d+)</a>", first + second) == [f"Tag {n:03}" for n in range(130)]
    assert 'href="?after=' not in second


# Old addresses


def test_an_old_address_leads_to_the_present_one(client, editor):
    first = make_published(by=editor, slug="gate")
    second = publish_change(first.story, by=editor, slug="ворота")
    response = client.get(first.path)
    assert (response.status_code, response["Location"]) == (302, second.get_absolute_url())
    assert client.get(second.path).status_code == 200


def test_a_reserved_address_is_not_found(client, editor):
    from tests.publishing.test_verbs import later

    first = make_published(by=editor, slug="gate")
    plan = publish_change(first.story, by=editor, slug="other", at=later())
    page(client, plan.path, 404)
    page(client, first.path)


# Junk


@pytest.mark.parametrize("path", ["/", *TERM_PAGES])
@pytest.mark.parametrize(
    "key",
    [
        "x",
        "20250228T100000000000-",
        "20250228T100000000000-99999999999999999999",
        "-1",
        "%00",
        "１２",
        "00010101T000000000000-1",
    ],
)
def test_a_key_that_names_no_page_is_not_found(client, path, key):
    filed(1)
    page(client, f"{path}?before={key}", 404)


@pytest.mark.parametrize("path", ["/tags/", "/sources/", "/authors/"])
@pytest.mark.parametrize("key", ["nothing", "%00", "%ED%A0%80", "'"])
def test_an_index_key_that_names_no_term_is_not_found(client, path, key):
    page(client, f"{path}?after={key}", 404)


@pytest.mark.parametrize(
    "query", ["page=9", "before=", "after=", "utm_source=%3Cscript%3E", "a=%FF%FE", "&&=", "before[]=1"]
)
def test_other_parameters_change_nothing(client, query):
    filed(1)
    for path in ["/", *TERM_PAGES, *INDEXES, Version.objects.get().path]:
        html = page(client, f"{path}?{query}")
        assert "script&gt;" not in html
        assert "utm_source" not in html


@pytest.mark.parametrize(
    "path",
    [
        "/nothing/",
        "/2025/02/28/nothing/",
        "/2025/13/45/x/",
        "/about/nothing/",
        "/2025/2/28/story-000/",
        "/tags/a+b/",
        "/%00/",
    ],
)
def test_an_unknown_address_is_not_found_and_says_so(client, path):
    filed(1)
    assert "There is no page at this address." in page(client, path, 404)


@pytest.mark.parametrize("path", ["/", "/tags/", "/tags/istanbul/", "/2025/02/28/story-000/"])
def test_pages_are_only_read(client, path):
    filed(1)
    assert client.post(path).status_code == 405
    assert client.head(path).status_code == 200


def test_the_page_of_an_error_needs_no_database(client, settings):
    client.raise_request_exception = False
    settings.ROOT_URLCONF = "tests.site.broken_urls"
    response = client.get("/broken/")
    assert response.status_code == 500
    assert "Something went wrong on our side." in response.content.decode()
    assert '<a class="name" href="/">The Newsroom</a>' in response.content.decode()


# Cost


@pytest.mark.parametrize("path", ["/", *TERM_PAGES, *INDEXES])
def test_a_list_costs_at_most_eight_queries_at_any_size(client, path, django_assert_max_num_queries):
    story = filed(1, lead_image=picture_document(make_picture()))[0].document
    with django_assert_max_num_queries(8) as one:
        page(client, path)
    for number in range(7):
        values = {name: story[name] for name in ("topics", "tags", "authors", "lead_image")}
        make_published(headline=f"Another {number}", source=Source.objects.get(), **values)
    with django_assert_max_num_queries(len(one)):
        page(client, path)


def test_the_masthead_names_public_topics_at_the_top_of_the_tree(client):
    filed(1)
    make_topic("Secret")
    html = page(client, "/tags/")
    masthead = html[: html.index("<main")]
    assert '<a href="/topics/places/">Places</a>' in masthead
    assert "Harbour" not in masthead
    assert "Secret" not in masthead
