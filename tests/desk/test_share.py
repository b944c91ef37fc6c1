import datetime
import re

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from stories.models import ShareLink, Story, User
from stories.publishing.removals import retract
from stories.publishing.revisions import save_document
from stories.publishing.share import share
from stories.publishing.verbs import seen
from tests.desk.forms import form_data
from tests.factories import make_published, make_revision

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def url(story):
    return reverse("admin:stories_story_share", args=[story.pk])


def revoke_url(link, story=None):
    return reverse("admin:stories_story_unshare", args=[(story or link.story).pk, link.pk])


def make_link(revision, by, label="Our lawyer", **values):
    expires_at = timezone.now() + datetime.timedelta(days=1)
    return share(revision, by=by, label=label, expires_at=expires_at, **values)[0]


def posted(saved, **values):
    return {"label": "Our lawyer", "days": "3", "follow": "", "revision": str(saved.pk)} | values


def address_on(response):
    return re.search(r'value="(http://testserver/share/[\w-]+/)"', response.content.decode())[1]


def form_on(response):
    return re.search(r'name="form" value="([\w-]+)"', response.content.decode())[1]


def user_with(*codenames):
    user = User.objects.create_user("_".join(codenames), is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


def test_an_editor_makes_a_link_and_is_shown_its_address_once(desk, client):
    revision = make_revision(headline="Secret")
    response = desk.post(url(revision.story), posted(revision))
    address = address_on(response)
    assert "no-store" in response["Cache-Control"]
    assert "Secret" in client.get(address).content.decode()
    assert "/share/" not in re.sub(r"/admin/[^\"]*", "", desk.get(url(revision.story)).content.decode())
    link = ShareLink.objects.get()
    assert (link.label, link.revision) == ("Our lawyer", revision)
    assert link.expires_at - link.created_at <= datetime.timedelta(days=3)


def test_a_form_makes_one_link_however_often_it_is_posted(desk):
    revision = make_revision()
    form = form_on(desk.get(url(revision.story)))
    made = desk.post(url(revision.story), posted(revision, form=form))
    again = desk.post(url(revision.story), posted(revision, form=form, label="Ada"))
    page = again.content.decode()
    assert "The link for Our lawyer is made already, and its address was shown once." in page
    assert address_on(made) not in page
    assert 'value="Ada"' in page
    assert ShareLink.objects.count() == 1
    for other in (form_on(again), "", "\x00"):
        desk.post(url(revision.story), posted(revision, form=other))
    assert ShareLink.objects.count() == 4


def test_a_link_may_follow_the_draft(desk):
    revision = make_revision()
    desk.post(url(revision.story), posted(revision, follow="1"))
    assert ShareLink.objects.get().revision is None


def test_the_link_shows_what_the_editor_saw_though_another_saved_meanwhile(desk, client):
    revision = make_revision(headline="Seen")
    save_document(revision.document | {"headline": "Newer"}, revision.story)
    text = client.get(address_on(desk.post(url(revision.story), posted(revision)))).content.decode()
    assert "Seen</h1>" in text


def test_the_list_tells_who_can_read_what_and_who_did(desk, client, editor):
    revision = make_revision(by=editor)
    address = address_on(desk.post(url(revision.story), posted(revision, label="Ada <b>")))
    make_link(revision, editor, label="Nobody", follow=True)
    for _ in range(2):
        client.get(address)
    page = " ".join(desk.get(url(revision.story)).content.decode().split())
    assert "Ada &lt;b&gt;" in page
    assert re.search(r"2 times, last on \d+ \w+ \d+", page)
    assert "never" in page
    assert f"as {editor.username} saved it on" in page
    assert "the newest saved text" in page


def test_revoking_ends_a_link_and_says_so(desk, editor):
    link = make_link(make_revision(), editor)
    response = desk.post(revoke_url(link), follow=True)
    page = response.content.decode()
    assert "The link for Our lawyer leads nowhere any more." in page
    assert "revoked on" in page
    assert revoke_url(link) not in page
    assert not ShareLink.objects.get().is_open(timezone.now())


def test_nothing_is_revoked_by_looking(desk, editor):
    link = make_link(make_revision(), editor)
    assert desk.get(revoke_url(link)).status_code == 405
    assert ShareLink.objects.get().is_open(timezone.now())


def test_a_link_of_another_story_is_not_revoked_here(desk, editor):
    link, other = make_link(make_revision(), editor), make_revision().story
    assert desk.post(revoke_url(link, other)).status_code == 404
    assert desk.post(reverse("admin:stories_story_unshare", args=[other.pk, 10**30])).status_code == 404
    assert ShareLink.objects.get().is_open(timezone.now())


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"label": ""}, "This field is required."),
        ({"label": "x" * 201}, "at most 200 characters"),
        ({"label": "a\x00b"}, "Null characters are not allowed."),
        ({"days": "400"}, "Select a valid choice."),
        ({"days": "9" * 400}, "Select a valid choice."),
        ({"follow": "maybe"}, "Select a valid choice."),
        ({"revision": "x"}, "What you saw of this story is gone."),
        ({"revision": "8d1f2ad7-14f3-4d2b-a7c7-0d9ef0e25e5e"}, "What you saw of this story is gone."),
    ],
)
def test_what_does_not_hold_is_said_and_kept(desk, values, sentence):
    revision = make_revision()
    page = desk.post(url(revision.story), posted(revision, **values)).content.decode()
    assert sentence in page
    assert values.get("label", "Our lawyer").replace("\x00", "") in page.replace("\x00", "")
    assert not ShareLink.objects.exists()


def test_the_revision_of_another_story_is_not_shared(desk):
    revision, other = make_revision(), make_revision()
    assert "is gone" in desk.post(url(revision.story), posted(other)).content.decode()


def test_a_story_taken_back_is_not_shared(desk, editor):
    story = make_published(by=editor).story
    retract(story, by=editor, signed="Ada", reason="Wrong", expecting=seen(story))
    page = desk.post(url(story), posted(story.revisions.latest())).content.decode()
    assert "This story was taken back" in page


def test_a_story_that_was_never_saved_has_nothing_to_share(desk):
    page = desk.get(url(Story.objects.create(headline="Bare"))).content.decode()
    assert "Save it first." in page
    assert "Make the link" not in page


def test_share_saves_the_form_and_leads_to_the_links(desk):
    story = make_revision(language="en").story
    data = form_data(desk, story, headline="Changed", _share="1")
    response = desk.post(reverse("admin:stories_story_change", args=[story.pk]), data)
    assert response.url == url(story)
    assert story.revisions.latest().document["headline"] == "Changed"


def test_who_may_not_share_sees_no_button_and_makes_no_link(client, editor):
    revision = make_revision(language="en")
    link = make_link(revision, editor)
    client.force_login(user_with("change_story", "view_story"))
    change = reverse("admin:stories_story_change", args=[revision.story.pk])
    assert 'name="_share"' not in client.get(change).content.decode()
    data = form_data(client, revision.story, _share="1")
    assert client.post(change, data).url != url(revision.story)
    page = client.get(url(revision.story)).content.decode()
    assert "You may not make links" in page
    assert client.post(url(revision.story), posted(revision)).status_code == 403
    assert client.post(revoke_url(link)).status_code == 302  # to end one is never wrong


def test_who_may_only_look_has_no_part_in_it(client, editor):
    link = make_link(make_revision(), editor)
    client.force_login(user_with("view_story", "share_story"))
    assert [client.get(url(link.story)).status_code, client.post(revoke_url(link)).status_code] == [403, 403]


def test_readers_are_sent_to_the_login(client):
    assert "/login/" in client.get(url(make_revision().story)).url


def test_an_unknown_story_has_no_links(desk):
    assert desk.get(url(Story(pk="8d1f2ad7-14f3-4d2b-a7c7-0d9ef0e25e5e"))).url == "/admin/"


def test_the_list_costs_the_same_however_long_it_is(desk, editor, django_assert_num_queries):
    revision = make_revision(by=editor)
    for number in range(8):
        make_link(revision, editor, label=f"Reader {number}")
    with django_assert_num_queries(6):
        desk.get(url(revision.story))


def test_the_history_tells_of_links(desk, editor):
    revision = make_revision()
    link = make_link(revision, editor)
    desk.post(revoke_url(link))
    page = desk.get(reverse("admin:stories_story_history", args=[revision.story.pk])).content.decode()
    assert "Shared by a link: Our lawyer" in page
    assert "Link revoked: Our lawyer" in page
