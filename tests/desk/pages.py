"""What the tests of the desk's pages about one story do alike."""

import re
from html import unescape

from django.urls import reverse


def url(name, story, *args):
    return reverse(f"admin:stories_story_{name}", args=[story.pk, *args])


def text(response):
    """Return the words of a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def told(response):
    """Return the messages that a page shows."""
    return [str(message) for message in response.context["messages"]]


def to_end(text):
    """Put the cursor at the end of an editor's text.

    Some milliseconds after it got the focus the editor sets the cursor itself, and it hears of a new place a moment
    later: both are waited for, in the page's own time.
    """
    wait = "() => new Promise((done) => setTimeout(done, 60))"
    text.focus()
    text.evaluate(wait)
    text.press("Control+End")
    text.evaluate(wait)


def hidden(response):
    """Return what the page's own hidden fields say."""
    inputs = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">', response.content.decode())
    return {name: unescape(value) for name, value in inputs if name != "csrfmiddlewaretoken"}
