import datetime
import re
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stories.models import Revision, Story, StoryEvent, User, Version
from stories.publishing.revisions import save_document
from stories.publishing.verbs import cancel, publish, seen
from tests.desk.forms import form_data
from tests.factories import make_author, make_editor, make_published, make_revision, publish_change

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def tomorrow():
    return timezone.now() + datetime.timedelta(days=1)


def url(name, story):
    return reverse(f"admin:stories_story_{name}", args=[story.pk])


def moment(instant):
    local = timezone.localtime(instant)
    return {"day": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}"}


def edit(story, by=None, **values):
    return save_document(story.revisions.latest().document | values, story, by=by)


def scheduled(editor, **values):
    revision = make_revision(**values)
    publish(revision, by=editor, expecting=(None, None), at=tomorrow())
    return revision.story


def hidden(page):
    """Return what the page's own hidden fields say."""
    inputs = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">', page)
    return {name: value for name, value in inputs if name != "csrfmiddlewaretoken"}


def text(response):
    words = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(words).split())


def submit(client, story, page=None, action="publish", **values):
    """Open the publish page of `story`, or take `page` as it was opened before, and press a button of it."""
    fields = hidden((page or client.get(url("publish", story))).content.decode())
    return client.post(url(action, story), fields | values, follow=True)


def told(response):
    return [str(message) for message in response.context["messages"]]


# The page


def test_the_page_of_a_draft_says_that_nobody_sees_it_and_offers_no_kind_of_change(desk):
    revision = make_revision(headline="The gate", by=make_editor(username="ayse"))
    page = text(desk.get(url("publish", revision.story)))
    assert "Nobody outside can see this story yet." in page
    assert "What you publish here is the text that ayse saved on" in page
    assert re.search(r"its address is http://testserver/\d{4}/\d\d/\d\d/the-gate/", page)
    assert "Publish now" in page
    assert "What kind of change" not in page


def test_the_page_of_a_live_story_explains_each_kind_of_change(desk):
    story = make_published().story
    edit(story, headline="Second")
    page = text(desk.get(url("publish", story)))
    assert "Readers have version 1, since" in page
    for words in (
        "There are new facts.",
        "Spelling, grammar or layout",
        "could be misunderstood",
        "Something was wrong",
    ):
        assert words in page
    assert "Publish version 2 now" in page
    assert "Schedule version 2" in page


def test_the_page_of_an_unchanged_story_offers_an_editors_note_only(desk):
    story = make_published().story
    response = desk.get(url("publish", story))
    assert "there is nothing new to publish but an editor’s note" in text(response)
    assert [kind["value"] for kind in response.context["changes"]] == ["editors_note"]


def test_what_is_missing_is_told_with_a_way_to_it_and_there_is_no_button(desk):
    story = make_revision(headline="The gate", slug="", authors=[], standfirst="").story
    response = desk.get(url("publish", story))
    form = url("change", story)
    assert f"{form}#id_slug" in response.content.decode()
    assert f"{form}#credits-group" in response.content.decode()
    page = text(response)
    assert "Add a slug, the end of the story’s address, before publishing." in page
    assert "Add an author before publishing." in page
    assert "Publish now" not in page
    assert "Schedule" not in page
    assert "Why it goes out all the same" not in page


def test_a_story_without_a_revision_is_to_be_saved_first(desk):
    story = Story.objects.create(headline="Bare")
    assert "Nothing of this story is saved yet. Save it first." in text(desk.get(url("publish", story)))
    response = desk.post(url("publish", story), {"revision": story.pk, "when": "now"})
    assert "Nothing of this story is saved yet. Save it first." in text(response)


def test_an_unknown_story_leads_back_to_the_desk(desk):
    unknown = Story(pk="8d1f2ad7-14f3-4d2b-a7c7-0d9ef0e25e5e")
    assert desk.get(url("publish", unknown)).url == "/admin/"
    assert desk.get("/admin/stories/story/nonsense/publish/").status_code in (302, 404)


def test_the_page_costs_few_queries(desk, editor, django_assert_max_num_queries):
    story = make_published(by=editor).story
    for number in range(5):
        publish_change(story, by=editor, headline=f"Headline {number}")
    with django_assert_max_num_queries(8):
        desk.get(url("publish", story))


# Publishing


def test_publishing_makes_the_story_live_and_links_to_it(desk, editor):
    story = make_revision(headline="The gate").story
    response = submit(desk, story, when="now")
    version = Version.objects.get()
    assert (version.change, version.headline, version.visible_until) == ("first", "The gate", None)
    assert StoryEvent.objects.get().user == editor
    assert response.redirect_chain[-1][0] == url("change", story)
    assert told(response) == [
        f'Version 1 is published. <a href="{version.get_absolute_url()}">See it as readers see it</a>'
    ]


def test_what_is_typed_by_an_editor_never_is_markup_in_a_message(desk):
    story = make_revision(headline="<b>gate</b>", slug="gate").story
    assert "<b>gate</b>" not in submit(desk, story, when="now").content.decode()


def test_a_change_needs_a_kind_and_keeps_what_was_typed(desk):
    story = make_published().story
    edit(story, headline="Second")
    response = submit(desk, story, when="now", note="The day was wrong.", wrong="Monday", right="Tuesday")
    assert "Say what kind of change this is: readers will be told." in text(response)
    for typed in ("The day was wrong.", "Monday", "Tuesday"):
        assert typed in response.content.decode()
    assert Version.objects.count() == 1


def test_a_correction_says_what_was_wrong_and_what_is_right(desk):
    story = make_published().story
    edit(story, headline="Second")
    response = submit(desk, story, when="now", change="correction", wrong="Monday")
    assert "Say what was wrong and what is right." in text(response)
    response = submit(desk, story, when="now", change="correction", wrong="Monday", right="Tuesday", severity="major")
    correction = {"wrong": "Monday", "right": "Tuesday", "severity": "major"}
    assert Version.objects.latest().document["correction"] == correction
    assert told(response)[0].startswith("Version 2 is published.")


def test_a_clarification_needs_its_note(desk):
    story = make_published().story
    edit(story, headline="Second")
    response = submit(desk, story, when="now", change="clarification")
    assert "Write a sentence for readers: what changed, and why." in text(response)


def test_what_was_typed_for_a_correction_goes_nowhere_if_it_is_an_update(desk):
    story = make_published().story
    edit(story, headline="Second")
    submit(desk, story, when="now", change="update", wrong="Monday", right="Tuesday")
    assert Version.objects.latest().document["correction"] is None


def test_an_editors_note_goes_out_without_a_change_of_the_text(desk):
    story = make_published().story
    submit(desk, story, when="now", change="editors_note", note="We stand by it.")
    assert Version.objects.latest().note == "We stand by it."


def test_a_kind_of_change_that_is_not_offered_is_refused(desk):
    story = make_published().story
    edit(story, headline="Second")
    response = submit(desk, story, when="now", change="withdrawal")
    assert "is not one of the available choices" in text(response)
    assert Version.objects.count() == 1


def test_a_note_that_is_too_long_is_said_beside_it_and_kept(desk):
    story = make_published().story
    edit(story, headline="Second")
    response = submit(desk, story, when="now", change="update", note="n" * 501)
    assert "at most 500 characters" in text(response)
    assert "n" * 501 in response.content.decode()


def test_no_button_pressed_is_said(desk):
    response = submit(desk, make_revision().story)
    assert "Say when: now, or at a time." in text(response)


# What needs a reason


def test_a_minor_change_that_is_more_shows_the_words_and_keeps_what_was_typed(desk):
    story = make_published(standfirst="Seven ships waited.").story
    edit(story, standfirst="Nine ships waited.")
    response = submit(desk, story, when="now", change="minor", note="A slip of the pen.")
    page = text(response)
    assert "It changes the standfirst. Seven , Nine" in page
    assert "This is more than a minor change." in page
    assert "Readers see this reason in the story’s history." in page
    assert "Write a reason here, or settle what is listed above." in page
    assert "A slip of the pen." in response.content.decode()
    assert response.context["form"]["change"].value() == "minor"
    assert Version.objects.count() == 1


def test_a_reason_is_kept_on_record_with_what_it_overrides(desk):
    story = make_published(standfirst="Seven ships waited.").story
    edit(story, standfirst="Nine ships waited.")
    submit(desk, story, when="now", change="minor", override="The notes always said nine.")
    version = Version.objects.latest()
    assert version.number == 2
    assert {row["check"] for row in version.overrides} >= {"guard.standfirst", "guard.number"}
    assert {row["reason"] for row in version.overrides} == {"The notes always said nine."}


def test_another_kind_of_change_needs_no_reason(desk):
    story = make_published(standfirst="Seven ships waited.").story
    edit(story, standfirst="Nine ships waited.")
    page = submit(desk, story, when="now", change="minor")
    submit(desk, story, page, when="now", change="update")
    assert (Version.objects.latest().change, Version.objects.latest().overrides) == ("update", [])


def test_what_may_be_overridden_is_told_before_a_button_is_pressed(desk):
    story = make_revision(standfirst="").story
    page = desk.get(url("publish", story))
    assert "It has no standfirst: readers see nothing under the headline." in text(page)
    assert "Why it goes out all the same" in text(page)
    assert "more than a minor change" not in text(page)
    assert "Write a reason here" in text(submit(desk, story, when="now"))
    submit(desk, story, when="now", override="One line is all we know.")
    assert [row["check"] for row in Version.objects.get().overrides] == ["has_standfirst"]


def test_a_change_that_nothing_speaks_against_asks_for_no_reason(desk):
    story = make_published().story
    edit(story, headline="Second")
    assert "Why it goes out all the same" not in text(desk.get(url("publish", story)))


def test_the_reason_for_a_waiting_version_is_kept_when_it_is_moved(desk, editor):
    story = make_revision(standfirst="").story
    publish(story.revisions.latest(), by=editor, expecting=(None, None), at=tomorrow(), override="All we know.")
    page = desk.get(url("publish", story))
    assert page.context["form"].initial["override"] == "All we know."
    values = {f"move-{name}": value for name, value in moment(tomorrow() + datetime.timedelta(days=3)).items()}
    submit(desk, story, page, action="move", **values)
    assert Version.objects.get().overrides[0]["reason"] == "All we know."


# Two editors


def test_of_two_editors_one_is_told(desk, client):
    story = make_revision().story
    page = desk.get(url("publish", story))
    submit(desk, story, page, when="now")
    response = submit(desk, story, page, when="now")
    assert "Meanwhile someone else published or scheduled this story." in text(response)
    assert Version.objects.count() == 1


def test_after_a_refusal_the_page_is_about_what_is_there_now(desk, editor):
    story = make_published().story
    edit(story, headline="Second")
    page = desk.get(url("publish", story))
    publish(story.revisions.latest(), by=editor, change="update", expecting=seen(story))
    edit(story, headline="Third")
    response = submit(desk, story, page, when="now", change="update", note="My note")
    assert "Meanwhile" in text(response)
    assert "Publish version 3 now" in text(response)
    again = submit(desk, story, response, when="now", change="update")
    assert told(again)[0].startswith("Version 3 is published.")


def test_a_newer_save_is_told_with_its_author(desk):
    story = make_revision(headline="First").story
    page = desk.get(url("publish", story))
    edit(story, by=make_editor(first_name="Ayşe"), headline="Second")
    response = submit(desk, story, page, when="now")
    assert re.search(
        r"Meanwhile Ayşe saved the story again, on .* UTC\. This page is now about the newer", text(response)
    )
    assert not Version.objects.exists()
    submit(desk, story, response, when="now")
    assert Version.objects.get().headline == "Second"


@pytest.mark.parametrize("name", ["revision", "seen_live", "seen_pending"])
def test_a_page_that_was_tampered_with_is_to_be_looked_at_again(desk, name):
    story = make_revision().story
    for value in ("nonsense", "9" * 30, "-1", "\x00"):
        response = submit(desk, story, when="now", **{name: value})
        assert "This page was incomplete." in text(response)
    assert not Version.objects.exists()


# Times


def test_a_scheduled_version_waits_and_the_message_says_until_when(desk):
    story = make_revision().story
    at = tomorrow().replace(second=0, microsecond=0)
    response = submit(desk, story, when="later", **moment(at))
    assert Version.objects.get().visible_from == at
    assert re.fullmatch(
        r"Version 1 goes out on \d+ \w+ \d{4}, \d\d:\d\d UTC\. Until then nobody outside can see it\.",
        told(response)[0],
    )


def test_times_are_those_of_the_site(desk, settings):
    settings.TIME_ZONE = "Europe/Istanbul"
    story = make_revision().story
    response = submit(desk, story, when="later", day=f"{tomorrow():%Y-%m-%d}", time="09:00")
    assert Version.objects.get().visible_from.hour == 6
    assert "09:00 +03" in told(response)[0]
    assert "Europe/Istanbul (+03)" in text(desk.get(url("publish", story)))


@pytest.mark.parametrize(
    ("day", "time", "sentence"),
    [
        ("", "09:00", "Choose a day and a time."),
        ("2099-01-01", "", "Choose a day and a time."),
        ("2099-01-01", "09:00", "Choose a day within the next ten years."),
        ("9999-12-31", "23:59", "Choose a day within the next ten years."),
        ("2001-01-01", "09:00", "That day has passed."),
        ("0001-01-01", "00:00", "That day has passed."),
        ("soon", "09:00", "This is not a day. Write it like 2025-03-01."),
        ("2099-01-01", "noon", "This is not a time of day. Write it like 09:00."),
    ],
)
def test_a_time_that_cannot_be_is_said(desk, day, time, sentence):
    response = submit(desk, make_revision().story, when="later", day=day, time=time)
    assert sentence in text(response)
    assert not Version.objects.exists()


def test_a_time_of_today_that_has_passed_is_said(desk):
    story = make_revision().story
    now = timezone.now()
    response = submit(desk, story, when="later", day=f"{now:%Y-%m-%d}", time=f"{now:%H:%M}")
    assert "That time has passed. Publish now, or choose a later time." in text(response)


def test_an_hour_that_the_clocks_skip_is_said(desk, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    year = timezone.now().year + 1
    day = max(datetime.date(year, 3, d) for d in range(25, 32) if datetime.date(year, 3, d).weekday() == 6)
    response = submit(desk, make_revision().story, when="later", day=str(day), time="02:30")
    assert "couldn’t be interpreted in time zone Europe/Berlin" in text(response)


# What waits


def test_a_waiting_version_can_be_moved(desk, editor):
    story = scheduled(editor)
    page = desk.get(url("publish", story))
    assert "Version 1 goes out on" in text(page)
    at = (tomorrow() + datetime.timedelta(days=3)).replace(second=0, microsecond=0)
    values = {f"move-{name}": value for name, value in moment(at).items()}
    response = submit(desk, story, page, action="move", **values)
    assert Version.objects.get().visible_from == at
    assert told(response)[0].startswith("Version 1 goes out on")


def test_a_waiting_version_can_be_cancelled(desk, editor):
    story = scheduled(editor)
    response = submit(desk, story, action="cancel")
    assert not Version.objects.exists()
    assert re.fullmatch(r"Version 1, planned for .* UTC, is cancelled\. Your text is still here\.", told(response)[0])


def test_moving_to_a_time_that_has_passed_is_said(desk, editor):
    story = scheduled(editor)
    values = {"move-day": f"{timezone.now():%Y-%m-%d}", "move-time": f"{timezone.now():%H:%M}"}
    response = submit(desk, story, action="move", **values)
    assert "That time has passed. Choose a later one, or publish now." in text(response)
    response = submit(desk, story, action="move", **{"move-day": ""})
    assert "Choose a day and a time." in text(response)


@pytest.mark.parametrize("action", ["move", "cancel"])
def test_what_was_cancelled_meanwhile_is_told(desk, editor, action):
    story = scheduled(editor)
    page = desk.get(url("publish", story))
    cancel(story, by=editor, expecting=seen(story))
    values = {f"move-{name}": value for name, value in moment(tomorrow()).items()}
    response = submit(desk, story, page, action=action, **values)
    assert "Meanwhile someone else published or scheduled this story." in text(response)


@pytest.mark.parametrize("action", ["move", "cancel"])
def test_moving_and_cancelling_are_posted(desk, editor, action):
    story = scheduled(editor)
    assert desk.get(url(action, story)).status_code == 405
    assert Version.objects.count() == 1


def test_a_first_version_that_waits_can_go_out_now_instead(desk, editor):
    story = scheduled(editor)
    page = desk.get(url("publish", story))
    assert "It goes out at once, in place of the scheduled version 1." in text(page)
    assert "Move version 1 to this time" in text(page)
    assert "Schedule" not in text(page)
    submit(desk, story, page, when="now")
    assert Version.objects.get().visible_from <= timezone.now()


def test_before_a_waiting_version_the_editor_is_asked(desk, editor):
    story = make_published(by=editor).story
    publish_change(story, by=editor, headline="Planned", at=tomorrow())
    live = Version.objects.get(number=1)
    save_document(live.document | {"standfirst": "Now different."}, story)
    page = desk.get(url("publish", story))
    assert "Version 2 waits for its time. What becomes of it?" in text(page)
    response = submit(desk, story, page, when="now", change="update")
    assert "Version 2 waits for its time. Say whether to merge this change into it or to cancel it." in text(response)
    submit(desk, story, page, when="now", change="update", pending="merge")
    versions = list(story.versions.all())
    assert [version.headline for version in versions] == [live.headline, live.headline, "Planned"]
    assert versions[2].document["standfirst"] == "Now different."


def test_a_waiting_version_can_be_cancelled_by_publishing(desk, editor):
    story = make_published(by=editor).story
    publish_change(story, by=editor, headline="Planned", at=tomorrow())
    edit(story, headline="Now")
    submit(desk, story, when="now", change="update", pending="cancel")
    assert [version.headline for version in story.versions.all()][1:] == ["Now"]


def test_a_waiting_version_that_is_just_what_was_saved_goes_out_now_without_a_question(desk, editor):
    story = make_published(by=editor).story
    publish_change(story, by=editor, headline="Planned", at=tomorrow(), change="clarification", note="So be it.")
    page = desk.get(url("publish", story))
    assert "What becomes of it?" not in text(page)
    assert page.context["form"].initial["note"] == "So be it."
    submit(desk, story, page, when="now", change="clarification", note="So be it.")
    assert [version.number for version in story.versions.all()] == [1, 2]
    assert not story.versions.filter(visible_from__gt=timezone.now()).exists()


# Who may


@pytest.fixture
def reporter(client):
    user = User.objects.create_user("reporter", is_staff=True)
    codenames = [f"{verb}_story" for verb in ("view", "add", "change")]
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    return client


@pytest.mark.parametrize("action", ["publish", "move", "cancel"])
def test_without_the_permission_nothing_is_published_moved_or_cancelled(reporter, editor, action):
    story = scheduled(editor)
    assert reporter.post(url(action, story)).status_code == 403
    assert reporter.get(url("publish", story)).status_code == 403
    assert Version.objects.count() == 1


def test_a_reporter_has_save_and_preview_but_no_publish_button(reporter):
    page = reporter.get(url("change", make_revision().story)).content.decode()
    assert ('name="_continue"' in page, 'name="_preview"' in page, 'name="_publish"' in page) == (True, True, False)


@pytest.mark.parametrize("action", ["publish", "move", "cancel", "preview"])
def test_strangers_are_sent_to_the_login(client, editor, action):
    story = scheduled(editor)
    response = client.post(url(action, story))
    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("action", ["publish", "move", "cancel", "preview"])
def test_another_sites_form_is_refused(editor, action):
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    assert client.post(url(action, scheduled(editor))).status_code == 403
    assert Version.objects.count() == 1


# The row of buttons under the story


def buttons(client, story):
    page = text(client.get(url("change", story)))
    return page


def test_a_draft_says_that_nobody_sees_it(desk):
    page = buttons(desk, make_revision().story)
    assert "Not published: nobody outside can see this." in page
    assert "Save draft Preview Publish… Delete draft" in page


def test_a_new_story_has_the_same_buttons(desk):
    page = text(desk.get(reverse("admin:stories_story_add")))
    assert "Not published: nobody outside can see this." in page
    assert "Save draft Preview Publish…" in page
    assert "Delete draft" not in page


def test_a_live_story_says_whether_readers_see_exactly_this(desk):
    story = make_published().story
    page = buttons(desk, story)
    assert "Live: version 1. Readers see exactly this. See the live page" in page
    edit(story, headline="Second")
    page = buttons(desk, story)
    assert "Live: version 1. You have changes readers cannot see." in page
    assert "Save (readers keep version 1) Preview Publish changes…" in page
    assert "Delete draft" not in page


def test_a_scheduled_story_says_when_it_goes_out(desk, editor):
    story = scheduled(editor)
    page = buttons(desk, story)
    assert re.search(r"Version 1 goes out on \d+ \w+ \d{4}, \d\d:\d\d UTC\. Move or cancel", page)
    assert "Save (version 1 goes out as planned)" in page
    edit(story, headline="Else")
    assert "What you see here differs from it." in buttons(desk, story)


def test_publish_saves_the_form_first_and_leads_to_the_publish_page(desk):
    story = make_revision(headline="First", language="en").story
    data = form_data(desk, story, headline="Second", _publish="")
    response = desk.post(url("change", story), data)
    assert response["Location"] == url("publish", story)
    assert story.revisions.latest().document["headline"] == "Second"
    assert not Version.objects.exists()


def test_publish_on_a_new_story_saves_it_and_leads_to_the_publish_page(desk):
    make_author()
    response = desk.post(reverse("admin:stories_story_add"), form_data(desk, headline="New", _publish=""))
    assert response["Location"] == url("publish", Story.objects.get())
    assert Revision.objects.get().document["headline"] == "New"


def test_a_reporter_who_posts_publish_has_saved(reporter):
    story = make_revision(headline="First", language="en").story
    response = reporter.post(url("change", story), form_data(reporter, story, headline="Second", _publish=""))
    assert "publish" not in response["Location"]
    assert story.revisions.latest().document["headline"] == "Second"
