"""Who else has a story open is told, for as long as it is open."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stories.models import Presence, User
from stories.publishing.document import new_id
from stories.publishing.revisions import latest_revision, save_document
from tests.desk.test_clash import signed_in
from tests.desk.test_form import document_of, make_story

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return signed_in("ada", "Ada Brown")


@pytest.fixture
def ben():
    return signed_in("ben", "Ben Carter")


def url(story):
    return reverse("admin:stories_story_present", args=[story.pk])


def beat(client, story, **values):
    response = client.post(url(story), {"opened_on": str(latest_revision(story).pk)} | values)
    assert response.status_code == 200
    return response.json()


def ago(seconds):
    return timezone.now() - datetime.timedelta(seconds=seconds)


def test_who_else_has_the_story_open_is_told(ada, ben):
    story = make_story()
    assert beat(ada, story) == {"others": "", "saved": ""}
    since = timezone.localtime(Presence.objects.get().since).strftime("%H:%M")
    assert beat(ben, story)["others"] == f"Ada Brown has this open since {since}."
    assert beat(ada, story)["others"].startswith("Ben Carter has this open since ")


def test_since_when_stays_while_it_is_open(ada):
    story = make_story()
    beat(ada, story)
    Presence.objects.update(since=ago(600), seen_at=ago(30))
    beat(ada, story)
    row = Presence.objects.get()
    assert row.since < ago(500)
    assert row.seen_at > ago(20)


def test_who_closed_the_form_is_gone_at_once(ada, ben):
    story = make_story()
    beat(ada, story)
    beat(ada, story, left="1")
    assert beat(ben, story)["others"] == ""


def test_who_was_not_heard_of_for_a_while_is_gone_and_the_row_with_them(ada, ben):
    story = make_story()
    beat(ada, story)
    Presence.objects.update(seen_at=ago(100))
    assert beat(ben, story)["others"] == ""
    assert Presence.objects.count() == 1


def test_another_story_is_another_matter(ada, ben):
    beat(ada, make_story())
    assert beat(ben, make_story())["others"] == ""


def test_a_save_meanwhile_is_told(ada):
    story = make_story()
    opened_on = str(latest_revision(story).pk)
    save_document(document_of(story) | {"headline": "New"}, story, by=User.objects.create_user("ben", first_name="Ben"))
    told = beat(ada, story, opened_on=opened_on)["saved"]
    assert told.startswith("Ben saved it at ")
    assert told.endswith("when you save, you can join both.")


@pytest.mark.parametrize("opened_on", ["", "x", "\0"])
def test_what_nobody_sends_is_no_error_of_ours(ada, opened_on):
    assert beat(ada, make_story(), opened_on=opened_on)["saved"]


def test_at_most_five_are_named(ada):
    story = make_story()
    for number in range(7):
        beat(signed_in(f"e{number}", f"Editor {number}x"), story)
    assert beat(ada, story)["others"].count("has this open") == 5


def test_only_who_may_write_is_there_or_is_told(client):
    looker = User.objects.create_user("looker", is_staff=True)
    looker.user_permissions.set(Permission.objects.filter(codename="view_story"))
    client.force_login(looker)
    story = make_story()
    assert client.post(url(story)).status_code == 403
    assert Client().post(url(story)).status_code == 302
    assert not Presence.objects.exists()


def test_it_is_said_by_post_and_of_stories_that_exist(ada):
    assert ada.get(url(make_story())).status_code == 405
    assert ada.post(reverse("admin:stories_story_present", args=[new_id()])).status_code == 404


def test_it_costs_few_queries(ada, ben, django_assert_max_num_queries):
    story = make_story()
    beat(ben, story)
    beat(ada, story)
    with django_assert_max_num_queries(8):
        ada.post(url(story), {})
