"""Two editors in two browsers save the same story: in the end it has everybody's words."""

import pytest
from playwright.sync_api import expect

from stories.publishing.document import new_id
from stories.publishing.revisions import save_document
from tests.browsing import violations, width_of
from tests.desk.writing import document_of, open_story, texts, to_end
from tests.factories import make_published, make_revision

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def clash(ada, ben):
    """Let Ben change, add and remove, then Ada; both save. Ada ends on the page that joins."""
    html = ["Opening.", "The gate.", "The port.", "The end."]
    blocks = [{"id": new_id(), "type": "text", "html": f"<p>{words}</p>"} for words in html]
    story = make_revision(language="en", headline="Gates", blocks=blocks).story
    open_story(ada, story)
    open_story(ben, story)

    to_end(texts(ben).nth(0))
    ben.keyboard.type(" As Ben knows.")
    to_end(texts(ben).nth(1))
    ben.keyboard.type(" It opened.")
    ben.locator("#stories_text_set-2 .delete input").check()
    ben.get_by_role("button", name="Key point", exact=True).press("Enter")
    ben.keyboard.press("Tab")
    ben.keyboard.type("Ben’s point")
    ben.keyboard.press("Control+s")
    expect(ben.locator(".success")).to_be_visible()

    to_end(texts(ada).nth(0))
    ada.keyboard.type(" As Ada knows.")
    to_end(texts(ada).nth(2))
    ada.keyboard.type(" Ada saw it.")
    ada.locator("#id_headline").fill("Gates open")
    ada.get_by_role("button", name="Question", exact=True).press("Enter")
    ada.keyboard.type("Ada’s question?")
    ada.keyboard.press("Control+s")
    ada.wait_for_url("**/merge/**")
    return story, blocks


def choose(page, place, choice):
    page.locator(f"input[name='{place}-choice'][value={choice}]").check()


def test_two_editors_who_clash_find_all_their_words_in_the_story(sign_in):
    ada, ben = sign_in("Ada"), sign_in("Ben")
    story, blocks = clash(ada, ben)
    expect(ada.get_by_role("heading", name="Join two saves")).to_be_visible()
    expect(ada.get_by_text("Of 2 places you are asked")).to_be_visible()
    first, third = (f"blocks.{blocks[number]['id']}" for number in (0, 2))
    choose(ada, first, "edit")
    editor = ada.locator(".conflict .ProseMirror").first
    to_end(editor)
    ada.keyboard.type(" So does Ben.")
    choose(ada, third, "mine")
    ada.get_by_role("button", name="Save both, joined").click()
    expect(ada.get_by_text("Both are joined and saved.")).to_be_visible()
    document = document_of(story)
    assert document["headline"] == "Gates open"
    told = [block.get("html") or block.get("label") or block.get("question") for block in document["blocks"]]
    assert sorted(told) == sorted(
        [
            "<p>Opening. As Ada knows. So does Ben.</p>",
            "<p>The gate. It opened.</p>",
            "<p>The port. Ada saw it.</p>",
            "<p>The end.</p>",
            "Ben’s point",
            "Ada’s question?",
        ]
    )


def test_two_saves_are_joined_by_keyboard(sign_in):
    ada, ben = sign_in("Ada"), sign_in("Ben")
    story, _ = clash(ada, ben)
    groups = ada.get_by_role("group", name="What shall the story say?")
    expect(groups).to_have_count(2)
    for number in range(2):
        for _ in range(60):
            ada.keyboard.press("Tab")
            if groups.nth(number).evaluate("group => group.contains(document.activeElement)"):
                break
        ada.keyboard.press("Space")
    for _ in range(60):
        ada.keyboard.press("Tab")
        if ada.evaluate("document.activeElement.name === 'join'"):
            break
    ada.keyboard.press("Enter")
    expect(ada.get_by_text("Both are joined and saved.")).to_be_visible()
    assert document_of(story)["blocks"][0]["html"] == "<p>Opening. As Ada knows.</p>"


def test_axe_finds_nothing_on_the_page_that_joins(sign_in):
    ada, ben = sign_in("Ada"), sign_in("Ben")
    _, blocks = clash(ada, ben)
    choose(ada, f"blocks.{blocks[0]['id']}", "edit")
    expect(ada.locator(".anew .prose-menubar").first).to_be_visible()
    assert violations(ada) == []
    for width in (820, 390):
        ada.set_viewport_size({"width": width, "height": 900})
        assert width_of(ada) <= width


def test_who_else_writes_is_shown_without_loading_anew(sign_in):
    ada, ben = sign_in("Ada"), sign_in("Ben")
    story = make_revision(language="en").story
    ada.clock.install()
    open_story(ada, story)
    ada.clock.run_for(3_000)
    present = ada.locator("#present")
    expect(present).to_have_text("")
    open_story(ben, story)
    expect(ben.locator("#present")).to_contain_text("Ada has this open since")
    ada.clock.run_for(21_000)
    expect(present).to_contain_text("Ben has this open since")
    ben.locator("#id_kicker").fill("Port")
    ben.keyboard.press("Control+s")
    expect(ben.locator(".success")).to_be_visible()
    ada.clock.run_for(21_000)
    expect(present).to_contain_text("Ben saved it at")
    ben.goto("about:blank")
    ada.clock.run_for(21_000)
    expect(present).not_to_contain_text("has this open")


def test_axe_finds_nothing_on_what_is_compared(sign_in):
    ada = sign_in("Ada")
    story = make_published(language="en", headline="Out").story
    before = document_of(story)
    blocks = [*before["blocks"], {"id": new_id(), "type": "text", "html": "<h2>More</h2><p>Words</p>"}]
    save_document(before | {"headline": "Other", "blocks": blocks}, story)
    for page in ("compare/?old=live", "history/", "publish/"):
        ada.goto(f"{ada.story_url}/{story.pk}/{page}")
        ada.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true })")
        assert violations(ada) == [], page
        for width in (820, 390):
            ada.set_viewport_size({"width": width, "height": 900})
            assert width_of(ada) <= width, page
        ada.set_viewport_size({"width": 1280, "height": 900})


def test_two_that_were_saved_are_compared_by_keyboard(sign_in):
    ada = sign_in("Ada")
    story = make_revision(language="en", headline="One").story
    for headline in ("Two", "Three"):
        save_document(document_of(story) | {"headline": headline}, story)
    ada.goto(f"{ada.story_url}/{story.pk}/history/")
    olds = ada.get_by_role("radio", name="From what was saved")
    olds.nth(1).focus()
    ada.keyboard.press("ArrowDown")
    expect(olds.nth(2)).to_be_checked()
    ada.get_by_role("button", name="Compare the two that are marked").press("Enter")
    expect(ada.get_by_role("heading", name="What changed")).to_be_visible()
    expect(ada.locator("del")).to_contain_text("One")
    expect(ada.locator("ins")).to_contain_text("Three")
