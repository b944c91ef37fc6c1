"""The reader's pages in a real browser: whole, quiet and usable by everyone."""

import pytest
from django.utils import timezone

from stories.site.at import address_at
from tests.browsing import violations
from tests.factories import make_published, make_topic, publish_change
from tests.site.rich import make_rich

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NARROW = {"width": 320, "height": 640}
OPEN = "document.querySelectorAll('details').forEach(details => details.open = true)"


@pytest.fixture
def paths(editor):
    """Return {name: path} of one page of each type, on a site with stories."""
    make_topic("Empty", open=True)
    story = make_rich()
    arabic = make_published(
        language="ar",
        headline="محادثات إسطنبول",
        slug="محادثات",
        tags=story.document["tags"],
        topics=story.document["topics"],
    )
    corrected = make_published(by=editor, headline="A" + "very" * 20 + "longword", slug="long")
    correction = {"wrong": "It was.", "right": "It is.", "severity": "major"}
    publish_change(corrected.story, by=editor, change="correction", correction=correction, standfirst="Now right.")
    for number in range(20):
        make_published(by=editor, headline=f"Story {number}", kind="breaking" if number else "news", override="x")
    about = make_published(kind="page", slug="us", headline="About us")
    slugs = story.document
    return {
        "front": "/",
        "story": story.get_absolute_url(),
        "right-to-left story": arabic.get_absolute_url(),
        "corrected story": corrected.get_absolute_url(),
        "history": f"{corrected.path}history/",
        "version": f"{corrected.path}history/1/",
        "difference": f"{corrected.path}history/1-2/",
        "corrections": "/corrections/",
        "month": f"/archive/{timezone.now():%Y/%m}/",
        "another time": "/at/",
        "search": "/search/",
        "hits": "/search/?q=story",
        "hits in right-to-left text": "/search/?q=محادثات",
        "no hits": f"/search/?q={'long' * 40}+story&kind=analysis",
        "story at another time": address_at(timezone.now(), story.path),
        "nothing at that time": f"/at/2020-01-01T00:00Z{corrected.path}",
        "report": f"{story.get_absolute_url()}report/",
        "report in a right-to-left story": f"{arabic.get_absolute_url()}report/",
        "report on an older version": f"{corrected.path}report/?version=1",
        "report sent": f"{corrected.path}report/?sent",
        "page about us": about.path,
        "topics": "/topics/",
        "topic": "/topics/diplomacy/",
        "empty topic": "/topics/empty/",
        "tags": "/tags/",
        "tag": f"/tags/{slugs['tags'][0]}/",
        "sources": "/sources/",
        "source": "/sources/harbour-watch/",
        "authors": "/authors/",
        "author": "/authors/ada-reporter/",
        "not found": "/nothing/",
    }


def visit(page, address):
    """Open a page; return what its console complained of and which other hosts it asked."""
    complaints, origin = [], "/".join(address.split("/")[:3])

    def hear(message):
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    def see(request):
        if not request.url.startswith((origin, "data:")):
            complaints.append(f"asked {request.url}")

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", see)
    status = page.goto(address).status
    page.evaluate(OPEN)
    page.remove_listener("console", hear)
    page.remove_listener("request", see)
    # That the page itself is missing is the one thing a browser may say.
    return [text for text in complaints if not (status == 404 and "status of 404" in text)]


def test_every_page_is_accessible_and_quiet(live_server, page, paths):
    found = {name: [*visit(page, live_server.url + path), *violations(page)] for name, path in paths.items()}
    assert {name: complaints for name, complaints in found.items() if complaints} == {}


def test_no_page_scrolls_sideways_on_a_narrow_screen(live_server, page, paths):
    page.set_viewport_size(NARROW)
    wide = []
    for name, path in paths.items():
        page.goto(live_server.url + path)
        page.evaluate(OPEN)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(name)
    assert wide == []


def test_a_printed_story_fits_the_paper_and_hides_nothing_of_the_text(live_server, page, paths):
    page.set_viewport_size({"width": 700, "height": 1000})
    page.emulate_media(media="print")
    page.goto(live_server.url + paths["story"])
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert page.get_by_text("Nobody knows.").bounding_box()["height"] > 0  # the answer to a closed question
    assert not page.get_by_role("navigation").first.is_visible()


def test_a_reader_goes_from_a_marker_to_its_source_and_back_by_keyboard(live_server, page, paths):
    page.goto(live_server.url + paths["story"])
    page.locator("a.cite").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#source-1"
    page.locator("#source-1 .back a").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#ref-1-1"
    assert page.locator("#ref-1-1").get_attribute("aria-label") == "Source 1: Harbour Watch"


def test_notes_stand_beside_what_they_belong_to_and_below_it_on_narrow_screens(live_server, page, paths):
    def places():
        note = page.locator(".notes").first.bounding_box()
        text = page.locator(".passage:has(.notes) > :first-child").first.bounding_box()
        return note, text

    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(live_server.url + paths["corrected story"])
    note, text = places()
    assert note["x"] >= text["x"] + text["width"]
    assert abs(note["y"] - text["y"]) < 30
    page.set_viewport_size(NARROW)
    note, text = places()
    assert note["y"] >= text["y"] + text["height"]


def test_the_skip_link_is_the_first_stop_and_leads_to_the_story(live_server, page, paths):
    page.goto(live_server.url + paths["story"])
    page.keyboard.press("Tab")
    link = page.locator(":focus")
    assert link.inner_text() == "Skip to the story"
    assert link.bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
