"""The reader's pages in a real browser: whole, quiet and usable by everyone."""

from functools import partial

import pytest

from tests.browsing import violations
from tests.site.pages import make_answers, make_pages

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NARROW = {"width": 320, "height": 640}
OPEN = "document.querySelectorAll('details').forEach(details => details.open = true)"


@pytest.fixture
def paths():
    return make_pages()


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
    return [text for text in complaints if not (status in (404, 410) and f"status of {status}" in text)]


def serve(page, origin, answers):
    """Let `page` find each of the answers {name: HTML} at an address of `origin`; return {name: path}."""
    for name, html in answers.items():
        page.route(f"{origin}/answers/{name}", partial(fulfill, html))
    return {name: f"/answers/{name}" for name in answers}


def fulfill(html, route):
    route.fulfill(body=html, content_type="text/html; charset=utf-8")


def test_every_page_is_accessible_and_quiet(live_server, page, paths):
    paths |= serve(page, live_server.url, make_answers(paths))
    found = {name: [*visit(page, live_server.url + path), *violations(page)] for name, path in paths.items()}
    assert {name: complaints for name, complaints in found.items() if complaints} == {}


# What stands beyond the edges of the screen, but for what scrolls in a frame of its own or is only heard.
OUTSIDE = """() => [...document.querySelectorAll("body *")].filter(element => {
    const box = element.getBoundingClientRect();
    return (box.left < -1 || box.right > document.documentElement.clientWidth + 1)
        && !element.closest(".scroll, .skip, .hidden, [hidden]");
}).map(element => element.outerHTML.slice(0, 80))"""


def test_no_page_is_wider_than_a_narrow_screen_whatever_its_words(live_server, page, paths):
    page.set_viewport_size(NARROW)
    wide = {}
    for name, path in paths.items():
        page.goto(live_server.url + path)
        page.evaluate(OPEN)
        if outside := page.evaluate(OUTSIDE):
            wide[name] = outside[:3]
    assert wide == {}


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
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(live_server.url + paths["right-to-left story"])
    note, text = places()
    assert note["x"] + note["width"] <= text["x"]
    assert abs(note["y"] - text["y"]) < 30


def test_the_skip_link_is_the_first_stop_and_leads_to_the_story(live_server, page, paths):
    page.goto(live_server.url + paths["story"])
    page.keyboard.press("Tab")
    link = page.locator(":focus")
    assert link.inner_text() == "Skip to the story"
    assert link.bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
