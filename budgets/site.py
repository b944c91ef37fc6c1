"""The site that is measured: the product as `make run` serves it, on a scratch database with demo and other stories."""

import contextlib
import logging
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from urllib.parse import unquote

from newsroom import run

PATIENCE = 60  # seconds for the server to start
WORDS = 900
STORY = f"demo story of {WORDS} words"


@contextlib.contextmanager
def serving(var):
    """Fill the folder `var` with a site and serve it; give (origin, {name: path}, {name: HTML that has no address})."""
    os.environ |= {"NEWSROOM_VAR": str(var), "HTTPS": "false", "DJANGO_SETTINGS_MODULE": "newsroom.settings"}
    for name in ("DEBUG", "DATABASE_URL", "SITE_URL", "SITE_NAME", "LANGUAGE_CODE", "ALLOWED_HOSTS", "SECRET_KEY"):
        os.environ.pop(name, None)
    run.VAR = var
    run.write_env()
    import django

    django.setup()
    logging.getLogger("django").setLevel("ERROR")  # what is refused here is refused on purpose
    run.prepare_database()
    run.collect_static()
    paths, answers = fill()
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    command, environ = [sys.executable, "-m", "newsroom.run"], os.environ | {"PORT": str(port)}
    with (var / "server.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=run.BASE, env=environ, stdout=log, stderr=log)
    try:
        if not starts(origin, server):
            sys.exit(f"The server did not start.\n{(var / 'server.log').read_text()}")
        yield origin, paths, answers
    finally:
        server.terminate()
        server.wait()


def fill():
    """Write stories until there is a page of each type; return the pages and what has no address."""
    from tests.site.pages import make_answers, make_pages

    paths = {STORY: story_of(WORDS)} | make_pages()
    return paths, make_answers(paths)


def story_of(words):
    """Return the address of the shortest demo story that has so many words."""
    from stories.models import Version
    from stories.publishing.document import word_count

    stories = Version.objects.filter(visible_until=None, listed=True)
    long = [(count, story.path) for story in stories if (count := word_count(story.document)) >= words]
    return min(long)[1] if long else sys.exit(f"No demo story has {words} words.")


def one_of_each_view(paths):
    """Keep the first of the pages {name: path} that each view makes."""
    from django.urls import resolve

    views = {}
    for name, path in paths.items():
        views.setdefault(resolve(unquote(path.partition("?")[0])).func, (name, path))
    return dict(views.values())


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def starts(origin, server):
    """Wait for the server to answer; tell whether it does."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(urllib.error.URLError), urllib.request.urlopen(origin):  # noqa: S310
            return True
        time.sleep(0.1)
    return False
