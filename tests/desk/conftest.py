"""Browsers in which somebody is logged in, and one in which nobody is."""

import pytest
from playwright.sync_api import expect

from tests.browsing import log_in, watched
from tests.factories import make_editor

expect.set_options(timeout=30_000)  # a form of twenty editors, on a machine that may be busy
WIDE = {"width": 1280, "height": 900}


@pytest.fixture
def people(browser, live_server):
    """Return a function that gives a user a browser of their own, in which they are logged in: a page."""
    contexts = []

    def page_of(user):
        contexts.append(browser.new_context(viewport=WIDE))
        page = watched(contexts[-1].new_page())
        page.set_default_timeout(30_000)
        return log_in(page, live_server, user)

    yield page_of
    complaints = [page.complaints for context in contexts for page in context.pages if hasattr(page, "complaints")]
    for context in contexts:
        context.close()
    assert [complaint for complaint in complaints if complaint] == []


@pytest.fixture
def sign_in(people):
    """Return a function that makes an editor, by first name, and gives them a browser of their own."""
    return lambda name: people(make_editor(username=name.lower(), first_name=name))


@pytest.fixture
def desk(people):
    """A page on which an editor is logged in."""
    return people(make_editor(username="ayse", first_name="Ayşe", last_name="Demir"))


@pytest.fixture
def writer(desk, live_server):
    """A page on which an editor is logged in, and which must neither complain at all nor ask another host."""
    desk.on("console", lambda line: line.type in ("error", "warning") and desk.complaints.append(line.text))
    ours = (live_server.url, "data:")
    desk.on("request", lambda request: request.url.startswith(ours) or desk.complaints.append(request.url))
    return desk


@pytest.fixture
def reader(browser):
    """A page of a reader."""
    context = browser.new_context()
    page = watched(context.new_page())
    page.set_default_timeout(30_000)
    yield page
    context.close()
    assert page.complaints == []
