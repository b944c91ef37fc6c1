"""The pages to put right what readers have, and to take it back, in a real browser; test_browser_day.py corrects."""

import pytest
from playwright.sync_api import expect

from stories.publishing.document import new_id
from stories.publishing.removals import retract
from stories.publishing.verbs import seen
from tests.browsing import load_icons, violations, width_of
from tests.desk.writing import named_text
from tests.factories import make_editor, make_published, publish_change, utc

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def story_page(live_server, story, name):
    return f"{live_server}/admin/stories/story/{story.pk}/{name}/"


def test_a_marker_is_set_on_the_correct_page_and_no_new_citation_is_offered(desk, live_server):
    live = make_published(language="en")
    desk.goto(story_page(live_server, live.story, "correct"))
    text = named_text(desk)
    text.click()
    desk.keyboard.press("Control+Home")
    desk.keyboard.press("Control+Shift+c")
    expect(desk.get_by_role("button", name="New citation")).to_have_count(0)
    desk.get_by_role("button", name="1 Harbour Office").click()
    expect(text.locator("cite")).to_have_count(2)
    expect(text.locator("cite").first).to_have_text("1")


def test_what_stands_in_the_way_leads_to_its_field(desk, live_server):
    live = make_published(language="en")
    desk.goto(story_page(live_server, live.story, "correct"))
    desk.locator("#id_headline").fill("")
    text = named_text(desk)
    text.click()
    desk.keyboard.press("Control+Home")
    desk.keyboard.type("TK ")
    desk.get_by_role("button", name="Show what changes").click()
    for _again in range(2):  # the second time the address does not change
        desk.locator(".problems li", has_text="A placeholder is left").get_by_role("link", name="Go there").click()
        expect(text).to_be_focused()
        expect(text).to_be_in_viewport()
        desk.locator("#id_wrong").focus()
    desk.locator(".problems li", has_text="Add a headline").get_by_role("link", name="Go there").click()
    expect(desk.locator("#id_headline")).to_be_focused()
    assert violations(desk) == []


def test_enter_in_a_field_publishes_nothing(desk, live_server):
    live = make_published(language="en")
    for name in ("correct", "take-back", "redact"):
        desk.goto(story_page(live_server, live.story, name))
        field = desk.locator("#id_dateline" if name == "correct" else "#id_signed")
        field.fill("Istanbul")
        field.press("Enter")
        expect(field).to_have_value("Istanbul")
    assert live.story.versions.count() == 1


def test_what_cannot_be_undone_has_another_colour_than_other_buttons(desk, live_server):
    desk.goto(story_page(live_server, make_published(language="en", standfirst="Jane Roe spoke.").story, "redact"))
    desk.get_by_label("Words to remove").fill("Jane Roe")
    desk.get_by_label("Reason for readers").fill("To protect a person.")
    desk.get_by_role("button", name="Show where these words stand").click()
    colour = "button => getComputedStyle(button).color"
    buttons = [
        desk.get_by_role("button", name=name) for name in ("Show where these words", "Remove these words for good")
    ]
    assert buttons[0].evaluate(colour) != buttons[1].evaluate(colour)


def test_a_passage_is_removed_and_the_story_then_retracted(desk, reader, live_server):
    live = make_published(language="en", headline="The gate", standfirst="Jane Roe spoke.")
    desk.goto(story_page(live_server, live.story, "change"))
    desk.get_by_role("link", name="Remove a passage").click()
    desk.get_by_label("Words to remove").fill("Jane Roe")
    desk.get_by_label("Reason for readers").fill("To protect a person.")
    desk.get_by_role("button", name="Show where these words stand").click()
    desk.get_by_label("Remove these words. It cannot be undone.").check()
    desk.get_by_role("button", name="Remove these words for good").click()
    expect(desk.get_by_text("The words are removed from all versions.")).to_be_visible()
    reader.goto(f"{live_server.url}{live.path}")
    expect(reader.get_by_text("[…] spoke.")).to_be_visible()

    desk.get_by_role("link", name="Take back").click()
    expect(desk.get_by_label("Signed by")).to_have_value("Ayşe Demir")
    desk.get_by_label("Retract it").check()
    desk.get_by_label("Reason for readers").fill("The document was forged.")
    desk.get_by_label("I have read what will be gone.").check()
    desk.get_by_role("button", name="Take the story back").click()
    expect(desk.get_by_text("Retracted: readers have its headline and a notice.")).to_be_visible()
    expect(desk.get_by_role("button", name="Publish changes…")).to_have_count(0)
    reader.reload()
    expect(reader.get_by_text("The document was forged.")).to_be_visible()
    expect(reader.get_by_text("Ayşe Demir")).to_be_visible()


def test_the_pages_are_accessible(desk, live_server):
    editor = make_editor()
    blocks = [
        {"id": new_id(), "type": "key_point", "label": "Nine", "detail": "<p>Ships.</p>"},
        {
            "id": new_id(),
            "type": "post",
            "account": "Harbour",
            "platform": "X",
            "url": "https://x.com/1",
            "words": "Nine!",
        },
        {"id": new_id(), "type": "question", "question": "Why?", "answer": "<p>So.</p>"},
    ]
    first = make_published(by=editor, language="en", headline="Live", standfirst="Jane Roe spoke.")
    live = publish_change(first.story, by=editor, blocks=[*first.document["blocks"], *blocks], override="All we know.")
    publish_change(live.story, by=editor, headline="Waits", at=utc(2099, 1, 1), override="All we know.")
    report = live.story.reports.create(version=live, text="Wrong.", block=blocks[0]["id"], created_at=live.visible_from)
    gone = make_published(by=editor, language="en").story
    retract(gone, by=editor, signed="Ed", reason="Forged.", expecting=seen(gone))
    revision = live.story.revisions.order_by("created_at").first()
    pages = [
        story_page(live_server, live.story, name)
        for name in ("take-back", "redact", "redact/picture", f"restore/{revision.pk}", "history", "publish")
    ]
    reported = f"{story_page(live_server, live.story, 'correct')}?report={report.pk}"
    pages = [reported, *pages]
    pages += [story_page(live_server, gone, name) for name in ("change", "publish", "take-back")]
    assert {page: violations(desk, page) for page in pages} == {page: [] for page in pages}

    desk.goto(reported)
    desk.get_by_role("textbox", name="Headline").fill("Other")
    desk.get_by_role("radio", name="Minor change").check()
    desk.get_by_label("Keep it:").check()
    desk.get_by_role("button", name="Show what changes").click()
    expect(desk.get_by_text("This is more than a minor change.")).to_be_visible()
    assert violations(desk) == []


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_fit_the_screen(desk, live_server, width):
    live = make_published(language="en", headline="Many considerations on harbour administration")
    publish_change(live.story, by=make_editor(), headline="Fewer considerations", note="Reconsidered everywhere.")
    desk.set_viewport_size({"width": width, "height": 900})
    for name in ("correct", "take-back", "redact", "history"):
        desk.goto(story_page(live_server, live.story, name))
        load_icons(desk)
        assert width_of(desk) <= width
