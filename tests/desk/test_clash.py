"""Two editors at once: a save that another has overtaken writes nothing to the tables and loses no word."""

from html import unescape
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from stories.desk.desk_only import Change, people_in
from stories.models import BLOCKS, Citation, Revision, Story, Tag, User
from stories.models.citation import make_key
from stories.publishing.document import new_id
from stories.publishing.revisions import latest_revision, save_document, save_revision
from stories.publishing.verbs import publish
from tests.desk.test_form import (
    change_url,
    document_of,
    errors,
    make_rich_story,
    make_story,
    opened,
    posted,
    text,
)  # fmt: skip
from tests.factories import make_author, make_document, make_editor, make_source, make_topic, utc

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return signed_in("ada", "Ada Brown")


@pytest.fixture
def ben():
    return signed_in("ben", "Ben Carter")


def signed_in(username, name):
    client = Client()
    first, last = name.split()
    client.force_login(make_editor(username=username, first_name=first, last_name=last))
    return client


def post(client, story, data):
    response = client.post(change_url(story), data | {"_continue": "1"})
    assert response.status_code == 302, errors(response)
    return response.url


def saved(client, story, data):
    """Save a form that must be written at once."""
    assert "/merge/" not in post(client, story, data)


def aside(story):
    return Revision.objects.get(story=story, aside=True)


def merge_url(story):
    return reverse("admin:stories_story_merge", args=[story.pk, aside(story).pk])


def decide(client, story, **values):
    """Post the page that joins two saves, as it is shown to `client`, with what the editor decided."""
    page = client.get(merge_url(story))
    return client.post(merge_url(story), {"theirs": page.context["theirs"].pk, "join": "1"} | values)


def joined(client, story, decisions=None):
    response = decide(client, story, **(decisions or {}))
    assert response.status_code == 302, response.context["errors"]
    return document_of(story)


def point(label, **values):
    return {"id": new_id(), "type": "key_point", "label": label, **values}


def labels(document):
    return [block["label"] for block in document["blocks"]]


def clash(ada, ben, story, mine, theirs):
    """Let both open the story, Ben save `theirs` and then Ada `mine`; return where Ada is led."""
    hers, his = opened(ada, story), opened(ben, story)
    saved(ben, story, his | theirs)
    return post(ada, story, hers | mine)


# What is overtaken, and what is not


def test_an_overtaken_save_writes_nothing_but_a_revision_aside(ada, ben):
    story = make_story(headline="Gates", kicker="Harbour")
    base = latest_revision(story)
    url = clash(ada, ben, story, {"headline": "Gates open"}, {"kicker": "Port"})
    theirs = document_of(story)
    assert (theirs["headline"], theirs["kicker"]) == ("Gates", "Port")
    mine = aside(story)
    assert (mine.document["headline"], mine.document["kicker"]) == ("Gates open", "Harbour")
    assert (mine.base, mine.user.username, mine.joined) == (base, "ada", None)
    assert url == merge_url(story)
    assert latest_revision(story).document == theirs
    assert Story.objects.get(pk=story.pk).headline == "Gates"


def test_an_ordinary_save_keeps_what_it_was_opened_on(ada):
    story = make_story()
    first = latest_revision(story)
    saved(ada, story, opened(ada, story) | {"headline": "Two"})
    assert latest_revision(story).base == first
    assert first.base is None


def test_of_a_story_without_a_revision_the_first_save_is_no_clash(ada):
    story = Story.objects.create(headline="Bare", slug="bare")
    saved(ada, story, opened(ada, story) | {"headline": "Less bare"})
    assert latest_revision(story).document["headline"] == "Less bare"


def test_two_first_saves_of_a_bare_story_clash(ada, ben):
    story = Story.objects.create(headline="Bare", slug="bare")
    assert "/merge/" in clash(ada, ben, story, {"headline": "Hers"}, {"headline": "His"})
    assert "As it was before" in ada.get(merge_url(story)).content.decode()


def test_what_both_left_of_a_text_is_folded_in_what_it_was_too(ada, ben):
    story = make_story(text="One.</p><p>Two.</p><p>Three.")
    hers, his = ({"stories_text_set-0-html": f"<p>One.</p><p>Two.</p><p>Three {name}.</p>"} for name in ("A", "B"))
    assert "/merge/" in clash(ada, ben, story, hers, his)
    [place] = ada.get(merge_url(story)).context["asked"]
    folded, shown = place["base"]
    assert folded["label"] == "2 paragraphs unchanged"
    assert shown["line"].parts == (("plain", "Three. [Harbour Office]"),)


def test_both_made_the_same_change_and_nothing_is_asked(ada, ben):
    story = make_story()
    same = {"headline": "Same", "tags": ["harbour"]}
    assert "/merge/" not in clash(ada, ben, story, same, same)
    assert story.revisions.count() == 2


def test_what_was_changed_and_changed_back_is_no_clash(ada, ben):
    story = make_story(headline="One")
    hers = opened(ada, story)
    saved(ben, story, opened(ben, story) | {"headline": "Two"})
    saved(ben, story, opened(ben, story) | {"headline": "One"})
    saved(ada, story, hers | {"kicker": "Port"})
    assert document_of(story)["kicker"] == "Port"


def test_who_changed_nothing_is_shown_what_the_other_saved(ada, ben):
    story = make_story()
    url = clash(ada, ben, story, {}, {"headline": "His"})
    assert url == change_url(story)
    assert not Revision.objects.filter(aside=True).exists()
    assert document_of(story)["headline"] == "His"
    page = ada.get(url).content.decode()
    assert "You had changed nothing. Meanwhile Ben Carter saved the story" in page


def test_a_form_that_nobody_knows_loses_nothing(ada, ben):
    story = make_story(headline="One", kicker="K")
    for unknown in ("", "x", new_id(), str(latest_revision(make_story()).pk)):
        Revision.objects.filter(aside=True).delete()
        data = opened(ada, story) | {"headline": f"Mine {unknown[:4]}", "opened_on": unknown}
        assert "/merge/" in post(ada, story, data)
        page = ada.get(merge_url(story))
        assert [place["place"] for place in page.context["asked"]] == ["headline"]
    assert document_of(story)["headline"] == "One"


def test_an_overtaken_form_with_errors_is_shown_again_with_its_text(ada, ben):
    story = make_rich_story()
    hers = opened(ada, story)
    save_document(make_document(story.pk, headline="Other"), story)
    response = ada.post(change_url(story), hers | {"kicker": "k" * 101, "headline": "Ada’s words"})
    assert "Ensure this value has at most 100 characters (it has 101)." in errors(response)
    page = response.content.decode()
    assert "Ada’s words" in page
    assert f'value="{hers["opened_on"]}"' in page
    assert hers["stories_keypoint_set-0-label"] in page
    assert "/merge/" in post(ada, story, hers | {"headline": "Ada’s words"})


def test_publishing_from_an_overtaken_form_leads_to_joining_first(ada, ben):
    story = make_story()
    hers = opened(ada, story)
    saved(ben, story, opened(ben, story) | {"kicker": "Port"})
    response = ada.post(change_url(story), hers | {"headline": "Hers", "_publish": "1"})
    assert response.url == merge_url(story)


# Rows added, removed and restored meanwhile


def test_what_only_one_changed_is_joined_without_a_question(ada, ben):
    story = make_story(blocks=[point("A"), point("B")], headline="One", topics=[make_topic("Europe").slug])
    asia = make_topic("Asia")
    url = clash(
        ada, ben, story,
        {"headline": "Hers", "stories_keypoint_set-0-label": "A hers", "topics": [asia.pk], "tags": ["hers"]},
        {"kicker": "His", "stories_keypoint_set-1-label": "B his", "tags": ["his"]},
    )  # fmt: skip
    page = ada.get(url)
    assert page.context["asked"] == []
    assert "You changed different things" in page.content.decode()
    document = joined(ada, story)
    assert (document["headline"], document["kicker"]) == ("Hers", "His")
    assert labels(document) == ["A hers", "B his"]
    assert (document["topics"], document["tags"]) == (["asia"], ["hers", "his"])


def test_blocks_that_both_added_are_both_kept(ada, ben):
    story = make_story(blocks=[point("A")])

    def added(label):
        rows = {"label": label, "region": "main", "ordering": 20, "id": new_id()}
        row = {f"stories_keypoint_set-1-{name}": value for name, value in rows.items()}
        return row | {"stories_keypoint_set-TOTAL_FORMS": 2}

    clash(ada, ben, story, added("hers"), added("his"))
    assert labels(joined(ada, story)) == ["A", "his", "hers"]


def test_a_block_that_the_other_removed_and_i_changed_is_asked_about(ada, ben):
    story = make_story(blocks=[point("A"), point("B")])
    url = clash(ada, ben, story, {"stories_keypoint_set-0-label": "A hers"}, {"stories_keypoint_set-0-DELETE": "on"})
    assert BLOCKS["key_point"].objects.filter(parent=story).count() == 1
    page = ada.get(url)
    (place,) = page.context["asked"]
    assert [label for _, label in place["form"].fields["choice"].choices][:2] == [
        "Keep it as you changed it",
        "Leave it out, as Ben Carter did",
    ]
    assert labels(joined(ada, story, {f"{place['place']}-choice": "mine"})) == ["A hers", "B"]


def test_a_block_that_i_removed_and_the_other_changed_can_stay_removed(ada, ben):
    story = make_story(blocks=[point("A"), point("B")])
    clash(ada, ben, story, {"stories_keypoint_set-0-DELETE": "on"}, {"stories_keypoint_set-0-label": "A his"})
    place = f"blocks.{document_of(story)['blocks'][0]['id']}-choice"
    assert labels(document_of(story)) == ["A his", "B"]
    assert labels(joined(ada, story, {place: "mine"})) == ["B"]


def test_what_the_other_removed_and_i_left_alone_stays_removed(ada, ben):
    story = make_rich_story()
    before = document_of(story)
    key = before["citations"][2]["key"]
    removed = {"citations-2-DELETE": "on", "stories_keypoint_set-0-DELETE": "on", "credits-0-DELETE": "on"}
    clash(ada, ben, story, {"headline": "Hers"}, removed)
    document = joined(ada, story)
    assert document["headline"] == "Hers"
    assert len(document["blocks"]) == len(before["blocks"]) - 1
    assert key not in {citation["key"] for citation in document["citations"]}
    assert len(document["authors"]) == len(before["authors"]) - 1


def test_after_another_editors_restore_nothing_of_mine_is_lost(ada):
    story = make_rich_story()
    old = document_of(story)
    save_document(make_document(story.pk, headline="Emptied", language="en"), story)  # every row of the first is gone
    hers = opened(ada, story)
    save_document(old, story)  # the restore: all rows are new, those of her form are gone
    url = post(ada, story, hers | {"stories_text_set-0-html": "<p>What Ada wrote</p>", "headline": "Ada’s"})
    assert document_of(story) == old
    page = ada.get(url).content.decode()
    assert "What Ada wrote" in page
    decisions = {f"{place}-choice": "mine" for place in asked(ada, story)}
    document = joined(ada, story, decisions)
    assert document["headline"] == "Ada’s"
    texts = [block.get("html") for block in document["blocks"]]
    assert "<p>What Ada wrote</p>" in texts
    ids = {block["id"] for block in document["blocks"]}
    assert ids >= {block["id"] for block in old["blocks"]}


def asked(client, story):
    return [place["place"] for place in client.get(merge_url(story)).context["asked"]]


def test_a_source_that_both_added_is_cited_by_both(ada, ben):
    story = make_story()

    def added(key):
        row = {"citations-1-key": key, "citations-1-source": str(make_source(key).pk), "citations-1-quote": "so"}
        return row | {"citations-TOTAL_FORMS": 2}

    keys = make_key(), make_key()
    clash(ada, ben, story, added(keys[0]), added(keys[1]))
    assert {*keys} <= {citation["key"] for citation in joined(ada, story)["citations"]}


def test_authors_that_both_added_are_both_in_the_byline(ada, ben):
    story = make_story()

    def added(author):
        return {"credits-1-author": author.pk, "credits-1-position": 5, "credits-TOTAL_FORMS": 2}

    clash(ada, ben, story, added(make_author("Ada Brown")), added(make_author("Ben Carter")))
    assert [author["slug"] for author in joined(ada, story)["authors"]][1:] == ["ben-carter", "ada-brown"]


def test_a_new_tag_of_an_overtaken_save_exists_when_both_are_joined(ada, ben):
    story = make_story()
    clash(ada, ben, story, {"tags": ["quite new"]}, {"headline": "His"})
    assert joined(ada, story)["tags"] == ["quite-new"]
    assert Tag.objects.get().name == "quite new"


# The choices


@pytest.mark.parametrize(
    ("choice", "values", "headline"),
    [
        ("mine", {}, "Hers"),
        ("theirs", {}, "His"),
        ("edit", {"headline-headline": "Hers  and his"}, "Hers and his"),
    ],
)
def test_of_a_field_both_changed_one_is_chosen_or_written(ada, ben, choice, values, headline):
    story = make_story()
    clash(ada, ben, story, {"headline": "Hers"}, {"headline": "His"})
    theirs = latest_revision(story)
    assert joined(ada, story, {"headline-choice": choice, **values})["headline"] == headline
    newest = latest_revision(story)
    assert aside(story).joined == newest
    assert newest.document == document_of(story)
    if choice == "theirs":
        assert newest == theirs
    else:
        assert (newest.base, newest.user.username) == (theirs, "ada")


def test_of_a_block_both_can_be_kept(ada, ben):
    story = make_story(blocks=[point("A"), point("Z")])
    clash(ada, ben, story, {"stories_keypoint_set-0-label": "hers"}, {"stories_keypoint_set-0-label": "his"})
    (place,) = asked(ada, story)
    document = joined(ada, story, {f"{place}-choice": "both"})
    assert labels(document) == ["hers", "his", "Z"]
    assert place == f"blocks.{document['blocks'][0]['id']}"


def test_a_block_is_written_anew(ada, ben):
    story = make_story(blocks=[{"id": new_id(), "type": "text", "html": "<p>A</p>"}])
    clash(ada, ben, story, {"stories_text_set-0-html": "<p>B</p>"}, {"stories_text_set-0-html": "<p>C</p>"})
    (place,) = asked(ada, story)
    decisions = {f"{place}-choice": "edit", f"{place}-html": "<p>B and C<script>x()</script></p>"}
    assert joined(ada, story, decisions)["blocks"][0]["html"] == "<p>B and C</p>"


def test_a_citation_is_written_anew(ada, ben):
    story = make_story()
    clash(ada, ben, story, {"citations-0-quote": "hers"}, {"citations-0-quote": "his"})
    (place,) = asked(ada, story)
    decisions = {f"{place}-choice": "edit", f"{place}-quote": "both", f"{place}-accessed_on": "2025-02-28"}
    citation = joined(ada, story, decisions)["citations"][0]
    assert (citation["quote"], citation["accessed_on"]) == ("both", "2025-02-28")
    assert citation["source"]["name"] == "Harbour Office"


def test_nothing_is_saved_before_all_is_decided(ada, ben):
    story = make_story()
    clash(ada, ben, story, {"headline": "Hers", "kicker": "Hers"}, {"headline": "His", "kicker": "His"})
    response = decide(ada, story, **{"headline-choice": "edit", "headline-headline": "Typed with care"})
    page = response.content.decode()
    assert "Nothing is saved yet: see below where you are still asked." in page
    assert "Choose one: both of you changed this." in page
    assert "Typed with care" in page
    assert document_of(story)["headline"] == "His"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"slug-choice": "edit", "slug-slug": "a b"}, "“a b”: use letters, digits, hyphens and underscores."),
        ({"slug-choice": "perhaps"}, "Select a valid choice. perhaps is not one of the available choices."),
    ],
)
def test_what_does_not_hold_is_said_and_nothing_is_saved(ada, ben, values, sentence):
    story = make_story()
    clash(ada, ben, story, {"slug": "hers"}, {"slug": "his"})
    assert sentence in errors(decide(ada, story, **values))
    assert document_of(story)["slug"] == "his"


def test_what_was_not_chosen_need_not_hold(ada, ben):
    story = make_story()
    clash(ada, ben, story, {"slug": "hers"}, {"slug": "his"})
    assert joined(ada, story, {"slug-choice": "mine", "slug-slug": "a b"})["slug"] == "hers"


def test_signs_that_no_database_takes_are_no_error_of_ours(ada, ben):
    story = make_story()
    clash(ada, ben, story, {"headline": "Hers"}, {"headline": "His"})
    decide(ada, story, **{"headline-choice": "edit", "headline-headline": "a\0b"})
    decide(ada, story, **{"headline-choice": "a\0b"})
    assert ada.post(merge_url(story), {"join": "1", "theirs": "\0"}).status_code == 200


def test_what_is_left_aside_stays_in_the_history(ada, ben):
    story = make_story()
    clash(ada, ben, story, {"headline": "Hers"}, {"headline": "His"})
    response = ada.post(merge_url(story), {"leave": "1"})
    assert response.url == change_url(story)
    assert document_of(story)["headline"] == "His"
    assert aside(story).joined == latest_revision(story)
    assert aside(story).document["headline"] == "Hers"


def test_what_is_settled_is_not_asked_again(ada, ben):
    story = make_story()
    clash(ada, ben, story, {"headline": "Hers"}, {"kicker": "His"})
    joined(ada, story)
    assert ada.get(merge_url(story)).url == change_url(story)
    assert ada.post(merge_url(story), {"join": "1"}).url == change_url(story)


def test_what_waits_to_be_joined_is_offered_on_the_form(ada, ben):
    story = make_story()
    clash(ada, ben, story, {"headline": "Hers"}, {"headline": "His"})
    assert merge_url(story) in ada.get(change_url(story)).content.decode()
    assert merge_url(story) not in ben.get(change_url(story)).content.decode()
    ada.post(merge_url(story), {"leave": "1"})
    assert merge_url(story) not in ada.get(change_url(story)).content.decode()


# A third save


def test_a_third_save_meanwhile_is_joined_too(ada, ben):
    story = make_story(headline="One", kicker="K", standfirst="S")
    clash(ada, ben, story, {"headline": "Hers", "standfirst": "Hers"}, {"headline": "His"})
    page = ada.get(merge_url(story))
    saved(ben, story, opened(ben, story) | {"kicker": "Later", "standfirst": "Later"})
    data = {"theirs": page.context["theirs"].pk, "headline-choice": "edit", "headline-headline": "All of it"}
    response = ada.post(merge_url(story), data)
    assert "Meanwhile Ben Carter saved the story again" in response.content.decode()
    assert "All of it" in response.content.decode()
    assert document_of(story)["kicker"] == "Later"
    data |= {"theirs": response.context["theirs"].pk, "standfirst-choice": "mine"}
    assert ada.post(merge_url(story), data).status_code == 302
    document = document_of(story)
    assert (document["headline"], document["kicker"], document["standfirst"]) == ("All of it", "Later", "Hers")


# What no document has


def test_what_only_the_desk_sees_is_not_lost_either(ada, ben):
    story = make_story(headline="Headline gate")
    clash(ada, ben, story, {"headline": "Hers", "slugline": "harbour-talks"}, {"kicker": "His"})
    assert Story.objects.get(pk=story.pk).slugline == "headline-gate"
    page = ada.get(merge_url(story)).content.decode()
    assert "Slugline: “harbour-talks” (now in the story: “headline-gate”)" in page
    joined(ada, story, {"desk-slugline": "on"})
    assert Story.objects.get(pk=story.pk).slugline == "harbour-talks"
    event = story.events.get()
    assert (event.user.username, event.note) == ("ada", "slugline: harbour-talks")


def test_what_only_the_desk_sees_is_taken_over_if_it_is_ticked(ada, ben):
    story = make_story(headline="Headline gate")
    clash(ada, ben, story, {"headline": "Hers", "slugline": "harbour-talks"}, {"kicker": "His"})
    joined(ada, story)
    assert Story.objects.get(pk=story.pk).slugline == "headline-gate"


def test_a_column_that_names_another_row_than_a_user_is_not_looked_for_among_users():
    change = Change(Story._meta.get_field("translation_of"), str(make_story().pk), key="", now=None, by_both=False)
    assert not change.names_somebody
    assert people_in([change]) == {}


def test_a_slugline_that_only_the_other_changed_is_left_alone(ada, ben):
    story = make_story()
    hers = opened(ada, story) | {"initial-slugline": "", "slugline": ""}
    saved(ben, story, opened(ben, story) | {"slugline": "his"})
    saved(ada, story, hers | {"headline": "Hers"})
    assert Story.objects.get(pk=story.pk).slugline == "his"


@pytest.mark.parametrize(
    ("values", "emptied"),
    [
        ({"budget_line": "Who buys."}, {"budget_line": ""}),
        ({"due": utc(2027, 3, 1)}, {"due": ""}),
        ({"embargo_until": utc(2027, 3, 1)}, {"embargo_until_0": "", "embargo_until_1": ""}),
    ],
)
def test_what_was_emptied_is_offered_to_be_emptied(ada, ben, values, emptied):
    story = make_story()
    ((name, value),) = values.items()
    Story.objects.filter(pk=story.pk).update(**values)
    clash(ada, ben, story, emptied, {"kicker": "His"})
    assert getattr(Story.objects.get(pk=story.pk), name) == value
    label = ada.get(merge_url(story)).context["desk_only"][name].label
    assert ": nothing (now in the story: " in label
    assert "both" not in label
    assert joined(ada, story, {f"desk-{name}": "on"})["kicker"] == "His"
    assert not getattr(Story.objects.get(pk=story.pk), name)


def test_an_embargo_that_a_plan_made_meanwhile_would_break_is_not_taken_over(ada, ben):
    story = make_story(slug="gates")
    clash(ada, ben, story, {"embargo_until_0": "2099-02-01", "embargo_until_1": "00:00"}, {"kicker": "His"})
    revision = latest_revision(story)
    publish(revision, by=make_editor(), expecting=(None, None), at=utc(2099, 1, 1), override="All we know.")
    response = decide(ada, story, **{"desk-embargo_until": "on"})
    page = response.content.decode()
    assert "Version 1 goes out on 1 January 2099, 00:00 UTC, before this embargo ends. Move or cancel it first." in page
    assert "Nothing is saved yet" in page
    assert response.context["desk_only"]["embargo_until"].value()
    assert (latest_revision(story), aside(story).joined) == (revision, None)
    joined(ada, story)
    assert Story.objects.get(pk=story.pk).embargo_until is None


def test_what_was_answered_of_an_unnamed_source_is_kept(ada, ben):
    story = make_story()
    approver = make_editor(first_name="Jo", last_name="Roe")
    key = make_key()
    answers = {"approver": approver.pk, "basis": "witness", "factual": "on"}
    row = {"key": key, "descriptor": "An official", "reason": "Fear"} | answers
    hers = {f"citations-1-{name}": value for name, value in row.items()} | {"citations-TOTAL_FORMS": 2}
    clash(ada, ben, story, hers, {"headline": "His"})
    page = unescape(ada.get(merge_url(story)).content.decode())
    assert "Approved by, of “An official”: “Jo Roe” (now in the story: nothing)" in page
    assert "How the source knows, of “An official”: “saw or heard it” (now in the story: nothing)" in page
    assert "Information, not opinion, of “An official”: yes (now in the story: nothing)" in page
    joined(ada, story, {f"desk-{key}-{name}": "on" for name in answers})
    citation = Citation.objects.get(key=key)
    assert (citation.approver, citation.basis, citation.factual) == (approver, "witness", True)


def test_approvals_of_before_are_found_where_they_are_now_kept(ada, ben):
    story, approver, key = make_story(), make_editor(), make_key()
    Citation.objects.create(story=story, key=key, descriptor="An official", reason="Fear")
    save_revision(story, by=approver)
    clash(ada, ben, story, {"headline": "Hers", "budget_line": "Hers"}, {"kicker": "His"})
    kept = aside(story).desk_only | {"approvers": {key: str(approver.pk)}}
    Revision.objects.filter(pk=aside(story).pk).update(desk_only=kept)
    import_module("stories.migrations.0017_approvals_aside").keep_with_citations(apps, None)
    joined(ada, story, {f"desk-{key}-approver": "on"})
    assert Citation.objects.get(key=key).approver == approver


def test_an_approval_that_was_taken_away_is_offered_to_be_taken_away(ada, ben):
    story, approver, key = make_story(), make_editor(), make_key()
    Citation.objects.create(story=story, key=key, descriptor="An official", reason="Fear", approver=approver)
    save_revision(story, by=approver)
    clash(ada, ben, story, {"citations-1-approver": ""}, {"kicker": "His"})
    joined(ada, story, {f"desk-{key}-approver": "on"})
    assert Citation.objects.get(key=key).approver is None


def test_an_approval_that_only_the_other_gave_is_left_alone(ada, ben):
    story, approver, key = make_story(), make_editor(), make_key()
    Citation.objects.create(story=story, key=key, descriptor="An official", reason="Fear")
    save_revision(story, by=approver)
    page = ada.get(change_url(story)).content.decode()
    assert 'name="initial-citations-1-approver"' in page
    clash(ada, ben, story, {"headline": "Hers"}, {"citations-1-approver": approver.pk, "kicker": "His"})
    assert aside(story).desk_only == {}
    joined(ada, story)
    assert Citation.objects.get(key=key).approver == approver


def test_whoever_has_left_approves_nothing(ada, ben):
    story = make_story()
    key, approver = make_key(), make_editor()
    row = {"key": key, "descriptor": "An official", "reason": "Fear", "approver": approver.pk}
    hers = {f"citations-1-{name}": value for name, value in row.items()} | {"citations-TOTAL_FORMS": 2}
    clash(ada, ben, story, hers, {"headline": "His"})
    approver.delete()
    joined(ada, story, {f"desk-{key}-approver": "on"})
    assert Citation.objects.get(key=key).approver is None


# What only the desk sees, changed by both


def embargo(day):
    return {"embargo_until_0": day, "embargo_until_1": "10:00:00"}


KEY = "6e06819d870e"
UNNAMED = {"key": KEY, "descriptor": "An official", "reason": "Fear"}
BOTH = [
    ("embargo_until", embargo("2099-12-24"), embargo("2099-11-26"), "24 December 2099, 10:00 UTC"),
    ("due", {"due": "2027-03-01T17:00"}, {"due": ""}, "1 March 2027, 17:00 UTC"),
    ("budget_line", {"budget_line": "His. " * 50}, {"budget_line": "Hers."}, f"“{('His. ' * 50).strip()}”"),
    ("slugline", {"slugline": "his"}, {"slugline": "hers"}, "“his”"),
    (f"{KEY}-basis", {"citations-1-basis": "witness"}, {"citations-1-basis": "document"}, "“saw or heard it”"),
]


def make_planned():
    story = make_story(headline="Gate")
    Story.objects.filter(pk=story.pk).update(due=utc(2027, 2, 1, 9, 30, 30, 5))
    Citation.objects.create(story=story, **UNNAMED)
    save_revision(story, by=None)
    return story


def value_of(story, name):
    key, _, column = name.rpartition("-")
    row = Citation.objects.get(key=key) if key else Story.objects.get(pk=story.pk)
    return getattr(row, column)


@pytest.mark.parametrize(("name", "his", "hers", "told"), BOTH)
def test_what_both_changed_for_the_desk_alone_is_not_written_over(ada, ben, name, his, hers, told):
    story = make_planned()
    data = opened(ada, story)
    saved(ben, story, opened(ben, story) | his)
    kept = value_of(story, name)
    assert "/merge/" in post(ada, story, data | hers)
    assert value_of(story, name) == kept
    response = ada.get(merge_url(story))
    assert "what only the desk sees was changed in the story." in response.content.decode()
    field = response.context["desk_only"][name]
    assert f"(both of you changed it; now in the story: {told})" in field.label
    assert field.value() is False
    joined(ada, story)
    assert value_of(story, name) == kept
    assert [event.user.username for event in story.events.all()] == ["ben"]


def test_of_a_place_and_of_what_the_desk_alone_sees_it_is_said_what_is_asked(ada, ben):
    story = make_planned()
    data = opened(ada, story)
    saved(ben, story, opened(ben, story) | {"headline": "His", "budget_line": "His"})
    post(ada, story, data | {"headline": "Hers", "budget_line": "Hers"})
    page = ada.get(merge_url(story)).content.decode()
    assert "Of one place you are asked, since both of you changed it." in page
    assert "Only what the desk alone sees is not, where both of you changed it: tick below what is taken over." in page


@pytest.mark.parametrize(("name", "his", "hers", "told"), BOTH)
def test_what_one_changed_for_the_desk_alone_is_written_at_once(ada, ben, name, his, hers, told):
    story = make_planned()
    saved(ada, story, opened(ada, story) | his)
    kept = value_of(story, name)
    assert kept
    data = opened(ada, story)
    saved(ben, story, opened(ben, story) | {"kicker": "His"})
    assert "/merge/" in post(ada, story, data | hers | {"headline": "Hers"})
    assert ada.get(merge_url(story)).context["desk_only"][name].value() is True


def test_a_time_of_which_words_were_removed_is_not_offered(ada, ben):
    story = make_planned()
    clash(ada, ben, story, {"headline": "Hers", "budget_line": "Hers."} | embargo("2099-12-26"), {"headline": "His"})
    kept = aside(story).desk_only
    Revision.objects.filter(pk=aside(story).pk).update(desk_only=kept | {"embargo_until": "[removed]-12-26T10:00:00"})
    page = unescape(ada.get(merge_url(story)).content.decode())
    assert "Budget line: “Hers.”" in page
    assert "Embargo until: " not in page


def test_two_who_plan_different_things_do_not_clash(ada, ben):
    story = make_planned()
    data = opened(ada, story)
    saved(ben, story, opened(ben, story) | embargo("2099-12-24") | {"slugline": "same"})
    saved(ada, story, data | {"budget_line": "Hers.", "slugline": "same"})
    story.refresh_from_db()
    assert (story.budget_line, story.slugline, story.embargo_until) == ("Hers.", "same", utc(2099, 12, 24, 10))


@pytest.mark.parametrize("value", ["", "x", "9" * 400, "\0", "9999-12-31 23:59:59"])
def test_whatever_a_form_says_it_was_opened_with_writes_over_nothing(ada, value):
    story = make_planned()
    saved(ada, story, opened(ada, story) | embargo("2099-12-24") | {"budget_line": "Who buys."})
    data = opened(ada, story)
    data |= {name: value for name in data if name.startswith("initial-")}
    assert "/merge/" in post(ada, story, data | {"budget_line": "Hers."})
    assert ada.get(merge_url(story)).context["desk_only"]["budget_line"].value() is False
    assert value_of(story, "budget_line") == "Who buys."


def test_a_tick_for_what_has_changed_since_the_page_was_opened_is_asked_again(ada, ben):
    story = make_planned()
    clash(ada, ben, story, embargo("2099-11-26") | {"headline": "Hers"}, {"kicker": "His"})
    page = ada.get(merge_url(story)).context
    seen, theirs = page["desk_only"].seen, page["theirs"].pk
    saved(ben, story, opened(ben, story) | embargo("2099-12-24"))
    ticked = {"desk-embargo_until": "on", "theirs": theirs, "join": "1"}
    response = ada.post(merge_url(story), ticked | {"desk-seen": seen})
    assert "Meanwhile some of this was changed in the story. Look at it again, then save." in errors(response)
    assert "both of you changed it; now in the story: 24 December 2099" in response.content.decode()
    assert value_of(story, "embargo_until") == utc(2099, 12, 24, 10)
    seen = response.context["desk_only"].seen
    assert ada.post(merge_url(story), ticked | {"desk-seen": seen}).status_code == 302
    assert value_of(story, "embargo_until") == utc(2099, 11, 26, 10)


# Rights and addresses


def test_a_signature_is_not_lost_to_a_save_that_has_nothing_to_do_with_it(ada, ben):
    story = make_story(ai_use="translated")
    saved(ben, story, opened(ben, story) | {"ai_statement": "I read it.", "ai_checked": "on"})
    clash(ada, ben, story, {"headline": "Hers"}, {"kicker": "His"})
    assert joined(ada, story)["ai_review"]["reviewer"] == "Ben Carter"
    clash(ada, ben, story, {"headline": "Hers again"}, {"ai_statement": "I read it twice.", "ai_checked": "on"})
    review = Revision.objects.filter(story=story, aside=True).latest().document["ai_review"]
    assert (review["reviewer"], review["statement"]) == ("Ben Carter", "I read it.")  # as it was opened


def test_of_two_signatures_one_is_chosen(ada, ben):
    story = make_story(ai_use="translated")
    hers = {"ai_statement": "I compared it.", "ai_checked": "on"}
    clash(ada, ben, story, hers, {"ai_statement": "I read it.", "ai_checked": "on"})
    page = ada.get(merge_url(story)).content.decode()
    assert "Ada Brown" in page
    assert "Ben Carter" in page
    review = joined(ada, story, {"ai_review-choice": "theirs"})["ai_review"]
    assert (review["reviewer"], review["statement"]) == ("Ben Carter", "I read it.")


def test_only_who_may_change_a_story_joins_saves_of_it(client, ada, ben):
    story = make_story()
    clash(ada, ben, story, {"headline": "Hers"}, {"headline": "His"})
    looker = User.objects.create_user("looker", is_staff=True)
    looker.user_permissions.set(Permission.objects.filter(codename="view_story"))
    client.force_login(looker)
    assert client.get(merge_url(story)).status_code == 403
    assert client.post(merge_url(story), {"leave": "1"}).status_code == 403
    assert aside(story).joined is None


def test_what_is_no_revision_aside_of_the_story_has_no_such_page(ada, ben):
    story, other = make_story(), make_story()
    clash(ada, ben, story, {"headline": "Hers"}, {"headline": "His"})
    for one, revision in [(story, latest_revision(story)), (other, aside(story)), (story, Revision(pk=new_id()))]:
        assert ada.get(reverse("admin:stories_story_merge", args=[one.pk, revision.pk])).status_code == 404
    unknown = reverse("admin:stories_story_merge", args=[new_id(), aside(story).pk])
    assert ada.get(unknown).url == "/admin/"


def test_the_page_costs_the_same_for_a_long_story(ada, ben, django_assert_max_num_queries):
    blocks = [point(f"P{number}") for number in range(30)]
    story = make_story(blocks=blocks)
    changed = {f"stories_keypoint_set-{number}-label": "x" for number in range(30)}
    other = dict.fromkeys(changed, "y")
    url = clash(ada, ben, story, changed, other)
    with django_assert_max_num_queries(12):
        assert len(ada.get(url).context["asked"]) == 30


def test_posted_rows_of_a_clash_are_the_ones_that_saving_would_have_given(ada, ben):
    story = make_rich_story()
    hers = opened(ada, story) | {"stories_keypoint_set-0-DELETE": "on", "citations-0-quote": "Other words"}
    saved(ben, story, opened(ben, story) | {"kicker": "His"})
    post(ada, story, hers)
    document = aside(story).document
    assert document["citations"][0]["quote"] == "Other words"
    assert len(document["blocks"]) == len(document_of(story)["blocks"]) - 1


def test_a_new_story_has_nobody_to_clash_with(ada):
    response = ada.post("/admin/stories/story/add/", posted([text("<p>A</p>")], headline="New"))
    assert response.status_code == 302
    assert latest_revision(Story.objects.get()).base is None


@pytest.mark.parametrize(
    ("mine", "theirs", "sentence", "order"),
    [
        ({"stories_keypoint_set-0-ordering": 99}, {"headline": "His"}, "The blocks stand in your order.", "BA"),
        (
            {"headline": "Hers"},
            {"stories_keypoint_set-0-ordering": 99},
            "The blocks stand in the order of Ben Carter.",
            "BA",
        ),
    ],
)
def test_whose_order_the_blocks_have_is_told(ada, ben, mine, theirs, sentence, order):
    story = make_story(blocks=[point("A"), point("B")])
    url = clash(ada, ben, story, mine, theirs)
    assert sentence in ada.get(url).content.decode()
    assert "".join(labels(joined(ada, story))) == order


def test_who_joins_for_a_colleague_is_told_whose_words_these_are(ada, ben):
    story = make_story()
    clash(ada, ben, story, {"headline": "Hers"}, {"headline": "His"})
    assert "What Ada Brown then saved" in ben.get(merge_url(story)).content.decode()


def test_who_overtook_themselves_is_told_so(ada):
    story = make_story()
    url = clash(ada, ada, story, {"headline": "One"}, {"headline": "Other"})
    assert "you saved the story from another window" in ada.get(url).content.decode()
