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


def hidden(response):
    """Return what the page's own hidden fields say."""
    inputs = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">', response.content.decode())
    return {name: unescape(value) for name, value in inputs if name != "csrfmiddlewaretoken"}
