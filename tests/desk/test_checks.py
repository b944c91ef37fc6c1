"""What stands in the way of a story: on its form and on its publish page, with the way there."""

import datetime
import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from stories.desk.checks import place_of
from stories.models import Citation, Source, Story, Version
from stories.models.citation import make_key
from stories.publishing.document import new_id
from stories.publishing.revisions import latest_revision
from stories.publishing.verbs import publish
from stories.publishing.working_copy import picture_document
from tests.desk.forms import form_data
from tests.factories import make_author, make_editor, make_picture, make_published, make_revision, make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def url(name, story):
    return reverse(f"admin:stories_story_{name}", args=[story.pk])


def text(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def lacking():
    """Return a story in which a block, a citation, a picture and a field in a folded part lack something."""
    block, key = new_id(), make_key()
    html = f'<p>Look <a href="https://a.example/">here</a>. TK<cite data-key="{key}"></cite></p>'
    return make_revision(
        headline="The gate",
        interest_note="",
        lead_image=picture_document(make_picture(alt="")),
        blocks=[{"id": block, "type": "text", "html": html}],
        citations=[{"key": key, "unnamed": {"descriptor": "a source", "reason": "safety"}}],
    ).story


def places(story):
    document = story.revisions.latest().document
    return document["blocks"][0]["id"], document["citations"][0]["key"], document["lead_image"]["id"]


def test_the_publish_page_tells_what_blocks_and_what_warns_why_and_where(desk):
    story = lacking()
    response = desk.get(url("publish", story))
    page, html = text(response), response.content.decode()
    assert "A placeholder is left: write what is to come, or take it out. TK Go there" in page
    assert "A placeholder must never be published." in page
    assert "Readers judge better if they know who has ties to whom. PF15" in page
    block, key, picture = places(story)
    form = url("change", story)
    for address in (
        f"{form}#block-{block}.html",
        f"{form}#citation-{key}.descriptor",
        f"{form}#id_interest_note",
        f"/admin/stories/picture/{picture}/change/#id_alt",
    ):
        assert f'<a href="{address}">Go there</a>' in html
    assert "Publish now" not in page
    assert "Why it goes out all the same" not in page


def test_the_form_counts_what_was_found_and_leads_there(desk):
    story = lacking()
    html = desk.get(url("change", story)).content.decode()
    panel = html[html.index('<details class="preflight">') :].partition("</details>")[0]
    summary = " ".join(panel[panel.index("<summary") :].partition("</summary>")[0].split(">", 1)[1].split())
    assert summary == "6 things block publishing, 2 warnings"
    block, key, _picture = places(story)
    for anchor in (f"#block-{block}.html", f"#citation-{key}.basis", "#id_interest_note"):
        assert f'<a href="{anchor}">Go there</a>' in panel


def test_one_of_each_is_told_in_the_singular(desk):
    story = make_revision(slug="", interest_note="").story
    assert "1 thing blocks publishing, 1 warning" in text(desk.get(url("change", story)))


def test_a_story_that_passes_says_so_and_a_new_one_says_nothing(desk):
    assert "All checks passed." in text(desk.get(url("change", make_revision().story)))
    new = text(desk.get(reverse("admin:stories_story_add")))
    assert "checks passed" not in new
    assert "block publishing" not in new


def test_the_checks_cost_the_form_two_queries_at_most(desk, django_assert_max_num_queries):
    story = lacking()
    with django_assert_max_num_queries(30):
        desk.get(url("change", story))


def test_every_place_that_a_check_names_is_on_the_form(desk):
    html = desk.get(url("change", make_revision().story)).content.decode()
    fields = ["headline", "language", "slug", "authors", "kind", "citations", "embargo_until"]
    fields += ["standfirst", "interest_note", "kicker", "summary", "dateline", "editors_note"]
    fields += ["ai_statement", "ai_checked"]
    for field in fields:
        assert f'id="{place_of(field, "").removeprefix("#")}"' in html
    assert place_of("", "/form/") == ""
    assert f'id="{place_of("authors.0.role", "").removeprefix("#")}"' in html


# The desk's own facts


def save(desk, story, **values):
    response = desk.post(url("change", story), form_data(desk, story, **values) | {"_continue": "1"})
    assert response.status_code == 302, response.context["errors"]


def embargo(instant):
    local = timezone.localtime(instant)
    return {"embargo_until_0": f"{local:%Y-%m-%d}", "embargo_until_1": f"{local:%H:%M}"}


def in_hours(hours):
    return (timezone.now() + datetime.timedelta(hours=hours)).replace(second=0, microsecond=0)


def test_the_desk_answers_for_an_unnamed_source_on_the_form(desk):
    told = {"descriptor": "an official who attended", "reason": "safety"}
    story = make_revision(
        citations=[{"key": make_key(), "unnamed": told}], blocks=[{"type": "text", "html": "a"}]
    ).story
    approver = make_editor()
    values = {"citations-0-basis": "witness", "citations-0-factual": "on", "citations-0-approver": approver.pk}
    save(desk, story, **values)
    citation = Citation.objects.get()
    assert (citation.basis, citation.factual, citation.approver) == ("witness", True, approver)
    assert story.revisions.count() == 1  # it is in no document


def test_under_embargo_a_story_can_be_scheduled_and_not_published(desk, editor):
    story, until = make_revision().story, in_hours(48)
    save(desk, story, **embargo(until))
    assert Story.objects.get(pk=story.pk).embargo_until == until
    when = f"{until:%-d %B %Y, %H:%M} UTC"
    assert f"Under embargo until {when}." in text(desk.get(url("change", story)))
    response = desk.get(url("publish", story))
    page = text(response)
    assert f"It is under embargo until {when}: nobody outside may see it before." in page
    assert "Publish now" not in page
    assert response.context["form"]["day"].value() == until.date()
    posted = {"revision": story.revisions.latest().pk, "when": "now", "seen_live": "", "seen_pending": ""}
    refused = desk.post(url("publish", story), posted)
    assert f"It is under embargo until {when}. Schedule it for then or later." in text(refused)
    moment = {"day": f"{until:%Y-%m-%d}", "time": f"{until:%H:%M}"}
    desk.post(url("publish", story), posted | {"when": "later"} | moment)
    assert Version.objects.get().visible_from == until


def test_an_embargo_that_a_waiting_version_would_break_is_refused(desk, editor):
    revision = make_revision()
    story = revision.story
    publish(revision, by=editor, expecting=(None, None), at=in_hours(24))
    response = desk.post(url("change", story), form_data(desk, story, **embargo(in_hours(48))))
    assert "before this embargo ends. Move or cancel it first." in text(response)
    assert Story.objects.get(pk=story.pk).embargo_until is None
    save(desk, story, **embargo(in_hours(12)))


def test_an_embargo_that_has_passed_is_not_told(desk):
    story = make_published().story
    save(desk, story, **embargo(in_hours(-2)))
    assert "embargo until" not in text(desk.get(url("publish", story)))


def report_under_embargo(hours):
    """Return (a story that rests on a report under embargo, until when)."""
    until = in_hours(hours)
    report = make_source("Harbour report", kind="document", embargo_until=until)
    return make_revision(source=report).story, until


def test_what_rests_on_a_document_under_embargo_can_be_scheduled_and_not_published(desk):
    story, until = report_under_embargo(48)
    when = f"{until:%-d %B %Y, %H:%M} UTC"
    assert f"“Harbour report” is under embargo until {when}." in text(desk.get(url("change", story)))
    response = desk.get(url("publish", story))
    assert f"It rests on “Harbour report”, which is under embargo until {when}: nobody" in text(response)
    assert "Publish now" not in text(response)
    assert response.context["form"]["day"].value() == until.date()
    posted = {"revision": story.revisions.latest().pk, "when": "now", "seen_live": "", "seen_pending": ""}
    refused = text(desk.post(url("publish", story), posted | {"override": "Others have it."}))
    assert f"“Harbour report”, which is under embargo until {when}. Schedule it for then or later." in refused
    moment = {"day": f"{until:%Y-%m-%d}", "time": f"{until:%H:%M}"}
    desk.post(url("publish", story), posted | {"when": "later"} | moment)
    assert Version.objects.get().visible_from == until


def test_of_two_embargoes_the_later_one_is_told(desk):
    story, _until = report_under_embargo(48)
    save(desk, story, **embargo(in_hours(72)))
    assert f"Under embargo until {in_hours(72):%-d %B}" in text(desk.get(url("change", story)))
    Source.objects.update(embargo_until=in_hours(-1))
    Story.objects.update(embargo_until=in_hours(-2))
    assert "embargo until" not in text(desk.get(url("publish", story)))


# Who checked what a machine made


def machine_made(**values):
    return make_revision(ai_use="translated", **values).story


def signed(story):
    return story.revisions.latest().document["ai_review"]


@pytest.fixture
def ada(editor):
    editor.first_name, editor.last_name = "Ada", "Lovelace"
    editor.save()
    return editor


def test_who_ticks_that_they_checked_it_signs_with_name_and_time(desk, ada):
    story = machine_made()
    assert "Say how you checked it, and tick that you did" in text(desk.get(url("change", story)))
    save(desk, story, ai_statement="I compared each line.")
    assert "nobody signed it: tick that you checked it" in text(desk.get(url("change", story)))
    before = timezone.now().replace(microsecond=0)
    forged = {"ai_reviewer": "Somebody else", "ai_reviewed_at": "2020-01-01"}
    save(desk, story, ai_checked="on", **forged)
    review = signed(story)
    assert (review["reviewer"], review["statement"]) == ("Ada Lovelace", "I compared each line.")
    assert before <= datetime.datetime.fromisoformat(review["reviewed_at"]) <= timezone.now()
    page = text(desk.get(url("change", story)))
    assert "All checks passed." in page
    assert "Ada Lovelace checked it on" in page


def test_an_author_signs_with_the_name_that_readers_know(desk, editor):
    make_author("A. L.", user=editor)
    story = machine_made()
    save(desk, story, ai_statement="I read it.", ai_checked="on")
    assert signed(story)["reviewer"] == "A. L."


def test_a_signature_stays_until_what_it_stands_under_is_changed(desk, ada):
    story = machine_made()
    save(desk, story, ai_statement="I read it.", ai_checked="on")
    review = signed(story)
    save(desk, story, kicker="New")
    assert signed(story) == review
    save(desk, story, ai_statement="I read every word of it.")
    assert signed(story) == {"reviewer": "", "reviewed_at": "", "statement": "I read every word of it."}
    save(desk, story, ai_checked="on")
    save(desk, story, ai_use="generated")
    assert signed(story)["reviewer"] == ""
    save(desk, story, ai_statement="")
    assert signed(story) is None


@pytest.mark.parametrize(
    ("values", "name", "sentence"),
    [
        ({"ai_statement": "I read it."}, "", "your account has no name that readers could be told."),
        ({"ai_statement": ""}, "Ada", "say how, readers are told. Then tick it again."),
    ],
)
def test_nobody_signs_without_a_name_or_for_nothing(desk, editor, values, name, sentence):
    editor.first_name = name
    editor.save()
    story = machine_made()
    posted = form_data(desk, story, ai_checked="on", headline="Saved all the same", **values)
    response = desk.post(url("change", story), posted, follow=True)
    assert sentence in text(response)
    assert latest_revision(story).document["headline"] == "Saved all the same"
    assert not (signed(story) or {}).get("reviewer")


def test_the_preview_shows_who_signs(desk, ada):
    story = machine_made()
    posted = form_data(desk, story, ai_checked="on", ai_statement="I read it.")
    assert "Ada Lovelace checked it on" in text(desk.post(url("preview", story), posted))
    assert signed(story) is None


def test_what_nobody_checked_passes_with_a_label(desk):
    story = machine_made()
    save(desk, story, ai_label="on")
    assert "All checks passed." in text(desk.get(url("change", story)))
