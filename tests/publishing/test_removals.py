import pytest
from django.core.exceptions import PermissionDenied

from stories.models import Story, User, Version
from stories.publishing.document import new_id
from stories.publishing.removals import Places, places_of, redact, retract, withdraw, without
from stories.publishing.reports import receive, resolve
from stories.publishing.revisions import save_document
from stories.publishing.verbs import PublishError, seen
from stories.publishing.verify import verify
from tests.factories import make_published, publish_change

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
    assert places_of(Story.objects.get(), "Jane Roe") == Places([], False, 0, 0, 0)
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
