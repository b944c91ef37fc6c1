"""A minor change is spelling, grammar or layout; each check of the guard says why a change is more than that."""

import copy

import pytest

from stories.publishing.document import clean, new_id
from stories.publishing.guard import trips
from stories.publishing.verbs import PublishError, WarningsError
from tests.factories import make_document, make_picture, make_published, make_source, publish_change

pytestmark = pytest.mark.django_db
TEXT = "The harbour office opened the gate, and thirty ships sailed in. It did not say why."


@pytest.fixture
def old():
    return make_document(text=TEXT, source=make_source("Harbour Office"))


def retold(document, before, after):
    """Return `document` with words of its paragraph replaced; they must be there."""
    document = copy.deepcopy(document)
    html = document["blocks"][0]["html"]
    assert before in html
    document["blocks"][0]["html"] = html.replace(before, after)
    return clean(document)


def checks(old, new):
    return {finding.check.removeprefix("guard.") for finding in trips(old, new)}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("opened the gate", "opend the gate"),  # the typo that the next one mends
        ("gate, and", "gate and"),
        ("The harbour office opened", "The <strong>harbour office</strong> opened"),
        ("ships sailed in. It", "ships sailed in.</p><p>It"),
        ("sailed in", "sailed into it"),
    ],
)
def test_spelling_commas_and_layout_are_minor(old, before, after):
    old["citations"] = []
    assert checks(old, retold(old, before, after)) == set()
    assert checks(retold(old, before, after), old) == set()


@pytest.mark.parametrize(
    ("before", "after", "check"),
    [
        ("thirty ships", "40 ships", "number"),
        ("ships sailed", "12 ships sailed", "number"),
        ("thirty ships", "twelve ships", "number"),
        ("thirty ships", "Two-thirds of ships", "number"),
        ("sailed in", "sailed in on Monday", "date"),
        ("sailed in", "sailed in yesterday", "date"),
        ("did not say", "did say", "negation"),
        ("The harbour", "Never the harbour", "negation"),
        ("did not say", "didn’t say", "negation"),
        ("It did", "“Enough,” it said. It did", "quotation"),
        ("harbour office opened", "Harbour authority opened", "source"),
    ],
)
def test_a_change_of_what_is_said_is_not_minor(old, before, after, check):
    assert check in checks(old, retold(old, before, after))
    assert check in checks(retold(old, before, after), old)


def test_the_words_that_tripped_it_are_named(old):
    [finding] = trips(old, retold(old, "thirty ships", "twelve ships"))
    assert (finding.sentence, finding.words) == ("It changes a number.", ("thirty", "twelve"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("headline", "Gate opened"),
        ("standfirst", "What the office did."),
        ("kind", "analysis"),
        ("editors_note", "We were told later."),
        ("interest_note", "The author owns a ship."),
        ("ai_use", "translated"),
        ("ai_label", True),
        ("ai_review", {"reviewer": "Ada", "reviewed_at": "2025-03-01T09:00:00Z", "statement": "I read it."}),
        ("authors", []),
    ],
)
def test_fields_that_make_the_story_are_never_minor(old, name, value):
    assert name in checks(old, clean({**old, name: value}))


@pytest.mark.parametrize("name", ["kicker", "summary"])
def test_other_fields_are_minor_unless_their_words_are_not(old, name):
    assert checks(old, clean({**old, name: "The harbour"})) <= {"source"}
    assert "number" in checks(old, clean({**old, name: "It was 12"}))


def test_another_lead_picture_is_not_minor(old):
    picture = make_picture()
    row = {"id": str(picture.pk), "file": picture.file.name, "width": picture.width, "height": picture.height}
    assert "lead_image" in checks(old, clean({**old, "lead_image": row | {"alt": "A gate"}}))


def test_what_readers_are_told_of_how_a_picture_was_made_is_not_minor(old):
    def shown(source_type):
        picture = {"id": new_id(), "alt": "A gate", "credit": "A. Photographer"} | {"source_type": source_type}
        return clean({**old, "blocks": [{"id": block, "type": "figure", "picture": picture | {"id": pk}}]})

    block, pk = new_id(), new_id()
    assert "origin" in checks(shown("digitalCapture"), shown("trainedAlgorithmicMedia"))
    assert "origin" in checks(shown("composite"), shown("print"))
    assert "origin" not in checks(shown(""), shown("digitalCapture"))  # readers are told nothing of either


def test_a_citation_and_a_marker_are_not_minor(old):
    cited = copy.deepcopy(old)
    cited["citations"][0]["url"] = "https://harbour.example/"
    assert checks(old, clean(cited)) == {"citation"}
    key = old["citations"][0]["key"]
    assert "marker" in checks(old, retold(old, f'<cite data-key="{key}"></cite>', ""))


def test_where_a_link_leads_is_not_minor(old):
    linked = retold(old, "harbour office", '<a href="https://office.example/">harbour office</a>')
    [finding] = trips(linked, retold(linked, "https://office.example/", "https://blog.example/"))
    assert (finding.check, finding.words) == ("guard.link", ("harbour office",))
    assert checks(linked, old) == {"link"}
    assert checks(old, linked) == set()


def test_a_link_is_as_it_was_where_two_paragraphs_become_one(old):
    linked = retold(old, "It did not say why.", '<a href="https://office.example/">It did not say why.</a>')
    apart = retold(linked, "sailed in. <a", "sailed in.</p><p><a")
    assert (checks(linked, apart), checks(apart, linked)) == (set(), set())


def test_text_cut_into_other_blocks_is_minor(old):
    two = retold(old, " It did not", "</p><p>It did not")
    head, tail = two["blocks"][0]["html"].split("</p><p>")
    blocks = [
        {"id": new_id(), "type": "text", "html": f"{head}</p>"},
        {"id": new_id(), "type": "text", "html": f"<p>{tail}"},
    ]
    assert checks(two, clean({**two, "blocks": blocks})) == set()


def test_the_words_of_a_quoted_post_are_a_quotation(old):
    post = {"id": new_id(), "type": "post", "account": "A relay", "words": "THE GATE IS OPEN"}
    quoted = clean({**old, "blocks": [*old["blocks"], post]})
    altered = clean({**old, "blocks": [*old["blocks"], {**post, "words": "THE GATE IS SHUT"}]})
    assert "quotation" in checks(quoted, altered)


def test_the_small_words_in_the_name_of_a_source_are_not_its_name():
    old = make_document(text=TEXT, source=make_source("The Note on the gate"))
    assert checks(old, retold(old, "opened the gate", "opened its gates")) == set()
    assert checks(old, retold(old, "opened the gate", "opened, says the note, the gate")) == {"source"}


def test_many_words_are_not_minor(old):
    assert checks(old, retold(old, "ships", "ships " + "and boats " * 12)) == set()
    assert checks(old, retold(old, "ships", "ships " + "and boats " * 13)) == {"length"}


@pytest.mark.parametrize(
    ("language", "before", "after", "check"),
    [
        ("ru", "Она открыла", "Она не открыла", "negation"),
        ("ru", "в среду", "в четверг", "date"),
        ("tr", "açık", "açık değil", "negation"),
        ("de", "It is", "It is not", "negation"),  # no list of its own: held to all of them
    ],
)
def test_words_are_known_in_the_language_of_the_story(old, language, before, after, check):
    old = clean({**retold(old, TEXT, before), "language": language})
    assert check in checks(old, retold(old, before, after))


def test_words_of_another_language_are_only_words(old):
    english = clean({**retold(old, "gate, and", "gate, ne, and"), "language": "en"})
    assert "negation" not in checks(english, retold(english, "gate, ne, and", "gate, and"))


def test_a_change_called_minor_that_is_not_needs_a_reason(editor):
    story = make_published(by=editor, text=TEXT).story
    with pytest.raises(WarningsError, match="It changes the headline") as caught:
        publish_change(story, by=editor, change="minor", headline="Gate shut")
    assert isinstance(caught.value, PublishError)
    version = publish_change(story, by=editor, change="minor", headline="Gate shut", override="  It was a slip.\x00 ")
    assert version.overrides[0] == {
        "check": "guard.headline",
        "sentence": "It changes the headline.",
        "words": list(caught.value.findings[0].words),
        "reason": "It was a slip.",
    }
