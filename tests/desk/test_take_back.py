import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from stories.models import Picture, Revision, StoryEvent, Version
from stories.publishing.document import new_id
from stories.publishing.removals import retract, withdraw
from stories.publishing.revisions import save_document
from stories.publishing.verbs import seen
from stories.publishing.verify import verify
from stories.publishing.working_copy import picture_document
from tests.desk.pages import hidden, text, told, url
from tests.factories import make_editor, make_picture, make_published, make_reporter, make_revision, publish_change

pytestmark = pytest.mark.django_db
NOTICE = {"signed": "Ayşe Demir", "reason": "The document was forged."}


@pytest.fixture
def editor(db):
    return make_editor(first_name="Ayşe", last_name="Demir")


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def tomorrow():
    return timezone.now() + datetime.timedelta(days=1)


def take_back(client, story, kind, page=None, **values):
    page = page or client.get(url("take_back", story))
    posted = hidden(page) | NOTICE | {"kind": kind, "confirm": "on"} | values
    return client.post(url("take_back", story), posted, follow=True)


def redact(client, story, passage="Jane Roe", page=None, step="redact", **values):
    """Look for the passage, then remove it, as one press of each button does."""
    page = page or client.get(url("redact", story))
    posted = {**NOTICE, "reason": "To protect a person.", "passage": passage, **values}
    page = client.post(url("redact", story), hidden(page) | posted | {"step": "look"})
    if step == "look":
        return page
    return client.post(url("redact", story), hidden(page) | posted | {"step": step}, follow=True)


# Retract and withdraw


def test_the_page_says_what_will_be_gone_and_what_stays(desk):
    story = make_published().story
    page = desk.get(url("take_back", story))
    words = text(page)
    assert "the text, the standfirst, the summary, the lead picture and the sources." in words
    assert "all that a retraction takes, and the headline" in words
    assert "Your draft and what was saved before stay at the desk." in words
    assert page.context["form"]["signed"].value() == "Ayşe Demir"


@pytest.mark.parametrize(("kind", "headline", "status"), [("retract", "The gate", 200), ("withdraw", "", 410)])
def test_a_story_is_taken_back(desk, editor, client, kind, headline, status):
    live = make_published(by=editor, headline="The gate", text="Forged words.")
    response = take_back(desk, live.story, kind)
    version = live.story.versions.latest()
    assert (version.number, version.headline, version.document["blocks"]) == (2, headline, [])
    assert (version.note, version.document["removal"]["signed"]) == ("The document was forged.", "Ayşe Demir")
    assert told(response)[0].startswith("The story is retracted" if kind == "retract" else "The story is withdrawn")
    assert client.get(version.path).status_code == status
    assert list(verify()) == []


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"signed": " "}, "Say who takes this back: readers are told."),
        ({"reason": ""}, "Say why: readers are told."),
        ({"confirm": ""}, "Tick this to go on: it cannot be undone."),
        ({"kind": ""}, "Choose one."),
        ({"kind": "delete"}, "is not one of the available choices"),
        ({"reason": "r" * 501}, "at most 500 characters"),
        ({"signed": "s" * 201}, "at most 200 characters"),
        ({"reason": "\x00"}, "Null characters are not allowed."),
        ({"seen_live": "9" * 30}, "This page was incomplete."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_gone(desk, values, sentence):
    story = make_published().story
    response = take_back(desk, story, **{"kind": "retract"} | values)
    assert sentence in text(response)
    assert Version.objects.count() == 1
    if "reason" not in values:
        assert "The document was forged." in response.content.decode()


def test_a_waiting_version_is_told_to_be_cancelled(desk, editor):
    live = make_published(by=editor)
    publish_change(live.story, by=editor, at=tomorrow(), headline="Tomorrow")
    page = desk.get(url("take_back", live.story))
    assert "Version 2, planned for" in text(page)
    take_back(desk, live.story, "retract", page)
    assert [version.change for version in live.story.versions.all()] == ["first", "retraction"]


def test_of_two_editors_one_is_told_and_keeps_what_was_typed(desk, editor):
    live = make_published(by=editor)
    page = desk.get(url("take_back", live.story))
    publish_change(live.story, by=editor, headline="Other")
    response = take_back(desk, live.story, "retract", page)
    assert "Meanwhile someone else published or scheduled this story." in text(response)
    assert "The document was forged." in response.content.decode()
    assert hidden(response)["seen_live"] == str(live.story.versions.latest().pk)


def test_what_is_retracted_can_only_be_withdrawn_and_what_is_withdrawn_nothing(desk, editor):
    live = make_published(by=editor)
    retract(live.story, by=editor, expecting=seen(live.story), **NOTICE)
    page = desk.get(url("take_back", live.story))
    assert [kind.data["value"] for kind in page.context["kinds"]] == ["withdraw"]
    take_back(desk, live.story, "withdraw", page)
    assert live.story.versions.latest().change == "withdrawal"
    response = desk.get(url("take_back", live.story), follow=True)
    assert told(response)[-1] == "This story is withdrawn: nothing is left to take back."


@pytest.mark.parametrize("name", ["take_back", "redact"])
def test_what_readers_never_had_cannot_be_taken_back(desk, name):
    response = desk.get(url(name, make_revision().story), follow=True)
    assert told(response) == ["Readers have no version of this story, so there is nothing to take back."]
    assert desk.get(reverse(f"admin:stories_story_{name}", args=[new_id()])).url == "/admin/"


# Redact


def test_where_the_words_stand_is_shown_before_anything_is_removed(desk, editor):
    live = make_published(by=editor, standfirst="Jane Roe spoke.")
    publish_change(live.story, by=editor, standfirst="Jane Roe spoke again.", note="Names Jane Roe.")
    live.story.reports.create(version=live, text="Jane Roe who?", created_at=timezone.now())
    publish_change(live.story, by=editor, at=tomorrow(), headline="Jane Roe speaks")
    page = redact(desk, live.story, step="look")
    words = text(page)
    assert "“Jane Roe” stands in 3 versions: 1, 2, 3 (3 waits for its time and stays planned)" in words
    for place in ("the draft as it is now", "3 saved states", "1 reader’s report", "1 entry of the journal"):
        assert place in words
    assert "Nobody can bring them back." in words
    assert Version.objects.filter(change="redaction").count() == 0
    assert "Jane Roe" in str(Revision.objects.values_list("document", flat=True)[0])


def test_the_words_are_removed_when_it_is_confirmed(desk, editor):
    live = make_published(by=editor, standfirst="Jane Roe spoke.")
    response = redact(desk, live.story, confirm="on")
    assert told(response)[0].startswith("The words are removed from all versions.")
    assert [v.document["standfirst"] for v in live.story.versions.all()] == ["[…] spoke."] * 2
    assert live.story.versions.latest().note == "To protect a person."
    assert list(verify()) == []


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "Tick this to go on: it cannot be undone."),
        ({"passage": "", "confirm": "on"}, "Give the words to remove, at least three characters."),
        ({"passage": "ab", "confirm": "on"}, "Give the words to remove, at least three characters."),
        ({"passage": "John Doe", "confirm": "on"}, "These words stand nowhere in this story."),
        ({"reason": "It named Jane Roe.", "confirm": "on"}, "The reason must not repeat the words that are removed."),
        ({"signed": "", "confirm": "on"}, "Say who takes this back: readers are told."),
        ({"passage": "p" * 1001, "confirm": "on"}, "at most 1000 characters"),
        ({"passage": "J\x00", "confirm": "on"}, "Null characters are not allowed."),
    ],
)
def test_what_is_missing_of_a_redaction_is_said_and_nothing_is_removed(desk, values, sentence):
    live = make_published(standfirst="Jane Roe spoke.")
    response = redact(desk, live.story, **values)
    assert sentence in text(response)
    assert "Jane Roe" in live.story.versions.get().document["standfirst"]


def test_other_words_than_those_looked_for_are_looked_for_first(desk):
    live = make_published(standfirst="Jane Roe spoke.")
    page = redact(desk, live.story, step="look")
    posted = hidden(page) | NOTICE | {"passage": "spoke", "confirm": "on", "step": "redact"}
    response = desk.post(url("redact", live.story), posted)
    assert "“spoke” stands in 1 version: 1" in text(response)
    assert live.story.versions.count() == 1


def test_of_two_who_redact_one_is_told(desk, editor):
    live = make_published(by=editor, standfirst="Jane Roe spoke.")
    page = redact(desk, live.story, step="look")
    publish_change(live.story, by=editor, kicker="Else")
    posted = hidden(page) | NOTICE | {"passage": "Jane Roe", "confirm": "on", "step": "redact"}
    response = desk.post(url("redact", live.story), posted)
    assert "Meanwhile someone else published or scheduled this story." in text(response)
    assert "Jane Roe" in live.story.versions.latest().document["standfirst"]


def test_words_that_only_the_draft_has_can_be_removed(desk, editor):
    live = make_published(by=editor)
    save_document({**live.document, "standfirst": "Jane Roe spoke."}, live.story)
    assert "no version the draft as it is now 1 saved state" in text(redact(desk, live.story, step="look"))
    redact(desk, live.story, confirm="on")
    assert "Jane Roe" not in str(list(live.story.revisions.values_list("document", flat=True)))


# Pictures


@pytest.fixture
def pictured(editor):
    """A live story whose first version led with a picture that its second has no more."""
    live = make_published(by=editor, lead_image=picture_document(make_picture(alt="A man at a gate")), override="x")
    publish_change(live.story, by=editor, lead_image=None)
    return live.story


def remove_picture(client, story, **values):
    page = client.get(url("redact_picture", story))
    posted = {**NOTICE, "reason": "To protect a person.", "picture": str(Picture.objects.get().pk), "confirm": "on"}
    return client.post(url("redact_picture", story), hidden(page) | posted | values, follow=True)


def test_a_picture_is_chosen_and_removed_from_every_version(desk, pictured):
    assert "Remove a picture instead" in text(desk.get(url("redact", pictured)))
    page = desk.get(url("redact_picture", pictured))
    assert "A man at a gate" in text(page)
    assert f'<img src="{Picture.objects.get().file.url}" alt=""' in page.content.decode()
    response = remove_picture(desk, pictured)
    assert told(response) == [
        f'The picture is removed from all versions. <a href="{pictured.versions.latest().path}">'
        "See it as readers see it</a>"
    ]
    assert [version.document["lead_image"] for version in pictured.versions.all()] == [None] * 3
    assert not Picture.objects.exists()
    assert list(verify()) == []


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"picture": ""}, "Choose the picture."),
        ({"picture": "00000000-0000-0000-0000-000000000000"}, "The story does not have this picture any more."),
        ({"picture": "\x00"}, "The story does not have this picture any more."),
        ({"confirm": ""}, "Tick this to go on: it cannot be undone."),
        ({"reason": ""}, "Say why: readers are told."),
        ({"seen_live": "1"}, "Meanwhile someone else published or scheduled this story."),
    ],
)
def test_what_is_missing_for_removing_a_picture_is_said_and_nothing_is_gone(desk, pictured, values, sentence):
    assert sentence in text(remove_picture(desk, pictured, **values))
    assert Picture.objects.exists()
    assert pictured.versions.count() == 2


def test_a_story_without_pictures_says_so(desk):
    assert "never had one" in text(desk.get(url("redact_picture", make_published().story)))


def test_pictures_are_removed_by_whom_the_permission_was_given(client, pictured):
    client.force_login(make_reporter("publish_story"))
    assert client.get(url("redact_picture", pictured)).status_code == 403


# What the desk says of a story that was taken back


@pytest.mark.parametrize(
    ("verb", "sentence", "label", "ways"),
    [
        (retract, "Retracted: readers have its headline and a notice.", "Retracted", ["Withdraw", "Remove a passage"]),
        (withdraw, "Withdrawn: readers have one sentence at its address.", "Withdrawn", ["Remove a passage"]),
    ],
)
def test_a_story_that_was_taken_back_says_so_and_offers_nothing_that_must_fail(
    desk, editor, verb, sentence, label, ways
):
    live = make_published(by=editor)
    verb(live.story, by=editor, expecting=seen(live.story), **NOTICE)
    form = desk.get(url("change", live.story))
    assert sentence in text(form)
    assert "Save (for the desk only)" in text(form)
    assert "Publish changes" not in text(form)
    assert [name for name, _url in form.context["ways"]] == ways
    page = desk.get(url("publish", live.story))
    assert "A story that was taken back is not published again." in text(page)
    assert "Publish version" not in text(page)
    assert label in text(desk.get(reverse("admin:stories_story_changelist")))


def test_a_live_story_offers_each_way_and_a_draft_none(desk, editor):
    live = make_published(by=editor)
    ways = desk.get(url("change", live.story)).context["ways"]
    assert [name for name, _url in ways] == ["Correct", "Take back", "Remove a passage"]
    for _name, address in ways:
        assert desk.get(address).status_code == 200
    assert desk.get(url("change", make_revision().story)).context["ways"] == []


def test_the_journal_tells_each_in_words(desk, editor):
    live = make_published(by=editor, standfirst="Jane Roe spoke.")
    redact(desk, live.story, confirm="on")
    take_back(desk, live.story, "retract")
    take_back(desk, live.story, "withdraw")
    words = text(desk.get(url("history", live.story)))
    assert "Version 2 published: a passage is removed from all versions, for" in words
    assert "Version 3 published: the story is retracted, for" in words
    assert "Version 4 published: the story is withdrawn, for" in words
    assert StoryEvent.objects.count() == 4


@pytest.mark.parametrize(
    ("name", "most"), [("take_back", 6), ("redact", 6), ("redact_picture", 20), ("publish", 9), ("history", 9)]
)
def test_the_pages_cost_few_queries(desk, editor, django_assert_max_num_queries, name, most):
    live = make_published(by=editor)
    for number in range(5):
        publish_change(live.story, by=editor, headline=f"Headline {number}")
    save_document({**live.document, "headline": "Draft"}, live.story)
    with django_assert_max_num_queries(most):
        desk.get(url(name, live.story))


def test_looking_for_words_costs_the_same_for_many_versions(desk, editor):
    live = make_published(by=editor, standfirst="Jane Roe spoke.")
    redact(desk, live.story, step="look")  # what is asked once only, such as the session, is asked now
    counts = []
    for _round in range(2):
        page = desk.get(url("redact", live.story))
        with CaptureQueriesContext(connection) as queries:
            desk.post(url("redact", live.story), hidden(page) | NOTICE | {"passage": "Jane Roe", "step": "look"})
        counts.append(len(queries))
        for number in range(8):
            publish_change(live.story, by=editor, headline=f"Headline {number}")
    assert counts[0] == counts[1] < 45
