"""Verbs at the same moment, in threads and in processes, on a real database: one succeeds, the other is told.

A database error that an editor would see ("database is locked", a deadlock) fails each of these tests.
"""

import datetime

import pytest
from django.utils import timezone

from stories.models import FILINGS, Address, Topic, TopicFiling, Version
from stories.publishing.document import canonical
from stories.publishing.filing import refile
from stories.publishing.imports import rebuild
from stories.publishing.revisions import latest_revision, save_document
from stories.publishing.verbs import PublishError, cancel, move, publish, seen
from stories.publishing.working_copy import document_from_story
from tests.factories import make_editor, make_published, make_revision, make_tag, make_topic, publish_change
from tests.publishing.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def editor():
    return make_editor()


def race(*calls):
    """Run `calls` at the same moment, each in a thread; return what each returned, or the PublishError it raised."""
    results = at_once(*calls)
    unexpected = [
        result for result in results if isinstance(result, Exception) and not isinstance(result, PublishError)
    ]
    assert not unexpected
    return results


def outcome(results):
    """Return (how many succeeded, what the others were told)."""
    told = [str(result) for result in results if isinstance(result, PublishError)]
    return len(results) - len(told), told


def in_order(story):
    """Check that a story's versions follow each other without gap, with one open."""
    versions = list(story.versions.all())
    assert [version.number for version in versions] == list(range(1, len(versions) + 1))
    assert [version.visible_until for version in versions[:-1]] == [version.visible_from for version in versions[1:]]
    assert versions[-1].visible_until is None
    assert [version.prev_sha256 for version in versions[1:]] == [version.sha256 for version in versions[:-1]]
    return versions


def filed():
    return {
        model: set(filing.objects.values_list("term_id", "version_id", "visible_from", "visible_until"))
        for model, filing in FILINGS.items()
    }


def assert_filed_as_rebuilt():
    before = filed()
    rebuild()
    assert filed() == before


@pytest.mark.parametrize("editors", [2, 5])
def test_of_threads_that_publish_the_same_revision_one_wins(editor, editors):
    revision = make_revision()
    call = lambda: publish(revision, by=editor, expecting=(None, None))  # noqa: E731
    wins, told = outcome(race(*[call] * editors))
    assert wins == 1
    assert all("someone else" in sentence for sentence in told)
    assert len(in_order(revision.story)) == 1
    assert revision.story.events.count() == 1


def test_of_scheduling_and_publishing_at_once_one_wins(editor):
    live = make_published(by=editor)
    revision = save_document(live.document | {"headline": "B"}, live.story)
    expecting = seen(live.story)
    wins, told = outcome(
        race(
            lambda: publish(revision, by=editor, change="update", expecting=expecting),
            lambda: publish(revision, by=editor, change="update", expecting=expecting, at=timezone.now() + HOUR),
        )
    )
    assert wins == 1
    assert "someone else" in told[0]
    assert len(in_order(live.story)) == 2
    assert_filed_as_rebuilt()


def test_of_cancelling_and_moving_at_once_one_wins(editor):
    live = make_published(by=editor)
    publish_change(live.story, by=editor, headline="B", at=timezone.now() + HOUR)
    expecting = seen(live.story)
    results = race(
        lambda: cancel(live.story, by=editor, expecting=expecting),
        lambda: move(live.story, to=timezone.now() + 2 * HOUR, by=editor, expecting=expecting),
    )
    wins, told = outcome(results)
    assert wins == 1
    assert "someone else" in told[0]
    assert len(in_order(live.story)) == (1 if results[0] is None else 2)


def test_of_two_stories_that_want_one_address_one_gets_it(editor):
    first, second = make_revision(slug="gate"), make_revision(slug="gate")
    wins, told = outcome(
        race(*(lambda r=revision: publish(r, by=editor, expecting=(None, None)) for revision in (first, second)))
    )
    assert wins == 1
    assert "Another story has the address" in told[0]
    assert Address.objects.count() == Version.objects.count() == 1


def test_stories_with_the_same_terms_are_published_at_once_without_deadlock(editor):
    tags = [make_tag(name).slug for name in ("A", "B")]
    planned = []
    for number in range(6):
        # The plan names one tag and the change before it the other, and both are filed in one transaction.
        first, second = tags if number % 2 else reversed(tags)
        live = make_published(by=editor)
        publish_change(live.story, by=editor, tags=[second], at=timezone.now() + HOUR)
        planned.append((save_document(live.document | {"tags": [first]}, live.story), seen(live.story)))
    results = race(
        *(
            lambda r=revision, e=expecting: publish(r, by=editor, change="update", expecting=e, pending="merge")
            for revision, expecting in planned
        )
    )
    assert outcome(results) == (6, [])
    for revision, _ in planned:
        assert len(in_order(revision.story)) == 3
    assert_filed_as_rebuilt()


def test_a_topic_moved_while_stories_are_published_under_it_files_them_all(editor):
    old, new = make_topic("Old"), make_topic("New")
    topic = make_topic("Talks", parent=old)
    revisions = [make_revision(topics=["talks"]) for _ in range(4)]

    def move_topic():
        Topic.objects.filter(pk=topic.pk).update(parent=new)
        refile(topic)

    results = race(
        *(lambda r=revision: publish(r, by=editor, expecting=(None, None)) for revision in revisions), move_topic
    )
    assert outcome(results) == (5, [])
    assert TopicFiling.objects.filter(term=new).count() == 4
    assert not TopicFiling.objects.filter(term=old).exists()
    assert_filed_as_rebuilt()


def test_a_rebuild_while_stories_are_published_leaves_none_out(editor):
    revisions = [make_revision() for _ in range(4)]
    results = race(
        *(lambda r=revision: publish(r, by=editor, expecting=(None, None)) for revision in revisions), rebuild
    )
    assert outcome(results) == (5, [])
    assert_filed_as_rebuilt()


def test_of_two_saves_at_once_both_are_kept_and_the_story_is_the_last_of_them():
    revision = make_revision()
    story = revision.story
    race(
        *(
            lambda h=headline: save_document(revision.document | {"headline": h, "blocks": blocks(h)}, story)
            for headline in ("A", "B")
        )
    )
    assert story.revisions.count() == 3
    assert canonical(document_from_story(type(story).objects.get(pk=story.pk))) == canonical(
        latest_revision(story).document
    )


def blocks(words):
    return [{"type": "text", "html": f"<p>{words}</p>"}]
