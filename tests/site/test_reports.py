import datetime
import re
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from stories.models import Report, User
from stories.publishing import reports
from stories.publishing.document import new_id
from stories.publishing.removals import retract, withdraw
from stories.publishing.reports import resolve
from stories.publishing.verbs import seen
from stories.site.clients import network
from tests.factories import make_picture, make_published, publish_change, utc
from tests.site.test_history import read, take_back

pytestmark = pytest.mark.django_db
UNKNOWN = "00000000-0000-4000-8000-000000000000"  # no block has this id
WRONG = {"passage": "", "text": "It was Friday.", "email": "", "homepage": ""}


@pytest.fixture
def story(editor):
    text = "The gate opened.</p><h2>The harbour</h2><p>It closed on Thursday."
    return make_published(by=editor, headline="The gate", text=text)


def form_of(version):
    return f"{version.get_absolute_url()}report/"


def post(client, version, path=None, **values):
    return client.post(path or form_of(version), {**WRONG, **values})


def said(response):
    return " ".join(unescape(response.content.decode()).split())


def test_a_story_links_the_form_with_the_version_that_is_read(client, editor, story):
    assert f'<a href="{story.path}report/?version=1" rel="nofollow">Report an error</a>' in read(client, story.path)
    publish_change(story.story, by=editor, standfirst="More.")
    assert "report/?version=2" in read(client, story.path)
    assert "report/?version=1" in read(client, f"{story.path}history/1/")


def test_a_preview_has_nothing_to_report(admin_client, story):
    assert "report/?" not in read(admin_client, f"/admin/stories/story/{story.story_id}/preview/")


def test_a_story_gives_readers_no_cookie_and_the_form_one_that_ends_with_the_browser(client, story):
    assert not client.get(story.path).cookies
    assert not client.get(f"{form_of(story)}?sent").cookies
    cookies = client.get(form_of(story)).cookies
    assert set(cookies) == {"csrftoken"}
    assert cookies["csrftoken"]["max-age"] == ""


def test_the_form_is_never_stored_and_never_indexed(client, story):
    for path in (form_of(story), f"{form_of(story)}?sent"):
        response = client.get(path)
        assert "no-store" in response["Cache-Control"]
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert '<meta name="robots" content="noindex,nofollow">' in said(response)
    assert "no-store" in post(client, story)["Cache-Control"]


def test_the_form_offers_the_passages_of_the_version(client, story):
    block = story.document["blocks"][0]["id"]
    options = re.findall(r'<option value="(.*?)".*?>(.*?)</option>', client.get(form_of(story)).content.decode())
    assert options == [
        ("", "The story as a whole"),
        (f"{block}.0", "The gate opened."),
        (f"{block}.1", "The harbour"),
        (f"{block}.2", "It closed on Thursday."),
    ]


def test_every_kind_of_block_is_a_passage(client):
    picture = {"id": str(make_picture().pk), "alt": "A gate"}
    blocks = [
        {"type": "key_point", "icon": "x", "label": "Where", "detail": "<p>In the harbour.</p>"},
        {"type": "quote", "words": "We opened it.", "attribution": "<p>The office</p>"},
        {"type": "post", "account": "Office", "words": "Open now.", "url": "https://office.example/1"},
        {"type": "question", "question": "Is it open?", "answer": "<p>Yes.</p>"},
        {"type": "event", "date": "2025-02", "detail": "<p>It opened.</p>"},
        {"type": "figure", "picture": picture, "caption": ""},
    ]
    version = make_published(
        at=utc(2025, 3, 1), kind="page", blocks=[{"id": new_id(), **block} for block in blocks], citations=[]
    )
    html = said(client.get(form_of(version)))
    for words in (
        "Where · In the harbour.",
        "We opened it. · The office",
        "Office · Open now.",
        "Is it open? · Yes.",
        "2025-02 · It opened.",
        "A gate",
    ):
        assert f">{words}</option>" in html


def test_a_long_passage_is_named_by_its_first_words(client, editor):
    version = make_published(by=editor, text="word " * 400)
    assert re.search(r">(word ){10,17}word?…</option>", said(client.get(form_of(version))))


@pytest.mark.parametrize("key", ["{block}", "{block}.0", "{block}.2"])
def test_a_link_can_choose_the_passage(client, story, key):
    key = key.format(block=story.document["blocks"][0]["id"])
    chosen = re.findall(r'value="([^"]*)"[^>]* selected', said(client.get(form_of(story), {"passage": key})))
    assert chosen == [key if "." in key else f"{key}.0"]


@pytest.mark.parametrize("key", ["nonsense", "\x00", UNKNOWN, f"{UNKNOWN}.1", "." * 9000, "1" * 9000])
def test_a_link_to_a_passage_that_is_none_leads_to_the_form(client, story, key):
    assert 'value="" selected' in said(client.get(form_of(story), {"passage": key}))


def test_a_report_is_kept_and_the_reader_thanked(client, story):
    block = story.document["blocks"][0]["id"]
    response = post(client, story, passage=f"{block}.2", email="reader@example.org")
    assert (response.status_code, response.url) == (303, f"{story.path}report/?sent")
    report = Report.objects.get()
    assert (report.version, str(report.block), report.paragraph) == (story, block, 2)
    assert (report.text, report.email) == ("It was Friday.", "reader@example.org")
    thanks = said(client.get(response.url))
    assert "Thank you. Our editors have your report." in thanks
    assert "Friday" not in thanks


def test_a_report_on_an_older_version_says_so_and_is_about_it(client, editor, story):
    publish_change(story.story, by=editor, standfirst="More.")
    html = read(client, f"{form_of(story)}?version=1")
    assert "You report on version 1. Readers have version 2 now" in html
    assert 'action="?version=1"' in html
    post(client, story, path=f"{form_of(story)}?version=1")
    assert Report.objects.get().version == story


def test_a_report_on_a_page_about_us_is_taken(client, editor):
    page = make_published(by=editor, kind="page", slug="us")
    assert 'href="/about/us/report/?version=1"' in read(client, "/about/us/")
    post(client, page)
    assert Report.objects.get().version == page


@pytest.mark.parametrize("version", ["0", "2", "x", "²", "-1", "1.0", "\x00", "9" * 30])
def test_a_version_that_readers_have_not_seen_has_no_form(client, editor, story, version):
    publish_change(story.story, by=editor, headline="Secret", at=timezone.now() + datetime.timedelta(hours=1))
    assert client.get(form_of(story), {"version": version}).status_code == 404
    assert post(client, story, path=f"{form_of(story)}?version={version.encode().hex()}x").status_code == 404
    assert not Report.objects.exists()


@pytest.mark.parametrize("path", ["/2025/02/28/nothing/report/", "/about/nothing/report/"])
def test_what_is_not_published_has_no_form(client, path):
    assert client.get(path).status_code == 404
    assert client.post(path, WRONG).status_code == 404


def test_a_withdrawn_story_has_no_form(client, editor, story):
    take_back(withdraw, story, editor)
    assert client.get(form_of(story)).status_code == 410
    assert post(client, story).status_code == 410
    assert not Report.objects.exists()


def test_a_retracted_story_is_reported_on_as_a_whole(client, editor, story):
    take_back(retract, story, editor)
    html = said(client.get(f"{form_of(story)}?version=1"))
    assert html.count("<option") == 1
    assert "Thursday" not in html


def test_the_form_of_an_old_address_leads_to_the_present_one_and_takes_what_was_written_there(client, editor, story):
    now = publish_change(story.story, by=editor, slug="the-gates")
    response = client.get(f"{form_of(story)}?version=1&passage=x")
    assert (response.status_code, response.url) == (302, f"{now.path}report/?version=1&passage=x")
    response = post(client, story, path=f"{form_of(story)}?version=1")
    assert (response.status_code, response.url) == (303, f"{now.path}report/?sent")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"text": ""}, "Write what is wrong."),
        ({"text": " \n "}, "Write what is wrong."),
        ({"text": "a" * 10_000}, "This is too long: 10000 characters of at most 5000."),
        ({"text": "a\x00b"}, "Null characters are not allowed."),
        ({"email": "nobody"}, "This is not an e-mail address."),
        ({"email": "a@b\x00.example"}, "This is not an e-mail address."),
        ({"passage": "nonsense"}, "This version has no such passage."),
        ({"passage": UNKNOWN}, "This version has no such passage."),
        ({"homepage": "https://robot.example"}, "Send your report once more."),
    ],
)
def test_a_mistake_is_named_and_nothing_typed_is_lost(client, story, values, sentence):
    response = post(client, story, **{"text": "It was Friday.", "email": "reader@example.org", **values})
    html = said(response)
    assert response.status_code == 200
    assert sentence in html
    assert "<title>Error: Report an error" in html
    assert values.get("text", "It was Friday.").strip() in html
    assert values.get("email", "reader@example.org") in html
    assert not Report.objects.exists()


def test_a_mistake_is_said_where_it_was_made(client, story):
    html = said(post(client, story, text="", email="nobody", passage="nonsense"))
    for name in ("passage", "text", "email"):
        assert f'id="id_{name}_error"' in html
        field = re.search(rf'<(?:select|textarea|input)[^>]*name="{name}"[^>]*>', html)[0]
        assert f"id_{name}_error" in field
        assert 'aria-invalid="true"' in field


def test_lone_surrogates_and_wrong_bytes_are_taken_as_text(client, story):
    path, kind = form_of(story), "application/x-www-form-urlencoded"
    assert client.post(path, b"text=a%ED%A0%80b%FF", content_type=kind).status_code == 303
    assert Report.objects.get().text.strip("a") != ""


def test_a_form_without_fields_names_what_is_missing(client, story):
    assert "Write what is wrong." in said(client.post(form_of(story)))


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client, story, method):
    assert getattr(client, method)(form_of(story)).status_code == 405


def test_too_many_reports_are_refused_with_a_sentence_and_the_text_kept(client, story):
    for _number in range(reports.HOURLY_OF_ONE):
        assert post(client, story).status_code == 303
    response = post(client, story, text="One more thing.")
    assert response.status_code == 429
    assert response["Retry-After"] == "3600"
    assert "Several reports came from your connection" in said(response)
    assert "One more thing." in said(response)
    assert Report.objects.count() == reports.HOURLY_OF_ONE
    assert client.post(form_of(story), WRONG, REMOTE_ADDR="192.0.2.9").status_code == 303


def senders(client, story, *requests):
    for values in requests:
        assert client.post(form_of(story), WRONG, **values).status_code == 303
    return list(Report.objects.order_by("pk").values_list("sender", flat=True))


def test_the_sender_is_a_hash_in_which_the_address_does_not_stand(client, story):
    one, same, other = senders(client, story, {}, {}, {"REMOTE_ADDR": "192.0.2.9"})
    assert one == same != other
    assert re.fullmatch("[0-9a-f]{32}", one)


def test_a_header_of_the_sender_is_no_address(client, story):
    one, other = senders(client, story, {"HTTP_X_FORWARDED_FOR": "192.0.2.1"}, {"HTTP_X_FORWARDED_FOR": "192.0.2.2"})
    assert one == other


def test_behind_a_proxy_its_last_hop_is_the_address(client, story, settings):
    settings.BEHIND_PROXY = True
    hops = ["192.0.2.1, 198.51.100.7", "192.0.2.2,198.51.100.7", "198.51.100.7", "192.0.2.1"]
    one, same, alone, other = senders(client, story, *({"HTTP_X_FORWARDED_FOR": hop} for hop in hops))
    assert one == same == alone != other


@pytest.mark.parametrize(
    ("address", "sender"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_who_has_a_whole_network_is_one_sender(address, sender):
    assert network(address) == sender


def test_a_form_without_its_cookie_is_refused_and_the_text_given_back(story):
    client = Client(enforce_csrf_checks=True)
    response = post(client, story, text="It was <b>Friday</b>.")
    assert response.status_code == 403
    assert "The form came without its cookie" in said(response)
    assert "It was &lt;b&gt;Friday&lt;/b&gt;." in response.content.decode()
    assert not Report.objects.exists()


def test_a_form_with_its_cookie_is_taken(story):
    client = Client(enforce_csrf_checks=True)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(form_of(story)).content.decode())[1]
    assert post(client, story, csrfmiddlewaretoken=token).status_code == 303


def test_the_form_costs_few_queries_and_a_report_few_more(client, story, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        client.get(form_of(story))
    with django_assert_max_num_queries(4):
        client.get(f"{form_of(story)}?sent")
    for _number in range(3):
        with django_assert_max_num_queries(10):
            post(client, story)


def test_hostile_text_is_shown_as_text(client, editor, story):
    hostile = '"><script>alert(1)</script>'
    version = publish_change(story.story, by=editor, headline=hostile)
    for response in (client.get(form_of(version)), post(client, version, text=hostile, email=hostile)):
        assert "<script>" not in response.content.decode()


def test_a_story_in_another_language_keeps_it_in_the_form(client):
    version = make_published(language="ar", headline="محادثات", slug="talks")
    html = said(client.get(form_of(version)))
    assert '<h1 lang="ar" dir="rtl">محادثات</h1>' in html
    assert re.search(r'<option value="[^"]+" lang="ar" dir="rtl">', html)


def test_the_history_says_which_version_a_reader_led_to_and_no_more(client, editor, story):
    post(client, story, email="reader@example.org")
    later = publish_change(story.story, by=editor, change="minor", override="A typo.", standfirst="More.")
    publish_change(story.story, by=editor, standfirst="Still more.")
    assert "after a reader" not in read(client, f"{story.path}history/")
    resolve(Report.objects.get(), by=editor, state="corrected", resolution="Private.", version=later)
    html = unescape(read(client, f"{story.path}history/"))
    assert html.count("after a reader’s report") == 1
    assert re.search(r"Version 2: Minor change</b> · <time[^>]*>[^<]*</time>, after a reader’s report", html)
    for private in ("reader@example.org", "It was Friday.", "Private."):
        assert private not in html


def test_the_history_of_a_story_with_many_reports_costs_no_more_queries(
    client, editor, story, django_assert_max_num_queries
):
    for number in range(12):
        later = publish_change(story.story, by=editor, standfirst=f"State {number}.")
        report = Report.objects.create(version=story, story=story.story, text="x", created_at=timezone.now())
        resolve(report, by=editor, state="corrected", resolution="", version=later)
    with django_assert_max_num_queries(5):
        html = read(client, f"{story.path}history/")
    assert unescape(html).count("after a reader’s report") == 12


def test_what_readers_report_is_on_no_public_page(client, editor, story):
    post(client, story, text="zzwrotezz", email="zzmailzz@example.org")
    resolve(Report.objects.get(), by=User.objects.get(pk=editor.pk), state="answered", resolution="zzdonezz")
    for tail in ("", "history/", "history/1/", "report/", "report/?sent"):
        html = read(client, f"{story.path}{tail}")
        assert not re.search("zz(wrote|mail|done)zz", html)
    assert seen(story.story) == (story.pk, None)
