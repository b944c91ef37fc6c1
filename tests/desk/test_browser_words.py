"""Words from outside that no line has room for: no page of the desk gets wider than the window."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from stories.models import Report
from stories.publishing.front import arrange
from stories.publishing.notes import add_note
from tests.browsing import SETTLED, width_of
from tests.desk.pages import url
from tests.desk.writing import ready
from tests.factories import make_editor, make_published, publish_change
from tests.site.pages import long_words

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = ["change", "history", "publish", "share", "compare", "correct", "take_back", "redact", "notes", "delete"]
LISTS = ["story", "frontpage", "report", "topic", "tag", "source", "author"]


def test_no_word_makes_a_page_of_the_desk_wider_than_the_window(desk, live_server):
    headline, editor, later = "W" * 250, make_editor(), timezone.now() + datetime.timedelta(hours=2)
    version = make_published(by=editor, headline=headline, slug="long", override="x", **long_words())
    story = version.story
    publish_change(story, by=editor, at=later, headline=headline[1:], note="M" * 250, override="x")
    story.refresh_from_db()
    type(story).objects.filter(pk=story.pk).update(stage="drafting", budget_line="W" * 300, owner=editor)
    add_note(story, by=editor, text="W" * 300)
    Report.objects.create(story=story, version=version, text="W" * 300, created_at=timezone.now())
    arrange([story], by=editor, at=later, expecting=None)
    paths = ["/admin/", *(reverse(f"admin:stories_{name}_changelist") for name in LISTS)]
    paths += [url(name, story) for name in PAGES] + [url("work", story, "submit"), url("work", story, "assign")]
    paths += [reverse("admin:stories_report_change", args=[Report.objects.get().pk])]
    wide = []
    for path in paths:
        for width in (1280, 390):
            desk.set_viewport_size({"width": width, "height": 900})
            if width == 1280:
                desk.goto(f"{live_server.url}{path}")
                if path == url("change", story):
                    ready(desk)
            desk.evaluate(SETTLED)
            if (found := width_of(desk)) > width:
                wide.append((path, width, found))
    assert wide == []
