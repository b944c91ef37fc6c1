"""Each verb as a call on a story that was looked at before, for races in threads and in processes."""

import datetime

from django.utils import timezone

from stories.models import Version
from stories.publishing.corrections import correct
from stories.publishing.removals import redact, retract, withdraw
from stories.publishing.revisions import latest_revision
from stories.publishing.verbs import cancel, live_and_pending, move, publish

HOUR = datetime.timedelta(hours=1)
TOLD = {"signed": "The editor", "reason": "A reason."}


def put_right(story, **values):
    live, _plan = live_and_pending(story, timezone.now())
    wrong = {"wrong": "It was so.", "right": "It was not."}
    return correct(
        story, {**live.document, "kicker": "Right"}, change=Version.Change.CORRECTION, correction=wrong, **values
    )


# By the verb; each takes story, by and expecting.
CALLS = {
    "publish": lambda story, **values: publish(latest_revision(story), change="update", pending="cancel", **values),
    "schedule": lambda story, **values: publish(
        latest_revision(story), change="update", at=timezone.now() + 2 * HOUR, **values
    ),
    "move": lambda story, **values: move(story, to=timezone.now() + 3 * HOUR, **values),
    "cancel": cancel,
    "correct": lambda story, **values: put_right(story, pending="merge", **values),
    "retract": lambda story, **values: retract(story, **TOLD, **values),
    "withdraw": lambda story, **values: withdraw(story, **TOLD, **values),
    "redact": lambda story, **values: redact(story, passage="opened the gate", **TOLD, **values),
}
