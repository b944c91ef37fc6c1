import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from stories.models import Author, Picture, Source, Tag, TagFiling, Topic, TopicFiling, User
from stories.publishing.verbs import publish
from stories.publishing.working_copy import picture_document
from tests.factories import (
    make_author,
    make_editor,
    make_picture,
    make_published,
    make_revision,
    make_source,
    make_tag,
    make_topic,
)

pytestmark = pytest.mark.django_db
TERMS = {"topic": Topic, "tag": Tag, "source": Source, "author": Author}


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def make_term(name, label="A name", **values):
    return TERMS[name].objects.create(name=label, **values)


def change_url(obj):
    return reverse(f"admin:stories_{obj._meta.model_name}_change", args=[obj.pk])


def posted(client, url, **changes):
    """Post the form at `url` with `changes`; return the response."""
    form = client.get(url).context["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in data.items() if value not in (None, False)}
    return client.post(url, data | changes)


def offered(client, field, term="", model="story"):
    """Return what an autocomplete field of the desk offers."""
    query = {"app_label": "stories", "model_name": model, "field_name": field, "term": term}
    return [row["text"] for row in client.get(reverse("admin:autocomplete"), query).json()["results"]]


@pytest.mark.parametrize("name", [*TERMS, "picture", "user"])
def test_lists_ask_as_many_queries_for_thirty_rows_as_for_three(desk, name, django_assert_max_num_queries):
    url = reverse(f"admin:stories_{name}_changelist")
    for number in range(30):
        if name == "picture":
            make_picture(alt=f"Picture {number}")
        elif name == "user":
            make_editor()
        else:
            target = make_term(name, f"Target {number}")
            make_term(name, f"Name {number}", alias_of=target)
    with django_assert_max_num_queries(7):
        response = desk.get(url)
    assert len(response.context["cl"].result_list) >= 30


@pytest.mark.parametrize("name", TERMS)
def test_a_slug_is_made_once_and_then_only_shown(desk, name):
    add = reverse(f"admin:stories_{name}_add")
    assert "slug" in desk.get(add).context["adminform"].form.fields
    assert posted(desk, add, name="Black Sea grain").status_code == 302
    term = TERMS[name].objects.get(slug="black-sea-grain")
    posted(desk, change_url(term), name="Grain", slug="grain")
    term.refresh_from_db()
    assert (term.name, term.slug) == ("Grain", "black-sea-grain")


def test_a_merge_files_what_was_published_under_the_other_and_its_undoing_takes_it_back(desk):
    ceasefire, truce = make_tag("ceasefire"), make_tag("truce")
    make_published(tags=["truce"])
    posted(desk, change_url(truce), alias_of=str(ceasefire.pk))
    assert TagFiling.objects.filter(term=ceasefire).count() == 1
    posted(desk, change_url(truce), alias_of="")
    assert not TagFiling.objects.filter(term=ceasefire).exists()


def test_a_moved_topic_takes_its_stories_along(desk):
    europe, turkey = make_topic("Europe"), make_topic("Turkey")
    make_published(topics=["turkey"])
    posted(desk, change_url(turkey), parent=str(europe.pk))
    assert TopicFiling.objects.filter(term=europe).count() == 1


def test_a_topic_is_not_made_part_of_its_own_part(desk):
    europe = make_topic("Europe")
    turkey = make_topic("Turkey", parent=europe)
    response = posted(desk, change_url(europe), parent=str(turkey.pk))
    assert "A topic cannot be part of itself or of one of its own parts." in response.content.decode()


def test_merging_into_what_is_merged_is_refused_in_a_sentence(desk):
    one = make_tag("one")
    two = Tag.objects.create(name="two", alias_of=one)
    three = make_tag("three")
    response = posted(desk, change_url(three), alias_of=str(two.pk))
    assert "That one is itself merged into another." in response.content.decode()


def test_archived_and_merged_topics_are_not_offered(desk):
    kept = make_topic("Diplomacy")
    make_topic("Diplomacy of old", archived=True)
    make_topic("Statecraft", alias_of=kept)
    assert offered(desk, "topics", "diplo") == ["Diplomacy"]
    assert offered(desk, "topics", "statecraft") == ["Diplomacy"]


def test_the_list_still_shows_what_is_archived(desk):
    make_topic("Diplomacy of old", archived=True)
    assert "Diplomacy of old" in desk.get(reverse("admin:stories_topic_changelist")).content.decode()


def test_people_who_left_are_not_offered(desk):
    make_editor(username="stayed")
    make_editor(username="left", is_active=False)
    assert offered(desk, "user", "e", model="author").count("left") == 0
    assert "stayed" in offered(desk, "user", "stay", model="author")


@pytest.mark.parametrize("term", ["a\x00b", "x " * 3000, "%_'\"\\", "🙂"])
def test_no_search_fails(desk, term):
    make_topic("a b")
    offered(desk, "topics", term)
    assert desk.get(reverse("admin:stories_topic_changelist"), {"q": term}).status_code == 200


@pytest.mark.parametrize("name", TERMS)
def test_what_nothing_names_can_be_deleted(desk, name):
    term = make_term(name)
    desk.post(reverse(f"admin:stories_{name}_delete", args=[term.pk]), {"post": "yes"})
    assert not TERMS[name].objects.exists()


def refused_deletion(client, obj):
    url = reverse(f"admin:stories_{obj._meta.model_name}_delete", args=[obj.pk])
    page = client.post(url, {"post": "yes"}).content.decode()
    assert type(obj).objects.filter(pk=obj.pk).exists()
    return page


def test_what_a_draft_names_is_kept_and_the_page_says_why(desk):
    topic = make_topic("Turkey")
    story = make_revision(topics=["turkey"], headline="The gate").story
    page = refused_deletion(desk, topic)
    assert "“Turkey” cannot be deleted:" in page
    assert f'The story <a href="{change_url(story)}">“The gate”</a> names it' in page
    assert "archive it" in page


@pytest.mark.parametrize("name", TERMS)
def test_what_a_version_names_is_kept_when_the_draft_no_longer_does(desk, name):
    term = {"topic": make_topic, "tag": make_tag, "source": make_source, "author": make_author}[name]("Known")
    named = {"topics": ["known"]} if name == "topic" else {"tags": ["known"]} if name == "tag" else {}
    story = make_published(headline="The gate", **named).story
    story.topics.clear()
    story.tags.clear()
    story.credits.all().delete()
    story.citations.all().delete()
    assert "“The gate”" in refused_deletion(desk, term)


def test_many_stories_that_name_a_term_are_not_all_told(desk):
    tag = make_tag("talks")
    for number in range(7):
        make_revision(tags=["talks"], headline=f"Story number {number}")
    page = refused_deletion(desk, tag)
    assert page.count("names it, or once did") == 5
    assert "More stories name it too." in page


def test_an_author_whom_only_a_page_about_us_names_is_kept(desk):
    author = make_author("Masthead")
    page = make_published(kind="page", headline="About", at=timezone.now() - datetime.timedelta(days=1))
    page.story.credits.all().delete()
    assert "Something that was published names it." in refused_deletion(desk, author)


def test_what_others_are_part_of_or_merged_into_is_kept(desk):
    europe = make_topic("Europe")
    make_topic("Turkey", parent=europe)
    make_topic("The continent", alias_of=europe)
    page = refused_deletion(desk, europe)
    assert "“Turkey” is part of it." in page
    assert "“The continent” is merged into it." in page


def test_a_published_picture_is_kept(desk):
    picture = make_picture()
    story = make_published(lead_image=picture_document(picture)).story
    assert "names it, or once did" in refused_deletion(desk, picture)
    story.lead_image = None
    story.save()
    assert "Something that was published names it." in refused_deletion(desk, picture)


def test_the_file_of_a_picture_never_changes(desk):
    picture = make_picture(alt="A gate")
    assert "file" not in desk.get(change_url(picture)).context["adminform"].form.fields
    posted(desk, change_url(picture), alt="An open gate")
    assert Picture.objects.get().alt == "An open gate"


def test_a_file_that_is_no_picture_is_refused_in_a_sentence(desk):
    upload = SimpleUploadedFile("gate.jpg", b"not a picture", content_type="image/jpeg")
    response = desk.post(reverse("admin:stories_picture_add"), {"file": upload})
    assert response.status_code == 200
    assert not Picture.objects.exists()


def test_only_terms_that_readers_see_link_to_their_page(desk):
    tag = make_tag("talks")
    assert "View on site" not in desk.get(change_url(tag)).content.decode()
    make_published(tags=["talks"])
    assert f'href="{tag.get_absolute_url()}"' in desk.get(change_url(tag)).content.decode()


def test_the_list_says_what_readers_have_of_each_topic(desk):
    turkey = make_topic("Turkey")
    make_topic("Anatolia", alias_of=turkey)
    make_topic("Grain", archived=True)
    make_topic("Elections", open=True)
    make_published(topics=["turkey"])
    page = desk.get(reverse("admin:stories_topic_changelist")).context["cl"]
    standing = {topic.name: page.model_admin.standing(topic) for topic in page.result_list}
    assert standing == {
        "Turkey": "has a page",
        "Anatolia": "merged into Turkey",
        "Grain": "no page: nothing is published under it, archived",
        "Elections": "has a page",
    }


def test_taggits_own_tags_are_not_in_the_admin(desk):
    page = desk.get(reverse("admin:index")).content.decode()
    assert "/admin/taggit/" not in page


def test_stories_of_the_desk_come_first(desk):
    names = [model["object_name"] for model in desk.get(reverse("admin:index")).context["app_list"][0]["models"]]
    order = ["Story", "FrontPage", "Report", "Source", "Topic", "Tag", "Author", "Picture", "User"]
    assert names == [name for name in order if name in names]


def test_a_login_is_made_with_a_password(desk):
    data = {"username": "reporter", "usable_password": "true", "password1": "sea-gate-42", "password2": "sea-gate-42"}
    assert desk.post(reverse("admin:stories_user_add"), data).status_code == 302
    assert User.objects.get(username="reporter").check_password("sea-gate-42")


def test_an_embargo_on_a_source_that_a_waiting_version_would_break_is_refused(desk, editor):
    report = make_source("Harbour report", kind="document")
    merged = make_source("Draft of it", alias_of=report)
    revision = make_revision(source=merged, headline="The gate")
    now = timezone.now()
    publish(revision, by=editor, expecting=(None, None), at=now + datetime.timedelta(hours=24))

    def save(hours):
        until = timezone.localtime(now + datetime.timedelta(hours=hours))
        moment = {"embargo_until_0": f"{until:%Y-%m-%d}", "embargo_until_1": f"{until:%H:%M}"}
        return posted(desk, change_url(report), **moment)

    assert "“The gate” rests on it and goes out on" in save(48).content.decode()
    assert Source.objects.get(pk=report.pk).embargo_until is None
    assert save(12).status_code == 302
    assert Source.objects.get(pk=report.pk).embargo_until is not None


def test_a_picture_is_described_or_decorative(desk):
    picture = make_picture(alt="")
    both = posted(desk, change_url(picture), alt="A gate", decorative="on")
    assert "Describe it, or call it decorative: not both." in both.content.decode()
    assert posted(desk, change_url(picture), decorative="on", source_type="print").status_code == 302
    picture.refresh_from_db()
    assert (picture.decorative, picture.source_type) == (True, "print")
