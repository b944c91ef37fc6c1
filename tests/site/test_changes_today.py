"""What the front page tells of the day's changes."""

import datetime

import pytest
from django.utils import timezone

from stories.publishing.imports import import_versions
from stories.publishing.removals import retract, withdraw
from stories.publishing.verbs import seen
from stories.site.at import address_at
from stories.site.changes import SHOWN, changes_of_the_day
from tests.factories import make_published, make_revision, publish_change

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def page(client, path="/"):
    return " ".join(client.get(path).content.decode().split())


def told(instant=None):
    return [(entry["version"].change, entry["url"]) for entry in changes_of_the_day(instant or timezone.now()).entries]


def test_a_quiet_day_is_told_as_one(client, editor):
    version = make_published(by=editor)
    publish_change(version.story, by=editor, change="minor", dateline="Istanbul")
    assert told() == []
    assert "Nothing so far." in page(client)


def test_changes_are_told_newest_first_with_the_way_to_what_changed(client, editor):
    version = make_published(by=editor, headline="Gate")
    publish_change(version.story, by=editor, standfirst="More.")
    correction = {"wrong": "It was.", "right": "It is.", "severity": "normal"}
    publish_change(version.story, by=editor, change="correction", correction=correction, standfirst="Right.")
    history = f"{version.path}history/"
    assert told() == [("correction", f"{history}2-3/"), ("update", f"{history}1-2/")]
    html = page(client)
    assert f'<a href="{history}2-3/">Gate</a>' in html
    assert '<span class="change correction">Correction</span>' in html


def test_an_imported_first_version_that_corrects_has_nothing_to_compare_with(client):
    revision, now = make_revision(), timezone.now()
    [version] = import_versions(revision.story, [(revision.document, "correction", "Ten, not nine.", now)])
    assert told() == [("correction", f"{version.path}history/")]


def test_what_changed_stands_before_the_older_stories_and_a_quiet_day_after_them(client, editor):
    stories = [make_published(by=editor, headline=f"Story {number}") for number in range(9)]
    html = page(client)
    assert html.index("All stories, newest first") < html.index("What we changed today")
    publish_change(stories[0].story, by=editor, standfirst="More.")
    html = page(client)
    assert html.index("Top stories") < html.index("What we changed today") < html.index("All stories, newest first")
    assert html.count("What we changed today") == 1


def test_what_was_changed_another_day_or_is_planned_is_not_told(client, editor):
    version = make_published(by=editor)
    publish_change(version.story, by=editor, standfirst="More.")
    publish_change(version.story, by=editor, standfirst="Soon.", at=timezone.now() + datetime.timedelta(minutes=1))
    tomorrow = timezone.now() + DAY
    assert len(told()) == 1
    assert told(tomorrow) == [("update", f"{version.path}history/2-3/")] or told(tomorrow) == []
    assert told(timezone.now() - DAY) == []


def test_of_a_story_that_was_taken_back_only_that_is_told(client, editor):
    version = make_published(by=editor, headline="Gate")
    publish_change(version.story, by=editor, standfirst="More.", note="What we knew.")
    retract(version.story, by=editor, signed="Ed", reason="Wrong.", expecting=seen(version.story))
    assert told() == [("retraction", f"{version.path}history/")]
    withdraw(version.story, by=editor, signed="Ed", reason="By order.", expecting=seen(version.story))
    assert told() == [("withdrawal", f"{version.path}history/")]
    html = page(client)
    assert f'<a href="{version.path}history/">A story was withdrawn</a>' in html
    assert '<span class="change withdrawal">Withdrawal</span>' in html
    assert "Gate" not in html


def test_a_withdrawn_page_about_us_is_no_story(editor):
    version = make_published(by=editor, kind="page")
    withdraw(version.story, by=editor, signed="Ed", reason="By order.", expecting=seen(version.story))
    assert told() == []


def test_many_changes_are_bounded(client, editor, django_assert_num_queries):
    version = make_published(by=editor)
    for n in range(SHOWN + 1):
        publish_change(version.story, by=editor, standfirst=f"Now {n}.")
    with django_assert_num_queries(1):
        assert len(told()) == SHOWN
    assert "each story has its history" in page(client)


def test_another_time_tells_of_its_own_day(client, editor):
    version = make_published(by=editor, headline="Gate")
    before = timezone.now()
    publish_change(version.story, by=editor, standfirst="More.")
    make_revision(headline="Draft")
    html = page(client, address_at(timezone.now(), "/"))
    assert "What we changed that day" in html
    assert f'<a href="{version.path}history/1-2/">Gate</a>' in html
    assert f"{version.path}history/1-2/" not in page(client, address_at(before, "/"))
