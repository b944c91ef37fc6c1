"""Stages and notes at the desk: buttons of the story form, the small pages, and who may press what."""

import pytest
from django.urls import reverse

from stories.models import Note, Story
from stories.publishing.desk_work import assign, hand_back, mark_ready, standing, submit
from stories.publishing.notes import add_note, reply, resolve
from stories.publishing.removals import retract
from stories.publishing.revisions import save_document
from stories.publishing.verbs import seen
from tests.desk.forms import form_data
from tests.desk.test_publish import text, url
from tests.factories import make_editor, make_published, make_reporter, make_revision

pytestmark = pytest.mark.django_db
Stage = Story.Stage


@pytest.fixture
def reporter(db):
    return make_reporter(username="ayse", first_name="Ayşe", last_name="Kaya")


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


@pytest.fixture
def story(reporter):
    return put(make_revision(language="en").story, owner=reporter)


def put(story, **values):
    Story.objects.filter(pk=story.pk).update(**values)
    return Story.objects.get(pk=story.pk)


def work(story, action):
    return reverse("admin:stories_story_work", args=[story.pk, action])


def offered(client, story):
    return [offer["action"] for offer in client.get(url("change", story)).context["offers"]]


def test_of_a_story_in_no_stage_it_is_said_what_readers_have(desk, editor, story):
    live = make_published(by=editor, language="en").story
    assert "Readers have all there is." in text(desk.get(url("change", live)))
    retract(live, by=editor, signed="The editors", reason="It was wrong.", expecting=seen(live))
    assert "It was taken back." in text(desk.get(url("change", live)))
    put(story, stage="")
    assert "It is planned. Readers have nothing yet." in text(desk.get(url("change", story)))


def test_who_has_no_right_to_a_page_is_told_so_at_the_desk(client, reporter):
    client.force_login(reporter)
    response = client.get("/admin/auth/group/")
    assert response.status_code == 403
    assert "Your account does not have the right to do this." in text(response)
    assert 'href="/admin/">Go to the desk</a>' in response.content.decode()


# What is offered


def test_each_is_offered_what_fits_the_stage(desk, story, reporter, client):
    assert offered(desk, story) == ["submit", "ready", "assign"]
    put(story, stage=Stage.PITCH, owner=None)
    assert offered(desk, story) == ["claim", "assign"]
    put(story, stage=Stage.REVIEW)
    assert offered(desk, story) == ["review", "ready", "hand_back", "assign"]
    put(story, stage=Stage.READY)
    assert offered(desk, story) == ["hand_back", "assign"]
    put(story, stage="")
    assert offered(desk, story) == []


def test_reporters_are_offered_less(client, story, reporter):
    client.force_login(reporter)
    assert offered(client, story) == ["submit", "assign"]
    put(story, owner=None)
    assert offered(client, story) == ["claim", "submit"]
    put(story, stage=Stage.REVIEW)
    assert offered(client, story) == []
    put(story, stage=Stage.PITCH, owner=reporter)
    assert "Start writing" in client.get(url("change", story)).content.decode()


def test_who_only_looks_is_offered_nothing(client, story):
    lawyer = make_reporter()
    lawyer.user_permissions.set(lawyer.user_permissions.filter(codename="view_story"))
    client.force_login(lawyer)
    page = client.get(url("change", story)).content.decode()
    assert 'name="_work"' not in page
    assert 'name="_continue"' not in page
    assert "Add note" in page
    assert client.get(work(story, "claim")).status_code == 403
    assert client.get("/admin/stories/story/pitch/").status_code == 403


def test_the_form_says_where_a_story_stands(desk, story, editor):
    put(story, stage=Stage.REVIEW, reviewer=editor)
    page = text(desk.get(url("change", story)))
    assert "Stage In review , since" in page
    assert "Owner Ayşe Kaya" in page
    assert f"Waits for {editor.username}" in page
    assert "Readers have all there is." in text(desk.get(url("change", make_published(language="en").story)))


# The buttons of the form


def test_a_button_saves_the_form_before_it_moves_the_story(desk, story):
    data = form_data(desk, story, headline="New words", standing=standing(story), _work="ready")
    response = desk.post(url("change", story), data, follow=True)
    story.refresh_from_db()
    assert (story.headline, story.stage) == ("New words", Stage.READY)
    assert "“New words” is ready." in text(response)


def test_a_button_that_asks_saves_and_leads_to_its_page(desk, story):
    data = form_data(desk, story, headline="New words", standing=standing(story), _work="submit")
    assert desk.post(url("change", story), data).url == work(story, "submit")
    assert Story.objects.get().headline == "New words"


def test_a_new_story_belongs_to_who_writes_it_and_can_be_submitted_at_once(client, reporter):
    client.force_login(reporter)
    data = form_data(client, headline="Gate", language="en", _work="submit")
    response = client.post("/admin/stories/story/add/", data)
    story = Story.objects.get()
    assert (story.owner, story.stage) == (reporter, Stage.DRAFTING)
    assert response.url == work(story, "submit")


def test_a_form_with_an_error_moves_nothing(desk, story):
    data = form_data(desk, story, kicker="k" * 101, standing=standing(story), _work="ready")
    assert desk.post(url("change", story), data).status_code == 200
    assert Story.objects.get().stage == Stage.DRAFTING


def test_who_was_slower_is_told_that_the_text_is_saved(desk, story, reporter):
    data = form_data(desk, story, headline="New words", standing=standing(story), _work="ready")
    submit(story, by=reporter, expecting=standing(story))
    page = text(desk.post(url("change", story), data, follow=True))
    assert "Your text is saved. Someone else was faster: the story is now “in review”, its owner is Ayşe Kaya." in page
    story.refresh_from_db()
    assert (story.headline, story.stage) == ("New words", Stage.REVIEW)


@pytest.mark.parametrize("values", [{"_work": "no such"}, {"_work": "ready", "standing": "\x00"}, {"_work": "ready"}])
def test_a_forged_button_moves_nothing(desk, story, values):
    assert desk.post(url("change", story), form_data(desk, story) | values).status_code == 302
    assert Story.objects.get().stage == Stage.DRAFTING


def test_budget_line_and_due_are_saved_with_the_form(desk, story):
    data = form_data(desk, story, budget_line=" Who still  buys. ", due="2027-03-01T17:00")
    desk.post(url("change", story), data)
    story.refresh_from_db()
    assert story.budget_line == "Who still buys."
    assert f"{story.due:%Y-%m-%d %H:%M}" == "2027-03-01 17:00"
    assert 'value="2027-03-01T17:00"' in desk.get(url("change", story)).content.decode()


@pytest.mark.parametrize(
    ("due", "told"),
    [("9999-12-31T23:59", "within ten years"), ("0001-01-01T00:00", "within ten years"), ("x", "not a day")],
)
def test_a_due_time_that_cannot_be_is_refused(desk, story, due, told):
    page = text(desk.post(url("change", story), form_data(desk, story, due=due)))
    assert told in page


# The small pages


@pytest.mark.parametrize(
    ("stage", "action"),
    [
        (Stage.PITCH, "claim"),
        (Stage.DRAFTING, "assign"),
        (Stage.DRAFTING, "submit"),
        (Stage.REVIEW, "review"),
        (Stage.REVIEW, "hand_back"),
        (Stage.DRAFTING, "ready"),
    ],
)
def test_each_move_has_a_page(desk, story, stage, action):
    story = put(story, stage=stage, **({"owner": None} if action == "claim" else {}))
    response = desk.get(work(story, action))
    assert response.status_code == 200
    assert f'value="{standing(story)}"' in response.content.decode()


def test_a_page_for_what_cannot_be_done_offers_what_can(desk, story):
    put(story, stage=Stage.REVIEW)
    page = desk.get(work(story, "submit"))
    assert "You cannot do this: the story is now “in review”, its owner is Ayşe Kaya." in text(page)
    assert f'action="{work(story, "submit")}"' not in page.content.decode()
    for action in ("review", "ready", "hand_back", "assign"):
        assert f'<a href="{work(story, action)}">' in page.content.decode()
    put(story, stage="")
    assert "You cannot do this: the story was published. Back to the story" in text(desk.get(work(story, "submit")))


def test_who_was_too_late_is_offered_what_can_be_done_and_has_what_they_wrote(desk, story, editor):
    story = put(story, stage=Stage.REVIEW)
    was = standing(story)
    hand_back(story, sentence="Not yet.", by=editor, expecting=was)
    page = desk.post(work(story, "hand_back"), {"standing": was, "sentence": "Who <says> so?"})
    assert text(page).count("the story is now “drafting”") == 1
    assert "What you wrote Who <says> so? What you can do now Submit for review" in text(page)
    assert f'action="{work(story, "hand_back")}"' not in page.content.decode()


def test_a_draft_is_submitted_to_a_reviewer_and_handed_back(client, desk, story, reporter, editor):
    client.force_login(reporter)
    page = client.get(work(story, "submit")).content.decode()
    assert f">{editor.username}</option>" in page
    assert "Ayşe Kaya</option>" not in page  # may not publish
    client.post(work(story, "submit"), {"standing": standing(story), "reviewer": editor.pk})
    story.refresh_from_db()
    assert (story.stage, story.reviewer) == (Stage.REVIEW, editor)
    client.force_login(editor)
    values = {"standing": standing(story), "sentence": "Who says so?", "next": "desk"}
    assert client.post(work(story, "hand_back"), values).url == "/admin/"
    story.refresh_from_db()
    assert story.stage == Stage.DRAFTING
    assert "Who says so?" in text(client.get(url("change", story)))


def test_what_is_missing_is_told_before_a_story_is_submitted(desk):
    story = make_revision(slug="", standfirst="").story
    missing = "Before this can go out Add a slug, the end of the story’s address, before publishing."
    assert missing in text(desk.get(work(story, "submit")))
    page = text(desk.post(work(story, "submit"), {"standing": standing(story)}))
    assert page.count("Add a slug, the end of the story’s address, before publishing.") == 2
    assert "You can submit it anyway" not in page
    assert f'action="{work(story, "submit")}"' not in desk.get(work(story, "submit")).content.decode()


def test_what_is_missing_says_why_and_leads_to_its_field(desk):
    story = make_revision(slug="").story
    page = desk.get(work(story, "submit"))
    assert "Without it the story has no address." in text(page)
    assert f'<a href="{url("change", story)}#id_slug">Go there</a>' in page.content.decode()


def test_only_who_can_both_write_and_publish_is_offered_as_reviewer(desk, story, editor):
    publisher = make_reporter("publish_story", username="publisher")
    publisher.user_permissions.remove(*publisher.user_permissions.filter(codename="change_story"))
    both = make_reporter("publish_story", username="both")
    offered = desk.get(work(story, "submit")).context["form"].fields["reviewer"].queryset
    assert set(offered) == {editor, both}
    desk.post(work(story, "submit"), {"standing": standing(story), "reviewer": publisher.pk})
    assert Story.objects.get(pk=story.pk).stage == Stage.DRAFTING


def test_what_the_reviewer_will_ask_is_told_before_a_story_is_submitted_and_hinders_nothing(desk, story):
    add_note(story, text="Who?", by=make_editor())
    page = desk.get(work(story, "submit"))
    assert page.context["problems"] == []
    assert [finding["sentence"] for finding in page.context["open"]] == ["1 note of the desk is not resolved yet."]
    assert "Somebody still waits for an answer." in text(page)
    assert f'<a href="{url("change", story)}#notes">Go there</a>' in page.content.decode()
    desk.post(work(story, "submit"), {"standing": standing(story)})
    story.refresh_from_db()
    assert story.stage == Stage.REVIEW
    page = desk.get(work(story, "ready"))
    assert [finding["sentence"] for finding in page.context["problems"]] == ["1 note of the desk is not resolved yet."]


def test_a_story_is_submitted_and_ready_whatever_only_warns(desk, story):
    save_document(story.revisions.latest().document | {"standfirst": ""}, story)
    for action, hint in (
        ("submit", "whoever reviews it will see this too"),
        ("ready", "publishing it will then need a reason"),
    ):
        page = desk.get(work(story, action))
        assert "It has no standfirst: readers see nothing under the headline." in text(page)
        assert hint in text(page)


def test_a_refused_page_keeps_what_was_written_and_shows_how_it_stands_now(desk, story, editor, reporter):
    put(story, stage=Stage.REVIEW)
    was = standing(Story.objects.get())
    assign(story, to=make_reporter(), by=editor, expecting=was)
    response = desk.post(work(story, "hand_back"), {"standing": was, "sentence": "Who says so?"})
    page = response.content.decode()
    assert "Someone else was faster" in page
    assert "Who says so?</textarea>" in page
    assert f'value="{standing(Story.objects.get())}"' in page


@pytest.mark.parametrize(
    ("action", "values"),
    [
        ("hand_back", {"sentence": ""}),
        ("hand_back", {"sentence": "x" * 501}),
        ("hand_back", {"sentence": "\x00\ud800"}),
        ("assign", {"person": "99999999999999999999999"}),
        ("assign", {"person": "\x00"}),
        ("assign", {}),
        ("submit", {"reviewer": "-1"}),
        ("ready", {"standing": "x" * 101}),
    ],
)
def test_bad_input_is_told_and_changes_nothing(desk, story, action, values):
    before = Story.objects.values().get()
    values = {
        name: value.encode("utf-8", "surrogatepass") for name, value in ({"standing": standing(story)} | values).items()
    }
    assert desk.post(work(story, action), values).status_code == 200
    assert Story.objects.values().get() == before


def test_there_is_no_page_for_what_is_not(desk, story):
    assert desk.get(work(story, "standing")).status_code == 404


def test_a_pitch_is_made_on_a_page_of_its_own(client, reporter):
    client.force_login(reporter)
    page = client.post("/admin/stories/story/pitch/", {"headline": "Grain", "budget_line": " "})
    assert "This field is required." in text(page)
    values = {"headline": "Grain", "budget_line": "Who buys.", "due": "2027-03-01T17:00", "mine": "on"}
    assert client.post("/admin/stories/story/pitch/", values).url == "/admin/"
    story = Story.objects.get()
    assert (story.stage, story.owner, story.budget_line) == (Stage.PITCH, reporter, "Who buys.")


def test_the_history_tells_what_was_done(desk, story, editor, reporter):
    assign(story, to=editor, by=editor, expecting=standing(story))
    page = text(desk.get(url("history", story)))
    assert f"Assigned: {editor.username}" in page
    assert "Version None" not in page
    story.refresh_from_db()
    mark_ready(story, by=editor, expecting=standing(story))
    assert "Marked ready by its own writer" in text(desk.get(url("history", story)))


# Notes


def note_url(story, action, *args):
    return reverse(f"admin:stories_story_{action}", args=[story.pk, *args])


def test_a_note_is_written_answered_and_resolved_without_scripts(desk, story, editor):
    block = story.revisions.latest().document["blocks"][0]["id"]
    page = desk.post(note_url(story, "note_add"), {"text-new": "Who <says> so?", "block": block}, follow=True)
    assert "Who &lt;says&gt; so?" in page.content.decode()
    assert "Text: The office opened the gate." in page.content.decode()
    first = Note.objects.get()
    answered = {f"text-{first.pk}": "The office.", "text-new": "", "text-99": "not this"}
    page = desk.post(note_url(story, "note_reply", first.pk), answered, follow=True)
    assert "The office." in text(page)
    page = text(desk.post(note_url(story, "note_resolve", first.pk), follow=True))
    assert f"Resolved by {editor.username}" in page
    desk.post(note_url(story, "note_reopen", first.pk))
    assert Note.objects.open().get() == first


def test_the_form_s_script_gets_the_panel(desk, story):
    headers = {"X-Requested-With": "fetch"}
    response = desk.post(note_url(story, "note_add"), {"text-new": "Who?"}, headers=headers)
    page = response.content.decode()
    assert response.status_code == 200
    assert "Who?" in page
    assert "<html" not in page
    assert "1 thing blocks publishing" in text(response)
    response = desk.post(note_url(story, "note_add"), {"text-new": " ", "block": "x"}, headers=headers)
    assert response.status_code == 422
    assert "That block is not saved yet" in response.content.decode()


def test_a_refused_note_is_still_in_its_field(desk, story):
    response = desk.post(note_url(story, "note_add"), {"text-new": "Kept words", "block": "\x00"})
    assert response.status_code == 422
    assert "Kept words</textarea>" in response.content.decode()


def test_a_note_on_a_block_that_is_gone_says_so(desk, story):
    block = story.revisions.latest().document["blocks"][0]["id"]
    add_note(story, text="Who?", by=make_editor(), block=block)
    save_document(story.revisions.latest().document | {"blocks": []}, story)
    assert "Text: The office opened the gate. " in text(desk.get(url("change", story)))
    assert "(no longer there)" in text(desk.get(url("change", story)))


def test_notes_of_other_stories_and_wrong_methods_are_refused(desk, story, editor):
    other = add_note(make_revision().story, text="Who?", by=editor)
    answer = reply(other, text="I.", by=editor)
    for pk in (other.pk, answer.pk, 2**70):
        assert desk.post(note_url(story, "note_resolve", pk)).status_code == 404
    assert desk.get(note_url(story, "note_add")).status_code == 405
    assert desk.post(note_url(story, "notes")).status_code == 405


def test_many_notes_cost_no_more_queries(desk, story, editor, django_assert_max_num_queries):
    for number in range(12):
        first = add_note(story, text="Who?", by=make_editor())
        reply(first, text="I.", by=make_editor())
        if number % 2:
            resolve(first, by=make_editor())
    with django_assert_max_num_queries(8):
        desk.get(note_url(story, "notes"))
