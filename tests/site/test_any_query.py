"""Whatever stands behind the question mark of any public address: a page, never an error, never HTML of theirs."""

import itertools
from urllib.parse import quote, unquote

import pytest
from django.core.handlers import wsgi
from django.http import QueryDict
from django.urls import resolve
from django.utils import timezone

from stories.models import Picture
from stories.site import at
from tests.site.pages import make_pages, public_patterns

pytestmark = pytest.mark.django_db
SCRIPT = "\"'><script>alert(1)</script>"
NASTY = [
    "", "\0", "\ud800", '"', "*", "NOT (", "-1", "0", str(10**30), "x" * 10_000, "1-1", "٣", "9999-12-31T23:59Z",
    "20250228T100000000000-" + "9" * 30, "//evil.example/", SCRIPT,
]  # fmt: skip
RAW = ["%", "%ff=%fe", "%00", "&&=;", "a[]=1", "=".join(["a"] * 50), "&".join(["q=1"] * 900), quote(SCRIPT)]
FINE = {200, 301, 302, 404}


class Noted(QueryDict):
    """A query string that notes which parameters were asked for."""

    def __init__(self, *args, **kwargs):
        self.asked = getattr(self, "asked", set())
        super().__init__(*args, **kwargs)
        self.asked.clear()

    def __getitem__(self, key):
        self.asked.add(key)
        return super().__getitem__(key)

    def __contains__(self, key):
        self.asked.add(key)
        return super().__contains__(key)

    def getlist(self, key, default=None):
        self.asked.add(key)
        return super().getlist(key, default)


def for_machines(paths):
    """Return addresses of the patterns that are no page."""
    tag, now = paths["tag"].split("/")[2], timezone.now()
    return [
        "/archive/",
        "/feeds/all.rss",
        "/feeds/corrections.atom",
        "/feeds/topics/diplomacy.rss",
        f"/feeds/tags/{tag}.atom",
        "/feeds/sources/harbour-watch.rss",
        "/feeds/authors/ada-reporter.atom",
        "/sitemap.xml",
        "/sitemaps/pages.xml",
        "/sitemaps/terms-1.xml",
        f"/sitemaps/stories-{now:%Y-%m}.xml",
        f"/sitemaps/stories-{now:%Y-%m}-1.xml",
        "/robots.txt",
        f"/record/{now:%Y-%m-%d}.txt",
        f"/media/{Picture.objects.first().file.name}",
    ]


@pytest.fixture
def addresses():
    """One address of each public pattern, without its query string."""
    found, paths = {}, make_pages()
    for path in [*paths.values(), *for_machines(paths)]:
        path = path.partition("?")[0]
        if path not in (paths["not found"], paths["withdrawn story"], paths["ended link"]):
            found.setdefault(resolve(unquote(path)).route, path)
    assert set(found) == set(public_patterns())
    return list(found.values())


def content(response):
    text = b"".join(response) if response.streaming else response.content
    return text.decode(errors="replace")


def test_any_query_of_any_address_gives_a_page(client, addresses, monkeypatch):
    monkeypatch.setattr(at, "A_MINUTE", 10_000)
    monkeypatch.setattr(wsgi, "QueryDict", Noted)
    asked = {}
    for path in addresses:
        response = client.get(f"{path}?x=1")
        asked[path] = sorted(response.wsgi_request.GET.asked)
        content(response)
    assert {"before", "after", "q", "sort", "version", "passage", "path"} <= set(itertools.chain(*asked.values()))
    odd = []
    for path, names in asked.items():
        values = [quote(value, errors="surrogatepass") for value in NASTY]
        queries = [f"{name}={value}" for name in names for value in values]
        unasked = "&".join(f"x{number}={value}" for number, value in enumerate(values))
        for query in [unasked, *queries, *(f"{name}=1&{name}=2&{name}" for name in names), *RAW]:
            response = client.get(f"{path}?{query}")
            if response.status_code not in FINE or "<script>alert" in content(response) + str(response.headers):
                odd.append((path, query[:80], response.status_code))
    assert odd == []
