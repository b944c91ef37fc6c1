"""The search page: what is found, how it is shown, and what becomes of bad input."""

import datetime
import html
import random
import re
import string
from urllib.parse import quote, urlencode

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from stories.publishing.filing import refile
from stories.publishing.removals import redact, retract, withdraw
from stories.publishing.verbs import seen
from stories.site import hits, search
from tests.factories import (
    make_author,
    make_document,
    make_published,
    make_revision,
    make_source,
    make_tag,
    make_topic,
    publish_change,
    utc,
)
from tests.strategies import TRICKY, scratch

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)


def read(client, path="/search/", status=200, **asked):
    response = client.get(f"{path}?{urlencode(asked, errors='surrogatepass')}" if asked else path)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def headlines(page):
    """Return the headlines of the hits on a page, as they are shown, without marks."""
    found = re.findall(r"<h2><a href=\"[^\"]*\"[^>]*>(.*?)</a></h2>", page)
    return [html.unescape(re.sub("</?mark>", "", headline)).strip() for headline in found]


def find(client, text, **asked):
    return headlines(read(client, q=text, **asked))


def links(page):
    return {html.unescape(address) for address in re.findall(r'href="(/search/[^"]*)"', page)}


def test_stories_are_found_by_words_phrases_beginnings_and_exclusions(client, editor):
    make_published(by=editor, headline="First", text="The harbour master opened the old gate at dawn.")
    make_published(by=editor, headline="Second", text="The gate of the harbour was old.")
    assert set(find(client, "harbour gate")) == {"First", "Second"}
    assert find(client, '"old gate"') == ["First"]
    assert set(find(client, "harb")) == {"First", "Second"}
    assert find(client, '"harb"') == []
    assert find(client, "da*") == ["First"]
    assert find(client, "gate -dawn") == ["Second"]
    assert find(client, "gate dawn second") == []


def test_accents_case_and_scripts_fold_alike(client, editor):
    make_published(by=editor, headline="İstanbul’da Çavuşoğlu", slug="a", text="Łódź, Straße")
    make_published(by=editor, headline="Встреча в Стамбуле", slug="b", text="Ёлка")
    make_published(by=editor, headline="محادثات إسطنبول", slug="c")
    make_published(by=editor, headline="東京都の会議", slug="d")
    for text in ("istanbul", "ISTANBUL", "ıstanbul", "cavusoglu", "ÇAVUŞOĞLU", "lodz", "strasse"):
        assert find(client, text) == ["İstanbul’da Çavuşoğlu"], text
    assert find(client, "стамбул елка") == ["Встреча в Стамбуле"]
    assert find(client, "اسطنبول") == ["محادثات إسطنبول"]
    for text in ("東京", "京都", "会議", "都", "議"):
        assert find(client, text) == ["東京都の会議"], text
    assert find(client, "東都") == []


def test_the_headline_weighs_most_and_the_date_orders_when_asked(client):
    make_published(headline="Ferry", at=utc(2024, 1, 1), text="x " * 80)
    make_published(headline="Late", at=utc(2025, 1, 1), text=f"The ferry. {'x ' * 80}")
    make_published(headline="Later", at=utc(2025, 2, 1), text=f"A ferry, and the ferry of a ferry. {'x ' * 80}")
    assert find(client, "ferry") == ["Ferry", "Later", "Late"]
    assert find(client, "ferry", sort="date") == ["Later", "Late", "Ferry"]


def test_the_word_itself_comes_before_longer_ones(client):
    make_published(headline="Port", at=utc(2024, 1, 1), standfirst="")
    for day in range(1, 4):
        make_published(headline=f"Portugal {day}", at=utc(2025, 1, day), standfirst="")
    assert find(client, "port")[0] == "Port"
    assert len(find(client, "port")) == 4


def test_what_was_searched_for_is_marked_in_the_text_as_it_was_written(client, editor):
    make_published(
        by=editor,
        headline="The <gate> of Łódź & others",
        slug="gate",
        standfirst="Nothing of it here.",
        text=f"{'Before. ' * 60}The mayor of &lt;b&gt;ŁÓDŹ&lt;/b&gt; opened it.{' After.' * 60}",
    )
    page = read(client, q="lodz mayor")
    assert "The &lt;gate&gt; of <mark>Łódź</mark> &amp; others" in page
    assert "<mark>mayor</mark> of &lt;b&gt;<mark>ŁÓDŹ</mark>&lt;/b&gt; opened it. After." in page
    assert "… Before. Before." in page
    assert "Nothing of it here" not in page
    assert page.count("Before.") < 20


def test_a_phrase_is_marked_as_one(client, editor):
    make_published(by=editor, headline="Gate", text="The old gate. The gate, old.")
    assert "The <mark>old gate</mark>. The gate, old." in read(client, q='"old gate"')


def test_a_hit_in_the_headline_only_shows_the_summary(client, editor):
    make_published(by=editor, headline="Ferry", summary="What happened.", standfirst="How.", text="x")
    assert '<p class="summary" lang="en" dir="ltr">What happened.</p>' in read(client, q="ferry").replace(
        '<p class="summary">', '<p class="summary" lang="en" dir="ltr">'
    )


def test_cited_names_are_found_as_the_story_keeps_them(client, editor):
    source = make_source("Harbour Watch")
    make_published(by=editor, headline="Gate", source=source)
    source.name = "Renamed"
    source.save()
    page = read(client, q="watch")
    assert "Harbour <mark>Watch</mark>" in page
    assert find(client, "renamed") == []


@pytest.fixture
def filed(editor):
    """Three stories: two in topic Turkey, part of Places, one of 2024; one with a tag and another source."""
    places = make_topic("Places")
    make_topic("Turkey", parent=places)
    make_tag("Peace")
    ministry = make_source("Ministry")
    office = make_source("Office")
    make_published(headline="One ferry", topics=["turkey"], source=ministry, at=utc(2024, 5, 1))
    make_published(headline="Two ferries", topics=["turkey"], tags=["peace"], source=office, at=utc(2025, 5, 1))
    make_published(headline="Ferry three", kind="analysis", source=office, at=utc(2025, 6, 1))


def test_facets_count_what_was_found_and_narrow_it_down(client, filed):
    page = read(client, q="ferr", sort="date")
    for facet, value, label, count in (
        ("topic", "places", "Places", 2),
        ("topic", "turkey", "Turkey", 2),
        ("tag", "peace", "Peace", 1),
        ("source", "office", "Office", 2),
        ("kind", "analysis", "Analysis", 1),
        ("year", "2024", "2024", 1),
    ):
        address = f"/search/?{urlencode({'q': 'ferr', 'sort': 'date', facet: value})}"
        assert f'<a href="{html.escape(address)}">{label}</a> <span>{count}<' in page
    assert find(client, "ferr", source="office", year="2025", topic="turkey") == ["Two ferries"]
    assert find(client, "ferr", kind="analysis", topic="turkey") == []


def test_what_is_chosen_can_be_removed_and_stays_when_the_form_is_sent(client, filed):
    page = read(client, q="ferr", topic="turkey", year="2024", sort="date")
    assert "/search/?q=ferr&sort=date&year=2024" in links(page)
    assert "/search/?q=ferr&sort=date&topic=turkey" in links(page)
    for name, value in (("topic", "turkey"), ("year", "2024"), ("sort", "date")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
    assert 'id="by-topic"' not in page  # it is chosen


def test_facets_that_narrow_nothing_down_are_not_shown(client, filed):
    page = read(client, q="two")
    assert "Narrow it down" not in page


def test_stories_under_a_topic_can_be_listed_without_a_word(client, filed):
    assert find(client, "", topic="places") == ["Two ferries", "One ferry"]


def test_a_merged_topic_finds_what_it_became(client, filed):
    old = make_topic("Türkiye", slug="old")
    old.alias_of = make_topic("New")
    old.save()
    make_published(headline="Merged ferry", topics=["old"], at=utc(2025, 7, 1))
    refile(old)
    page = read(client, q="ferr")
    assert ">New</a>" in page
    assert "Türkiye" not in page
    assert find(client, "", topic="old") == find(client, "", topic="new") == ["Merged ferry"]


@pytest.mark.parametrize(
    "asked",
    [
        {"topic": "nothing"},
        {"topic": "unused"},
        {"topic": "\0"},
        {"tag": "\ud800"},
        {"source": "a b" * 5000},
        {"kind": "nothing"},
        {"year": "0"},
        {"year": "٢٠٢٥"},
        {"year": "99999999999"},
        {"before": "x", "sort": "date"},
        {"before": "9" * 19, "sort": "date"},
        {"before": "1", "sort": "date"},
        {"before": "5"},
        {"page": "0"},
        {"page": "2"},
        {"page": "99999"},
        {"page": "2", "sort": "date"},
    ],
)
def test_what_cannot_be_is_not_found(client, filed, asked):
    make_topic("Unused")
    read(client, status=404, q="ferry", **asked)


def test_pages_by_date_go_on_by_key(client):
    for number in range(41):
        make_published(headline=f"Ferry {number}", at=utc(2025, 1, 1) + number * HOUR)
    page = read(client, q="ferry", sort="date", year="2025")
    shown = headlines(page)
    assert "41 results" in page
    for _ in range(2):
        [older] = [address for address in links(page) if "before=" in address]
        assert "year=2025" in older
        page = read(client, older)
        shown += headlines(page)
    assert shown == [f"Ferry {number}" for number in reversed(range(41))]
    assert not [address for address in links(page) if "before=" in address]


def test_a_page_about_us_is_counted_as_no_story(client):
    make_published(headline="Ferry", kind="page")
    make_published(headline="Ferry")
    page = read(client, q="ferry")
    assert '<p role="status">2 results</p>' in page
    assert re.search(r'>Page about us</a> <span>1<span class="hidden"> result</span>', page)


def test_pages_by_relevance_go_on_by_number(client):
    for number in range(21):
        make_published(headline=f"Ferry {number}", at=utc(2025, 1, 1) + number * HOUR)
    page = read(client, q="ferry")
    rest = read(client, q="ferry", page="2")
    assert "/search/?q=ferry&page=2" in links(page)
    assert {*headlines(page), *headlines(rest)} == {f"Ferry {number}" for number in range(21)}
    assert len(headlines(rest)) == 1


def test_of_very_many_the_newest_are_counted_and_ranked(client, monkeypatch):
    monkeypatch.setattr(search, "MOST", 2)
    for number in range(4):
        make_published(headline=f"Ferry {number}", at=utc(2025, 1, 1) + number * HOUR)
    page = read(client, q="ferry")
    assert "Over 2 results; the newest 2 are ranked and counted." in page
    assert set(headlines(page)) == {"Ferry 3", "Ferry 2"}


def test_the_page_may_not_be_indexed_and_knows_its_address(client, filed):
    page = read(client, q="ferr", kind="analysis", nothing="x")
    assert '<meta name="robots" content="noindex,follow">' in page
    assert '<link rel="canonical" href="http://testserver/search/?q=ferr&amp;kind=analysis">' in page
    assert '<a href="/search/">Search</a>' in read(client, "/")


def test_the_number_of_queries_does_not_grow(client, filed, django_assert_max_num_queries):
    for number in range(30):
        make_published(headline=f"Ferry {number}", topics=["turkey"], tags=["peace"])
    most = 9 if connection.vendor == "sqlite" else 13  # with transaction and deadline
    with django_assert_max_num_queries(most):
        read(client, q="ferry")
    with django_assert_max_num_queries(most):
        read(client, q="ferry", topic="turkey", tag="peace", year=str(timezone.now().year))
    with django_assert_max_num_queries(16 if connection.vendor == "sqlite" else 46):
        read(client, q="ferries gattering blue green")


def test_a_slip_is_met_with_a_name_that_readers_see(client, editor):
    make_tag("Istanbul")
    make_tag("Istambol")
    make_author("Ada Lovelace")
    make_published(by=editor, headline="Talks in Istanbul", tags=["istanbul"], text="By Lovelace.")
    make_revision(headline="Draft", tags=["istambol"])
    page = read(client, q="istambul talks")
    assert "Did you mean <a href=" in page
    assert "/search/?q=Istanbul+talks" in links(page)
    assert "Istambol" not in page
    assert "Did you mean" not in read(client, q="paris talks")


def test_a_slip_beside_the_right_word_is_met_with_that_word_once(client, editor):
    make_tag("Istanbul")
    make_published(by=editor, headline="Talks in Istanbul", tags=["istanbul"])
    assert "/search/?q=istanbul" in links(read(client, q="istanbul istambul"))


def test_a_name_that_finds_nothing_is_not_suggested(client, editor):
    make_tag("Istanbul")
    make_published(by=editor, headline="Talks", tags=["istanbul"])
    assert "Did you mean" not in read(client, q="istambul")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("отношениями", "отношени*"),
        ("переговоров россии", "перегово* росси*"),
        ("встречами", "встреч*"),
        ("-отношениями отношениями встречами", "-отношениями отношени* встреч*"),
        ("«встречи в» отношениями", "«встречи в» отношени*"),
    ],
)
def test_another_form_of_a_word_is_met_with_its_beginning(client, editor, typed, offered):
    make_published(by=editor, headline="Отношения России", text="Переговоры и встречи в Стамбуле")
    page = read(client, q=typed)
    assert f"<b>{offered}</b>" in page
    assert "Отношения" in read(client, q=offered)


def test_a_beginning_that_finds_nothing_is_not_offered(client, filed):
    assert "begin the same way" not in read(client, q="отношениями")
    assert "begin the same way" not in read(client, q="port")


def test_where_nothing_is_found_the_page_helps(client, editor):
    make_published(by=editor, headline="The gate")
    make_published(by=editor, headline="The ferry", kind="analysis")
    page = read(client, q="gate ferry nothing", kind="explainer")
    assert "No story has all of these words." in page
    assert "/search/?q=gate&kind=explainer" in links(page)
    assert "/search/?q=ferry&kind=explainer" not in links(page)  # it would find nothing
    assert "/search/?q=gate+ferry+nothing" in links(page)
    assert "How to search" in page


@pytest.mark.parametrize(
    ("asked", "said", "again"),
    [
        ({"q": 'gate harbour -"old wall"'}, "No story has these words without “old wall”.", "?q=gate+harbour"),
        ({"q": "gate −harbour"}, "No story has this without “harbour”.", "?q=gate"),
        ({"q": "gate -harbour -wall"}, "Every story that would be found has something you excluded.", "?q=gate"),
        ({"q": "-wall", "kind": "analysis"}, "Every story that would be found has something", "?kind=analysis"),
    ],
)
def test_where_only_what_was_excluded_is_in_the_way_the_page_says_so(client, editor, asked, said, again):
    make_published(by=editor, headline="The gate of the harbour", kind="analysis", text="An old wall.")
    page = read(client, **asked)
    assert said in page
    assert "have one of them" not in page
    assert f"/search/{again}" in links(page)
    assert headlines(read(client, f"/search/{again}")) == ["The gate of the harbour"]
    assert "No story has all of these words." in read(client, q="gate paris -harbour")


def test_pages_about_us_are_found_as_such(client, editor):
    make_published(by=editor, headline="How we correct", kind="page", slug="corrections")
    make_published(by=editor, headline="The ministry corrects")
    assert set(find(client, "correct")) == {"How we correct", "The ministry corrects"}
    assert find(client, "correct", kind="page") == ["How we correct"]
    assert "/search/?q=correct&kind=page" in links(read(client, q="correct"))


def test_without_a_word_the_page_says_how_to_search(client):
    assert "How to search" in read(client)
    assert "a search needs more than exclusions" in read(client, q="-gate")
    assert "There is no letter or digit" in read(client, q="***")


def test_a_long_question_says_what_was_searched_for(client, editor):
    make_published(by=editor, headline="Many words", text=" ".join(f"w{number}" for number in range(10)))
    page = read(client, q=" ".join(f"w{number}" for number in range(30)))
    assert "only its first 10 words and phrases were searched for" in page
    assert headlines(page) == ["Many words"]


def test_nobody_finds_what_is_not_published(client, editor):
    story = make_published(by=editor, headline="Seen").story
    publish_change(story, by=editor, headline="Planned", at=timezone.now() + HOUR)
    make_revision(by=editor, headline="Drafted")
    for text in ("planned", "drafted", "plan*"):
        assert find(client, text) == []
    assert find(client, "", kind="explainer") == ["Seen"]
    assert "1 result" in read(client, q="", kind="explainer")


def test_nobody_finds_what_was_taken_back(client, editor):
    told = {"by": editor, "signed": "Ada", "reason": "It was forged."}
    version = make_published(by=editor, headline="Ferry", standfirst="Lovelace sails.", text="She was aboard.")
    redact(version.story, passage="Lovelace", expecting=seen(version.story), **told)
    assert find(client, "lovelace") == []
    assert "Lovelace" not in read(client, q="sails")
    retract(version.story, expecting=seen(version.story), **told)
    page = read(client, q="ferry")
    assert "retracted" in page
    assert "sails" not in page
    assert find(client, "aboard") == []
    withdraw(version.story, expecting=seen(version.story), **told)
    assert find(client, "ferry") == []


NASTY = ['"', "*", "NOT (", "\0", "\ud800", "x" * 10_000, '" OR 1=1 --', "head:ferry", "'", "\\", "NEAR(a b)", "a^b"]


@pytest.mark.parametrize("text", [*NASTY, *TRICKY, "<script>alert(1)</script>", '"><img src=x onerror=y>', "a" * 200])
def test_any_question_gives_a_page(client, editor, text):
    make_published(by=editor, headline="The ferry <b>", slug="x")
    page = read(client, q=text, sort=text)
    assert "<script" not in page
    assert "<img" not in page


@given(st.text(), st.sampled_from(["q", "sort", "topic", "tag", "source", "kind", "year", "before", "page"]))
@example("\0", "tag")
@example("1" * 5000, "page")
@example("٣", "before")
def test_nothing_that_is_asked_is_an_error(client, text, name):
    with scratch():
        make_published(headline=f"Ferry {text}"[:200], slug="ferry", at=utc(2025, 1, 1))
        asked = f"{name}={quote(text, errors='surrogatepass')}"
        for query in (asked, f"q=ferry&{asked}", f"q=ferry&sort=date&{asked}", f"kind=explainer&{asked}"):
            assert client.get(f"/search/?{query}").status_code in (200, 404)


def test_three_long_words_that_nobody_wrote_find_nothing_and_break_nothing(client):
    chance = random.Random(1)
    words = ["".join(chance.choices(string.ascii_lowercase, k=40)) for _number in range(3)]
    assert client.get(f"/search/?q={'+'.join(words)}").status_code == 200


@given(st.text(min_size=1, max_size=80))
def test_a_story_is_found_by_any_part_of_its_headline(client, editor, text):
    with scratch():
        version = make_published(by=editor, headline=f"Ferry {text}"[:200], slug="ferry")
        shown = version.headline
        assert find(client, f'ferry "{shown}"'.replace("-", " ")) == [shown]


@pytest.mark.parametrize("path", ["/search/?%ff=%fe", "/search/?q=%ff%fe", "/search/?q=%00", "/search/?q=a&q=b&q"])
def test_broken_addresses_give_a_page(client, path):
    read(client, path)


def test_posting_is_refused(client):
    assert client.post("/search/", {"q": "x"}).status_code == 405


ENDLESS = {
    "sqlite": "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n) > 0",
    "postgresql": "(SELECT pg_sleep(60)) IS NULL",
}


def test_a_search_that_takes_too_long_is_given_up(client, editor, monkeypatch):
    make_published(by=editor, headline="Ferry")
    with monkeypatch.context() as patch:
        patch.setattr(hits, "DEADLINE", 0.2)
        patch.setattr(hits, "rule", lambda instant: (ENDLESS[connection.vendor], []))
        page = read(client, q="ferry", status=503)
    assert "This search took too long and was given up." in page
    assert 'value="ferry"' in page
    assert find(client, "ferry") == ["Ferry"]


def test_the_deadline_ends_with_the_search(client, editor):
    make_published(by=editor, headline="Ferry")
    assert find(client, "ferry") == ["Ferry"]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("0",)


def test_a_document_as_it_was_stored_is_shown(client):
    """Passages are read from the version, so an example of every field must not fail."""
    document = make_document(headline="Ferry", editors_note="Ferry note", dateline="Ferry town")
    make_published(**{name: value for name, value in document.items() if name not in ("schema", "id")})
    assert "<mark>Ferry</mark> town" in read(client, q='"ferry town"').replace("Ferry town</mark>", "Ferry</mark> town")


@pytest.mark.parametrize("common", [1, 99])
def test_all_hits_are_found_though_many_of_the_newest_rows_are_plans(client, editor, monkeypatch, common):
    """On PostgreSQL, which looks at the newest rows first: those with the words, or all if nearly all have them."""
    for name, value in (("SAMPLE", 3), ("COMMON", common), ("ENOUGH", 2)):
        monkeypatch.setattr(hits, name, value)
    make_published(headline="Ferry 1", at=utc(2024, 1, 1))
    for number in (2, 3):
        live = make_published(headline=f"Ferry {number}", at=utc(2024, number, 1))
        publish_change(live.story, by=editor, headline=f"The ferry {number}", at=utc(2099, 1, 1))
    assert set(headlines(read(client, q="ferry"))) == {"Ferry 1", "Ferry 2", "Ferry 3"}


def test_a_phrase_of_common_words_is_looked_for_in_the_newest_stories_and_then_in_older_ones(client, monkeypatch):
    """On PostgreSQL, whose index knows no places; SQLite's does, and looks through all."""
    monkeypatch.setattr(hits, "LOOKED_AT", 3)
    monkeypatch.setattr(search, "LOOKED_AT", 3)
    make_published(headline="Oldest", text="The old ferry.", at=utc(2024, 1, 1))
    for number in range(3):
        make_published(headline=f"Ferry {number}", text="The ferry is old.", at=utc(2025, 1, 1) + number * HOUR)
    page = read(client, q='"old ferry"')
    if connection.vendor == "postgresql":
        assert headlines(page) == []
        assert "Looked through were the newest 3 stories with these words." in page
        [older] = [address for address in links(page) if "before=" in address]
        page = read(client, older)
    assert headlines(page) == ["Oldest"]
    assert not [address for address in links(page) if "before=" in address]
