"""The desk's first page: what it lists, for whom, with which words, and what it costs."""

import datetime
import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stories.desk import desk as day
from stories.models import Report, Story, User
from stories.publishing.notes import add_note
from stories.publishing.revisions import save_document
from stories.publishing.verbs import publish
from tests.desk.test_publish import text
from tests.factories import make_editor, make_published, make_reporter, make_revision, publish_change
from tests.site.test_plans import plans

pytestmark = pytest.mark.django_db
Stage = Story.Stage
HOUR = datetime.timedelta(hours=1)
DAY = 24 * HOUR


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


@pytest.fixture
def now(monkeypatch):
    """Noon, so that an hour ago is today."""
    noon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon)
    return noon


def make(stage, **values):
    story = make_revision(**({"headline": values.pop("headline")} if "headline" in values else {})).story
    # The field's own default is the real clock, which may be before noon.
    Story.objects.filter(pk=story.pk).update(**{"stage": stage, "stage_since": timezone.now()} | values)
    return Story.objects.get(pk=story.pk)


def lines(client, name, **query):
    return client.get("/admin/", query).context["day"]["sections"][name].lines


def titles(client, name, **query):
    return [str(line.story) for line in lines(client, name, **query)]


def flags(client, name):
    return [words for _mark, words in lines(client, name)[0].flags]


def test_an_empty_desk_helps(desk):
    page = text(desk.get("/admin/"))
    for words in (
        "Nothing waits for review.",
        "Nobody is writing. Start a story, or claim a pitch.",
        "One sentence is enough for one.",
        "What you schedule stands here at its hour.",
        "Nothing has gone out since midnight.",
        "No reader’s report is open.",
        "New story",
    ):
        assert words in page
    assert "Late" not in page


def test_stories_stand_in_their_stages_what_waits_longest_first(desk, now):
    make(Stage.REVIEW, headline="Second", stage_since=now - HOUR)
    make(Stage.REVIEW, headline="First", stage_since=now - 2 * HOUR)
    make(Stage.READY, headline="Ready")
    make(Stage.DRAFTING, headline="Older", stage_since=now - 2 * HOUR)
    make(Stage.DRAFTING, headline="Newer", stage_since=now - HOUR)
    make(Stage.PITCH, headline="Pitch", budget_line="Who still buys.")
    assert titles(desk, Stage.REVIEW) == ["First", "Second"]
    assert titles(desk, Stage.READY) == ["Ready"]
    assert titles(desk, Stage.DRAFTING) == ["Newer", "Older"]
    assert titles(desk, Stage.PITCH) == ["Pitch"]
    assert "Who still buys." in text(desk.get("/admin/"))


def test_a_line_tells_what_one_needs_to_know(desk, editor, now):
    live = make_published(headline="Gate", at=now - 3 * DAY)
    save_document(live.document | {"standfirst": "More."}, live.story)
    reporter = make_reporter(first_name="Ayşe", last_name="Kaya")
    since = now - 20 * HOUR
    Story.objects.update(stage=Stage.REVIEW, stage_since=since, owner=reporter, reviewer=editor, due=now + 2 * HOUR)
    [line] = lines(desk, Stage.REVIEW)
    assert line.facts == [
        "update of version 1", "in review since yesterday, 16:00", f"waits for {editor.username}", "Ayşe Kaya",
        "due 14:00",
    ]  # fmt: skip
    assert [words for _mark, words in line.flags] == ["nothing missing", "saved since"]
    assert line.waits
    assert "1 story waits for you." in text(desk.get("/admin/"))


def test_what_is_missing_open_and_late_is_flagged(desk, editor, now):
    story = make(Stage.DRAFTING, due=now - HOUR)
    save_document(story.revisions.latest().document | {"slug": "", "authors": []}, story)
    add_note(story, text="Who?", by=editor)
    add_note(story, text="When?", by=editor)
    assert flags(desk, Stage.DRAFTING) == ["late: due 11:00", "2 notes open", "2 points to settle"]
    assert titles(desk, "late") == [str(story)]


def test_with_a_note_open_something_is_missing(desk, editor):
    add_note(make(Stage.REVIEW), text="Who?", by=editor)
    assert flags(desk, Stage.REVIEW) == ["1 note open"]


def test_a_published_story_is_not_late(desk, now):
    make(Stage.DRAFTING, due=now + HOUR)
    make("", due=now - HOUR)
    assert titles(desk, "late") == []


def test_mine_is_what_i_write_and_what_waits_for_me(desk, editor):
    other = make_editor()
    make(Stage.REVIEW, headline="For me", owner=other, reviewer=editor)
    make(Stage.REVIEW, headline="For anybody", owner=other)
    make(Stage.REVIEW, headline="For another", owner=other, reviewer=other)
    make(Stage.REVIEW, headline="Mine", owner=editor, reviewer=other)
    make(Stage.DRAFTING, headline="Theirs", owner=other)
    make(Stage.DRAFTING, headline="My draft", owner=editor)
    assert set(titles(desk, Stage.REVIEW)) == {"For me", "For anybody", "For another", "Mine"}
    assert set(titles(desk, Stage.REVIEW, whose="mine")) == {"For me", "For anybody", "Mine"}
    assert titles(desk, Stage.DRAFTING, whose="mine") == ["My draft"]
    assert set(titles(desk, Stage.DRAFTING, whose="\x00")) == {"Theirs", "My draft"}


def test_what_waits_for_anybody_does_not_wait_for_a_reporter(client):
    reporter = make_reporter()
    client.force_login(reporter)
    make(Stage.REVIEW, headline="For anybody")
    make(Stage.REVIEW, headline="Mine", owner=reporter)
    assert titles(client, Stage.REVIEW, whose="mine") == ["Mine"]
    assert "waits for you" not in text(client.get("/admin/"))


def test_the_timeline_shows_what_went_out_and_what_will(desk, editor, now):
    make_published(headline="This morning", at=now - 2 * HOUR)
    make_published(headline="Yesterday", at=now - DAY)
    for headline, at in (("This evening", now + 6 * HOUR), ("Tomorrow", now + DAY)):
        publish(make_revision(headline=headline).story.revisions.latest(), by=editor, expecting=(None, None), at=at)
    context = desk.get("/admin/").context["day"]
    items = context["timeline"]["items"]
    assert [(item["title"], item["hour"]) for item in items] == [("This morning", 10), ("This evening", 18)]
    assert [bool(item.get("is_next")) for item in items] == [False, True]
    assert [item["title"] for item in context["later"]] == ["Tomorrow"]
    assert [item["title"] for item in context["out"]] == ["This morning"]
    page = text(desk.get("/admin/"))
    assert "Next on the site: 18:00 This evening" in page
    assert "tomorrow, 12:00 Tomorrow Move or cancel" in page


def test_an_embargo_is_marked_until_it_ends(desk, editor, now):
    make(Stage.REVIEW, embargo_until=now + 6 * HOUR)
    assert "embargo until 18:00" in flags(desk, Stage.REVIEW)
    Story.objects.update(embargo_until=now)
    assert flags(desk, Stage.REVIEW) == ["nothing missing"]
    publish(make_revision().story.revisions.latest(), by=editor, expecting=(None, None), at=now + 7 * HOUR)
    Story.objects.update(embargo_until=now + 6 * HOUR)
    plan = desk.get("/admin/").context["day"]["next"]
    assert plan["is_embargoed"]


def test_an_embargo_without_a_plan_stands_on_the_timeline_where_it_ends(desk, editor, now):
    make(Stage.DRAFTING, headline="Report", embargo_until=now + 6 * HOUR, owner=editor)
    make(Stage.READY, headline="Award", embargo_until=now + DAY)
    make(Stage.READY, headline="Over", embargo_until=now - HOUR)
    planned = make_revision(headline="Planned")
    publish(planned, by=editor, expecting=(None, None), at=now + 7 * HOUR)
    Story.objects.filter(pk=planned.story_id).update(embargo_until=now + 5 * HOUR)
    context = desk.get("/admin/").context["day"]
    items = context["timeline"]["items"]
    assert [(item["title"], item["when"]) for item in items] == [("Report", "18:00"), ("Planned", "19:00")]
    assert [item["is_next"] for item in items] == [False, True]
    assert [item["title"] for item in context["later"]] == ["Award"]
    page = text(desk.get("/admin/"))
    assert "18:00 embargo ends Report" in page
    assert "Award embargo ends Schedule : Award" in page
    mine = desk.get("/admin/", {"whose": "mine"}).context["day"]
    assert [item["title"] for item in mine["timeline"]["items"]] == ["Report"]
    assert mine["later"] == []


def test_embargoes_are_read_from_their_index(editor, now):
    make(Stage.DRAFTING, embargo_until=now + HOUR)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for method in ("seqscan", "bitmapscan", "sort"):
                cursor.execute(f"SET LOCAL enable_{method} = off")
    [plan] = plans(lambda: day.embargoed(editor, now, False))
    assert "stories_embargoed" in plan, plan


def test_corrections_are_marked_and_reports_listed(desk, editor):
    version = make_published(by=editor, headline="Gate")
    correction = {"wrong": "Nine.", "right": "Ten.", "severity": "normal"}
    publish_change(version.story, by=editor, change="correction", correction=correction, standfirst="At ten.")
    Report.objects.create(story=version.story, version=version, text="It was ten.", created_at=timezone.now())
    Report.objects.create(
        story=version.story, version=version, text="Done with.", created_at=timezone.now(), state="answered"
    )
    page = desk.get("/admin/")
    assert '<span class="stop">Correction</span>' in page.content.decode()
    assert "“It was ten.” on Gate" in text(page)
    assert "Done with." not in text(page)


def test_one_press_acts_and_comes_back(desk, editor):
    story = make(Stage.PITCH, headline="Pitch")
    [line] = lines(desk, Stage.PITCH)
    assert [offer["action"] for offer in line.offers] == ["claim", "assign"]
    response = desk.post(line.offers[0]["url"], {"standing": line.standing, "next": "desk"}, follow=True)
    assert response.redirect_chain == [("/admin/", 302)]
    assert "“Pitch” is yours." in text(response)
    assert Story.objects.get(pk=story.pk).owner == editor


def test_long_sections_end_with_a_way_to_the_rest(desk, monkeypatch):
    monkeypatch.setattr(day, "COUNTED", 11)
    for _number in range(11):
        make(Stage.DRAFTING)
    page = desk.get("/admin/")
    assert "Drafting 11" in text(page)
    assert '<a href="/admin/stories/story/?stage=drafting">and 3 more</a>' in page.content.decode()
    make(Stage.DRAFTING)
    page = desk.get("/admin/", {"whose": "mine"})
    Story.objects.update(owner=User.objects.get())
    page = desk.get("/admin/", {"whose": "mine"})
    assert "Drafting over 11" in text(page)
    assert "/admin/stories/story/?stage=drafting&amp;whose=mine" in page.content.decode()
    assert "and over 3 more" in text(page)


def test_the_links_to_the_rest_lead_to_the_same_stories(desk, editor, now):
    late = make(Stage.DRAFTING, headline="Late", due=now - HOUR, owner=editor)
    make(Stage.DRAFTING, headline="Other", owner=editor)
    make(Stage.REVIEW, headline="Reviewed", owner=make_editor())

    def listed(**query):
        return {str(story) for story in desk.get("/admin/stories/story/", query).context["cl"].result_list}

    assert listed(stage="drafting") == {"Late", "Other"}
    assert listed(late="yes") == {str(late)}
    assert listed(whose="mine") == {"Late", "Other"}
    assert listed(stage="review", whose="mine") == set()


def test_whoever_may_not_read_stories_sees_no_day(client):
    user = make_reporter()
    user.user_permissions.set(Permission.objects.filter(codename="view_tag"))
    client.force_login(user)
    make(Stage.REVIEW, headline="Hidden")
    page = text(client.get("/admin/"))
    assert "Hidden" not in page
    assert "In review" not in page
    assert "Tags" in page


def test_the_desk_costs_at_most_fifteen_queries_however_many_stories(client, editor, now):
    group = Group.objects.create(name="Writers")
    group.permissions.set(Permission.objects.filter(content_type__app_label="stories"))
    user = make_reporter("publish_story")
    user.groups.add(group)
    client.force_login(user)
    for stage in Stage:
        for number in range(10):
            story = make(stage, owner=make_reporter(), reviewer=make_editor() if number % 2 else None, due=now - HOUR)
            add_note(story, text="Who?", by=editor)
    for number in range(10):
        version = make_published(by=editor, at=now - number * datetime.timedelta(minutes=5))
        Report.objects.create(story=version.story, version=version, text="Wrong.", created_at=now)
        revision = make_revision()
        publish(revision, by=editor, expecting=(None, None), at=now + HOUR * (number + 1))
    for query in ({}, {"whose": "mine"}):
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/admin/", query).status_code == 200
        assert len(queries) <= 15, [query["sql"][:150] for query in queries]


@pytest.mark.parametrize("name", [*Stage, "late"])
@pytest.mark.parametrize("mine", [False, True])
def test_a_section_reads_one_range_of_an_index(editor, now, name, mine):
    for _number in range(3):
        make(Stage.DRAFTING, due=now - HOUR)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
            for method in ("seqscan", "bitmapscan", "sort"):
                cursor.execute(f"SET LOCAL enable_{method} = off")
    rows = day.late(now) if name == "late" else day.in_stage(name)
    if mine:
        rows = rows.filter(day.mine_in(name, editor))
    [plan] = plans(lambda: list(rows.values_list("pk", flat=True)[:101]))
    if mine:
        assert re.search("stories_of_owner|stories_in_stage|stories_due", plan), plan
    else:
        assert ("stories_due" if name == "late" else "stories_in_stage") in plan, plan
        assert not re.search("TEMP B-TREE|Sort", plan), plan
    assert not re.search("SCAN|Seq Scan", plan), plan
