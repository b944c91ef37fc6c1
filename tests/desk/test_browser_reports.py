"""A reader reports an error on a phone, without scripts; an editor corrects the story and resolves the report."""

import pytest
from playwright.sync_api import expect

from stories.models import Report
from tests.desk.test_browser_publish import desk, watched  # noqa: F401
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


def test_a_reader_reports_on_a_phone_and_an_editor_resolves(phone, desk, live_server):  # noqa: F811
    text = "The gate opened on Thursday.</p><p>It stayed open until the evening."
    version = make_published(headline="The gate opens", language="en", text=text)
    phone.goto(f"{live_server}{version.path}")
    assert phone.context.cookies() == []
    phone.get_by_role("link", name="Report an error").tap()
    expect(phone.get_by_role("heading", name="The gate opens")).to_be_visible()
    expect(phone.get_by_label("Leave this empty")).to_be_hidden()
    phone.get_by_label("Where in the story?").select_option("The gate opened on Thursday.")
    phone.get_by_label("What is wrong?").fill("It was Friday.")
    phone.get_by_label("Your e-mail address").fill("reader@example.org")
    phone.get_by_role("button", name="Send the report").tap()
    expect(phone.get_by_role("heading", name="Thank you. Our editors have your report.")).to_be_visible()

    desk.goto(f"{live_server}/admin/stories/story/{version.story_id}/change/")
    desk.get_by_role("link", name="1 open report by a reader").click()
    desk.get_by_role("link", name="It was Friday.").click()
    expect(desk.get_by_role("link", name="reader@example.org")).to_be_visible()
    expect(desk.get_by_text("The gate opened on Thursday.")).to_be_visible()
    expect(desk.get_by_text("It stands as it did.")).to_be_visible()
    desk.get_by_role("button", name="Resolve the report").click()
    expect(desk.get_by_text("Say what became of the report.")).to_be_visible()
    desk.get_by_role("radio", name="Answered").check()
    desk.get_by_label("What was done").fill("Thursday is right: the office wrote it down.")
    desk.get_by_role("button", name="Resolve the report").click()
    expect(desk.get_by_text("The report is resolved.")).to_be_visible()
    assert Report.objects.get().state == Report.State.ANSWERED
