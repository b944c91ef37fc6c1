"""Errors that readers report: taking them in, and what the desk made of each."""

import datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from stories.models import Report, Story, StoryEvent
from stories.models.prose import clean_text
from stories.publishing.document import upgraded
from stories.publishing.verbs import PublishError, refuse_without

HOURLY_OF_ONE = 5  # reports that one sender may send
HOURLY_OF_ALL = 200
HOUR = datetime.timedelta(hours=1)
MAX_TEXT = 5000  # characters of a report, and of what the desk says was done
LOCK = 0x7265706F7274  # "report"; filing has another

ACTIONS = {  # in the story's journal
    Report.State.CORRECTED: "correct_report",
    Report.State.ANSWERED: "answer_report",
    Report.State.DISMISSED: "dismiss_report",
}


class ReportError(Exception):
    """A report cannot be taken; the message is written for the reader. `place` is the field it is about, or empty."""

    def __init__(self, sentence, place=""):
        self.place = place
        super().__init__(sentence)


class TooManyReportsError(ReportError):
    """The sender, or all together, sent as many as an hour takes."""


def receive(version, *, text, email="", block=None, paragraph=None, sender):
    """Keep a reader's report on `version`, which the reader saw. Return the Report, or raise ReportError.

    `block` is the id of the passage it is about, None for the story as a whole; `paragraph` which part of a block of
    text, from 0. `sender` stands for who sends it, in at most 32 characters: a keyed hash, never an address.
    """
    text = clean_text(text, multiline=True)
    refuse_text(text)
    if block and str(block) not in {row["id"] for row in upgraded(version.document)["blocks"]}:
        raise ReportError(_("This version has no such passage. Choose it from the list again."), "passage")
    with transaction.atomic():
        lock_reports()
        now = timezone.now()
        forget_senders(now - HOUR)
        refuse_flood(sender, now - HOUR)
        return Report.objects.create(
            story_id=version.story_id,
            version=version,
            block=block or None,
            paragraph=paragraph if block else None,
            text=text,
            email=clean_text(email),
            sender=sender,
            created_at=now,
        )


def refuse_text(text):
    """Raise ReportError unless a cleaned text can be a report's."""
    if not text:
        raise ReportError(_("Write what is wrong."), "text")
    if len(text) > MAX_TEXT:
        sentence = _("This is too long: %(n)s characters of at most %(limit)s. Say the most important part first.")
        raise ReportError(sentence % {"n": len(text), "limit": MAX_TEXT}, "text")


def refuse_flood(sender, since):
    recent = Report.objects.filter(created_at__gt=since)
    if recent.filter(sender=sender).count() >= HOURLY_OF_ONE:
        raise TooManyReportsError(
            _("Several reports came from your connection within the last hour. Send this one again in an hour.")
        )
    if recent.count() >= HOURLY_OF_ALL:
        raise TooManyReportsError(
            _("More reports came in the last hour than we can take. Send this one again in an hour.")
        )


def lock_reports():
    """Count and write as one, so that reports sent at the same moment keep to the limit too.

    On SQLite the transaction is the lock.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def resolve(report, *, by, state, resolution, version=None):
    """Close a report: `state` is a Report.State other than open, `resolution` what was done, for colleagues.

    A corrected one names the `version` of its story that put it right, later than the one reported on; the others need
    a resolution. Return the report as it is now. Raise PermissionDenied, or PublishError with the reason.
    """
    refuse_without(by, "stories.change_report")
    resolution = clean_text(resolution, multiline=True)
    with transaction.atomic():
        # The story first, as every verb does: the other way round two of them could wait for each other.
        Story.objects.select_for_update().get(pk=report.story_id)
        report = Report.objects.select_for_update().get(pk=report.pk)
        refuse_resolved(report)
        refuse_resolution(report, state, resolution, version)
        report.state, report.resolution, report.led_to = state, resolution, version
        report.resolved_by, report.resolved_at = by, timezone.now()
        report.save(update_fields=["state", "resolution", "led_to", "resolved_by", "resolved_at"])
        told = version or report.version
        StoryEvent.objects.create(
            story_id=report.story_id,
            user=by,
            action=ACTIONS[state],
            version=told,
            number=told.number,
            at=report.resolved_at,
        )
    return report


def refuse_resolved(report):
    if report.state == Report.State.OPEN:
        return
    by = report.resolved_by
    name = (by.get_full_name() or by.get_username()) if by else _("someone else")
    raise PublishError(_("Meanwhile %(name)s resolved this report. Look at what was done.") % {"name": name})


def refuse_resolution(report, state, resolution, version):
    if state not in ACTIONS:
        raise PublishError(_("Say what became of the report."))
    if len(resolution) > MAX_TEXT:
        raise PublishError(_("What was done is too long: at most %(n)s characters.") % {"n": MAX_TEXT})
    if state != Report.State.CORRECTED:
        if version:
            raise PublishError(_("Only a report that led to a change names the version that made it."))
        if not resolution:
            raise PublishError(_("Write what was done: colleagues will want to know."))
        return
    if version is None:
        raise PublishError(_("Choose the version that put it right."))
    later = version.story_id == report.story_id and version.number > report.version.number
    if not later or version.is_pending(timezone.now()):
        raise PublishError(_("Only a later version of the same story, one that is out, can have put it right."))


def forget(before):
    """Delete what is left of the senders of reports that were resolved before `before`, an aware datetime.

    Return how many reports had an e-mail address or a sender's hash. What they wrote is kept.
    """
    resolved = Report.objects.exclude(state=Report.State.OPEN).filter(resolved_at__lt=before)
    return resolved.exclude(email="", sender="").update(email="", sender="")


def forget_senders(before):
    """Delete the hashes of senders from before `before`, which no longer limit anything; return how many."""
    return Report.objects.filter(sender__gt="", created_at__lt=before).update(sender="")
