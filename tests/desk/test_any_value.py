"""Whatever is posted to any page of the desk, or stands behind its question mark: an answer, never an error."""

import re
from urllib.parse import quote

import pytest
from django.contrib.auth.models import Group
from django.core.handlers import wsgi
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from stories.models import Author, Report, Source
from stories.publishing.document import new_id
from stories.publishing.front import arrange
from stories.publishing.notes import add_note
from stories.publishing.share import share
from tests.desk.forms import form_data
from tests.factories import make_picture, make_published, make_revision, make_tag, make_topic
from tests.site.pages import DAY
from tests.site.test_any_query import Noted

pytestmark = pytest.mark.django_db
HUGE = str(10**20)  # no column holds it
NASTY = ["z\0", HUGE]
FINE = {200, 301, 302, 400, 403, 404, 405, 409, 422}
FILTERS = ["owner__id__exact", "kind__exact", "archived__exact", "collective__exact", "state__exact", "changed_at__gte"]
FIELD = re.compile(r'<(?:input|select|textarea|button)\b[^>]*\bname="([^"]+)"')
SAID = ("csrfmiddlewaretoken", "cancel", "leave", "_popup")  # and the numbers of rows, which have a test of their own


@pytest.fixture
def addresses(editor):
    """Return {route: one address} of each pattern of the desk, less what logs in or out."""
    version = make_published(by=editor, topics=[make_topic("Ports").slug])
    story, revision, later = version.story, version.story.revisions.get(), timezone.now() + DAY
    things = {
        "group": Group.objects.first(),
        "report": Report.objects.create(story=story, version=version, text="It was nine.", created_at=timezone.now()),
        "story": story,
        "topic": story.topics.get(),
        "tag": make_tag("gate"),
        "source": Source.objects.first(),
        "author": Author.objects.first(),
        "picture": make_picture(),
        "user": editor,
    }
    values = {
        "story_id": story.pk,
        "topic_id": things["topic"].pk,
        "revision_id": revision.pk,
        "number": 1,
        "note_id": add_note(story, by=editor, text="Look.").pk,
        "link_id": share(revision, by=editor, label="Us", expires_at=later)[0].pk,
        "pk": arrange([story], by=editor, at=later, expecting=None).pk,
        "action": "submit",
        "id": editor.pk,
    }
    return {
        route: address(route, values | {"object_id": getattr(things.get(kind(route)), "pk", "")})
        for route in desk_routes()
    }


def kind(route):
    return [*route.split("/"), "", ""][2]


def address(route, values):
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(values[match[1]]), route)


def desk_routes(patterns=None, prefix=""):
    found = []
    for pattern in get_resolver("newsroom.urls").url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if not route.startswith("admin/") or re.search("log(in|out)|password|[?^]", route):
            continue
        found += [route] if isinstance(pattern, URLPattern) else desk_routes(pattern.url_patterns, route)
    return found


def odd(client, method, path, *args):
    response = getattr(client, method)(path, *args)
    return [] if response.status_code in FINE else [(method, path[:120], response.status_code)]


def test_any_query_of_any_page_of_the_desk(client, editor, addresses, monkeypatch):
    client.force_login(editor)
    client.raise_request_exception = False
    monkeypatch.setattr(wsgi, "QueryDict", Noted)
    found = []
    for route, path in addresses.items():
        response = client.get(f"{path}?x=1")
        found += [] if response.status_code in FINE else [(path, response.status_code)]
        names = set(response.wsgi_request.GET.asked) - {"x"}
        lists = [*names, "o", "p", *FILTERS] if route.count("/") == 3 else []
        for value in map(quote, NASTY):
            queries = ["&".join(f"{name}={value}" for name in names), *(f"{name}={value}" for name in lists)]
            for query in filter(None, queries):
                found += odd(client, "get", f"{path}?{query}")
    assert found == []


def test_any_value_in_any_field_of_the_desk(client, editor, addresses):
    client.force_login(editor)
    client.raise_request_exception = False
    found = []
    for path in (path for path in addresses.values() if not path.endswith("/delete/")):
        html = client.get(path).content.decode(errors="replace")
        names = [
            name for name in dict.fromkeys(FIELD.findall(html)) if not name.endswith("_FORMS") and name not in SAID
        ]
        for value in NASTY:
            found += odd(client, "post", path, dict.fromkeys(names, value))
    assert found == []


@pytest.mark.parametrize("prefix", ["stories_text_set", "citations", "credits"])
def test_a_form_that_says_it_has_more_rows_than_it_posts_costs_no_more(client, editor, prefix):
    client.force_login(editor)
    story = make_revision().story
    path = reverse("admin:stories_story_change", args=[story.pk])
    data = form_data(client, story, **{f"{prefix}-TOTAL_FORMS": HUGE, f"{prefix}-1999-id": "x"})
    response = client.post(path, data | {"kind": "x"})
    formset = next(i.formset for i in response.context["inline_admin_formsets"] if i.formset.prefix == prefix)
    assert len(formset.forms) < 30
    assert f'name="{prefix}-TOTAL_FORMS" value="{len(formset.forms)}"' in response.content.decode()
    assert client.post(path, form_data(client, story, **{f"{prefix}-TOTAL_FORMS": HUGE})).status_code == 302
    assert story.revisions.count() == 1  # nothing was changed, nothing is lost


@pytest.mark.parametrize("value", NASTY)
def test_unsaved_work_of_any_value_is_gone_on_with(client, editor, value):
    client.force_login(editor)
    story, form = make_revision().story, new_id()
    names = ["citations-0-approver", "citations-0-source", "credits-0-author", "topics", "lead_image", "translation_of"]
    data = form_data(client, story, **dict.fromkeys(names, value), _form=form)
    path = reverse("admin:stories_story_change", args=[story.pk])
    assert client.post(reverse("admin:stories_story_autosave", args=[story.pk]), data).status_code == 200
    for shown in (client.get(f"{path}?continue={form}"), client.post(path, data)):
        assert shown.status_code == 200
        assert shown.context["errors"]
