import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.utils import timezone

from stories.models import Report, User, Version
from stories.publishing import reports
from stories.publishing.document import new_id
from stories.publishing.reports import ReportError, TooManyReportsError, forget, receive, resolve
from stories.publishing.verbs import PublishError
from tests.factories import make_editor, make_published, publish_change
from tests.publishing.threads import at_once

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
ANSWERED = {"state": "answered", "resolution": "It is right as it stands."}


def send(version, text="It was Friday.", sender="a" * 32, **values):
    return receive(version, text=text, sender=sender, **values)


def resolved(report, by, version=None, **values):
    return resolve(report, by=by, version=version, **{**ANSWERED, **values})


@pytest.fixture
def version(editor):
    return make_published(by=editor)


def test_a_report_keeps_what_the_reader_says_and_no_more(version):
    block = version.document["blocks"][0]["id"]
    report = send(
        version, " It was\x00 Friday.\r\n\r\nAsk the office. ", block=block, paragraph=0, email="a@example.org"
    )
    report.refresh_from_db()
    assert (report.story_id, report.version, str(report.block), report.paragraph) == (
        version.story_id,
        version,
        block,
        0,
    )
    assert (report.text, report.email, report.state) == ("It was Friday.\n\nAsk the office.", "a@example.org", "open")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Write what is wrong"),
        (" \x00\n", "Write what is wrong"),
        ("a" * 10_000, "10000 characters of at most 5000"),
    ],
)
def test_a_text_must_be_there_and_not_too_long(version, text, sentence):
    with pytest.raises(ReportError, match=sentence) as error:
        send(version, text)
    assert error.value.place == "text"
    assert not Report.objects.exists()


def test_a_passage_of_another_story_is_refused(version):
    other = make_published()
    with pytest.raises(ReportError, match="no such passage") as error:
        send(version, block=other.document["blocks"][0]["id"])
    assert error.value.place == "passage"


def test_lone_surrogates_are_left_out(version):
    assert send(version, "It was \ud800Friday.").text == "It was Friday."


def test_one_sender_sends_five_an_hour(version, monkeypatch):
    for _number in range(reports.HOURLY_OF_ONE):
        send(version)
    with pytest.raises(TooManyReportsError, match="from your connection"):
        send(version)
    send(version, sender="b" * 32)
    Report.objects.update(created_at=timezone.now() - HOUR)
    send(version)
    assert Report.objects.count() == reports.HOURLY_OF_ONE + 2


def test_all_senders_together_send_a_limited_number_an_hour(version, monkeypatch):
    monkeypatch.setattr(reports, "HOURLY_OF_ALL", 3)
    for number in range(3):
        send(version, sender=str(number))
    with pytest.raises(TooManyReportsError, match="More reports came"):
        send(version, sender="another")


def test_what_stands_for_a_sender_goes_with_the_next_report_after_an_hour(version):
    old, new = send(version), send(version)
    Report.objects.filter(pk=old.pk).update(created_at=timezone.now() - HOUR)
    send(version, sender="b" * 32)
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.sender, new.sender) == ("", "a" * 32)


def test_answering_says_by_whom_when_and_what_was_done(editor, version):
    report = resolved(send(version), editor)
    assert (report.state, report.resolution, report.resolved_by) == ("answered", "It is right as it stands.", editor)
    assert timezone.now() - report.resolved_at < HOUR
    event = version.story.events.first()
    assert (event.action, event.user, event.number, event.note) == ("answer_report", editor, 1, "")


def test_a_correction_is_linked_to_the_report_that_led_to_it(editor, version):
    report = send(version)
    later = publish_change(version.story, by=editor, standfirst="It was Friday.")
    report = resolved(report, editor, later, state="corrected", resolution="")
    assert report.led_to == later
    assert list(later.led_to_by.all()) == [report]
    event = version.story.events.first()
    assert (event.action, event.number) == ("correct_report", 2)


def test_only_a_later_version_that_is_out_puts_a_report_right(editor, version):
    report = send(version)
    publish_change(version.story, by=editor, standfirst="Later.", at=timezone.now() + HOUR)
    plan = Version.objects.get(story=version.story, number=2)
    for wrong in (version, plan, make_published(by=editor)):
        with pytest.raises(PublishError, match="Only a later version of the same story"):
            resolved(report, editor, wrong, state="corrected")
    with pytest.raises(PublishError, match="Choose the version"):
        resolved(report, editor, state="corrected")
    report.refresh_from_db()
    assert report.state == "open"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"state": "open"}, "Say what became"),
        ({"state": "nonsense"}, "Say what became"),
        ({"resolution": " \n"}, "Write what was done"),
        ({"resolution": "a" * 5001}, "at most 5000"),
    ],
)
def test_a_resolution_says_what_was_done(editor, version, values, sentence):
    report = send(version)
    with pytest.raises(PublishError, match=sentence):
        resolved(report, editor, **values)
    assert not version.story.events.filter(action__endswith="_report").exists()


def test_only_what_led_to_a_change_names_a_version(editor, version):
    report = send(version)
    later = publish_change(version.story, by=editor, standfirst="It was Friday.")
    with pytest.raises(PublishError, match="Only a report that led to a change"):
        resolved(report, editor, later)


def test_a_resolved_report_stays_resolved(editor, version):
    report = send(version)
    resolved(report, make_editor(first_name="Ada", last_name="Chief"))
    with pytest.raises(PublishError, match="Ada Chief resolved this report"):
        resolved(report, editor, state="dismissed")
    User.objects.filter(first_name="Ada").delete()
    with pytest.raises(PublishError, match="someone else resolved this report"):
        resolved(report, editor, state="dismissed")
    assert Report.objects.get().state == "answered"


def test_resolving_needs_the_permission(version):
    with pytest.raises(PermissionDenied):
        resolved(send(version), User.objects.create_user("reporter"))


def test_forgetting_takes_the_sender_of_old_resolved_reports_only(editor, version):
    old, recent, still_open = (send(version, email=f"{name}@example.org", block=None) for name in "abc")
    for report in (old, recent):
        resolved(report, editor)
    now = timezone.now()
    Report.objects.filter(pk=old.pk).update(resolved_at=now - 91 * DAY)
    Report.objects.filter(pk=still_open.pk).update(created_at=now - 400 * DAY)
    assert forget(now - 90 * DAY) == 1
    assert forget(now - 90 * DAY) == 0
    found = {report.pk: report.email for report in Report.objects.all()}
    assert found == {old.pk: "", recent.pk: "b@example.org", still_open.pk: "c@example.org"}
    assert Report.objects.get(pk=old.pk).sender == ""
    assert Report.objects.get(pk=old.pk).text == "It was Friday."


def test_the_command_forgets_and_says_how_many(editor, version, capsys):
    for name in "ab":
        resolved(send(version, email=f"{name}@example.org"), editor)
    unsent = send(version)
    Report.objects.update(created_at=timezone.now() - HOUR)
    call_command("forget_reports")
    assert "Who sent 0 resolved reports" in capsys.readouterr().out
    unsent.refresh_from_db()
    assert unsent.sender == ""
    call_command("forget_reports", days=0)
    assert "Who sent 2 resolved reports is forgotten." in capsys.readouterr().out
    assert not Report.objects.exclude(email="").exists()


@pytest.mark.parametrize("days", [-1, 10**9])
def test_the_command_refuses_impossible_days(days):
    with pytest.raises(CommandError, match="from 0 to"):
        call_command("forget_reports", days=days)


@pytest.mark.django_db(transaction=True)
def test_of_two_editors_who_resolve_at_once_one_is_told(editor):
    report = send(make_published(by=editor))
    results = at_once(*[lambda: resolved(report, editor)] * 2)
    assert sorted(type(result) for result in results if not isinstance(result, Report)) == [PublishError]
    assert report.story.events.filter(action="answer_report").count() == 1


@pytest.mark.django_db(transaction=True)
def test_reports_sent_at_once_keep_to_the_limit(editor):
    version = make_published(by=editor)
    results = at_once(*[lambda: send(version)] * 8)
    refused = [result for result in results if not isinstance(result, Report)]
    assert [type(error) for error in refused] == [TooManyReportsError] * 3
    assert Report.objects.count() == reports.HOURLY_OF_ONE


@pytest.mark.django_db(transaction=True)
def test_correcting_and_resolving_at_once_do_not_wait_for_each_other(editor):
    version = make_published(by=editor)
    report = send(version)
    results = at_once(
        lambda: publish_change(version.story, by=editor, standfirst="It was Friday."), lambda: resolved(report, editor)
    )
    assert [type(result) for result in results] == [Version, Report]


def test_blocks_without_an_id_are_no_passage(version):
    with pytest.raises(ReportError, match="no such passage"):
        send(version, block=new_id())
