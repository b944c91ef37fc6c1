import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission

from stories.models import Source, User
from tests.factories import make_source

pytestmark = pytest.mark.django_db
URL = "/admin/stories/story/new-source/"


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def asked(**values):
    return {
        f"new-source-{name}": value for name, value in ({"name": "Port Authority", "kind": "person"} | values).items()
    }


def user_with(*codenames):
    user = User.objects.create_user("writer", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


def test_a_source_is_made_with_what_was_typed(desk, editor):
    response = desk.post(URL, asked(name="  Port   Authority ", url="https://port.example/"))
    source = Source.objects.get()
    assert response.status_code == 201
    assert response.json() == {"id": str(source.pk), "name": "Port Authority", "made": True}
    assert (source.kind, source.url, source.slug) == ("person", "https://port.example/", "port-authority")
    assert LogEntry.objects.get().user == editor


@pytest.mark.parametrize(("there", "typed"), [("Port Authority", "port authority"), ("Гавань", "гавань")])
def test_a_source_of_that_name_is_used_not_made_again(desk, there, typed):
    source = make_source(there)
    response = desk.post(URL, asked(name=typed))
    assert response.json() == {"id": str(source.pk), "name": there, "made": False}
    assert Source.objects.count() == 1


def test_what_was_merged_is_what_it_was_merged_into(desk):
    harbour = make_source("Harbour Office")
    make_source("Port Authority", alias_of=harbour)
    assert desk.post(URL, asked()).json()["name"] == "Harbour Office"


def test_an_archived_source_is_not_cited_anew(desk):
    make_source("Port Authority", archived=True)
    response = desk.post(URL, asked())
    assert "it was archived" in response.json()["errors"]["name"][0]


def test_names_without_a_letter_are_told_apart(desk):
    make_source("🙂")
    assert desk.post(URL, asked(name="🙃")).json()["made"] is True


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"name": ""}, "name", "Write the name of the source."),
        ({"name": "\x01 "}, "name", "Write the name of the source."),
        ({"name": "x" * 201}, "name", "at most 200 characters"),
        ({"name": "a\x00"}, "name", "Null characters are not allowed."),
        ({"kind": "rumour"}, "kind", "Select a valid choice."),
        ({"url": "nonsense"}, "url", "Enter a valid URL."),
        ({"url": "javascript:alert(1)"}, "url", "Enter a valid URL."),
    ],
)
def test_what_does_not_hold_is_said_at_its_field(desk, values, field, sentence):
    response = desk.post(URL, asked(**values))
    assert sentence in response.json()["errors"][field][0]
    assert not Source.objects.exists()


def test_broken_data_is_no_error_of_ours(desk):
    assert "errors" in desk.post(URL).json()
    assert "errors" in desk.post(URL, b"\xff\xfe", content_type="application/json").json()
    assert desk.get(URL).status_code == 405


@pytest.mark.parametrize("codenames", [(), ("add_source",), ("change_story",)])
def test_who_may_not_make_sources_makes_none(client, codenames):
    client.force_login(user_with(*codenames))
    assert client.post(URL, asked()).status_code == 403
    assert not Source.objects.exists()


def test_who_may_make_sources_while_writing(client):
    client.force_login(user_with("add_source", "change_story", "view_story"))
    assert client.post(URL, asked()).status_code == 201


def test_only_who_may_make_sources_is_offered_it(client):
    client.force_login(user_with("add_story", "view_story"))
    assert 'id="new-source"' not in client.get("/admin/stories/story/add/").content.decode()


def test_readers_are_sent_to_the_login(client):
    assert "/login/" in client.post(URL, asked()).url
