"""What the tests of the story form in a browser do alike."""

from playwright.sync_api import expect

from stories.models import Story
from stories.publishing.working_copy import document_from_story


def ready(page):
    """Wait until all editors have their toolbars."""
    expect(page.locator(".block-bar")).to_be_visible()
    texts = page.locator(
        ".order-machine > .inline-related:not(.empty-form) textarea[data-django-prose-editor-configurable]"
    )
    expect(page.locator(".prose-editor .prose-menubar")).to_have_count(texts.count())


def open_story(page, story):
    page.goto(f"{page.story_url}/{story.pk}/change/")
    ready(page)


def save(page):
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    expect(page.locator(".errornote")).to_have_count(0)
    ready(page)


def texts(page):
    return page.locator(".order-machine .ProseMirror")


def named_text(page):
    """Return the editor of the block that is announced as “Text”. Until it is there, the area it hides has the name."""
    return page.locator(".ProseMirror").and_(page.get_by_role("textbox", name="Text"))


def document_of(story):
    return document_from_story(Story.objects.get(pk=story.pk))


def pick(page, field, text):
    """Choose `text` in an autocomplete field, by the selector of its select element."""
    page.locator(f"{field} + .select2-container").click()
    page.locator(".select2-search__field:focus").type(text)
    page.locator(".select2-results__option", has_text=text).first.click()


def to_end(text):
    """Put the cursor at the end of an editor's text."""
    text.focus()
    settle(text)
    text.press("Control+End")
    settle(text)


def settle(text):
    """Wait until an editor that got the focus has its cursor.

    It sets it itself some milliseconds later, and hears of a new place a moment after that: both are waited for, in the
    page's own time.
    """
    text.evaluate("() => new Promise((done) => setTimeout(done, 60))")
