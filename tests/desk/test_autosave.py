"""Unsaved work is kept, privately, and offered again: nothing of it is written before it is saved."""

import re

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from stories.models import Autosave, Citation, Revision, Story, Text, User
from stories.models.citation import make_key
from stories.publishing.document import new_id
from stories.publishing.removals import redact
from stories.publishing.revisions import latest_revision, save_document
from stories.publishing.verbs import seen
from tests.desk.test_form import ADD, change_url, document_of, errors, make_rich_story, make_story, opened, posted, text
from tests.factories import make_document, make_editor, make_published, make_source

pytestmark = pytest.mark.django_db
NEW = "/admin/stories/story/add/autosave/"
DISCARD = "/admin/stories/story/autosave/discard/"


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def url(story):
    return reverse("admin:stories_story_autosave", args=[story.pk])


def keep(client, story, values, form=None):
    """Keep the form of `story`, None for a new one, with `values` typed into it; return the autosave."""
    form = form or new_id()
    data = (opened(client, story) if story else posted()) | values | {"_form": form, "csrfmiddlewaretoken": "x"}
    response = client.post(url(story) if story else NEW, data)
    assert response.status_code == 200, response.content
    return Autosave.objects.get(form=form)


def others():
    return {model: model.objects.count() for model in apps.get_models() if model is not Autosave}


def going_on(client, story, autosave):
    """Return the page on which the editor goes on with an autosave, and what it would post."""
    page = client.get(f"{change_url(story) if story else ADD}?continue={autosave.form}")
    context = page.context
    formsets = [inline.formset for inline in context["inline_admin_formsets"]]
    data = {"_form": str(autosave.form)}
    for form in [context["adminform"].form, *(f for formset in formsets for f in [formset.management_form, *formset])]:
        for field in form:
            several = field.name in ("topics", "tags", "DELETE")
            value = field.value() if several else field.field.widget.format_value(field.value())
            if value not in (None, [], [""]):
                data[field.html_name] = value[0] if isinstance(value, list) and not several else value
    return page.content.decode(), data


# Keeping


def test_what_is_kept_changes_nothing_of_the_story(desk):
    story = make_rich_story()
    before, rows, saved = document_of(story), others(), Story.objects.get(pk=story.pk).changed_at
    keep(desk, story, {"headline": "Unsaved", "tags": ["never seen"], "stories_keypoint_set-0-DELETE": "on"})
    assert document_of(story) == before
    assert others() == rows
    assert Story.objects.get(pk=story.pk).changed_at == saved


def test_the_time_is_told(desk):
    answer = desk.post(NEW, posted(headline="x") | {"_form": new_id()}).json()
    assert re.fullmatch("[0-2][0-9]:[0-5][0-9]", answer["kept"])


def test_a_form_keeps_its_newest_state_only(desk):
    story, form = make_story(), new_id()
    keep(desk, story, {"headline": "One"}, form)
    autosave = keep(desk, story, {"headline": "Two"}, form)
    assert autosave.fields["headline"] == ["Two"]
    assert Autosave.objects.count() == 1


def test_another_tab_does_not_write_over_unsaved_work(desk):
    story = make_story()
    first = keep(desk, story, {"headline": "One"})
    response = desk.post(url(story), opened(desk, story) | {"headline": "Two", "_form": new_id()})
    assert response.status_code == 409
    assert "there is other unsaved work of yours on this story" in response.json()["message"]
    assert Autosave.objects.get() == first


def test_new_stories_are_kept_one_a_form(desk):
    keep(desk, None, {"headline": "One"})
    keep(desk, None, {"headline": "Two"})
    assert Autosave.objects.count() == 2


def test_what_does_not_hold_is_kept_all_the_same(desk):
    story = make_story()
    autosave = keep(desk, story, {"kicker": "k" * 101, "citations-0-url": "half an addr"})
    page, data = going_on(desk, story, autosave)
    assert (data["kicker"], data["citations-0-url"]) == ("k" * 101, "half an addr")
    assert "Ensure this value has at most 100 characters (it has 101)." in page


def test_no_token_is_kept(desk):
    assert "csrfmiddlewaretoken" not in keep(desk, make_story(), {}).fields


@pytest.mark.parametrize("typed", ["a\0b", "\ud800".encode("utf-8", "surrogatepass"), "😀" * 100])
def test_signs_that_no_database_takes_are_no_error_of_ours(desk, typed):
    keep(desk, None, {"headline": typed, "k\0ey": "x"})
    assert desk.get(ADD).status_code == 200


@pytest.mark.parametrize("form", [None, "", "x", "\0"])
def test_a_post_that_does_not_say_which_form_it_is_is_refused(desk, form):
    data = posted(headline="x") | ({} if form is None else {"_form": form})
    assert desk.post(NEW, data).status_code == 400
    assert desk.post(url(make_story()), data).status_code == 400
    assert not Autosave.objects.exists()


def test_what_is_too_large_is_refused(desk, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert desk.post(NEW, {"_form": new_id(), "headline": "x" * 2000}).status_code in (400, 413)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE, settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000, 3
    assert desk.post(NEW, posted() | {"_form": new_id()}).status_code in (400, 413)


def test_what_is_no_form_at_all_can_be_gone_on_with(desk):
    story = make_story()
    desk.post(url(story), {"_form": (form := new_id()), "stories_text_set-TOTAL_FORMS": "many", "topics": ["x"]})
    assert desk.get(f"{change_url(story)}?continue={form}").status_code == 200


def test_keeping_costs_few_queries(desk, django_assert_max_num_queries):
    story = make_rich_story()
    data = opened(desk, story) | {"_form": new_id()}
    with django_assert_max_num_queries(12):
        desk.post(url(story), data)


# Offering it again


def test_unsaved_work_is_offered_on_the_form(desk):
    story = make_story(headline="Saved")
    autosave = keep(desk, story, {"headline": "Unsaved"})
    page = desk.get(change_url(story)).content.decode()
    assert "You have unsaved work on this story" in page
    assert f"?continue={autosave.form}" in page
    assert "Saved" in page
    assert "Unsaved</" not in page


def test_going_on_fills_the_form_and_writes_nothing(desk):
    story = make_rich_story()
    before = document_of(story)
    block, key = new_id(), make_key()
    values = {
        "headline": "Unsaved", "slugline": "in-brief", "tags": ["new tag"], "stories_keypoint_set-0-DELETE": "on",
        "stories_text_set-0-html": "<p>Typed</p>", "citations-0-quote": "so it said",
    }  # fmt: skip
    count = int(opened(desk, story)["citations-TOTAL_FORMS"])
    values |= {f"citations-{count}-key": key, f"citations-{count}-source": make_source("New").pk}
    values |= {"citations-TOTAL_FORMS": count + 1}
    total = int(opened(desk, story)["stories_question_set-TOTAL_FORMS"])
    row = {"id": block, "question": "Why?", "region": "main", "ordering": 99}
    values |= {f"stories_question_set-{total}-{name}": value for name, value in row.items()}
    values |= {"stories_question_set-TOTAL_FORMS": total + 1}
    autosave = keep(desk, story, values)
    page, data = going_on(desk, story, autosave)
    assert "This is your unsaved work of" in page
    assert document_of(story) == before
    assert errors(desk.get(f"{change_url(story)}?continue={autosave.form}")) == []

    response = desk.post(change_url(story), data | {"_continue": "1"})
    assert response.status_code == 302, errors(response)
    document = document_of(story)
    assert (document["headline"], document["tags"]) == ("Unsaved", ["new-tag"])
    assert len(document["blocks"]) == len(before["blocks"])  # one less, one more
    assert "<p>Typed</p>" in [row.get("html") for row in document["blocks"]]
    assert block in [row["id"] for row in document["blocks"]]
    assert key in [row["key"] for row in document["citations"]]
    assert Story.objects.get(pk=story.pk).slugline == "in-brief"


def test_a_story_that_was_never_saved_is_gone_on_with(desk):
    rows = [text("<p>Words</p>"), ("citations", {"key": make_key(), "source": make_source().pk})]
    autosave = keep(desk, None, posted(rows, headline="Quite new"))
    page = desk.get(ADD).content.decode()
    assert "You began a story, “Quite new”, and did not save it." in page
    page, data = going_on(desk, None, autosave)
    assert "&lt;p&gt;Words&lt;/p&gt;" in page
    assert not Story.objects.exists()
    assert desk.post(ADD, data).status_code == 302
    assert Story.objects.get().headline == "Quite new"
    assert Text.objects.get().html == "<p>Words</p>"
    assert Citation.objects.count() == 1
    assert not Autosave.objects.exists()


def test_a_story_begun_without_a_headline_is_offered_too(desk):
    keep(desk, None, posted([text("<p>Words</p>")]))
    assert "You began a story without a headline" in desk.get(ADD).content.decode()


def test_unsaved_work_is_offered_also_after_a_colleague_saved(desk):
    story = make_story(headline="One")
    autosave = keep(desk, story, {"headline": "Mine"})
    save_document(document_of(story) | {"headline": "Theirs"}, story)
    _, data = going_on(desk, story, autosave)
    response = desk.post(change_url(story), data)
    assert "/merge/" in response.url
    assert Revision.objects.get(aside=True).document["headline"] == "Mine"
    assert latest_revision(story).document["headline"] == "Theirs"


def test_saving_makes_it_superfluous(desk):
    story, form = make_story(), new_id()
    keep(desk, story, {"headline": "Unsaved"}, form)
    desk.post(change_url(story), opened(desk, story) | {"headline": "Saved", "_form": form})
    assert not Autosave.objects.exists()


def test_a_save_with_errors_leaves_it(desk):
    story, form = make_story(), new_id()
    keep(desk, story, {"headline": "Unsaved"}, form)
    response = desk.post(change_url(story), opened(desk, story) | {"kicker": "k" * 101, "_form": form})
    assert Autosave.objects.exists()
    assert f'name="_form" value="{form}"' in response.content.decode()
    assert "You have unsaved work" not in response.content.decode()
    assert 'data-unsaved="1"' in response.content.decode()


def test_saving_in_one_tab_leaves_what_another_has(desk):
    story = make_story()
    keep(desk, story, {"headline": "In the other tab"})
    desk.post(change_url(story), opened(desk, story) | {"kicker": "Saved here", "_form": new_id()})
    assert Autosave.objects.exists()


def test_what_another_save_overtook_is_kept_aside_and_no_longer_unsaved(desk):
    story, form = make_story(), new_id()
    data = opened(desk, story) | {"headline": "Mine", "_form": form}
    desk.post(url(story), data)
    save_document(document_of(story) | {"headline": "Theirs"}, story)
    assert "/merge/" in desk.post(change_url(story), data).url
    assert not Autosave.objects.exists()


def test_each_form_has_an_id_of_its_own(desk):
    ids = {re.search('name="_form" value="([^"]+)"', desk.get(ADD).content.decode())[1] for _ in range(2)}
    assert len(ids) == 2


# Discarding


def test_unsaved_work_is_discarded(desk):
    story = make_story()
    autosave = keep(desk, story, {"headline": "Unsaved"})
    response = desk.post(DISCARD, {"form": autosave.form}, follow=True)
    assert response.redirect_chain[0][0] == change_url(story)
    assert "That unsaved work is discarded." in response.content.decode()
    assert not Autosave.objects.exists()


def test_the_script_discards_without_a_word(desk):
    autosave = keep(desk, None, {"headline": "Unsaved"})
    assert desk.post(DISCARD, {"form": autosave.form, "quietly": "1"}).json() == {"discarded": True}
    assert desk.post(DISCARD, {"form": "x", "quietly": "1"}).json() == {"discarded": False}


def test_nothing_is_discarded_by_looking(desk):
    assert desk.get(DISCARD).status_code == 405
    assert desk.get(url(make_story())).status_code == 405
    assert desk.get(NEW).status_code == 405


# Private


def test_nobody_else_reads_goes_on_with_or_discards_it(desk):
    story = make_story()
    autosave = keep(desk, story, {"headline": "Only mine"})
    unsaved_story = keep(desk, None, {"headline": "Mine and new"})
    other = Client()
    other.force_login(make_editor())
    for page in (change_url(story), f"{change_url(story)}?continue={autosave.form}", ADD):
        assert "nly mine" not in other.get(page).content.decode()
    assert "Mine and new" not in other.get(f"{ADD}?continue={unsaved_story.form}").content.decode()
    other.post(DISCARD, {"form": autosave.form})
    assert Autosave.objects.count() == 2


def test_the_unsaved_work_of_two_editors_does_not_meet(desk):
    story = make_story()
    keep(desk, story, {"headline": "Mine"})
    other = Client()
    other.force_login(make_editor())
    keep(other, story, {"headline": "Theirs"})
    assert Autosave.objects.filter(story=story).count() == 2


def test_who_may_not_write_keeps_nothing(client):
    looker = User.objects.create_user("looker", is_staff=True)
    looker.user_permissions.set(Permission.objects.filter(codename="view_story"))
    client.force_login(looker)
    story, data = make_story(), {"_form": new_id(), "headline": "x"}
    assert client.post(url(story), data).status_code == 403
    assert client.post(NEW, data).status_code == 403
    assert not Autosave.objects.exists()
    page = client.get(change_url(story)).content.decode()
    assert "autosave/" not in page


def test_a_right_that_was_taken_away_shows_no_unsaved_form(client):
    writer = User.objects.create_user("writer", is_staff=True)
    writer.user_permissions.set(Permission.objects.filter(codename__in=["view_story", "change_story"]))
    client.force_login(writer)
    story = make_story(headline="Saved")
    form = new_id()
    assert client.post(url(story), {"_form": form, "headline": "Unsaved"}).status_code == 200
    writer.user_permissions.set(Permission.objects.filter(codename="view_story"))
    assert "Unsaved" not in client.get(f"{change_url(story)}?continue={form}").content.decode()


def test_who_is_logged_out_is_sent_to_the_login(client):
    assert client.post(NEW, {"_form": new_id()}).status_code == 302


def test_a_story_that_is_not_there_keeps_nothing(desk):
    unknown = reverse("admin:stories_story_autosave", args=[new_id()])
    assert desk.post(unknown, {"_form": new_id()}).status_code == 404


def test_a_redaction_takes_the_passage_from_unsaved_work_too(desk, editor):
    story = make_published(language="en", text="The name is Ivan Petrov.").story
    values = {
        "headline": "Ivan Petrov speaks", "stories_text_set-0-html": "<p>Ivan <em>Petrov</em> and more</p>",
        "tags": ["Ivan Petrov"],
    }  # fmt: skip
    autosave = keep(desk, story, values)
    block = autosave.fields["stories_text_set-0-id"]
    redact(
        story, passage="Ivan Petrov", by=editor, signed="The editors", reason="He asked for it.",
        expecting=seen(story),
    )  # fmt: skip
    autosave.refresh_from_db()
    assert "Petrov" not in str(autosave.fields)
    assert "and more" in autosave.fields["stories_text_set-0-html"][0]
    assert autosave.fields["stories_text_set-0-id"] == block


def test_a_redaction_takes_the_passage_from_what_was_saved_aside(desk, editor):
    story = make_published(language="en", text="The name is Ivan Petrov.").story
    aside = Revision.objects.create(
        story=story, document=make_document(story.pk, headline="Ivan Petrov", slug="x"), aside=True,
        created_at=latest_revision(story).created_at, name="On Ivan Petrov", desk_only={"slugline": "Ivan Petrov"},
    )  # fmt: skip
    redact(
        story, passage="Ivan Petrov", by=editor, signed="The editors", reason="He asked for it.",
        expecting=seen(story),
    )  # fmt: skip
    aside.refresh_from_db()
    assert "Petrov" not in f"{aside.document}{aside.name}{aside.desk_only}"


# The story is deleted meanwhile


def test_what_is_saved_on_a_deleted_story_becomes_a_new_one(desk):
    story = make_rich_story()
    data = opened(desk, story) | {"headline": "Still here", "_form": new_id()}
    blocks = document_of(story)["blocks"]
    story.delete()
    response = desk.post(change_url(story), data, follow=True)
    assert "Meanwhile someone deleted this story. Your text is here" in response.content.decode()
    assert "Still here" in response.content.decode()
    _, data = going_on(desk, None, Autosave.objects.get())
    response = desk.post(ADD, data)
    assert response.status_code == 302, errors(response)
    document = document_of(Story.objects.get())
    assert document["headline"] == "Still here"
    assert len(document["blocks"]) == len(blocks)


def test_deleting_a_story_twice_keeps_nothing(desk):
    story = make_story()
    for _time in range(2):
        desk.post(reverse("admin:stories_story_delete", args=[story.pk]), {"post": "yes"})
    assert not Story.objects.exists()
    assert not Autosave.objects.exists()


def test_unsaved_work_on_a_deleted_story_is_offered_as_a_new_one(desk):
    story = make_story()
    keep(desk, story, {"headline": "Orphan"})
    story.delete()
    assert "You began a story, “Orphan”" in desk.get(ADD).content.decode()
