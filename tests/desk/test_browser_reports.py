"""A reader reports an error on a phone, without scripts; an editor corrects the story and resolves the report."""

import pytest
from playwright.sync_api import expect

from stories.models import Report
from tests.browsing import watched
from tests.desk.writing import named_text
from tests.factories import make_published

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 320, "height": 640}


@pytest.fixture
def phone(browser):
    context = browser.new_context(viewport=PHONE, java_script_enabled=False, has_touch=True)
    page = watched(context.new_page())
    page.set_default_timeout(20_000)
    yield page
    assert page.complaints == []
    context.close()


def send(phone, address, text, email=""):
    phone.goto(address)
    assert phone.context.cookies() == []
    phone.get_by_role("link", name="Report an error").tap()
    expect(phone.get_by_role("heading", name="The gate opens")).to_be_visible()
    expect(phone.get_by_label("Leave this empty")).to_be_hidden()
    phone.get_by_label("Where in the story?").select_option("The gate opened on Thursday.")
    phone.get_by_label("What is wrong?").fill(text)
    phone.get_by_label("Your e-mail address").fill(email)
    phone.get_by_role("button", name="Send the report").tap()
    expect(phone.get_by_role("heading", name="Thank you. Our editors have your report.")).to_be_visible()


def open_report(desk, live_server, version, text):
    desk.goto(f"{live_server}/admin/stories/story/{version.story_id}/change/")
    desk.get_by_role("link", name="1 open report by a reader").click()
    desk.get_by_role("link", name=text).click()
    expect(desk.get_by_text("The gate opened on Thursday.")).to_be_visible()
    expect(desk.get_by_text("It stands as it did.")).to_be_visible()


@pytest.fixture
def version():
    text = "The gate opened on Thursday.</p><p>It stayed open until the evening."
    return make_published(headline="The gate opens", language="en", text=text)


def test_a_reader_reports_on_a_phone_and_an_editor_resolves(phone, desk, version, live_server):
    send(phone, f"{live_server}{version.path}", "It was Friday.", "reader@example.org")
    open_report(desk, live_server, version, "It was Friday.")
    expect(desk.get_by_role("link", name="reader@example.org")).to_be_visible()
    desk.get_by_role("button", name="Resolve the report").click()
    expect(desk.get_by_text("Say what became of the report.")).to_be_visible()
    desk.get_by_role("radio", name="Answered").check()
    desk.get_by_label("What was done").fill("Thursday is right: the office wrote it down.")
    desk.get_by_role("button", name="Resolve the report").click()
    expect(desk.get_by_text("The report is resolved.")).to_be_visible()
    assert Report.objects.get().state == Report.State.ANSWERED


def test_a_report_leads_to_a_correction_which_the_history_tells(phone, desk, version, live_server):
    send(phone, f"{live_server}{version.path}", "It was Friday.")
    open_report(desk, live_server, version, "It was Friday.")
    desk.get_by_role("link", name="Correct the story…").click()
    expect(desk.get_by_text("It was Friday.")).to_be_visible()
    text = named_text(desk)
    text.click()
    desk.keyboard.press("Control+Home")
    text.type("On Friday: ")
    desk.get_by_role("textbox", name="What was wrong").fill("An earlier version said Thursday.")
    desk.get_by_role("textbox", name="What is right").fill("The gate opened on Friday.")
    desk.get_by_role("button", name="Show what changes").click()
    desk.get_by_role("button", name="Publish version 2 now").click()
    expect(desk.get_by_text("Version 2 is published.")).to_be_visible()
    expect(desk.get_by_text("open report by a reader")).to_have_count(0)
    report = Report.objects.get()
    assert (report.state, report.led_to.number) == (Report.State.CORRECTED, 2)

    phone.goto(f"{live_server}{version.path}history/")
    expect(phone.get_by_text("after a reader’s report")).to_have_count(1)
    expect(phone.get_by_text("It was Friday.")).to_have_count(0)
