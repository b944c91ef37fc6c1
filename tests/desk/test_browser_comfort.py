"""Writing in comfort, in a browser: sources made while one writes, pasted texts, keys, counts and names proposed."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from stories.models import Source
from tests.desk.test_browser import desk, document_of, open_story, ready, save  # noqa: F401
from tests.factories import make_revision, make_source

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def writer(desk):  # noqa: F811
    desk.set_viewport_size({"width": 1280, "height": 900})
    return desk


def text_of(page):
    return page.locator(".order-machine .ProseMirror").first


def violations(page, context=None):
    found = Axe().run(page, context=context).response["violations"]
    return [(rule["id"], [node["html"][:200] for node in rule["nodes"]][:3]) for rule in found]


# Citing


def test_a_source_is_made_and_cited_without_leaving_the_text(writer):
    story = make_revision(language="en", text="The gate opened").story
    open_story(writer, story)
    text_of(writer).press("Control+End")
    keys = writer.keyboard
    keys.press("Control+Shift+c")
    expect(writer.get_by_role("dialog", name="Cite a source")).to_be_visible()
    keys.type("Port Authority")
    expect(writer.get_by_text("No source fits. Make a new one.")).to_be_visible()
    keys.press("Tab")
    expect(writer.get_by_role("button", name="New source")).to_be_focused()
    keys.press("Enter")
    expect(writer.get_by_label("Name:")).to_be_focused()
    expect(writer.get_by_label("Name:")).to_have_value("Port Authority")
    keys.press("Tab")
    keys.type("person")
    keys.press("Tab")
    keys.type("https://port.example/")
    keys.press("Enter")
    expect(writer.get_by_role("dialog")).to_have_count(0)
    expect(text_of(writer)).to_be_focused()
    expect(writer.locator("#story-status")).to_have_text("Cited: Port Authority")
    expect(writer.locator(".ProseMirror cite").last).to_have_text("2")
    keys.type(" at nine.")
    save(writer)
    document = document_of(story)
    new = document["citations"][-1]
    assert (new["source"]["name"], new["source"]["kind"]) == ("Port Authority", "person")
    assert document["blocks"][0]["html"].endswith(f'<cite data-key="{new["key"]}"></cite> at nine.</p>')


def test_a_source_that_the_story_does_not_cite_yet_is_found_and_cited(writer):
    story = make_revision(language="en", source=make_source("Harbour Office")).story
    make_source("Port Authority")
    open_story(writer, story)
    text_of(writer).press("Control+End")
    writer.keyboard.press("Control+Shift+c")
    writer.keyboard.type("port")
    expect(writer.get_by_role("button", name=re.compile("Port Authority"))).to_be_visible()
    writer.keyboard.press("Enter")
    expect(writer.locator(".ProseMirror cite")).to_have_text(["1", "2"])
    save(writer)
    assert [c["source"]["name"] for c in document_of(story)["citations"]] == ["Harbour Office", "Port Authority"]


def test_what_is_wrong_with_a_new_source_is_said_in_the_dialog(writer):
    open_story(writer, make_revision(language="en").story)
    text_of(writer).press("Control+Shift+c")
    writer.get_by_role("button", name="New source").click()
    with writer.expect_response("**/new-source/"):
        writer.get_by_label("Name:").press("Enter")
    expect(writer.get_by_text("Write the name of the source.")).to_be_visible()
    expect(writer.get_by_label("Name:")).to_be_focused()
    assert violations(writer, ".citation-dialog") == []
    writer.get_by_role("button", name="Back").click()
    expect(writer.get_by_label("Find a source")).to_be_focused()
    writer.keyboard.press("Escape")
    expect(text_of(writer)).to_be_focused()
    assert Source.objects.count() == 1


def test_a_login_that_ended_loses_no_word_in_the_dialog(writer):
    open_story(writer, make_revision(language="en").story)
    text_of(writer).press("Control+Shift+c")
    writer.get_by_role("button", name="New source").click()
    writer.context.clear_cookies(name="sessionid")
    writer.get_by_label("Name:").fill("Port Authority")
    writer.keyboard.press("Enter")
    expect(writer.get_by_text("you are no longer logged in")).to_be_visible()
    expect(writer.get_by_label("Name:")).to_have_value("Port Authority")
