import re
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stories.models import Report, User
from stories.publishing.document import new_id
from stories.publishing.removals import retract
from stories.publishing.reports import receive, resolve
from tests.factories import make_editor, make_published, publish_change
from tests.site.test_history import take_back

pytestmark = pytest.mark.django_db
LIST = "/admin/stories/report/"


def said(response):
    return " ".join(unescape(response.content.decode()).split())


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


@pytest.fixture
def version(editor):
    text = "The gate opened on Thursday.</p><p>It stayed open until the evening came."
    return make_published(by=editor, headline="The gate", text=text)


@pytest.fixture
def report(version):
    return send(version, paragraph=0, email="reader@example.org")


def send(version, text="It was Friday.", **values):
    block = values.pop("block", version.document["blocks"][0]["id"])
    return receive(version, text=text, block=block, sender=new_id()[:32], **values)


def page_of(report):
    return reverse("admin:stories_report_change", args=[report.pk])


def change_text(version, editor, old, new, **values):
    block = version.story.revisions.latest().document["blocks"][0]
    return publish_change(
        version.story, by=editor, blocks=[{**block, "html": block["html"].replace(old, new)}], **values
    )


def login(*codenames):
    user = User.objects.create_user(f"user{User.objects.count()}", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


def test_the_list_tells_story_passage_time_and_state(desk, report):
    html = said(desk.get(LIST))
    for words in ("It was Friday.", "The gate, version 1", "The gate opened on Thursday.", "open", "UTC"):
        assert words in html
    assert "Add reader" not in html
    assert str(timezone.now().year) in html


def test_the_list_says_when_a_report_is_about_the_whole_story(desk, version):
    send(version, block=None)
    assert "the story as a whole" in said(desk.get(LIST))


def test_the_list_is_filtered_by_state_and_searched(desk, editor, version, report):
    resolve(send(version, "Another thing."), by=editor, state="dismissed", resolution="Spam.")
    html = said(desk.get(LIST, {"state__exact": "open"}))
    assert ("It was Friday." in html, "Another thing." in html) == (True, False)
    for term, found in (("friday", True), ("gate", True), ("reader@example", True), ("nothing", False), ("\x00", True)):
        assert ("It was Friday." in said(desk.get(LIST, {"q": term}))) == found
    assert desk.get(LIST, {"q": "word " * 5000}).status_code == 200


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same_for_one_and_for_thirty(desk, editor, count, django_assert_max_num_queries):
    for _number in range(count):
        send(make_published(by=editor))
    desk.get(LIST)
    with django_assert_max_num_queries(7):
        html = said(desk.get(LIST))
    assert html.count("It was Friday.") == count


def test_the_page_shows_the_passage_as_it_stood_and_as_it_is(desk, editor, version, report):
    assert "It stands as it did." in said(desk.get(page_of(report)))
    change_text(version, editor, "Thursday", "Friday")
    html = said(desk.get(page_of(report)))
    assert "As it stood in version 1" in html
    assert "<p>The gate opened on Thursday.</p>" in html
    assert "As it is now, in version 2" in html
    assert "<p>The gate opened on Friday.</p>" in html
    assert "until the evening" not in html
    assert f'href="{version.path}history/1-2/"' in html


def test_a_passage_that_moved_is_found_and_one_that_went_is_told(desk, editor, version, report):
    change_text(version, editor, "<p>The gate", "<p>First of all.</p><p>The gate")
    assert "It stands as it did." in said(desk.get(page_of(report)))
    change_text(version, editor, "<p>The gate opened on Thursday.</p>", "")
    assert "The passage is no longer in the story." in said(desk.get(page_of(report)))


def test_a_report_on_the_whole_story_says_so(desk, version):
    assert "The story as a whole." in said(desk.get(page_of(send(version, block=None))))


def test_what_a_reader_wrote_is_shown_as_text_and_not_to_be_changed(desk, version):
    html = desk.get(page_of(send(version, "<script>alert(1)</script>"))).content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html
    assert 'name="text"' not in html


def test_the_page_tells_whom_to_answer(desk, version, report):
    assert '<a href="mailto:reader@example.org">' in said(desk.get(page_of(report)))
    assert "left no e-mail address" in said(desk.get(page_of(send(version))))


def test_a_report_is_answered(desk, editor, report):
    response = desk.post(page_of(report), {"state": "answered", "resolution": "Told where it is from."}, follow=True)
    assert "The report is resolved." in said(response)
    report.refresh_from_db()
    assert (report.state, report.resolution, report.resolved_by) == ("answered", "Told where it is from.", editor)
    html = said(desk.get(page_of(report)))
    assert "Answered, nothing to change" in html
    assert "Told where it is from." in html
    assert "<form method=" not in html.replace('<form id="logout-form" method=', "")


def test_a_version_that_is_out_put_it_right(desk, editor, version, report):
    assert 'value="corrected"' not in said(desk.get(page_of(report)))
    right = change_text(version, editor, "Thursday", "Friday")
    assert f'<option value="{right.pk}">Version 2: update,' in said(desk.get(page_of(report)))
    desk.post(page_of(report), {"state": "corrected", "version": right.pk, "resolution": ""})
    report.refresh_from_db()
    assert report.led_to == right
    assert f'<a href="{version.path}history/2/">Version 2: update,' in said(desk.get(page_of(report)))
    assert "put right what a reader reported" in said(
        desk.get(reverse("admin:stories_story_history", args=[version.story_id]))
    )


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "Say what became of the report."),
        ({"state": "nonsense", "resolution": "Kept words."}, "Select a valid choice."),
        ({"state": "open", "resolution": "Kept words."}, "Select a valid choice."),
        ({"state": "answered", "resolution": " "}, "Write what was done"),
        ({"state": "answered", "resolution": "Kept\x00 words."}, "Null characters are not allowed."),
        ({"state": "corrected", "resolution": "Kept words."}, "Choose the version that put it right."),
        ({"state": "corrected", "version": "x", "resolution": "Kept words."}, "Choose one of the later versions."),
        ({"state": "corrected", "version": "9" * 30, "resolution": "Kept words."}, "Choose one of the later versions."),
        (
            {"state": "corrected", "version": "{first}", "resolution": "Kept words."},
            "Choose one of the later versions.",
        ),
        (
            {"state": "corrected", "version": "{other}", "resolution": "Kept words."},
            "Choose one of the later versions.",
        ),
    ],
)
def test_a_mistake_is_named_and_nothing_typed_is_lost(desk, editor, version, report, values, sentence):
    change_text(version, editor, "Thursday", "Friday")
    ids = {"first": version.pk, "other": make_published(by=editor).pk}
    html = said(desk.post(page_of(report), {name: value.format(**ids) for name, value in values.items()}))
    assert sentence in html
    assert values.get("resolution", "").strip() in html
    report.refresh_from_db()
    assert report.state == "open"


def test_of_two_editors_one_is_told_and_keeps_the_words(desk, report):
    resolve(report, by=make_editor(username="grace"), state="answered", resolution="Answered by phone.")
    html = said(desk.post(page_of(report), {"state": "dismissed", "resolution": "Nothing in it."}))
    for words in ("grace resolved this report", "Answered by phone.", "Nothing in it.", "which is not saved"):
        assert words in html
    report.refresh_from_db()
    assert report.state == "answered"


def test_nothing_is_added_or_deleted(desk, report):
    assert desk.get(f"{LIST}add/").status_code == 403
    assert desk.post(f"{LIST}{report.pk}/delete/", {"post": "yes"}).status_code == 403
    desk.post(LIST, {"action": "delete_selected", "_selected_action": [report.pk], "post": "yes"})
    assert Report.objects.count() == 1


def test_what_the_reader_wrote_cannot_be_posted(desk, report):
    desk.post(page_of(report), {"state": "answered", "resolution": "Done.", "text": "Else.", "email": "x@example.org"})
    report.refresh_from_db()
    assert (report.text, report.email) == ("It was Friday.", "reader@example.org")


@pytest.mark.parametrize("pk", ["0", "x", "9" * 30, "%00"])
def test_a_report_that_is_none_leads_back(desk, pk):
    assert desk.get(f"{LIST}{pk}/change/").status_code in (302, 404)


def test_each_may_do_what_the_permission_says(report):
    assert login("change_story").get(page_of(report)).status_code == 403
    viewer = login("view_report")
    html = said(viewer.get(page_of(report)))
    assert "It was Friday." in html
    assert "Resolve the report" not in html
    assert viewer.post(page_of(report), {"state": "answered", "resolution": "x"}).status_code == 403
    html = said(login("view_report", "change_report").get(page_of(report)))
    assert "Resolve the report" in html
    report.refresh_from_db()
    assert report.state == "open"


def test_the_way_to_correct_the_story_stands_there_for_who_can_correct_it(desk, editor, report):
    address = f"{reverse('admin:stories_story_correct', args=[report.story_id])}?report={report.pk}"
    assert f'href="{address}"' in said(desk.get(page_of(report)))
    assert "The gate opened on Thursday." in said(desk.get(address))
    assert "It stayed open until the evening came.</p></blockquote>" not in said(desk.get(address))
    assert "Correct the story" not in said(login("change_report", "publish_story").get(page_of(report)))
    assert "Correct the story" not in said(login("change_report", "change_story").get(page_of(report)))
    take_back(retract, report.version, editor)
    html = said(desk.get(page_of(report)))
    assert "Correct the story" not in html
    assert "A passage that was taken out of the version since." in html


def test_the_page_costs_few_queries(desk, editor, version, report, django_assert_max_num_queries):
    for number in range(12):
        publish_change(version.story, by=editor, standfirst=f"State {number}.")
    with django_assert_max_num_queries(9):
        desk.get(page_of(report))


def test_the_form_of_a_story_says_how_many_reports_are_open(desk, editor, version, report):
    url = reverse("admin:stories_story_change", args=[version.story_id])
    assert "1 open report by a reader" in said(desk.get(url))
    resolve(send(version), by=editor, state="dismissed", resolution="Spam.")
    send(version)
    html = said(desk.get(url))
    assert "2 open reports by readers" in html
    address = re.search(r'<a class="reports" href="([^"]+)"', html)[1]
    listed = said(desk.get(address))
    assert listed.count("The gate, version 1") == 2
    assert "open report" not in said(login("change_story").get(url))
