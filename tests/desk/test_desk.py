"""The desk's first page: what it lists, for whom, with which words, and what it costs."""

import datetime
import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stories.desk import agenda, checks
from stories.desk import desk as day
from stories.desk.states import state_of
from stories.desk.times import short
from stories.models import Citation, Report, Source, Story, User
from stories.models.citation import make_key
from stories.publishing.corrections import correct
from stories.publishing.document import new_id
from stories.publishing.imports import import_versions
from stories.publishing.notes import add_note
from stories.publishing.removals import retract, withdraw
from stories.publishing.revisions import save_document
from stories.publishing.verbs import publish, seen
from tests.desk.test_publish import text
from tests.factories import (
    make_editor,
    make_published,
    make_reporter,
    make_revision,
    make_source,
    publish_change,
)
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
    return [line.title for line in lines(client, name, **query)]


def plan(headline, at, *, by):
    """Schedule a new story; return the version."""
    return publish(make_revision(headline=headline), by=by, expecting=(None, None), at=at)


def unnamed():
    """Return fields of a document that rests on an unnamed source, which somebody must approve."""
    told = {"descriptor": "an official who attended the talks", "reason": "Not allowed to speak."}
    citation = {"key": make_key(), "unnamed": told, "obtained": "interview", "accessed_on": "2026-11-20"}
    html = f'<p>The gate opened.<cite data-key="{citation["key"]}"></cite></p>'
    return {"citations": [citation], "blocks": [{"id": new_id(), "type": "text", "html": html}]}


def put_right(version, *, by, at=None):
    """Correct a live story, now or planned; return the new version."""
    told = {"wrong": "Nine.", "right": "Ten.", "severity": "normal"}
    values = {"change": "correction", "correction": told, "standfirst": "At ten."}
    return publish_change(version.story, by=by, at=at, **values)


def flags(client, name):
    return [words for _mark, words in lines(client, name)[0].flags]


def test_an_empty_desk_helps(desk):
    page = text(desk.get("/admin/"))
    for words in (
        "Nothing waits for review.",
        "Nobody is writing. Start a story, or claim a pitch.",
        "One sentence is enough for one.",
        "Nothing is planned. What you schedule stands here, by its time.",
        "No correction is planned, and none went out in the last seven days.",
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
        "update of version 1", "in review since yesterday, 16:00", f"waits for {editor.username}", "due 14:00",
        "owner: Ayşe Kaya",
    ]  # fmt: skip
    assert [words for _mark, words in line.flags] == ["nothing to fix", "saved since"]
    assert line.waits
    assert "1 story waits for you." in text(desk.get("/admin/"))


def test_the_budget_line_stays_when_a_story_is_claimed(desk, editor, now):
    make(Stage.DRAFTING, owner=editor, budget_line="Who still buys.")
    assert "Who still buys." in text(desk.get("/admin/"))


def test_a_late_story_stands_once_and_says_how_late(desk, editor, now):
    make(Stage.REVIEW, headline="Late", due=now - HOUR, reviewer=editor)
    make(Stage.REVIEW, headline="In time", due=now + HOUR)
    assert titles(desk, "late") == titles(desk, "late", whose="mine") == ["Late"]
    assert titles(desk, Stage.REVIEW) == ["In time"]
    assert flags(desk, "late")[0] == "late: due 11:00"
    assert lines(desk, "late")[0].facts[1] == f"waits for {editor.username}"
    assert "2 stories wait for you." in text(desk.get("/admin/"))


def test_what_waits_is_counted_beyond_the_lines_that_are_shown(desk, editor):
    for number in range(12):
        make(Stage.REVIEW, owner=make_reporter(), reviewer=make_editor() if number < 9 else editor)
    assert "3 stories wait for you." in text(desk.get("/admin/"))
    Story.objects.bulk_create(Story(stage=Stage.REVIEW, reviewer=editor) for _number in range(98))
    assert "Over 100 stories wait for you." in text(desk.get("/admin/"))


def test_what_preflight_finds_and_what_is_open_is_flagged(desk, editor, now):
    story = make(Stage.DRAFTING)
    save_document(story.revisions.latest().document | {"slug": "", "authors": [], "standfirst": ""}, story)
    add_note(story, text="Who?", by=editor)
    add_note(story, text="When?", by=editor)
    assert flags(desk, Stage.DRAFTING) == ["3 to fix, 1 warning", "2 notes open"]


def test_a_line_says_of_preflight_what_the_publish_page_says(desk, editor, now):
    told = make_published(headline="Told then", by=editor, **unnamed())
    make_revision(headline="Not approved", **unnamed())
    approved = make_revision(headline="Approved", **unnamed())
    Citation.objects.update(basis="", factual=False, approver=None)
    Citation.objects.filter(story=approved.story).update(basis="direct", factual=True, approver=editor)
    early = make_source("A document", embargo_until=now + 6 * HOUR)
    make_revision(headline="Rests on it", source=early, standfirst="")
    add_note(make_revision(headline="Noted").story, text="Who?", by=editor)
    save_document(told.document | {"slug": ""}, told.story)
    found = {line.title: line.flags for line in lines(desk, Stage.DRAFTING)}
    assert set(found) == {"Approved", "Not approved", "Rests on it", "Noted", "Told then"}
    for story in Story.objects.all():
        publishing = checks.found(story, state_of(story))
        blocking, warning = len(publishing.blocking), len(publishing.warning)
        parts = [f"{blocking} to fix"] * bool(blocking) + [f"{warning} warning"] * bool(warning)
        assert found[str(story)][0][1] == (", ".join(parts) or "nothing to fix"), story
    assert ("warn", "embargo until 18:00 (A document)") in found["Rests on it"]
    assert found["Not approved"][0][1] != found["Approved"][0][1] == "nothing to fix"


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
    plan("This evening", now + 6 * HOUR, by=editor)
    plan("Tomorrow", now + DAY, by=editor)
    context = desk.get("/admin/").context["day"]
    marks = context["hours"]["marks"]
    assert [(mark.title, mark.when, mark.line.mark) for mark in marks] == [
        ("This morning", "10:00", "out"), ("This evening", "18:00", "plan"),
    ]  # fmt: skip
    assert [mark.is_next for mark in marks] == [False, True]
    assert titles(desk, "out") == ["This morning"]
    assert titles(desk, "going") == ["This evening", "Tomorrow"]
    assert lines(desk, "going")[1].facts == ["Scheduled for tomorrow, 12:00", "owner: nobody"]
    assert "Next on the site: 18:00 This evening" in text(desk.get("/admin/"))


def test_the_next_plan_is_told_however_many_embargoes_end_first(desk, editor, now):
    for number in range(day.SHOWN):
        make(Stage.DRAFTING, embargo_until=now + (number + 1) * datetime.timedelta(minutes=5))
    version = make_published(headline="Gate", at=now - HOUR)
    put_right(version, by=editor, at=now + 2 * HOUR)
    plan("Later", now + 3 * HOUR, by=editor)

    def told():
        context = desk.get("/admin/").context["day"]
        following = [mark.title for mark in context["hours"]["marks"] if mark.is_next]
        return context["next"].title, context["next_when"], following

    assert told() == ("Gate", "14:00", ["Gate"])
    plan("This evening", now + HOUR, by=editor)
    assert told() == ("This evening", "13:00", ["This evening"])
    assert "This evening" not in titles(desk, "going")


def test_all_that_the_picture_shows_of_what_is_scheduled_is_listed(desk, editor, now):
    for number in range(day.SHOWN + 1):
        plan(f"Plan {number}", now + (number + 1) * HOUR, by=editor)
    page = desk.get("/admin/")
    pictured = [mark.title for mark in page.context["day"]["hours"]["marks"]]
    listed = re.findall('class="title"[^>]*>([^<]*)<', page.content.decode())
    assert pictured == listed == [f"Plan {number}" for number in range(day.SHOWN)]
    assert "and 1 more" in text(page)


def test_what_went_out_says_what_readers_have_by_now(desk, editor, now):
    version = make_published(headline="Gate", at=now - HOUR)
    Story.objects.update(owner=editor)
    assert lines(desk, "out")[0].facts == ["11:00: first published", "Live: version 1", f"owner: {editor.username}"]
    publish_change(version.story, by=editor, standfirst="At ten.")
    assert [line.facts[:2] for line in lines(desk, "out")] == [
        ["12:00: update", "Live: version 2"],
        ["11:00: first published, version 1", "Live: version 2"],
    ]
    save_document(version.document | {"standfirst": "At nine."}, version.story)
    assert lines(desk, "out")[0].facts[1] == "Live: version 2, unpublished changes"


def test_an_embargo_is_marked_until_it_ends(desk, editor, now):
    make(Stage.REVIEW, embargo_until=now + 6 * HOUR)
    assert "embargo until 18:00" in flags(desk, Stage.REVIEW)
    Story.objects.update(embargo_until=now)
    assert flags(desk, Stage.REVIEW) == ["nothing to fix"]
    plan("Planned", now + 7 * HOUR, by=editor)
    Story.objects.update(embargo_until=now + 6 * HOUR)
    assert "embargo until 18:00" in flags(desk, "going")


def test_an_embargo_without_a_plan_stands_on_the_timeline_where_it_ends(desk, editor, now):
    make(Stage.DRAFTING, headline="Report", embargo_until=now + 6 * HOUR, owner=editor)
    make(Stage.READY, headline="Award", embargo_until=now + DAY)
    make(Stage.READY, headline="Over", embargo_until=now - HOUR)
    planned = plan("Planned", now + 7 * HOUR, by=editor)
    Story.objects.filter(pk=planned.story_id).update(embargo_until=now + 5 * HOUR)
    marks = desk.get("/admin/").context["day"]["hours"]["marks"]
    assert [(mark.title, mark.when, mark.line.mark) for mark in marks] == [
        ("Report", "18:00", "embargo"), ("Planned", "19:00", "plan"),
    ]  # fmt: skip
    assert titles(desk, "going") == ["Report", "Planned", "Award"]
    assert [[act.label for act in line.acts] for line in lines(desk, "going")] == [
        ["Schedule"], ["Move or cancel"], ["Schedule"],
    ]  # fmt: skip
    assert titles(desk, "going", whose="mine") == ["Report"]
    rest = desk.get(desk.get("/admin/").context["day"]["sections"]["going"].url)
    assert {str(story) for story in rest.context["cl"].result_list} == {"Report", "Planned", "Award"}


def test_corrections_have_a_list_of_their_own(desk, editor, now, monkeypatch):
    moments = [now - 8 * DAY, now - 6 * DAY, now]
    for number, moment in enumerate(moments):
        monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
        put_right(make_published(headline=f"Story {number}", at=moment - HOUR), by=editor)
    put_right(make_published(headline="To come", at=now - DAY), by=editor, at=now + HOUR)
    assert titles(desk, "corrections") == ["To come", "Story 2", "Story 1"]
    assert [line.facts[0] for line in lines(desk, "corrections")] == [
        "Live: version 1; version 2 scheduled for 13:00",
        "12:00: correction",
        f"{short(now - 6 * DAY, now)}: correction",
    ]  # fmt: skip
    assert (titles(desk, "going"), titles(desk, "out")) == ([], ["Story 2"])
    assert [line.facts[0] for line in lines(desk, "out")] == ["11:00: first published, version 1"]
    Story.objects.filter(headline="Story 1").update(owner=make_editor())
    assert titles(desk, "corrections", whose="mine") == ["To come", "Story 2"]


def test_a_correction_that_the_draft_has_not_taken_up_leads_to_their_comparison(desk, editor, now):
    version = make_published(headline="Gate", at=now - HOUR)
    save_document(version.document | {"standfirst": "At noon."}, version.story)
    told = {"wrong": "Nine.", "right": "Ten.", "severity": "normal"}
    document = version.document | {"standfirst": "At ten."}
    correct(version.story, document, by=editor, expecting=seen(version.story), correction=told)
    assert flags(desk, "corrections") == ["the draft differs from it", "nothing to fix"]
    [act] = lines(desk, "corrections")[0].acts
    assert act.label == "Compare with the draft"
    assert "noon" in text(desk.get(act.url))


def test_open_reports_are_listed_with_the_story_they_are_about(desk, editor, now):
    version = make_published(by=editor, headline="Gate")
    values = {"story": version.story, "version": version, "created_at": now}
    report = Report.objects.create(text="It was ten.", **values)
    Report.objects.create(text="Done with.", state="answered", **values)
    [line] = lines(desk, "reports")
    assert (line.title, line.url) == ("“It was ten.”", f"/admin/stories/report/{report.pk}/change/")
    assert line.facts == ["on \u2068Gate\u2069, 12:00", "Live: version 1", "owner: nobody"]
    assert "No reader’s report is open." in text(desk.get("/admin/", {"whose": "mine"}))


def test_reports_are_shown_to_those_who_may_read_them(client, editor):
    version = make_published(by=editor)
    Report.objects.create(story=version.story, version=version, text="It was ten.", created_at=timezone.now())
    user = make_reporter()
    user.user_permissions.set(Permission.objects.filter(codename="view_story"))
    client.force_login(user)
    page = text(client.get("/admin/"))
    assert "Published today" in page
    assert "It was ten." not in page


def every_list(editor, now, mark=""):
    """Put something into each list of the desk; `mark` tells the addresses from those of another time."""
    for stage in Stage:
        make(stage, headline=f"In {stage}", embargo_until=now + 3 * HOUR if stage == Stage.READY else None)
    make(Stage.DRAFTING, headline="Late", due=now - HOUR)
    plan(f"Planned {mark}", now + HOUR, by=editor)
    version = make_published(headline=f"Out {mark}", at=now - HOUR)
    put_right(version, by=editor)
    Report.objects.create(story=version.story, version=version, text="Wrong.", created_at=now)


@pytest.mark.parametrize("rights", ["editor", "reporter", "reader"])
def test_every_line_of_every_list_tells_state_preflight_and_owner_and_can_be_acted_on(client, editor, now, rights):
    every_list(editor, now)
    user = editor if rights == "editor" else make_reporter()
    if rights == "reader":
        user.user_permissions.set(Permission.objects.filter(codename__in=["view_story", "view_report"]))
    client.force_login(user)
    sections = client.get("/admin/").context["day"]["sections"]
    assert {name for name, section in sections.items() if section.lines} == set(day.LISTS)
    for section in sections.values():
        for line in section.lines:
            assert re.search(r"since|Live: version \d|[Ss]cheduled for", " ".join(line.facts)), line
            assert re.search(r"to fix|warning", " ".join(words for _mark, words in line.flags)), line
            assert re.fullmatch(r"owner: \w+", line.facts[-1]), line
            assert line.acts, line
            for act in line.acts:
                if not act.standing:  # a link: whoever is offered it may follow it
                    assert client.get(act.url).status_code == 200, act


def test_what_was_taken_back_is_not_checked(desk, editor, now):
    version = make_published(headline="Gate", at=now - HOUR)
    retract(version.story, by=editor, signed="The editors", reason="It was wrong.", expecting=seen(version.story))
    [line, _first] = lines(desk, "out")
    assert [words for _mark, words in line.flags] == ["retraction", "taken back: nothing to publish"]
    assert line.facts[1] == "Retracted"
    assert [act.label for act in line.acts] == ["See the live page"]


def test_a_withdrawn_story_leads_to_its_history(desk, editor, now, monkeypatch):
    version = make_published(headline="Gate", at=now - HOUR)
    put_right(version, by=editor)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + HOUR)
    withdraw(version.story, by=editor, signed="The editors", reason="It was wrong.", expecting=seen(version.story))
    told = [line for name in ("out", "corrections") for line in lines(desk, name)]
    assert {line.title for line in told} == {str(version.story)}
    acts = [act for line in told for act in line.acts]
    history = f"{version.path}history/"
    assert acts == [("See the history", history, "")] * 2 + [("See what changed", history, "")]
    assert "withdrawn" in text(desk.get(history))


def test_an_imported_story_that_begins_with_a_correction_leads_to_its_history(desk, now):
    revision = make_revision(headline="Gate")
    [version] = import_versions(revision.story, [(revision.document, "correction", "Ten, not nine.", now - HOUR)])
    [line] = lines(desk, "corrections")
    assert line.acts == [("See what changed", f"{version.path}history/", "")]
    assert "Ten, not nine." in text(desk.get(line.acts[0].url))


def test_one_press_acts_and_comes_back(desk, editor):
    story = make(Stage.PITCH, headline="Pitch")
    [line] = lines(desk, Stage.PITCH)
    assert [act.label for act in line.acts] == ["Claim", "Assign…"]
    response = desk.post(line.acts[0].url, {"standing": line.acts[0].standing, "next": "desk"}, follow=True)
    assert response.redirect_chain == [("/admin/", 302)]
    assert "“Pitch” is yours." in text(response)
    assert Story.objects.get(pk=story.pk).owner == editor


def test_long_sections_end_with_a_way_to_the_rest(desk, monkeypatch):
    monkeypatch.setattr(day, "COUNTED", 11)
    monkeypatch.setattr(agenda, "COUNTED", 11)
    for _number in range(11):
        make(Stage.DRAFTING)
    page = desk.get("/admin/")
    assert "Drafting 11" in text(page)
    assert '<a href="/admin/stories/story/?stage=drafting&amp;late=no">and 3 more</a>' in page.content.decode()
    make(Stage.DRAFTING)
    page = desk.get("/admin/", {"whose": "mine"})
    Story.objects.update(owner=User.objects.get())
    page = desk.get("/admin/", {"whose": "mine"})
    assert "Drafting over 11" in text(page)
    assert "/admin/stories/story/?stage=drafting&amp;late=no&amp;whose=mine" in page.content.decode()
    assert "and over 3 more" in text(page)


@pytest.mark.parametrize("whose", ["", "mine"])
@pytest.mark.parametrize("edits", [True, False])
def test_the_links_to_the_rest_lead_to_the_same_rows(client, editor, now, whose, edits):
    user = editor if edits else make_reporter()
    client.force_login(user)
    every_list(editor, now)
    Story.objects.update(owner=user)
    every_list(editor, now, "too")
    for stage in Stage:
        for reviewer in (user, make_editor(), None):
            make(stage, owner=make_editor(), reviewer=reviewer, embargo_until=now + HOUR)
            make(stage, owner=make_editor(), reviewer=reviewer, due=now - HOUR)
    sections = client.get("/admin/", {"whose": whose}).context["day"]["sections"]
    for name in day.LISTS:
        rows = [row.pk if name == "reports" else row[1] for row in sections[name].rows]
        rest = client.get(sections[name].url).context["cl"].result_list
        assert sorted(rows) == sorted(row.pk for row in rest), name
        assert rows


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
        put_right(make_published(at=now - datetime.timedelta(minutes=number + 1)), by=editor)
        plan(f"Plan {number}", now + HOUR * (number + 1), by=editor)
        make(Stage.READY, owner=user, embargo_until=now + HOUR)
        save_document(version.document | unnamed(), version.story, by=user)
    Source.objects.update(embargo_until=now + DAY)
    for query in ({}, {"whose": "mine"}):
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/admin/", query).status_code == 200
        assert len(queries) <= 15, [query["sql"][:150] for query in queries]


@pytest.mark.parametrize("name", agenda.ranges(timezone.now()))
@pytest.mark.parametrize("mine", [False, True])
def test_a_list_reads_one_range_of_an_index(editor, now, name, mine):
    for _number in range(3):
        make(Stage.DRAFTING, due=now - HOUR, embargo_until=now + HOUR)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
            for method in ("seqscan", "bitmapscan", "sort"):
                cursor.execute(f"SET LOCAL enable_{method} = off")
    rows, _instant = agenda.ranges(now)[name]
    if mine:
        rows = rows.filter(agenda.mine_in(name, editor))
    [plan] = plans(lambda: list(rows.values_list("pk", flat=True)[:101]))
    index = {
        "late": "stories_due", "embargoed": "stories_embargoed", "planned": "versions_by_instant",
        "to correct": "versions_by_change", "out": "versions_by_instant", "corrected": "versions_by_change",
    }.get(name, "stories_in_stage")  # fmt: skip
    if mine and (name in Stage or connection.vendor == "postgresql"):
        assert re.search(f"stories_of_owner|{index}", plan), plan
    else:
        assert index in plan, plan
        assert not re.search("TEMP B-TREE|Sort", plan), plan
    assert not re.search("SCAN|Seq Scan", plan), plan
