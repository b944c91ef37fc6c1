"""What stands on the desk's first page: for each of its lists which rows, in which order, whoever asks. One query."""

import datetime

from django.db.models import Exists, F, IntegerField, OuterRef, Q, Value
from django.db.models.functions import Greatest

from stories.models import Story, Version
from stories.publishing.desk_work import EDIT
from stories.site.changes import midnight

Stage = Story.Stage
COUNTED = 100  # rows of a list; beyond, "over" so many
RECENT = datetime.timedelta(days=7)  # corrections
NEWEST_FIRST = {Stage.DRAFTING, Stage.PITCH, "out", "corrected"}


def agenda(user, now, only_mine):
    """Return {name of a list: [(instant, story id, version id or 0)]}, at most COUNTED + 1 of each, in its order."""
    parts = []
    lists = ranges(now)
    for name, (rows, instant) in lists.items():
        rows = rows.filter(mine_in(name, user)) if only_mine else rows
        is_story = rows.model is Story
        # The rows of a part are chosen inside it: SQLite sorts and cuts only what is joined.
        chosen = rows.model.objects.filter(pk__in=rows.values("pk")[: COUNTED + 1]).order_by()
        version = Value(0, IntegerField()) if is_story else F("pk")
        parts.append(chosen.values_list(Value(str(name)), F(instant), F("pk" if is_story else "story"), version))
    found = {name: [] for name in lists}
    for name, *row in parts[0].union(*parts[1:], all=True):
        found[name].append(tuple(row))
    return {name: sorted(rows, reverse=name in NEWEST_FIRST) for name, rows in found.items()}


def ranges(now):
    """Return {name of a list: (its rows, the column of its instant)}, each one range of an index.

    A story under way is in one list: late, or its stage. So is a version: corrected, out or planned.
    """
    is_correction = Q(change=Version.Change.CORRECTION)
    ahead = Version.objects.filter(visible_from__gt=now, recorded_at__lt=F("visible_from")).order_by("visible_from")
    past = Version.objects.filter(visible_from__lte=now).order_by("-visible_from")
    return {
        **{stage: (in_stage(stage, now), "stage_since") for stage in Stage.values},
        "late": (late(now), "due"),
        "embargoed": (embargoed(now), "embargo_until"),
        "planned": (ahead.exclude(is_correction), "visible_from"),
        "to correct": (ahead.filter(is_correction), "visible_from"),
        "out": (past.filter(visible_from__gte=midnight(now)).exclude(is_correction), "visible_from"),
        "corrected": (past.filter(is_correction, visible_from__gte=now - RECENT), "visible_from"),
    }


def told_in(names, now):
    """Return the condition on stories that lists of versions tell of, those of these names."""
    found, condition = ranges(now), Q()
    for name in names:
        rows, _instant = found[name]
        condition |= Q(pk__in=rows.order_by().values("story"))
    return condition


def in_stage(stage, now):
    """Return the stories of a stage that are not late: what waits longest first, but the newest of what is begun."""
    order = ["-stage_since", "-id"] if stage in NEWEST_FIRST else ["stage_since", "id"]
    return Story.objects.filter(Q(due=None) | Q(due__gte=now), stage=stage).order_by(*order)


def late(now):
    return Story.objects.filter(due__lt=now).exclude(stage="").order_by("due", "id")


def embargoed(now):
    """Return the stories under embargo that are not planned, by when it ends."""
    plans = Version.objects.filter(story=OuterRef("pk"), visible_from__gt=Greatest(Value(now), F("recorded_at")))
    return Story.objects.filter(~Exists(plans), embargo_until__gt=now).order_by("embargo_until", "id")


def mine(user, stages=tuple(Stage)):
    """Return the condition on stories that are `user`'s own: they own them, or the stories wait for them.

    `stages` are those that the stories may be in: without a reviewer in question an index is read by the owner.
    """
    condition = Q(owner=user)
    if Stage.READY in stages:
        condition |= Q(stage=Stage.READY, reviewer=user)
    if Stage.REVIEW in stages:
        condition |= waiting_for(user)
    return condition


def waiting_for(user):
    """Return the condition on stories in review that wait for `user`, or for whoever is free."""
    condition = Q(stage=Stage.REVIEW, reviewer=user)
    return condition | Q(stage=Stage.REVIEW, reviewer=None) if user.has_perm(EDIT) else condition


def how_many_wait_for(user):
    """Return how many stories in review wait for `user`, at most COUNTED + 1. One query."""
    return Story.objects.filter(waiting_for(user)).order_by()[: COUNTED + 1].count()


def mine_in(name, user):
    """Return the condition on the rows of a list that are about a story of `user`."""
    if name in Stage:
        return mine(user, [name])
    return about_mine(user, "pk" if name in ("late", "embargoed") else "story")


def about_mine(user, column="story"):
    """Return the condition on rows whose `column` is a story of `user`."""
    # Asked of each row in its order: of the days that the lists tell there are fewer than of what a user ever wrote.
    return Exists(Story.objects.filter(mine(user), pk=OuterRef(column)))
