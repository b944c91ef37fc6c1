"""No page type and no template is missing from the list that axe, the checker of HTML and the budgets go through."""

from pathlib import Path
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.test.signals import template_rendered
from django.urls import resolve

from tests.site.pages import make_answers, make_pages, public_patterns

pytestmark = pytest.mark.django_db
TEMPLATES = Path(settings.BASE / "templates")
NO_PAGES = ("feeds/", "sitemap", "robots.txt", "record/", "media/")  # for machines
LEADS_ON = "archive/"  # to another page
STATUS = {"withdrawn story": 410, "nothing at that time": 404, "ended link": 404, "not found": 404}


@pytest.fixture
def used():
    """The names of the templates that were rendered since."""
    names = set()

    def note(template, **kwargs):
        names.add(template.name)

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


def test_every_page_type_is_in_the_list(client, used):
    paths, routes = make_pages(), set()
    for name, path in paths.items():
        assert (name, client.get(path).status_code) == (name, STATUS.get(name, 200))
        if name != "not found":
            routes.add(resolve(unquote(path.partition("?")[0])).route)
    make_answers(paths)
    missing = set(public_patterns()) - routes - {LEADS_ON}
    assert {route for route in missing if not route.startswith(NO_PAGES)} == set()
    written = {str(path.relative_to(TEMPLATES)) for path in [*TEMPLATES.glob("*.html"), *TEMPLATES.glob("site/*.html")]}
    assert {name for name in written if "/_" not in name} - used == set()


def test_every_page_that_search_engines_may_show_says_what_it_is(client):
    silent = []
    for name, path in make_pages().items():
        response = client.get(path)
        html = response.content.decode()
        if response.status_code == 200 and "noindex" not in html and '<meta name="description"' not in html:
            silent.append(name)
    assert silent == []
