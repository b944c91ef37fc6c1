"""Each check with a text that passes it and texts that do not."""

import datetime
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stories.publishing import preflight
from stories.publishing.document import clean, new_id
from stories.publishing.preflight import Context
from stories.publishing.preflight.context import Approval
from tests.factories import (
    utc,
)
from tests.strategies import documents

KEY, OTHER = "00000000000a", "00000000000b"
OWN = "5a1c2a52-7d0a-4f5e-8a39-6c2b9d1f0c01"
HOUR = datetime.timedelta(hours=1)
CITE = f'<cite data-key="{KEY}"></cite>'
PICTURE = {"id": new_id(), "alt": "A gate", "credit": "A. Photographer", "source_type": "digitalCapture"}

TABLE = "<table><tr><th>Year</th></tr><tr><td>2025</td></tr></table>"
REVIEW = {"reviewer": "Ada", "reviewed_at": "2025-03-01T09:00:00Z", "statement": "Compared line by line."}


def source(slug="office", **values):
    return {"slug": slug, "name": slug.capitalize(), **values}


def citation(key=KEY, **values):
    return {"key": key, "source": source(), "obtained": "statement", "published_on": "2025-02-28", **values}


def unnamed(descriptor="an official who attended", reason="not cleared to speak", **values):
    return citation(source=None, unnamed={"descriptor": descriptor, "reason": reason}, **values)


def text(html):
    return {"type": "text", "html": html}


def quote(words="The gate is open.", attribution=CITE, **values):
    return {"type": "quote", "words": words, "attribution": attribution, **values}


def post(**values):
    return {
        "type": "post",
        "account": "Harbour Watch",
        "platform": "X",
        "words": "GATE OPEN",
        "posted_on": "2025-02-28",
        "posted_at": "14:05",
        "url": "https://posts.example/1",
        "note": CITE,
    } | values


def document(**values):
    """Return a document that passes every check, with `values` instead of some of its fields."""
    return clean(
        {
            "id": new_id(),
            "language": "en",
            "kind": "explainer",
            "headline": "Gates open",
            "slug": "gates-open",
            "standfirst": "What the office did.",
            "interest_note": "None.",
            "authors": [{"slug": "desk"}],
            "blocks": [text(f"<p>The gate is open.{CITE}</p>")],
            "citations": [citation()],
        }
        | values,
        draft=True,
    )


def found(context=preflight.UNKNOWN, **values):
    """Return [(check, place, words)] of what is found in a document of `values`."""
    checks = preflight.BLOCKERS + preflight.WARNINGS
    return [(f.check, f.place, f.words) for f in preflight.findings(checks, document(**values), context)]


def names(*args, **values):
    return {check for check, _place, _words in found(*args, **values)}


# {check: (fields that pass, fields that do not …)}, each beside the document above, which passes all.
TEXTS = {
    "all_is_written_out": (
        {"blocks": [post(url="https://x.example/1", posted_on="2025-02", posted_at="14:05:00", language="ru")]},
        {"language": "plain English"},
        {"blocks": [post(url="https://x")]},
        {"blocks": [post(posted_on="28 February")]},
        {"blocks": [post(posted_at="noon")]},
        {"blocks": [quote("A", language="?")]},
        {"blocks": [{"id": new_id(), "type": "event", "date": "2025-13", "detail": "<p>A</p>"}]},
        {"citations": [citation(url="javascript:alert(1)")]},
        {"citations": [citation(archived_url="www")]},
        {"citations": [citation(published_on="2025-02-3")]},
        {"citations": [citation(accessed_on="yesterday")]},
    ),
    "has_headline": ({"headline": "Gates open"}, {"headline": ""}),
    "has_language": ({"language": "tr"}, {"language": ""}),
    "has_slug": ({"slug": "gates"}, {"slug": ""}),
    "has_author": ({"authors": [], "kind": "page"}, {"authors": []}),
    "has_body": ({"blocks": [text("<p>Open.</p>")]}, {"blocks": []}, {"blocks": [text(f"<p>{CITE}</p>")]}),
    "kind_is_told": (
        {"kicker": "Opinion", "kind": "opinion"},
        {"kicker": "Opinion"},
        {"headline": "Analysis: the gate"},
        {"kicker": "Мнение", "language": "ru"},
        {"kicker": "Yorum", "language": "tr", "kind": "news"},
        {"kicker": "Op-ed", "language": "de"},
    ),
    "has_source": ({"citations": [], "kind": "opinion", "blocks": [text("<p>So.</p>")]}, {"citations": []}),
    "markers_have_citations": (
        {"blocks": [text(f"<p>Open.{CITE}</p>")]},
        {"blocks": [text(f"<p>Open.{CITE.replace(KEY, OTHER)}</p>")]},
        {"blocks": [{"type": "event", "detail": CITE.replace(KEY, OTHER)}]},
    ),
    "quotations_are_cited": (
        {"blocks": [quote()], "citations": [citation(quote="The gate is open.")]},
        {"blocks": [quote(attribution="The office")]},
        {"blocks": [quote()], "citations": [citation(obtained="")]},
        {"blocks": [quote()], "citations": [citation(published_on="")]},
    ),
    "parts_are_finished": (
        {
            "blocks": [
                {"type": "key_point", "label": "Open", "detail": "<p>At last.</p>"},
                {"type": "question", "question": "Why?", "answer": "<p>So.</p>"},
                quote(),
            ]
        },
        {"blocks": [{"type": "key_point", "icon": "⚓", "detail": "<p>At last.</p>"}]},
        {"blocks": [{"type": "question", "answer": "<p>So.</p>"}]},
        {"blocks": [quote(words="")]},
    ),
    "posts_are_told": (
        {"blocks": [post(url="")]},
        {"blocks": [post(account="")]},
        {"blocks": [post(platform="")]},
        {"blocks": [post(words="")]},
        {"blocks": [post(url="", note="Seen.")]},
    ),
    "posts_can_be_checked": (
        {"blocks": [post()], "citations": [citation(archived_url="https://archive.example/1")]},
        {"blocks": [post()]},
        {"blocks": [post(url="")], "citations": [citation(archived_url="https://archive.example/1")]},
        {"blocks": [post(posted_at="")], "citations": [citation(archived_url="https://archive.example/1")]},
        {"blocks": [post(posted_on="")], "citations": [citation(archived_url="https://archive.example/1")]},
    ),
    "sources_are_told": (
        {"citations": [unnamed()]},
        {"citations": [unnamed(reason="")]},
        {"citations": [unnamed(descriptor="")]},
        {"citations": [unnamed(descriptor="a source")]},
        {"citations": [unnamed(descriptor="an official")]},
        {"citations": [unnamed(descriptor="several anonymous sources")]},
        {"citations": [unnamed(descriptor="некий неназванный источник")], "language": "ru"},
        {"citations": [unnamed(descriptor="adı açıklanmayan bir kaynak")], "language": "tr"},
        {"citations": [citation(source=None)]},
    ),
    "plurals_are_true": (
        {"citations": [unnamed(), unnamed(key=OTHER)], "blocks": [text("<p>Two sources say it is open.</p>")]},
        {"citations": [unnamed()], "blocks": [text("<p>Sources say it is open.</p>")]},
        {"citations": [unnamed()], "blocks": [text("<p>It opens, according to senior officials.</p>")]},
        {"citations": [unnamed()], "blocks": [text("<p>People familiar with the matter said so.</p>")]},
        {"citations": [unnamed()], "language": "ru", "blocks": [text("<p>Источники в порту сообщили об этом.</p>")]},
        {"citations": [unnamed()], "language": "tr", "blocks": [text("<p>Kaynaklar kapının açıldığını söyledi.</p>")]},
        {"citations": [unnamed()], "language": "de", "blocks": [text("<p>officials say</p>")]},
    ),
    "is_more_than_one_source": (
        {"kind": "news", "citations": [citation(), citation(OTHER, source=source("port"))]},
        {"kind": "news"},
        {"kind": "breaking", "citations": [citation(), citation(OTHER)]},
        {
            "kind": "news",
            "citations": [citation(via=source("port")), citation(OTHER, source=source("port"))],
        },
    ),
    "passages_are_cited": (
        {"blocks": [text(f"<p>“The gate will be open all night.”{CITE} It is a “big gate”.</p>")]},
        {"blocks": [text(f"<p>“The gate will be open all night.”</p><p>So.{CITE}</p>")]},
        {"blocks": [text("<p>«Ворота будут открыты всю ночь, сказали нам»</p>")], "language": "ru"},
        {"blocks": [text("<p>Open.</p><blockquote><p>All night.</p></blockquote>")]},
        {"blocks": [{"type": "question", "question": "So?", "answer": '<p>"We will open it at night."</p>'}]},
    ),
    "quotations_are_exact": (
        {"blocks": [quote("The […] gate is open!")], "citations": [citation(quote="“The north gate is open”")]},
        {"blocks": [quote("The gate is shut.")], "citations": [citation(quote="The gate is open.")]},
        {"blocks": [quote("The gate open.")], "citations": [citation(quote="The gate is open.")]},
        {"blocks": [post(words="GATE SHUT")], "citations": [citation(quote="GATE OPEN")]},
    ),
    "pictures_are_described": (
        {"lead_image": PICTURE},
        {"lead_image": PICTURE | {"alt": ""}},
        {"lead_image": PICTURE | {"credit": ""}},
        {"lead_image": PICTURE | {"source_type": ""}},
        {"lead_image": PICTURE | {"credit": "", "decorative": True}},
        {"blocks": [text("<p>Open.</p>"), {"type": "figure", "picture": PICTURE | {"alt": ""}}]},
    ),
    "machine_text_is_checked": (
        {"ai_use": "translated", "ai_review": REVIEW},
        {"ai_use": "translated"},
        {"ai_use": "generated"},
        {"ai_use": "generated", "ai_review": REVIEW | {"statement": ""}},
        {"ai_use": "generated", "ai_review": REVIEW | {"reviewer": ""}},
        {"ai_use": "translated", "ai_review": REVIEW | {"reviewed_at": ""}},
    ),
    "nothing_is_to_come": (
        {
            "blocks": [
                text("<p>Flight TK 1234 to the XXX Olympiad in Hatay, a TKO, 10 XXL shirts.</p>"),
                quote("We fly TK."),
                post(words="Fly TK, always", handle="@TK_news"),
            ],
            "citations": [citation(quote="We fly TK.")],
            "authors": [{"slug": "desk", "role": "TKO expert"}],
        },
        {"headline": "Gates open TK"},
        {"standfirst": "TK: one sentence."},
        {"blocks": [text("<p>TKTK ships waited.</p>")]},
        {"blocks": [text("<p>It cost $XX million.</p>")]},
        {"blocks": [text("<p>It has XXX gates.</p>")]},
        {"blocks": [text("<p>Ворота ХХХХ.</p>")], "language": "ru"},
        {"blocks": [text("<p>Ворота [уточнить].</p>")], "language": "ru"},
        {"blocks": [text("<p>Kapı [eklenecek].</p>")], "language": "tr"},
        {"blocks": [text("<p>Lorem ipsum dolor.</p>")]},
        {"blocks": [{"type": "key_point", "label": "TK"}]},
        {"blocks": [quote("The gate [tk check the tape] is open.")]},
        {"blocks": [quote("TK")]},
        {"blocks": [quote("“TKTK.”")]},
        {"blocks": [quote("ТК")], "language": "ru"},
        {"blocks": [post(words="TK.")]},
        {"blocks": [post(handle="@TK")]},
        {"blocks": [post(platform="TK")]},
        {"citations": [citation(quote="TK")]},
        {"citations": [citation(source=source(handle="@TK"))]},
        {"authors": [{"slug": "desk", "role": "photographs TK"}]},
        {"citations": [citation(terms="TK")]},
        {"lead_image": PICTURE | {"alt": "TK"}},
    ),
    "links_say_something": (
        {"blocks": [text('<p><a href="https://a.example/">The register</a></p>')]},
        {"blocks": [text('<p><a href="https://a.example/">→</a> Open.</p>')]},
        {"blocks": [{"type": "event", "detail": '<a href="https://a.example/">\u200b</a> Open.'}]},
    ),
    "links_tell_where": (
        {"blocks": [text('<p><a href="https://a.example/">The register</a></p>')]},
        {"blocks": [text('<p>Look <a href="https://a.example/">here</a>.</p>')]},
        {"blocks": [text('<p><a href="https://a.example/"><em>Click here!</em></a></p>')]},
        {"blocks": [text('<p><a href="https://a.example/">здесь</a></p>')], "language": "ru"},
        {"blocks": [text('<p><a href="https://a.example/">tıklayın</a></p>')], "language": "tr"},
        {"blocks": [text('<p><a href="https://a.example/">here</a></p>')], "language": "de"},
    ),
    "tables_have_heads": (
        {"blocks": [text(TABLE)]},
        {"blocks": [text("<table><tr><td>Year</td></tr><tr><td>2025</td></tr></table>")]},
    ),
    "tables_are_named": (
        {"blocks": [text(f"<p>Gates by year{CITE}</p>{TABLE}<h2>Gates by port</h2>{TABLE}<h3>Others</h3>{TABLE}")]},
        {"blocks": [text("<p>Gates by year</p>"), text(TABLE)]},
        {"blocks": [text(f"<p>Gates by year</p>{TABLE}{TABLE}")]},
        {"blocks": [text(f"<ul><li>Gates by year</li></ul>{TABLE}")]},
        {"blocks": [text(f"<p>{CITE}…</p>{TABLE}")]},
    ),
    "headings_are_in_order": (
        {"blocks": [text("<p>A</p><h2>B</h2><h3>C</h3>"), text("<h3>D</h3>")]},
        {"blocks": [text("<p>A</p>"), text("<h3>B</h3><h2>C</h2>")]},
    ),
    "languages_are_marked": (
        {"blocks": [quote("Ворота открыты.", language="ru")]},
        {"blocks": [quote("Ворота открыты.")]},
        {"blocks": [post(words="Gates open")], "language": "ru"},
        {"blocks": [text("<p>Ворота открыты, и корабли идут в порт один за другим, сказали нам.</p>")]},
    ),
    "has_standfirst": ({"standfirst": "", "kind": "page"}, {"standfirst": ""}),
    "has_short_headline": ({"headline": "g" * 110}, {"headline": "g" * 111}),
    "interests_are_told": ({"interest_note": "None."}, {"interest_note": ""}),
}
# Of the desk's own facts: (context that passes, contexts that do not …) and the fields of the document.
NOW = utc(2025, 3, 1)
APPROVED = Approval(basis="direct", factual=True, approver=True, author="other")
FACTS = {
    "notes_are_resolved": ({}, Context(open_notes=0), Context(open_notes=1), Context(open_notes=2)),
    "cited_embargoes_are_kept": (
        {"citations": [citation(via=source("port"))]},
        Context(source_embargoes={"office": NOW, "port": NOW}, at=NOW),
        Context(source_embargoes={"office": NOW}, at=NOW - HOUR),
        Context(source_embargoes={"port": NOW}, at=NOW - HOUR),
    ),
    "embargo_is_kept": ({}, Context(embargo=NOW, at=NOW), Context(embargo=NOW, at=NOW - HOUR)),
    "unnamed_are_approved": (
        {"citations": [unnamed()]},
        Context(approvals={KEY: APPROVED}, persons=frozenset(["desk"])),
        Context(approvals={KEY: APPROVED}, persons=frozenset()),
        *(
            Context(approvals={KEY: Approval(**{**vars(APPROVED), **lacking})}, persons=frozenset(["desk"]))
            for lacking in ({"basis": ""}, {"factual": False}, {"approver": False}, {"author": "desk"})
        ),
    ),
}


def test_the_document_that_the_texts_are_tried_on_passes_all():
    assert found() == []
    assert preflight.state(document()) == (0, 0)


def test_each_check_is_tried():
    checks = [check.__name__ for check, _code, _why in preflight.BLOCKERS + preflight.WARNINGS]
    assert sorted(checks) == sorted([*TEXTS, *FACTS])


@pytest.mark.parametrize("check", TEXTS)
def test_a_text_passes(check):
    assert check not in names(**TEXTS[check][0])


@pytest.mark.parametrize(("check", "fields"), [(check, fields) for check in TEXTS for fields in TEXTS[check][1:]])
def test_a_text_does_not_pass(check, fields):
    assert check in names(**fields)


@pytest.mark.parametrize("check", FACTS)
def test_a_fact_passes(check):
    fields, passing, *_failing = FACTS[check]
    assert check not in names(passing, **fields)
    assert check not in names(preflight.UNKNOWN, **fields)


@pytest.mark.parametrize(("check", "context"), [(check, each) for check, facts in FACTS.items() for each in facts[2:]])
def test_a_fact_does_not_pass(check, context):
    assert check in names(context, **FACTS[check][0])


# Sentences, places, words


def test_a_finding_names_the_block_the_words_and_the_rule():
    html = '<p>Look <a href="https://a.example/">here</a>.</p>'
    [finding] = preflight.warnings(document(blocks=[{"id": PICTURE["id"], **text(html)}]))
    assert (finding.place, finding.words, finding.code) == (f"blocks.{PICTURE['id']}.html", ("here",), "PF19")
    assert finding.sentence == "A link does not say where it leads."
    assert finding.why == "Read out of the text, “here” leads nowhere."


def test_a_citation_of_nobody_yet_is_asked_for_its_source_and_no_more():
    [finding] = preflight.findings(preflight.BLOCKERS, document(citations=[citation(source=None)]))
    assert finding.place == f"citations.{KEY}.source"
    assert finding.sentence == "Choose a source, or describe the unnamed one."


@pytest.mark.parametrize(
    ("block", "field"),
    [
        ({"type": "key_point", "icon": "⚓", "label": "TK", "detail": "<p>Open.</p>"}, "label"),
        ({"type": "key_point", "label": "Open", "detail": "<p>TK</p>"}, "detail"),
        ({"type": "event", "date": "1962", "detail": "<p>TK</p>"}, "detail"),
        ({"type": "question", "question": "Why?", "answer": "<p>TK</p>"}, "answer"),
        (quote("TK"), "words"),
        (quote(attribution=f"TK{CITE}"), "attribution"),
        (quote(words=""), "words"),
        (post(words=""), "words"),
        (post(handle="@TK"), "handle"),
    ],
)
def test_a_finding_in_a_block_names_the_very_field(block, field):
    [finding] = preflight.findings(preflight.BLOCKERS, document(blocks=[text("<p>Open.</p>"), block | {"id": OWN}]))
    assert finding.place == f"blocks.{OWN}.{field}"


def test_what_readers_have_without_a_label_is_put_right_as_it_stands():
    told = document(blocks=[text("<p>Open.</p>"), {"id": OWN, "type": "key_point", "detail": "<p>At last.</p>"}])
    assert "parts_are_finished" in names(blocks=told["blocks"])
    assert "parts_are_finished" not in names(Context(told=told), blocks=told["blocks"])
    labelled = {**told, "blocks": [told["blocks"][0], told["blocks"][1] | {"label": "Open"}]}
    assert "parts_are_finished" in names(Context(told=labelled), blocks=told["blocks"])


def test_a_table_that_readers_have_without_a_line_above_is_put_right_as_it_stands():
    told = document(blocks=[{"id": OWN, **text(TABLE)}])
    [finding] = preflight.findings(preflight.BLOCKERS, told)
    assert (finding.place, finding.check) == (f"blocks.{OWN}.html", "tables_are_named")
    assert finding.sentence == "Write a line above the table that says what it shows."
    assert "tables_are_named" not in names(Context(told=told), blocks=told["blocks"])
    named = {**told, "blocks": [told["blocks"][0] | {"html": f"<p>Gates by year</p>{TABLE}"}]}
    assert "tables_are_named" in names(Context(told=named), blocks=told["blocks"])


def test_a_finding_of_a_citation_names_it_and_what_is_missing():
    lacking = document(blocks=[quote()], citations=[citation(obtained="", published_on="")])
    [finding] = preflight.findings(preflight.BLOCKERS, lacking)
    assert finding.place == f"citations.{KEY}.obtained"
    missing = "how it was obtained, when it was published or seen by us"
    assert finding.sentence == f"Something is quoted from “Office”. Say of this citation: {missing}."


def test_a_post_tells_all_that_is_missing_in_one_sentence():
    lacking = document(blocks=[post(url="", posted_on="", posted_at="")])
    assert [finding.sentence for finding in preflight.warnings(lacking)] == [
        "The post of Harbour Watch cannot well be checked: no link, so readers see “No link given”; no day and time; no"
        " archived copy in a citation of it."
    ]


def test_a_picture_shown_twice_is_told_once():
    figure = {"type": "figure", "picture": {"id": PICTURE["id"]}}
    lacking = document(lead_image=figure["picture"], blocks=[text("<p>Open.</p>"), figure])
    [finding] = preflight.findings(preflight.BLOCKERS, lacking)
    assert finding.place == f"pictures.{PICTURE['id']}.alt"
    assert finding.sentence == (
        "A picture lacks a description, or a tick that it is decorative; a credit; how it was made. Add it there, then"
        " save the story again."
    )


def test_blockers_are_sentences_and_state_counts_both():
    lacking = document(headline="", slug="", interest_note="")
    assert preflight.blockers(lacking) == [
        "Add a headline before publishing.",
        "Add a slug, the end of the story’s address, before publishing.",
    ]
    assert preflight.state(lacking) == preflight.state(lacking)._replace(blocking=2, warning=1)


def test_sources_that_rest_on_one_another_in_a_circle_are_one():
    circle = [citation(source=source("a"), via=source("b")), citation(OTHER, source=source("b"), via=source("a"))]
    assert "is_more_than_one_source" in names(kind="news", citations=circle)


def test_a_translation_of_the_words_relied_on_is_marked_by_its_language_or_in_words():
    stored = [citation(quote="Ворота открыты.")]
    differs = "quotations_are_exact"
    assert differs in names(blocks=[quote("The gate is open.")], citations=stored)
    assert differs not in names(blocks=[quote(attribution=f"The office, our translation{CITE}")], citations=stored)
    assert differs not in names(blocks=[quote(attribution=f"перевод наш{CITE}")], language="ru", citations=stored)


def test_a_language_that_no_script_is_known_of_is_not_judged():
    blocks = [quote("Ворота открыты.")]
    for language in ("kk", "sr-Latn", "xx"):
        assert "languages_are_marked" not in names(blocks=blocks, language=language)
    assert "sources_are_told" not in names(citations=[unnamed(descriptor="港湾局職員")], language="ja")


# For each document there is

FULL = Context(open_notes=1, embargo=NOW, at=NOW - HOUR, approvals={}, persons=frozenset())


@given(documents(), st.sampled_from([preflight.UNKNOWN, FULL]))
def test_preflight_never_fails(drawn, context):
    approvals = {row["key"]: Approval() for row in drawn["citations"] if row["unnamed"]}
    context = Context(**{**vars(context), "approvals": approvals}) if context.open_notes else context
    for finding in preflight.findings(preflight.BLOCKERS + preflight.WARNINGS, drawn, context):
        kind, row, _field = [*finding.place.split("."), "", ""][:3]
        ids = {"blocks": "id", "citations": "key"}
        if kind == "authors" and row:
            assert int(row) < len(drawn["authors"])
            continue
        assert finding.sentence
        assert finding.why
        assert kind in {*drawn, "pictures", "notes", "embargo_until", "ai_statement", "ai_checked"}
        assert not row or kind == "pictures" or row in {each[ids[kind]] for each in drawn[kind]}


def test_a_long_story_is_checked_in_no_time():
    paragraph = f"<p>{'The gate was opened by the office on that day. ' * 8}“So it is, the office says.”{CITE}</p>"
    long = document(blocks=[text(paragraph * 3) for _number in range(200)])
    start = time.process_time()
    assert preflight.state(long) == (0, 0)
    assert time.process_time() - start < 1  # of the processor: some 15 ms


@pytest.mark.parametrize(
    "words", ["sources " * 20_000, "sources" + "." * 100_000, "kaynaklar " + "a" * 100_000, "“" * 50_000, '"' * 50_001]
)
def test_no_text_takes_long(words):
    start = time.process_time()
    preflight.state(document(blocks=[text(f"<p>{words}</p>")], citations=[unnamed()], language="xx"))
    assert time.process_time() - start < 2
