"""Every verb twice at the same moment, and verbs against each other: one succeeds, the other is told, all is whole."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from stories.publishing.revisions import save_document
from stories.publishing.verbs import seen
from stories.publishing.verify import verify
from tests.factories import make_editor, make_published, publish_change
from tests.publishing.calls import CALLS, HOUR
from tests.publishing.test_concurrency import outcome, race

pytestmark = pytest.mark.django_db(transaction=True)
# Verbs that would each be allowed, and after either of which the other must not just go on.
AGAINST = [
    ("publish", "retract"), ("publish", "correct"), ("schedule", "cancel"), ("move", "redact"), ("cancel", "correct"),
    ("move", "withdraw"), ("redact", "publish"), ("redact", "correct"), ("retract", "withdraw"),
]  # fmt: skip


@pytest.fixture
def editor():
    return make_editor()


def make_story(editor):
    """Return a story with a version, a plan, and a draft with another change."""
    live = make_published(by=editor, text="The office opened the gate")
    publish_change(live.story, by=editor, headline="Planned", at=timezone.now() + HOUR)
    save_document({**live.document, "standfirst": "Changed."}, live.story, by=editor)
    return live.story


def assert_whole(story):
    numbers = list(story.versions.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert list(map(str, verify())) == []


@pytest.mark.parametrize("one", CALLS)
def test_of_two_threads_with_the_same_verb_one_wins(editor, one):
    race_of(editor, one, one)


@pytest.mark.parametrize(("one", "other"), AGAINST)
def test_of_two_threads_with_different_verbs_one_wins(editor, one, other):
    race_of(editor, one, other)


def race_of(editor, *verbs):
    story = make_story(editor)
    expecting = seen(story)
    calls = [lambda v=verb: CALLS[v](story, by=editor, expecting=expecting) and None for verb in verbs]
    wins, told = outcome(race(*calls))
    assert (wins, len(told)) == (1, 1)
    assert "someone else" in told[0]
    assert_whole(story)


def test_of_two_processes_with_the_same_verb_one_wins(editor):
    """In one test, for starting a process takes longer than all verbs."""
    processes = [start_publisher() for _ in range(2)]
    for verb in CALLS:
        story = make_story(editor)
        for process in processes:
            tell(process, f"{verb} {story.pk} {editor.pk}")
        assert [process.stdout.readline() for process in processes] == ["ready\n"] * 2
        for process in processes:
            tell(process, "go")
        said = [process.stdout.readline() for process in processes]
        assert (said.count("done\n"), sum("someone else" in line for line in said)) == (1, 1), (verb, said)
        assert_whole(story)
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0


def tell(process, line):
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def start_publisher():
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{settings['NAME']}"
    else:
        url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**settings)
    return subprocess.Popen(
        [sys.executable, "-m", "tests.publishing.publisher"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "newsroom.settings", "DATABASE_URL": url},
        cwd=Path(__file__).parent.parent.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
