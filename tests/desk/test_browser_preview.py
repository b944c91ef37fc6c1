"""The preview beside the form, and a link for somebody without a login, in a browser."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone
from playwright.sync_api import expect

from stories.models import Revision, ShareLink
from tests.browsing import violations, width_of
from tests.desk.writing import open_story, ready
from tests.factories import make_published, make_reporter, make_revision, make_tag
from tests.site.rich import rich_fields

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def preview(page):
    return page.frame_locator("#preview-pane iframe")


def open_preview(page):
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(preview(page).get_by_text("Nobody outside can see this.")).to_be_visible()


def test_the_preview_follows_what_is_typed_and_takes_neither_focus_nor_place(writer):
    paragraphs = "".join(f"<p>Paragraph {number}</p>" for number in range(60))
    open_story(writer, make_revision(language="en", text=paragraphs, headline="Before").story)
    open_preview(writer)
    assert writer.evaluate("scrollY") == 0
    frame = writer.query_selector("#preview-pane iframe").content_frame()
    frame.evaluate("scrollTo({top: 500, behavior: 'instant'})")
    writer.evaluate("scrollTo({top: 200, behavior: 'instant'})")
    length = writer.evaluate("history.length")
    writer.locator(".ProseMirror").first.press("Control+Home")
    at = writer.evaluate("scrollY")
    writer.keyboard.type("Typed just now. ")
    expect(preview(writer).get_by_text("Typed just now. Paragraph")).to_have_count(0)  # only when typing stops
    expect(preview(writer).get_by_text("Typed just now.")).to_have_count(1)
    assert frame.evaluate("scrollY") == 500
    assert writer.evaluate("scrollY") == at
    expect(writer.locator(".ProseMirror").first).to_be_focused()
    writer.locator("#id_headline").fill("After")
    expect(preview(writer).get_by_role("heading", name="After")).to_have_count(1)
    assert writer.evaluate("history.length") == length
    assert Revision.objects.count() == 1


def test_the_preview_follows_what_is_chosen_and_moved(writer):
    make_tag("Harbour")
    blocks = [{"id": f"00000000-0000-4000-8000-00000000000{n}", "type": "text", "html": f"<p>{n}</p>"} for n in (1, 2)]
    open_story(writer, make_revision(language="en", blocks=blocks).story)
    open_preview(writer)
    expect(preview(writer).locator(".body p")).to_have_text(["1", "2"])
    writer.get_by_role("button", name="Move up: Text").nth(1).press("Enter")
    expect(preview(writer).locator(".body p")).to_have_text(["2", "1"])
    writer.locator("#id_tags + .select2-container").click()
    writer.keyboard.type("Harbour")
    writer.locator(".select2-results__option", has_text="Harbour").first.click()
    expect(preview(writer).get_by_text("Harbour", exact=True)).to_be_visible()


def test_what_does_not_hold_stands_in_the_pane_until_it_does(writer):
    open_story(writer, make_revision(language="en").story)
    open_preview(writer)
    writer.locator("#id_embargo_until_0").fill("soon")
    expect(preview(writer).get_by_role("heading", name="There is no preview yet")).to_be_visible()
    expect(preview(writer).get_by_text("Enter a valid date.")).to_be_visible()
    writer.locator("#id_embargo_until_0").fill("")
    expect(preview(writer).get_by_text("Nobody outside can see this.")).to_be_visible()


def test_a_new_story_has_a_preview_and_it_stays_open_after_saving(writer):
    writer.goto(f"{writer.story_url}/add/")
    ready(writer)
    open_preview(writer)
    writer.locator("#id_headline").fill("Gates open")
    expect(preview(writer).get_by_role("heading", name="Gates open")).to_be_visible()
    with writer.expect_navigation():
        writer.keyboard.press("Control+s")
    ready(writer)
    expect(preview(writer).get_by_role("heading", name="Gates open")).to_be_visible()


def test_the_preview_is_as_wide_as_a_phone_or_a_desk(writer):
    open_story(writer, make_revision(language="en").story)
    open_preview(writer)
    frame = writer.query_selector("#preview-pane iframe").content_frame()
    assert frame.evaluate("innerWidth") == 390
    writer.get_by_role("button", name="Desktop").click()
    expect(writer.get_by_role("button", name="Desktop")).to_have_attribute("aria-pressed", "true")
    assert frame.evaluate("innerWidth") == 1280
    box, pane = writer.locator("#preview-pane iframe").bounding_box(), writer.locator("#preview-pane").bounding_box()
    assert box["width"] <= pane["width"] < 640
    headline = writer.locator("#id_headline").bounding_box()
    assert headline["x"] + headline["width"] <= pane["x"]  # beside the form, not over it


@pytest.mark.parametrize("width", [820, 390])
def test_on_a_narrow_screen_it_stands_over_the_form_and_goes_by_escape(writer, width):
    writer.set_viewport_size({"width": width, "height": 900})
    open_story(writer, make_revision(language="en").story)
    writer.get_by_role("button", name="Preview", exact=True).press("Enter")
    expect(writer.get_by_role("heading", name="Preview", exact=True)).to_be_focused()
    expect(preview(writer).get_by_text("Nobody outside can see this.")).to_be_visible()
    writer.locator("#id_headline").evaluate("field => field.focus()")
    expect(writer.locator("#id_headline")).not_to_be_focused()  # what is under it is out of reach
    expect(writer.get_by_role("button", name="Save draft")).to_be_in_viewport(ratio=1)
    assert width_of(writer) <= width
    writer.keyboard.press("Escape")
    expect(writer.get_by_role("button", name="Preview", exact=True)).to_be_focused()
    expect(writer.get_by_role("textbox", name="Headline")).to_be_visible()


def test_a_link_in_the_preview_leads_away_in_a_tab_and_a_marker_to_its_source(writer):
    open_story(writer, make_revision(language="en").story)
    open_preview(writer)
    frame = writer.query_selector("#preview-pane iframe").content_frame()
    address = frame.url
    preview(writer).locator("a.cite").first.click()
    expect(preview(writer).locator("#source-1")).to_be_in_viewport()
    assert frame.url == address
    with writer.expect_popup() as popup:
        preview(writer).get_by_role("link", name="All topics").click()
    assert popup.value.url.endswith("/topics/")
    expect(preview(writer).get_by_text("Nobody outside can see this.")).to_have_count(1)


def test_without_an_answer_the_last_preview_stays_and_the_pane_says_so(writer):
    open_story(writer, make_revision(language="en", headline="Before").story)
    open_preview(writer)
    writer.context.clear_cookies(name="sessionid")
    writer.locator("#id_headline").fill("After")
    expect(writer.locator("#preview-problem")).to_contain_text("you are no longer logged in. Your text is still here.")
    expect(preview(writer).get_by_role("heading", name="Before")).to_have_count(1)


@pytest.mark.parametrize("width", [1280, 820])
def test_axe_finds_nothing_on_the_form_with_the_preview(writer, width):
    writer.set_viewport_size({"width": width, "height": 900})
    open_story(writer, make_revision(**rich_fields() | {"language": "en"}).story)
    open_preview(writer)
    # Not what the frame shows: that page has tests of its own.
    assert violations(writer, iframes=False) == []


# Share links


def test_a_lawyer_reads_by_a_link_until_it_expires(writer, browser):
    open_story(writer, make_revision(language="en", headline="Secret").story)
    writer.get_by_role("button", name="Share…").click()
    writer.get_by_label("For whom").fill("Our lawyer")
    writer.get_by_role("button", name="Make the link").click()
    address = writer.get_by_role("textbox", name="The link for Our lawyer").input_value()
    assert violations(writer, iframes=False) == []

    context = browser.new_context()
    lawyer = context.new_page()
    lawyer.goto(address)
    expect(lawyer.get_by_role("heading", name="Secret")).to_be_visible()
    expect(lawyer.get_by_text("For Our lawyer. Do not pass on.").first).to_be_visible()
    assert violations(lawyer) == []

    ShareLink.objects.update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    lawyer.reload()
    expect(lawyer.get_by_role("heading", name="This link leads nowhere.")).to_be_visible()
    expect(lawyer.get_by_text("Secret")).to_have_count(0)
    assert violations(lawyer) == []
    lawyer.go_back()
    expect(lawyer.get_by_text("Secret")).to_have_count(0)
    context.close()


def test_a_link_is_revoked_by_keyboard(writer, browser):
    open_story(writer, make_published(by=None, language="en", headline="Live").story)
    writer.get_by_role("button", name="Share…").press("Enter")
    writer.get_by_label("For whom").fill("A source")
    writer.keyboard.press("Enter")
    address = writer.get_by_role("textbox", name="The link for A source").input_value()
    writer.get_by_role("button", name="Revoke the link for A source").press("Enter")
    expect(writer.get_by_text("The link for A source leads nowhere any more.")).to_be_visible()
    assert writer.request.get(address).status == 404


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_of_links_fit_the_screen(writer, width):
    writer.set_viewport_size({"width": width, "height": 900})
    story = make_revision(language="en").story
    writer.goto(f"{writer.story_url}/{story.pk}/share/")
    writer.get_by_label("For whom").fill("Somebody with a long name, of a house with a longer one")
    writer.keyboard.press("Enter")
    expect(writer.get_by_role("heading", name="The link for")).to_be_visible()
    assert width_of(writer) <= width


def test_whoever_may_only_look_reads_the_story_in_place_of_the_form(people):
    colleague = make_reporter()
    colleague.user_permissions.set(Permission.objects.filter(codename="view_story"))
    page = people(colleague)
    page.goto(f"{page.story_url}/{make_revision(language='en', headline='Gates open').story.pk}/change/")
    expect(page.get_by_text("You can read this story, but not change it.")).to_be_visible()
    expect(page.frame_locator("iframe.reading").get_by_role("heading", name="Gates open")).to_be_visible()
    assert violations(page, iframes=False) == []
