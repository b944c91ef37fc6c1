"""A tab is closed, a machine crashes, the network goes: what was written is there again."""

import re

import pytest
from playwright.sync_api import expect

from stories.models import Autosave, Story
from tests.browsing import violations, width_of
from tests.desk.writing import document_of, open_story, ready, texts, to_end
from tests.factories import make_published, make_revision

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ada(sign_in):
    return sign_in("Ada")


@pytest.fixture
def story(db):
    return make_revision(language="en", headline="Gates", text="The office").story


def kept(page):
    expect(page.locator("#kept")).to_have_text(re.compile("Unsaved work kept [0-2][0-9]:[0-5][0-9]"))


def write(page, words):
    to_end(texts(page).nth(0))
    page.keyboard.type(words)


def crashed(page):
    """Open another tab in place of one that was closed without saving."""
    another = page.context.new_page()
    another.story_url = page.story_url
    page.close(run_before_unload=False)
    return another


def test_after_a_crash_an_editor_goes_on_where_they_were(ada, story):
    open_story(ada, story)
    write(ada, " Unsaved words.")
    ada.get_by_role("button", name="Question", exact=True).press("Enter")
    ada.keyboard.type("An unsaved question?")
    kept(ada)
    before = document_of(story)
    ada = crashed(ada)
    open_story(ada, story)
    expect(ada.get_by_text("You have unsaved work on this story")).to_be_visible()
    expect(texts(ada).nth(0)).not_to_contain_text("Unsaved words.")
    ada.get_by_role("link", name="Continue with it").press("Enter")
    ready(ada)
    expect(texts(ada).nth(0)).to_contain_text("Unsaved words.")
    assert document_of(story) == before
    ada.keyboard.press("Control+s")
    expect(ada.locator(".success")).to_be_visible()
    blocks = document_of(story)["blocks"]
    assert "Unsaved words." in blocks[0]["html"]
    assert blocks[1]["question"] == "An unsaved question?"
    expect(ada.locator(".kept-notice")).to_have_count(0)
    assert not Autosave.objects.exists()


def test_after_a_crash_a_correction_goes_on_where_it_was(ada):
    version = make_published(language="en", headline="Gates")
    address = f"{ada.story_url}/{version.story_id}/correct/"
    ada.goto(address)
    write(ada, " Unsaved words.")
    ada.locator("#id_wrong").fill("It said too little.")
    kept(ada)
    ada = crashed(ada)
    ada.goto(address)
    ada.get_by_role("link", name="Continue with it").click()
    expect(texts(ada).nth(0)).to_contain_text("Unsaved words.")
    expect(ada.locator("#id_wrong")).to_have_value("It said too little.")
    kept(ada)
    assert violations(ada) == []
    ada.locator("#id_right").fill("More.")
    ada.get_by_role("button", name="Show what changes").click()
    ada.get_by_role("button", name="Publish version 2 now").click()
    expect(ada.locator(".success")).to_be_visible()
    assert "Unsaved words." in version.story.versions.latest().document["blocks"][0]["html"]
    assert not Autosave.objects.exists()


def test_closing_the_tab_at_once_keeps_the_last_words(ada, story):
    open_story(ada, story)
    write(ada, " The very last words.")
    ada.goto("about:blank")
    for _turn in range(100):  # it is sent while the next page is asked for, and may arrive after it
        if Autosave.objects.exists():
            break
        ada.wait_for_timeout(100)
    open_story(ada, story)
    expect(ada.get_by_text("You have unsaved work on this story")).to_be_visible()
    assert "The very last words." in Autosave.objects.get().fields["stories_text_set-0-html"][0]


def test_a_new_story_is_found_again(ada):
    ada.goto(f"{ada.story_url}/add/")
    ready(ada)
    ada.keyboard.type("A headline nobody saved")
    kept(ada)
    ada = crashed(ada)
    ada.goto(f"{ada.story_url}/add/")
    ready(ada)
    expect(ada.get_by_text("You began a story, “A headline nobody saved”")).to_be_visible()
    ada.get_by_role("link", name="Continue with it").click()
    ready(ada)
    expect(ada.get_by_label("Headline")).to_have_value("A headline nobody saved")
    ada.keyboard.press("Control+s")
    expect(ada.locator(".success")).to_be_visible()
    assert Story.objects.get().headline == "A headline nobody saved"


def test_unsaved_work_is_discarded_on_request(ada, story):
    open_story(ada, story)
    write(ada, " Nonsense.")
    kept(ada)
    ada.reload()
    ready(ada)
    ada.get_by_role("button", name="Discard it").click()
    expect(ada.get_by_text("That unsaved work is discarded.")).to_be_visible()
    expect(ada.locator(".kept-notice")).to_have_count(0)


def test_what_was_undone_is_not_offered(ada, story):
    open_story(ada, story)
    ada.locator("#id_kicker").fill("x")
    kept(ada)
    ada.locator("#id_kicker").fill("")
    expect(ada.locator("#kept")).to_have_text("")
    assert not Autosave.objects.exists()


def test_a_form_that_nobody_touched_is_sent_all_the_same(ada, story):
    open_story(ada, story)
    ada.get_by_role("button", name="Save", exact=False).first.click()
    expect(ada.locator(".success")).to_be_visible()


def test_a_form_that_was_only_looked_at_keeps_nothing(ada, story):
    open_story(ada, story)
    texts(ada).nth(0).click()
    ada.wait_for_timeout(3000)
    ada.goto("about:blank")
    ada.wait_for_timeout(300)
    assert not Autosave.objects.exists()


def test_without_a_network_it_is_said_and_made_good_later(ada, story):
    open_story(ada, story)
    ada.context.set_offline(True)
    write(ada, " Offline.")
    ada.keyboard.press("Control+s")
    expect(ada.get_by_role("status").filter(has_text="Not saved.")).to_be_visible()
    problem = ada.get_by_role("status").filter(has_text="the newsroom cannot be reached")
    expect(problem).to_be_visible()
    ada.context.set_offline(False)
    write(ada, " And on.")
    kept(ada)
    expect(problem).to_have_count(0)


def test_who_was_logged_out_is_told_and_loses_nothing(ada, story):
    open_story(ada, story)
    cookies = ada.context.cookies()
    ada.context.clear_cookies()
    write(ada, " Logged out.")
    ada.keyboard.press("Control+s")
    expect(ada.get_by_role("status").filter(has_text="Not saved.")).to_be_visible()
    expect(ada.get_by_role("status").filter(has_text="you are logged out")).to_be_visible()
    # Logged in again in another tab: session and token are new, the form in this one goes on.
    other = ada.context.new_page()
    other.goto(f"{ada.story_url}/")
    other.get_by_label("Username").fill("ada")
    other.get_by_label("Password").fill("secret")
    other.get_by_role("button", name="Log in").click()
    expect(other.locator("#changelist")).to_be_visible()
    assert {c["value"] for c in cookies}.isdisjoint(c["value"] for c in ada.context.cookies())
    write(ada, " In again.")
    kept(ada)
    ada.keyboard.press("Control+s")
    expect(ada.locator(".success")).to_be_visible()
    assert "Logged out. In again." in document_of(story)["blocks"][0]["html"]


def test_two_tabs_of_one_editor_do_not_write_over_each_other(ada, story):
    other = ada.context.new_page()
    other.story_url = ada.story_url
    open_story(ada, story)
    open_story(other, story)
    write(ada, " First tab.")
    kept(ada)
    write(other, " Second tab.")
    expect(other.get_by_role("status").filter(has_text="other unsaved work of yours")).to_be_visible()
    assert "First tab." in Autosave.objects.get().fields["stories_text_set-0-html"][0]


def test_axe_finds_nothing_on_the_notice(ada, story):
    open_story(ada, story)
    write(ada, " Words.")
    kept(ada)
    ada.reload()
    ready(ada)
    assert violations(ada) == []
    ada.set_viewport_size({"width": 390, "height": 900})
    assert width_of(ada) <= 390
