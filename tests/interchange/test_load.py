import uuid
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from PIL import Image

from stories.interchange.story_files import NAMESPACE
from stories.models import Author, Picture, Revision, Source, Story, StoryEvent, Tag, Topic, Version
from stories.publishing.revisions import save_document, save_revision
from stories.publishing.verbs import publish, seen
from stories.publishing.working_copy import document_from_story
from tests.factories import make_published, make_source, make_tag, utc
from tests.interchange.folders import DRAFT, FIRST, SECOND, load, problems, write_folder

pytestmark = pytest.mark.django_db
DEMO = Path(__file__).parents[2] / "stories" / "fixtures" / "demo"
STORY = uuid.uuid5(NAMESPACE, "harbour")


def test_the_demo_stories_load_and_loading_them_again_does_nothing(capsys):
    call_command("load_stories", DEMO)
    before = list(Version.objects.values_list("pk", "sha256")), Revision.objects.count()
    call_command("load_stories", DEMO)
    assert "Nothing to do." in capsys.readouterr().out
    assert (list(Version.objects.values_list("pk", "sha256")), Revision.objects.count()) == before
    assert Version.objects.visible_at(timezone.now()).count() > 10


def test_files_become_versions_of_their_instants(tmp_path):
    load(tmp_path, {"harbour.md": FIRST, "harbour.2.md": SECOND})
    first, second = Version.objects.order_by("number")
    assert (first.change, first.visible_from, first.path) == ("first", utc(2025, 2, 28, 15), "/2025/02/28/harbour/")
    assert (second.change, second.note) == ("update", "It closed again.")
    assert first.visible_until == second.visible_from == utc(2025, 3, 1, 6, 30)
    assert first.story_id == STORY
    assert [event.action for event in StoryEvent.objects.all()] == ["import", "import"]


def test_the_working_copy_is_the_last_file_with_a_revision(tmp_path):
    load(tmp_path, {"harbour.md": FIRST, "harbour.2.md": DRAFT.replace("opens", "closes")})
    story = Story.objects.get()
    assert story.headline == "Harbour closes its gate"
    assert story.revisions.latest().document == document_from_story(story)
    assert Version.objects.get().headline == "Harbour opens its gate"


def test_ids_left_out_are_made_from_names(tmp_path):
    load(tmp_path, {"harbour.md": FIRST})
    document = Version.objects.get().document
    key = uuid.uuid5(STORY, "statement").hex[:12]
    assert document["id"] == str(STORY)
    assert document["citations"][0]["key"] == key
    assert document["blocks"] == [
        {
            "id": str(uuid.uuid5(STORY, "1/1")),
            "type": "text",
            "html": f'<p>The office opened the gate.<cite data-key="{key}"></cite></p>',
        }
    ]


def test_a_block_keeps_the_id_of_the_equal_block_before(tmp_path):
    event = "::: event\ndate: 1962\n---\nIt was built.\n:::\n"
    load(tmp_path, {"harbour.md": FIRST + event, "harbour.2.md": SECOND.replace("opened", "shut") + event + event})
    first, second = (version.document["blocks"] for version in Version.objects.order_by("number"))
    assert second[0]["id"] == str(uuid.uuid5(STORY, "2/1")) != first[0]["id"]
    assert second[1]["id"] == first[1]["id"]
    assert second[2]["id"] == str(uuid.uuid5(STORY, "2/3"))


def test_a_given_id_is_not_taken_by_an_equal_block(tmp_path):
    given = str(uuid.uuid5(STORY, "1/1"))
    second = (
        SECOND.partition("The office")[0] + f"::: text {given}\nNew.\n:::\n\nThe office opened the gate.[^statement]\n"
    )
    load(tmp_path, {"harbour.md": FIRST, "harbour.2.md": second})
    assert [block["id"] for block in Version.objects.get(number=2).document["blocks"]] == [
        given,
        str(uuid.uuid5(STORY, "2/2")),
    ]


def test_a_source_is_kept_with_its_details(tmp_path):
    load(tmp_path, {"harbour.md": FIRST})
    source = Version.objects.get().document["citations"][0]["source"]
    assert (source["slug"], source["name"], source["role"]) == ("office", "Harbour Office", "authority")


def test_terms_that_exist_are_left_alone(tmp_path):
    make_source("Our own name", slug="office")
    load(tmp_path, {"harbour.md": FIRST})
    assert Source.objects.get().name == "Our own name"
    assert Version.objects.get().document["citations"][0]["source"]["name"] == "Our own name"


def test_terms_may_stand_in_any_order(tmp_path):
    topics = "- name: Gates\n  parent: harbour\n- name: Ports\n  alias_of: harbour\n- name: Harbour\n  open: true\n"
    tags = "- name: Locks\n  alias_of: gates\n- name: Gates\n"
    load(tmp_path, {"topics.yaml": topics, "tags.yaml": tags, "harbour.md": FIRST})
    assert Topic.objects.get(slug="gates").parent.slug == "harbour"
    assert Topic.objects.get(slug="ports").alias_of.open
    assert Tag.objects.get(slug="locks").alias_of.slug == "gates"
    assert Author.objects.get().collective


def test_the_same_terms_in_two_folders_are_no_error(tmp_path):
    source = {"a/sources.yaml": "- name: A\n", "b/sources.yaml": "- name: A\n"}
    load(tmp_path, source | {"harbour.md": FIRST})
    assert Source.objects.filter(slug="a").count() == 1


def test_tags_are_found_by_slug_or_name_or_made(tmp_path):
    make_tag("Arms control")
    load(tmp_path, {"harbour.md": FIRST.replace("[Gates]", "[arms-control, ARMS CONTROL, New label, new label]")})
    assert Version.objects.get().document["tags"] == ["arms-control", "new-label"]
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["Arms control", "New label"]


def test_one_file_is_loaded_with_the_terms_beside_it(tmp_path):
    folder = write_folder(tmp_path, {"harbour.md": FIRST, "other.md": FIRST})
    call_command("load_stories", folder / "harbour.md", verbosity=0)
    assert str(Story.objects.get().pk) == str(STORY)


def test_a_readme_is_no_story(tmp_path):
    load(tmp_path, {"README.md": "About these files.", "harbour.md": FIRST})
    assert Story.objects.count() == 1


def test_check_writes_nothing(tmp_path, capsys):
    folder = write_folder(tmp_path, {"harbour.md": FIRST, "harbour.2.md": SECOND})
    call_command("load_stories", folder, check=True)
    assert not Story.objects.exists()
    assert not Source.objects.exists()
    assert capsys.readouterr().out == (
        "This would be loaded: 1 story, 2 versions, 4 sources, topics, authors and tags.\n"
    )


def test_what_was_loaded_is_told(tmp_path, capsys):
    folder = write_folder(tmp_path, {"harbour.md": FIRST, "second.md": DRAFT})
    call_command("load_stories", folder)
    call_command("load_stories", folder)
    assert capsys.readouterr().out == (
        "Loaded: 2 stories, 1 version, 1 draft, 4 sources, topics, authors and tags.\n"
        "Nothing to do. 2 stories are there already, as in their files.\n"
    )


def test_html_that_is_not_allowed_never_reaches_a_version(tmp_path):
    load(tmp_path, {"harbour.md": FIRST + '\n<script>alert(1)</script>\n\n<p onclick="x()">[a](javascript:x)</p>\n'})
    html = Version.objects.get().document["blocks"][0]["html"]
    assert "script>" not in html
    assert "onclick" not in html
    assert "href" not in html


def test_a_source_renamed_meanwhile_is_no_difference(tmp_path):
    load(tmp_path, {"harbour.md": FIRST, "second.md": DRAFT})
    Source.objects.update(name="Another name")
    load(tmp_path)
    assert Version.objects.get().document["citations"][0]["source"]["name"] == "Harbour Office"


def test_a_new_version_for_a_story_that_had_versions_is_refused(tmp_path):
    load(tmp_path, {"harbour.md": FIRST})
    assert problems(tmp_path, {"harbour.2.md": SECOND}) == [
        "harbour.2.md:4: published: The story has 1 version already: publish a new one at the desk, or load it as a "
        "draft."
    ]
    assert Version.objects.count() == 1


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("opened", "shut", "13: text: Version 2 is there already, with another document."),
        ("opens", "shuts", "5: headline: Version 2 is there already, with another document."),
        ("change: update", "change: minor", "2: change: Version 2 is there already, as another kind of change."),
        ("It closed", "It shut", "3: note: Version 2 is there already, with another note."),
        ("09:30", "09:31", "4: published: Version 2 is there already, published at another time."),
        (
            "change: update",
            "change: correction\ncorrection: {wrong: a, right: b}",
            "2: change: Version 2 is there already, as another kind of change.",
        ),
    ],
)
def test_another_file_for_an_existing_version_is_refused(tmp_path, old, new, line):
    load(tmp_path, {"harbour.md": FIRST, "harbour.2.md": SECOND})
    told = problems(tmp_path, {"harbour.2.md": SECOND.replace(old, new)})
    assert told[0] == f"harbour.2.md:{line}"
    assert Version.objects.get(number=2).headline == "Harbour opens its gate"


def test_another_correction_for_an_existing_version_is_refused(tmp_path):
    second = SECOND.replace("change: update", "change: correction\ncorrection: {wrong: a, right: b}")
    load(tmp_path, {"harbour.md": FIRST, "harbour.2.md": second})
    assert problems(tmp_path, {"harbour.2.md": second.replace("right: b", "right: c")}) == [
        "harbour.2.md:3: correction: Version 2 is there already, with another correction."
    ]


def test_a_draft_that_nobody_edited_takes_what_its_file_says_now(tmp_path):
    load(tmp_path, {"harbour.md": DRAFT})
    load(tmp_path, {"harbour.md": DRAFT.replace("opens", "shuts")})
    assert Story.objects.get().headline == "Harbour shuts its gate"
    assert Revision.objects.count() == 2


def test_a_draft_that_was_edited_meanwhile_is_not_overwritten(tmp_path, editor):
    load(tmp_path, {"harbour.md": DRAFT})
    story = Story.objects.get()
    story.headline = "My own words"
    story.save()
    save_revision(story, by=editor)
    assert problems(tmp_path, {"harbour.md": DRAFT.replace("opens", "shuts")}) == [
        "harbour.md:2: headline: The draft is there already and was edited meanwhile: it says something else here."
    ]
    assert Story.objects.get().headline == "My own words"


def test_a_draft_whose_tables_changed_without_a_revision_is_not_overwritten_either(tmp_path):
    load(tmp_path, {"harbour.md": DRAFT})
    Story.objects.update(headline="Typed elsewhere")
    assert problems(tmp_path)[0].startswith("harbour.md:2: headline: The draft is there already and was edited")


def test_a_draft_may_be_loaded_for_a_published_story(tmp_path, editor):
    load(tmp_path, {"harbour.md": FIRST})
    load(tmp_path, {"harbour.2.md": DRAFT.replace("opens", "shuts")})
    assert (Version.objects.get().headline, Story.objects.get().headline) == (
        "Harbour opens its gate",
        "Harbour shuts its gate",
    )


def test_a_draft_that_was_published_as_it_is_is_there_already(tmp_path, editor):
    load(tmp_path, {"harbour.md": DRAFT})
    story = Story.objects.get()
    publish(story.revisions.latest(), by=editor, expecting=seen(story), override="It has no standfirst yet.")
    load(tmp_path)
    assert Version.objects.count() == 1


def test_a_draft_becomes_the_version_its_file_dates(tmp_path):
    load(tmp_path, {"harbour.md": DRAFT})
    load(tmp_path, {"harbour.md": FIRST})
    assert Version.objects.get().visible_from == utc(2025, 2, 28, 15)


def test_what_editors_did_to_a_published_story_is_none_of_our_business(tmp_path, editor):
    load(tmp_path, {"harbour.md": FIRST})
    story = Story.objects.get()
    save_document(document_from_story(story) | {"headline": "Edited"}, story, by=editor)
    load(tmp_path)
    assert Story.objects.get().headline == "Edited"


def test_ids_keys_and_addresses_of_stories_in_the_database_are_refused(tmp_path):
    live = make_published(at=utc(2025, 2, 28), slug="harbour")
    block, key = live.document["blocks"][0]["id"], live.document["citations"][0]["key"]
    text = FIRST.replace("key: statement", f"key: {key}").replace("[^statement]", "") + f"::: text {block}\nA.\n:::\n"
    assert problems(tmp_path, {"harbour.md": text}) == [
        "harbour.md:1: slug: Another story has the address /2025/02/28/harbour/. Change the slug.",
        f"harbour.md:8: citations.key: The citation key {key} belongs to another story.",
        f"harbour.md:12: text: The block {block} belongs to another story.",
    ]


def test_pictures_are_loaded_and_kept(tmp_path):
    pk = "5e4b2cf6-6a3c-4d0f-9a8e-0d4a55b1c001"
    folder = write_folder(
        tmp_path,
        {
            "pictures.yaml": f"- id: {pk}\n  file: pictures/gate.png\n  alt: A gate\n  credit: Office\n"
            "  source_type: print\n",
            "harbour.md": FIRST + f"::: figure\npicture: {pk}\n---\nThe gate.[^statement]\n:::\n",
        },
    )
    (folder / "pictures").mkdir()
    Image.new("RGB", (60, 40), "navy").save(folder / "pictures" / "gate.png")
    call_command("load_stories", folder, verbosity=0)
    picture = Picture.objects.get()
    assert (str(picture.pk), picture.file.name, picture.alt) == (pk, f"pictures/{pk}.jpg", "A gate")
    assert Version.objects.get().document["blocks"][1]["picture"] == {
        "id": pk, "file": f"pictures/{pk}.jpg", "width": 60, "height": 40, "alt": "A gate", "caption": "",
        "credit": "Office", "decorative": False, "source_type": "print",
    }  # fmt: skip
    call_command("dump_stories", tmp_path / "dump", verbosity=0)
    document = Version.objects.get().document
    Version.objects.all().delete()
    story = Story.objects.get()
    story.addresses.all().delete()
    story.delete()
    picture.delete()
    call_command("load_stories", tmp_path / "dump", verbosity=0)
    assert Version.objects.get().document == document
    assert Picture.objects.get().file.storage.exists(f"pictures/{pk}.jpg")


def test_pictures_of_a_load_that_fails_leave_no_file(tmp_path, settings):
    pk = "5e4b2cf6-6a3c-4d0f-9a8e-0d4a55b1c001"
    folder = write_folder(tmp_path, {"pictures.yaml": f"- id: {pk}\n  file: gate.png\n", "harbour.md": FIRST})
    Image.new("RGB", (60, 40)).save(folder / "gate.png")
    (folder / "harbour.md").write_text(FIRST.replace("[desk]", "[nobody]"))
    with pytest.raises(CommandError, match="nobody"):
        call_command("load_stories", folder)
    assert not list(Path(settings.MEDIA_ROOT).rglob("*.jpg"))


def test_progress_is_shown_on_long_runs(tmp_path, capsys):
    folder = write_folder(tmp_path, {f"harbour-{i}.md": "---\nheadline: H\n---\n" for i in range(100)})
    call_command("load_stories", folder)
    assert capsys.readouterr().out.startswith("100 of 100 stories checked\n100 of 100 stories written\n")


def test_the_queries_of_checking_do_not_grow_with_the_stories(tmp_path, django_assert_max_num_queries):
    folder = write_folder(tmp_path, {f"harbour-{i}.md": FIRST for i in range(20)})
    with django_assert_max_num_queries(25):
        call_command("load_stories", folder, check=True, verbosity=0)


def test_dumping_into_a_folder_with_files_needs_force(tmp_path):
    make_published(at=utc(2025, 1, 1), slug="harbour")
    write_folder(tmp_path, {"old.md": FIRST, "notes.txt": "mine"}, terms=False)
    with pytest.raises(CommandError, match=r"is not empty\. Choose another folder, or --force\."):
        call_command("dump_stories", tmp_path)
    call_command("dump_stories", tmp_path, force=True, verbosity=0)
    names = sorted(path.name for path in tmp_path.iterdir() if path.is_file())
    assert names == ["authors.yaml", "harbour.md", "notes.txt", "sources.yaml"]


def test_dumping_a_story_that_is_not_there_is_told(tmp_path):
    with pytest.raises(CommandError, match=r"No story has the slug nothing\."):
        call_command("dump_stories", tmp_path / "dump", "nothing")


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("dump_stories", tmp_path / "file")


def test_what_rests_on_a_document_under_embargo_is_not_scheduled_before_it_ends(tmp_path):
    make_source("Harbour Office", slug="office", embargo_until=utc(3000, 1, 1))
    [problem] = problems(tmp_path, {"harbour.md": FIRST.replace("2025-02-28T", "2999-02-28T")})
    assert problem.startswith(
        "harbour.md:2: published: It rests on “Harbour Office”, which is under embargo until 1 Jan"
    )
    load(tmp_path, {"harbour.md": FIRST.replace("2025-02-28T", "3000-02-28T")})
    assert Version.objects.get().visible_from.year == 3000
