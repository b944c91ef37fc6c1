"""The document: what clean() accepts, refuses and makes of it, and its way into a story's tables and back."""

import copy
import datetime
import uuid

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stories.models import Author, Citation, Picture, Question, Revision, Source, Story, Tag, Text, Topic, Version
from stories.publishing import document as module
from stories.publishing.document import (
    BLOCK_FIELDS,
    DOCUMENT,
    DocumentError,
    canonical,
    cited_keys,
    clean,
    empty_document,
    fingerprint,
    new_id,
    numbered_citations,
    plain_text,
    upgraded,
    word_count,
)
from stories.publishing.revisions import save_document
from stories.publishing.working_copy import document_from_story, write_to_story
from tests.factories import make_document, make_published, make_revision, make_source
from tests.strategies import documents, junk, make_rows, scratch

ID = "7f1d3c1e-7a35-4b7f-9d0c-0d9a3b0f1c11"
KEY = "0123456789ab"
OTHER_KEY = "ba9876543210"
PICTURE = {"id": ID, "file": f"pictures/{ID}.jpg", "width": 10, "height": 10}


def problems(**values):
    with pytest.raises(DocumentError) as error:
        clean({"id": ID, **values})
    return error.value.problems


def block(**values):
    return {"blocks": [{"id": new_id(), **values}]}


def citation(**values):
    return {"citations": [{"key": KEY, **values}]}


@given(document=documents())
def test_cleaning_what_is_clean_changes_nothing(document):
    assert clean(document) == document


def test_every_field_is_there_though_nothing_was_given():
    document = empty_document(ID, headline="x")
    assert document.keys() == {"schema", *DOCUMENT}
    assert (document["headline"], document["kind"], document["blocks"], document["lead_image"]) == (
        "x",
        "news",
        [],
        None,
    )


def test_text_is_normalised_and_lists_of_slugs_are_sorted():
    document = clean({"id": ID.upper(), "headline": " a\x00 \ud800b\n", "topics": ["b", "a", "b"], "tags": [2026]})
    assert (document["id"], document["headline"], document["topics"], document["tags"]) == (
        ID,
        "a b",
        ["a", "b"],
        ["2026"],
    )


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"id": ""}, ("id", "It must not be empty.")),
        ({"id": "x"}, ("id", "“x” is not an id.")),
        ({"id": ["x"]}, ("id", "“list” is not an id.")),
        ({"story": "x"}, ("story", "There is no such field.")),
        ({"st\ud800\x00": "x"}, ("st", "There is no such field.")),
        ({"schema": 99}, ("schema", "Schema 99 is not known here.")),
        ({"schema": "\ud800"}, ("schema", "Schema str is not known here.")),
        ({"headline": 1.5}, ("headline", "It must be text.")),
        ({"headline": True}, ("headline", "It must be text.")),
        ({"headline": ["x"]}, ("headline", "It must be text.")),
        ({"headline": 10**5000}, ("headline", "It must be text.")),
        ({"headline": "x" * 251}, ("headline", "At most 250 characters.")),
        ({"kicker": "x" * 101}, ("kicker", "At most 100 characters.")),
        ({"standfirst": "x" * 20_001}, ("standfirst", "At most 20000 characters.")),
        ({"slug": "\u0958" * 60}, ("slug", "At most 100 characters.")),
        ({"slug": "a/b"}, ("slug", "“a/b”: use letters, digits, hyphens and underscores.")),
        ({"language": "english!"}, ("language", "“english!”: not a language code such as en, ru or pt-BR.")),
        ({"kind": "story"}, ("kind", "“story” is not one of: news, breaking, summary, explainer, analysis, opinion, "
                                     "questions, page.")),
        ({"kind": [[]]}, ("kind", "“list” is not one of: news, breaking, summary, explainer, analysis, opinion, "
                                  "questions, page.")),
        ({"translation_of": 7}, ("translation_of", "“int” is not an id.")),
        ({"translation_of": ID}, ("translation_of", "A story is no translation of itself.")),
        ({"lead_image": "x"}, ("lead_image", "It must have fields.")),
        ({"lead_image": PICTURE | {"file": "../x.jpg"}},
         ("lead_image.file", "“../x.jpg”: not the name of a picture's file.")),
        ({"lead_image": PICTURE | {"width": 1.5}}, ("lead_image.width", "It must be a number of pixels.")),
        ({"lead_image": PICTURE | {"decorative": 1}}, ("lead_image.decorative", "Write true or false.")),
        ({"lead_image": PICTURE | {"decorative": "perhaps"}}, ("lead_image.decorative", "Write true or false.")),
        ({"ai_label": []}, ("ai_label", "Write true or false.")),
        ({"ai_review": "x"}, ("ai_review", "It must have fields.")),
        ({"ai_review": {"reviewed_at": "1 March"}},
         ("ai_review.reviewed_at", "“1 March” is not an instant such as 2025-02-28T15:00:00Z.")),
        ({"ai_review": {"reviewed_at": "2025-03-01T09:00:00"}},
         ("ai_review.reviewed_at", "Say in which time zone: Z at its end is UTC, +03:00 is Istanbul.")),
        ({"ai_review": {"reviewed_at": "0001-01-01T00:00:00+03:00"}},
         ("ai_review.reviewed_at", "“0001-01-01 00:00:00+03:00” is not an instant such as 2025-02-28T15:00:00Z.")),
        ({"correction": {"wrong": "a", "right": "b", "severity": "x"}},
         ("correction.severity", "“x” is not one of: critical, major, normal.")),
        ({"authors": {"slug": "x"}}, ("authors", "It must be a list.")),
        ({"authors": ["x"]}, ("authors.0", "It must have fields.")),
        ({"authors": [{"role": "x"}]}, ("authors.0.slug", "It must not be empty.")),
        ({"authors": [{"slug": "x"}] * 2}, ("authors.1.slug", "“x” is there twice.")),
        ({"topics": "x"}, ("topics", "It must be a list.")),
        ({"topics": ["x"] * 2001}, ("topics", "It must be a list of at most 2000.")),
        ({"tags": ["a b"]}, ("tags.0", "“a b”: use letters, digits, hyphens and underscores.")),
        ({"blocks": [1]}, ("blocks.0", "A block needs a type: text, figure, quote, post, key_point, question, event.")),
        ({"blocks": {}}, ("blocks", "It must be a list.")),
        (block(type=[]), ("blocks.0", "A block needs a type: text, figure, quote, post, key_point, question, event.")),
        (block(type="figure", picture="x"), ("blocks.0.picture", "It must have fields.")),
        (block(type="text", html=5.0), ("blocks.0.html", "It must be text.")),
        (block(type="text", html="&" * 45_000), ("blocks.0.html", "At most 200000 characters.")),
        (block(type="text", words="x"), ("blocks.0.words", "There is no such field.")),
        (block(type="post", posted_at="25:00"),
         ("blocks.0.posted_at", "“25:00” is not a time of day: write it like 14:05.")),
        (block(type="post", posted_at="14:05+03:00"), ("blocks.0.posted_at", "Write the time in UTC.")),
        (block(type="post", url="example.org"), ("blocks.0.url", "“example.org” is not a web address.")),
        (block(type="post", url="javascript:x"), ("blocks.0.url", "“javascript:x” is not a web address.")),
        (block(type="post", url="http://[x"), ("blocks.0.url", "“http://[x” is not a web address.")),
        (block(type="event", date="2025-02-30"),
         ("blocks.0.date", "“2025-02-30”: Write a year, a month or a day: 1962, 1962-10 or 1962-10-16.")),
        (block(type="event", date="0000"),
         ("blocks.0.date", "“0000”: Write a year, a month or a day: 1962, 1962-10 or 1962-10-16.")),
        ({"blocks": [{"id": ID, "type": "text"}, {"id": ID, "type": "event"}]},
         ("blocks.1.id", f"“{ID}” is there twice.")),
        ({"citations": [{}]}, ("citations.0.key", "It must not be empty.")),
        ({"citations": [{"key": "xyz"}]}, ("citations.0.key", "“xyz”: a key is 12 hexadecimal digits.")),
        (citation(source={"slug": "", "name": "x"}), ("citations.0.source.slug", "It must not be empty.")),
        (citation(obtained="x"), ("citations.0.obtained", "“x” is not one of: statement, interview, document, post, "
                                                          "broadcast, court, dataset, report, observed.")),
        (citation(accessed_on="2025-02"),
         ("citations.0.accessed_on", "“2025-02” is not a day: write it like 2025-02-28.")),
    ],
)  # fmt: skip
def test_what_cannot_be_accepted_is_told_with_its_place(values, problem):
    assert problem in problems(**values)


@pytest.mark.parametrize("document", [None, [], "x", 7, 1.5])
def test_a_document_is_an_object(document):
    with pytest.raises(DocumentError, match="document: It must be an object"):
        clean(document)


def test_one_bad_field_has_one_problem():
    assert len(problems(citations=[{"key": "xyz"}], authors=["x"], blocks=[{"id": "x", "type": "text"}])) == 3


def paths(shape=None):
    """The places of a document, each as the keys that lead there."""
    for name in [*DOCUMENT, "schema"]:
        yield (name,)
    for kind, fields in BLOCK_FIELDS.items():
        for name in ["id", "type", *fields]:
            yield "blocks", kind, name
    for name in module.CITATION:
        yield "citations", "", name
    for name in module.SOURCE:
        yield "citations", "source", name


def with_junk(path, value):
    document = {"id": ID}
    if len(path) == 1:
        return document | {path[0]: value}
    rows, kind, name = path
    if rows == "blocks":
        return document | {"blocks": [{"id": ID, "type": kind, name: value}]}
    if kind:
        return document | {"citations": [{"key": KEY, "source": {"slug": "x", name: value}}]}
    return document | {"citations": [{"key": KEY, name: value}]}


def outcome(document):
    """Return (cleaned document, None), or (None, what was said)."""
    try:
        return clean(document), None
    except DocumentError as error:
        return None, str(error)


@given(path=st.sampled_from(list(paths())), value=junk)
@example(path=("kind",), value=[[[]]])
@example(path=("blocks", "text", "html"), value="\u0958" * 100_000)
def test_junk_anywhere_is_cleaned_or_told_in_sentences(path, value):
    document, error = outcome(with_junk(path, value))
    if error:
        assert error.encode()
    else:
        assert clean(document) == document
        assert canonical(document).encode()


@given(document=st.dictionaries(st.text(max_size=3) | st.sampled_from(sorted(DOCUMENT)), junk, max_size=4))
def test_junk_for_a_document_is_told_in_sentences(document):
    _, error = outcome(document)
    assert error is None or error.encode()


def test_a_citation_has_a_source_or_an_unnamed_one():
    unnamed = {"descriptor": "an official", "reason": "safety"}
    both = clean({"id": ID} | citation(source={"slug": "x"}, unnamed=unnamed))
    neither = clean({"id": ID} | citation(unnamed={"descriptor": "", "reason": " "}))
    assert both["citations"][0]["unnamed"] is None
    assert neither["citations"][0]["unnamed"] is None


def test_an_empty_correction_is_none():
    assert clean({"id": ID, "correction": {"wrong": " ", "right": "", "severity": "major"}})["correction"] is None


def test_dates_and_times_have_one_form():
    day = clean({"id": ID} | citation(accessed_on=datetime.date(2025, 2, 28)))["citations"][0]["accessed_on"]
    times = [
        clean({"id": ID} | block(type="post", posted_at=value))["blocks"][0]["posted_at"]
        for value in (datetime.time(14, 5), "14:05", "14:05:00.5", "14:05:00Z", "00:00", None)
    ]
    assert day == "2025-02-28"
    assert times == ["14:05:00", "14:05:00", "14:05:00", "14:05:00", "00:00:00", ""]


def test_instants_are_in_utc_to_the_second_and_flags_are_read_from_words():
    aware = datetime.datetime(2025, 3, 1, 12, tzinfo=datetime.timezone(datetime.timedelta(hours=3)))
    given = ["2025-03-01T12:00:00.5+03:00", "2025-03-01T09:00:00Z", aware]
    reviews = [clean({"id": ID, "ai_review": {"reviewed_at": instant}})["ai_review"] for instant in given]
    assert {review["reviewed_at"] for review in reviews} == {"2025-03-01T09:00:00Z"}
    flags = [clean({"id": ID, "ai_label": value})["ai_label"] for value in ("true", "Yes", True, "no", "", None, False)]
    assert flags == [True, True, True, False, False, False, False]


def test_a_review_that_says_nothing_is_none():
    assert clean({"id": ID, "ai_review": {"reviewer": "", "statement": " "}})["ai_review"] is None


def test_a_block_without_id_gets_one():
    made = clean({"id": ID, "blocks": [{"type": "text"}, {"type": "text"}]})["blocks"]
    assert len({uuid.UUID(row["id"]) for row in made}) == 2


def older(monkeypatch):
    """Pretend that documents were once of schema 0, in which the headline was called title."""
    monkeypatch.setitem(
        module.MIGRATIONS, 0, lambda old: {"headline": old["title"], **{k: v for k, v in old.items() if k != "title"}}
    )


def test_an_older_document_is_migrated_when_it_is_read(monkeypatch):
    older(monkeypatch)
    old = {"schema": 0, "id": ID, "title": "Gate"}
    assert upgraded(old)["headline"] == clean(old)["headline"] == "Gate"
    assert "title" not in upgraded(old)
    assert old == {"schema": 0, "id": ID, "title": "Gate"}


def test_what_schema_1_did_not_say_of_machines_and_pictures_is_left_open():
    gate = {"id": new_id(), "file": "", "width": None, "height": None, "alt": "A gate", "caption": "", "credit": "A."}
    figure = {"id": new_id(), "type": "figure", "picture": gate, "caption": ""}
    expected = empty_document(ID, lead_image=gate, blocks=[figure], ai_use="translated")
    old = copy.deepcopy(expected) | {"schema": 1}
    for picture in (old["lead_image"], old["blocks"][0]["picture"]):
        del picture["decorative"], picture["source_type"]
    del old["ai_review"], old["ai_label"]
    now = upgraded(old)
    assert (
        now == clean(old | {"schema": 1}) == empty_document(ID, lead_image=gate, blocks=[figure], ai_use="translated")
    )
    assert now["lead_image"] == now["blocks"][0]["picture"] == gate | {"decorative": False, "source_type": ""}
    assert (now["ai_review"], now["ai_label"]) == (None, False)


@pytest.mark.django_db
def test_a_stored_version_is_not_rewritten_for_a_new_schema(monkeypatch, editor):
    version = make_published(by=editor, headline="Gate")
    older(monkeypatch)
    old = {k: v for k, v in version.document.items() if k != "headline"} | {"schema": 0, "title": "Gate"}
    Version.objects.update(document=old)
    version.refresh_from_db()
    assert upgraded(version.document)["headline"] == "Gate"
    assert version.document == old


def test_citations_are_numbered_in_reading_order_then_the_others():
    document = make_cited(f'<p>a<cite data-key="{OTHER_KEY}"></cite>b<cite data-key="{"0" * 12}"></cite></p>')
    assert cited_keys(document) == [OTHER_KEY, "0" * 12]
    assert [(row["key"], row["number"]) for row in numbered_citations(document)] == [(OTHER_KEY, 1), (KEY, 2)]


def make_cited(html):
    return clean({"id": ID, "citations": [{"key": KEY}, {"key": OTHER_KEY}]} | block(type="text", html=html))


def test_plain_text_is_what_readers_read():
    document = clean({"id": ID} | block(type="text", html="<h2>R&amp;D</h2><p>a<b>b</b> &lt;c&gt;<br>d</p>"))
    assert plain_text(document) == "R&D ab <c> d"
    assert word_count(document) == 4


def test_canonical_text_is_sorted_and_knows_no_float():
    assert canonical({"b": "ä", "a": [1, None]}) == '{"a":[1,null],"b":"ä"}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical(float("nan"))


@pytest.mark.django_db
@given(document=documents())
def test_the_fingerprint_survives_the_database(document):
    with scratch():
        story = Story.objects.create(id=uuid.UUID(document["id"]))
        revision = Revision.objects.create(
            story=story, document=document, created_at=datetime.datetime.now(datetime.UTC)
        )
        stored = Revision.objects.get(pk=revision.pk).document
    assert stored == document
    assert canonical(stored) == canonical(document)
    assert fingerprint(stored) == fingerprint(document)


@pytest.mark.django_db
@given(document=documents())
def test_a_document_written_to_a_story_comes_back_the_same(document):
    with scratch():
        story = make_rows(document)
        write_to_story(document, story)
        assert document_from_story(story) == document


@pytest.mark.django_db
@given(before=documents(id=ID), after=documents(id=ID))
def test_a_document_written_over_another_comes_back_the_same(before, after):
    with scratch():
        story = make_rows(before)
        write_to_story(before, story)
        Story.objects.filter(pk=story.pk).update(lead_image=None)
        story.lead_image = None
        make_rows(after, story)
        write_to_story(after, story)
        assert document_from_story(story) == after


@pytest.fixture
def story(db):
    return Story.objects.create()


def text(words, pk=None):
    return {"id": pk or new_id(), "type": "text", "html": f"<p>{words}</p>"}


def document_of(story, **values):
    return empty_document(story.pk, **values)


def test_blocks_are_written_in_place_by_id(story):
    first, second, third = text("one"), text("two"), text("three")
    write_to_story(document_of(story, blocks=[first, second, third]), story)
    write_to_story(document_of(story, blocks=[third, {**first, "html": "<p>new</p>"}]), story)
    rows = [(str(row.pk), row.html) for row in Text.objects.filter(parent=story).order_by("ordering")]
    assert rows == [(third["id"], "<p>three</p>"), (first["id"], "<p>new</p>")]


def test_citations_are_written_in_place_by_key(story):
    source = make_source()
    named = {"slug": source.slug, "name": source.name}
    write_to_story(document_of(story, citations=[{"key": KEY, "source": named}, {"key": OTHER_KEY}]), story)
    pk = Citation.objects.get(key=KEY).pk
    write_to_story(document_of(story, citations=[{"key": KEY, "unnamed": {"descriptor": "an official"}}]), story)
    kept = Citation.objects.get()
    assert (kept.pk, kept.source, kept.descriptor) == (pk, None, "an official")


def test_authors_keep_the_order_of_the_document(story):
    Author.objects.create(name="A", slug="a")
    Author.objects.create(name="B", slug="b")
    write_to_story(document_of(story, authors=[{"slug": "b", "role": "x"}, {"slug": "a"}]), story)
    write_to_story(document_of(story, authors=[{"slug": "a"}, {"slug": "b"}]), story)
    assert [(row.author.slug, row.role) for row in story.credits.all()] == [("a", ""), ("b", "")]


def test_fields_that_are_not_the_documents_are_left_alone(story):
    Story.objects.filter(pk=story.pk).update(slugline="set meanwhile")
    write_to_story(document_of(story, headline="x"), story)
    story.refresh_from_db()
    assert (story.headline, story.slugline) == ("x", "set meanwhile")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"topics": ["x"]}, "topics: There is no topic “x”."),
        ({"tags": ["x"]}, "tags: There is no tag “x”."),
        ({"authors": [{"slug": "x"}]}, "authors: There is no author “x”."),
        ({"citations": [{"key": KEY, "source": {"slug": "x"}}]}, "citations: There is no source “x”."),
        ({"citations": [{"key": KEY, "via": {"slug": "x"}}]}, "citations: There is no source “x”."),
        ({"lead_image": PICTURE}, f"pictures: There is no picture {ID}."),
        ({"translation_of": ID}, f"translation_of: There is no story {ID}."),
    ],
)
def test_what_a_document_names_must_exist(story, values, sentence):
    before = document_of(story, headline="Before", blocks=[text("before")])
    write_to_story(before, story)
    with pytest.raises(DocumentError) as error:
        write_to_story(document_of(story, headline="After", **values), story)
    assert str(error.value) == sentence
    story.refresh_from_db()
    assert document_from_story(story) == before


def test_a_block_of_another_story_is_refused(story):
    theirs = make_revision().document["blocks"][0]
    with pytest.raises(DocumentError, match=f"The block {theirs['id']} belongs to another story"):
        write_to_story(document_of(story, blocks=[theirs]), story)
    assert str(Text.objects.get().pk) == theirs["id"]


def test_a_block_that_changes_its_type_is_refused(story):
    row = text("one")
    write_to_story(document_of(story, blocks=[row]), story)
    with pytest.raises(DocumentError, match=f"The block {row['id']} is of another type"):
        write_to_story(document_of(story, blocks=[{"id": row["id"], "type": "question"}]), story)
    assert not Question.objects.exists()


def test_a_citation_key_of_another_story_is_refused(story):
    theirs = make_revision().document["citations"][0]
    with pytest.raises(DocumentError, match=f"The citation key {theirs['key']} belongs to another story"):
        write_to_story(document_of(story, citations=[theirs]), story)


def test_the_document_of_another_story_is_refused(story):
    with pytest.raises(DocumentError, match=f"This is the document of another story, {ID}"):
        save_document(empty_document(ID), story)


def test_a_story_is_read_in_few_queries_whatever_its_size(db, django_assert_max_num_queries):
    document = make_document(blocks=[text(f"{number}") for number in range(30)])
    story = make_rows(document)
    write_to_story(document, story)
    with django_assert_max_num_queries(12):
        document_from_story(Story.objects.get(pk=story.pk))


def test_rows_are_made_for_every_term(db):
    """The property above is worth something only if documents name terms at all."""
    source = {"slug": "s", "name": "S"}
    document = empty_document(
        ID, topics=["t"], tags=["g"], authors=[{"slug": "a"}], lead_image=PICTURE,
        citations=[{"key": KEY, "source": source}],
    )  # fmt: skip
    make_rows(document)
    assert [model.objects.count() for model in (Topic, Tag, Author, Source, Picture)] == [1] * 5
