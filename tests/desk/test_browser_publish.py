"""An editor's day in a real browser: write, cite, preview, publish, correct; and what a reader has meanwhile."""

import re

import pytest
from playwright.sync_api import expect

from stories.models import Version
from stories.publishing.reports import receive, resolve
from stories.publishing.revisions import save_document
from stories.publishing.verbs import publish
from tests.browsing import violations, width_of
from tests.desk.writing import pick
from tests.factories import make_author, make_editor, make_published, make_revision, make_source, make_topic, utc

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def write(page):
    page.locator("#id_headline").fill("The gate opens at nine")
    page.locator("#id_standfirst").fill("The harbour office said when.")
    page.get_by_role("group", name="Add to the end of the body").get_by_role("button", name="Text").click()
    text = page.locator(".order-machine .ProseMirror").first
    text.click()
    text.type("The office opened the gate on Monday.")
    page.get_by_role("button", name=re.compile("^Cite")).first.click()
    page.get_by_role("button", name="New citation").click()
    page.locator(".select2-search__field:focus").type("Harbour")
    page.locator(".select2-results__option", has_text="Harbour Office").click()
    if not page.locator("#id_credits-0-author").count():
        page.locator("#credits-group .add-row a").click()
    pick(page, "#id_credits-0-author", "The diplomacy desk")


def test_an_editor_writes_cites_previews_publishes_and_corrects_while_a_reader_reads(desk, reader, live_server):
    make_source()
    make_author()
    desk.goto(f"{live_server}/admin/stories/story/add/")
    expect(desk.get_by_text("Not published: nobody outside can see this.")).to_be_visible()
    write(desk)

    desk.get_by_role("button", name="Preview").click()
    with desk.expect_popup() as popup:
        desk.get_by_role("button", name="In a new tab").click()
    preview = popup.value
    expect(preview.get_by_text("Preview. Nobody outside can see this.")).to_be_visible()
    expect(preview.get_by_role("heading", name="The gate opens at nine")).to_be_visible()
    expect(preview.get_by_text("on Monday.")).to_be_visible()
    preview.close()
    desk.get_by_role("button", name="Close").click()

    desk.get_by_role("button", name="Publish…").click()
    expect(desk.get_by_text("Nobody outside can see this story yet.")).to_be_visible()
    assert not Version.objects.exists()
    desk.get_by_label("Why it goes out all the same").fill("The office alone knows, and the story says so.")
    desk.get_by_role("button", name="Publish now").click()
    link = desk.get_by_role("link", name="See it as readers see it")
    expect(link).to_be_visible()
    address = live_server.url + link.get_attribute("href")

    reader.goto(address)
    expect(reader.get_by_role("heading", name="The gate opens at nine")).to_be_visible()
    expect(reader.get_by_text("on Monday.")).to_be_visible()
    expect(reader.get_by_text("Harbour Office").first).to_be_visible()

    expect(desk.get_by_text("Readers see exactly this.")).to_be_visible()
    text = desk.locator(".order-machine .ProseMirror").first
    text.click()
    desk.keyboard.press("Control+Home")
    text.type("In truth it was Tuesday. ")
    desk.get_by_role("button", name="Save (readers keep version 1)").click()
    expect(desk.get_by_text("You have changes readers cannot see.")).to_be_visible()
    reader.reload()
    expect(reader.get_by_text("In truth it was Tuesday.")).to_have_count(0)

    desk.get_by_role("button", name="Publish changes…").click()
    expect(desk.get_by_role("textbox", name="What was wrong")).to_be_hidden()
    desk.get_by_role("radio", name="Correction").check()
    desk.get_by_role("textbox", name="What was wrong").fill("The gate opened on Monday.")
    desk.get_by_role("textbox", name="What is right").fill("It opened on Tuesday.")
    desk.get_by_label("Why it goes out all the same").fill("The office alone knows, and the story says so.")
    desk.get_by_role("button", name="Publish version 2 now").click()
    expect(desk.get_by_text("Version 2 is published.")).to_be_visible()

    reader.reload()
    expect(reader.get_by_text("In truth it was Tuesday.")).to_be_visible()
    expect(reader.get_by_text("It opened on Tuesday.")).to_be_visible()


def test_enter_in_a_field_of_the_publish_page_publishes_nothing(desk, live_server):
    story = make_revision(language="en").story
    desk.goto(f"{live_server}/admin/stories/story/{story.pk}/publish/")
    day = desk.get_by_label("Day")
    day.evaluate("field => field.type = 'text'")  # of a date field Enter opens the calendar
    day.press("Enter")
    expect(desk.get_by_role("button", name="Publish now")).to_be_visible()
    assert not Version.objects.exists()


@pytest.mark.parametrize("width", [1280, 820, 390])
def test_the_buttons_under_a_long_story_are_always_in_sight(desk, live_server, width):
    blocks = "".join(f"<p>Paragraph {number}</p>" for number in range(60))
    story = make_revision(language="en", text=blocks).story
    desk.set_viewport_size({"width": width, "height": 900})
    desk.goto(f"{live_server}/admin/stories/story/{story.pk}/change/")
    for name in ("Save draft", "Preview", "Publish…"):
        expect(desk.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
    assert width_of(desk) <= width


def test_the_desks_pages_are_accessible(desk, live_server):
    topic = make_topic("Europe")
    make_topic("Turkey", parent=topic)
    editor = make_editor()
    story = make_published(by=editor, language="en", headline="Live", topics=["europe"]).story
    draft = make_revision(language="en", slug="", headline="Lacking")
    waiting = make_revision(language="en", headline="Waiting")
    publish(waiting, by=editor, expecting=(None, None), at=utc(2099, 1, 1))
    save_document(story.revisions.latest().document | {"standfirst": "Other."}, story, by=editor)
    report = receive(story.versions.first(), text="It was Friday.", email="reader@example.org", sender="x")
    resolved = receive(story.versions.first(), text="It was Friday.", sender="y")
    resolve(resolved, by=editor, state="answered", resolution="It was not.")
    pages = [
        "/admin/",
        "/admin/stories/report/",
        f"/admin/stories/report/{report.pk}/change/",
        f"/admin/stories/report/{resolved.pk}/change/",
        "/admin/stories/story/",
        f"/admin/stories/story/{story.pk}/publish/",
        f"/admin/stories/story/{draft.story.pk}/publish/",
        f"/admin/stories/story/{waiting.story.pk}/publish/",
        f"/admin/stories/story/{story.pk}/history/",
        f"/admin/stories/story/{story.pk}/preview/",
        f"/admin/stories/story/{story.pk}/delete/",
        "/admin/stories/topic/",
        f"/admin/stories/topic/{topic.pk}/change/",
        f"/admin/stories/topic/{topic.pk}/delete/",
        "/admin/stories/frontpage/",
        "/admin/stories/tag/add/",
        "/admin/stories/source/add/",
        "/admin/stories/author/add/",
        "/admin/stories/picture/add/",
        "/admin/stories/user/",
    ]
    assert {page: violations(desk, live_server.url + page) for page in pages} == {page: [] for page in pages}


def test_an_editor_puts_a_story_first(desk, reader, live_server):
    by = make_editor()
    for headline in ("An old gate", "A new quay"):
        make_published(by=by, headline=headline)
    desk.goto(f"{live_server}/admin/stories/frontpage/")
    pick(desk, "#id_place0", "old gate")
    desk.get_by_role("button", name="Arrange now").click()
    expect(desk.get_by_text("The page is arranged like this now.")).to_be_visible()
    reader.goto(f"{live_server}/")
    assert reader.locator(".card h2").all_inner_texts() == ["An old gate", "A new quay"]


def test_the_login_is_accessible(page, live_server):
    assert violations(page, f"{live_server}/admin/login/") == []
