"""Lines of the desk's first page: what each tells of a story, alike in all lists, and what can be done from there."""

import datetime
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stories.desk.checks import look_at
from stories.desk.states import label_of, live_among, open_versions, with_newest_revision
from stories.desk.times import short
from stories.desk.work import offers
from stories.models import Note, Revision, Story, Version
from stories.publishing.desk_work import EDIT, WORK, name_of, standing
from stories.site.changes import change_url
from stories.site.story import history_url

Stage = Story.Stage
Change = Version.Change
TAKING = (Change.RETRACTION, Change.WITHDRAWAL, Change.REDACTION)


class Act(NamedTuple):
    """Something to do: a link to `url`, or with a `standing`, where the story stood on the page, a button."""

    label: str
    url: str
    standing: str = ""


@dataclass
class Line:
    """A row of any list: a title that leads to `url`, what is told under it, and what can be done.

    `at` is when it goes out, went out or may, for the line of hours; `mark` says which.
    """

    story: Story
    title: str
    url: str
    facts: list
    flags: list  # [(class, words)]
    acts: list
    waits: bool = False  # for who looks
    at: datetime.datetime | None = None
    mark: str = ""


def look_up(ids, versions, now):
    """Return ({id: story}, {id: version}) of all that the page shows: five queries, eight if sources are unnamed.

    A story has `live`, `pending` and `latest`, each or None, its `open_notes`, and what checks.look_at() gives it.
    """
    notes = Note.objects.open().filter(story=OuterRef("pk")).order_by().values("story").annotate(n=Count("pk"))
    stories = with_newest_revision(Story.objects.filter(pk__in=ids)).select_related("owner", "reviewer")
    stories = list(stories.annotate(open_notes=Coalesce(Subquery(notes.values("n"), output_field=IntegerField()), 0)))
    newest = Revision.objects.in_bulk([story.newest_revision for story in stories if story.newest_revision])
    open_ones = open_versions(Version.objects.filter(story__in=ids).without_document(), now)
    found = {version.pk: version for theirs in open_ones.values() for version in theirs}
    found |= Version.objects.without_document().in_bulk(versions - found.keys())
    for story in stories:
        story.live, story.pending = live_among(open_ones[story.pk], now)
        story.latest = newest.get(story.newest_revision)
    look_at(stories)
    return {story.pk: story for story in stories}, found


def address(name, story):
    return reverse(f"admin:stories_story_{name}", args=[story.pk])


def publishes(user):
    return user.has_perm(WORK) and user.has_perm(EDIT)


def line(story, now, facts, *, flags=(), acts=(), title="", url="", **more):
    """Return a Line: after `facts` comes whose story it is, after `flags` what anybody should know who opens it."""
    open_it = address("change", story)
    return Line(
        story=story,
        title=title or str(story),
        url=url or open_it,
        facts=[*facts, _("owner: %(name)s") % {"name": name_of(story.owner) if story.owner else _("nobody")}],
        flags=[*flags, checked(story), *warned(story, now)],
        acts=list(acts) or [Act(_("Open"), open_it)],
        **more,
    )


def checked(story):
    """Return (class, words) of what the publish page would find in a story as it was saved last."""
    if story.live and story.live.taken_back:
        return "quiet", _("taken back: nothing to publish")
    if story.counts is None:
        return "quiet", _("nothing written yet")
    blocking, warning = story.counts
    told = []
    if blocking:
        told.append(_("%(n)s to fix") % {"n": blocking})
    if warning:
        told.append(ngettext("%(n)s warning", "%(n)s warnings", warning) % {"n": warning})
    mark = "quiet" if story.stage == Stage.PITCH or (warning and not blocking) else "warn" if blocking else "ok"
    return mark, ", ".join(told) or _("nothing to fix")


def warned(story, now):
    """Yield (class, words) of embargo, notes and what was saved after the story was submitted."""
    if embargo := story.embargo:
        values = {"when": short(embargo.until, now), "source": embargo.source}
        words = _("embargo until %(when)s (%(source)s)") if embargo.source else _("embargo until %(when)s")
        yield "warn", words % values
    if story.open_notes:
        words = ngettext("%(n)s note open", "%(n)s notes open", story.open_notes)
        yield "stop", words % {"n": story.open_notes}
    if story.stage in (Stage.REVIEW, Stage.READY) and story.latest and story.latest.created_at > story.stage_since:
        yield "warn", _("saved since")


def state_of(story, now):
    """Return what readers have of a story; whoever has changed it since has put it into a stage."""
    return label_of(story.live, story.pending, bool(story.stage), lambda instant: short(instant, now))


def work_line(story, user, now):
    """Return the line of a story under way, with what `user` can do with it where it stands."""
    edits, reviewing = user.has_perm(EDIT), story.stage == Stage.REVIEW
    is_late = story.due and story.due < now
    acts = [Act(_("Publish…"), address("publish", story))] if story.stage == Stage.READY and publishes(user) else []
    for offer in offers(story, user)[:2]:
        url = f"{offer['url']}?next=desk" if offer["asks"] else offer["url"]
        acts.append(Act(offer["label"], url, "" if offer["asks"] else standing(story)))
    return line(
        story,
        now,
        facts=where(story, now),
        flags=[("stop", _("late: due %(when)s") % {"when": short(story.due, now)})] if is_late else [],
        acts=acts,
        waits=reviewing and (story.reviewer_id == user.pk or (edits and story.reviewer_id is None)),
    )


def where(story, now):
    """Return where a story under way stands: of what it is an update, its stage and since when, for whom it waits."""
    told = [_("%(stage)s since %(when)s") % {"stage": story.get_stage_display(), "when": short(story.stage_since, now)}]
    if story.pending:
        told.insert(0, state_of(story, now))
    elif story.live:
        told.insert(0, _("update of version %(n)s") % {"n": story.live.number})
    if story.stage == Stage.REVIEW:
        reviewer = name_of(story.reviewer) if story.reviewer else _("whoever is free")
        told.append(_("waits for %(name)s") % {"name": reviewer})
    if story.due and story.due >= now:
        told.append(_("due %(when)s") % {"when": short(story.due, now)})
    return told


def plan_line(story, version, user, now):
    """Return the line of a version that waits for its time."""
    acts = [Act(_("Move or cancel"), address("publish", story))] if publishes(user) else []
    return version_line(story, version, now, [state_of(story, now)], [], acts, mark="plan")


def embargo_line(story, user, now):
    """Return the line of a story under embargo that is not planned yet."""
    acts = [Act(_("Schedule"), address("publish", story))] if publishes(user) else []
    facts = where(story, now) if story.stage else [state_of(story, now)]
    return line(story, now, facts, acts=acts, at=story.embargo_until, mark="embargo")


def out_line(story, version, user, now):
    """Return the line of a version that went out."""
    act = Act(_("See the live page"), version.get_absolute_url())
    if version.taken_back == Change.WITHDRAWAL:
        act = Act(_("See the history"), history_url(version))
    if story.live and not story.live.taken_back and publishes(user):
        act = Act(_("Correct"), address("correct", story))
    flags = [("stop", version.get_change_display())] if version.change in TAKING else []
    return version_line(story, version, now, [went_out(story, version, now), state_of(story, now)], flags, [act])


def went_out(story, version, now):
    """Return when a version went out and as what; which one only if readers have another by now."""
    values = {"when": short(version.visible_from, now), "change": version.get_change_display(), "n": version.number}
    if story.live and story.live.pk == version.pk:
        return _("%(when)s: %(change)s") % values
    return _("%(when)s: %(change)s, version %(n)s") % values


def correction_line(story, version, user, now):
    """Return the line of a correction that is planned, or went out; the draft may have kept other words since."""
    if version.is_pending(now):
        return plan_line(story, version, user, now)
    facts, flags = [went_out(story, version, now), state_of(story, now)], []
    acts = [Act(_("See what changed"), change_url(version))]
    if story.stage and story.live and story.live.pk == version.pk:
        flags = [("warn", _("the draft differs from it"))]
        acts = [Act(_("Compare with the draft"), f"{address('compare', story)}?old=live")]
    return version_line(story, version, now, facts, flags, acts)


def version_line(story, version, now, facts, flags, acts, mark="out"):
    title = version.headline or str(story)  # nothing is left of one that was withdrawn; the desk knows it
    return line(story, now, facts, flags=flags, acts=acts, title=title, at=version.visible_from, mark=mark)


def report_line(story, report, user, now):
    """Return the line of what a reader reports, with the state of the story that it is about."""
    url = reverse("admin:stories_report_change", args=[report.pk])
    title = f"\N{FIRST STRONG ISOLATE}{story}\N{POP DIRECTIONAL ISOLATE}"
    about = _("on %(story)s, %(when)s") % {"story": title, "when": short(report.created_at, now)}
    acts = [Act(_("Answer…"), url)] if user.has_perm("stories.change_report") else [Act(_("Read it"), url)]
    quoted = _("“%(text)s”") % {"text": Truncator(report.text).chars(90)}
    return line(story, now, [about, state_of(story, now)], title=quoted, url=url, acts=acts)
