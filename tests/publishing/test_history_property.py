"""Whatever the desk does, in whatever order: readers see what a plain list of events says, and nothing else.

Sequences of verbs on a few stories, the clock running on and sometimes back, are played to the desk and to an oracle
(oracle.py). Both must agree on what is allowed, and on what readers saw at every instant.
"""

import datetime
import uuid
from contextlib import contextmanager
from unittest import mock

import pytest
from django.test import Client
from django.utils.html import strip_tags
from hypothesis import event, given, settings
from hypothesis import strategies as st

from stories.models import Address, Story, Tag, Version
from stories.publishing import removals, verbs
from stories.publishing.corrections import correct
from stories.publishing.revisions import latest_revision, save_document
from stories.publishing.verbs import PublishError, seen
from stories.publishing.verify import verify
from tests.factories import make_author, make_document, make_editor, make_source, utc
from tests.publishing.oracle import Oracle, Refused, words_of
from tests.publishing.test_concurrency import filed, rebuild
from tests.strategies import scratch

pytestmark = pytest.mark.django_db
START = utc(2026, 3, 1, 23, 30)
CHANGES = ["update", "minor", "correction", "clarification", "editors_note"]
SLUGS = ["gate", "port", "quay"]
TOLD = {"signed": "The editor", "reason": "A reason."}

stories = st.integers(0, 2)
seconds = st.integers(-5, 5) | st.integers(0, 60) | st.integers(0, 40_000) | st.sampled_from([-3, 3600, 90_000])
spans = seconds.map(lambda n: datetime.timedelta(seconds=n))
ahead = st.none() | st.none() | spans
texts = st.sampled_from(["headline", "kicker", "standfirst"])
fields = texts | st.sampled_from(["slug", "tags"])
choices = st.sampled_from(["merge", "merge", "cancel", ""])
changes = st.sampled_from([*CHANGES, "update", "update", "first"])  # of a story's first an update is called first
numbers = st.integers(0, 7)
edits = st.tuples(st.just("edit and publish"), stories, fields, numbers, changes, choices, ahead)
steps = st.one_of(
    st.tuples(st.just("save"), stories, fields, numbers),
    st.tuples(st.just("publish"), stories, changes, choices, ahead),
    edits,
    edits,
    st.tuples(st.just("correct"), stories, fields, numbers, st.sampled_from(CHANGES), choices),
    st.tuples(st.just("move"), stories, spans),
    st.tuples(st.just("cancel"), stories),
    st.tuples(st.just("take_back"), stories, st.sampled_from(["retraction", "withdrawal"])),
    st.tuples(st.just("redact"), stories, numbers),
    st.tuples(st.just("clock"), spans),
)


@st.composite
def plays(draw):
    """Draw steps in which, mostly, the stories are published first."""
    begin = [("publish", story, "first", "", None) for story in range(draw(st.integers(0, 3)))]
    return [*begin, *draw(st.lists(steps, min_size=1, max_size=14))]


class Desk:
    """The stories in the database, played by the real verbs, beside the oracle."""

    def __init__(self):
        self.clock = START
        self.words = 0
        self.editor = make_editor()
        make_source(), make_author()
        for name in ("red", "blue"):
            Tag.objects.create(name=name, slug=name)
        self.skeletons = [make_document() for n in range(3)]
        for n, document in enumerate(self.skeletons):
            block = document["blocks"][0]
            document["blocks"] = [{**block, "html": f"<p>body{n}x{block['html'].partition('.')[2].partition('.')[2]}"}]
        self.stories = [Story.objects.create(id=uuid.UUID(document["id"])) for document in self.skeletons]
        first = [
            {
                "headline": f"h{n}x",
                "kicker": "",
                "standfirst": f"s{n}x",
                "body": f"body{n}x",
                "slug": SLUGS[n],
                "tags": (),
            }
            for n in range(3)
        ]
        self.oracle = Oracle(START, first)
        for n, document in enumerate(first):
            self.save(n, document)

    def full(self, n, document):
        """Return a document of the oracle as the desk has it."""
        fields = {name: document[name] for name in ("headline", "kicker", "standfirst", "slug")}
        return {**self.skeletons[n], **fields, "tags": list(document["tags"])}

    def save(self, n, document):
        save_document(self.full(n, document), self.stories[n], by=self.editor)

    def value(self, field, number):
        if field == "slug":
            return SLUGS[number % 3]
        if field == "tags":
            return [(), ("red",), ("blue",), ("blue", "red")][number % 4]
        self.words += 1
        return f"w{self.words}x"

    def play(self, step):
        """Do a step here and in the oracle; both must allow or refuse it."""
        verb, *rest = step
        if verb == "clock":
            self.oracle.pass_time(*rest)
            self.clock = self.oracle.now
            return
        n, *rest = rest
        if verb in ("save", "edit and publish"):
            field, number, *rest = rest
            value = {field: self.value(field, number)}
            self.oracle.save(n, **value)
            draft = latest_revision(self.stories[n]).document
            save_document({**draft, **full_value(value)}, self.stories[n], by=self.editor)
        if verb != "save":
            getattr(self, verb.split()[-1])(n, *rest)

    def agree(self, name, told, done):
        """Call both; they must agree."""
        answers = []
        for call, refusal in ((told, Refused), (done, PublishError)):
            try:
                call()
                answers.append("")
            except refusal as error:
                answers.append(str(error) or "refused")
        refused, reason = map(bool, answers)
        assert refused == reason, f"{name}: the desk says “{answers[1]}”, the oracle “{answers[0]}”"
        event(f"{name}, {'refused' if refused else 'done'}")

    def publish(self, n, change, pending, after):
        at = None if after is None else self.clock + after
        story = self.stories[n]
        if not self.oracle.split(n)[0] and change == "update":
            change = "first"
        self.agree(
            "schedule" if at else "publish",
            lambda: self.oracle.publish(n, change, pending, at),
            lambda: verbs.publish(
                latest_revision(story), by=self.editor, expecting=seen(story), at=at, pending=pending,
                **told_of(change),
            ),
        )  # fmt: skip

    def correct(self, n, field, number, change, pending):
        story, value = self.stories[n], {field: self.value(field, number)}
        live = verbs.live_and_pending(story, self.clock)[0]
        document = {**(live.document if live else self.skeletons[n]), **full_value(value)}
        self.agree(
            "correct",
            lambda: self.oracle.correct(n, change, pending, **value),
            lambda: correct(story, document, by=self.editor, expecting=seen(story), pending=pending, **told_of(change)),
        )

    def move(self, n, after):
        story, to = self.stories[n], self.clock + after
        self.agree(
            "move",
            lambda: self.oracle.move(n, to),
            lambda: verbs.move(story, to=to, by=self.editor, expecting=seen(story)),
        )

    def cancel(self, n):
        story = self.stories[n]
        self.agree(
            "cancel", lambda: self.oracle.cancel(n), lambda: verbs.cancel(story, by=self.editor, expecting=seen(story))
        )

    def take_back(self, n, change):
        story, verb = self.stories[n], removals.retract if change == "retraction" else removals.withdraw
        self.agree(
            change,
            lambda: self.oracle.take_back(n, change),
            lambda: verb(story, by=self.editor, expecting=seen(story), **TOLD),
        )

    def redact(self, n, number):
        documents = [entry.document for entry in self.oracle.entries[n]] + self.oracle.drafts[n]
        known = sorted({word for document in documents for word in words_of(document)})
        word, story = known[number % len(known)] if known and number else "nowhere", self.stories[n]
        self.agree(
            "redact",
            lambda: self.oracle.redact(n, word),
            lambda: removals.redact(story, passage=word, by=self.editor, expecting=seen(story), **TOLD),
        )

    # What must hold

    def check(self):
        """Compare what readers see, at each instant at which anything changes, with what the oracle says."""
        moments = {entry.at for entries in self.oracle.entries for entry in entries} | {self.clock, START}
        tick = datetime.timedelta(microseconds=1)
        for instant in sorted({moment + step for moment in moments for step in (-tick, tick, 0 * tick)}):
            rows = list(Version.objects.visible_at(instant))
            seen = {self.number_of(row): (row.number, told_by(row)) for row in rows}
            assert len(seen) == len(rows), "two versions of a story at one instant"
            assert seen == {n: (number, texts_of(doc)) for n, (number, doc) in self.oracle.seen_at(instant).items()}
        assert {path: self.number_of(row) for path, row in addresses()} == self.oracle.paths
        shown = " ".join(str(row.document) for row in Version.objects.published_by(self.clock))
        assert [word for word in self.hidden() if word in shown] == []

    def number_of(self, row):
        return next(n for n, story in enumerate(self.stories) if story.pk == row.story_id)

    def hidden(self):
        """Return the words that were written and that readers may not see: drafts, plans and what was removed."""
        written = {f"w{n}x" for n in range(1, self.words + 1)} | {f"{letter}{n}x" for letter in "hs" for n in range(3)}
        return sorted(written - self.oracle.shown_words())

    def check_all(self):
        """Check what is derived, the chain of hashes, and the pages themselves."""
        self.check()
        for n, story in enumerate(self.stories):
            numbers = list(story.versions.order_by("number").values_list("number", flat=True))
            assert numbers == list(range(1, len(self.oracle.entries[n]) + 1))
            assert told_by_draft(story) == texts_of(self.oracle.drafts[n][-1])
        assert [str(fault) for fault in verify()] == []
        before = filed()
        rebuild()
        assert filed() == before
        assert {path: self.number_of(row) for path, row in addresses()} == self.oracle.paths
        self.check_pages()

    def check_pages(self):
        client, hidden = Client(), self.hidden()
        pages = {"/", "/feeds/all.atom", "/corrections/", "/tags/", "/tags/red/", f"/record/{self.clock:%Y-%m-%d}.txt"}
        live = self.oracle.seen_at(self.clock)
        for path, n in self.oracle.paths.items():
            stood = any(e.at <= self.clock and self.oracle.path_of(n, e) == path for e in self.oracle.entries[n])
            response = client.get(path)
            if n not in live or not stood:
                assert response.status_code == 404
                continue
            present = self.oracle.path_of(n, self.oracle.entries[n][live[n][0] - 1])
            gone = self.oracle.taken_back(n) == "withdrawal"
            assert response.status_code == (302 if path != present else 410 if gone else 200)
            assert response.get("Location", present) == present
            pages |= {present, f"{present}history/", f"{present}history/1/", f"{present}history/1-{live[n][0]}/"}
        for page in sorted(pages):
            text = client.get(page).content.decode()
            assert [word for word in hidden if word in text] == [], page


def addresses():
    return [(row.path, row) for row in Address.objects.all()]


def full_value(value):
    return {name: list(v) if name == "tags" else v for name, v in value.items()}


def told_of(change):
    wrong = {"wrong": "It was so.", "right": "It was not."} if change == "correction" else None
    return {"change": change, "note": "A note.", "correction": wrong, "override": "A slip."}


def texts_of(document):
    return {**document, "tags": list(document["tags"])}


def told_by(row):
    """Return what a version tells as the oracle has it, from its columns where it has some."""
    document = row.document
    assert (row.headline, row.kicker) == (document["headline"], document["kicker"])
    return flat(document)


def told_by_draft(story):
    return flat(latest_revision(story).document)


def flat(document):
    body = strip_tags("".join(block["html"] for block in document["blocks"]))
    return {name: document[name] for name in ("headline", "kicker", "standfirst", "slug", "tags")} | {"body": body}


@contextmanager
def desk_beside_oracle():
    with scratch():
        with mock.patch("django.utils.timezone.now", return_value=START):
            desk = Desk()
        with mock.patch("django.utils.timezone.now", side_effect=lambda: desk.clock):
            yield desk


@settings(max_examples=settings.default.max_examples // 2)  # each is a dozen tests
@given(play=plays())
def test_readers_see_what_a_list_of_events_says_and_nothing_else(play):
    with desk_beside_oracle() as desk:
        for step in play:
            desk.play(step)
            desk.check()
        desk.check_all()
