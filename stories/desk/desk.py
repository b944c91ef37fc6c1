"""The desk's first page: the newsroom's day. At most 15 queries and as many rows, however many stories there are."""

from dataclasses import dataclass, field

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stories.desk.agenda import COUNTED, about_mine, agenda, how_many_wait_for
from stories.desk.hours import hours
from stories.desk.lines import correction_line, embargo_line, look_up, out_line, plan_line, report_line, work_line
from stories.desk.times import short, zone_name
from stories.models import Report, Story

Stage = Story.Stage
SHOWN = 8  # lines of a list
READ = ("stories.view_story", "stories.change_story")
READ_REPORTS = ("stories.view_report", "stories.change_report")
# Of each list: its title, what stands there when it is empty, and how the page of the rest is asked for the same.
LISTS = {
    Stage.REVIEW: (
        gettext_lazy("In review"),
        gettext_lazy("Nothing waits for review."),
        {"stage": "review", "late": "no"},
    ),
    Stage.READY: (
        gettext_lazy("Ready"),
        gettext_lazy("Nothing is ready yet. What passed review stands here."),
        {"stage": "ready", "late": "no"},
    ),
    "late": (gettext_lazy("Late"), "", {"late": "yes"}),
    Stage.DRAFTING: (
        gettext_lazy("Drafting"),
        gettext_lazy("Nobody is writing. Start a story, or claim a pitch."),
        {"stage": "drafting", "late": "no"},
    ),
    Stage.PITCH: (
        gettext_lazy("Pitches"),
        gettext_lazy("No pitches. One sentence is enough for one."),
        {"stage": "pitch", "late": "no"},
    ),
    "out": (
        gettext_lazy("Published today"),
        gettext_lazy("Nothing has gone out since midnight."),
        {"published": "today"},
    ),
    "going": (
        gettext_lazy("Scheduled and under embargo"),
        gettext_lazy("Nothing is planned. What you schedule stands here, by its time."),
        {"state": "ahead"},
    ),
    "corrections": (
        gettext_lazy("Corrections"),
        gettext_lazy("No correction is planned, and none went out in the last seven days."),
        {"published": "corrected"},
    ),
    "reports": (
        gettext_lazy("Readers’ reports"),
        gettext_lazy("No reader’s report is open."),
        {"state__exact": "open"},
    ),
}


@dataclass
class Section:
    """A list of the desk: `rows` are those of at most COUNTED + 1 lines, `lines` the first SHOWN."""

    name: str
    title: str
    empty: str
    url: str  # where the rest is
    rows: list
    lines: list = field(default_factory=list)

    @property
    def count(self):
        return _("over %(n)s") % {"n": COUNTED} if len(self.rows) > COUNTED else str(len(self.rows))

    @property
    def more(self):
        """Return what stands under the list if it lacks rows, else empty."""
        if len(self.rows) > COUNTED:
            return _("and over %(n)s more") % {"n": COUNTED - SHOWN}
        rest = len(self.rows) - SHOWN
        return ngettext("and %(n)s more", "and %(n)s more", rest) % {"n": rest} if rest > 0 else ""


def day(request):
    """Return the context of the first page for who asks: {} for whoever may not read stories."""
    user, now = request.user, timezone.now()
    if not any(map(user.has_perm, READ)):
        return {}
    mine = request.GET.get("whose") == "mine"
    rows = agenda(user, now, mine)
    # Before the lists mix plans with embargoes, of which many may end first.
    following = min([*rows["planned"][:1], *rows["to correct"][:1]], default=None)
    found = sections(user, rows, mine)
    next_line = fill(found, following, user, now)
    waiting = how_many_wait_for(user)
    moments = [line for name in ("going", "out", "corrections") for line in found[name].lines]
    if next_line and next_line not in moments:
        moments.append(next_line)
    return {
        "day": {
            "date": format_date(timezone.localtime(now), _("l, j F")),
            "zone": zone_name(),
            "mine": mine,
            "sections": found,
            "waiting": waiting_told(waiting) if waiting else "",
            "next": next_line,
            "next_when": next_line and short(next_line.at, now),
            "hours": hours(moments, now),
            "can_add": user.has_perm("stories.add_story"),
        }
    }


def sections(user, rows, mine):
    """Return {name: Section} from the rows of the agenda, without their lines yet: one query."""
    going = sorted([*rows["planned"], *rows["embargoed"]])
    rows = rows | {"going": going, "corrections": [*rows["to correct"], *rows["corrected"]]}
    if any(map(user.has_perm, READ_REPORTS)):
        rows["reports"] = reports(user, mine)
    return {
        name: Section(name, title, empty, rest_of(name, query, mine), rows[name])
        for name, (title, empty, query) in LISTS.items()
        if name in rows
    }


def rest_of(name, query, mine):
    """Return the address of the page that shows all of a list."""
    page = "admin:stories_report_changelist" if name == "reports" else "admin:stories_story_changelist"
    return reverse(page, query=query | ({"whose": "mine"} if mine else {}))


def reports(user, mine):
    """Return the open reports of readers, oldest first: at most COUNTED + 1. One query."""
    rows = Report.objects.filter(state=Report.State.OPEN).order_by("created_at", "id")
    rows = rows.filter(about_mine(user)) if mine else rows
    return list(rows.only("story_id", "text", "created_at")[: COUNTED + 1])


def fill(found, following, user, now):
    """Give each section its lines; return that of `following`, the row of the next plan, or None.

    The number of queries does not depend on theirs: look_up() makes them.
    """
    reports = found["reports"].rows[:SHOWN] if "reports" in found else []
    moments = [row for name, section in found.items() if name != "reports" for row in section.rows[:SHOWN]]
    moments += [following] if following else []
    ids = {story for _at, story, _version in moments} | {report.story_id for report in reports}
    stories, versions = look_up(ids, {version for *_row, version in moments if version}, now)

    def lines_of(name, rows):
        for row in rows:
            pk, number = (row.story_id, 0) if name == "reports" else row[1:]
            story = stories.get(pk)
            about = row if name == "reports" else versions.get(number) if number else story
            if story and about:  # else it was deleted since the lists were read
                yield line_of(name, story, about, user, now)

    for name, section in found.items():
        section.lines = list(lines_of(name, section.rows[:SHOWN]))
    return next(lines_of("going", [following] if following else []), None)


def line_of(name, story, about, user, now):
    """Return the Line of a story in the list of this `name`, `about` a version, a report or the story as it is."""
    if name in Stage or name == "late":
        return work_line(story, user, now)
    if about is story:
        return embargo_line(story, user, now)
    told = {"going": plan_line, "out": out_line, "corrections": correction_line, "reports": report_line}[name]
    return told(story, about, user, now)


def waiting_told(count):
    if count > COUNTED:
        return _("Over %(n)s stories wait for you.") % {"n": COUNTED}
    return ngettext("%(n)s story waits for you.", "%(n)s stories wait for you.", count) % {"n": count}


admin.site.day = day
