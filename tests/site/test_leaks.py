"""No page shows what readers may not see. The pages come from the URLconf, so that none can be forgotten."""

import datetime
import io
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.html import escape
from PIL import Image

from stories.models import Author, Note, Picture, Source, Story, StoryEvent, Tag, Topic, Version
from stories.models.citation import make_key
from stories.publishing.desk_work import hand_back, standing
from stories.publishing.document import new_id
from stories.publishing.imports import import_versions
from stories.publishing.notes import add_note, reply
from stories.publishing.reports import receive, resolve
from stories.publishing.revisions import save_document
from stories.publishing.share import revoke, share
from stories.publishing.working_copy import picture_document, source_document
from tests.factories import make_editor, make_published, make_revision, publish_change
from tests.site.pages import public_patterns

pytestmark = pytest.mark.django_db
LATER = datetime.timedelta(hours=1)
MUCH_LATER = datetime.timedelta(days=40)

# What to ask of each public pattern; {seen} is the slug of the story that readers see, and of all it is filed under.
EXAMPLES = {
    "": ["/", "/?before={key}"],
    "<int:year>/<int:month>/<int:day>/<name:slug>/": ["{story}", "{updated}"],
    "<int:year>/<int:month>/<int:day>/<name:slug>/history/": [
        "{story}history/",
        "{updated}history/",
        "{changed}history/",
    ],
    "<int:year>/<int:month>/<int:day>/<name:slug>/history/<number:number>/": [
        "{story}history/1/",
        "{updated}history/1/",
    ],
    "<int:year>/<int:month>/<int:day>/<name:slug>/history/<number:old>-<number:new>/": ["{changed}history/1-2/"],
    "about/<name:slug>/history/": ["/about/seen-page/history/"],
    "about/<name:slug>/history/<number:number>/": ["/about/seen-page/history/1/"],
    "about/<name:slug>/history/<number:old>-<number:new>/": ["/about/seen-page/history/1-2/"],
    "<int:year>/<int:month>/<int:day>/<name:slug>/report/": [
        "{story}report/",
        "{updated}report/",
        "{changed}report/?version=1",
        "{story}report/?sent",
    ],
    "about/<name:slug>/report/": ["/about/seen-page/report/", "/about/seen-page/report/?version=1"],
    "corrections/": ["/corrections/"],
    "search/": [
        "/search/",
        "/search/?q=zzseen*",
        "/search/?q=nothing",
        "/search/?kind=explainer&sort=date",
        "/search/?q=zzseenbody*+zzseenqzestion",
        "/search/?topic=seen-topic&tag=seen-tag&source=seen-source",
    ],
    "feeds/corrections.<format:format>": ["/feeds/corrections.rss", "/feeds/corrections.atom"],
    "archive/": ["/archive/"],
    "archive/<int:year>/<monthnumber:month>/": [
        "/archive/{year}/{monthnumber}/",
        "/archive/{year}/{monthnumber}/?before={key}",
    ],
    "at/": ["/at/", "/at/?path={story}"],
    "at/<instant:instant>/": ["/at/{now}/", "/at/{now}/?before={key}"],
    "at/<instant:instant>/<path:path>": [
        "/at/{now}{story}",
        "/at/{now}{updated}",
        "/at/{now}/topics/",
        "/at/{now}/topics/seen-topic/",
        "/at/{now}/tags/seen-tag/",
        "/at/{now}/sources/seen-source/",
        "/at/{now}/authors/seen-author/",
    ],
    "about/": ["/about/"],
    "about/<name:slug>/": ["/about/seen-page/"],
    "topics/": ["/topics/"],
    "topics/<name:slug>/": ["/topics/seen-topic/", "/topics/open-topic/"],
    "tags/": ["/tags/"],
    "tags/<name:slug>/": ["/tags/seen-tag/", "/tags/seen-tag/?before={key}"],
    "sources/": ["/sources/"],
    "sources/<name:slug>/": ["/sources/seen-source/"],
    "authors/": ["/authors/"],
    "authors/<name:slug>/": ["/authors/seen-author/"],
    "feeds/all.<format:format>": ["/feeds/all.rss", "/feeds/all.atom"],
    "feeds/topics/<name:slug>.<format:format>": ["/feeds/topics/seen-topic.rss", "/feeds/topics/open-topic.atom"],
    "feeds/tags/<name:slug>.<format:format>": ["/feeds/tags/seen-tag.rss", "/feeds/tags/seen-tag.atom"],
    "feeds/sources/<name:slug>.<format:format>": ["/feeds/sources/seen-source.rss"],
    "feeds/authors/<name:slug>.<format:format>": ["/feeds/authors/seen-author.atom"],
    "sitemap.xml": ["/sitemap.xml"],
    "sitemaps/pages.xml": ["/sitemaps/pages.xml"],
    "sitemaps/terms-<int:page>.xml": ["/sitemaps/terms-1.xml"],
    "sitemaps/stories-<month:month>.xml": ["/sitemaps/stories-{month}.xml"],
    "sitemaps/stories-<month:month>-<int:page>.xml": ["/sitemaps/stories-{month}-1.xml"],
    # Of the story that readers see: what a link to a hidden one shows is told below.
    "share/<str:token>/": ["/share/{token}/"],
    "robots.txt": ["/robots.txt"],
    "record/<day:day>.txt": ["/record/{thisday}.txt"],
    "media/<path:name>": ["/media/{picture}"],
}
LEAD_ON = {"/archive/"}  # to another page
# What nobody may find: the pages of what is not published.
ABSENT = [
    "{day}/{state}-story/",
    "{day}/{state}-story/history/",
    "{day}/{state}-story/history/1/",
    "{updated}history/2/",
    "{updated}history/1-2/",
    "{updated}history/2-1/",
    "{story}history/2/",
    "{story}report/?version=2",
    "{updated}report/?version=2",
    "{day}/{state}-story/report/",
    "/at/{tomorrow}/",
    "/at/{tomorrow}{updated}",
    "/at/{tomorrow}{day}/{state}-story/",
    "/at/{now}{day}/{state}-story/",
    "/at/{now}/topics/{state}-topic/",
    "/at/{now}/sources/{state}-source/",
    "/about/{state}-story/",
    "/about/{state}-story/history/",
    "/about/{state}-story/history/1/",
    "/about/{state}-story/report/",
    "/topics/{state}-topic/",
    "/tags/{state}-tag/",
    "/sources/{state}-source/",
    "/authors/{state}-author/",
    "/search/?topic={state}-topic",
    "/search/?tag={state}-tag",
    "/search/?source={state}-source",
    "/feeds/topics/{state}-topic.rss",
    "/feeds/tags/{state}-tag.rss",
    "/feeds/sources/{state}-source.atom",
    "/feeds/authors/{state}-author.atom",
    "/sitemaps/stories-{later}.xml",
    "/archive/{lateryear}/{latermonth}/",
    "/share/",
    "/share/{state}-story/",
    "/record/{nextday}.txt",
    "/media/",
    "/media/pictures/",
]
STATES = ["draft", "edited", "scheduled", "update", "embargoed", "pageplan"]
FIELDS = [
    "headline", "kicker", "standfirst", "summary", "dateline", "note", "interest", "body", "quote", "post", "account",
    "point", "question", "event", "source", "role", "passage", "unnamed", "reason", "via", "topic", "tag", "author",
    "alt", "caption", "credit", "reviewer", "checked",
]  # fmt: skip


# What colleagues write about a story in its working copy and its notes: readers see nothing of it, of no story.
DESK_FIELDS = ["slugline", "budgetline", "threadnote", "reply", "handback"]


EMBARGO = datetime.datetime(2087, 4, 5, 6, 7, tzinfo=datetime.UTC)


def word(state, field):
    """Return what stands in one field of the story in one state, and nowhere else."""
    return f"zz{state}{field}zz"


def fields_of(state):
    """Make the terms and the picture of a state and return a document's fields, with its words in each."""

    def says(field):
        return word(state, field)

    out = io.BytesIO()
    Image.new("RGB", (500, 300)).save(out, "JPEG")
    picture = Picture.objects.create(
        file=ContentFile(out.getvalue(), "x.jpg"),
        alt=says("alt"),
        caption=says("caption"),
        credit=says("credit"),
        source_type="trainedAlgorithmicMedia",
    )
    reviewed = {"reviewer": says("reviewer"), "reviewed_at": "2025-03-01T09:00:00Z", "statement": says("checked")}
    source = Source.objects.create(name=says("source"), slug=f"{state}-source", role=says("role"))
    via = Source.objects.create(name=says("via"), slug=f"{state}-via")
    Topic.objects.create(name=says("topic"), slug=f"{state}-topic")
    Tag.objects.create(name=says("tag"), slug=f"{state}-tag")
    Author.objects.create(name=says("author"), slug=f"{state}-author")
    named, unnamed = make_key(), make_key()
    cites = f'<cite data-key="{named}"></cite><cite data-key="{unnamed}"></cite>'
    blocks = [
        {"type": "key_point", "label": "Point", "detail": says("point")},
        {"type": "text", "html": f"<h2>Part</h2><p>{says('body')}{cites}</p>"},
        {"type": "quote", "words": says("quote"), "attribution": f"Somebody{cites}"},
        {"type": "post", "account": says("account"), "platform": "X", "words": says("post"), "note": cites},
        {"type": "question", "question": says("question"), "answer": "Yes."},
        {"type": "event", "date": "2024", "detail": says("event")},
        {"type": "figure", "picture": picture_document(picture)},
    ]
    citations = [
        {"key": named, "source": source_document(source), "via": source_document(via), "quote": says("passage")},
        {"key": unnamed, "unnamed": {"descriptor": f"{says('unnamed')} who was there", "reason": says("reason")}},
    ]
    citations = [{**citation, "obtained": "document", "published_on": "2025"} for citation in citations]
    return {
        "slug": f"{state}-story",
        "headline": says("headline"),
        "kicker": says("kicker"),
        "standfirst": says("standfirst"),
        "summary": says("summary"),
        "dateline": says("dateline"),
        "editors_note": says("note"),
        "interest_note": says("interest"),
        "ai_use": "translated",
        "ai_review": reviewed,
        "lead_image": picture_document(picture),
        "topics": [f"{state}-topic"],
        "tags": [f"{state}-tag"],
        "authors": [{"slug": f"{state}-author"}],
        "blocks": [{"id": new_id(), **block} for block in blocks],
        "citations": citations,
    }


def talk_about(story, state, by):
    """Write the words of `state` wherever the desk keeps its own about `story`."""
    Story.objects.filter(pk=story.pk).update(
        slugline=word(state, "slugline"), budget_line=word(state, "budgetline"), stage="review", owner=by
    )
    story.refresh_from_db()
    block = story.revisions.latest().document["blocks"][0]["id"]
    thread = add_note(story, text=word(state, "threadnote"), by=by, block=block)
    reply(thread, text=word(state, "reply"), by=by)
    hand_back(story, by=by, sentence=word(state, "handback"), expecting=standing(story))


def moments(now):
    """Return the parts of addresses that name a time."""
    return {
        "key": f"{now + MUCH_LATER:%Y%m%dT%H%M%S%f}-1",
        "year": f"{now:%Y}",
        "monthnumber": f"{now:%m}",
        "month": f"{now:%Y-%m}",
        "lateryear": f"{now + MUCH_LATER:%Y}",
        "latermonth": f"{now + MUCH_LATER:%m}",
        "later": f"{now + MUCH_LATER:%Y-%m}",
        "day": f"/{now:%Y/%m/%d}",
        "now": f"{timezone.now():%Y-%m-%dT%H:%M:%S.%f}Z",
        "tomorrow": f"{now + 24 * LATER:%Y-%m-%dT%H:%M}Z",
        "thisday": f"{now:%Y-%m-%d}",
        "nextday": f"{now + datetime.timedelta(days=1):%Y-%m-%d}",
    }


@dataclass
class Site:
    seen: Version
    updated: Version
    asked: dict


@pytest.fixture(scope="module")
def site(made_once):
    """A site with a story in each state: one that readers see, under its live version one of each hidden kind."""
    by, now = make_editor(), timezone.now()
    Topic.objects.create(name="Open", slug="open-topic", open=True)
    seen = make_published(by=by, override="A test.", **fields_of("seen"))
    save_document(seen.document | fields_of("edited"), seen.story, by=by)
    draft = make_revision(by=by, **fields_of("draft"))
    plan = make_revision(by=by, **fields_of("scheduled"))
    import_versions(plan.story, [(plan.document, "first", "", now + LATER)])
    filed = {"source": Source.objects.get(slug="seen-source"), "authors": [{"slug": "seen-author"}]}
    updated = make_published(by=by, headline="Before the update", tags=["seen-tag"], **filed)
    fields = fields_of("update") | {"note": word("update", "note"), "override": "A test."}
    publish_change(updated.story, by=by, at=now + LATER, **fields)
    far = make_revision(by=by, **fields_of("embargoed"))
    import_versions(far.story, [(far.document, "first", "", now + MUCH_LATER)])
    us = make_published(by=by, kind="page", headline="Who we were", slug="seen-page", **filed)
    publish_change(us.story, by=by, headline="Who we are")
    about = make_revision(by=by, kind="page", **fields_of("pageplan"))
    import_versions(about.story, [(about.document, "first", "", now + LATER)])
    changed = make_published(by=by, headline="Changed", slug="changed", **filed)
    later = publish_change(changed.story, by=by, standfirst="It was changed.")
    email = f"{word('report', 'email')}@example.org"
    report = receive(changed, text=word("report", "text"), email=email, sender="x")
    resolve(report, by=by, state="corrected", resolution=word("report", "resolution"), version=later)
    for state, version in (("seen", seen), ("draft", None), ("update", updated)):
        story = version.story if version else Story.objects.get(revisions=draft)
        talk_about(story, state, by)
    # Of what is out already, too: that something is under embargo is nobody else's business.
    Source.objects.update(embargo_until=EMBARGO)
    Story.objects.update(embargo_until=EMBARGO)
    asked = {
        "story": seen.path,
        "updated": updated.path,
        "changed": changed.path,
        "token": link_to(seen.story.revisions.earliest(), by),
        **moments(now),
        "picture": seen.document["lead_image"]["file"],
    }
    return Site(seen, updated, asked)


def link_to(revision, by):
    """Return the token of a link to a revision."""
    return share(revision, by=by, label="Reader", expires_at=timezone.now() + LATER)[1]


def everything(response):
    """Return all that a response says, headers too."""
    content = b"".join(response) if response.streaming else response.content
    return f"{response.headers} {content.decode(errors='replace')}".casefold()


def test_every_public_pattern_has_an_example():
    routes = public_patterns()
    missing = {route: name for route, name in routes.items() if route not in EXAMPLES}
    assert not missing, f"Add an example to EXAMPLES for: {missing}"
    assert set(EXAMPLES) <= set(routes)


def test_the_states_are_what_they_are_called(site):
    now = timezone.now()
    live = Version.objects.visible_at(now)
    assert {version.headline for version in live} == {
        word("seen", "headline"),
        "Before the update",
        "Who we are",
        "Changed",
    }
    assert Version.objects.filter(visible_from__gt=now).count() == 4
    assert Story.objects.count() == 8
    assert site.seen.story.revisions.latest().document["headline"] == word("edited", "headline")


@pytest.mark.parametrize("reader", ["anybody", "an editor"])
def test_no_page_shows_what_is_not_published(client, admin_client, site, reader):
    asker = client if reader == "anybody" else admin_client
    hidden = [word(state, field) for state in STATES for field in FIELDS] + [f"{state}-" for state in STATES]
    hidden += [word("report", field) for field in ("text", "email", "resolution")]
    hidden += ["2087-", " 2087", "embargo", str(int(EMBARGO.timestamp()))]  # the bare year is in some microseconds
    hidden += [word(state, field) for state in ("seen", "draft", "update") for field in DESK_FIELDS]
    said = ""
    for template in [path for paths in EXAMPLES.values() for path in paths]:
        path = template.format(**site.asked)
        response = asker.get(path, follow=path in LEAD_ON)
        assert (path, response.status_code) == (path, 200)
        text = everything(response)
        assert [leaked for leaked in hidden if leaked in text] == [], path
        said += text
    assert [field for field in FIELDS if word("seen", field) not in said] == []


@pytest.mark.parametrize("state", STATES)
def test_what_is_not_published_has_no_page(client, site, state):
    hidden = [word(state, field) for state in STATES for field in FIELDS]
    for template in ABSENT:
        path = template.format(state=state, **site.asked)
        response = client.get(path)
        assert (path, response.status_code) == (path, 404)
        text = everything(response)
        assert [leaked for leaked in hidden if leaked in text] == [], path


def test_the_words_of_the_desk_are_there_to_leak(site):
    kept = f"{list(Note.objects.values())} {list(Story.objects.values())} {list(StoryEvent.objects.values())}"
    words = [word(state, field) for state in ("seen", "draft", "update") for field in DESK_FIELDS]
    assert [missing for missing in words if missing not in kept] == []


@pytest.mark.parametrize("state", STATES)
def test_a_link_shows_the_one_story_it_was_made_for_and_only_while_it_holds(client, site, state):
    """The one deliberate exception: the page that shows what is not published."""
    by = make_editor()
    story = Story.objects.get(slug=f"{state}-story")
    hidden = {other: [word(other, field) for field in FIELDS] for other in STATES}
    path = f"/share/{link_to(story.revisions.latest(), by)}/"
    text = everything(client.get(path))
    assert word(state, "headline") in text
    assert word(state, "body") in text
    others = [leaked for other in STATES if other != state for leaked in hidden[other] if leaked in text]
    assert others == []
    revoke(story.share_links.latest("pk"), by=by)
    text = everything(client.get(path))
    assert [leaked for words in hidden.values() for leaked in words if leaked in text] == []


@pytest.mark.parametrize("state", STATES)
def test_nobody_finds_a_word_of_what_is_not_published(client, site, state):
    """By the words themselves, by how they begin and by words that are almost theirs."""
    assert client.get("/search/", {"q": word("seen", "body")}).context["count"] == 1
    for field in FIELDS:
        hidden = word(state, field)
        for asked in (hidden, f"{hidden[:-2]}*", f'"{hidden}"', f"{hidden[:-3]}x{hidden[-2:]}", f"Seen {hidden}"):
            response = client.get("/search/", {"q": asked})
            text = everything(response)
            for shown_again in (escape(asked), urlencode({"q": asked})):
                text = text.replace(shown_again.casefold(), "")
            assert (asked, response.context["count"]) == (asked, 0)
            assert [leaked for leaked in FIELDS if word(state, leaked) in text] == [], asked
