"""What each of the groups Reporter, Editor and Chief editor may do: verbs, pages, and a day's work in the admin."""

import datetime
import importlib
import pkgutil
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from stories import migrations
from stories.models import Citation, Source, Story, Tag, Topic, User, Version
from stories.models.citation import make_key
from stories.publishing.corrections import correct
from stories.publishing.document import new_id
from stories.publishing.removals import redact, retract, withdraw
from stories.publishing.revisions import latest_revision, restore, save_document
from stories.publishing.verbs import cancel, move, publish, seen
from tests.desk.forms import form_data
from tests.desk.pages import url
from tests.factories import (
    make_author,
    make_editor,
    make_member,
    make_picture,
    make_published,
    make_revision,
    make_source,
    make_topic,
    publish_change,
)

pytestmark = pytest.mark.django_db
GROUPS = ["Reporter", "Editor", "Chief editor"]
SIGNED = {"signed": "Ed", "reason": "It was wrong."}
migration = next(
    importlib.import_module(f"stories.migrations.{module.name}")
    for module in pkgutil.iter_modules(migrations.__path__)
    if module.name.endswith("_groups")
)


def tomorrow():
    return timezone.now() + datetime.timedelta(days=1)


def make_groups():
    migration.make_groups(apps, SimpleNamespace(connection=connection))


# The migration


def test_there_are_three_groups_each_with_all_that_the_one_before_may():
    rights = [set(Group.objects.get(name=name).permissions.values_list("codename", flat=True)) for name in GROUPS]
    assert rights[0] < rights[1] < rights[2]
    assert {"publish_story", "retract_story", "redact_story", "change_user"} & rights[0] == set()
    assert {"publish_story", "retract_story", "redact_story", "change_user"} & rights[1] == {"publish_story"}


def test_running_twice_changes_nothing_and_an_operators_change_stays():
    Group.objects.get(name="Reporter").permissions.clear()
    Group.objects.get(name="Editor").delete()
    make_groups()
    make_groups()
    assert sorted(Group.objects.values_list("name", flat=True)) == sorted(GROUPS)
    assert not Group.objects.get(name="Reporter").permissions.exists()
    assert Group.objects.get(name="Editor").permissions.filter(codename="publish_story").exists()


def test_permissions_that_are_not_there_yet_are_made_first():
    Group.objects.all().delete()
    Permission.objects.all().delete()
    make_groups()
    assert Group.objects.get(name="Chief editor").permissions.filter(codename="redact_story").exists()
    assert Permission.objects.get(codename="publish_story").name == "Can publish, schedule and correct stories"


# The verbs


def live_story():
    return make_published(standfirst="Jane Roe spoke.").story


def planned_story():
    story = live_story()
    publish_change(story, by=make_editor(), at=tomorrow(), headline="Tomorrow")
    return story


def edited_story():
    story = live_story()
    save_document({**latest_revision(story).document, "headline": "Edited"}, story)
    return story


VERBS = {
    "publish": (edited_story, lambda s, **by: publish(latest_revision(s), change="update", **by)),
    "schedule": (edited_story, lambda s, **by: publish(latest_revision(s), change="update", at=tomorrow(), **by)),
    "move": (planned_story, lambda s, **by: move(s, to=tomorrow(), **by)),
    "cancel": (planned_story, lambda s, **by: cancel(s, **by)),
    "correct": (
        live_story,
        lambda s, **by: correct(s, {**latest_revision(s).document, "kicker": "Ten"}, change="update", **by),
    ),
    "retract": (live_story, lambda s, **by: retract(s, **SIGNED, **by)),
    "withdraw": (live_story, lambda s, **by: withdraw(s, **SIGNED, **by)),
    "redact": (live_story, lambda s, **by: redact(s, passage="Jane Roe", **SIGNED, **by)),
    "restore": (
        edited_story,
        lambda s, by, expecting: restore(s.revisions.last(), by=by, expecting=latest_revision(s).pk),
    ),
}
MAY = {
    "Reporter": {"restore"},
    "Editor": {"restore", "publish", "schedule", "move", "cancel", "correct"},
    "Chief editor": set(VERBS),
}


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_is_open_to_those_who_may_and_to_nobody_else(group, verb):
    make, do = VERBS[verb]
    story, member = make(), make_member(group)
    if verb in MAY[group]:
        do(story, by=member, expecting=seen(story))
        assert story.events.latest("pk").user == member
    else:
        with pytest.raises(PermissionDenied):
            do(story, by=member, expecting=seen(story))
        assert not story.events.filter(user=member).exists()


# The pages


def pages(story):
    """Return {page: groups that may open it}."""
    everyone, editors, chiefs = set(GROUPS), {"Editor", "Chief editor"}, {"Chief editor"}
    of_story = {"change": everyone, "history": everyone, "preview": everyone, "publish": editors, "correct": editors}
    of_story |= {"take_back": chiefs, "redact": chiefs, "delete": editors}
    opened = {url(name, story): groups for name, groups in of_story.items()}
    opened[url("restore", story, story.revisions.last().pk)] = everyone
    writing = {"story": everyone, "source": everyone, "tag": everyone, "picture": everyone}
    writing |= {"topic": editors, "author": editors, "user": chiefs}
    for model, groups in writing.items():
        opened[reverse(f"admin:stories_{model}_add")] = groups
        opened[reverse(f"admin:stories_{model}_changelist")] = everyone if model != "user" else chiefs
    opened[reverse("admin:auth_group_changelist")] = set()
    opened[reverse("admin:stories_frontpage_changelist")] = editors
    return opened


@pytest.mark.parametrize("group", GROUPS)
def test_each_page_is_open_to_those_who_may_and_403_for_others(client, group):
    opened = pages(edited_story())
    client.force_login(make_member(group))
    status = {page: client.get(page).status_code for page in opened}
    assert status == {page: 200 if group in groups else 403 for page, groups in opened.items()}


@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("Reporter", ["move", "cancel", "publish", "correct", "take_back", "redact"]),
        ("Editor", ["take_back", "redact"]),
    ],
)
def test_posting_past_the_pages_is_403_too(client, group, names):
    story = planned_story()
    client.force_login(make_member(group))
    assert {client.post(url(name, story), SIGNED).status_code for name in names} == {403}


@pytest.mark.parametrize(
    ("group", "ways"),
    [("Reporter", []), ("Editor", ["Correct"]), ("Chief editor", ["Correct", "Take back", "Remove a passage"])],
)
def test_the_row_of_buttons_offers_what_one_may(client, group, ways):
    story = live_story()
    client.force_login(make_member(group))
    context = client.get(url("change", story)).context
    assert [name for name, _address in context["ways"]] == ways
    assert context["can_publish"] == (group != "Reporter")


# A day's work


@pytest.mark.parametrize("group", GROUPS)
def test_a_member_writes_a_story_with_blocks_citations_tags_and_a_byline(client, group):
    source, author, topic, picture = make_source(), make_author(), make_topic("Harbour"), make_picture()
    client.force_login(make_member(group))
    key = make_key()
    data = form_data(client, headline="The gate", topics=[str(topic.pk)], tags=["ships"], lead_image=str(picture.pk))
    blocks = {
        "stories_text_set": {"html": f'<p>Open.<cite data-key="{key}"></cite></p>'},
        "stories_quote_set": {"words": "We wait."},
        "stories_post_set": {"account": "Harbour", "words": "Open!"},
        "stories_keypoint_set": {"label": "Gate"},
        "stories_question_set": {"question": "Why?"},
        "stories_event_set": {"date": "1962", "detail": "<p>Then.</p>"},
        "stories_figure_set": {"picture": str(picture.pk)},
        "citations": {"key": key, "source": str(source.pk)},
        "credits": {"author": str(author.pk), "position": "0"},
    }
    for number, (prefix, values) in enumerate(blocks.items()):
        hidden = {"id": new_id(), "region": "main", "ordering": str(number)} if prefix.startswith("stories") else {}
        data |= {f"{prefix}-0-{name}": value for name, value in (values | hidden).items()}
        data[f"{prefix}-TOTAL_FORMS"] = "1"
    response = client.post(reverse("admin:stories_story_add"), data | {"_continue": "1"})
    assert response.status_code == 302, response.context["errors"]
    document = Story.objects.get().revisions.get().document
    assert len(document["blocks"]) == 7
    assert (document["citations"][0]["source"]["slug"], document["authors"][0]["slug"]) == (source.slug, author.slug)
    assert (document["topics"], document["tags"]) == (["harbour"], ["ships"])


@pytest.mark.parametrize("group", GROUPS)
def test_a_member_changes_and_deletes_rows_of_a_story(client, group):
    revision = make_revision(language="en")
    client.force_login(make_member(group))
    data = form_data(client, revision.story, headline="Changed")
    data |= {"stories_text_set-0-DELETE": "on", "citations-0-DELETE": "on", "credits-0-DELETE": "on"}
    assert client.post(url("change", revision.story), data | {"_continue": "1"}).status_code == 302
    document = latest_revision(revision.story).document
    assert (document["headline"], document["blocks"], document["citations"], document["authors"]) == (
        "Changed",
        [],
        [],
        [],
    )


def test_the_rights_on_a_story_go_for_its_parts(client):
    user = User.objects.create_user("colleague", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_story", "change_story"]))
    client.force_login(user)
    revision = make_revision()
    block = revision.document["blocks"][0]["id"]
    data = form_data(client, revision.story)
    assert str(data["stories_text_set-0-id"]) == block
    response = client.post(url("change", revision.story), data | {"stories_text_set-0-html": "<p>Other.</p>"})
    assert response.status_code == 302
    assert latest_revision(revision.story).document["blocks"][0]["html"] == "<p>Other.</p>"
    user.user_permissions.set(Permission.objects.filter(codename="view_story"))
    response = client.post(url("change", revision.story), data | {"stories_text_set-0-html": "<p>Third.</p>"})
    assert response.status_code == 403
    assert "stories_text_set" not in client.get(url("change", revision.story)).content.decode()


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize(
    ("model", "field"),
    [("citation", "source"), ("citation", "via"), ("citation", "approver"), ("credit", "author"), ("story", "topics"),
     ("story", "lead_image"), ("story", "translation_of"), ("figure", "picture")],
)  # fmt: skip
def test_what_the_form_picks_from_answers_a_member(client, group, model, field):
    client.force_login(make_member(group))
    query = {"app_label": "stories", "model_name": model, "field_name": field, "term": ""}
    assert client.get(reverse("admin:autocomplete"), query).status_code == 200
    assert client.get(reverse("admin:stories_story_tag_names"), {"term": ""}).status_code == 200


def test_a_reporter_adds_sources_and_tags_but_no_topics(client):
    client.force_login(make_member("Reporter"))
    client.post(reverse("admin:stories_source_add"), {"name": "Harbour Office", "kind": "organisation"})
    client.post(reverse("admin:stories_tag_add"), {"name": "ships"})
    assert client.post(reverse("admin:stories_topic_add"), {"name": "Harbour"}).status_code == 403
    assert (Source.objects.count(), Tag.objects.count(), Topic.objects.count()) == (1, 1, 0)


def test_a_reporter_who_presses_publish_saves_and_publishes_nothing(client):
    story = make_revision(language="en").story
    client.force_login(make_member("Reporter"))
    response = client.post(url("change", story), form_data(client, story, headline="Changed") | {"_publish": "1"})
    assert response.status_code == 302
    assert "publish" not in response["Location"]
    assert latest_revision(story).document["headline"] == "Changed"
    assert not Version.objects.exists()


# Who manages users


def user_data(client, user, **values):
    response = client.get(reverse("admin:stories_user_change", args=[user.pk]))
    form = response.context["adminform"].form
    fields = {name: form[name].value() for name in form.fields if name != "password"}
    fields |= {"date_joined_0": "2025-01-01", "date_joined_1": "10:00:00"}
    return {name: value for name, value in fields.items() if value not in (None, False)} | values


def test_a_chief_editor_makes_a_colleague_a_reporter_and_nobody_a_superuser(client):
    client.force_login(make_member("Chief editor"))
    colleague = User.objects.create_user("new", password="secret")
    form = client.get(reverse("admin:stories_user_change", args=[colleague.pk])).context["adminform"].form
    assert {"is_superuser", "user_permissions"} & set(form.fields) == set()
    reporter = Group.objects.get(name="Reporter")
    data = user_data(client, colleague, groups=[reporter.pk], is_staff="on", is_superuser="on", user_permissions=["1"])
    assert client.post(reverse("admin:stories_user_change", args=[colleague.pk]), data).status_code == 302
    colleague.refresh_from_db()
    assert (list(colleague.groups.all()), colleague.is_staff, colleague.is_superuser) == ([reporter], True, False)
    assert not colleague.user_permissions.exists()


def test_a_chief_editor_adds_users(client):
    client.force_login(make_member("Chief editor"))
    password = "a-long-enough-phrase"
    data = {"username": "new", "usable_password": "true", "password1": password, "password2": password}
    assert client.post(reverse("admin:stories_user_add"), data | {"is_superuser": "on"}).status_code == 302
    assert not User.objects.get(username="new").is_superuser


def test_a_group_that_gives_more_than_one_has_is_not_offered(client):
    owners = Group.objects.create(name="Owners")
    owners.permissions.add(Permission.objects.get(codename="delete_group"))
    client.force_login(make_member("Chief editor"))
    colleague = User.objects.create_user("new", password="secret")
    change = reverse("admin:stories_user_change", args=[colleague.pk])
    offered = client.get(change).context["adminform"].form.fields["groups"].queryset
    assert sorted(group.name for group in offered) == sorted(GROUPS)
    response = client.post(change, user_data(client, colleague, groups=[owners.pk]))
    assert "Select a valid choice" in response.content.decode()
    assert not colleague.groups.exists()


@pytest.mark.parametrize("active", [True, False])
def test_the_login_of_who_has_more_rights_is_out_of_reach(client, active):
    owners = Group.objects.create(name="Owners")
    owners.permissions.add(Permission.objects.get(codename="delete_group"))
    owner = User.objects.create_user("owner", password="secret", is_active=active)
    owner.groups.add(owners)
    client.force_login(make_member("Chief editor"))
    for user in (owner, make_editor(is_active=active)):
        change = reverse("admin:stories_user_change", args=[user.pk])
        assert client.post(change, {"username": "stolen"}).status_code == 403
        assert client.post(reverse("admin:auth_user_password_change", args=[user.pk]), {}).status_code == 403
        user.refresh_from_db()
        assert user.username != "stolen"


def test_who_names_an_approver_sees_no_page_of_users(client):
    colleague = make_member("Editor")
    client.force_login(make_member("Reporter"))
    assert client.get(reverse("admin:stories_user_changelist")).status_code == 403
    assert client.get(reverse("admin:stories_user_change", args=[colleague.pk])).status_code == 403
    revision = make_revision(language="en")
    key = revision.document["citations"][0]["key"]
    data = form_data(client, revision.story, **{"citations-0-approver": str(colleague.pk)})
    client.post(url("change", revision.story), data | {"_continue": "1"})
    assert Citation.objects.get(key=key).approver == colleague


def test_a_superuser_still_manages_all(client, editor):
    client.force_login(editor)
    other = make_editor()
    form = client.get(reverse("admin:stories_user_change", args=[other.pk])).context["adminform"].form
    assert {"is_superuser", "user_permissions"} <= set(form.fields)
