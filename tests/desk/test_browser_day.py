"""A story's way through the desk in a real browser: pitched, submitted, handed back, mended, published, corrected."""

import datetime
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from stories.models import Note, Story, Version
from stories.publishing.desk_work import standing, submit
from stories.publishing.notes import add_note
from stories.publishing.revisions import latest_revision
from stories.publishing.verbs import publish
from tests.browsing import violations, width_of
from tests.desk.writing import named_text, pick, ready, save
from tests.factories import make_author, make_editor, make_published, make_reporter, make_revision, make_source

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def line(act):
    """Return the name of an act on the desk, which says of which story."""
    return re.compile(f"^{act} ?: The gate opens at nine$")


def press(page, name, role="button"):
    """Reach a control by keyboard and press it."""
    control = page.get_by_role(role, name=name, exact=True)
    control.focus()
    page.keyboard.press("Enter")


def pitch(reporter):
    press(reporter, "Pitch a story", "link")
    reporter.get_by_label("Working headline").fill("The gate opens at nine")
    reporter.get_by_label("Budget line").fill("When ships can leave the harbour again.")
    press(reporter, "Pitch it")
    expect(reporter.get_by_text("“The gate opens at nine” is pitched.")).to_be_visible()
    reporter.get_by_role("region", name="Pitches").get_by_role("link", name="The gate opens", exact=False).first.click()
    expect(reporter.locator(".block-bar")).to_be_visible()
    reporter.get_by_role("button", name="Start writing").click()
    expect(reporter.get_by_text("Drafting, since")).to_be_visible()


def write_with_a_source(reporter):
    reporter.locator("#id_standfirst").fill("The harbour office said when.")
    reporter.get_by_role("group", name="Add to the end of the body").get_by_role("button", name="Text").click()
    text = reporter.locator(".order-machine .ProseMirror").first
    text.click()
    text.type("The office opened the gate on Monday.")
    reporter.get_by_role("button", name=re.compile("^Cite")).first.click()
    reporter.get_by_role("button", name="New citation").click()
    reporter.locator(".select2-search__field:focus").type("Harbour")
    reporter.locator(".select2-results__option", has_text="Harbour Office").click()
    if not reporter.locator("#id_credits-0-author").count():
        reporter.locator("#credits-group .add-row a").click()
    pick(reporter, "#id_credits-0-author", "The diplomacy desk")


def submit_to_tom(reporter):
    reporter.get_by_role("button", name="Submit for review…").click()
    reporter.get_by_label("Who reviews it").select_option(label="Tom Reed")
    press(reporter, "Submit for review")
    expect(reporter.get_by_text("“The gate opens at nine” is in review.")).to_be_visible()
    expect(reporter.get_by_role("button", name="Publish…")).to_have_count(0)


def hand_back_with_a_note(editor):
    editor.reload()
    expect(editor.get_by_text("1 story waits for you.")).to_be_visible()
    press(editor, line("Hand back…"), "link")
    editor.get_by_label("What is to be done").fill("Which Monday?")
    press(editor, "Hand back")
    expect(editor.get_by_text("is handed back, with your note.")).to_be_visible()
    expect(editor.get_by_role("region", name="Drafting").get_by_text("1 note open")).to_be_visible()


def mend_and_answer_the_note(reporter):
    reporter.reload()
    expect(reporter.get_by_text("Which Monday?")).to_be_visible()
    text = reporter.locator(".order-machine .ProseMirror").first
    text.click()
    reporter.keyboard.press("Control+Home")
    text.type("It was 3 March. ")
    # Not saved, and there still after the note is answered and resolved.
    reporter.get_by_label("Reply").fill("3 March, it says so now.")
    press(reporter, "Reply")
    expect(reporter.locator(".threads .reply")).to_contain_text("3 March, it says so now.")
    press(reporter, "Resolve")
    expect(reporter.get_by_text("1 resolved")).to_be_visible()
    expect(text).to_contain_text("It was 3 March.")
    assert Note.objects.get(thread=None).resolved_by.username == "ayse"


def submit_again(reporter):
    reporter.get_by_role("button", name="Submit for review…").click()
    press(reporter, "Submit for review")
    expect(reporter.get_by_text("is in review.")).to_be_visible()


def publish_with_a_reason(editor):
    editor.reload()
    press(editor, line("Review it"))
    expect(editor.get_by_text("waits for you.").first).to_be_visible()
    press(editor, line("Mark ready"))
    expect(editor.get_by_role("region", name="Ready").get_by_text("2 warnings")).to_be_visible()
    press(editor, line("Publish…"), "link")
    editor.get_by_label("Why it goes out all the same").fill("One source is all there is.")
    press(editor, "Publish now")
    expect(editor.get_by_text("Version 1 is published.")).to_be_visible()
    editor.get_by_role("link", name="The Newsroom").click()
    expect(editor.get_by_role("region", name="Published today")).to_contain_text("The gate opens at nine")


def write_on(reporter):
    reporter.reload()
    ready(reporter)
    reporter.get_by_role("textbox", name="Headline").fill("Not for readers yet")
    reporter.get_by_role("textbox", name="Kicker").fill("Strait")
    save(reporter)
    expect(reporter.get_by_text("You have changes readers cannot see.")).to_be_visible()


def put_right(editor):
    editor.get_by_role("link", name="Correct", exact=True).click()
    expect(editor.get_by_role("textbox", name="Headline")).to_have_value("The gate opens at nine")
    editor.get_by_role("textbox", name="Headline").fill("The gate opens at ten")
    editor.get_by_role("textbox", name="Kicker").fill("The harbour")
    text = named_text(editor)
    expect(text.locator("cite")).to_have_text("1")
    text.click()
    editor.keyboard.press("Control+Home")
    text.type("It is ten. ")
    editor.get_by_role("textbox", name="What was wrong").fill("An earlier version said nine.")
    editor.get_by_role("textbox", name="What is right").fill("The gate opens at ten.")


def look_at_what_changes(editor):
    editor.get_by_role("button", name="Show what changes").click()
    expect(editor.get_by_role("heading", name="What changes for readers with version 2")).to_be_visible()
    expect(editor.get_by_text("All it reports has come to us through one source.")).to_be_visible()
    expect(editor.locator(".errornote, .errorlist")).to_have_count(0)
    editor.get_by_label("Why it goes out all the same").fill("It still is.")
    editor.get_by_role("button", name="Show what changes").click()
    expect(editor.get_by_text("In these places your draft says something else.")).to_be_visible()
    expect(editor.get_by_role("textbox", name="Text").locator("cite")).to_have_text("1")


def publish_the_correction(editor):
    editor.get_by_role("button", name="Publish version 2 now").click()
    expect(editor.get_by_text("Version 2 is published.", exact=False).first).to_be_visible()
    expect(editor.get_by_role("definition").filter(has_text="Strait")).to_be_visible()
    assert violations(editor) == []
    for width in (820, 390, 1280):
        editor.set_viewport_size({"width": width, "height": 900})
        assert width_of(editor) <= width


def go_to_the_draft(editor):
    """Leave the page of what differs in the draft; return the address at which readers have the story."""
    link = editor.get_by_role("link", name="See it as readers see it").get_attribute("href")
    editor.get_by_role("link", name="To the draft").click()
    expect(editor.get_by_role("textbox", name="Headline")).to_have_value("Not for readers yet")
    expect(editor.locator(".order-machine .ProseMirror").first).to_contain_text("It is ten.")
    return link


def read_the_correction(reader, site, link):
    reader.goto(site + link)
    expect(reader.get_by_role("heading", name="The gate opens at ten")).to_be_visible()
    expect(reader.get_by_text("It is ten.")).to_be_visible()
    expect(reader.get_by_text("The gate opens at ten.")).to_be_visible()
    reader.goto(f"{site}{link}history/")
    expect(reader.get_by_text("An earlier version said nine.")).to_be_visible()
    expect(reader.get_by_text("One source is all there is.").first).to_be_visible()
    reader.goto(f"{site}/corrections/")
    expect(reader.get_by_text("The gate opens at ten.")).to_be_visible()


def test_a_story_goes_from_pitch_to_readers_and_is_corrected(people, reader, live_server):
    make_source()
    make_author()
    reporter = people(make_reporter(username="ayse", first_name="Ayşe", last_name="Kaya"))
    editor = people(make_editor(username="tom", first_name="Tom", last_name="Reed"))
    for page in (reporter, editor):
        page.goto(f"{live_server.url}/admin/")

    pitch(reporter)
    write_with_a_source(reporter)
    submit_to_tom(reporter)
    hand_back_with_a_note(editor)
    mend_and_answer_the_note(reporter)
    submit_again(reporter)
    publish_with_a_reason(editor)
    first = Version.objects.get()
    assert "It was 3 March." in str(first.document)
    assert "Which Monday" not in str(first.document)

    # While the reporter writes what is not for readers yet, the editor puts right what they have.
    write_on(reporter)
    editor.goto(f"{live_server}/admin/stories/story/{first.story_id}/change/")
    put_right(editor)
    look_at_what_changes(editor)
    publish_the_correction(editor)
    link = go_to_the_draft(editor)
    read_the_correction(reader, live_server.url, link)
    assert latest_revision(first.story).document["headline"] == "Not for readers yet"
    assert first.story.versions.latest().document["citations"] == first.document["citations"]


def test_enter_in_a_field_saves_and_moves_nothing(people, live_server):
    story = make_revision(language="en").story
    page = people(make_editor(username="tom"))
    page.goto(f"{live_server}/admin/stories/story/{story.pk}/change/")
    expect(page.locator(".block-bar")).to_be_visible()
    with page.expect_navigation():
        page.locator("#id_budget_line").fill("Why.")
        page.locator("#id_budget_line").press("Enter")
    expect(page.get_by_text("Drafting, since")).to_be_visible()
    story.refresh_from_db()
    assert (story.budget_line, story.stage) == ("Why.", Story.Stage.DRAFTING)


def test_a_note_on_a_block_is_written_beside_it_and_a_failure_keeps_it(people, live_server):
    story = make_revision(language="en").story
    page = people(make_editor(username="tom"))
    page.goto(f"{live_server}/admin/stories/story/{story.pk}/change/")
    expect(page.locator(".block-bar")).to_be_visible()
    press(page, "Note")
    expect(page.get_by_label("New note")).to_be_focused()
    page.keyboard.type("Who says so?")
    page.context.set_offline(True)
    press(page, "Add note")
    expect(page.get_by_role("alert")).to_contain_text("Your note is still here")
    page.context.set_offline(False)
    press(page, "Add note")
    expect(page.locator(".threads")).to_contain_text("Text: The office opened the gate.")
    expect(page.get_by_label("New note")).to_have_value("")
    expect(page.get_by_role("button", name="Notes 1")).to_be_visible()
    bar = page.locator(".preflight summary")
    expect(bar).to_contain_text("1 thing blocks publishing")
    bar.press("Enter")
    page.locator(".preflight").get_by_role("link", name="Go there").first.press("Enter")
    expect(page.get_by_label("Reply")).to_be_focused()
    press(page, "Resolve")
    expect(page.get_by_text("All checks passed.")).to_be_visible()
    assert Note.objects.get().text == "Who says so?"


def test_the_pages_of_stages_and_notes_are_accessible_and_narrow(people, live_server):
    editor = make_editor(username="tom")
    make_published(by=editor, headline="Out")
    for days in (0, 2):
        at = timezone.now() + datetime.timedelta(days=days, minutes=1)
        publish(make_revision().story.revisions.latest(), by=editor, expecting=(None, None), at=at)
    story = make_revision(language="en", slug="").story
    add_note(story, text="Who?", by=editor, block=story.revisions.latest().document["blocks"][0]["id"])
    reviewed = make_revision(language="en").story
    submit(reviewed, by=editor, expecting=standing(reviewed))
    page = people(editor)
    base = f"/admin/stories/story/{story.pk}"
    pages = ["/admin/", f"{base}/change/", f"{base}/notes/", f"{base}/work/submit/", "/admin/stories/story/pitch/"]
    assert {path: violations(page, live_server.url + path) for path in pages} == {path: [] for path in pages}
    for width in (820, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for path in pages:
            page.goto(live_server.url + path)
            assert (path, width_of(page)) <= (path, width)


def test_the_keyboard_goes_through_the_lines_as_they_stand(people, live_server):
    editor = make_editor(username="tom")
    plan = make_revision(headline="Planned")
    publish(plan, by=editor, expecting=(None, None), at=timezone.now() + datetime.timedelta(minutes=1))
    submit(make_revision(headline="Reviewed").story, by=editor, expecting="drafting..")
    make_published(by=editor, headline="Out")
    page = people(editor)
    page.goto(f"{live_server.url}/admin/")
    page.get_by_role("link", name="New story").focus()
    reached = []
    for _step in range(7):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent").strip())
    assert reached == [
        *("Planned", "Move or cancel: Planned"),
        *("Reviewed", "Review it: Reviewed", "Mark ready: Reviewed"),
        *("Out", "Correct: Out"),
    ]
