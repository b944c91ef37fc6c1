import datetime

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from stories.models import ShareLink, User
from stories.publishing.removals import redact, retract, withdraw
from stories.publishing.revisions import save_document
from stories.publishing.share import hash_of, opened, revoke, share
from stories.publishing.verbs import PublishError, seen
from tests.factories import make_published, make_revision

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def make_link(revision, by, **values):
    return share(revision, **{"by": by, "label": "Our lawyer", "expires_at": timezone.now() + DAY} | values)


def shows(token, now=None):
    shared = opened(token, now or timezone.now(), count=False)
    return shared and shared.document["headline"]


def user_with(*codenames):
    user = User.objects.create_user("_".join(codenames) or "nobody", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


def test_a_link_shows_what_was_saved_when_it_was_made(editor):
    revision = make_revision(headline="First")
    link, token = make_link(revision, editor)
    save_document(revision.document | {"headline": "Second"}, revision.story)
    assert shows(token) == "First"
    assert (link.label, link.created_by, link.times_opened) == ("Our lawyer", editor, 0)


def test_a_link_that_follows_shows_what_was_saved_last(editor):
    revision = make_revision(headline="First")
    _link, token = make_link(revision, editor, follow=True)
    save_document(revision.document | {"headline": "Second"}, revision.story)
    assert shows(token) == "Second"


def test_only_a_hash_of_the_token_is_kept_and_no_two_are_equal(editor):
    revision = make_revision()
    tokens = {make_link(revision, editor)[1] for _ in range(3)}
    kept = {str(value) for row in ShareLink.objects.values() for value in row.values()}
    assert len(tokens) == 3
    assert all(len(token) == 43 for token in tokens)  # 256 bits in base64
    assert not tokens & kept
    assert {hash_of(token) for token in tokens} <= kept


def test_a_link_ends_at_its_time(editor):
    link, token = make_link(make_revision(headline="First"), editor)
    assert shows(token, link.expires_at - datetime.timedelta(microseconds=1)) == "First"
    assert shows(token, link.expires_at) is None


def test_a_revoked_link_shows_nothing(editor):
    link, token = make_link(make_revision(headline="First"), editor)
    _other, other_token = make_link(link.revision, editor)
    revoke(link, by=editor)
    assert (shows(token), shows(other_token)) == (None, "First")


def test_revoking_twice_changes_nothing(editor):
    link, _token = make_link(make_revision(), editor)
    revoke(link, by=editor)
    before = ShareLink.objects.get().revoked_at
    revoke(link, by=editor)
    assert ShareLink.objects.get().revoked_at == before
    assert [event.action for event in link.story.events.order_by("at")] == ["share", "unshare"]


@pytest.mark.parametrize("token", ["", "unknown", "\x00", "x" * 10_000, "ä\ud800"])
def test_an_unknown_token_shows_nothing(editor, token):
    make_link(make_revision(), editor)
    assert shows(token) is None


def test_readings_are_counted(editor):
    link, token = make_link(make_revision(), editor)
    now = timezone.now()
    opened(token, now, count=True)
    opened(token, now, count=False)
    opened(token, now + datetime.timedelta(hours=1), count=True)
    link.refresh_from_db()
    assert (link.times_opened, link.opened_at) == (2, now + datetime.timedelta(hours=1))


def test_an_ended_link_counts_no_reading(editor):
    link, token = make_link(make_revision(), editor)
    revoke(link, by=editor)
    opened(token, timezone.now(), count=True)
    link.refresh_from_db()
    assert (link.times_opened, link.opened_at) == (0, None)


@pytest.mark.parametrize("verb", [retract, withdraw])
def test_taking_a_story_back_ends_its_links(editor, verb):
    version = make_published(by=editor)
    _link, token = make_link(version.story.revisions.latest(), editor)
    verb(version.story, by=editor, signed="Ada", reason="Wrong", expecting=seen(version.story))
    assert shows(token) is None
    with pytest.raises(PublishError, match="taken back"):
        make_link(version.story.revisions.latest(), editor)


def test_a_redaction_ends_the_links_and_cleans_their_labels(editor):
    version = make_published(by=editor, text="It was Jane Doe.")
    _link, token = make_link(version.story.revisions.latest(), editor, label="Jane Doe, in the text")
    redact(version.story, passage="Jane Doe", by=editor, signed="Ada", reason="A name", expecting=seen(version.story))
    assert shows(token) is None
    assert ShareLink.objects.get().label == "[…], in the text"
    assert not version.story.events.filter(note__contains="Jane").exists()


def test_the_links_of_other_stories_go_on(editor):
    version = make_published(by=editor)
    _link, token = make_link(make_revision(headline="Other"), editor)
    retract(version.story, by=editor, signed="Ada", reason="Wrong", expecting=seen(version.story))
    assert shows(token) == "Other"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"label": " \x00 "}, "Say for whom the link is."),
        ({"label": "x" * 201}, "at most 200 characters"),
        ({"expires_at": timezone.now() - DAY}, "within 90 days"),
        ({"expires_at": timezone.now() + 91 * DAY}, "within 90 days"),
    ],
)
def test_what_makes_no_link(editor, values, sentence):
    with pytest.raises(PublishError, match=sentence):
        make_link(make_revision(), editor, **values)
    assert not ShareLink.objects.exists()


def test_no_link_to_a_story_that_was_deleted_meanwhile(editor):
    revision = make_revision()
    type(revision.story).objects.all().delete()
    with pytest.raises(PublishError, match="deleted"):
        make_link(revision, editor)


@pytest.mark.parametrize("codenames", [(), ("change_story",), ("share_story",), ("publish_story", "change_story")])
def test_who_may_not_share(codenames):
    with pytest.raises(PermissionDenied):
        make_link(make_revision(), user_with(*codenames))


def test_who_may_share_and_who_may_revoke(editor):
    link, token = make_link(make_revision(), user_with("change_story", "share_story"))
    with pytest.raises(PermissionDenied):
        revoke(link, by=user_with("view_story"))
    assert shows(token)
    revoke(link, by=user_with("change_story"))
    assert not shows(token)
