"""Which stage a story is in by itself: it enters the stages with a change that readers do not have, and leaves them
when they have it. What people do there is desk_work.py.
"""

from django.utils import timezone

from stories.models import Revision, Story
from stories.publishing.document import same_for_readers
from stories.publishing.record import live_and_pending


def settle(story, *, by=None, start=Story.Stage.DRAFTING):
    """Put a story into the stage `start` if it says what no version does, out of the stages if one says it all.

    Called under the story's lock by what writes its revisions and versions. Where it stands in the stages is left as it
    is. Whoever begins a change, `by`, owns it.
    """
    stage = Story.objects.values_list("stage", flat=True).get(pk=story.pk)
    if is_under_way(story) == bool(stage):
        return
    values = {"stage": "" if stage else start, "stage_since": timezone.now(), "reviewer": None}
    if stage:
        values["due"] = None
    elif by:
        values["owner"] = by
    change(story, **values)


def is_under_way(story):
    """Tell whether the newest revision of a story says what neither readers have nor waits for its time."""
    versions = [version for version in live_and_pending(story, timezone.now()) if version]
    if not versions:
        return True
    latest = Revision.objects.of_the_story().filter(story=story).order_by("-created_at", "-pk").first()
    if latest is None or versions[0].taken_back:
        return False
    return not any(same_for_readers(latest.document, version.document) for version in versions)


def change(story, **values):
    """Write columns of the desk alone, in the table and in `story`. Not its whole row: others write to it meanwhile."""
    Story.objects.filter(pk=story.pk).update(**values)
    for name, value in values.items():
        setattr(story, name, value)
