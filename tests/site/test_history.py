import datetime
import re

import pytest
from django.utils import timezone

from stories.models import Picture
from stories.publishing.document import clean, new_id
from stories.publishing.imports import import_versions
from stories.publishing.removals import retract, withdraw
from stories.publishing.verbs import seen
from stories.publishing.working_copy import picture_document
from stories.site.history import told_changes
from tests.factories import make_document, make_picture, make_published, make_revision, make_topic, publish_change, utc

pytestmark = pytest.mark.django_db
WRONG = {"wrong": "It opened on Thursday.", "right": "It opened on Friday.", "severity": "normal"}
ROBOTS = '<meta name="robots" content="noindex,follow">'


def read(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status, path
    return " ".join(response.content.decode().split())


def paragraph(words, block_id=None):
    return {"id": block_id or new_id(), "type": "text", "html": f"<p>{words}</p>"}


@pytest.fixture
def story(editor):
    """A story with a first version, a minor change and a correction."""
    first = make_published(by=editor, headline="The gate", text="The gate opened on Thursday at noon")
    blocks = first.document["blocks"]
    minor = [{**blocks[0], "html": blocks[0]["html"].replace("The gate opened", "The  gate opened")}]
    minor = [*minor, paragraph("It stayed open for 400 hours.")]
    publish_change(first.story, by=editor, change="minor", blocks=minor, override="Two words only.")
    blocks = first.story.revisions.latest().document["blocks"]
    right = [{**blocks[0], "html": blocks[0]["html"].replace("Thursday", "Friday")}, *blocks[1:]]
    return publish_change(
        first.story, by=editor, change="correction", correction=WRONG, note="We had the wrong day.", blocks=right
    )


def test_the_history_lists_every_version_newest_first(client, story):
    html = read(client, story.path + "history/")
    places = [
        html.index(words) for words in ("Version 3: Correction", "Version 2: Minor", "Version 1: First published")
    ]
    assert places == sorted(places)
    assert "Readers have seen 3 versions." in html
    assert "We had the wrong day." in html
    assert "It opened on Thursday." in html
    assert "It opened on Friday." in html
    assert f'href="{story.path}history/2-3/"' in html
    assert f'href="{story.path}history/1/"' in html
    assert ROBOTS in html
    assert 'rel="canonical"' not in html


def test_the_history_tells_the_size_of_a_change(client, story):
    html = read(client, story.path + "history/")
    assert "· 1 word added, 1 removed" in html  # Friday for Thursday
    assert "· 6 words added " in html  # “The  gate” is what it was


def test_the_history_and_the_difference_count_the_same_words(client, editor):
    first = make_published(by=editor, topics=[make_topic("Harbour").slug])
    new = make_topic("The state of the gates", slug="gates").slug
    publish_change(first.story, by=editor, topics=[new], kind="questions", editors_note="Two.\n– Three.")
    [size] = re.findall(r"· (\d+ words added, \d+ removed)", read(client, f"{first.path}history/"))
    assert f"{size}." in read(client, f"{first.path}history/1-2/")


def test_minor_changes_are_folded_and_counted(client, story):
    html = read(client, story.path + "history/")
    folded = html[html.index("<details>") : html.index("</details>")]
    assert "1 minor change<" in folded
    assert "Version 2" in folded
    assert "Version 3" not in folded


def test_the_history_shows_what_was_overridden_and_why(client, story):
    assert "Two words only." in read(client, story.path + "history/")


def test_an_imported_version_says_when_it_was_added_here(client, editor):
    imported = make_published(at=utc(2020, 1, 1))
    assert "Added here on" in read(client, imported.path + "history/")
    assert "Added here on" not in read(client, make_published(by=editor).path + "history/")


def test_a_version_is_shown_as_readers_saw_it_under_a_banner(client, story):
    html = read(client, story.path + "history/1/")
    assert "opened on Thursday" in html
    assert "You are reading version 1, which readers saw from" in html
    assert f'<a href="{story.path}">Read the story as it is now</a>' in html
    assert ROBOTS in html
    assert 'rel="canonical"' not in html
    assert "application/ld+json" not in html


def test_a_difference_shows_words_and_says_so_to_those_who_do_not_see_it(client, story):
    html = read(client, story.path + "history/2-3/")
    assert '<del><span class="hidden">removed: </span>Thursday </del>' in html
    assert '<ins><span class="hidden">added: </span>Friday </ins>' in html
    assert "1 word added, 1 removed." in html
    assert "1 paragraph unchanged" in html
    assert ROBOTS in html


TABLE = "<table><tr><th>Gate</th><th>Open</th></tr>{}<tr><td>South</td><td></td></tr></table>"
ROWS = "<tr><td>North</td><td>from {}</td></tr><tr><td>East</td><td>always</td></tr>"


def told_passages(before, after):
    """Return what a difference shows of two bodies: labels of folds, (tag, words) of lines, remarks."""
    old = make_document(blocks=before)
    told = told_changes(old, clean({**old, "blocks": after}), timezone.now())
    lines = lambda found: [(line.tag, "".join(words for _state, words in line.parts)) for line in found]  # noqa: E731
    return [
        (one["label"], lines(one["folded"])) if "folded" in one else one.get("remark") or lines([one["line"]])[0]
        for one in told["passages"]
    ]


def test_a_heading_above_a_change_is_shown_once():
    block = {
        "id": new_id(),
        "type": "text",
        "html": "<p>One.</p><h2>The gate</h2><p>Two.</p><p>It is open.</p><p>End.</p>",
    }
    assert told_passages([block], [{**block, "html": block["html"].replace("open", "shut")}]) == [
        ("1 paragraph unchanged", [("p", "One.")]),
        ("h2", "The gate"),
        ("1 paragraph unchanged", [("p", "Two.")]),
        ("p", "It is openshut."),
        ("1 paragraph unchanged", [("p", "End.")]),
    ]


def test_what_is_folded_is_counted_as_a_reader_would():
    picture = picture_document(make_picture(alt="A gate", caption="Seen from the quay", credit="Ada"))
    same = [
        {"id": new_id(), "type": "key_point", "icon": "⚓", "label": "Open", "detail": "<p>Since noon.</p>"},
        {"id": new_id(), "type": "text", "html": "<p>All:</p>" + TABLE.format(ROWS.format("noon"))},
        {"id": new_id(), "type": "figure", "picture": picture, "caption": ""},
        {"id": new_id(), "type": "post", "account": "Port", "handle": "@port", "words": "OPEN", "note": ""},
    ]
    [(label, lines), new] = told_passages(same, [*same, paragraph("New.")])
    assert label == "3 paragraphs, 3 table rows, 1 picture unchanged"
    assert lines[:2] == [("dt", "⚓ Open"), ("p", "Since noon.")]
    assert ("tr", "East · always") in lines
    assert picture["file"] not in str(lines)
    assert new == ("p", "New.")


def test_a_row_that_changed_stands_under_the_head_of_its_table():
    block = {"id": new_id(), "type": "text", "html": TABLE.format(ROWS.format("noon"))}
    assert told_passages([block], [{**block, "html": TABLE.format(ROWS.format("ten"))}]) == [
        ("th", "Gate · Open"),
        ("tr", "North · from noonten"),
        ("2 table rows unchanged", [("tr", "East · always"), ("tr", "South · ")]),
    ]


def test_a_question_is_shown_above_the_answer_that_changed():
    block = {"id": new_id(), "type": "question", "question": "Why?", "answer": "<p>The wind.</p>"}
    before = [{"id": new_id(), "type": "text", "html": "<h2>Questions</h2>"}, block]
    assert told_passages(before, [before[0], {**block, "answer": "<p>The wave.</p>"}]) == [
        ("h2", "Questions"),
        ("dt", "Why?"),
        ("p", "The windwave."),
    ]


def test_what_was_moved_is_not_folded_with_what_follows():
    one, two, three = blocks = [paragraph(f"{words} words here.") for words in ("One", "Two", "Three")]
    assert told_passages(blocks, [three, one, two])[:2] == [
        "What follows was moved:",
        ("1 paragraph unchanged", [("p", "Three words here.")]),
    ]


def test_a_quotation_put_between_paragraphs_is_all_that_was_added():
    words = [f"{name} was at the gate." for name in ("Ada", "Grace", "Mary", "Edith")]
    html = [f"<p>{line}</p>" for line in words]
    block = {"id": new_id(), "type": "text", "html": "".join(html)}
    quote = {"id": new_id(), "type": "quote", "words": "We saw nobody."}
    rest = {"id": new_id(), "type": "text", "html": "".join(html[2:])}
    assert told_passages([block], [{**block, "html": "".join(html[:2])}, quote, rest]) == [
        ("2 paragraphs unchanged", [("p", line) for line in words[:2]]),
        ("dt", "We saw nobody."),
        ("2 paragraphs unchanged", [("p", line) for line in words[2:]]),
    ]


def test_where_a_link_led_and_leads_is_shown_as_text(client, editor):
    hostile = "https://blog.example/?a=<b>&quot;" + "x" * 300
    block = paragraph('The ruling is <a href="https://court.example/one">here at the court</a>.')
    first = make_published(by=editor, blocks=[paragraph("Before."), block])
    html = block["html"].replace("https://court.example/one", hostile.replace("<", "&lt;"))
    publish_change(first.story, by=editor, blocks=[first.document["blocks"][0], {**block, "html": html}])
    page = read(client, f"{first.path}history/1-2/")
    shown = page[page.index("</details>") :]
    assert "The ruling is here at the court. </p>" in shown
    assert "<span>Link</span> <q>here at the court</q>:" in shown
    assert '<del dir="ltr"><span class="hidden">removed: </span>https://court.example/one</del> →' in shown
    assert '<ins dir="ltr"><span class="hidden">added: </span>https://blog.example/?a=' in shown
    assert "<b>" not in shown
    assert "no word added or removed." in page


def test_a_line_of_which_only_the_form_changed_is_not_folded(client, editor):
    block = paragraph("It is open.")
    first = make_published(by=editor, blocks=[block])
    publish_change(first.story, by=editor, blocks=[{**block, "html": "<p>It is <strong>open</strong>.</p>"}])
    html = read(client, f"{first.path}history/1-2/")
    assert '<p class="line p">It is open. </p> <p class="soft">No word of this line changed, only its form' in html
    assert "<details>" not in html


@pytest.mark.parametrize(
    ("before", "after", "size"),
    [
        ("It is open", "It is open and busy", "2 words added."),
        ("It is open and busy", "It is open", "2 words removed."),
        ("It is open", "It is – open", "no word added or removed."),
    ],
)
def test_the_size_of_a_change_is_told_in_words(client, editor, before, after, size):
    block = paragraph(before)
    first = make_published(by=editor, blocks=[block])
    publish_change(first.story, by=editor, blocks=[{**block, "html": f"<p>{after}</p>"}])
    assert f"From version 1 to version 2: {size}" in read(client, f"{first.path}history/1-2/")


def test_a_difference_names_the_fields_first(client, editor, story):
    publish_change(story.story, by=editor, headline="The gates", standfirst="All of them.", kind="analysis")
    html = read(client, story.path + "history/3-4/")
    for label in ("Headline", "Standfirst", "Kind of story"):
        assert html.index(f"<h2>{label}</h2>") < html.index("<h2>The text</h2>")
    assert "analysis</ins>" in html.lower()


def test_a_picture_of_which_anything_changed_is_not_called_unchanged():
    one, other = (picture_document(make_picture(alt="A gate", caption="The quay", credit="Ada")) for _n in range(2))
    document = make_document(blocks=[{"id": new_id(), "type": "figure", "picture": one, "caption": ""}])

    def compared(**picture):
        new = {**document["blocks"][0], "picture": one | picture}
        return told_changes(document, document | {"blocks": [new]}, timezone.now())

    captioned = compared(caption="The harbour")
    assert "1 picture unchanged" not in str(captioned["passages"])
    assert captioned["size"] == "1 word added, 1 removed"
    replaced = compared(file=other["file"])
    assert replaced["passages"][0] == {"remark": "The picture was replaced by another:"}
    assert "pictures/" not in str(replaced["passages"])
    assert replaced["size"] == "no word added or removed"


def test_a_difference_tells_how_pictures_and_text_were_made(client, editor):
    row = make_picture(alt="A gate")
    block = {"id": new_id(), "type": "figure", "picture": picture_document(row), "caption": "The quay."}
    live = make_published(by=editor, lead_image=block["picture"], blocks=[block])
    Picture.objects.update(alt="", decorative=True, source_type="trainedAlgorithmicMedia")
    shown = picture_document(Picture.objects.get())
    review = {"reviewer": "Ada", "reviewed_at": "2025-03-01T09:00:00Z", "statement": "Compared line by line."}
    values = {"ai_use": "translated", "ai_review": review, "ai_label": True}
    publish_change(live.story, by=editor, lead_image=shown, blocks=[{**block, "picture": shown}], **values)
    html = read(client, f"{live.path}history/1-2/")
    for words in ("translated by machine", "Ada – 1 March 2025, 09:00 UTC – Compared line by line.", "shown above the"):
        assert f'<ins><span class="hidden">added: </span>{words}' in html
    assert html.count("taken with a digital camera") == html.count("A gate") == 2  # of the lead picture, of the block
    assert html.count("decorative") == html.count("generative AI") == 2


def test_versions_the_wrong_way_round_lead_to_their_difference(client, story):
    assert client.get(story.path + "history/3-2/").url == story.path + "history/2-3/"


def test_a_version_compared_with_itself_is_that_version(client, story):
    assert client.get(story.path + "history/2-2/").url == story.path + "history/2/"


@pytest.mark.parametrize(
    "tail", ["0/", "4/", "0-1/", "1-4/", "4-1/", "4-4/", "01/", "9999999/", f"{10**30}/", "1-2-3/"]
)
def test_what_no_version_has_is_not_found(client, story, tail):
    read(client, story.path + "history/" + tail, 404)


@pytest.mark.parametrize("key", ["x", "1", "-1", "²", "9" * 30, "\x00"])
def test_a_page_of_the_history_that_is_none_is_not_found(client, story, key):
    assert client.get(story.path + "history/", {"before": key}).status_code == 404


def test_a_story_nobody_has_seen_has_no_history(client):
    plan = make_revision()
    later = timezone.now() + datetime.timedelta(hours=1)
    version = import_versions(plan.story, [(plan.document, "first", "", later)])[0]
    for tail in ("", "1/", "1-1/"):
        read(client, version.path + "history/" + tail, 404)


def test_a_plan_is_not_in_the_history_and_does_not_end_the_present_version(client, editor, story):
    later = timezone.now() + datetime.timedelta(days=900)
    publish_change(story.story, by=editor, at=later, headline="Secret")
    html = read(client, story.path + "history/") + read(client, story.path + "history/3/")
    assert "Secret" not in html
    assert str(later.year) not in html
    assert "You are reading version 3, which readers have seen since" in html
    read(client, story.path + "history/4/", 404)
    read(client, story.path + "history/3-4/", 404)


@pytest.mark.parametrize("tail", ["", "1/", "2-3/"])
def test_an_old_address_leads_to_the_same_page_of_the_present_one(client, editor, story, tail):
    now = publish_change(story.story, by=editor, slug="the-gates")
    response = client.get(f"{story.path}history/{tail}")
    assert (response.status_code, response.url) == (302, f"{now.path}history/{tail}")


def test_a_page_about_us_has_a_history(client):
    page = make_published(kind="page", slug="us")
    assert "Version 1" in read(client, "/about/us/history/")
    assert "You are reading version 1" in read(client, f"{page.path}history/1/")


def test_hostile_text_is_shown_as_text(client, editor, story):
    hostile = '"><script>alert(1)</script>'
    publish_change(story.story, by=editor, headline=hostile, standfirst=hostile, note=hostile, slug="the-gate")
    for tail in ("", "4/", "3-4/"):
        assert "<script>" not in read(client, f"{story.path}history/{tail}")


def test_a_story_in_another_language_keeps_it(client):
    version = make_published(language="ar", headline="محادثات", slug="talks")
    html = read(client, f"{version.path}history/")
    assert '<h1 lang="ar" dir="rtl">محادثات</h1>' in html


def test_two_hundred_versions_cost_a_few_queries_and_are_paged(client, editor, django_assert_max_num_queries):
    first = make_revision(by=editor)
    now = timezone.now()
    rows = [
        (
            first.document | {"standfirst": f"State {n}."},
            "update" if n else "first",
            "",
            now - datetime.timedelta(hours=200 - n),
        )
        for n in range(200)
    ]
    path = import_versions(first.story, rows)[0].path
    with django_assert_max_num_queries(9):
        html = read(client, path + "history/")
    assert html.count("Version ") == 50
    assert 'href="?before=151"' in html
    older = read(client, path + "history/?before=51")
    assert "Version 1:" in older
    assert "Older versions" not in older


def test_a_version_and_a_difference_cost_a_few_queries(client, story, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        read(client, story.path + "history/2/")
    with django_assert_max_num_queries(6):
        read(client, story.path + "history/1-3/")


def test_the_story_links_its_history_and_what_was_corrected(client, story):
    html = read(client, story.path)
    assert f'<a href="{story.path}history/"><b>3</b> versions</a>' in html
    assert f'<a href="{story.path}history/2-3/">See what changed</a>' in html


# Taken back


def take_back(verb, version, editor):
    return verb(
        version.story, by=editor, signed="Ada, chief editor", reason="It was forged.", expecting=seen(version.story)
    )


def test_a_retracted_story_shows_its_headline_and_a_notice(client, editor, story):
    take_back(retract, story, editor)
    html = read(client, story.path)
    for words in ("<title>Retracted: The gate", "The gate</h1>", "It was forged.", "Ada, chief editor"):
        assert words in html
    assert '"creativeWorkStatus":"Retracted"' in html
    assert "noindex" not in html
    assert "Friday" not in html
    old = read(client, story.path + "history/1/")
    assert "You are reading version 1" in old
    assert "It was forged." in old
    assert ROBOTS in old
    assert "It was forged." in read(client, story.path + "history/")
    assert "gone from all its versions" in read(client, story.path + "history/2-3/")


def test_a_withdrawn_story_is_gone_without_its_headline(client, editor, story):
    take_back(withdraw, story, editor)
    for tail in ("", "history/1/", "history/4/"):
        html = read(client, story.path + tail, 410)
        assert "The gate" not in html
        assert "was withdrawn" in html
    for tail in ("history/", "history/1-2/"):
        html = read(client, story.path + tail)
        assert "The gate" not in html
        assert "Friday" not in html
    assert story.path not in read(client, f"/sitemaps/stories-{timezone.now():%Y-%m}.xml", 404)


def test_a_retracted_story_leaves_the_front_page_and_stays_filed(client, editor):
    make_published(by=editor, headline="Another")
    story = make_published(by=editor, headline="Forged")
    assert read(client, "/").count("Forged") == 1
    take_back(retract, story, editor)
    front, _changes = read(client, "/").split("What we changed today")
    assert "Another" in front
    assert "Forged" not in front
    month = read(client, f"/archive/{timezone.now():%Y/%m}/")
    assert "Forged" in month
    assert "<b>retracted</b>" in month


def test_a_retracted_story_is_not_related_to_any(client, editor):
    other = make_published(by=editor, headline="Another")
    story = make_published(by=editor, headline="Forged")
    assert "Forged" in read(client, other.path)
    take_back(retract, story, editor)
    assert "Forged" not in read(client, other.path)


@pytest.mark.parametrize("format", ["rss", "atom"])
def test_feeds_say_that_a_story_was_retracted_and_why(client, editor, story, format):
    take_back(retract, story, editor)
    xml = read(client, f"/feeds/all.{format}")
    assert "Retracted: The gate" in xml
    assert "It was forged." in xml
    assert "Friday" not in xml


def test_sitemaps_keep_what_was_retracted(client, editor, story):
    take_back(retract, story, editor)
    assert story.path in read(client, f"/sitemaps/stories-{timezone.now():%Y-%m}.xml")
