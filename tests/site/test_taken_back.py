"""Taken back means gone: no page and no row of the database has it any more. Pages come from the URLconf."""

import datetime
import re
import uuid

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from stories.models import Autosave, Note, Picture, Report, ShareLink, Story, Version
from stories.publishing.notes import add_note, resolve
from stories.publishing.removals import redact, redact_picture, retract, withdraw
from stories.publishing.revisions import save_document
from stories.publishing.share import share
from stories.publishing.verbs import publish, seen
from stories.publishing.verify import verify
from tests.factories import make_published, make_revision, publish_change
from tests.site.test_leaks import EXAMPLES, FIELDS, everything, fields_of, moments, word

pytestmark = pytest.mark.django_db
WHY = "A test."
SECRET = "Quill Marrow"
TAG = re.compile(r"<[^>]*>")
TOLD = {"signed": "The chief editor", "reason": "To protect a person."}
TEXTS = {
    "headline", "kicker", "standfirst", "summary", "dateline", "editors_note", "interest_note", "alt", "caption",
    "credit", "words", "attribution", "account", "label", "detail", "question", "answer", "quote", "terms",
    "descriptor", "reason", "name", "role", "reviewer", "statement",
}  # fmt: skip
# What retracting and withdrawing leave for the desk: the working copy, revisions and what they rest on.
DESK = {"Story", "Revision", "Text", "Figure", "Quote", "Post", "KeyPoint", "Question", "Event", "Citation", "Picture"}
TERMS = {"Source", "Topic", "Tag", "Author"}


def said_with(value, words, name=""):
    """Return a document's value with `words` at the end of each text in it."""
    if isinstance(value, dict):
        return {key: said_with(item, words, key) for key, item in value.items()}
    if isinstance(value, list):
        return [said_with(item, words, name) for item in value]
    if name == "html":
        return value.replace("</p>", f" {words.replace(' ', ' <em>')}</em></p>", 1)
    return f"{value} {words}" if name in TEXTS and isinstance(value, str) else value


@pytest.fixture
def story(editor):
    """A story of four versions, a plan, a draft, a report and log entries, with the secret in all that can hold it."""
    fields = fields_of("seen")
    fields["blocks"][-1]["caption"] = "A caption"
    fields = said_with(fields, SECRET)
    for picture in Picture.objects.all():
        Picture.objects.filter(pk=picture.pk).update(caption=f"{picture.caption} {SECRET}", alt=SECRET, credit=SECRET)
    first = make_published(by=editor, override=WHY, **fields)
    story = first.story
    publish_change(story, by=editor, change="minor", standfirst=f"No {SECRET}.", override=f"It is {SECRET}.")
    wrong = {"wrong": f"It was {SECRET}.", "right": f"It was not {SECRET}.", "severity": "major"}
    publish_change(
        story, by=editor, override=WHY, change="correction", kicker=f"K {SECRET}", correction=wrong, note=f"{SECRET}!"
    )
    publish_change(
        story, by=editor, override=WHY, change="editors_note", editors_note=f"N {SECRET}", note=f"Of {SECRET}."
    )
    later = timezone.now() + datetime.timedelta(days=1)
    publish_change(story, by=editor, override=WHY, headline=f"Plan {SECRET}", note=f"Plan {SECRET}", at=later)
    save_document({**story.revisions.latest().document, "headline": f"Draft {SECRET}"}, story, by=editor)
    Story.objects.filter(pk=story.pk).update(slugline=f"slug {SECRET}")
    Report.objects.create(
        story=story, version=first, text=f"Is {SECRET} right?", resolution=f"{SECRET} is.", created_at=timezone.now()
    )
    block = story.revisions.latest().document["blocks"][1]["id"]
    add_note(story, text=f"Who is {SECRET}?", by=editor, block=block)
    share(story.revisions.latest(), by=editor, label=f"For {SECRET}", expires_at=later, follow=True)
    story.revisions.update(name=f"Before {SECRET}", desk_only={"budget_line": SECRET})
    unsaved = {"headline": [f"Unsaved {SECRET}"], "tags": [SECRET]}
    Autosave.objects.create(user=editor, story=story, form=uuid.uuid4(), fields=unsaved, saved_at=timezone.now())
    log(editor, story, f'[{{"changed": {{"name": "text", "object": "words of {SECRET}", "fields": ["html"]}}}}]')
    log(editor, Picture.objects.first(), "")
    log(editor, Report.objects.get(), "[]")
    return story


def log(user, row, message):
    kind = ContentType.objects.get_for_model(row)
    LogEntry.objects.create(
        user=user,
        content_type=kind,
        object_id=str(row.pk),
        object_repr=str(row),
        action_flag=CHANGE,
        change_message=message,
    )


def public_pages(client, story):
    """Return {path: all that it says} of every public pattern, of all days and versions of a story."""
    paths = {version.path for version in story.versions.all()}
    now, path = timezone.now(), min(paths)
    last = story.versions.count()
    asked = {"story": path, "updated": path, "changed": path, "picture": "pictures/none.jpg", **moments(now)}
    asked["token"] = "of-no-link"  # tests/site/test_share.py follows real ones
    templates = [template for examples in EXAMPLES.values() for template in examples]
    templates += [f"{path}history/{n}/" for n in range(1, last + 1)]
    templates += [f"{path}history/{n}-{n + 1}/" for n in range(1, last)]
    pages = {}
    for template in templates:
        response = client.get(template.format(**asked))
        assert response.status_code in (200, 302, 404, 410), template
        pages[template] = everything(response)
    return pages


def desk_pages(client, story):
    """Return {path: all that it says} of the desk: lists of every kind, and the pages of each row of this story."""
    paths = [reverse("admin:index")]
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        paths.append(reverse(f"{name}_changelist"))
        if model._meta.app_label == "stories":
            pages = ("change", "history", "delete")
            paths += [reverse(f"{name}_{page}", args=[row.pk]) for row in model.objects.all() for page in pages]
    paths.append(reverse("admin:stories_story_publish", args=[story.pk]))
    pages = {}
    for path in paths:
        response = client.get(path)
        assert response.status_code in (200, 302, 403), path
        pages[path] = everything(response)
    return pages


def tables():
    """Return {table: all its rows as text} of the whole database."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            found[table] = str(cursor.fetchall()).casefold()
    return found


def having(texts, *words):
    """Return which of {place: text} have any of `words`, with markup between their letters or not."""
    found = re.compile("|".join(re.escape(word.casefold()) for word in words))
    return sorted(place for place, text in texts.items() if found.search(text) or found.search(TAG.sub("", text)))


def test_the_secret_is_everywhere_before(admin_client, client, story):
    """So that the tests below can fail."""
    assert len(having(public_pages(client, story), SECRET)) > 10
    assert len(having(desk_pages(admin_client, story), SECRET)) > 4
    kinds = {Version, Report, Note, ShareLink, Autosave, *(model for model in map(model_named, DESK) if model)}
    assert {model._meta.db_table for model in kinds} <= set(having(tables(), SECRET))
    assert "django_admin_log" in having(tables(), SECRET)


def model_named(name):
    return apps.get_model("stories", name)


def test_what_was_redacted_is_on_no_page_and_in_no_row(admin_client, client, editor, story):
    redact(story, passage="quill  marrow", by=editor, expecting=seen(story), **TOLD)
    assert having(public_pages(client, story), "Quill", "Marrow") == []
    assert having(desk_pages(admin_client, story), "Quill", "Marrow") == []
    assert having(tables(), "Quill", "Marrow") == []
    assert list(map(str, verify())) == []
    assert word("seen", "headline") in client.get(story.versions.first().path).content.decode()


def test_what_was_redacted_does_not_come_back_with_the_next_version(client, editor, story):
    redact(story, passage=SECRET, by=editor, expecting=seen(story), **TOLD)
    resolve(Note.objects.get(), by=editor)
    publish(story.revisions.latest(), by=editor, change="update", expecting=seen(story), pending="cancel", override=WHY)
    assert having(tables() | public_pages(client, story), SECRET) == []


@pytest.mark.parametrize("verb", [retract, withdraw])
def test_what_was_taken_back_is_on_no_page_and_not_on_record(client, editor, verb):
    first = make_published(by=editor, override=WHY, **fields_of("seen"))
    story = first.story
    text = first.document["blocks"][1]["html"].replace("zzseenbodyzz", "zzseenbodyzz not")
    publish_change(story, by=editor, change="minor", override="It says more.", standfirst="zzseenstandfirstzz not",
                   blocks=[{**first.document["blocks"][1], "html": text}])  # fmt: skip
    wrong = {"wrong": "zzseenwrongzz", "right": "zzseenrightzz", "severity": "major"}
    publish_change(story, by=editor, override=WHY, change="correction", kicker="K", correction=wrong)
    publish_change(
        story, by=editor, override=WHY, headline="zzseenplanzz", at=timezone.now() + datetime.timedelta(days=1)
    )
    stays = {"topic", "tag", "author"} if verb is withdraw else {
        "topic", "tag", "author", "headline", "kicker", "dateline", "note", "interest"}  # fmt: skip
    gone = [word("seen", field) for field in FIELDS if field not in stays] + [word("seen", "plan")]
    gone += [word("seen", "wrong"), word("seen", "right")] if verb is withdraw else []
    before = public_pages(client, story)
    assert [words for words in gone if not having(before, words)] == ["zzseenplanzz"]
    verb(story, by=editor, expecting=seen(story), **TOLD)
    private = {model_named(name)._meta.db_table for name in DESK | TERMS}
    on_record = {table: text for table, text in tables().items() if table not in private}
    assert having(public_pages(client, story) | on_record, *gone) == []
    assert having(tables(), word("seen", "body"))  # the desk keeps what it wrote
    assert list(map(str, verify())) == []


def test_a_picture_is_removed_from_every_version_with_its_files(client, editor):
    document = fields_of("seen")
    picture, media = Picture.objects.get(), document["lead_image"]["file"]
    first = make_published(by=editor, override=WHY, **document)
    publish_change(first.story, by=editor, override=WHY, standfirst="More.")
    publish_change(
        first.story, by=editor, override=WHY, standfirst="Later.", at=timezone.now() + datetime.timedelta(days=1)
    )
    folder = picture.file.storage.listdir("pictures")[1]
    assert len(folder) == 2
    assert b"".join(client.get(f"/media/{media}"))
    with_callbacks(
        lambda: redact_picture(first.story, picture=picture.pk, by=editor, expecting=seen(first.story), **TOLD)
    )
    assert client.get(f"/media/{media}").status_code == 404
    assert picture.file.storage.listdir("pictures")[1] == []
    words = [str(picture.pk), picture.pk.hex, *(word("seen", field) for field in ("alt", "caption", "credit"))]
    places = tables() | public_pages(client, first.story)
    assert [place for place in having(places, *words) if place != "stories_sitechange"] == []
    assert first.story.versions.count() == 4
    assert word("seen", "body") in client.get(first.path).content.decode()
    assert list(map(str, verify())) == []


def with_callbacks(call):
    with TestCase.captureOnCommitCallbacks(execute=True):
        return call()


def test_a_picture_that_another_story_shows_stays_until_it_goes_there_too(editor):
    document = fields_of("seen")
    picture = Picture.objects.get()
    one = make_published(by=editor, override=WHY, **document)
    other = make_revision(by=editor, lead_image=document["lead_image"])
    for story, left in ((one.story, True), (make_live(other, editor), False)):
        with_callbacks(lambda s=story: redact_picture(s, picture=picture.pk, by=editor, expecting=seen(s), **TOLD))
        assert Picture.objects.exists() == left
        assert bool(picture.file.storage.listdir("pictures")[1]) == left


def make_live(revision, editor):
    return publish(revision, by=editor, expecting=(None, None), override=WHY).story
