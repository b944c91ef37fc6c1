"""One page of each type that readers see, on one site: what axe, the checker of HTML and the budgets look at."""

import datetime
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.test import Client, override_settings
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from stories.models import Tag
from stories.models.citation import make_key
from stories.publishing.document import new_id
from stories.publishing.removals import retract, withdraw
from stories.publishing.share import share
from stories.publishing.verbs import seen
from stories.site.at import address_at
from stories.site.views import server_error
from tests.factories import (
    make_author,
    make_editor,
    make_published,
    make_revision,
    make_source,
    make_topic,
    publish_change,
)
from tests.site.rich import make_rich, named

LONG = "Donaudampfschifffahrt" * 4  # a word that no screen has room for
DAY = datetime.timedelta(days=1)


def public_patterns(patterns=None, prefix=""):
    """Return {route: name} of all patterns of the URLconf but the admin's."""
    found = {}
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            found[route] = pattern.name
        elif pattern.namespace != "admin":
            found |= public_patterns(pattern.url_patterns, route)
    return found


def make_pages():
    """Make stories in each state that readers see and return {name: path} of one page of each type."""
    editor = make_editor()
    make_topic("Empty", slug="empty-topic", open=True)
    story = make_rich()
    terms = {name: story.document[name] for name in ("topics", "tags")}
    arabic = make_published(language="ar", headline="محادثات إسطنبول", slug="محادثات", **terms)
    original = make_published(by=editor, language="en", headline="Talks in Istanbul", **terms)
    behind = make_published(language="ru", headline="Переговоры", translation_of=str(original.story_id), **terms)
    make_published(language="ar", headline="محادثات", slug="talks-ar", translation_of=str(original.story_id))
    publish_change(original.story, by=editor, standfirst="More is known.")
    corrected = make_published(by=editor, headline=f"A {LONG}", slug="long", override="x", **long_words())
    correction = {"wrong": f"It was {LONG}.", "right": "It is.", "severity": "major"}
    values = {"correction": correction, "standfirst": f"Now right: {LONG}."}
    publish_change(corrected.story, by=editor, change="correction", note=LONG, override="x", **values)
    for number in range(20):
        make_published(by=editor, headline=f"Story {number}", kind="breaking" if number else "news", override="x")
    about = make_published(by=editor, kind="page", slug="us", headline=f"About {LONG}")
    publish_change(about.story, by=editor, standfirst="Who we are.")
    retracted, withdrawn = (taken_back(verb, editor) for verb in (retract, withdraw))
    _link, token = share(make_revision(), by=editor, label="Our lawyer", expires_at=timezone.now() + DAY)
    return {
        "front": "/",
        "story": story.get_absolute_url(),
        "right-to-left story": arabic.get_absolute_url(),
        "translation": behind.get_absolute_url(),
        "corrected story": corrected.get_absolute_url(),
        "retracted story": retracted.get_absolute_url(),
        "withdrawn story": withdrawn.get_absolute_url(),
        "history": f"{corrected.path}history/",
        "version": f"{corrected.path}history/1/",
        "difference": f"{corrected.path}history/1-2/",
        "history of a retracted story": f"{retracted.path}history/",
        "history of a withdrawn story": f"{withdrawn.path}history/",
        "corrections": "/corrections/",
        "month": f"/archive/{timezone.now():%Y/%m}/",
        "another time": "/at/",
        "front at another time": address_at(timezone.now(), "/"),
        "story at another time": address_at(timezone.now(), story.path),
        "topic at another time": address_at(timezone.now(), "/topics/diplomacy/"),
        "nothing at that time": f"/at/2020-01-01T00:00Z{corrected.path}",
        "search": "/search/",
        "hits": "/search/?q=story",
        "hits in right-to-left text": "/search/?q=محادثات",
        "no hits": f"/search/?q={'long' * 40}+story&kind=analysis",
        "report": f"{story.get_absolute_url()}report/",
        "report in a right-to-left story": f"{arabic.get_absolute_url()}report/",
        "report on an older version": f"{corrected.path}report/?version=1",
        "report sent": f"{corrected.path}report/?sent",
        "about us": "/about/",
        "page about us": about.path,
        "history of a page": f"{about.path}history/",
        "version of a page": f"{about.path}history/1/",
        "difference of a page": f"{about.path}history/1-2/",
        "report on a page": f"{about.path}report/",
        "topics": "/topics/",
        "topic": "/topics/diplomacy/",
        "empty topic": "/topics/empty-topic/",
        "tags": "/tags/",
        "tag": f"/tags/{terms['tags'][0]}/",
        "sources": "/sources/",
        "source": "/sources/harbour-watch/",
        **{f"long {part}": f"/{part}/long/" for part in ("topics", "tags", "sources", "authors")},
        "authors": "/authors/",
        "author": "/authors/ada-reporter/",
        "shared story": f"/share/{token}/",
        "ended link": "/share/ended/",
        "not found": "/nothing/",
    }


def long_words():
    """Return fields of a story whose every text, and the name of everything it is filed under, is one long word."""
    names = {"name": LONG, "slug": "long"}
    key = make_key()
    cited = f'{LONG}<cite data-key="{key}"></cite>'
    table = f"<table><tr>{'<th>Year</th>' * 12}</tr><tr>{'<td>1,234,567</td>' * 12}</tr></table>"
    lists = f"<ul><li>{LONG}<ul><li>{LONG}</li></ul></li></ul>"
    post = {"account": LONG, "handle": f"@{LONG}", "platform": LONG[:50], "words": LONG, "note": cited}
    blocks = [
        {"type": "text", "html": f"<p>{cited}</p>{lists}<h2>{LONG}</h2>{table}"},
        {"type": "key_point", "label": LONG, "detail": LONG},
        {"type": "quote", "words": LONG, "attribution": cited},
        {"type": "post", **post},
        {"type": "event", "date": "1962", "detail": LONG},
        {"type": "question", "question": LONG, "answer": f"<p>{LONG}</p>"},
    ]
    source = named(make_source(role=LONG, handle=f"@{LONG}", kind="account", url="https://example.org/", **names))
    told = {"obtained": "post", "published_on": "2025-02", "quote": LONG}
    link = f"https://{'long.' * 20}example.org/{LONG}"
    return {
        "kicker": LONG,
        "summary": LONG,
        "dateline": LONG,
        "topics": [make_topic(description=LONG, **names).slug],
        "tags": [Tag.objects.create(**names).slug],
        "authors": [{"slug": make_author(biography=LONG, **names).slug, "role": LONG}],
        "blocks": [{"id": new_id()} | block for block in blocks],
        "citations": [{"key": key, "source": source, "url": link, "archived_url": link, **told}],
    }


def taken_back(verb, editor):
    """Return the version of a story that readers have after `verb` took it back."""
    version = make_published(by=editor, headline=f"To {verb.__name__}")
    told = {"signed": "The editor", "reason": "The letter it rests on is forged."}
    return verb(version.story, by=editor, expecting=seen(version.story), **told)


def make_answers(paths):
    """Return {name: HTML} of what has no address of its own: refused, too often, broken, closed."""
    reader = Client(enforce_csrf_checks=True)
    with override_settings(ALLOWED_HOSTS=[*settings.ALLOWED_HOSTS, "testserver"]):
        refused = reader.post(paths["report"], {"text": "It was <b>."})
        with mock.patch("stories.site.at.asks_too_often", return_value=True):
            often = reader.get(paths["front at another time"])
        with mock.patch("newsroom.maintenance.SWITCH", Path(__file__)):  # any file that is there
            closed = reader.get("/")
    answers = {"form refused": refused, "too often": often, "closed": closed, "error": server_error(None)}
    assert [answer.status_code for answer in answers.values()] == [403, 429, 503, 500]
    return {name: answer.content.decode() for name, answer in answers.items()}
