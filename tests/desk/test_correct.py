import datetime
import re
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from stories.models import Autosave, Citation, Report, Version
from stories.models.citation import make_key
from stories.publishing.document import new_id
from stories.publishing.removals import redact, retract
from stories.publishing.reports import resolve
from stories.publishing.revisions import latest_revision, save_document
from stories.publishing.verbs import publish, seen
from stories.publishing.working_copy import picture_document
from tests.desk.pages import hidden, text, told, url
from tests.factories import make_editor, make_member, make_picture, make_published, make_revision, publish_change

pytestmark = pytest.mark.django_db
TOLD = {"change": "correction", "wrong": "It said nine.", "right": "It was ten.", "severity": "major"}


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def fields(response):
    """Return what a browser would post of the page's form."""
    form = response.context["form"]
    values = {name: form[name].value() for name in form.fields}
    posted = {name: str(value) for name, value in values.items() if value not in (None, False)}
    return posted | hidden(response)


def submit(client, page, step="review", **values):
    story = page.context["original"]
    return client.post(url("correct", story), fields(page) | {"step": step} | values, follow=True)


def correct(client, story, **values):
    """Open the page, type, look at what changes, publish."""
    page = submit(client, client.get(url("correct", story)), **TOLD | values)
    return submit(client, page, "publish")


def block_field(version, name="html", number=0):
    return f"block-{version.document['blocks'][number]['id']}-{name}"


# The form


def test_the_form_holds_what_readers_have_never_the_draft(desk, editor):
    live = make_published(by=editor, headline="Nine ships", kicker="Harbour")
    save_document({**live.document, "headline": "Not yet"}, live.story)
    page = desk.get(url("correct", live.story))
    form = page.context["form"]
    assert form["headline"].value() == "Nine ships"
    assert form[block_field(live)].value() == live.document["blocks"][0]["html"]
    assert "Your unpublished changes stay unpublished" in text(page)


def test_each_kind_of_block_and_the_citations_can_be_put_right(desk, editor):
    picture = make_picture()
    live = make_published(by=editor)
    key = make_key()
    blocks = [
        *live.document["blocks"],
        {"id": new_id(), "type": "key_point", "icon": "⚓", "label": "Nine", "detail": "<p>Ships.</p>"},
        {
            "id": new_id(),
            "type": "quote",
            "words": "Nine ships wait.",
            "attribution": f'<p>A<cite data-key="{key}"></cite></p>',
        },
        {"id": new_id(), "type": "event", "date": "1962", "detail": "<p>Then.</p>"},
        {"id": new_id(), "type": "question", "question": "Why?", "answer": "<p>So.</p>"},
        {
            "id": new_id(),
            "type": "post",
            "account": "Harbour",
            "platform": "X",
            "words": "Nine ships wait.",
            "posted_on": "2025-02-28",
            "posted_at": "14:05:00",
            "url": "https://posts.example/1",
            "note": f'<p><cite data-key="{key}"></cite></p>',
        },
        {"id": new_id(), "type": "figure", "picture": picture_document(picture), "caption": "<p>The gate.</p>"},
    ]
    unnamed = {
        "descriptor": "an official on duty",
        "reason": "fear",
    }
    citations = [
        *live.document["citations"],
        {
            "key": key,
            "unnamed": unnamed,
            "obtained": "interview",
            "quote": "Nine ships wait.",
            "accessed_on": "2025-02-28",
            "archived_url": "https://archive.example/1",
        },
    ]
    live = publish_change(live.story, by=editor, blocks=blocks, citations=citations)
    words = {
        block_field(live, "label", 1): "Ten",
        block_field(live, "words", 2): "Ten ships wait.",
        block_field(live, "words", 5): "Ten ships wait.",
        block_field(live, "date", 3): "1963-10",
        block_field(live, "answer", 4): "<p>Thus.</p>",
        block_field(live, "posted_at", 5): "15:06",
        block_field(live, "caption", 6): "<p>The other gate.</p>",
        f"citation-{key}-quote": "Ten ships wait.",
        f"citation-{key}-descriptor": "a clerk on duty",
        f"citation-{key}-accessed_on": "2025-03-01",
        f"citation-{key}-url": "https://harbour.example/log",
    }
    correct(desk, live.story, **words)
    document = live.story.versions.latest().document
    assert [block["type"] for block in document["blocks"]] == [block["type"] for block in live.document["blocks"]]
    said = [
        document["blocks"][i][n] for i, n in enumerate(["label", "words", "date", "answer", "posted_at", "caption"], 1)
    ]
    assert said == ["Ten", "Ten ships wait.", "1963-10", "<p>Thus.</p>", "15:06:00", "<p>The other gate.</p>"]
    cited = document["citations"][1]
    assert (cited["quote"], cited["accessed_on"], cited["url"]) == (
        "Ten ships wait.",
        "2025-03-01",
        "https://harbour.example/log",
    )
    assert cited["unnamed"] == {"descriptor": "a clerk on duty", "reason": "fear"}


def test_what_is_not_touched_stays_letter_for_letter(desk, editor):
    live = make_published(by=editor, standfirst="One.\nTwo.", text="A &amp; <strong>B</strong>")
    correct(desk, live.story, kicker="Ten ships")
    version = live.story.versions.latest()
    same = {name: value for name, value in version.document.items() if name not in ("kicker", "correction")}
    assert same == {name: live.document[name] for name in same}


def test_markers_survive_and_one_that_belongs_to_nothing_stops_it(desk, editor):
    live = make_published(by=editor)
    html = live.document["blocks"][0]["html"].replace("opened", "shut")
    correct(desk, live.story, **{block_field(live): html})
    assert live.story.versions.latest().document["blocks"][0]["html"] == html
    alien = html.replace(live.document["citations"][0]["key"], make_key())
    page = submit(desk, desk.get(url("correct", live.story)), **TOLD, **{block_field(live): alien})
    assert "A source marker in the text belongs to no citation of this story." in text(page)
    assert alien in unescape(page.content.decode())


def test_a_block_can_be_removed_and_then_its_fields_do_not_matter(desk, editor):
    point = {"id": new_id(), "type": "key_point", "label": "Nine", "detail": "<p>Ships.</p>"}
    live = make_published(by=editor)
    live = publish_change(live.story, by=editor, blocks=[*live.document["blocks"], point])
    correct(desk, live.story, **{f"block-{point['id']}-DELETE": "on", f"block-{point['id']}-label": ""})
    assert live.story.versions.latest().document["blocks"] == live.document["blocks"][:1]


def test_removing_the_last_source_is_refused_as_on_the_publish_page(desk, editor):
    live = make_published(by=editor)
    key = live.document["citations"][0]["key"]
    page = submit(desk, desk.get(url("correct", live.story)), **TOLD, **{f"citation-{key}-DELETE": "on"})
    assert "Add a source before publishing." in text(page)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("citation-{key}-url", "javascript:alert(1)", "“javascript:alert(1)” is not a web address."),
        ("citation-{key}-published_on", "28.2.2025", "Write a year, a month or a day"),
        ("headline", "h" * 251, "at most 250 characters"),
        ("standfirst", "s" * 20_001, "At most 20000 characters."),
        ("kicker", "\x00", "Null characters are not allowed."),
        ("note", "n" * 501, "at most 500 characters"),
    ],
)
def test_what_cannot_be_is_said_beside_it_and_all_that_was_typed_is_kept(desk, editor, name, value, sentence):
    live = make_published(by=editor)
    name = name.format(key=live.document["citations"][0]["key"])
    page = submit(desk, desk.get(url("correct", live.story)), "publish", **TOLD | {"dateline": "Istanbul", name: value})
    assert sentence in text(page)
    assert page.context["form"]["dateline"].value() == "Istanbul"
    assert page.context["form"][name].value() == value
    assert "It was ten." in page.content.decode()
    assert Version.objects.count() == 1


# What changes is shown, then published


def test_what_changes_is_shown_before_anything_is_published(desk, editor):
    live = make_published(by=editor, headline="Nine ships")
    page = submit(desk, desk.get(url("correct", live.story)), **TOLD, headline="Ten ships")
    assert "What changes for readers with version 2" in text(page)
    assert "removed: Nine" in text(page)
    assert "added: Ten" in text(page)
    assert Version.objects.count() == 1
    assert live.story.revisions.count() == 1
    response = submit(desk, page, "publish")
    version = Version.objects.latest()
    assert (version.headline, version.document["correction"]) == (
        "Ten ships",
        {"wrong": "It said nine.", "right": "It was ten.", "severity": "major"},
    )
    assert told(response)[0].startswith("Version 2 is published.")
    assert version.get_absolute_url() in told(response)[0]
    assert response.redirect_chain[-1][0] == url("change", live.story)


def test_what_was_typed_after_looking_is_shown_again_first(desk, editor):
    live = make_published(by=editor, headline="Nine ships")
    page = submit(desk, desk.get(url("correct", live.story)), **TOLD, headline="Ten ships")
    page = submit(desk, page, "publish", headline="No ships")
    assert "You changed the text since you looked at its changes." in text(page)
    assert Version.objects.count() == 1
    submit(desk, page, "publish")
    assert Version.objects.latest().headline == "No ships"


def test_publishing_without_having_looked_shows_the_changes(desk, editor):
    live = make_published(by=editor)
    page = submit(desk, desk.get(url("correct", live.story)), "publish", **TOLD, kicker="Ten")
    assert "What changes for readers with version 2" in text(page)
    assert Version.objects.count() == 1


def test_the_kinds_of_change_go_the_same_way(desk, editor):
    live = make_published(by=editor)
    correct(desk, live.story, change="clarification", note="Ten, not more.", kicker="Ten ships")
    version = Version.objects.latest()
    assert (version.change, version.note, version.document["correction"]) == ("clarification", "Ten, not more.", None)


def test_what_is_missing_of_a_correction_is_said(desk, editor):
    live = make_published(by=editor)
    page = submit(desk, desk.get(url("correct", live.story)), **TOLD | {"wrong": ""}, kicker="Ten ships")
    assert "What is still missing Say what was wrong and what is right. Go there" in text(page)
    assert not page.context["form"].errors
    page = submit(desk, page, "publish")
    assert page.context["form"].errors == {"wrong": ["Say what was wrong and what is right."]}
    page = submit(desk, desk.get(url("correct", live.story)), **TOLD)
    assert "What is still missing Nothing has changed since version 1." in text(page)
    assert page.context["missing"][0]["url"] == ""


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"change": "correction", "right": "Ten."}, "id_wrong"),
        ({"change": "correction", "wrong": "Nine."}, "id_right"),
        ({"change": "clarification"}, "id_note"),
        ({}, "id_change_0"),
        ({"change": "update"}, "id_pending_0"),
    ],
)
def test_what_is_missing_leads_to_its_field_and_is_told_there_once_it_is_pressed(desk, editor, values, field):
    live = make_published(by=editor)
    if field == "id_pending_0":
        publish_change(live.story, by=editor, at=timezone.now() + datetime.timedelta(days=1), headline="Tomorrow")
    page = submit(desk, desk.get(url("correct", live.story)), **{"change": ""} | values, kicker="Ten ships")
    assert f'<a href="#{field}">Go there</a>' in page.content.decode()
    assert f'id="{field}"' in page.content.decode()
    page = submit(desk, page, "publish")
    assert list(page.context["form"].errors) == [field.split("_")[1]]
    assert "Nothing is published yet: see below." in text(page)


def test_all_that_stands_in_the_way_is_told_at_once_why_and_where(desk, editor):
    point = {"id": new_id(), "type": "key_point", "label": "Nine", "detail": "<p>Ships.</p>"}
    live = make_published(by=editor, interest_note="None.")
    live = publish_change(live.story, by=editor, blocks=[*live.document["blocks"], point])
    key = live.document["citations"][0]["key"]
    typed = {
        "headline": "",
        "interest_note": "",
        f"block-{point['id']}-label": "",
        f"block-{point['id']}-detail": "<p>TK ships.</p>",
        f"citation-{key}-quote": "TK",
    }
    page = submit(desk, desk.get(url("correct", live.story)), **typed, change="correction")
    words, html = text(page), page.content.decode()
    assert "What is still missing Say what was wrong and what is right." in words
    assert "Before this can go out Add a headline before publishing. Go there Lists, feeds" in words
    assert "Give this key point a label. Go there" in words
    assert words.count("or take it out. TK Go there A placeholder must never be published.") == 2
    assert "It does not say whether the newsroom or an author has ties to the subject. Go there" in words
    for name in typed:
        assert f'<a href="#id_{name}">Go there</a>' in html
        assert f'id="id_{name}"' in html
    assert "Publish version 3 now" not in words
    page = submit(desk, page, "publish", override="It is known.", **TOLD)
    assert page.context["form"].errors == {"__all__": ["Nothing is published yet: see below."]}
    assert "It is known." in page.content.decode()
    assert "Add a headline before publishing. Go there" in text(page)
    assert Version.objects.count() == 2


def test_what_is_settled_elsewhere_leads_to_the_story(desk, editor):
    live = make_published(by=editor)
    live = publish_change(live.story, by=editor, authors=[{**live.document["authors"][0], "role": "photographs"}])
    Version.objects.filter(pk=live.pk).update(document={**live.document, "authors": []})
    page = submit(desk, desk.get(url("correct", live.story)), **TOLD, kicker="Ten ships")
    assert f'<a href="{url("change", live.story)}#credits-group">Go there</a>' in page.content.decode()


def test_a_minor_change_that_is_more_asks_for_a_reason_which_is_kept(desk, editor):
    live = make_published(by=editor, headline="Nine ships")
    page = submit(desk, desk.get(url("correct", live.story)), change="minor", headline="Ten ships")
    assert "It changes the headline." in text(page)
    assert "This is more than a minor change." in text(page)
    assert "Write a reason here" not in text(page)
    page = submit(desk, page, "publish")
    assert "Write a reason here" in text(page)
    submit(desk, page, "publish", override="A slip of the pen.")
    assert {row["reason"] for row in Version.objects.latest().overrides} == {"A slip of the pen."}


# The draft


def test_the_draft_takes_up_the_correction_and_keeps_its_own_changes(desk, editor):
    live = make_published(by=editor, kicker="Nine ships")
    save_document({**live.document, "headline": "Not yet"}, live.story)
    correct(desk, live.story, kicker="Ten ships")
    draft = latest_revision(live.story).document
    assert (draft["headline"], draft["kicker"]) == ("Not yet", "Ten ships")
    assert Version.objects.latest().headline == live.headline


def test_where_the_draft_says_something_else_the_editor_is_told_before_and_after(desk, editor):
    live = make_published(by=editor, kicker="Nine ships")
    block = live.document["blocks"][0]
    mine = {**block, "html": block["html"].replace("opened", "broke")}
    save_document({**live.document, "kicker": "A dozen ships", "blocks": [mine]}, live.story)
    theirs = block["html"].replace("opened", "shut")
    page = submit(desk, desk.get(url("correct", live.story)), **TOLD, kicker="Ten ships", **{block_field(live): theirs})
    assert "Your draft says A dozen ships Readers will have Ten ships" in text(page)
    response = submit(desk, page, "publish")
    words = text(response)
    assert "in these places it said something else and kept its words" in words
    assert "Kicker Your draft said A dozen ships Version 2 says Ten ships" in words
    assert re.search(r"Text Your draft said The office broke the gate.* Version 2 says The office shut the gate", words)
    assert told(response)[0].startswith("Version 2 is published.")
    page = desk.get(response.redirect_chain[-1][0])
    assert "A dozen ships" in text(page)


def test_the_page_of_conflicts_is_404_for_what_is_not_of_this_story(desk, editor):
    live, other = make_published(by=editor), make_published(by=editor)
    correct(desk, live.story, kicker="Ten")
    revision = latest_revision(live.story)
    assert desk.get(url("conflicts", live.story, revision.pk, 2)).status_code == 200
    assert desk.get(url("conflicts", other.story, revision.pk, 2)).status_code == 404
    for number in (0, 1, 3, 10**30):
        assert desk.get(url("conflicts", live.story, revision.pk, number)).status_code == 404
    assert desk.post(url("conflicts", live.story, revision.pk, 2)).status_code == 405


# Two editors, and a version that waits


def test_of_two_editors_one_is_told_and_both_changes_are_joined(desk, editor):
    live = make_published(by=editor, kicker="Nine ships", headline="Ships")
    page = desk.get(url("correct", live.story))
    publish_change(live.story, by=editor, headline="Many ships")
    page = submit(desk, page, "publish", **TOLD, kicker="Ten ships")
    assert "Meanwhile someone else published version 2" in text(page)
    form = page.context["form"]
    assert (form["headline"].value(), form["kicker"].value(), form["wrong"].value()) == (
        "Many ships",
        "Ten ships",
        "It said nine.",
    )
    submit(desk, submit(desk, page), "publish")
    version = Version.objects.latest()
    assert (version.number, version.headline, version.kicker) == (3, "Many ships", "Ten ships")


def test_where_both_changed_the_same_place_it_is_told(desk, editor):
    live = make_published(by=editor, kicker="Nine ships")
    page = desk.get(url("correct", live.story))
    publish_change(live.story, by=editor, kicker="No ships")
    page = submit(desk, page, **TOLD, kicker="Ten ships")
    assert "Kicker You wrote Ten ships Readers have No ships" in text(page)
    assert page.context["form"]["kicker"].value() == "Ten ships"


def test_a_removal_of_a_block_is_kept_when_another_editor_was_quicker(desk, editor):
    point = {"id": new_id(), "type": "key_point", "label": "Nine", "detail": "<p>Ships.</p>"}
    live = make_published(by=editor)
    live = publish_change(live.story, by=editor, blocks=[*live.document["blocks"], point])
    page = desk.get(url("correct", live.story))
    publish_change(live.story, by=editor, kicker="Else")
    page = submit(desk, page, **TOLD, **{f"block-{point['id']}-DELETE": "on"})
    submit(desk, submit(desk, page), "publish")
    assert len(Version.objects.latest().document["blocks"]) == 1


def test_words_that_were_redacted_meanwhile_do_not_come_back_by_the_form(desk, editor):
    live = make_published(by=editor, standfirst="Jane Roe spoke.")
    page = desk.get(url("correct", live.story))
    redact(live.story, passage="Jane Roe", by=editor, signed="Ed", reason="To protect her.", expecting=seen(live.story))
    page = submit(desk, page, "publish", **TOLD, kicker="Ten ships")
    assert "Meanwhile a passage was removed from all versions of this story." in text(page)
    assert "Jane Roe" not in page.content.decode()
    assert page.context["form"]["wrong"].value() == "It said nine."


def test_a_version_that_waits_is_asked_about(desk, editor):
    live = make_published(by=editor, kicker="Nine ships")
    at = timezone.now() + datetime.timedelta(days=1)
    publish_change(live.story, by=editor, at=at, headline="Tomorrow")
    page = submit(desk, desk.get(url("correct", live.story)), **TOLD, kicker="Ten ships")
    assert "Say whether to merge this change into it or to cancel it." in text(page)
    submit(desk, submit(desk, page, pending="merge"), "publish")
    assert [(v.number, v.headline, v.kicker) for v in live.story.versions.all()] == [
        (1, live.headline, "Nine ships"),
        (2, live.headline, "Ten ships"),
        (3, "Tomorrow", "Ten ships"),
    ]


def test_a_version_scheduled_meanwhile_is_told(desk, editor):
    live = make_published(by=editor)
    page = desk.get(url("correct", live.story))
    publish_change(live.story, by=editor, at=timezone.now() + datetime.timedelta(days=1), headline="Tomorrow")
    page = submit(desk, page, **TOLD, kicker="Ten ships")
    assert page.context["form"].non_field_errors()[0].startswith("Meanwhile someone else published or scheduled")
    assert "Version 2 waits for its time. What becomes of it?" in text(page)
    assert page.context["form"]["kicker"].value() == "Ten ships"
    submit(desk, submit(desk, page, pending="cancel"), "publish")
    assert [version.change for version in live.story.versions.all()] == ["first", "correction"]


# Unsaved


def keep(client, page, **values):
    """Keep what was typed into the page; return the autosave."""
    data = fields(page) | values
    assert client.post(page.context["keep_url"], data).status_code == 200
    return Autosave.objects.get(form=data["_form"])


def going_on(client, autosave):
    return client.get(url("correct", autosave.story), {"continue": autosave.form})


def test_what_was_typed_is_offered_again_on_this_page_and_to_this_editor_alone(desk, editor):
    live = make_published(by=editor, kicker="Nine ships")
    kept = keep(desk, desk.get(url("correct", live.story)), **TOLD, kicker="Ten ships")
    page = desk.get(url("correct", live.story))
    assert "You have unsaved work on this story" in text(page)
    assert page.context["form"]["kicker"].value() == "Nine ships"
    assert "You have unsaved work" not in text(desk.get(url("change", live.story)))
    page = going_on(desk, kept)
    assert "This is your unsaved work of" in text(page)
    assert (page.context["form"]["kicker"].value(), page.context["form"]["wrong"].value()) == (
        "Ten ships",
        "It said nine.",
    )
    assert Version.objects.count() == 1
    submit(desk, page, "publish")
    assert Version.objects.latest().kicker == "Ten ships"
    assert not Autosave.objects.exists()
    kept = keep(desk, desk.get(url("correct", live.story)), kicker="Secret")
    desk.force_login(make_editor(username="grace"))
    assert "Secret" not in going_on(desk, kept).content.decode()


def test_an_editor_has_unsaved_work_on_the_story_and_on_a_correction_of_it(desk, editor):
    live = make_published(by=editor)
    mine = Autosave.objects.create(user=editor, story=live.story, form=new_id(), fields={}, saved_at=timezone.now())
    page = desk.get(url("correct", live.story))
    kept = keep(desk, page, kicker="Ten ships")
    assert desk.post(page.context["keep_url"], fields(page) | {"_form": new_id()}).status_code == 409
    response = desk.post(reverse("admin:stories_story_discard"), {"form": kept.form})
    assert response.url == url("correct", live.story)
    assert Autosave.objects.get() == mine
    assert not going_on(desk, mine).context["form"].is_bound


def test_unsaved_work_is_joined_with_what_was_published_since(desk, editor):
    live = make_published(by=editor, kicker="Nine ships", headline="Ships")
    kept = keep(desk, desk.get(url("correct", live.story)), **TOLD, kicker="Ten ships")
    publish_change(live.story, by=editor, headline="Many ships")
    page = going_on(desk, kept)
    assert "Meanwhile someone else published version 2" in text(page)
    form = page.context["form"]
    assert (form["headline"].value(), form["kicker"].value()) == ("Many ships", "Ten ships")
    assert 'data-unsaved="1"' in page.content.decode()


def test_unsaved_work_on_a_report_still_settles_it(desk, editor):
    live = make_published(by=editor)
    report = make_report(live)
    kept = keep(desk, desk.get(url("correct", live.story), {"report": report.pk}), **TOLD, kicker="Ten")
    page = going_on(desk, kept)
    assert "It was ten!" in text(page)
    submit(desk, page, "publish")
    report.refresh_from_db()
    assert report.state == "corrected"


# Reports


def make_report(version, **values):
    block = version.document["blocks"][0]["id"]
    return Report.objects.create(
        **{
            "story": version.story,
            "version": version,
            "block": block,
            "text": "It was ten!",
            "created_at": timezone.now(),
        }
        | values
    )


def test_a_readers_report_is_shown_and_settled_by_the_correction(desk, editor):
    live = make_published(by=editor)
    report = make_report(live)
    page = desk.get(url("correct", live.story), {"report": report.pk})
    assert "It was ten!" in text(page)
    assert "The passage it is about: The office opened the gate." in text(page)
    page = submit(desk, page, **TOLD, kicker="Ten")
    report.refresh_from_db()
    assert report.state == "open"
    submit(desk, page, "publish")
    report.refresh_from_db()
    assert (report.state, report.led_to, report.resolved_by) == ("corrected", Version.objects.latest(), editor)
    assert report.resolution == "It said nine. It was ten."


def test_a_correction_goes_out_though_somebody_resolved_the_report_meanwhile(desk, editor):
    live = make_published(by=editor)
    report = make_report(live)
    page = submit(desk, desk.get(url("correct", live.story), {"report": report.pk}), **TOLD, kicker="Ten")
    resolve(report, by=make_editor(username="grace"), state="dismissed", resolution="Nothing in it.")
    page = submit(desk, page, "publish")
    assert told(page)[1:] == ["The reader’s report was resolved already: it is not linked to this version."]
    assert live.story.versions.latest().kicker == "Ten"
    report.refresh_from_db()
    assert (report.state, report.led_to) == ("dismissed", None)


def test_a_report_on_another_story_or_on_nothing_is_404(desk, editor):
    live, other = make_published(by=editor), make_published(by=editor)
    report = make_report(other)
    for value in (report.pk, 0, "9" * 30, "nonsense", "-1", "²", "\x00"):
        assert desk.get(url("correct", live.story), {"report": value}).status_code == 404
        assert desk.post(url("correct", live.story), {"report": value}).status_code == 404


# Who, and when there is nothing to correct


def test_correcting_needs_the_permission(client):
    live = make_published()
    client.force_login(make_member("Reporter"))
    assert client.get(url("correct", live.story)).status_code == 403
    assert client.post(url("correct", live.story), TOLD).status_code == 403


def test_reports_are_for_those_who_may_see_them(client):
    live = make_published()
    member = make_member("Reporter")
    member.user_permissions.add(Permission.objects.get(codename="publish_story"))
    client.force_login(member)
    assert client.get(url("correct", live.story), {"report": make_report(live).pk}).status_code == 403
    assert client.get(url("correct", live.story)).status_code == 200


def test_where_readers_have_nothing_there_is_nothing_to_correct(desk, editor):
    draft = make_revision().story
    planned = make_revision()
    publish(planned, by=editor, expecting=(None, None), at=timezone.now() + datetime.timedelta(days=1))
    gone = make_published(by=editor).story
    retract(gone, by=editor, signed="Ed", reason="Forged.", expecting=seen(gone))
    for story in (draft, planned.story, gone):
        response = desk.get(url("correct", story), follow=True)
        assert told(response) == ["There is nothing to correct: readers have no text of this story."]
    response = desk.get(reverse("admin:stories_story_correct", args=[new_id()]), follow=True)
    assert told(response) == ["Meanwhile someone else deleted this story."]


@pytest.mark.parametrize("name", ["seen_live", "seen_pending"])
@pytest.mark.parametrize("value", ["nonsense", "9" * 30, "-1", "\x00"])
def test_a_page_that_was_tampered_with_is_to_be_looked_at_again(desk, editor, name, value):
    live = make_published(by=editor)
    response = submit(desk, desk.get(url("correct", live.story)), **TOLD | {name: value})
    assert "This page was incomplete." in text(response)


def test_an_empty_post_says_what_is_missing(desk, editor):
    live = make_published(by=editor)
    assert desk.post(url("correct", live.story), {}).status_code == 200
    assert desk.put(url("correct", live.story)).status_code == 405
    assert Version.objects.count() == 1


def test_the_page_costs_few_queries_however_long_the_story(desk, editor, django_assert_max_num_queries):
    first = make_published(by=editor)
    blocks = [*first.document["blocks"], *({"id": new_id(), "type": "text", "html": "<p>More.</p>"} for _ in range(30))]
    live = publish_change(first.story, by=make_editor(), blocks=blocks)
    with django_assert_max_num_queries(8):
        page = desk.get(url("correct", live.story))
    with django_assert_max_num_queries(82):
        submit(desk, page, **TOLD, kicker="Ten")
    assert Citation.objects.count() == 1
