"""The story form in a browser: by keyboard, under its policy, and without losing a letter."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from stories.models import Story
from stories.publishing.document import new_id
from stories.publishing.working_copy import document_from_story
from tests.factories import make_editor, make_revision, make_source
from tests.site.rich import rich_fields

expect.set_options(timeout=30_000)  # a form of twenty editors, on a machine that may be busy
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LISTS = (
    '<h3>Areas</h3><ol type="A"><li><p>Banks</p><ol><li><p>salaries</p></li><li><p>rents</p></li></ol></li>'
    "<li><p>Property<br>and more</p></li></ol><ul><li><p>One</p><ul><li><p>deep <em><s>old</s></em></p></li></ul></li>"
    '</ul><ol type="i" start="3"><li><p>H<sub>2</sub>O, m<sup>2</sup></p></li></ol>'
    "<blockquote><p>So it is.</p></blockquote><hr>"
    '<p>See <a href="https://other.example/?a=1&amp;b=2" title="There">other</a> and <a href="/about/us/">us</a>,'
    ' <a href="mailto:desk@news.example">write</a>. «\N{NO-BREAK SPACE}Oui\N{NO-BREAK SPACE}» 5 &lt; 6</p>'
    '<table><tbody><tr><th><p>Year</p></th><th colspan="2"><p>Talks</p></th></tr>'
    "<tr><td><p>2025</p></td><td><p></p></td><td><ul><li><p>held</p></li></ul></td></tr></tbody></table>"
)


@pytest.fixture
def desk(page, live_server):
    """A page on which an editor is logged in; at the end it must have had no error and broken no policy."""
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: message.type in ("error", "warning") and problems.append(message.text))
    page.on(
        "request", lambda request: request.url.startswith((live_server.url, "data:")) or problems.append(request.url)
    )
    make_editor(username="ada")
    page.goto(f"{live_server.url}/admin/login/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Log in").click()
    page.story_url = f"{live_server.url}/admin/stories/story"
    yield page
    assert problems == []


def open_story(page, story):
    page.goto(f"{page.story_url}/{story.pk}/change/")
    ready(page)


def ready(page):
    """Wait until all editors have their toolbars."""
    expect(page.locator(".block-bar")).to_be_visible()
    texts = page.locator(
        ".order-machine > .inline-related:not(.empty-form) textarea[data-django-prose-editor-configurable]"
    )
    expect(page.locator(".prose-editor .prose-menubar")).to_have_count(texts.count())


def save(page):
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    expect(page.locator(".errornote")).to_have_count(0)
    ready(page)


def document_of(story):
    return document_from_story(Story.objects.get(pk=story.pk))


def test_an_editor_writes_cites_and_saves_by_keyboard(desk):
    make_source("Harbour Office")
    desk.goto(f"{desk.story_url}/add/")
    ready(desk)
    keys = desk.keyboard
    expect(desk.get_by_label("Headline")).to_be_focused()
    keys.type("Gates open")
    keys.press("Enter")
    expect(desk.get_by_label("Standfirst")).to_be_focused()
    keys.type("What happened.")
    desk.get_by_role("textbox", name="Text", exact=True).focus()
    keys.type("The office opened the gate.")
    keys.press("Control+Shift+c")
    expect(desk.get_by_role("dialog", name="Cite a source")).to_be_visible()
    keys.press("Tab")
    keys.press("Tab")
    expect(desk.get_by_role("button", name="New citation")).to_be_focused()
    keys.press("Enter")
    expect(desk.locator(".select2-container--open .select2-search__field")).to_be_focused()
    keys.type("Harb")
    expect(desk.get_by_role("option", name="Harbour Office")).to_be_visible()
    keys.press("Enter")
    expect(desk.locator(".ProseMirror cite")).to_have_text("1")
    expect(desk.locator(".ProseMirror cite")).to_have_attribute("title", "Harbour Office")

    desk.get_by_role("button", name="Key point", exact=True).press("Enter")
    keys.press("Tab")
    keys.type("Gate")
    keys.press("Tab")
    keys.type("It is open.")
    keys.press("Control+Shift+c")
    keys.type("harb")
    keys.press("Enter")
    desk.get_by_role("button", name="Question", exact=True).press("Enter")
    keys.type("Why now?")
    keys.press("Tab")
    keys.type("Nobody knows.")
    save(desk)

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


def test_what_every_editor_writes_back_is_what_was_stored(desk):
    fields = rich_fields() | {"language": "en"}
    fields["blocks"].insert(0, {"id": new_id(), "type": "text", "html": LISTS})
    story = make_revision(**fields).story
    before = document_of(story)
    assert before["blocks"][0]["html"] == LISTS
    open_story(desk, story)
    save(desk)
    assert document_of(story) == before
    open_story(desk, story)
    editors = desk.locator(".ProseMirror[contenteditable=true]")
    for index in range(editors.count()):  # each editor writes its text anew
        editors.nth(index).press("End")
        desk.keyboard.type("x")
        desk.keyboard.press("Backspace")
    save(desk)
    assert document_of(story) == before


def test_blocks_are_moved_and_added_between_by_keyboard(desk):
    texts = [{"id": new_id(), "type": "text", "html": f"<p>{name}</p>"} for name in "AB"]
    point = {"id": new_id(), "type": "key_point", "label": "C", "detail": ""}
    story = make_revision(language="en", blocks=[*texts, point]).story
    open_story(desk, story)
    desk.get_by_role("button", name="Move up: Key point").press("Enter")
    expect(desk.locator("#story-status")).to_have_text("Moved to place 2 of 3.")
    desk.keyboard.press("Enter")  # the button kept the focus
    targets = desk.locator(".inline-related:not(.empty-form) > .order-machine-insert-target")
    targets.nth(1).press("Enter")
    desk.get_by_role("button", name="Dated event").first.press("Enter")
    desk.keyboard.type("1962")
    save(desk)
    document = document_of(story)
    assert [block["type"] for block in document["blocks"]] == ["key_point", "event", "text", "text"]
    assert [block["id"] for block in document["blocks"]][2:] == [block["id"] for block in texts]


def test_a_marker_without_its_citation_is_seen(desk):
    story = make_revision(language="en").story
    open_story(desk, story)
    marker = desk.locator(".ProseMirror cite")
    expect(marker).to_have_text("1")
    desk.locator("#citations-0 .delete input").check()
    expect(marker).to_have_text("?")
    expect(marker).to_have_class("dangling")


def test_word_lists_are_pasted_as_lists(desk):
    desk.goto(f"{desk.story_url}/add/")
    ready(desk)
    desk.locator(".ProseMirror").first.evaluate(
        """editor => {
            const data = new DataTransfer()
            const item = (text) => `<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'>
              <span style='mso-list:Ignore'>·</span>${text}</p>`
            data.setData("text/html", item("One") + item("Two") + "<p><a href='https://www.google.com/url?q=https://a.example/'>a</a></p>")
            editor.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }))
        }"""
    )
    expect(desk.locator(".ProseMirror ul li")).to_have_count(2)
    expect(desk.locator(".ProseMirror a")).to_have_attribute("href", "https://a.example/")


def test_typed_spaces_stay_spaces(desk):
    desk.goto(f"{desk.story_url}/add/")
    ready(desk)
    desk.locator(".ProseMirror").first.focus()
    desk.keyboard.type("Hello ")
    desk.keyboard.press("Control+b")
    desk.keyboard.type("bold")
    desk.keyboard.press("Control+b")
    desk.keyboard.type(" claim")
    assert desk.locator("#id_stories_text_set-0-html").input_value() == "<p>Hello <strong>bold</strong> claim</p>"


def test_a_toolbar_is_one_stop_and_moved_in_by_arrows(desk):
    desk.goto(f"{desk.story_url}/add/")
    ready(desk)
    bar = desk.get_by_role("toolbar", name="Formatting: Text")
    assert bar.locator("button[tabindex='0']").count() == 1
    bar.get_by_role("button", name="heading 2").focus()
    desk.keyboard.press("ArrowRight")
    expect(bar.get_by_role("button", name="heading 3")).to_be_focused()
    desk.keyboard.press("Shift+Tab")
    expect(desk.get_by_role("textbox", name="Text", exact=True)).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_story_form(desk, scheme):
    desk.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    fields = rich_fields() | {"language": "en"}
    open_story(desk, make_revision(**fields).story)
    desk.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true })")
    desk.evaluate("document.querySelectorAll('.row-fold[aria-expanded=false]').forEach((fold) => fold.click())")
    results = Axe().run(desk)
    found = [(v["id"], [node["html"][:200] for node in v["nodes"]][:3]) for v in results.response["violations"]]
    assert found == []


def test_axe_finds_nothing_on_the_citation_dialog(desk):
    open_story(desk, make_revision(language="en").story)
    desk.locator(".ProseMirror").first.press("Control+Shift+c")
    results = Axe().run(desk, context=".citation-dialog")
    assert [v["id"] for v in results.response["violations"]] == []
    assert re.search("Harbour Office", desk.locator(".citation-option").inner_text())
