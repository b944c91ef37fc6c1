"""Writing in comfort, in a browser: sources made while one writes, pasted texts, keys, counts and names proposed."""

import re

import pytest
from playwright.sync_api import expect

from stories.models import Source, Story
from stories.models.term import make_slug, make_slugline
from stories.publishing.document import word_count
from tests.browsing import log_in, violations, width_of
from tests.desk.pasted import DOCS, PASTE, WORD
from tests.desk.writing import document_of, open_story, ready, save, settle, to_end
from tests.factories import make_editor, make_published, make_revision, make_source
from tests.site.rich import rich_fields

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def text_of(page):
    return page.locator(".order-machine .ProseMirror").first


def test_a_click_meets_its_button_though_the_help_of_a_field_goes_away(writer):
    open_story(writer, make_revision(language="en").story)
    bar = writer.locator(".block-bar")
    bar.get_by_role("button", name="Key point").click()
    expect(writer.locator("[id$='-icon']:focus")).to_have_count(1)
    bar.get_by_role("button", name="Question").click(delay=120)  # as long as a finger takes
    expect(writer.locator("[id^='id_stories_question_set-'][id$='-question']:focus")).to_have_count(1)


def test_a_paragraph_runs_as_its_first_letter_does(writer):
    open_story(writer, make_revision(language="ar", text="فتح المكتب البوابة.").story)
    box = text_of(writer).bounding_box()
    left = text_of(writer).evaluate(
        """editor => {
          const range = document.createRange()
          range.selectNodeContents(editor.querySelector("p"))
          return range.getBoundingClientRect().left
        }"""
    )
    assert left > box["x"] + box["width"] / 2


# Citing


def test_a_source_is_made_and_cited_without_leaving_the_text(writer):
    story = make_revision(language="en", text="The gate opened").story
    open_story(writer, story)
    to_end(text_of(writer))
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
    to_end(text_of(writer))
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
    assert violations(writer, context=".citation-dialog") == []
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


# Pasting


def pasted(page, html):
    """Return what is saved of a new story into whose text `html` was pasted."""
    page.goto(f"{page.story_url}/add/")
    ready(page)
    page.locator("#id_headline").fill("Pasted")
    text_of(page).evaluate(PASTE, html)
    save(page)
    return document_of(Story.objects.get())["blocks"][0]["html"]


def test_a_text_from_word_is_pasted_clean(writer):
    assert pasted(writer, WORD) == (
        "<h2>Big heading one</h2><h3>Sub heading</h3>"
        '<p><strong>Bold red</strong> and <em>italic</em> with a <a href="https://example.org/a?utm=1">link</a>'
        " here.</p>"
        "<ul><li><p>First item</p></li><li><p>Second item</p></li></ul>"
        "<table><tbody><tr><td><p>A1</p></td><td><p>B1</p></td></tr></tbody></table>"
    )


def test_a_text_from_google_docs_is_pasted_clean(writer):
    assert pasted(writer, DOCS) == (
        "<h2>Docs heading</h2>"
        "<p>Plain then <strong>bold by span</strong><em> italic by span</em>"
        ' <a href="https://example.org/real">redirect link</a></p>'
        "<ul><li><p>Item one</p></li></ul>"
    )


# Keys


def blocks_of(names):
    return [
        {"id": f"00000000-0000-4000-8000-00000000000{number}", "type": "text", "html": f"<p>{name}</p>"}
        for number, name in enumerate(names)
    ]


def test_a_block_is_added_below_and_moved_by_keys_while_one_writes(writer):
    story = make_revision(language="en", blocks=blocks_of("ABC")).story
    open_story(writer, story)
    keys = writer.keyboard
    to_end(text_of(writer))
    keys.press("Alt+Shift+ArrowDown")
    expect(writer.locator("#story-status")).to_have_text("Moved to place 2 of 3.")
    keys.type("1")  # the cursor went with the text
    keys.press("Alt+Shift+ArrowDown")
    keys.press("Alt+Shift+ArrowDown")  # it is the last: nothing to do
    keys.press("Alt+Shift+ArrowUp")
    settle(text_of(writer))
    keys.type("2")
    keys.press("Alt+Shift+a")
    expect(writer.get_by_role("dialog", name="Add a block")).to_be_visible()
    keys.press("k")
    expect(writer.get_by_role("button", name="Key point").last).to_be_focused()
    keys.press("ArrowDown")
    keys.press("Enter")
    keys.type("Why?")
    save(writer)
    blocks = document_of(story)["blocks"]
    assert [block.get("html", block.get("question")) for block in blocks] == [
        "<p>B</p>",
        "<p>A12</p>",
        "Why?",
        "<p>C</p>",
    ]


def test_a_block_is_added_at_the_end_from_outside_the_body(writer):
    story = make_revision(language="en", blocks=blocks_of("AB")).story
    open_story(writer, story)
    writer.locator("#id_headline").focus()
    writer.keyboard.press("Alt+Shift+a")
    writer.keyboard.press("Enter")
    writer.keyboard.type("C")
    save(writer)
    assert [block["html"] for block in document_of(story)["blocks"]] == ["<p>A</p>", "<p>B</p>", "<p>C</p>"]


def test_escape_leaves_the_choice_of_a_block_and_goes_back_to_the_text(writer):
    open_story(writer, make_revision(language="en", blocks=blocks_of("A")).story)
    to_end(text_of(writer))
    writer.keyboard.press("Alt+Shift+a")
    writer.keyboard.press("Escape")
    expect(text_of(writer)).to_be_focused()


def test_a_key_opens_and_closes_the_preview(writer):
    open_story(writer, make_revision(language="en").story)
    text_of(writer).press("Alt+Shift+p")
    expect(writer.locator("#preview-pane")).to_be_visible()
    expect(text_of(writer)).to_be_focused()
    writer.keyboard.press("Alt+Shift+p")
    expect(writer.locator("#preview-pane")).to_be_hidden()


def test_the_keys_are_listed_by_a_button_and_by_a_question_mark(writer):
    open_story(writer, make_revision(language="en").story)
    writer.get_by_role("button", name="Keyboard shortcuts").press("Enter")
    dialog = writer.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog.get_by_text("Cite a source, at the cursor")).to_be_visible()
    assert violations(writer, context=".keys-dialog") == []
    writer.keyboard.press("Escape")
    expect(writer.get_by_role("button", name="Keyboard shortcuts")).to_be_focused()
    writer.keyboard.press("?")
    expect(dialog).to_be_visible()
    writer.keyboard.press("Escape")
    to_end(text_of(writer))
    writer.keyboard.type("?")
    expect(dialog).to_have_count(0)
    expect(text_of(writer)).to_contain_text("?")


# Counts and names


def test_words_and_minutes_are_counted_as_the_site_counts_them(writer):
    fields = rich_fields() | {"language": "en"}
    story = make_revision(**fields).story
    open_story(writer, story)
    number = word_count(document_of(story))
    assert number > 40
    expect(writer.locator("#story-counts")).to_have_text(f"{number} words · 1 min read")
    to_end(text_of(writer))
    writer.keyboard.type(" two more")
    expect(writer.locator("#story-counts")).to_have_text(f"{number + 2} words · 1 min read")


def test_a_long_text_takes_as_many_minutes_as_on_the_site(writer):
    open_story(writer, make_revision(language="en", text="word " * 231).story)
    expect(writer.locator("#story-counts")).to_contain_text("2 min read")


def test_the_length_of_a_headline_is_shown(writer):
    open_story(writer, make_revision(language="en", headline="Gates open").story)
    writer.locator("#id_standfirst").focus()
    expect(writer.get_by_text("10 characters")).to_be_visible()
    writer.locator("#id_headline").fill("x" * 70)
    expect(writer.locator("#headline-length")).to_have_text("70 characters")
    writer.locator("#id_headline").fill("\N{SLIGHTLY SMILING FACE}" * 71)
    expect(writer.locator("#headline-length")).to_have_text(
        "71 characters: lists and search engines may cut what goes beyond 70"
    )
    expect(writer.locator("#id_headline")).to_have_attribute("aria-describedby", re.compile("headline-length"))


def test_what_nears_the_most_that_a_field_takes_is_told(writer):
    open_story(writer, make_revision(language="en").story)
    writer.locator("#id_budget_line").fill("x" * 269)
    told = writer.locator("#id_budget_line_left")
    expect(told).to_have_count(0)
    writer.locator("#id_budget_line").fill("x" * 270)
    expect(told).to_have_text("270 of at most 300 characters")
    writer.locator("#id_budget_line").fill("x")
    expect(told).to_be_empty()


HEADLINES = [
    "Four questions after Istanbul: “what now”?",
    "  Ворота  открыты — в 9:00! ",
    "Ａ ﬁne_day -- (really) ",
    "İstanbul’da görüşme",
    "محادثات إسطنبول",
    "½ of it, x² and …",
    "🙂",
    "UN, EU and Ⅳ_一二 на 5 г. in NY",
    "long " * 40,
]


def test_slug_and_slugline_proposed_are_those_the_server_would_make(writer):
    writer.goto(f"{writer.story_url}/add/")
    ready(writer)
    for headline in HEADLINES:
        writer.locator("#id_headline").fill(headline)
        made = [writer.locator(f"#id_{name}").input_value() for name in ("slug", "slugline")]
        assert (headline, *made) == (headline, make_slug(headline), make_slugline(headline))


def test_slug_and_slugline_follow_the_headline_until_the_editor_writes_others(writer):
    writer.goto(f"{writer.story_url}/add/")
    ready(writer)
    writer.locator("#id_headline").fill("US and Russia hold talks in Istanbul")
    expect(writer.locator("#id_slug")).to_have_value("us-and-russia-hold-talks-in-istanbul")
    expect(writer.locator("#id_slugline")).to_have_value("us-russia-hold")
    writer.locator("#id_slugline").evaluate("field => field.closest('details').open = true")
    writer.locator("#id_slugline").fill("istanbul-talks")
    writer.locator("#id_headline").fill("Talks end")
    expect(writer.locator("#id_slug")).to_have_value("talks-end")
    expect(writer.locator("#id_slugline")).to_have_value("istanbul-talks")
    save(writer)
    writer.locator("#id_headline").fill("Talks go on")  # not out yet: it follows still
    expect(writer.locator("#id_slug")).to_have_value("talks-go-on")
    save(writer)
    story = Story.objects.get()
    assert (story.slug, story.slugline) == ("talks-go-on", "istanbul-talks")


def test_once_published_the_slug_stays(writer):
    story = make_published(language="en", headline="Talks end", slug="talks-end").story
    open_story(writer, story)
    writer.locator("#id_headline").fill("Talks go on")
    expect(writer.locator("#headline-length")).to_have_text("11 characters")
    expect(writer.locator("#id_slug")).to_have_value("talks-end")


# Touch


def test_everything_is_within_reach_of_a_finger_at_820_pixels(browser, live_server):
    context = browser.new_context(viewport={"width": 820, "height": 1180}, has_touch=True)
    page = log_in(context.new_page(), live_server, make_editor())
    story = make_revision(**rich_fields() | {"language": "en"}).story
    open_story(page, story)
    assert page.evaluate(SMALL) == []
    assert width_of(page) <= 820
    page.get_by_role("button", name="Move down: Key point").first.tap()
    expect(page.locator("#story-status")).to_have_text(re.compile("Moved to place 2"))
    page.locator("#citations-group .add-row a").tap()
    last = page.locator("#citations-group .inline-related:not(.empty-form)").last
    last.get_by_label("Link").tap()
    expect(last.get_by_label("Link")).to_be_in_viewport()
    bar = page.locator(".story-submit").bounding_box()
    field = last.get_by_label("Link").bounding_box()
    assert field["y"] + field["height"] <= bar["y"]
    closed = page.locator("summary", has_text="For the reader")
    closed.evaluate("node => scrollBy(0, node.getBoundingClientRect().bottom - innerHeight + 20)")  # under the bar
    closed.focus()
    heading = closed.bounding_box()
    assert heading["y"] + heading["height"] <= page.locator(".story-submit").bounding_box()["y"]
    context.close()


SMALL = """() => {
    const shown = [...document.querySelectorAll("#content :is(a, button, input, select, [role=button])")]
        .filter((node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    const inText = (node) => node.closest("p, .help, .ProseMirror") && node.matches("a")  // within a sentence
    return shown.filter((node) => !inText(node) && !node.matches(".select2-search__field, .select2-hidden-accessible"))
        .map((node) => [node, (node.matches("input[type=checkbox]") && node.closest("span, td, label")) || node])
        .map(([node, target]) => [node.outerHTML.slice(0, 120), target.getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.width < 23.5 || box.height < 23.5))
        .map(([html, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${html}`)
}"""
