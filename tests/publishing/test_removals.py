import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from stories.models import Picture, Story, User, Version
from stories.publishing.document import new_id
from stories.publishing.notes import add_note
from stories.publishing.purging import without
from stories.publishing.removals import Places, places_of, redact, redact_picture, retract, withdraw
from stories.publishing.reports import receive, resolve
from stories.publishing.revisions import save_document
from stories.publishing.share import share
from stories.publishing.verbs import PublishError, seen
from stories.publishing.verify import verify
from stories.publishing.working_copy import picture_document
from tests.factories import make_picture, make_published, make_source, make_topic, publish_change

pytestmark = pytest.mark.django_db
TOLD = {"signed": "The chief editor", "reason": "The document was forged."}


def take_back(verb, story, by, **values):
    return verb(story, by=by, expecting=seen(story), **{**TOLD, **values})


def everything(story):
    """All that the tables hold of a story's versions and revisions, as one text."""
    versions = [[getattr(version, field.attname) for field in Version._meta.fields] for version in story.versions.all()]
    return str(versions) + str(list(story.revisions.values())) + str(list(story.events.values()))


def test_retracting_keeps_the_headline_and_empties_every_version(editor):
    first = make_published(by=editor, headline="The gate", standfirst="Secretly opened.", text="Forged words.")
    publish_change(first.story, by=editor, standfirst="Secretly opened again.")
    version = take_back(retract, first.story, editor)
    versions = list(first.story.versions.all())
    assert [(v.headline, v.summary, v.document["blocks"], v.document["citations"]) for v in versions] == [
        ("The gate", "", [], [])
    ] * 3
    assert (version.number, version.change, version.note) == (3, "retraction", "The document was forged.")
    assert version.document["removal"]["signed"] == "The chief editor"
    assert [row["number"] for row in version.document["removal"]["altered"]] == [1, 2]
    assert {v.taken_back for v in versions} == {"retraction"}
    assert all(v.listed for v in versions)
    assert list(verify()) == []


def test_withdrawing_leaves_nothing_but_a_sentence_and_no_filing(editor):
    first = make_published(by=editor, headline="The gate", kicker="Harbour")
    version = take_back(withdraw, first.story, editor)
    assert {(v.headline, v.kicker, v.listed) for v in first.story.versions.all()} == {("", "", False)}
    assert not version.authorfilings.exists()
    assert not first.authorfilings.exists()
    assert list(verify()) == []


def test_what_was_taken_back_is_not_published_again(editor):
    first = make_published(by=editor)
    take_back(retract, first.story, editor)
    with pytest.raises(PublishError, match="taken back"):
        publish_change(first.story, by=editor, headline="Again")
    with pytest.raises(PublishError, match="done already"):
        take_back(retract, first.story, editor)
    assert take_back(withdraw, first.story, editor).number == 3


def test_taking_back_cancels_a_plan(editor):
    first = make_published(by=editor)
    publish_change(first.story, by=editor, headline="Later", at=first.visible_from.replace(year=2999))
    version = take_back(retract, first.story, editor)
    assert (version.number, version.headline) == (2, first.headline)


def test_a_redaction_reaches_versions_revisions_and_journal_through_markup(editor):
    block = {"id": new_id(), "type": "text", "html": "<p>It was Jane <strong>Roe</strong> &amp; Co, she said.</p>"}
    first = make_published(by=editor, standfirst="Jane  Roe spoke.", blocks=[block])
    publish_change(first.story, by=editor, kicker="Harbour", note="Names Jane Roe.")
    version = take_back(redact, first.story, editor, passage="jane roe", reason="To protect a person.")
    assert "Roe" not in everything(first.story)
    assert version.document["blocks"][0]["html"] == "<p>It was […] &amp; Co, she said.</p>"
    assert [v.note for v in first.story.versions.all()] == ["", "Names […].", "To protect a person."]
    assert list(verify()) == []


def test_a_redaction_reaches_what_readers_reported_and_what_was_done(editor):
    first = make_published(by=editor)
    told = receive(first, text="Jane Roe never said it.", email="reader@example.org", sender="x")
    done = receive(first, text="Who said it?", sender="y")
    resolve(done, by=editor, state="answered", resolution="It was Jane Roe.")
    take_back(redact, first.story, editor, passage="Jane Roe", reason="To protect a person.")
    told.refresh_from_db()
    done.refresh_from_db()
    assert (told.text, told.state) == ("[…] never said it.", "open")
    assert done.resolution == "It was […]."


def test_a_redaction_reaches_a_plan_which_stays_planned(editor):
    first = make_published(by=editor, standfirst="Jane Roe spoke.")
    at = first.visible_from.replace(year=2999)
    publish_change(first.story, by=editor, headline="Jane Roe speaks", at=at)
    take_back(redact, first.story, editor, passage="Jane Roe", reason="To protect a person.")
    plan = first.story.versions.latest()
    assert (plan.number, plan.headline, plan.visible_from) == (3, "[…] speaks", at)
    assert "Roe" not in everything(first.story)


def test_a_passage_that_is_nowhere_is_said(editor):
    first = make_published(by=editor)
    with pytest.raises(PublishError, match="No version of this story has these words"):
        take_back(redact, first.story, editor, passage="Jane Roe")
    with pytest.raises(PublishError, match="at least three"):
        take_back(redact, first.story, editor, passage="a")
    with pytest.raises(PublishError, match="must not repeat"):
        take_back(redact, first.story, editor, passage="forged")
    assert first.story.versions.count() == 1


def test_looking_in_vain_for_a_passage_changes_nothing(editor):
    first = make_published(by=editor)
    note = add_note(first.story, text="Who says so?", by=editor, block=first.document["blocks"][0]["id"])
    quoted = note.passage
    with pytest.raises(PublishError, match="No version of this story has these words"):
        take_back(redact, first.story, editor, passage="Jane Roe")
    note.refresh_from_db()
    assert note.passage == quoted != ""


def test_words_that_stand_beside_a_story_only_are_found_and_removed(editor):
    first = make_published(by=editor, lead_image=picture_document(make_picture(credit="By Jane Roe")), override="x")
    share(
        first.story.revisions.latest(),
        by=editor,
        label="Jane Roe",
        expires_at=timezone.now() + datetime.timedelta(days=1),
    )
    assert places_of(first.story, "jane roe").others == 2
    take_back(redact, first.story, editor, passage="Jane Roe", reason="To protect a person.")
    assert places_of(Story.objects.get(), "Jane Roe").others == 0


def test_what_is_chosen_stays_and_a_date_with_the_passage_is_emptied():
    assert without({"kind": "news", "date": "2025-02-28", "headline": "No news"}, "news") == {
        "kind": "news",
        "date": "2025-02-28",
        "headline": "No […]",
    }
    assert without({"date": "2025-02-28"}, "2025-02") == {"date": ""}


def test_what_was_typed_for_a_language_loses_the_passage_and_a_language_stays():
    assert without({"language": "said Jane Roe"}, "Jane Roe") == {"language": ""}
    assert without({"language": "en"}, "en") == {"language": "en"}


def test_a_removal_must_be_signed_and_explained(editor):
    first = make_published(by=editor)
    with pytest.raises(PublishError, match="who takes this back and why"):
        take_back(retract, first.story, editor, reason=" ")


@pytest.mark.parametrize("verb", [retract, withdraw])
def test_taking_back_needs_the_permission(editor, verb):
    first = make_published(by=editor)
    with pytest.raises(PermissionDenied):
        take_back(verb, first.story, User.objects.create_user("reporter"))


def test_addresses_stay_what_they_are():
    assert without({"slug": "jane-roe", "url": "https://x.example/jane-roe"}, "jane-roe") == {
        "slug": "jane-roe",
        "url": "",
    }


def test_where_a_passage_stands_is_told_before_it_is_removed(editor):
    first = make_published(by=editor, standfirst="Jane Roe spoke.")
    publish_change(first.story, by=editor, standfirst="She spoke.", note="Names Jane Roe.")
    publish_change(first.story, by=editor, kicker="Harbour")
    save_document({**first.document, "standfirst": "JANE  ROE speaks."}, first.story)
    first.story.reports.create(version=first, text="Who is Jane Roe?", created_at=first.visible_from)
    found = places_of(first.story, " jane\nroe ")
    assert (found.versions, found.working_copy, found.revisions, found.reports, found.notes) == ([1, 2], True, 2, 1, 1)
    take_back(redact, first.story, editor, passage="jane roe", reason="To protect a person.")
    assert places_of(Story.objects.get(), "Jane Roe") == Places([], False, 0, 0, 0, 0)
    with pytest.raises(PublishError, match="at least three"):
        places_of(first.story, "a")


def test_words_that_stand_in_the_slugline_only_are_removed_too(editor):
    first = make_published(by=editor)
    Story.objects.filter(pk=first.story_id).update(slugline="jane-roe")
    take_back(redact, first.story, editor, passage="jane-roe", reason="To protect a person.")
    assert Story.objects.get().slugline == "[…]"


@pytest.mark.parametrize("verb", [retract, withdraw])
def test_what_was_taken_back_is_not_taken_back_again_after_a_redaction(editor, verb):
    first = make_published(by=editor, headline="Jane Roe spoke")
    Story.objects.filter(pk=first.story_id).update(slugline="jane-roe")
    take_back(verb, first.story, editor)
    take_back(redact, first.story, editor, passage="jane-roe", reason="To protect a person.")
    with pytest.raises(PublishError, match="done already"):
        take_back(verb, first.story, editor)


def test_a_passage_that_runs_from_one_paragraph_into_the_next_is_removed():
    html = "<p>It was Jane</p><p>Roe &amp; Co.</p>"
    assert without(html, "Jane Roe & Co") == "<p>It was […]</p><p>.</p>"


def test_the_hashes_that_an_earlier_removal_names_stay_though_they_spell_the_passage():
    removal = {"removal": {"signed": "Dr Bad", "altered": [{"number": 1, "was": "bad0", "is": "0bad"}]}}
    assert without(removal, "bad")["removal"] == {"signed": "Dr […]", "altered": removal["removal"]["altered"]}


def test_words_that_a_check_was_about_are_removed_one_by_one(editor):
    first = make_published(by=editor, standfirst="It opened.")
    publish_change(
        first.story, by=editor, change="minor", standfirst="Not Jane Roe, no.", override="A slip of Jane Roe."
    )
    take_back(redact, first.story, editor, passage="Jane Roe", reason="To protect a person.")
    version = first.story.versions.get(number=2)
    assert version.overrides[0]["words"]
    assert {row["reason"] for row in version.overrides} == {"A slip of […]."}
    assert "roe" not in str(version.overrides).lower()


@pytest.mark.parametrize("verb", [retract, withdraw])
def test_taking_back_forgets_the_words_that_a_check_was_about(editor, verb):
    first = make_published(by=editor, standfirst="It opened.")
    publish_change(first.story, by=editor, change="minor", standfirst="It never opened.", override="A slip.")
    take_back(verb, first.story, editor)
    rows = first.story.versions.get(number=2).overrides
    assert {(row["reason"], row["sentence"], *row["words"]) for row in rows} == {("A slip.", "[…]")}


def test_what_was_declared_loses_the_passage_in_a_plan_too(editor):
    first = make_published(by=editor)
    wrong = {"wrong": "Jane Roe came.", "right": "Nobody came.", "severity": "normal"}
    publish_change(first.story, by=editor, change="correction", kicker="K", correction=wrong)
    publish_change(first.story, by=editor, headline="Later", at=first.visible_from.replace(year=2999))
    take_back(redact, first.story, editor, passage="Jane Roe", reason="To protect a person.")
    assert first.story.versions.latest().declared[0]["correction"]["wrong"] == "[…] came."
    assert list(verify()) == []


def test_the_texts_of_a_picture_lose_the_passage(editor):
    picture = make_picture(alt="Jane Roe", caption="Jane Roe at the gate", credit="By Jane Roe")
    first = make_published(by=editor, lead_image=picture_document(picture))
    take_back(redact, first.story, editor, passage="Jane Roe", reason="To protect a person.")
    picture.refresh_from_db()
    assert (picture.alt, picture.caption, picture.credit) == ("[…]", "[…] at the gate", "By […]")


@pytest.mark.parametrize("kind", ["source", "topic"])
def test_a_name_that_other_stories_take_too_must_be_changed_first(editor, kind):
    row = make_source("Jane Roe") if kind == "source" else make_topic("Talks with Jane Roe")
    values = {"source": row} if kind == "source" else {"topics": [row.slug]}
    first = make_published(by=editor, standfirst="Jane Roe spoke.", **values)
    with pytest.raises(PublishError, match=f"take them from: {kind} “{row.name}”"):
        take_back(redact, first.story, editor, passage="Jane Roe", reason="To protect a person.")
    with pytest.raises(PublishError, match="take them from"):
        places_of(first.story, "Jane Roe")
    type(row).objects.update(name="A witness")
    take_back(redact, first.story, editor, passage="Jane Roe", reason="To protect a person.")
    assert "Jane Roe" not in everything(first.story)


def test_a_picture_that_the_story_does_not_show_is_said(editor):
    first = make_published(by=editor)
    with pytest.raises(PublishError, match="No version of this story has this picture"):
        take_back(redact_picture, first.story, editor, picture=make_picture().pk)
    assert first.story.versions.count() == Picture.objects.count() == 1


def test_a_plan_that_is_nothing_without_the_picture_must_be_cancelled_first(editor):
    figure = {"id": new_id(), "type": "figure", "picture": picture_document(make_picture()), "caption": "The gate"}
    first = make_published(by=editor)
    publish_change(first.story, by=editor, blocks=[figure], at=first.visible_from.replace(year=2999))
    with pytest.raises(PublishError, match="could not go out without it: Write the body"):
        take_back(redact_picture, first.story, editor, picture=figure["picture"]["id"])


@pytest.mark.parametrize("verb", [redact, redact_picture])
def test_redacting_needs_the_permission(editor, verb):
    first = make_published(by=editor)
    values = {"passage": "office"} if verb is redact else {"picture": new_id()}
    with pytest.raises(PermissionDenied):
        take_back(verb, first.story, User.objects.create_user("reporter"), **values)


def test_a_withdrawn_story_stays_withdrawn_though_something_was_redacted_since(editor):
    first = make_published(by=editor)
    publish_change(first.story, by=editor, standfirst="Jane Roe spoke.")
    take_back(withdraw, first.story, editor)
    take_back(redact, first.story, editor, passage="Jane Roe", reason="To protect a person.")
    for verb in (retract, withdraw):
        with pytest.raises(PublishError, match="done already"):
            take_back(verb, first.story, editor)
    assert not any(version.listed for version in first.story.versions.all())
