"""What two saves of a story changed, place by place, as editors read it."""

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import Truncator, capfirst

from stories.models import BLOCKS
from stories.publishing import changes
from stories.publishing.document import upgraded
from stories.publishing.lines import (
    author_lines,
    block_lines,
    citation_lines,
    cited_name,
    items,
    picture_lines,
    text_lines,
)
from stories.publishing.merge import CONFLICT, MINE, THEIRS, changed_places, keeps_order, merge, value_at
from stories.site.feeds import names_of
from stories.site.history import LABELS, passages, spelled_out

BASE = "base"


class Sides:
    """Three documents, cleaned: what both editors began with, what each made of it; and the three joined."""

    def __init__(self, base, mine, theirs):
        self.base, self.mine, self.theirs = upgraded(base), upgraded(mine), upgraded(theirs)
        self.merged, self.conflicts = merge(self.base, self.mine, self.theirs)

    @cached_property
    def places(self):
        """Return all that changed as [{place, label, changed_by, base, mine, theirs}], the last three as passages."""
        return [self.shown(found) for found in changed_places(self.base, self.mine, self.theirs)]

    @cached_property
    def told(self):
        """Return {side: its document with names instead of slugs}."""
        documents = {BASE: self.base, MINE: self.mine, THEIRS: self.theirs}
        names = names_of(documents.values(), timezone.now())
        return {side: spelled_out(document, names) for side, document in documents.items()}

    @cached_property
    def cited(self):
        """Return {key: name} of all that any of the three cites, to tell markers."""
        documents = (self.base, self.theirs, self.mine)
        return {row["key"]: cited_name(row) for document in documents for row in document["citations"]}

    def shown(self, found):
        before, mine, theirs = (self.lines(side, found.place) for side in (BASE, MINE, THEIRS))
        return {
            "place": found.place,
            "label": self.label(found.place),
            "changed_by": found.changed_by,
            "base": passages([as_it_was(before, mine, theirs)]),
            "mine": self.passages(found.place, before, mine, self.mine),
            "theirs": self.passages(found.place, before, theirs, self.theirs),
            "conflict": found.changed_by == CONFLICT,
        }

    def passages(self, place, before, after, document):
        markup_only = value_at(self.base, place) != value_at(document, place)
        return passages([changes.compare_lines(place, before, after, markup_only=markup_only)])

    def lines(self, side, place):
        """Return what one side says at a place as lines."""
        document = self.told[side]
        name, _, row_id = place.partition(".")
        if name == "authors":  # their slugs are names in a document that is told
            slugs = [row["slug"] for row in {BASE: self.base, MINE: self.mine, THEIRS: self.theirs}[side]["authors"]]
            return [author_lines(document)[slugs.index(row_id)]] if row_id in slugs else []
        value = value_at(document, place)
        if name == "blocks":
            return block_lines(value, self.cited)
        if name == "citations":
            return citation_lines(value)
        if name in ("topics", "tags"):
            return items(value)
        if name == "lead_image":
            return picture_lines(value)
        return text_lines(value)

    def label(self, place):
        name = place.partition(".")[0]
        rows = [value_at(document, place) for document in (self.mine, self.theirs, self.base)]
        row = next((row for row in rows if row is not None), None)
        if name == "blocks":
            words = " ".join(line.words for line in block_lines(row, self.cited))
            return f"{capfirst(BLOCKS[row['type']]._meta.verbose_name)}: {Truncator(words).chars(60)}"
        if name == "citations":
            return f"{LABELS['citation']()}: {cited_name(row)}"
        return LABELS[name]() if name in LABELS else name

    @property
    def moved_by(self):
        """Tell who moved blocks that both have: "mine", "theirs" (that order is kept), "both" (mine is) or ""."""
        ids = [[block["id"] for block in document["blocks"]] for document in (self.mine, self.theirs, self.base)]
        moved = [not keeps_order(side, ids[2]) for side in ids[:2]]
        return {(True, False): "mine", (False, True): "theirs", (True, True): "both"}.get(tuple(moved), "")


def as_it_was(before, mine, theirs):
    """Return the lines of `before` as a Change in which nothing is new; what both sides left can be folded."""
    kept = changes.unchanged(before, mine) & changes.unchanged(before, theirs)
    if len(kept) == len(before):
        kept = set()  # the sides differ in what no line tells, a link or bold type: then one wants to see the words
    states = [changes.SAME if number in kept else "plain" for number in range(len(before))]
    lines = [changes.Line(line.tag, state, ((state, line.words),)) for state, line in zip(states, before, strict=True)]
    return changes.Change("", changes.SAME, tuple(lines))
