"""What was changed on a day in stories that readers had already: the newsroom's own news, on the front page."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from stories.models import Story, Version
from stories.site.story import history_url

SHOWN = 6
NOT_TOLD = [Version.Change.FIRST, Version.Change.MINOR]


@dataclass(frozen=True)
class Changes:
    entries: list  # [{version, url}], newest first
    more: bool


def changes_of_the_day(instant):
    """Return the Changes of the day of `instant`, in the site's zone, up to it. One query."""
    # Of a story that was taken back only that is told: what its earlier changes said is gone. Lists have no withdrawn
    # story, so its kind must tell that it is no page about us.
    in_lists = Q(listed=True) & (Q(taken_back="") | Q(change=Version.Change.RETRACTION))
    withdrawn = Q(change=Version.Change.WITHDRAWAL) & ~Q(kind=Story.Kind.PAGE)
    rows = Version.objects.published_by(instant).filter(in_lists | withdrawn, visible_from__gte=midnight(instant))
    rows = rows.exclude(change__in=NOT_TOLD).without_document().order_by("-visible_from", "-id")
    versions = list(rows[: SHOWN + 1])
    entries = [{"version": version, "url": change_url(version)} for version in versions[:SHOWN]]
    return Changes(entries, len(versions) > SHOWN)


def midnight(instant):
    """Return when the day of `instant` began in the site's zone."""
    return timezone.localtime(instant).replace(hour=0, minute=0, second=0, microsecond=0)


def change_url(version):
    """Return the address of what a change changed: the comparison, or the history if there is nothing to compare."""
    history = history_url(version)
    if version.taken_back or version.number == 1:
        return history
    return f"{history}{version.number - 1}-{version.number}/"
