"""From what a check says to where it is settled, in a real browser."""

import pytest
from playwright.sync_api import expect

from stories.publishing.working_copy import picture_document
from tests.browsing import violations, width_of
from tests.desk.writing import open_story, ready
from tests.factories import make_picture, make_revision

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


def test_each_finding_leads_to_its_field_which_opens(writer):
    open_story(writer, lacking())
    expect(writer.locator(".preflight summary")).to_have_text("5 things block publishing, 1 warning")
    writer.evaluate("document.querySelectorAll('.row-fold[aria-expanded=true]').forEach((fold) => fold.click())")

    follow(writer, "A quotation cites nobody.")
    quote = writer.locator(".order-machine > .inline-related", has=writer.locator(f"input[value='{QUOTE}']"))
    expect(quote.locator(".ProseMirror")).to_be_focused()
    expect(quote.locator(".ProseMirror")).to_be_in_viewport()
    expect(writer.locator(".preflight .found")).to_be_hidden()

    follow(writer, "A placeholder is left")
    expect(writer.locator(".order-machine .ProseMirror", has_text="TK")).to_be_focused()

    follow(writer, "Tick that it is information")
    expect(writer.locator("#id_citations-0-factual")).to_be_focused()
    follow(writer, "must approve it")
    expect(writer.locator("#citations-0 .field-approver .select2-selection")).to_be_focused()

    for _again in range(2):  # the second time the address does not change
        follow(writer, "has ties to the subject")
        expect(writer.get_by_label("Interests")).to_be_focused()
        writer.get_by_label("Headline").focus()


PLACES = {
    f"block-{BLOCK}": ".order-machine .ProseMirror:has(cite)",
    f"block-{QUOTE}.language": "[name=stories_quote_set-0-language]",
    f"citation-{KEY}": "#citations-0 .select2-selection",
    f"citation-{KEY}.descriptor": "#id_citations-0-descriptor",
    f"citation-{KEY}.published_on": "#id_citations-0-published_on",
    f"citation-{KEY}.via": "#citations-0 .field-via .select2-selection",
    "citations-group": "#citations-group .row-fold",
    "credits-group": "#credits-0 .select2-selection",
    "blocks": ".order-machine .ProseMirror:has(cite)",
    "notes": "#text-new",
} | {
    f"id_{name}": f"#id_{name}"
    for name in ("headline", "language", "slug", "kind", "embargo_until_0", "standfirst", "kicker", "summary",
                 "dateline", "editors_note", "interest_note", "ai_statement", "ai_checked")
}  # fmt: skip


def test_the_pages_to_submit_and_to_publish_lead_to_the_field_too(writer):
    address = f"{writer.story_url}/{lacking().pk}/change/"
    writer.goto(f"{address}#citation-{KEY}")
    ready(writer)
    expect(writer.locator("#citations-0 .select2-selection").first).to_be_focused()
    for anchor, selector in PLACES.items():
        writer.evaluate(
            """anchor => {
                for (const each of document.querySelectorAll("details")) each.open = false
                for (const each of document.querySelectorAll("h3 .row-fold[aria-expanded=true]")) each.click()
                location.hash = anchor
            }""",
            anchor,
        )
        expect(writer.locator(selector).first, anchor).to_be_focused()
        expect(writer.locator(selector).first, anchor).to_be_in_viewport()


def test_a_picture_is_mended_on_its_page(writer):
    picture = make_picture(credit="")
    story = make_revision(language="en", lead_image=picture_document(picture)).story
    open_story(writer, story)
    follow(writer, "A picture lacks a credit.")
    expect(writer.get_by_label("Credit")).to_be_focused()


def test_an_anchor_of_nothing_leads_nowhere(writer):
    writer.goto(f"{writer.story_url}/{lacking().pk}/change/#block-%E0%A4%A")
    ready(writer)
    writer.evaluate("location.hash = 'citation-\"]'")
    expect(writer.locator(".block-bar")).to_be_visible()


def test_axe_finds_nothing_on_what_was_found(writer):
    story = lacking()
    open_story(writer, story)
    writer.locator(".preflight summary").press("Enter")
    writer.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true })")
    assert violations(writer) == []
    assert violations(writer, f"{writer.story_url}/{story.pk}/publish/") == []


@pytest.mark.parametrize("width", [390, 820, 1280])
def test_what_was_found_fits_the_window(writer, width):
    writer.set_viewport_size({"width": width, "height": 800})
    open_story(writer, lacking())
    writer.locator(".preflight summary").press("Enter")
    expect(writer.locator(".preflight h2").first).to_be_in_viewport()
    assert width_of(writer) <= width
