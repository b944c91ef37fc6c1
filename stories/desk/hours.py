"""The day as a line of 24 hours: a picture of what went out, what is planned and when embargoes end."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.text import Truncator

from stories.desk.lines import Line
from stories.desk.times import short

WORDS = 22  # per cent of the line, for time and title of a mark
ROOM = 1  # per cent, around it
TOP, ROW = 34, 24  # pixels
TITLE = 30  # characters; what does not fit all the same is cut off where its room ends


@dataclass
class Mark:
    """A line of the desk on the line of hours: all measures as SVG takes them."""

    line: Line
    when: str
    title: str
    x: str  # of its room
    y: int
    is_turned: bool  # its words stand before it: behind it there is no room
    is_next: bool


def hours(lines, now):
    """Return what the line of hours shows of those `lines` that have their moment today."""
    today = timezone.localtime(now).date()
    shown = [line for line in lines if line.at and timezone.localtime(line.at).date() == today]
    following = min((line.at for line in shown if line.mark == "plan"), default=None)
    marks, rows = [], []  # of each row: up to where it is taken
    for line in sorted(shown, key=lambda line: line.at):
        at = part_of_day(line.at)
        is_turned = at > 100 - WORDS
        start = at - WORDS if is_turned else at
        row = next((number for number, taken in enumerate(rows) if taken <= start), len(rows))
        rows[row : row + 1] = [start + WORDS + ROOM]
        is_next = line.mark == "plan" and line.at == following
        title = Truncator(line.title).chars(TITLE)
        marks.append(Mark(line, short(line.at, now), title, f"{start:.2f}%", TOP + ROW * row, is_turned, is_next))
    return {
        "marks": marks,
        "now": f"{part_of_day(now):.2f}%",
        "height": TOP + ROW * len(rows) + 4,
        "ticks": [(f"{hour * 100 / 24:.2f}%", f"{hour}:00") for hour in (0, 6, 12, 18)],
    }


def part_of_day(instant):
    """Return how much of its day is over at an instant, in per cent."""
    local = timezone.localtime(instant)
    return (local.hour * 60 + local.minute) * 100 / 1440
