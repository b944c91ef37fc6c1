import re

import pytest
from django.utils import timezone

from stories.models import Source, TagFiling, Version
from stories.publishing.document import clean, new_id
from stories.publishing.imports import import_versions
from stories.publishing.working_copy import picture_document
from stories.site.body import Body
from stories.site.story import render_story
from tests.factories import (
    make_author,
    make_document,
    make_published,
    make_revision,
    make_source,
    make_tag,
    make_topic,
    publish_change,
    utc,
)
from tests.site.rich import KEYS, cite, make_picture, make_rich, named

pytestmark = pytest.mark.django_db


def page_of(client, version):
    response = client.get(version.get_absolute_url())
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def text(html):
    return {"id": new_id(), "type": "text", "html": html}


def citation(name, **values):
    return {"key": KEYS[name], **values}


# Its head


def test_a_story_shows_its_headline_once_as_the_heading_of_the_page(client):
    html = page_of(client, make_published(headline="The gate opens"))
    assert '<h1 id="headline">The gate opens</h1>' in html
    assert html.count("<h1") == 1
    assert "<title>The gate opens – The Newsroom</title>" in html


def test_hostile_text_is_shown_as_text(client):
    hostile = '"><script>alert(1)</script>'
    author = make_author(f"Eve {hostile}", biography=hostile)
    values = dict.fromkeys(("headline", "kicker", "standfirst", "dateline", "editors_note", "interest_note"), hostile)
    source = make_source(f"Office {hostile}", role=hostile)
    html = page_of(
        client,
        make_published(slug="x", source=source, authors=[{"slug": author.slug, "role": hostile}], **values),
    )
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") > 10


def test_the_kicker_names_the_kind_and_the_most_specific_topic_with_its_parent(client):
    top = make_topic("Diplomacy")
    make_topic("Economy")
    part = make_topic("Istanbul talks", parent=top)
    html = page_of(client, make_published(kind="analysis", topics=["economy", part.slug]))
    kicker = html[html.index('<p class="kicker">') : html.index("<h1")]
    assert "Analysis" in kicker
    assert '<a href="/topics/diplomacy/">Diplomacy</a>' in kicker
    assert '<a href="/topics/istanbul-talks/">Istanbul talks</a>' in kicker
    assert "Economy" not in kicker


def test_the_byline_links_authors_and_tells_their_roles(client):
    make_author("Ada Reporter", biography="Covers the harbour.")
    make_author("Grace Camera")
    authors = [{"slug": "grace-camera", "role": "photographs"}, {"slug": "ada-reporter", "role": ""}]
    html = page_of(client, make_published(authors=authors))
    byline = html[html.index('<p class="byline"') :].partition("</p>")[0]
    assert '<a href="/authors/ada-reporter/" dir="auto">Ada Reporter</a>' in byline
    assert byline.index("Ada Reporter") < byline.index("Photographs:") < byline.index("Grace Camera")
    assert "Covers the harbour." in html


def test_authors_of_one_role_stand_together_with_commas(client):
    names = ["Ada Reporter", "Grace Writer", "Alan Camera", "Ida Camera"]
    slugs = [make_author(name).slug for name in names]
    authors = [
        {"slug": slug, "role": role} for slug, role in zip(slugs, ["", "", "photographs", "photographs"], strict=True)
    ]
    html = page_of(client, make_published(authors=authors))
    byline = html[html.index('<p class="byline"') :].partition("</p>")[0].partition(">")[2]
    told = " ".join(re.sub("<[^>]+>", "", byline).split())
    assert told == "By Ada Reporter, Grace Writer · Photographs: Alan Camera, Ida Camera"


def test_a_story_that_was_never_updated_says_only_when_it_was_published(client):
    html = page_of(client, make_published(at=utc(2025, 2, 28, 14, 5)))
    assert 'Published <b><time datetime="2025-02-28T14:05:00Z">28 February 2025, 14:05 UTC</time></b>' in html
    assert "Updated" not in html


def test_dates_are_told_in_the_zone_of_the_newsroom(client, settings):
    settings.TIME_ZONE = "Europe/Istanbul"
    version = make_published(at=utc(2025, 2, 28, 22, 5))
    timezone.get_default_timezone.cache_clear()
    try:
        html = page_of(client, version)
    finally:
        timezone.get_default_timezone.cache_clear()
    assert '<time datetime="2025-02-28T22:05:00Z">1 March 2025, 01:05 +03</time>' in html


def test_an_update_is_told_and_a_minor_change_is_not(client, editor):
    first = make_published(by=editor)
    publish_change(first.story, by=editor, change="minor", override="Because.", standfirst="A typo less.")
    assert "Updated" not in page_of(client, first)
    publish_change(first.story, by=editor, standfirst="More is known.")
    html = page_of(client, first)
    assert "Updated" in html
    assert "<b>3</b> versions" in html


def test_sources_versions_and_reading_time_are_counted(client):
    html = page_of(client, make_published())
    assert '<a href="#sources"><b>1</b> source</a>' in html
    assert "<b>1</b> version<" in html
    assert "1 min read" in html
    trust = html[html.index('<ul class="trust">') :].partition("</ul>")[0]
    assert "correction" not in trust


def test_a_page_about_us_has_no_dates_and_no_kind(client):
    blocks = [text("<p>We say so.</p>")]
    version = make_published(kind="page", slug="corrections", headline="How we correct", citations=[], blocks=blocks)
    assert version.path == "/about/corrections/"
    html = page_of(client, version)
    assert "How we correct" in html
    assert "Published <b>" not in html
    assert 'class="kicker"' not in html


def test_a_page_about_us_says_how_old_it_is_and_leads_to_its_history(client, editor):
    version = make_published(by=editor, kind="page", slug="us", at=utc(2025, 2, 28))
    history = '<a href="/about/us/history/">History of this page</a>'
    assert f'Published <time datetime="2025-02-28T00:00:00Z">28 February 2025</time> · {history}' in page_of(
        client, version
    )
    publish_change(version.story, by=editor, standfirst="Who we are.")
    html = page_of(client, version)
    assert re.search(f'Last changed <time datetime="[^"]+">[^<]+</time> · {history}', html)
    assert "History of this page" not in page_of(client, make_published())


# Notes


def corrected(severity):
    document = make_document(headline="Gate", slug="gate")
    correction = {"wrong": "It opened on Monday.", "right": "It opened on Tuesday.", "severity": severity}
    entries = [
        (document, Version.Change.FIRST, "", utc(2025, 2, 28)),
        (document | {"correction": correction}, Version.Change.CORRECTION, "The day was wrong.", utc(2025, 3, 1)),
    ]
    revision = make_revision(**document)
    entries = [({**entry[0], "id": str(revision.story_id)}, *entry[1:]) for entry in entries]
    return import_versions(revision.story, entries)[-1]


@pytest.mark.parametrize(("severity", "on_top"), [("critical", True), ("major", True), ("normal", False)])
def test_a_correction_stands_where_its_severity_asks(client, severity, on_top):
    html = page_of(client, corrected(severity))
    assert '<b>Correction, <time datetime="2025-03-01T00:00:00Z">1 March 2025</time>:</b> The day was wrong.' in html
    assert "It opened on Monday." in html
    assert "It opened on Tuesday." in html
    assert '<a href="#change-2"><b>1</b> correction</a>' in html
    assert (html.index('id="change-2"') < html.index("opened the gate")) is on_top


def test_notes_of_the_newsroom_are_told(client):
    html = page_of(
        client,
        make_published(
            editors_note="How it came about.",
            interest_note="No ties.",
            ai_use="translated",
            dateline="Rome",
            at=utc(2025, 2, 28),
        ),
    )
    assert "<b>Editor’s note:</b> How it came about." in html
    assert "<b>Interests:</b> No ties." in html
    assert "This story was translated by machine and checked by an editor." in html
    assert "Rome" in html


REVIEW = {"reviewer": "Ada <L.>", "reviewed_at": "2025-03-01T09:00:00Z", "statement": "Compared line by line."}


@pytest.mark.parametrize(
    ("values", "sentence", "label"),
    [
        (
            {"ai_use": "translated", "ai_review": REVIEW},
            "This story was translated by machine. Ada &lt;L.&gt; checked it on 1 March 2025, 09:00 UTC:</span> "
            "Compared line by line.",
            "",
        ),
        (
            {"ai_use": "generated", "ai_review": REVIEW, "ai_label": True},
            "was generated by machine. Ada &lt;L.&gt; checked it on",
            "Generated by AI, checked by an editor",
        ),
        (
            {"ai_use": "translated", "ai_label": True},
            "This story was translated by machine. No editor has checked it.",
            "Translated by machine, not checked by an editor",
        ),
        (
            {"ai_use": "generated", "ai_label": True, "ai_review": REVIEW | {"reviewer": ""}},
            "generated by machine. No editor has checked it.",
            "Generated by AI, not checked by an editor",
        ),
        ({"ai_use": "assisted", "ai_label": True}, "An editor answers for it.", "Made with the help of AI"),
        ({"ai_use": "none", "ai_label": True, "ai_review": REVIEW}, "", ""),
    ],
)
def test_readers_are_told_who_checked_what_a_machine_made_or_that_nobody_did(client, values, sentence, label):
    html = page_of(client, make_published(at=utc(2025, 3, 2), **values))
    assert sentence in html
    assert ("Use of AI:" in html) is bool(sentence)
    assert (f'<p class="made-by">{label}</p>' in html) is bool(label)
    assert ("made-by" in html) is bool(label)


@pytest.mark.parametrize(
    ("source_type", "label"),
    [
        ("trainedAlgorithmicMedia", "Made with AI"),
        ("compositeWithTrainedAlgorithmicMedia", "Changed with AI"),
        ("compositeSynthetic", "Composite picture, partly made with AI"),
        ("composite", "Composite picture"),
        ("compositeCapture", "Composite picture"),
        ("digitalCapture", ""),
        ("humanEdits", ""),
        ("", ""),
    ],
)
def test_a_picture_that_is_no_photograph_says_so_beside_its_credit(client, source_type, label):
    picture = picture_document(make_picture(source_type=source_type))
    version = make_published(lead_image=picture, blocks=[{"type": "figure", "picture": picture}], at=utc(2025, 3, 2))
    html = page_of(client, version)
    told = f' <b class="made-by">{label}</b>' if label else ""
    assert html.count(f'<p class="credit">A. Photographer{told}</p>') == 2


def test_a_decorative_picture_has_no_description(client):
    picture = picture_document(make_picture(decorative=True, alt="left from before"))
    html = page_of(client, make_published(lead_image=picture))
    assert 'alt=""' in html
    assert "left from before" not in html


def test_a_story_without_notes_has_none(client):
    html = page_of(client, make_published(kind="page", interest_note=""))
    assert 'class="notice' not in html


# Citations


def test_sources_are_numbered_in_reading_order_and_lead_back_to_each_marker(client):
    harbour, paper = make_source("Harbour"), make_source("Paper")
    html = page_of(
        client,
        make_published(
            blocks=[text(f"<p>A{cite('paper')} b{cite('ministry')}</p><p>C{cite('paper')}</p>")],
            citations=[citation("ministry", source=named(harbour)), citation("paper", source=named(paper))],
        ),
    )
    assert '<a class="cite" href="#source-1" id="ref-1-1" aria-label="Source 1: Paper">1</a>' in html
    assert '<a class="cite" href="#source-2" id="ref-2-1" aria-label="Source 2: Harbour">2</a>' in html
    assert '<a class="cite" href="#source-1" id="ref-1-2" aria-label="Source 1">1</a>' in html
    listed = html[html.index('id="source-1"') : html.index('id="source-2"')]
    assert re.findall(r'href="(#ref-[^"]+)" aria-label="([^"]+)"', listed) == [
        ("#ref-1-1", "Back to text: source 1, place 1"),
        ("#ref-1-2", "Back to text: source 1, place 2"),
    ]


def notes_of(html):
    """Return [(the text before it, its full notes, its short ones)] of each element of notes."""

    def words(part):
        return " ".join(re.sub("<[^>]+>", " ", part).split())

    before, *found = re.split('<(?=div class="notes"|p class="notes")', html.partition('<div class="body">')[2])
    told = []
    for part in found:
        notes, _end, text = part.partition("</div>" if part.startswith("div") else "</p>")
        full, _again, short = f"<{notes}".replace('<p class="notes"', '<p class="again"').partition('<p class="again">')
        told.append((words(before), words(full), words(short)))
        before = text
    return told


def test_markers_beside_each_other_say_so_to_leave_each_its_room(client):
    marks = f"<p>One.{cite('paper')}{cite('ministry')} {cite('paper')}</p><p>Two.{cite('paper')} Three.{cite('paper')}"
    citations = [*cited(), citation("ministry", source=named(make_source("Ministry")))]
    html = page_of(client, make_published(blocks=[text(f"{marks}</p>")], citations=citations))
    found = re.findall(r'<a class="(cite[^"]*)"', html)
    assert found == ["cite leads", "cite follows leads", "cite follows", "cite", "cite"]


def test_each_paragraph_is_followed_by_the_sources_it_cites_in_full_at_first_then_by_name(client):
    marked = f"<p>One.</p><p>Two.{cite('paper')}{cite('paper')}</p><ul><li>Three.{cite('paper')}</li></ul>"
    both = f"<p>Four.{cite('ministry')} Five.{cite('paper')}</p>"
    told = {"obtained": "document", "published_on": "2024"}
    paper, office = (named(make_source(name, role="archive")) for name in ("Paper", "Office"))
    citations = [citation("paper", source=paper, **told), citation("ministry", source=office)]
    html = page_of(client, make_published(blocks=[text(marked + both)], citations=citations))
    assert notes_of(html) == [
        ("One. Two. 1 1", "1 Paper , archive . Document, 2024 .", ""),
        ("Three. 1", "", "1 Paper"),
        ("Four. 2 Five. 1", "2 Office , archive .", "1 Paper"),
    ]


@pytest.mark.parametrize(
    ("kind", "field", "values"),
    [
        ("key_point", "detail", {"label": "Gate"}),
        ("event", "detail", {"date": "1962"}),
        ("question", "answer", {"question": "Why?"}),
    ],
)
def test_entries_of_a_section_have_their_own_notes(client, kind, field, values):
    entries = [{"id": new_id(), "type": kind, field: f"<p>Entry {n}.{cite('paper')}</p>"} | values for n in range(2)]
    html = page_of(client, make_published(blocks=entries, citations=cited(), override="A test."))
    (first, *full), (second, *short) = notes_of(html)
    assert (first.endswith("Entry 0. 1"), second.endswith("Entry 1. 1")) == (True, True)
    assert (full, short) == (["1 Paper , organisation .", ""], ["", "1 Paper"])


def test_a_citation_tells_all_that_is_known_of_it(client):
    html = page_of(client, make_rich())
    listed = html[html.index('aria-labelledby="sources"') :]
    for told in (
        '<a class="who" href="/sources/foreign-ministry/" dir="auto">Foreign Ministry</a>',
        "<span>, <bdi>government</bdi></span>",
        "in a business-like manner",
        "Statement",
        'seen through <a href="/sources/harbour-watch/">Harbour Watch</a>',
        'published <time datetime="2025-02-28">28 February 2025</time>',
        'published <time datetime="2025-02">February 2025</time>',
        'published <time datetime="2024">2024</time>',
        '<a href="https://ministry.example/statement?a=1&amp;b=2">ministry.example</a>',
        '<a href="https://archive.example/1">archived copy</a>',
        "@harbour",
        "no link given",
    ):
        assert told in listed


def test_an_unnamed_source_is_described_with_the_reason_and_has_no_page(client):
    html = page_of(client, make_rich())
    listed = html[html.rindex("An official who attended</b>") :].partition("</li>")[0]
    assert "unnamed" in listed
    assert "Why unnamed:</span> not cleared to speak" in listed
    assert "no link given" not in listed
    assert "/sources/" not in listed


def test_a_source_that_no_list_shows_has_no_link(client):
    version = make_published(kind="page", slug="us", source=make_source("Register"))
    html = page_of(client, version)
    assert "Register" in html
    assert 'href="/sources/register/"' not in html


def test_what_is_cited_but_not_marked_is_listed_too(client):
    sources = [named(make_source("Marked")), named(make_source("Unmarked"))]
    html = page_of(
        client,
        make_published(
            blocks=[text(f"<p>A{cite('ministry')}</p>")],
            citations=[citation("paper", source=sources[1]), citation("ministry", source=sources[0])],
        ),
    )
    html = html[html.index('id="source-1"') :]
    assert html.index(">Marked<") < html.index('id="source-2"') < html.index(">Unmarked<")


# Its body


def test_each_kind_of_block_is_shown(client):
    html = page_of(client, make_rich())
    assert '<h2 id="about-key-points">Key points</h2>' in html
    assert '<span class="icon" aria-hidden="true">🤝</span> Dialogue</dt>' in html
    assert '<blockquote lang="ru" dir="ltr"><p>В деловом ключе.<br>Да.</p> <p>Нет.</p></blockquote>' in html
    assert '<div class="scroll" role="region" aria-labelledby="table-1" tabindex="0"><table ' in html
    assert '<time datetime="1962-10-16">16 October 1962</time>' in html
    assert '<time datetime="1991">1991</time>' in html
    assert "<summary><h3>Why &lt; now?</h3></summary>" in html
    assert html.count("<details") == 2


def test_a_table_is_named_by_the_line_above_it(client):
    table = "<table><tr><th>Year</th></tr><tr><td>2025</td></tr></table>"
    lines = f"<p>Gates &amp; years{cite('paper')}</p>{table}<h2>By port</h2>{table}<h3>Others</h3>{table}"
    cited = citation("paper", source=named(make_source("Paper")))
    html = page_of(client, make_published(blocks=[text(lines)], citations=[cited]))
    assert re.search('<p id="table-1">Gates &amp; years<a class="cite" [^>]*>1</a></p>', html)
    assert '<h2 id="about-by-port">By port</h2>' in html
    assert '<h3 id="table-2">Others</h3>' in html
    box = '<div class="scroll" role="region" {} tabindex="0"><table{}>'
    names = [f'aria-labelledby="{name}"' for name in ("table-1", "about-by-port", "table-2")]
    at = [html.index(box.format(name, f" {name}")) for name in names]
    assert at == sorted(at)


def test_a_table_from_before_it_was_asked_for_a_line_has_no_name():
    blocks = clean({"id": new_id(), "blocks": [text("<table><tr><th>Year</th></tr></table>" * 2)]})["blocks"]
    pieces = Body({"language": "en", "blocks": blocks}, []).pieces
    box = '<div class="scroll" role="region" aria-label="Table" tabindex="0"><table><tbody>'
    assert [piece.html.startswith(box) for piece in pieces] == [True, True]


def test_a_post_is_our_own_card_of_text(client):
    html = page_of(client, make_rich())
    post = html[html.index('<figure class="post">') :].partition("</figure>")[0]
    assert '<blockquote cite="https://posts.example/1">' in post
    assert "BREAKING: the gate is &lt;open&gt;" in post
    assert "@harbour" in post
    assert "28 February 2025</time>, 14:05 UTC" in post
    assert '<a href="https://posts.example/1" rel="nofollow noopener">Original post</a>' in post
    assert "Not independently verified" not in post
    assert "<img" not in post


def test_who_posted_where_reads_in_our_direction_in_a_story_of_the_other(client):
    post = {"id": new_id(), "type": "post", "account": "Harbour", "handle": "@harbour", "platform": "X"}
    post |= {"words": "Open.", "url": "https://posts.example/1"}
    html = page_of(client, make_published(language="ar", blocks=[post], override="A test."))
    assert '<span lang="en" dir="ltr"><bdi translate="no">@harbour</bdi> on X</span>' in html


def test_a_post_without_a_link_says_so(client):
    block = {
        "id": new_id(),
        "type": "post",
        "account": "Harbour",
        "platform": "X",
        "words": "Open.",
        "note": cite("paper"),
    }
    html = page_of(client, make_published(blocks=[block], citations=cited(), override="It is gone."))
    assert "No link given" in html
    assert "Not independently verified" in html
    assert "<blockquote><p>Open.</p></blockquote>" in html


def cited():
    return [citation("paper", source=named(Source.objects.first() or make_source("Paper")))]


def test_pictures_come_in_the_widths_that_exist(client):
    version = make_rich()
    html = page_of(client, version)
    lead, small = version.document["lead_image"], version.document["blocks"][3]["picture"]
    assert f"/media/pictures/{lead['id']}-480.webp 480w, /media/pictures/{lead['id']}-960.webp 960w" in html
    assert f"{lead['file']} 1000w" in html
    assert f"{lead['id']}-1600.webp" not in html
    figure = html[html.index(f'src="/media/{small["file"]}"') :].partition("</figure>")[0]
    assert "srcset" not in figure
    assert 'width="300" height="200"' in figure
    assert "<em>Gulls</em>" in figure
    assert "A. Photographer" in figure


def test_an_undated_event_keeps_its_place(client):
    events = [
        {"id": new_id(), "type": "event", "date": date, "detail": f"<p>On {date}.</p>"} for date in ("", "1962-10")
    ]
    html = page_of(client, make_published(blocks=[*events, text(f"<p>A{cite('paper')}</p>")], citations=cited()))
    listed = html[html.index('<ol class="events">') :].partition("</ol>")[0]
    assert listed.index("On .") < listed.index("October 1962")
    assert listed.count("<time") == 1


def headed(*names, level=2):
    return text("".join(f"<h{level}>{name}</h{level}><p>Text.</p>" for name in names) + f"<p>A{cite('paper')}</p>")


def test_three_headings_make_a_table_of_contents(client):
    html = page_of(client, make_published(blocks=[headed("One & all", "Two", "Two")], citations=cited()))
    assert "In this story" in html
    assert '<a href="#about-one-all">One &amp; all</a>' in html
    assert '<h2 id="about-one-all">One &amp; all</h2>' in html
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_two_headings_make_no_table_of_contents(client):
    assert "In this story" not in page_of(client, make_published(blocks=[headed("One", "Two")], citations=cited()))


def test_no_level_of_heading_is_left_out(client):
    html = page_of(
        client,
        make_published(blocks=[headed("First", level=3), headed("Second")], citations=cited(), override="A test."),
    )
    assert '<h2 id="about-first">First</h2>' in html


def test_pieces_keep_their_order(client):
    filler = "<p>" + "Long text. " * 40 + "</p>"
    blocks = [
        text(f"<p>P1{cite('paper')}</p>{filler}<h2>P2</h2><p>P3</p><h3>P4</h3><p>P5{cite('ministry')}</p><p>P6</p>")
    ]
    citations = [*cited(), citation("ministry", source=named(make_source("Other")))]
    html = page_of(client, make_published(blocks=blocks, citations=citations))
    places = [re.search(rf">P{n}<", html).start() for n in range(1, 7)]
    assert places == sorted(places)


def test_links_in_a_heading_or_a_quote_stay_whole(client):
    html = page_of(client, make_published(blocks=[text(f"<h2>A {cite('paper')} b</h2><p>c</p>")], citations=cited()))
    assert 'href="#source-1" id="ref-1-1"' in html
    assert '<h2 id="about-a-b">A <a class="cite"' in html


# Language


@pytest.mark.parametrize(
    ("language", "direction"),
    [("ar", "rtl"), ("he", "rtl"), ("fa-IR", "rtl"), ("ur", "rtl"), ("ru", "ltr"), ("en", "ltr")],
)
def test_a_page_is_in_the_language_of_its_story(client, language, direction):
    html = page_of(client, make_published(language=language))
    assert f'<html lang="{language}" dir="{direction}">' in html


def test_our_own_words_are_marked_in_a_story_in_another_language(client):
    assert '<header class="masthead" lang="en" dir="ltr">' in page_of(client, make_published(language="ar"))
    assert '<header class="masthead">' in page_of(client, make_published(language="en"))


# What leads on


def test_tags_topics_and_authors_are_linked_by_their_names_of_today(client):
    tag = make_tag("Istanbul")
    version = make_published(tags=["istanbul"])
    tag.name = "İstanbul"
    tag.save()
    assert '<a href="/tags/istanbul/">İstanbul</a>' in page_of(client, version)


def test_a_merged_tag_goes_by_the_name_it_was_merged_into(client):
    good, other = make_tag("Russia"), make_tag("Russian Federation")
    other.alias_of = good
    other.save()
    html = page_of(client, make_published(tags=[other.slug]))
    assert '<a href="/tags/russia/">Russia</a>' in html
    assert "Russian Federation" not in html


def test_related_stories_share_most_and_are_others(client):
    make_tag("Istanbul"), make_tag("Ankara")
    source = make_source("Rare")
    first = make_published(headline="Itself", tags=["istanbul", "ankara"], source=source)
    make_published(headline="Near", tags=["istanbul", "ankara"], source=source)
    make_published(headline="Further", tags=["istanbul"], source=make_source("Common"))
    make_published(headline="Unrelated", source=make_source("Third"))
    html = page_of(client, first)
    related = html[html.index('<section class="related"') :].partition("</section>")[0]
    assert related.index("Near") < related.index("Further")
    assert "Itself" not in related
    assert "Unrelated" not in related


def test_related_stories_are_in_the_language_of_the_story_if_there_are_any_and_each_only_once(client):
    make_tag("Istanbul")
    first = make_published(headline="Itself", language="en", tags=["istanbul"])
    make_published(headline="Kendisi", language="tr", tags=["istanbul"], translation_of=str(first.story_id))
    other = make_published(headline="English", language="en", tags=["istanbul"])
    make_published(headline="Türkçe", language="tr", tags=["istanbul"], translation_of=str(other.story_id))
    make_published(headline="Yalnız", language="tr", tags=["istanbul"])
    html = page_of(client, first)
    related = html[html.index('<section class="related"') :].partition("</section>")[0]
    assert re.findall(r"hreflang|>(English|Türkçe|Yalnız|Kendisi)<", related) == ["English", "Yalnız"]


def test_a_translation_is_as_related_as_what_was_written_in_its_language(client):
    make_tag("Istanbul"), make_tag("Ankara")
    original = make_published(headline="English", language="en")
    first = make_published(headline="Kendisi", language="tr", tags=["istanbul", "ankara"])
    values = {"tags": ["istanbul", "ankara"], "translation_of": str(original.story_id)}
    make_published(headline="Çeviri", language="tr", **values)
    make_published(headline="Yalnız", language="tr", tags=["istanbul"])
    html = page_of(client, first)
    related = html[html.index('<section class="related"') :].partition("</section>")[0]
    assert re.findall(r">(Çeviri|Yalnız)<", related) == ["Çeviri", "Yalnız"]


def test_a_story_with_nothing_related_has_no_such_section(client):
    assert "Related stories" not in page_of(client, make_published())


def test_what_a_page_says_of_itself_to_others(client, settings):
    settings.SITE_URL = "https://news.example"
    version = make_rich()
    html = page_of(client, version)
    assert f'<link rel="canonical" href="https://news.example{version.path}">' in html
    for name, value in {
        "title": "Talks held &lt; “business-like” &amp; more",
        "type": "article",
        "url": f"https://news.example{version.path}",
        "description": "A &lt;short&gt; summary.",
        "site_name": "The Newsroom",
        "image": f"https://news.example/media/{version.document['lead_image']['file']}",
    }.items():
        assert f'<meta property="og:{name}" content="{value}">' in html
    assert "noindex" not in html


# Cost, and the desk's preview


def test_a_story_costs_five_queries_at_any_size(client, django_assert_num_queries):
    small, large = make_published(), make_rich()
    for number in range(30):
        make_published(tags=large.document["tags"], topics=large.document["topics"], headline=f"Other {number}")
    assert TagFiling.objects.count() > 60
    for version in (small, large):
        with django_assert_num_queries(5):
            page_of(client, version)


def preview_of(rf, revision, **values):
    request = rf.get("/")
    request.instant = timezone.now()
    version = Version(
        story=revision.story, document=revision.document, headline=revision.document["headline"], kind="news", **values
    )
    return " ".join(render_story(request, version, banner="Preview: only you see this.").content.decode().split())


def test_an_unsaved_version_is_shown_with_a_banner_and_kept_from_search_engines(rf):
    html = preview_of(rf, make_revision(headline="Not out yet"))
    assert "Not out yet" in html
    assert "Preview: only you see this." in html
    assert '<meta name="robots" content="noindex,follow">' in html
    assert 'rel="canonical"' not in html


def test_a_preview_names_terms_without_linking_to_pages_that_do_not_exist_yet(rf):
    make_tag("Istanbul"), make_topic("Diplomacy")
    html = preview_of(rf, make_revision(tags=["istanbul"], topics=["diplomacy"]))
    assert "<span>Istanbul</span>" in html
    assert "Diplomacy" in html
    assert 'href="/topics/diplomacy/"' not in html
    assert 'href="/authors/the-diplomacy-desk/"' not in html


def test_a_preview_drops_a_marker_without_citation(rf):
    html = preview_of(rf, make_revision(blocks=[text(f"<p>Dangling{cite('paper')}.</p>")], citations=[]))
    assert "<p>Dangling.</p>" in html
