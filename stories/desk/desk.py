"""The desk's first page: the newsroom's day. At most 15 queries and as many rows, however many stories there are."""

from dataclasses import dataclass, field

from django.contrib import admin
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Greatest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stories.desk.states import with_newest_revision
from stories.desk.times import short, zone_name
from stories.desk.work import offers
from stories.models import Note, Report, Revision, Story, Version
from stories.publishing import preflight
from stories.publishing.desk_work import EDIT, name_of, standing

Stage = Story.Stage
SHOWN = 8  # lines of a section
COUNTED = 100  # stories of a section; beyond, "over" so many
READ = ("stories.view_story", "stories.change_story")
SECTIONS = {
    Stage.REVIEW: (gettext_lazy("In review"), gettext_lazy("Nothing waits for review.")),
    Stage.READY: (gettext_lazy("Ready"), gettext_lazy("Nothing is ready yet. What passed review stands here.")),
    "late": (gettext_lazy("Late"), gettext_lazy("Nothing is late.")),
    Stage.DRAFTING: (gettext_lazy("Drafting"), gettext_lazy("Nobody is writing. Start a story, or claim a pitch.")),
    Stage.PITCH: (gettext_lazy("Pitches"), gettext_lazy("No pitches. One sentence is enough for one.")),
}


@dataclass
class Section:
    """Some lines under a title; `ids` are those of at most COUNTED + 1 stories."""

    name: str
    title: str
    empty: str
    url: str
    ids: list
    lines: list = field(default_factory=list)

    @property
    def count(self):
        return _("over %(n)s") % {"n": COUNTED} if len(self.ids) > COUNTED else str(len(self.ids))

    @property
    def more(self):
        return more(len(self.ids))


def day(request):
    """Return the context of the first page for who asks: {} for whoever may not read stories."""
    user, now = request.user, timezone.now()
    if not any(map(user.has_perm, READ)):
        return {}
    mine = request.GET.get("whose") == "mine"
    found = sections(user, now, mine)
    out = published_today(user, now, mine)
    plans = planned(user, now, mine)
    ahead = sorted(plans + embargoed(user, now, mine), key=lambda item: item["at"])
    later = [item for item in ahead if not item["today"]]
    waiting = sum(line.waits for line in found[Stage.REVIEW].lines)
    return {
        "day": {
            "date": format_date(timezone.localtime(now), _("l, j F")),
            "zone": zone_name(),
            "mine": mine,
            "sections": found,
            "waiting": waiting_told(waiting, len(found[Stage.REVIEW].ids) > SHOWN) if waiting else "",
            "next": plans[0] if plans else None,
            "timeline": timeline(out, ahead, now),
            "later": later[:SHOWN],
            "more_plans": more(len(later)),
            "plans_url": list_url(mine, state="scheduled"),
            "out": out[:SHOWN],
            "more_out": more(len(out)),
            "out_url": list_url(mine, state="live"),
            "reports": reports(user, now, mine),
            "can_add": user.has_perm("stories.add_story"),
        }
    }


def more(count):
    """Return what stands under a list that shows SHOWN of `count` rows, or of more than COUNTED; empty if none lack."""
    if count > COUNTED:
        return _("and over %(n)s more") % {"n": COUNTED - SHOWN}
    return ngettext("and %(n)s more", "and %(n)s more", count - SHOWN) % {"n": count - SHOWN} if count > SHOWN else ""


def list_url(mine, **query):
    return reverse("admin:stories_story_changelist", query=query | ({"whose": "mine"} if mine else {}))


def sections(user, now, mine):
    """Return {name: Section} with their lines: eight queries."""
    found = {}
    for name, (title, empty) in SECTIONS.items():
        rows = late(now) if name == "late" else in_stage(name)
        if mine:
            rows = rows.filter(mine_in(name, user))
        url = list_url(mine, late="yes") if name == "late" else list_url(mine, stage=name)
        found[name] = Section(name, title, empty, url, list(rows.values_list("pk", flat=True)[: COUNTED + 1]))
    shown = {pk for section in found.values() for pk in section.ids[:SHOWN]}
    lines = lines_of(shown, user, now)
    for section in found.values():
        section.lines = [lines[pk] for pk in section.ids[:SHOWN] if pk in lines]
    return found


def in_stage(stage):
    """Return the stories of a stage: what waits longest first, but the newest of what is only begun."""
    order = ["stage_since", "id"] if stage in (Stage.REVIEW, Stage.READY) else ["-stage_since", "-id"]
    return Story.objects.filter(stage=stage).order_by(*order)


def late(now):
    return Story.objects.filter(due__lt=now).exclude(stage="").order_by("due", "id")


def mine_in(name, user):
    """Return what makes a story of a section `user`'s own: they write it, or it waits for them."""
    if name == Stage.REVIEW:
        unclaimed = Q(reviewer=None) if user.has_perm(EDIT) else Q()
        return Q(owner=user) | Q(reviewer=user) | unclaimed
    if name == "late":
        return Q(owner=user, stage__in=Stage.values)  # so that of the many that were published none is read
    return Q(owner=user) | Q(reviewer=user) if name == Stage.READY else Q(owner=user)


@dataclass
class Line:
    """A story on the desk: what is told of it, and what the user can do with it."""

    story: Story
    facts: list
    flags: list  # [(class, words)]
    offers: list
    standing: str
    waits: bool = False  # for who looks


def lines_of(ids, user, now):
    """Return {id: Line}: two queries, however many."""
    notes = Note.objects.open().filter(story=OuterRef("pk")).order_by().values("story").annotate(n=Count("pk"))
    live = Version.objects.visible_at(now).filter(story=OuterRef("pk")).values("number")[:1]
    stories = with_newest_revision(Story.objects.filter(pk__in=ids)).select_related("owner", "reviewer")
    stories = stories.annotate(
        open_notes=Coalesce(Subquery(notes.values("n"), output_field=IntegerField()), 0), live_number=Subquery(live)
    )
    stories = list(stories)
    newest = Revision.objects.in_bulk([story.newest_revision for story in stories if story.newest_revision])
    return {story.pk: line(story, newest.get(story.newest_revision), user, now) for story in stories}


def line(story, revision, user, now):
    edits, reviewing = user.has_perm(EDIT), story.stage == Stage.REVIEW
    return Line(
        story=story,
        facts=facts(story, now),
        flags=[*flags(story, revision, now)],
        offers=offers(story, user)[:2],
        standing=standing(story),
        waits=reviewing and (story.reviewer_id == user.pk or (edits and story.reviewer_id is None)),
    )


def facts(story, now):
    """Return what a line tells: the stage and since when, whom the story waits for, who writes it, when it is due."""
    told = [_("%(stage)s since %(when)s") % {"stage": story.get_stage_display(), "when": short(story.stage_since, now)}]
    if story.live_number:
        told.insert(0, _("update of version %(n)s") % {"n": story.live_number})
    if story.stage == Stage.REVIEW:
        reviewer = name_of(story.reviewer) if story.reviewer else _("whoever is free")
        told.append(_("waits for %(name)s") % {"name": reviewer})
    told.append(name_of(story.owner) if story.owner else _("nobody yet"))
    if story.due and story.due >= now:
        told.append(_("due %(when)s") % {"when": short(story.due, now)})
    return told


def flags(story, revision, now):
    """Yield (class, words) of what one should know before opening a story."""
    if story.due and story.due < now:
        yield "stop", _("late: due %(when)s") % {"when": short(story.due, now)}
    if story.embargo_until and story.embargo_until > now:
        yield "warn", _("embargo until %(when)s") % {"when": short(story.embargo_until, now)}
    if story.open_notes:
        words = ngettext("%(n)s note open", "%(n)s notes open", story.open_notes)
        yield "stop", words % {"n": story.open_notes}
    if story.stage == Stage.PITCH or revision is None:
        return
    missing = len(preflight.blockers(revision.document))
    if missing:
        yield "warn", ngettext("%(n)s point to settle", "%(n)s points to settle", missing) % {"n": missing}
    elif story.stage in (Stage.REVIEW, Stage.READY) and not story.open_notes:
        yield "ok", _("nothing missing")
    if story.stage in (Stage.REVIEW, Stage.READY) and revision.created_at > story.stage_since:
        yield "warn", _("saved since")


def waiting_told(count, is_more):
    if is_more:
        return _("More than %(n)s stories may wait for you.") % {"n": count}
    return ngettext("%(n)s story waits for you.", "%(n)s stories wait for you.", count) % {"n": count}


def versions(user, mine):
    rows = Version.objects.select_related("story__owner").only(
        "story", "number", "change", "visible_from", "recorded_at", "headline", "path", "taken_back",
        "story__embargo_until", "story__owner__username", "story__owner__first_name", "story__owner__last_name",
    )  # fmt: skip
    return rows.filter(story__owner=user) if mine else rows


def midnight(now):
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


def published_today(user, now, mine):
    """Return what went out since midnight, newest first: at most COUNTED + 1. One query."""
    rows = versions(user, mine).filter(visible_from__gte=midnight(now), visible_from__lte=now)
    return [entry(version, now) for version in rows.order_by("-visible_from", "-id")[: COUNTED + 1]]


def planned(user, now, mine):
    """Return what waits for its time, the next first: at most COUNTED + 1. One query."""
    rows = versions(user, mine).filter(visible_from__gt=now).order_by("visible_from", "id")[: COUNTED + 1]
    return [entry(version, now) for version in rows if version.is_pending(now)]


def embargoed(user, now, mine):
    """Return what is under embargo and not planned, by when the embargo ends: at most COUNTED + 1. One query."""
    plans = Version.objects.filter(story=OuterRef("pk"), visible_from__gt=Greatest(Value(now), F("recorded_at")))
    rows = Story.objects.filter(~Exists(plans), embargo_until__gt=now).select_related("owner")
    rows = rows.filter(owner=user) if mine else rows
    return [
        moment(story, story.embargo_until, now) | {"title": str(story), "is_embargo_end": True}
        for story in rows.order_by("embargo_until", "id")[: COUNTED + 1]
    ]


def entry(version, now):
    return moment(version.story, version.visible_from, now) | {
        "version": version,
        "title": version.headline or _("Withdrawn story"),
        "is_correction": version.change == Version.Change.CORRECTION,
    }


def moment(story, at, now):
    """Return what the timeline and the lists by time tell of a story and the instant `at`."""
    local, embargo = timezone.localtime(at), story.embargo_until
    return {
        "at": at,
        "when": short(at, now),
        "hour": local.hour,
        "today": local.date() == timezone.localtime(now).date(),
        "owner": name_of(story.owner) if story.owner else "",
        "is_embargoed": bool(embargo and embargo > now),
        "story_url": reverse("admin:stories_story_change", args=[story.pk]),
        "publish_url": reverse("admin:stories_story_publish", args=[story.pk]),
    }


def timeline(out, ahead, now):
    """Return what stands on the line of today: the last that went out, what comes next, and the hour it is."""
    ahead = [item for item in ahead if item["today"]][:SHOWN]
    past = [item | {"is_out": True} for item in reversed(out[:SHOWN])]
    following = next((item for item in ahead if "version" in item), None)
    coming = [item | {"is_next": item is following} for item in ahead]
    return {"items": past + coming, "hour": timezone.localtime(now).hour, "ticks": [0, 6, 12, 18]}


def reports(user, now, mine):
    """Return the open reports of readers, oldest first, as a section: one query."""
    rows = Report.objects.filter(state=Report.State.OPEN).select_related("story").order_by("created_at", "id")
    if mine:
        rows = rows.filter(story__owner=user)
    rows = list(rows[: COUNTED + 1])
    lines = [
        {
            "text": Truncator(report.text).chars(90),
            "story": str(report.story),
            "when": short(report.created_at, now),
            "url": report_url("change", report.pk) or reverse("admin:stories_story_change", args=[report.story_id]),
        }
        for report in rows[:SHOWN]
    ]
    return {"lines": lines, "count": len(rows), "more": more(len(rows)), "url": report_url("changelist")}


def report_url(page, *args):
    """Return the address of an admin page of reports, empty if readers' reports have no pages here."""
    try:
        return reverse(f"admin:stories_report_{page}", args=args)
    except NoReverseMatch:
        return ""


admin.site.day = day
