"""What the tests in a real browser do alike."""

import re

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client

QUICK = {"resultTypes": ["violations"]}  # to describe all that passed takes axe longer than to look for what does not
COLOURS = QUICK | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
# The admin's links pass slowly from one colour to the other.
SETTLED = """async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    await Promise.allSettled(document.getAnimations().map((animation) => animation.finished))
}"""


def log_in(page, live_server, user):
    """Give a page's browser the session of `user`, without the login form and the page it leads to."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page.story_url = f"{live_server.url}/admin/stories/story"
    return page


def watched(page):
    """Collect in `page.complaints` what a page's own scripts or its content security policy complain of."""
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on(
        "console",
        lambda line: page.complaints.append(line.text) if re.search("Content.Security", line.text) else None,
    )
    return page


def load_icons(page):
    """Wait for the editor's icons, which until their font is there are words."""
    page.evaluate("document.fonts.load('16px \"Material Icons\"')")


def violations(page, url=None, context=None, **options):
    """Return what axe finds on the page at `url`, or on the open one, in light and in dark:
    [(scheme, rule, html, why)].

    In the dark only the colours are others: the rules that do not look at them are asked once.
    """
    found = []
    for scheme, asked in (("light", options | QUICK), ("dark", options | COLOURS)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        if url and scheme == "light":
            page.goto(url)
            load_icons(page)
        page.evaluate(SETTLED)
        axe = Axe() if scheme == "light" else Axe("0")  # in the page it is by then: its script takes long to read
        for rule in axe.run(page, context=context, options=asked).response["violations"]:
            nodes = rule["nodes"][:3]
            found += [(scheme, rule["id"], node["html"][:200], node["failureSummary"][:300]) for node in nodes]
    return found


def width_of(page):
    """Return how wide the page is, in pixels, with what lies beyond the window."""
    return page.evaluate("document.documentElement.scrollWidth")
