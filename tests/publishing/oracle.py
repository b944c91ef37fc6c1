"""What a newsroom's record must be, told as a plain list in memory: no query, no hash, no filing.

Each verb says whether it is allowed now, and if so what follows. Documents are dictionaries of a few fields.
"""

import datetime
from dataclasses import dataclass, replace

TICK = datetime.timedelta(microseconds=1)
GOING_OUT = datetime.timedelta(seconds=5)
MARK = "[…]"
TEXTS = ("headline", "kicker", "standfirst", "body")
TAKEN_BACK = ("retraction", "withdrawal")


@dataclass(frozen=True)
class Entry:
    at: datetime.datetime
    recorded: datetime.datetime
    change: str
    document: dict


class Refused(Exception):
    """The desk must refuse it."""


def refuse_if(refused):
    if refused:
        raise Refused


class Oracle:
    """The record of some stories: `entries` and `drafts` are a list for each, `paths` says whose an address is."""

    def __init__(self, now, documents):
        self.now = self.latest = now
        self.entries = [[] for _ in documents]
        self.drafts = [[document] for document in documents]
        self.paths = {}

    def pass_time(self, step):
        """Move the clock; it may run back, but by less than what a plan is safe for."""
        self.now = max(self.now + step, self.latest - datetime.timedelta(seconds=4))
        self.latest = max(self.latest, self.now)

    def split(self, story):
        """Return (entries that readers have or had, the plan or None)."""
        entries = self.entries[story]
        if entries and entries[-1].at > self.now and entries[-1].at > entries[-1].recorded:
            return entries[:-1], entries[-1]
        return entries, None

    def seen_at(self, instant):
        """Return {story: (number, document)} of what readers see at an instant."""
        seen = {}
        for story, entries in enumerate(self.entries):
            for number, entry in enumerate(entries, 1):
                if entry.at <= instant:
                    seen[story] = number, entry.document
        return seen

    def shown_words(self):
        """Return all words that readers can find by now, older versions included."""
        return {w for entries in self.entries for e in entries if e.at <= self.now for w in words_of(e.document)}

    def taken_back(self, story):
        return next((e.change for e in reversed(self.entries[story]) if e.change in TAKEN_BACK), "")

    # Verbs

    def save(self, story, **fields):
        self.drafts[story].append({**self.drafts[story][-1], **fields})

    def publish(self, story, change, pending="", at=None):
        self.put_out(story, self.drafts[story][-1], change, pending, at)

    def put_out(self, story, document, change, pending, at=None):
        entries, plan = self.split(story)
        live = entries[-1] if entries else None
        refuse_if(at and (at <= self.now or (live and at <= max(live.at, live.recorded))))
        refuse_if((live is None) != (change == "first") or self.taken_back(story))
        refuse_if(live and document == live.document and change != "editors_note")
        rest = None
        if plan:
            refuse_if(plan.at - self.now < GOING_OUT)
            if live and not at:
                refuse_if(not pending)
                rest = self.rest_of(plan, live, document) if pending == "merge" else None
        before = dict(self.paths)
        try:
            self.drop_plan(story)
            instant = at or self.after(live)
            self.write(story, Entry(instant, self.now if at else instant, change, document))
            if rest:
                self.write(story, replace(plan, recorded=self.now, document=rest))
        except Refused:
            self.entries[story] = [*entries, *filter(None, [plan])]
            self.paths = before
            raise

    def rest_of(self, plan, live, document):
        rest, conflicts = merged(live.document, plan.document, document)
        refuse_if(conflicts)
        return None if rest == document and plan.change != "editors_note" else rest

    def correct(self, story, change, pending="", **fields):
        entries, _plan = self.split(story)
        refuse_if(not entries)
        live = entries[-1].document
        self.put_out(story, {**live, **fields}, change, pending)
        self.drafts[story].append(merged(live, self.drafts[story][-1], {**live, **fields})[0])

    def move(self, story, to):
        entries, plan = self.split(story)
        refuse_if(not plan or plan.at - self.now < GOING_OUT)
        refuse_if(to <= self.now or (entries and to <= max(entries[-1].at, entries[-1].recorded)))
        before = dict(self.paths)
        self.drop_plan(story)
        try:
            self.write(story, replace(plan, at=to, recorded=self.now))
        except Refused:
            self.entries[story], self.paths = [*entries, plan], before
            raise

    def cancel(self, story):
        _entries, plan = self.split(story)
        refuse_if(not plan or plan.at - self.now < GOING_OUT)
        self.drop_plan(story)

    def take_back(self, story, change):
        entries, plan = self.split(story)
        refuse_if(not entries or self.taken_back(story) in (change, "withdrawal"))
        refuse_if(plan and plan.at - self.now < GOING_OUT)
        self.drop_plan(story)
        self.entries[story] = [replace(e, document=emptied(e.document, change)) for e in self.entries[story]]
        self.add_removal(story, change)

    def redact(self, story, word):
        entries, plan = self.split(story)
        refuse_if(not entries or (plan and plan.at - self.now < GOING_OUT))
        documents = [e.document for e in self.entries[story]] + self.drafts[story]
        refuse_if(word not in {w for document in documents for w in words_of(document)})
        self.drop_plan(story)
        self.drafts[story] = [without(document, word) for document in self.drafts[story]]
        self.entries[story] = [replace(e, document=without(e.document, word)) for e in self.entries[story]]
        self.add_removal(story, "redaction")
        if plan:
            self.write(story, replace(plan, recorded=self.now, document=without(plan.document, word)))

    # What they have in common

    def after(self, live):
        return max(self.now, live.at + TICK) if live else self.now

    def add_removal(self, story, change):
        live = self.entries[story][-1]
        instant = self.after(live)
        self.write(story, Entry(instant, instant, change, live.document))

    def write(self, story, entry):
        path = self.path_of(story, entry)
        refuse_if(self.paths.setdefault(path, story) != story)
        recorded = max(e.recorded for e in (*self.entries[story][-1:], entry))
        self.entries[story] = [*self.entries[story], replace(entry, recorded=recorded)]

    def path_of(self, story, entry):
        first = self.entries[story][0] if self.entries[story] else entry
        return f"/{first.at:%Y/%m/%d}/{entry.document['slug']}/"

    def drop_plan(self, story):
        entries, plan = self.split(story)
        if plan:
            assert plan.at > self.latest, "readers saw it, so it is no plan any more"
            path = self.path_of(story, plan)
            self.entries[story] = entries
            if path not in {self.path_of(story, entry) for entry in entries}:
                del self.paths[path]


def merged(base, mine, theirs):
    """Return (document, whether a field was changed on both sides, and differently): mine wins there."""
    document, conflicts = {}, False
    for name in base:
        if name == "tags":
            b, m, t = set(base[name]), set(mine[name]), set(theirs[name])
            document[name] = tuple(sorted(tag for tag in b | m | t if (tag in m) + (tag in t) > (tag in b)))
        elif mine[name] == base[name]:
            document[name] = theirs[name]
        else:
            document[name] = mine[name]
            conflicts |= theirs[name] not in (base[name], mine[name])
    return document, conflicts


def emptied(document, change):
    nothing = {"standfirst": "", "body": ""}
    return {**document, **nothing, **({"headline": "", "kicker": ""} if change == "withdrawal" else {})}


def without(document, word):
    return {**document, **{name: document[name].replace(word, MARK) for name in TEXTS}}


def words_of(document):
    return {word for name in TEXTS for word in document[name].split() if word != MARK}
