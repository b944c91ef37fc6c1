"""The story form in a browser: by keyboard, under its policy, and without losing a letter."""

import re

import pytest
from playwright.sync_api import expect

from stories.models import Story
from stories.publishing.document import new_id
from tests.browsing import violations
from tests.desk.writing import document_of, open_story, ready, save
from tests.factories import make_revision, make_source
from tests.site.rich import rich_fields

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LISTS = (
    '<h3>Areas</h3><ol type="A"><li><p>Banks</p><ol><li><p>salaries</p></li><li><p>rents</p></li></ol></li>'
    "<li><p>Property<br>and more</p></li></ol><ul><li><p>One</p><ul><li><p>deep <em><s>old</s></em></p></li></ul></li>"
    '</ul><ol type="i" start="3"><li><p>H<sub>2</sub>O, m<sup>2</sup></p></li></ol>'
    "<blockquote><p>So it is.</p></blockquote><hr>"
    '<p>See <a href="https://other.example/?a=1&amp;b=2" title="There">other</a> and <a href="/about/us/">us</a>,'
    ' <a href="mailto:writer@news.example">write</a>. «\N{NO-BREAK SPACE}Oui\N{NO-BREAK SPACE}» 5 &lt; 6</p>'
    '<table><tbody><tr><th><p>Year</p></th><th colspan="2"><p>Talks</p></th></tr>'
    "<tr><td><p>2025</p></td><td><p></p></td><td><ul><li><p>held</p></li></ul></td></tr></tbody></table>"
)


def test_an_editor_writes_cites_and_saves_by_keyboard(writer):
    make_source("Harbour Office")
    writer.goto(f"{writer.story_url}/add/")
    ready(writer)
    keys = writer.keyboard
    expect(writer.get_by_label("Headline")).to_be_focused()
    keys.type("Gates open")
    keys.press("Enter")
    expect(writer.get_by_label("Standfirst")).to_be_focused()
    keys.type("What happened.")
    writer.get_by_role("textbox", name="Text", exact=True).focus()
    keys.type("The office opened the gate.")
    keys.press("Control+Shift+c")
    expect(writer.get_by_role("dialog", name="Cite a source")).to_be_visible()
    keys.press("Tab")
    keys.press("Tab")
    expect(writer.get_by_role("button", name="New citation")).to_be_focused()
    keys.press("Enter")
    expect(writer.locator(".select2-container--open .select2-search__field")).to_be_focused()
    keys.type("Harb")
    expect(writer.get_by_role("option", name="Harbour Office")).to_be_visible()
    keys.press("Enter")
    expect(writer.locator(".ProseMirror cite")).to_have_text("1")
    expect(writer.locator(".ProseMirror cite")).to_have_attribute("title", "Harbour Office")

    writer.get_by_role("button", name="Key point", exact=True).press("Enter")
    keys.press("Tab")
    keys.type("Gate")
    keys.press("Tab")
    keys.type("It is open.")
    keys.press("Control+Shift+c")
    keys.type("harb")
    keys.press("Enter")
    writer.get_by_role("button", name="Question", exact=True).press("Enter")
    keys.type("Why now?")
    keys.press("Tab")
    keys.type("Nobody knows.")
    save(writer)

    document = document_of(Story.objects.get())
    key = document["citations"][0]["key"]
    marker = f'<cite data-key="{key}"></cite>'
    assert (document["headline"], document["standfirst"]) == ("Gates open", "What happened.")
    assert document["citations"][0]["source"]["name"] == "Harbour Office"
    assert [{name: value for name, value in block.items() if name != "id"} for block in document["blocks"]] == [
        {"type": "text", "html": f"<p>The office opened the gate.{marker}</p>"},
        {"type": "key_point", "icon": "", "label": "Gate", "detail": f"<p>It is open.{marker}</p>"},
        {"type": "question", "question": "Why now?", "answer": "<p>Nobody knows.</p>"},
    ]


def test_what_every_editor_writes_back_is_what_was_stored(writer):
    fields = rich_fields() | {"language": "en"}
    fields["blocks"].insert(0, {"id": new_id(), "type": "text", "html": LISTS})
    story = make_revision(**fields).story
    before = document_of(story)
    assert before["blocks"][0]["html"] == LISTS
    open_story(writer, story)
    save(writer)
    assert document_of(story) == before
    open_story(writer, story)
    editors = writer.locator(".ProseMirror[contenteditable=true]")
    for index in range(editors.count()):  # each editor writes its text anew
        editors.nth(index).press("End")
        writer.keyboard.type("x")
        writer.keyboard.press("Backspace")
    save(writer)
    assert document_of(story) == before


def test_blocks_are_moved_and_added_between_by_keyboard(writer):
    texts = [{"id": new_id(), "type": "text", "html": f"<p>{name}</p>"} for name in "AB"]
    point = {"id": new_id(), "type": "key_point", "label": "C", "detail": ""}
    story = make_revision(language="en", blocks=[*texts, point]).story
    open_story(writer, story)
    writer.get_by_role("button", name="Move up: Key point").press("Enter")
    expect(writer.locator("#story-status")).to_have_text("Moved to place 2 of 3.")
    writer.keyboard.press("Enter")  # the button kept the focus
    targets = writer.locator(".inline-related:not(.empty-form) > .order-machine-insert-target")
    targets.nth(1).press("Enter")
    writer.get_by_role("button", name="Dated event").first.press("Enter")
    writer.keyboard.type("1962")
    save(writer)
    document = document_of(story)
    assert [block["type"] for block in document["blocks"]] == ["key_point", "event", "text", "text"]
    assert [block["id"] for block in document["blocks"]][2:] == [block["id"] for block in texts]


def test_a_marker_without_its_citation_is_seen(writer):
    story = make_revision(language="en").story
    open_story(writer, story)
    marker = writer.locator(".ProseMirror cite")
    expect(marker).to_have_text("1")
    writer.locator("#citations-0 .delete input").check()
    expect(marker).to_have_text("?")
    expect(marker).to_have_class("dangling")


def test_word_lists_are_pasted_as_lists(writer):
    writer.goto(f"{writer.story_url}/add/")
    ready(writer)
    writer.locator(".ProseMirror").first.evaluate(
        """editor => {
            const data = new DataTransfer()
            const item = (text) => `<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'>
              <span style='mso-list:Ignore'>·</span>${text}</p>`
            data.setData("text/html", item("One") + item("Two") + "<p><a href='https://www.google.com/url?q=https://a.example/'>a</a></p>")
            editor.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }))
        }"""
    )
    expect(writer.locator(".ProseMirror ul li")).to_have_count(2)
    expect(writer.locator(".ProseMirror a")).to_have_attribute("href", "https://a.example/")


def test_typed_spaces_stay_spaces(writer):
    writer.goto(f"{writer.story_url}/add/")
    ready(writer)
    writer.locator(".ProseMirror").first.focus()
    writer.keyboard.type("Hello ")
    writer.keyboard.press("Control+b")
    writer.keyboard.type("bold")
    writer.keyboard.press("Control+b")
    writer.keyboard.type(" claim")
    assert writer.locator("#id_stories_text_set-0-html").input_value() == "<p>Hello <strong>bold</strong> claim</p>"


def test_a_toolbar_is_one_stop_and_moved_in_by_arrows(writer):
    writer.goto(f"{writer.story_url}/add/")
    ready(writer)
    bar = writer.get_by_role("toolbar", name="Formatting: Text")
    assert bar.locator("button[tabindex='0']").count() == 1
    bar.get_by_role("button", name="heading 2").focus()
    writer.keyboard.press("ArrowRight")
    expect(bar.get_by_role("button", name="heading 3")).to_be_focused()
    writer.keyboard.press("Shift+Tab")
    expect(writer.get_by_role("textbox", name="Text", exact=True)).to_be_focused()


def test_axe_finds_nothing_on_the_story_form(writer):
    fields = rich_fields() | {"language": "en"}
    open_story(writer, make_revision(**fields).story)
    writer.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true })")
    writer.evaluate("document.querySelectorAll('.row-fold[aria-expanded=false]').forEach((fold) => fold.click())")
    assert violations(writer) == []


def test_axe_finds_nothing_on_the_citation_dialog(writer):
    open_story(writer, make_revision(language="en").story)
    writer.locator(".ProseMirror").first.press("Control+Shift+c")
    assert violations(writer, context=".citation-dialog") == []
    assert re.search("Harbour Office", writer.locator(".citation-option").inner_text())
