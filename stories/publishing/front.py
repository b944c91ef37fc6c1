"""Which stories stand first on the front page, or on a topic's: from an instant on, until the next arrangement.

What was in force is never changed, so `/at/` shows the page as it was arranged then; what lies ahead can be cancelled.
"""

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from stories.models import FrontPage, SiteChange, Version
from stories.publishing.verbs import GOING_OUT, TICK, PublishError, refuse_without

PLACES = 8  # the lead, two seconds, and some that open the list
LOCK = 5_207_366_219  # any number that nothing else in the database locks


def arrange(stories, *, by, expecting, topic=None, at=None):
    """Make `stories`, in this order, stand first from `at`, an aware datetime: by default now. Return the FrontPage.

    `expecting` is the id of the arrangement that the editor saw in force at that instant, None if there was none. An
    empty list leaves the page to time. Raise PermissionDenied, or PublishError with the reason.
    """
    refuse_without(by, "stories.publish_story")
    with transaction.atomic():
        lock()
        now = timezone.now()
        if at is not None and at <= now:
            raise PublishError(_("That time has passed. Arrange the page now, or choose a later time."))
        before = FrontPage.objects.arranged_at(at or now, topic)
        if (before and before.pk) != expecting:
            raise PublishError(_("Meanwhile someone else arranged this page. Look at it again before you change it."))
        instant = at or (max(now, before.visible_from + TICK) if before else now)
        refuse_unfit(stories, instant, topic)
        if before and before.visible_from == instant:
            refuse_if_going_out(before, now)
            before.delete()
        page = FrontPage.objects.create(
            topic=topic,
            visible_from=instant,
            stories=[str(story.pk) for story in stories],
            user=by,
            recorded_at=now if at else instant,
        )
        announce(page)
    return page


def cancel_arrangement(page, *, by):
    """Cancel an arrangement that lies ahead. Raise PermissionDenied, or PublishError with the reason."""
    refuse_without(by, "stories.publish_story")
    with transaction.atomic():
        lock()
        page = FrontPage.objects.filter(pk=page.pk).first()
        if page is None:
            raise PublishError(_("Meanwhile someone else cancelled this arrangement."))
        refuse_if_going_out(page, timezone.now())
        announce(page)
        page.delete()


def refuse_unfit(stories, instant, topic):
    """Raise PublishError unless each of `stories` can stand on the page at `instant`, each once."""
    if len(stories) > PLACES:
        raise PublishError(_("At most %(n)s stories can stand first.") % {"n": PLACES})
    if len(set(stories)) < len(stories):
        raise PublishError(_("A story can stand in one place only."))
    fit = set(fit_versions(instant, topic).filter(story__in=stories).values_list("story", flat=True))
    for story in stories:
        if story.pk not in fit:
            values = {"story": story, "topic": topic}
            raise PublishError(
                _("“%(story)s” is not published under %(topic)s at that time.") % values
                if topic
                else _("“%(story)s” is not published at that time, or was taken back.") % values
            )


def fit_versions(instant, topic=None):
    """Return the versions that may stand first on the front page, or on a topic's, at `instant`."""
    rows = Version.objects.visible_at(instant).filter(listed=True, taken_back="")
    return rows.filter(topicfilings__term=topic) if topic else rows


def refuse_if_going_out(page, now):
    if page.visible_from - now < GOING_OUT:
        raise PublishError(_("This arrangement is in force, or about to be. Arrange the page anew instead."))


def announce(page):
    key = f"topic:{page.topic.slug}" if page.topic else "front"
    SiteChange.objects.create(at=max(timezone.now(), page.visible_from), keys=[key])


def lock():
    """Let one editor arrange at a time. On SQLite the transaction itself is the lock."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
