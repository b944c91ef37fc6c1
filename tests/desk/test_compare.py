"""Any two saved states are compared, or one with what readers have, or with what is not saved; saved ones are named."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from stories.desk.comparing import SHOWN
from stories.models import Revision, Story, User
from stories.models.citation import make_key
from stories.publishing.document import new_id
from stories.publishing.revisions import latest_revision, save_document
from stories.publishing.verbs import publish, seen
from tests.desk.test_autosave import keep
from tests.desk.test_clash import aside, clash, merge_url, signed_in
from tests.desk.test_form import change_url, document_of, make_story
from tests.factories import make_editor, make_published, make_revision, utc

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def url(story, **values):
    query = "&".join(f"{name}={value}" for name, value in values.items())
    return f"{reverse('admin:stories_story_compare', args=[story.pk])}?{query}"


def history_url(story):
    return reverse("admin:stories_story_history", args=[story.pk])


def name_url(story, revision):
    return reverse("admin:stories_story_name_revision", args=[story.pk, revision.pk])


def save(story, **values):
    return save_document(document_of(story) | values, story)


def shown(client, address):
    """Return (old label, new label, words struck out, words added) of a page that compares."""
    response = client.get(address)
    assert response.status_code == 200
    page = response.content.decode()
    words = [re.findall(rf"<{tag}>.*?</span>(.*?)</{tag}>", page, re.S) for tag in ("del", "ins")]
    return response.context["old"].label, response.context["new"].label, *("".join(found).strip() for found in words)


def test_any_two_revisions_are_compared(desk):
    first = make_revision(headline="One", language="en")
    story = first.story
    second, third = save(story, headline="Two"), save(story, headline="Three")
    assert shown(desk, url(story, old=first.pk, new=second.pk))[2:] == ("One", "Two")
    assert shown(desk, url(story, old=third.pk, new=first.pk))[2:] == ("Three", "One")


def test_without_a_choice_the_newest_is_compared_with_the_one_before(desk):
    story = make_story(headline="One")
    save(story, headline="Two")
    save(story, headline="Three")
    assert shown(desk, url(story))[2:] == ("Two", "Three")


def test_a_revision_is_compared_with_what_it_was_opened_on(desk):
    story = make_story(headline="One")
    ada, ben = signed_in("ada", "Ada Brown"), signed_in("ben", "Ben Carter")
    clash(ada, ben, story, {"headline": "Hers"}, {"headline": "His"})
    labels = shown(desk, url(story, new=aside(story).pk))
    assert labels[2:] == ("One", "Hers")
    assert labels[1].startswith("What Ada Brown saved aside on ")


def test_the_only_revision_is_compared_with_itself(desk):
    assert "Nothing that readers see differs." in desk.get(url(make_story())).content.decode()


def test_a_revision_is_compared_with_what_readers_have(desk):
    story = make_published(headline="Out", language="en").story
    save(story, headline="Not out")
    old, new, removed, added = shown(desk, url(story, old="live"))
    assert (old, removed, added) == ("Version 1, which readers have", "Out", "Not out")
    assert new.startswith("What an import saved on ")


def test_a_revision_is_compared_with_what_waits(desk, editor):
    revision = make_revision(headline="Waits", language="en")
    publish(revision, by=editor, expecting=seen(revision.story), at=utc(2099, 1, 1))
    save(revision.story, headline="Later")
    labels = shown(desk, url(revision.story, old="pending"))
    assert (labels[0], labels[2:]) == ("Version 1, which waits", ("Waits", "Later"))


def test_unsaved_work_is_compared_with_what_is_saved(desk):
    story = make_story(headline="Saved")
    keep(desk, story, {"headline": "Unsaved", "tags": ["never saved"]})
    labels = shown(desk, url(story, new="unsaved"))
    assert labels[1].startswith("Your unsaved work of ")
    assert labels[2] == "Saved"
    assert labels[3].startswith("Unsaved")
    assert document_of(story)["headline"] == "Saved"
    assert f"{url(story, new='unsaved')}" in desk.get(change_url(story)).content.decode()


def test_a_language_that_is_half_written_is_compared_and_is_the_language_of_nothing(desk):
    story = make_story()
    latest, saved = latest_revision(story), save(story, language="plain English")
    page = desk.get(url(story, old=latest.pk, new=saved.pk)).content.decode()
    assert "plain English" in page
    assert 'lang="plain English"' not in page


def test_unsaved_work_that_does_not_hold_says_why_it_is_not_compared(desk):
    story = make_story()
    keep(desk, story, {"kicker": "k" * 101})
    page = desk.get(url(story, new="unsaved")).content.decode()
    assert "Your unsaved work cannot be compared yet." in page
    assert "<b>Kicker:</b> Ensure this value has at most 100 characters (it has 101)." in page


def test_unsaved_work_is_compared_by_its_editor_only(desk):
    story = make_story()
    keep(desk, story, {"headline": "Mine"})
    other = Client()
    other.force_login(make_editor())
    assert other.get(url(story, new="unsaved")).status_code == 404


@pytest.mark.parametrize("ref", ["live", "pending", "unsaved", "x", "%00", "8d1f2ad7-14f3-4d2b-a7c7-0d9ef0e25e5e"])
def test_what_is_not_there_is_not_compared(desk, ref):
    story = make_story()
    assert desk.get(url(story, old=ref)).status_code == 404
    assert desk.get(url(story, new=ref)).status_code == 404


def test_a_revision_of_another_story_is_not_compared(desk):
    assert desk.get(url(make_story(), old=latest_revision(make_story()).pk)).status_code == 404


def test_a_story_that_was_never_saved_is_not_compared(desk):
    assert desk.get(url(Story.objects.create(headline="Bare", slug="bare"))).status_code == 404


def test_comparing_is_for_those_who_see_stories(client):
    client.force_login(User.objects.create_user("accountant", is_staff=True))
    assert client.get(url(make_story())).status_code == 403


def test_comparing_costs_few_queries(desk, django_assert_max_num_queries):
    story = make_published(language="en").story
    save(story, headline="Other")
    with django_assert_max_num_queries(12):
        desk.get(url(story, old="live"))


# The publish page


def test_the_publish_page_says_what_changes_for_readers(desk):
    story = make_published(headline="Out", language="en").story
    save(story, headline="Changed")
    page = desk.get(reverse("admin:stories_story_publish", args=[story.pk])).content.decode()
    assert "What changes for readers of version 1" in page
    assert page.index("</ins>") < page.index("Publish version 2 now")
    assert "Show it word by word" not in page


def test_a_long_change_is_folded_on_the_publish_page(desk):
    story = make_published(language="en").story
    blocks = [{"id": new_id(), "type": "text", "html": f"<p>Paragraph {n} is new</p>"} for n in range(20)]
    save(story, blocks=document_of(story)["blocks"] + blocks)
    page = desk.get(reverse("admin:stories_story_publish", args=[story.pk])).content.decode()
    assert "Show it word by word" in page


def test_of_a_first_version_nothing_is_compared(desk):
    page = desk.get(reverse("admin:stories_story_publish", args=[make_story().pk])).content.decode()
    assert "What changes for readers" not in page


# The list, and names


def test_the_history_lists_who_saved_when_and_on_what(desk):
    ada = signed_in("ada", "Ada Brown")
    story = make_story()
    clash(ada, ada, story, {"headline": "A"}, {"headline": "B"})
    page = desk.get(history_url(story)).content.decode()
    assert page.count("Ada Brown") == 2
    assert merge_url(story) in page
    Revision.objects.filter(aside=True).update(joined=latest_revision(story))
    page = desk.get(history_url(story)).content.decode()
    assert "saved aside, settled" in page
    assert merge_url(story) not in page


def test_the_list_has_pages(desk, django_assert_max_num_queries):
    story = make_story()
    for number in range(SHOWN + 3):
        save(story, headline=f"H{number}")
    with django_assert_max_num_queries(13):
        first = desk.get(history_url(story))
    assert len(first.context["revisions"]) == SHOWN
    second = desk.get(f"{history_url(story)}?before={first.context['older']}")
    assert len(second.context["revisions"]) == 4
    assert second.context["older"] is None
    pks = {row.pk for page in (first, second) for row in page.context["revisions"]}
    assert len(pks) == SHOWN + 4
    for wrong in ("x", "%00", new_id()):
        assert desk.get(f"{history_url(story)}?before={wrong}").status_code == 200


def test_a_revision_is_named(desk):
    story = make_story()
    revision = latest_revision(story)
    page = desk.post(name_url(story, revision), {"name": " Before  the\0 lawyer "}, follow=True).content.decode()
    assert "What was saved then is now called “Before the lawyer”." in page
    assert "<b>Before the lawyer</b>" in page
    assert "(Before the lawyer)" in shown(desk, url(story))[1]
    desk.post(name_url(story, revision), {"name": ""})
    assert latest_revision(story).name == ""


def test_a_name_that_is_too_long_is_refused(desk):
    story = make_story()
    page = desk.post(name_url(story, latest_revision(story)), {"name": "x" * 101}, follow=True).content.decode()
    assert "A name has at most 100 characters." in page
    assert latest_revision(story).name == ""


def test_naming_is_for_those_who_may_change_the_story(client):
    looker = User.objects.create_user("looker", is_staff=True)
    looker.user_permissions.set(Permission.objects.filter(codename="view_story"))
    client.force_login(looker)
    story = make_story()
    assert client.post(name_url(story, latest_revision(story)), {"name": "x"}).status_code == 403
    page = client.get(history_url(story)).content.decode()
    assert "Name it" not in page
    assert client.get(url(story)).status_code == 200


def test_naming_is_done_by_post_and_to_revisions_of_the_story(desk):
    story = make_story()
    assert desk.get(name_url(story, latest_revision(story))).status_code == 405
    assert desk.post(name_url(story, latest_revision(make_story())), {"name": "x"}).status_code == 404


def test_what_was_saved_aside_for_the_desk_alone_is_read_beside_its_changes(desk, django_assert_max_num_queries):
    ada, ben = signed_in("ada", "Ada Brown"), signed_in("ben", "Ben Carter")
    story, key = make_story(), make_key()
    row = {"key": key, "descriptor": "An official", "reason": "Fear", "approver": make_editor(first_name="Jo").pk}
    hers = {f"citations-1-{name}": value for name, value in row.items()} | {"citations-TOTAL_FORMS": 2}
    plan = {"budget_line": "Who buys. " * 28, "embargo_until_0": "2099-11-26", "embargo_until_1": "10:00"}
    clash(ada, ben, story, hers | plan, {"kicker": "His"})
    ada.post(merge_url(story), {"leave": "1"})
    with django_assert_max_num_queries(12):
        response = desk.get(url(story, new=aside(story).pk))
    lines = [
        f"Budget line: “{('Who buys. ' * 28).strip()}”",
        "Embargo until: 26 November 2099, 10:00 UTC",
        "Approved by, of “An official”: “Jo”",
    ]
    assert [list(side.beside) for side in response.context["beside"]] == [lines]
    assert "Embargo until: 26 November 2099, 10:00 UTC" in response.content.decode()
    assert "Only the desk sees" not in desk.get(url(story)).content.decode()
