"""Plain factories: make what a test needs, say only what it is about."""

import datetime
import io
import itertools
import uuid

from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from stories.models import Author, Citation, Picture, Source, Story, Tag, Topic, User, Version
from stories.models.citation import make_key
from stories.publishing.document import clean, new_id
from stories.publishing.imports import import_versions
from stories.publishing.revisions import save_document
from stories.publishing.verbs import publish, seen

_number = itertools.count(1)


def make_editor(**values):
    number = next(_number)
    return User.objects.create_superuser(
        username=values.pop("username", f"editor{number}"), password="secret", **values
    )


def make_member(group, **values):
    """Return a user who is no superuser: only what the group of this name may do."""
    user = User.objects.create_user(
        username=values.pop("username", f"member{next(_number)}"), password="secret", is_staff=True, **values
    )
    user.groups.add(Group.objects.get(name=group))
    return user


def make_reporter(*codenames, **values):
    """Return someone who may write stories, and do what else `codenames` of permissions say."""
    values = {"username": f"reporter{next(_number)}", "is_staff": True} | values
    user = User.objects.create_user(password="secret", **values)
    editors = {"publish_story", "retract_story", "redact_story", "delete_story"} - set(codenames)
    ours = Permission.objects.filter(content_type__app_label="stories").exclude(content_type__model="user")
    user.user_permissions.set(ours.exclude(codename__in=editors))
    return user


def make_topic(name, **values):
    return Topic.objects.create(name=name, **values)


def make_source(name="Harbour Office", **values):
    return Source.objects.create(name=name, **values)


def make_author(name="The diplomacy desk", **values):
    return Author.objects.create(name=name, **values)


def make_tag(name):
    return Tag.objects.create(name=name)


def make_picture(**values):
    content = io.BytesIO()
    Image.new("RGB", (600, 400), "navy").save(content, "PNG")
    upload = SimpleUploadedFile("gate.png", content.getvalue(), content_type="image/png")
    told = {"alt": "A gate", "credit": "A. Photographer", "source_type": "digitalCapture"}
    return Picture.objects.create(**{"file": upload} | told | values)


def make_document(story_id=None, **values):
    """Return a document that can be published: one author, one source, cited once in a paragraph."""
    source = values.pop("source", None) or Source.objects.first() or make_source()
    author = Author.objects.first() or make_author()
    key = make_key()
    headline = values.setdefault("headline", f"Headline {next(_number)}")
    text = values.pop("text", f"The office opened the gate. {headline}.")
    return clean(
        {
            "id": str(story_id or new_id()),
            "slug": headline.lower().replace(" ", "-")[:90].strip("-"),
            "language": "en",
            "kind": "explainer",  # news rests on two sources
            "standfirst": "What the harbour office did.",
            "interest_note": "None.",
            "authors": [{"slug": author.slug, "role": ""}],
            "blocks": [{"id": new_id(), "type": "text", "html": f'<p>{text}<cite data-key="{key}"></cite></p>'}],
            "citations": [{"key": key, "source": {"slug": source.slug, "name": source.name, "kind": source.kind}}],
        }
        | values
    )


def make_revision(*, by=None, **values):
    """Return a saved revision of a new story."""
    document = make_document(**values)
    return save_document(document, Story.objects.create(id=uuid.UUID(document["id"])), by=by)


def make_published(*, by=None, at=None, override="", **values):
    """Return the live version of a new story; `at`, an aware datetime in the past, imports it."""
    revision = make_revision(by=by, **values)
    if at:
        return import_versions(revision.story, [(revision.document, Version.Change.FIRST, "", at)])[0]
    approve_unnamed(revision)
    return publish(revision, by=by or make_editor(), expecting=(None, None), override=override)


def approve_unnamed(revision):
    """Answer for the unnamed sources of a saved revision as the desk must before they can be published."""
    keys = [citation["key"] for citation in revision.document["citations"] if citation["unnamed"]]
    if keys:
        answers = {"basis": "direct", "factual": True, "approver": make_editor()}
        Citation.objects.filter(key__in=keys).update(**answers)


def publish_change(story, *, by, change="update", **values):
    """Publish `story` with fields of its newest revision's document changed; return the version."""
    fields = {name: values.pop(name) for name in ("note", "at", "correction", "pending", "override") if name in values}
    document = story.revisions.latest().document | values
    revision = save_document(document, story, by=by)
    approve_unnamed(revision)
    return publish(revision, by=by, change=change, expecting=seen(story), **fields)


def utc(*args):
    return datetime.datetime(*args, tzinfo=datetime.UTC)
