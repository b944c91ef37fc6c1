"""From what a check says to where it is settled, in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.desk.test_browser import desk, open_story, ready  # noqa: F401
from tests.factories import make_revision

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BLOCK, QUOTE = "5a1c2a52-7d0a-4f5e-8a39-6c2b9d1f0c01", "5a1c2a52-7d0a-4f5e-8a39-6c2b9d1f0c02"
KEY = "00000000000a"


def lacking():
    return make_revision(
        language="en",
        interest_note="",
        blocks=[
            {"id": BLOCK, "type": "text", "html": f'<p>TK<cite data-key="{KEY}"></cite></p>'},
            {"id": QUOTE, "type": "quote", "words": "The gate is open.", "attribution": "The office"},
        ],
        citations=[{"key": KEY, "unnamed": {"descriptor": "an official who attended", "reason": "safety"}}],
    ).story


def follow(page, sentence):
    page.locator(".preflight summary").press("Enter")
    page.locator(".preflight li", has_text=sentence).first.get_by_role("link", name="Go there").press("Enter")


def test_each_finding_leads_to_its_field_which_opens(desk):  # noqa: F811
    open_story(desk, lacking())
    expect(desk.locator(".preflight summary")).to_have_text("5 things block publishing, 1 warning")
    desk.evaluate("document.querySelectorAll('.row-fold[aria-expanded=true]').forEach((fold) => fold.click())")

    follow(desk, "A quotation cites nobody.")
    quote = desk.locator(".order-machine > .inline-related", has=desk.locator(f"input[value='{QUOTE}']"))
    expect(quote.locator(".ProseMirror")).to_be_focused()
    expect(quote.locator(".ProseMirror")).to_be_in_viewport()
    expect(desk.locator(".preflight .found")).to_be_hidden()

    follow(desk, "A placeholder is left")
    expect(desk.locator(".order-machine .ProseMirror", has_text="TK")).to_be_focused()

    follow(desk, "Tick that it is information")
    expect(desk.locator("#id_citations-0-factual")).to_be_focused()
    follow(desk, "must approve it")
    expect(desk.locator("#citations-0 .field-approver .select2-selection")).to_be_focused()

    for _again in range(2):  # the second time the address does not change
        follow(desk, "has ties to the subject")
        expect(desk.get_by_label("Interests")).to_be_focused()
        desk.get_by_label("Headline").focus()


@pytest.mark.parametrize(
    ("anchor", "selector"),
    [
        (f"block-{BLOCK}", ".order-machine .ProseMirror:has(cite)"),
        (f"citation-{KEY}", "#citations-0 .select2-selection"),
        ("id_interest_note", "#id_interest_note"),
        ("credits-group", "#credits-0 .select2-selection"),
    ],
)
def test_the_publish_page_leads_to_the_field_too(desk, anchor, selector):  # noqa: F811
    desk.goto(f"{desk.story_url}/{lacking().pk}/change/#{anchor}")
    ready(desk)
    expect(desk.locator(selector).first).to_be_focused()


def test_an_anchor_of_nothing_leads_nowhere(desk):  # noqa: F811
    desk.goto(f"{desk.story_url}/{lacking().pk}/change/#block-%E0%A4%A")
    ready(desk)
    desk.evaluate("location.hash = 'citation-\"]'")
    expect(desk.locator(".block-bar")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_what_was_found(desk, scheme):  # noqa: F811
    desk.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    story = lacking()
    open_story(desk, story)
    desk.locator(".preflight summary").press("Enter")
    desk.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true })")
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in Axe().run(desk).response["violations"]] == []
    desk.goto(f"{desk.story_url}/{story.pk}/publish/")
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in Axe().run(desk).response["violations"]] == []


@pytest.mark.parametrize("width", [390, 820, 1280])
def test_what_was_found_fits_the_window(desk, width):  # noqa: F811
    desk.set_viewport_size({"width": width, "height": 800})
    open_story(desk, lacking())
    desk.locator(".preflight summary").press("Enter")
    expect(desk.locator(".preflight h2").first).to_be_in_viewport()
    assert desk.evaluate("document.documentElement.scrollWidth") <= width
