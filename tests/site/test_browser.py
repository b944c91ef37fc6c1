"""The reader's pages in a real browser: whole, quiet and usable by everyone."""

import itertools
from functools import partial

import pytest

from stories.models.citation import make_key
from stories.publishing.document import new_id
from stories.publishing.working_copy import picture_document
from tests.browsing import violations
from tests.factories import make_published, make_source
from tests.site.pages import make_answers, make_pages
from tests.site.rich import make_picture, make_rich, named

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
        && !element.closest(".scroll, .sections, .skip, .hidden, [hidden]");
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


def test_a_printed_story_fits_the_paper_and_hides_nothing_of_the_text(live_server, page):
    page.set_viewport_size({"width": 700, "height": 1000})
    page.emulate_media(media="print")
    page.goto(live_server.url + make_rich().path)
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert page.get_by_text("Nobody knows.").bounding_box()["height"] > 0  # the answer to a closed question
    assert not page.get_by_role("navigation").first.is_visible()


def test_a_reader_goes_from_a_marker_to_its_source_and_back_by_keyboard(live_server, page):
    page.goto(live_server.url + make_rich().path)
    page.locator("a.cite").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#source-1"
    page.locator("#source-1 .back a").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#ref-1-1"
    assert page.locator("#ref-1-1").get_attribute("aria-label") == "Source 1: Harbour Watch"


def make_crowded(**values):
    """Return the version of a story whose notes are higher than its text: each piece cites two sources of its own."""
    citations = []

    def two():
        for _n in range(2):
            source = named(make_source(f"Office for statistics and registers {len(citations)}", role="government"))
            citations.append({"key": make_key(), "source": source, "obtained": "document", "published_on": "2025-02"})
        return "".join(f'<cite data-key="{citation["key"]}"></cite>' for citation in citations[-2:])

    lines = "".join(f"<p>One line.{two()}</p>" for _n in range(12))
    again = "".join(f'<cite data-key="{citation["key"]}"></cite>' for citation in citations[:3])
    table = f"<table><tr><th>A table{two()}</th></tr><tr><td>1</td></tr></table>"
    parts = f"<ul><li>A list.{two()}</li></ul><p>A line.</p>{table}"
    picture = {"type": "figure", "picture": picture_document(make_picture(size=(300, 200)))}
    blocks = [
        *({"type": "key_point", "label": "Point", "detail": f"What it is.{two()}"} for _n in range(3)),
        {"type": "text", "html": f"{lines}<p>Uncited.</p><p>Again.{again}</p><p>Uncited.</p>"},
        picture | {"caption": f"Gulls{two()}"},
        {
            "type": "text",
            "html": f"<h2>Part{two()}</h2><h3>Of it</h3>{parts}<blockquote><p>Words{two()}</p></blockquote>",
        },
        *({"type": "event", "date": "1962", "detail": f"It began.{two()}"} for _n in range(3)),
        {"type": "quote", "words": "Yes.", "attribution": f"Somebody{two()}"},
        *({"type": "question", "question": "Why?", "answer": f"<p>Because.{two()}</p>"} for _n in range(3)),
        {"type": "text", "html": f"<h2>End</h2><p>Last.{two()}</p>"},
    ]
    blocks = [{"id": new_id()} | block for block in blocks]
    return make_published(blocks=blocks, citations=citations, override="A test.", **values)


# Boxes [left, top, right, bottom]: of each element of notes, with that of what it belongs to, and of the text.
PLACES = """() => {
    const box = element => {
        const {left, top, right, bottom} = element.getBoundingClientRect();
        return [left, top, right, bottom];
    };
    const all = selector => [...document.querySelectorAll(selector)];
    return {
        notes: all(".notes").map(notes => [box(notes), box(notes.previousElementSibling)]),
        texts: all(".body > :not(.notes)").map(box),
    };
}"""


def places(page):
    """Return ([(box of notes, box of what they belong to)], [box of text]) of the open story, its questions opened."""
    page.evaluate(OPEN)
    found = page.evaluate(PLACES)
    return found["notes"], found["texts"]


def overlap(one, other):
    return min(one[2], other[2]) - max(one[0], other[0]) > 1 and min(one[3], other[3]) - max(one[1], other[1]) > 1


@pytest.mark.parametrize("language", ["en", "ar"])
def test_notes_stand_beside_their_paragraph_and_touch_nothing_however_many_they_are(live_server, page, language):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(live_server.url + make_crowded(language=language).path)
    notes, texts = places(page)
    assert len(notes) == 29
    for note, text in notes:
        assert text[1] <= note[1] < text[3]
        assert note[0] >= text[2] if language == "en" else note[2] <= text[0]
    boxes = [note for note, _text in notes] + texts
    assert not [pair for pair in itertools.combinations(boxes, 2) if overlap(*pair)]


# Of each marker: is it hit in its middle, how wide is what hits it, does another stand beside it.
TARGETS = """() => [...document.querySelectorAll(".body .cite")].map(marker => {
    marker.scrollIntoView({block: "center", behavior: "instant"});
    const {left, right, top, bottom} = marker.getBoundingClientRect(), middle = (top + bottom) / 2;
    const hit = x => document.elementFromPoint(x, middle) === marker;
    let from = (left + right) / 2, to = from;
    while (hit(from - 1)) from--;
    while (hit(to + 1)) to++;
    return [hit((left + right) / 2), to - from + 1, marker.classList.length > 1];
})"""


def test_a_marker_has_room_for_a_finger_and_leaves_its_neighbours_theirs(live_server, page):
    page.set_viewport_size({"width": 390, "height": 900})
    for path, with_neighbours in ((make_rich().path, False), (make_crowded().path, True)):
        page.goto(live_server.url + path)
        page.evaluate(OPEN)
        targets = page.evaluate(TARGETS)
        assert all(hit for hit, _width, _beside in targets)
        assert all(width >= (10 if beside else 24) for _hit, width, beside in targets)
        assert any(beside for _hit, _width, beside in targets) == with_neighbours


def test_notes_stand_right_below_their_paragraph_on_narrow_screens_and_on_paper(live_server, page):
    path = make_crowded().path
    for width, media in ((390, "screen"), (320, "screen"), (700, "print")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(media=media)
        page.goto(live_server.url + path)
        notes, texts = places(page)
        assert len(notes) == 29
        assert all(0 <= note[1] - text[3] < 20 for note, text in notes)
        assert all(abs(note[0] - text[0]) < 60 for note, text in notes)
        assert not [pair for pair in itertools.combinations(texts, 2) if overlap(*pair)]
        assert page.evaluate(OUTSIDE) == []


def test_the_skip_link_is_the_first_stop_and_leads_to_the_story(live_server, page):
    page.goto(live_server.url + make_rich().path)
    page.keyboard.press("Tab")
    link = page.locator(":focus")
    assert link.inner_text() == "Skip to the story"
    assert link.bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_structured_data_is_taken_for_data(live_server, page):
    version = make_rich()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    response = page.goto(f"{live_server.url}{version.path}")
    assert "script-src 'self'" in response.headers["content-security-policy"]
    page.wait_for_load_state("networkidle")
    assert page.locator('script[type="application/ld+json"]').count() == 1
    assert said == []
