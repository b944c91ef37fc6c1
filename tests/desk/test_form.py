import html
import re
import uuid

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection
from django.forms import MultiWidget
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stories.desk.forms import document_from_form
from stories.models import Citation, KeyPoint, Quote, Story, Tag, Text, User
from stories.models.citation import make_key
from stories.publishing import preflight
from stories.publishing.document import clean, new_id
from stories.publishing.purging import purge_words
from stories.publishing.revisions import latest_revision, save_document
from stories.publishing.verbs import PublishError, publish, seen
from stories.publishing.working_copy import document_from_story
from tests.desk.forms import forms_of
from tests.factories import make_author, make_document, make_editor, make_revision, make_source, make_tag, make_topic
from tests.site.rich import rich_fields

ADD = "/admin/stories/story/add/"
EMPTY = {
    "headline": "", "kicker": "", "standfirst": "", "summary": "", "kind": "news", "language": "en", "slug": "",
    "slugline": "", "dateline": "", "editors_note": "", "interest_note": "", "ai_use": "none", "lead_image": "",
    "translation_of": "",
}  # fmt: skip
NO_CHOICE = "Select a valid choice. That choice is not one of the available choices."
PREFIXES = ["credits", "citations"] + [
    f"stories_{name}_set" for name in ("text", "keypoint", "question", "event", "quote", "post", "figure")
]


def make_story(**values):
    return make_revision(**{"language": "en"} | values).story


def make_rich_story():
    return make_story(**rich_fields())


def document_of(story):
    return document_from_story(Story.objects.get(pk=story.pk))


def change_url(story):
    return reverse("admin:stories_story_change", args=[story.pk])


def posted(rows=(), **values):
    """Return what the form of a new story posts: `rows` is [(prefix, {field: value})]."""
    data = EMPTY | values
    count = dict.fromkeys(PREFIXES, 0)
    for prefix, row in rows:
        data |= {f"{prefix}-{count[prefix]}-{name}": value for name, value in row.items()}
        count[prefix] += 1
    for prefix, total in count.items():
        data |= {f"{prefix}-TOTAL_FORMS": total, f"{prefix}-INITIAL_FORMS": 0}
    return data


def opened(client, story):
    """Return what the form of `story`, opened and left as it is, would post."""
    data = {}
    for form in forms_of(client, story):
        for field in form:
            widget = field.field.widget
            if field.field.show_hidden_initial:
                data |= opened_with(field.as_hidden(only_initial=True))
            if isinstance(widget, MultiWidget):
                parts = zip(widget.widgets_names, widget.decompress(field.value()), strict=True)
                data |= {f"{field.html_name}{name}": part for name, part in parts if part}
                continue
            value = widget.format_value(field.value())
            if value not in (None, [], [""]):
                one = isinstance(value, list) and field.name not in ("topics", "tags")
                data[field.html_name] = value[0] if one else value
    data["topics"] = [topic.pk for topic in story.topics.all()]
    data["tags"] = [tag.name for tag in story.tags.all()]
    return data


def opened_with(page):
    """Return the hidden inputs of a form that tell what its fields were opened with."""
    inputs = re.findall(r'<input type="hidden" name="(initial-[^"]+)"([^>]*)>', page)
    return {name: html.unescape("".join(re.findall(r'value="([^"]*)"', rest))) for name, rest in inputs}


def text(html, **values):
    return "stories_text_set", {"html": html, "region": "main", "ordering": 10, "id": new_id()} | values


def citation(source, **values):
    return "citations", {"source": source.pk, "key": make_key()} | values


def errors(response):
    """Return the sentences of all errors on the page."""
    found = re.findall(r'<ul class="errorlist[^>]*>(.*?)</ul>', response.content.decode(), re.S)
    return [html.unescape(sentence) for part in found for sentence in re.findall(r"<li>(.*?)</li>", part, re.S)]


def save(client, story, data):
    response = client.post(change_url(story), data | {"_continue": "1"})
    assert response.status_code == 302, errors(response)


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


# Saving


def test_saving_writes_the_story_and_a_revision(desk, editor):
    source, key, block = make_source(), make_key(), new_id()
    rows = [text(f'<p>Gates open.<cite data-key="{key}"></cite></p>', id=block), citation(source, key=key)]
    response = desk.post(ADD, posted(rows, headline="Gates open", tags=["harbour"]))
    story = Story.objects.get()
    assert response.status_code == 302, errors(response)
    revision = latest_revision(story)
    assert revision.user == editor
    assert revision.document == document_of(story)
    assert [b["id"] for b in revision.document["blocks"]] == [block]
    assert [c["key"] for c in revision.document["citations"]] == [key]
    assert revision.document["tags"] == ["harbour"]


def test_the_page_has_all_that_these_tests_post_of_it(desk):
    story = make_rich_story()
    data, page = opened(desk, story), desk.get(change_url(story)).content.decode()
    assert set(data) <= set(re.findall(r' name="([^"]+)"', page))
    of_rows = {name: value for name, value in opened_with(page).items() if "__prefix__" not in name}
    assert of_rows == {name: value for name, value in data.items() if name.startswith("initial-")} != {}


def test_a_form_opened_and_saved_unchanged_changes_nothing(desk):
    story = make_rich_story()
    before = document_of(story)
    save(desk, story, opened(desk, story))
    assert document_of(story) == before
    assert story.revisions.count() == 1


def test_saving_changes_what_was_changed_and_keeps_the_rest(desk):
    story = make_rich_story()
    data = opened(desk, story)
    before = document_of(story)
    data |= {"headline": "Another", "stories_keypoint_set-0-label": "Other", "citations-1-quote": "so it said"}
    save(desk, story, data)
    after = document_of(story)
    assert (after["headline"], after["blocks"][0]["label"]) == ("Another", "Other")
    assert [c["quote"] for c in after["citations"]] == ["in a business-like manner", "so it said", "", ""]
    assert after["blocks"][1:] == before["blocks"][1:]
    assert story.revisions.count() == 2


def test_saving_only_a_block_dates_the_story(desk):
    story = make_story(blocks=[{"id": new_id(), "type": "key_point", "label": "One"}])
    before = Story.objects.get(pk=story.pk).changed_at
    save(desk, story, opened(desk, story) | {"stories_keypoint_set-0-label": "Two"})
    assert Story.objects.get(pk=story.pk).changed_at > before


def test_a_block_is_deleted_by_its_box(desk):
    story = make_rich_story()
    save(desk, story, opened(desk, story) | {"stories_keypoint_set-0-DELETE": "on", "citations-2-DELETE": "on"})
    assert KeyPoint.objects.filter(parent=story).count() == 1
    assert story.citations.count() == 3


def test_a_slug_is_made_from_the_headline(desk):
    desk.post(ADD, posted(headline="Ворота open, at last!"))
    assert Story.objects.get().slug == "ворота-open-at-last"


def test_a_slugline_is_made_where_there_is_none(desk):
    story = make_story(headline="US and Russia hold talks")
    data = opened(desk, story)
    save(desk, story, data)
    assert Story.objects.get().slugline == "us-russia-hold"
    save(desk, story, data | {"slugline": "istanbul"})
    assert Story.objects.get().slugline == "istanbul"


def told_by_the_history(client, story):
    response = client.get(reverse("admin:stories_story_history", args=[story.pk]))
    return [str(row["what"]) for row in response.context["events"]]


def test_the_history_tells_what_was_changed_for_the_desk_alone(desk, editor):
    story = make_story()
    plan = {"embargo_until_0": "2099-11-26", "embargo_until_1": "10:00", "due": "2027-11-25T17:00"}
    save(desk, story, opened(desk, story) | plan | {"budget_line": "Who: buys.\nWhat.", "headline": "New"})
    save(desk, story, opened(desk, story) | {"due": "", "embargo_until_0": "", "embargo_until_1": "", "slugline": "x"})
    save(desk, story, opened(desk, story) | {"headline": "Newer"})
    assert told_by_the_history(desk, story) == [
        "Changed for the desk: due: nothing; embargo until: nothing; slugline “x”",
        "Changed for the desk: budget line “Who: buys. What.”; due 25 November 2027, 17:00 UTC; "
        "embargo until 26 November 2099, 10:00 UTC",
    ]
    assert {event.user for event in story.events.all()} == {editor}


def test_the_history_tells_that_an_answer_about_an_unnamed_source_was_changed_and_not_to_what(desk, editor):
    story = make_story()
    row = {"key": make_key(), "descriptor": "An official", "reason": "Fear", "approver": editor.pk, "factual": "on"}
    data = opened(desk, story) | {f"citations-1-{name}": value for name, value in row.items()}
    save(desk, story, data | {"citations-TOTAL_FORMS": 2})
    assert told_by_the_history(desk, story) == [
        "Changed for the desk: of an unnamed source, information, not opinion; of an unnamed source, approved by"
    ]
    assert str(editor.pk) not in story.events.get().note


def test_what_a_redaction_leaves_of_the_journal_is_told_as_it_is(desk):
    story = make_story()
    save(desk, story, opened(desk, story) | {"due": "2027-11-25T17:00", "budget_line": "Of Ivan Petrov."})
    purge_words(story, "Ivan Petrov")
    purge_words(story, "2027")
    assert told_by_the_history(desk, story) == [
        "Changed for the desk: budget line “Of […].”; due “[…]-11-25T17:00:00+00:00”"
    ]


def test_a_headline_is_one_line(desk):
    desk.post(ADD, posted(headline="Gates\r\nopen"))
    assert Story.objects.get().headline == "Gates open"


def test_an_added_block_that_stayed_empty_is_not_kept(desk):
    desk.post(ADD, posted([text("")], headline="Gates open"))
    assert Story.objects.get().headline == "Gates open"
    assert not Text.objects.exists()


UNFINISHED = [
    ("keypoint", {"detail": "<p>At last.</p>"}, "Give this key point a label."),
    ("question", {"answer": "<p>At last.</p>"}, "Write the question that is answered here."),
    ("quote", {"attribution": "<p>At last.</p>"}, "Write the words that are quoted."),
    ("quote", {"words": "At last."}, "A quotation cites nobody."),
    ("post", {"words": "At last."}, "A quoted post lacks something: the account, the platform."),
    ("post", {"account": "At last."}, "A quoted post lacks something: the platform, the words."),
    ("event", {"date": "1962"}, ""),
]


@pytest.mark.parametrize(("kind", "values", "sentence"), UNFINISHED)
def test_a_block_in_which_one_field_is_typed_is_saved_and_shown_but_not_published(desk, kind, values, sentence):
    row = (f"stories_{kind}_set", {"region": "main", "ordering": 10, "id": new_id()} | values)
    desk.post(ADD, posted([row], headline="Begun", language="en"))
    story = Story.objects.get()
    save(desk, story, opened(desk, story) | {"headline": "Begun again"})
    typed = re.sub("<[^>]*>", "", next(iter(values.values())))
    assert typed in page_of(desk, story, "preview")
    assert sentence in page_of(desk, story, "publish")
    assert sentence in desk.get(reverse("admin:stories_story_work", args=[story.pk, "submit"])).content.decode()
    first, second = story.revisions.order_by("created_at").values_list("pk", flat=True)
    assert "Begun again" in page_of(desk, story, "compare", old=first, new=second)


def test_a_caption_is_saved_before_its_picture_is_there_but_not_published(desk):
    row = ("stories_figure_set", {"region": "main", "ordering": 10, "id": new_id(), "caption": "<p>At last.</p>"})
    desk.post(ADD, posted([row], headline="Begun", language="en"))
    story = Story.objects.get()
    save(desk, story, opened(desk, story) | {"headline": "Begun again"})
    [block] = document_of(story)["blocks"]
    assert (block["picture"], block["caption"]) == (None, "<p>At last.</p>")
    assert "Begun again" in page_of(desk, story, "preview")
    assert "Choose the picture that is shown here." in page_of(desk, story, "publish")
    first, second = story.revisions.order_by("created_at").values_list("pk", flat=True)
    assert "At last." in page_of(desk, story, "compare", old=first, new=second)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "Choose a source, or describe the unnamed one."),
        ({"url": "https://harbour.example/log"}, "Choose a source, or describe the unnamed one."),
        ({"quote": "At last."}, "Choose a source, or describe the unnamed one."),
        ({"reason": "safety"}, "Say of each unnamed source who it is"),
        ({"descriptor": "an official on duty"}, "and why it is unnamed."),
    ],
)
def test_a_citation_of_nobody_yet_is_saved_and_shown_but_not_published(desk, values, sentence):
    key = make_key()
    rows = [text(f'<p>Open.<cite data-key="{key}"></cite></p>'), ("citations", {"key": key} | values)]
    desk.post(ADD, posted(rows, headline="Begun", language="en"))
    story = Story.objects.get()
    save(desk, story, opened(desk, story) | {"headline": "Begun again"})
    assert document_of(story) == latest_revision(story).document
    assert [citation["key"] for citation in document_of(story)["citations"]] == [key]
    assert 'id="source-1"' in page_of(desk, story, "preview")
    assert sentence in page_of(desk, story, "publish")


def page_of(client, story, name, **asked):
    response = client.get(reverse(f"admin:stories_story_{name}", args=[story.pk]), asked)
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def test_authors_stand_in_the_order_of_their_numbers(desk):
    first, second = make_author("Ada"), make_author("Ben")
    rows = [
        ("credits", {"author": second.pk, "role": "photographs", "position": 2}),
        ("credits", {"author": first.pk, "position": 1}),
    ]
    desk.post(ADD, posted(rows, headline="x"))
    document = document_of(Story.objects.get())
    assert document["authors"] == [{"slug": "ada", "role": ""}, {"slug": "ben", "role": "photographs"}]


def test_scripts_never_reach_the_tables(desk):
    desk.post(ADD, posted([text("<p onclick=x()>A</p><script>x()</script>")], headline="x"))
    assert Text.objects.get().html == "<p>A</p>"


def test_content_editors_clone_is_ignored(desk):
    other = make_story()
    block = Text.objects.get(parent=other)
    story = make_story()
    data = {"_clone": f"stories.text:{block.pk}", "_clone_region": "main", "_clone_ordering": "10"}
    save(desk, story, opened(desk, story) | data)
    assert Text.objects.count() == 2


# Ids and keys


def test_a_missing_id_is_made(desk):
    desk.post(ADD, posted([text("<p>A</p>", id=""), text("<p>B</p>", id="not an id")], headline="x"))
    assert Text.objects.count() == 2


def test_an_id_of_another_storys_block_does_not_overwrite_it(desk):
    theirs = Text.objects.get(parent=make_story())
    desk.post(ADD, posted([text("<p>Mine</p>", id=theirs.pk)], headline="x"))
    assert Text.objects.get(pk=theirs.pk).html == theirs.html
    assert Text.objects.exclude(pk=theirs.pk).get().html == "<p>Mine</p>"


def test_an_existing_row_with_anothers_id_does_not_overwrite_it(desk):
    theirs = Text.objects.get(parent=make_story())
    story = make_story()
    data = opened(desk, story) | {"stories_text_set-0-id": theirs.pk, "stories_text_set-0-html": "<p>Mine</p>"}
    save(desk, story, data)
    theirs.refresh_from_db()
    assert "Mine" not in theirs.html


def test_an_id_of_a_block_of_another_type_is_replaced(desk):
    story = make_story(blocks=[{"id": new_id(), "type": "quote", "words": "So it is."}])
    taken = Quote.objects.get()
    data = opened(desk, story) | {
        "stories_text_set-TOTAL_FORMS": 1, "stories_text_set-0-id": taken.pk, "stories_text_set-0-html": "<p>A</p>",
        "stories_text_set-0-region": "main", "stories_text_set-0-ordering": 20,
    }  # fmt: skip
    save(desk, story, data)
    assert len({block["id"] for block in document_of(story)["blocks"]}) == 2


def test_an_id_posted_twice_is_given_once(desk):
    same = new_id()
    rows = [text("<p>A</p>", id=same), text("<p>B</p>", id=same)]
    rows.append(("stories_quote_set", {"words": "C", "region": "main", "ordering": 30, "id": same}))
    response = desk.post(ADD, posted(rows, headline="x"))
    assert response.status_code == 302, errors(response)
    assert len({block["id"] for block in document_of(Story.objects.get())["blocks"]}) == 3


def test_a_form_posted_twice_writes_its_blocks_once(desk):
    story = make_story()
    data = opened(desk, story)
    block = dict(text("<p>New</p>")[1:][0])
    data |= {f"stories_text_set-1-{name}": value for name, value in block.items()} | {"stories_text_set-TOTAL_FORMS": 2}
    key = make_key()
    data |= {"citations-1-key": key, "citations-1-source": str(make_source("B").pk), "citations-TOTAL_FORMS": 2}
    save(desk, story, data)
    save(desk, story, data)
    assert Text.objects.filter(parent=story).count() == 2
    assert story.citations.count() == 2


def test_rows_that_are_gone_are_written_again(desk):
    story = make_rich_story()
    before = document_of(story)
    data = opened(desk, story)
    newest = save_document(make_document(story.pk), story)
    save(desk, story, data | {"opened_on": str(newest.pk)})
    after = document_of(story)
    assert after["headline"] == before["headline"]
    for rows in ("blocks", "citations", "authors"):
        assert [row for row in after[rows] if row in before[rows]] == before[rows]


def test_a_missing_key_is_made(desk):
    desk.post(ADD, posted([citation(make_source(), key="")], headline="x"))
    assert re.fullmatch("[0-9a-f]{12}", Citation.objects.get().key)


def test_a_malformed_key_is_refused(desk):
    response = desk.post(ADD, posted([citation(make_source(), key="zz")], headline="x"))
    assert "A key is 12 hexadecimal digits." in errors(response)
    assert not Story.objects.exists()


def test_a_key_of_another_story_is_refused(desk):
    theirs = Citation.objects.get(story=make_story())
    response = desk.post(ADD, posted([citation(make_source("B"), key=theirs.key)], headline="x"))
    assert any("belongs to another story" in sentence for sentence in errors(response))
    assert Citation.objects.get() == theirs


def test_a_key_posted_twice_is_refused(desk):
    key = make_key()
    response = desk.post(ADD, posted([citation(make_source(), key=key), citation(make_source("B"), key=key)]))
    assert "Two citations have the same key. Delete one of them and add it again." in errors(response)


def test_new_rows_have_no_id_from_the_server(desk):
    page = desk.get(ADD).content.decode()
    inputs = [tag for tag in re.findall("<input[^>]*>", page) if 'data-new="' in tag]
    assert len(inputs) == 8
    assert not any("value=" in tag for tag in inputs)


# Errors


@pytest.mark.parametrize(
    ("rows", "values", "sentence"),
    [
        ([], {"standfirst": "x" * 20_001}, "At most 20000 characters."),
        ([], {"tags": ["x" * 101]}, f"The tag “{'x' * 101}” is too long: at most 100 characters."),
        (
            [("stories_event_set", {"date": "s" * 41, "detail": "<p>A</p>", "region": "main", "ordering": 1})],
            {},
            "Ensure this value has at most 40 characters (it has 41).",
        ),
        ([("citations", {"source": uuid.UUID(int=7)})], {}, NO_CHOICE),
        ([("citations", {"source": "x"})], {}, NO_CHOICE),
        ([], {"topics": ["x"]}, "“x” is not a valid value."),
        ([], {"lead_image": "x"}, "“x” is not a valid UUID."),
        (
            [("citations", {"source": "x"})],
            {},
            "Select a valid choice. That choice is not one of the available choices.",
        ),
    ],
)
def test_an_error_is_told_in_a_sentence_and_nothing_is_written(desk, rows, values, sentence):
    rows = [(prefix, {"region": "main"} | row if prefix.startswith("stories") else row) for prefix, row in rows]
    response = desk.post(ADD, posted(rows, **values))
    assert sentence in errors(response)
    assert not Story.objects.exists()


def test_a_story_is_no_translation_of_itself(desk):
    story = make_rich_story()
    response = desk.post(change_url(story), opened(desk, story) | {"translation_of": str(story.pk)})
    assert "A story is no translation of itself." in response.content.decode()
    story.refresh_from_db()
    assert story.translation_of is None


HALF_WRITTEN = {
    "stories_event_set": {"date": "2025-13"},
    "stories_quote_set": {"words": "A", "language": "Russian"},
    "stories_post_set": {"posted_on": "soon", "posted_at": "noon", "language": "?", "url": "javascript:alert(1)"},
    "citations": {
        "url": "www",
        "archived_url": "https://arch",
        "published_on": "28.2.2025",
        "accessed_on": "yesterday",
    },
}


def half_written():
    """Return the rows of HALF_WRITTEN as posted() takes them."""
    block = {"region": "main", "ordering": 1}
    return [(prefix, row if prefix == "citations" else row | block) for prefix, row in HALF_WRITTEN.items()]


def test_what_is_half_written_is_saved_and_shown_again_and_keeps_the_story_from_going_out(desk, editor):
    desk.post(ADD, posted(half_written(), headline="Gates", language="plain English", slug="Open gates!"))
    story, typed = Story.objects.get(), [value for row in HALF_WRITTEN.values() for value in row.values()]
    page = html.unescape(desk.get(change_url(story)).content.decode())
    assert all(f'value="{value}"' in page for value in ["plain English", *typed] if value != "A")
    assert 'href="javascript:' not in page
    assert story.slug == "open-gates"

    save(desk, story, opened(desk, story) | {"kicker": "And on"})
    revision = latest_revision(story)
    assert revision.document["citations"][0]["url"] == "www"
    assert {f.check for f in preflight.findings(preflight.BLOCKERS, revision.document)} >= {"all_is_written_out"}
    with pytest.raises(PublishError, match="“www” is not a web address"):
        publish(revision, by=editor, expecting=seen(story))
    preview = desk.get(f"/admin/stories/story/{story.pk}/preview/").content.decode()
    assert "And on" in preview
    assert not any(value in preview for value in typed if len(value) > 1)


def test_a_half_written_value_that_is_left_as_it_is_makes_no_revision(desk):
    desk.post(ADD, posted(half_written(), headline="Gates"))
    story = Story.objects.get()
    save(desk, story, opened(desk, story))
    assert story.revisions.count() == 1


def test_an_error_loses_nothing_that_was_typed(desk):
    source, key, block = make_source("Harbour Office"), make_key(), new_id()
    rows = [text("<p>Kept</p>", id=block), citation(source, key=key)]
    page = desk.post(ADD, posted(rows, kicker="k" * 101, headline="Kept too", tags=["and me"])).content.decode()
    for kept in ("&lt;p&gt;Kept&lt;/p&gt;", "Kept too", "and me", "Harbour Office", key, block):
        assert kept in page


def test_a_citation_has_a_source_or_an_unnamed_one(desk):
    response = desk.post(ADD, posted([citation(make_source(), descriptor="An official")]))
    assert "A citation has a source or an unnamed source, not both." in errors(response)


# Tags


def test_a_tag_that_exists_is_found_in_any_case(desk):
    make_tag("Москва"), make_tag("New York")
    desk.post(ADD, posted(headline="x", tags=["москва", "NEW YORK", "new york", "2026"]))
    assert sorted(tag.name for tag in Story.objects.get().tags.all()) == ["2026", "New York", "Москва"]
    assert Tag.objects.count() == 3


def test_tags_are_searched_by_name(desk):
    make_tag("Istanbul"), make_tag("Peace talks")
    answer = desk.get("/admin/stories/story/tag-names/?term=stan").json()
    assert answer == {"results": [{"id": "Istanbul", "text": "Istanbul"}], "pagination": {"more": False}}


def test_tags_are_searched_by_who_may_see_stories_only(client, db):
    client.force_login(User.objects.create_user("visitor", is_staff=True))
    assert client.get("/admin/stories/story/tag-names/?term=a").status_code == 403


# The document of a posted form


def bound(data, story=None):
    """Return the story's form and formsets, bound to `data` and valid."""
    request = RequestFactory().post("/", data)
    request.user = make_editor()
    story_admin = admin.site.get_model_admin(Story)
    form = story_admin.get_form(request, story, change=bool(story))(request.POST, instance=story)
    formsets, _ = story_admin._create_formsets(request, form.instance, change=bool(story))
    assert form.is_valid(), form.errors
    assert all(formset.is_valid() for formset in formsets)
    return form, formsets


def test_the_document_of_a_posted_form_is_the_one_that_saving_gives(desk):
    story = make_rich_story()
    data = opened(desk, story) | {
        "headline": "Another  headline",
        "tags": ["ISTANBUL & <b>", "New one", "New_one!"],
        "stories_keypoint_set-0-DELETE": "on",
        "stories_question_set-1-ordering": 5,
        "citations-0-quote": "Other words",
        "citations-1-DELETE": "on",
    }
    for index in (4, 5):
        data |= {f"citations-{index}-key": make_key(), f"citations-{index}-descriptor": f"Official {index}"}
    data |= {"citations-TOTAL_FORMS": 6, "credits-0-position": 9, "topics": [make_topic("Grain").pk]}
    form, formsets = bound(data, Story.objects.get(pk=story.pk))
    before = document_of(story)
    document = document_from_form(form, formsets)
    assert document_of(story) == before  # nothing was written
    save(desk, story, data)
    assert document == document_of(story)


def test_the_document_of_a_new_storys_form_is_clean_and_saves_nothing(db):
    document = document_from_form(*bound(posted([text("<p>A<b>b</b></p>")], headline="Gates", tags=["new"])))
    assert document == clean(document)
    assert (document["slug"], document["tags"]) == ("gates", ["new"])
    assert document["blocks"][0]["html"] == "<p>A<strong>b</strong></p>"
    assert not Story.objects.exists()
    assert not Tag.objects.exists()


# Queries


def make_long(blocks=40, citations=20):
    sources = [make_source(f"Source {blocks} {number}") for number in range(citations)]
    kinds = [{"type": "text", "html": "<p>A</p>"}, {"type": "key_point", "label": "B"}, {"type": "quote", "words": "C"}]
    return make_story(
        blocks=[{"id": new_id(), **kinds[number % 3]} for number in range(blocks)],
        citations=[
            {"key": make_key(), "source": {"slug": s.slug, "name": s.name}, "via": {"slug": s.slug, "name": s.name}}
            for s in sources
        ],
        topics=[make_topic(f"Topic {blocks} {number}").slug for number in range(5)],
        tags=[make_tag(f"Tag {blocks} {number}").slug for number in range(5)],
    )


def test_a_long_story_opens_with_at_most_30_queries(desk, django_assert_max_num_queries):
    story = make_long()
    with django_assert_max_num_queries(30):
        response = desk.get(change_url(story))
    assert response.content.decode().count('-html"') >= 14


def test_saving_a_long_story_costs_the_same_queries_as_a_short_one(desk):
    def queries(story):
        data = opened(desk, story)
        with CaptureQueriesContext(connection) as captured:
            save(desk, story, data)
        return len(captured)

    assert queries(make_long(3, 2)) == queries(make_long(40, 20))


def test_errors_in_a_long_story_cost_no_query_a_row(desk, django_assert_max_num_queries):
    story = make_long()
    data = opened(desk, story) | {"kicker": "k" * 101}
    with django_assert_max_num_queries(45):
        assert errors(desk.post(change_url(story), data))


# Rights


def test_who_may_only_look_sees_the_story_and_changes_nothing(client, db):
    looker = User.objects.create_user("looker", is_staff=True)
    looker.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    story = make_story(headline="Gates open")
    client.force_login(looker)
    assert "Gates open" in client.get(change_url(story)).content.decode()
    assert client.post(change_url(story), posted(headline="x")).status_code == 403


# The page


def test_scripts_of_the_form_carry_the_nonce_of_the_policy(desk):
    response = desk.get(ADD)
    nonce = re.search("'nonce-([^']+)'", response["Content-Security-Policy"])[1]
    inline = re.findall(r"<script(?![^>]*src=)([^>]*)>", response.content.decode())
    assert inline
    assert all(f'nonce="{nonce}"' in attributes or "application/json" in attributes for attributes in inline)


def test_hidden_inputs_have_neither_label_nor_description_and_no_choice_is_without_words(desk):
    page = desk.get(change_url(make_rich_story())).content.decode()
    hidden = re.findall(r'<input type="hidden"[^>]*>', page)
    ids = {match[1] for each in hidden if (match := re.search(r' id="([^"]+)"', each))}
    assert len(ids) > 20
    assert ids & set(re.findall(r'<label[^>]* for="([^"]+)"', page)) == set()
    assert [each for each in hidden if " aria-" in each] == []
    assert re.findall(r'<option(?![^>]* label=")[^>]*></option>', page) == []


def test_every_block_type_can_be_added(desk):
    page = desk.get(ADD).content.decode()
    for name in PREFIXES:
        assert f'id="{name}-group"' in page
