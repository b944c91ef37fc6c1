"""The reader's pages in a real browser: whole, quiet and usable by everyone."""

import pytest
from django.utils import timezone

from stories.models import Tag
from stories.models.citation import make_key
from stories.publishing.document import new_id
from stories.site.at import address_at
from tests.browsing import violations
from tests.factories import make_author, make_published, make_source, make_topic, publish_change
from tests.site.rich import make_rich, named

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NARROW = {"width": 320, "height": 640}
LONG = "Donaudampfschifffahrt" * 4  # a word that no screen has room for
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
    corrected = make_published(by=editor, headline=f"A {LONG}", slug="long", override="x", **long_words())
    correction = {"wrong": f"It was {LONG}.", "right": "It is.", "severity": "major"}
    values = {"correction": correction, "standfirst": f"Now right: {LONG}."}
    publish_change(corrected.story, by=editor, change="correction", note=LONG, override="x", **values)
    for number in range(20):
        make_published(by=editor, headline=f"Story {number}", kind="breaking" if number else "news", override="x")
    about = make_published(kind="page", slug="us", headline=f"About {LONG}")
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
        **{f"long {part}": f"/{part}/long/" for part in ("topics", "tags", "sources", "authors")},
        "authors": "/authors/",
        "author": "/authors/ada-reporter/",
        "not found": "/nothing/",
    }


def long_words():
    """Return fields of a story whose every text, and the name of everything it is filed under, is one long word."""
    names = {"name": LONG, "slug": "long"}
    key = make_key()
    cited = f'{LONG}<cite data-key="{key}"></cite>'
    table = f"<table><tr>{'<th>Year</th>' * 12}</tr><tr>{'<td>1,234,567</td>' * 12}</tr></table>"
    lists = f"<ul><li>{LONG}<ul><li>{LONG}</li></ul></li></ul>"
    post = {"account": LONG, "handle": f"@{LONG}", "platform": LONG[:50], "words": LONG, "note": cited}
    blocks = [
        {"type": "text", "html": f"<p>{cited}</p><h2>{LONG}</h2>{lists}{table}"},
        {"type": "key_point", "label": LONG, "detail": LONG},
        {"type": "quote", "words": LONG, "attribution": cited},
        {"type": "post", **post},
        {"type": "event", "date": "1962", "detail": LONG},
        {"type": "question", "question": LONG, "answer": f"<p>{LONG}</p>"},
    ]
    source = named(make_source(role=LONG, handle=f"@{LONG}", kind="account", url="https://example.org/", **names))
    told = {"obtained": "post", "published_on": "2025-02", "quote": LONG}
    link = f"https://{'long.' * 20}example.org/{LONG}"
    return {
        "kicker": LONG,
        "summary": LONG,
        "dateline": LONG,
        "topics": [make_topic(description=LONG, **names).slug],
        "tags": [Tag.objects.create(**names).slug],
        "authors": [{"slug": make_author(biography=LONG, **names).slug, "role": LONG}],
        "blocks": [{"id": new_id()} | block for block in blocks],
        "citations": [{"key": key, "source": source, "url": link, "archived_url": link, **told}],
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
