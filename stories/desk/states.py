"""What readers have of a story, told to editors: in lists, under the form and on the publish page."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from stories.models import Revision, Version
from stories.publishing.revisions import has_unpublished_changes, latest_revision
from stories.publishing.verbs import live_and_pending


def told(instant):
    """Return an instant as editors read it, with its zone: “1 March 2025, 09:00 UTC”."""
    return format_date(timezone.localtime(instant), _("j F Y, H:i T"))


def label_of(live, pending, is_changed, told):
    """Return in a few words what readers have and what waits for its time, each a version or None.

    `is_changed` is whether the desk has what readers do not see yet; `told` says an instant.
    """
    if live and live.taken_back:
        return _("Retracted") if live.taken_back == Version.Change.RETRACTION else _("Withdrawn")
    values = {"number": live and live.number, "planned": pending and pending.number}
    if pending:
        values["when"] = told(pending.visible_from)
        if live:
            return _("Live: version %(number)s; version %(planned)s scheduled for %(when)s") % values
        return _("Scheduled for %(when)s") % values
    if not live:
        return _("Draft")
    return (
        _("Live: version %(number)s, unpublished changes") if is_changed else _("Live: version %(number)s")
    ) % values


@dataclass(frozen=True)
class State:
    """What readers have (`live`), what waits for its time (`pending`) and what the desk has (`latest`): or None."""

    live: Version | None = None
    pending: Version | None = None
    latest: Revision | None = None

    @property
    def expecting(self):
        """Return what publish() takes as what the editor saw."""
        return self.live and self.live.pk, self.pending and self.pending.pk

    @property
    def next_number(self):
        return self.live.number + 1 if self.live else 1

    @property
    def taken_back(self):
        """Return "retraction" or "withdrawal" if readers have nothing of the story but a notice, else empty."""
        return self.live.taken_back if self.live else ""

    @property
    def is_changed(self):
        """Tell whether the desk has what readers of the live version cannot see."""
        return bool(self.live and self.latest) and has_unpublished_changes(self.latest, self.live)

    @property
    def is_planned(self):
        """Tell whether what the desk has is just what waits for its time."""
        return bool(self.pending and self.latest) and not has_unpublished_changes(self.latest, self.pending)

    @property
    def label(self):
        """Say it in a few words, for lists."""
        return label_of(self.live, self.pending, bool(not self.pending and self.is_changed), told)

    @property
    def mark(self):
        """Return the class of the label, for its colour."""
        if self.taken_back:
            return "gone"
        return "scheduled" if self.pending else "draft" if not self.live else "changed" if self.is_changed else "live"

    @property
    def sentences(self):
        """Say it in whole sentences, for the line under the form."""
        if self.taken_back:
            yield (
                _("Retracted: readers have its headline and a notice.")
                if self.taken_back == Version.Change.RETRACTION
                else _("Withdrawn: readers have one sentence at its address.")
            )
            yield _("What you save here stays at the desk.")
            return
        if self.live:
            values = {"number": self.live.number}
            yield _("Live: version %(number)s.") % values
        elif not self.pending:
            yield _("Not published: nobody outside can see this.")
        if self.pending:
            values = {"number": self.pending.number, "when": told(self.pending.visible_from)}
            yield _("Version %(number)s goes out on %(when)s.") % values
        if self.pending and not self.is_planned:
            yield _("What you see here differs from it.")
        elif self.live and not self.pending:
            yield _("You have changes readers cannot see.") if self.is_changed else _("Readers see exactly this.")


def name_of(revision):
    """Return who saved a revision, as colleagues know them."""
    if revision.user is None:
        return _("an import")
    return revision.user.get_full_name() or revision.user.get_username()


def state_of(story, now=None):
    live, pending = live_and_pending(story, now or timezone.now())
    return State(live, pending, latest_revision(story))


def attach_states(stories, now):
    """Give each story of a page its `state`: two queries, however many they are."""
    rows = Version.objects.filter(story__in=stories).defer("salt", "sha256", "prev_sha256")
    versions = open_versions(rows, now)
    newest = Revision.objects.select_related("user").in_bulk(
        [story.newest_revision for story in stories if story.newest_revision]
    )
    for story in stories:
        story.state = State(*live_among(versions[story.pk], now), newest.get(story.newest_revision))


def open_versions(rows, now):
    """Return {story id: [Version]} of those `rows` that readers have or that wait, in their order. One query."""
    found = defaultdict(list)
    for version in rows.filter(Q(visible_until=None) | Q(visible_until__gt=now)).order_by("number"):
        found[version.story_id].append(version)
    return found


def live_among(versions, now):
    """Return the version that readers have and the one that waits, each or None, of the open ones of a story."""
    *before, last = versions or [None]
    pending = last if last and last.is_pending(now) else None
    return (before[-1] if before else None) if pending else last, pending


def with_newest_revision(stories):
    """Annotate a queryset of stories with the id of each one's newest revision, which attach_states() needs."""
    revisions = Revision.objects.of_the_story().filter(story=OuterRef("pk")).order_by("-created_at", "-pk")
    return stories.annotate(newest_revision=Subquery(revisions.values("pk")[:1]))


# The filter of the story list: {value: (label, condition at an instant)}.
def is_live(now):
    return Exists(Version.objects.visible_at(now).filter(story=OuterRef("pk")))


def is_scheduled(now):
    # Few are, so not asked of each story.
    return Q(pk__in=Version.objects.filter(visible_from__gt=now).values("story"))


FILTERS = {
    "draft": (pgettext_lazy("state of a story", "draft"), lambda now: ~is_live(now) & ~is_scheduled(now)),
    "live": (pgettext_lazy("state of a story", "live"), is_live),
    "scheduled": (pgettext_lazy("state of a story", "scheduled"), is_scheduled),
    "ahead": (
        pgettext_lazy("state of a story", "scheduled or under embargo"),
        lambda now: is_scheduled(now) | Q(embargo_until__gt=now),
    ),
}
