"""Each thing that can be wrong with a file is told in one line with file, line and field; nothing is loaded then."""

import pytest
from django.core.management import CommandError, call_command

from stories.models import Author, Source, Story, Tag, Topic, Version
from tests.interchange.folders import BEFORE, DRAFT, FIRST, RETRACTION, SECOND, problems, write_folder

pytestmark = pytest.mark.django_db
AT = "published: 2025-02-28T15:00:00Z"
POST = "::: post\naccount: A\nwords: W\n---\nNote.\n:::\n"


@pytest.fixture(autouse=True)
def _nothing_is_written(db):
    yield
    for model in (Story, Version, Source, Topic, Author, Tag):
        assert not model.objects.exists()


def front(old, new):
    return FIRST.replace(old, new)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        # The form of the file
        (b"---\nheadline: caf\xe9\n---\n", "2: This is not UTF-8 text. Save the file as UTF-8."),
        ("No front matter", "1: The file must begin with front matter: a line ---, fields, another line ---."),
        ("---\nheadline: x\n", "1: The front matter is not closed: write a line --- after its last field."),
        ("---\n- a\n---\n", "2: The front matter must be fields, each on a line: “headline: …”."),
        ("---\nheadline: [a\n---\n", "3: This is not YAML: did not find expected ',' or ']'."),
        ("---\nheadline: a: b\n---\n", "2: This is not YAML: mapping values are not allowed in this context."),
        ("---\nkicker: a\nheadline: \x07\n---\n", "3: This is not YAML: control characters are not allowed."),
        ("---\nkicker: a\n\nkicker: b\n---\n", "4: kicker: This field is there twice."),
        (
            "---\nkicker: &a b\n---\n",
            "2: kicker: Anchors and aliases (& and *) are not allowed. Quote a text that starts so.",
        ),
        (
            "---\nkicker: *a\n---\n",
            "2: kicker: Anchors and aliases (& and *) are not allowed. Quote a text that starts so.",
        ),
        (
            "---\nkicker: !!python/object:os.system x\n---\n",
            "2: kicker: Tags such as tag:yaml.org,2002:python/object:os.system are not allowed.",
        ),
        ("---\nkicker: " + "[" * 5000 + "\n---\n", "2: This is nested too deeply."),
        ("---\n? [a]\n: b\n---\n", "2: The name of a field must be text."),
        ("---\nkicker: " + "x" * 1_000_001 + "\n---\n", "2: At most a million characters of YAML can be read."),
        # Fields
        (front("headline:", "headlin:"), "3: headlin: There is no such field."),
        (front("headline: Harbour opens its gate\n", ""), "1: headline: Add a headline before publishing."),
        (front("headline: Harbour opens its gate", "headline: [a]"), "3: headline: It must be text."),
        (front("headline: Harbour", "headline: " + "x" * 250), "3: headline: At most 250 characters."),
        (front("authors: [desk]", "kind: novel"), "4: kind: “novel” is not one of: news, breaking, summary, explainer, "
         "analysis, opinion, questions, page."),
        (front("authors: [desk]", "language: english!"), "4: language: “english!”: not a language code such as en, ru "
         "or pt-BR."),
        (front("authors: [desk]", "slug: a b"), "4: slug: “a b”: use letters, digits, hyphens and underscores."),
        (front("authors: [desk]", 'slug: ""'), "4: slug: Add a slug, the end of the story’s address, before "
         "publishing."),
        (front("authors: [desk]", "id: 12"), "4: id: “12” is not an id."),
        (front("authors: [desk]", "version: 3"), "4: version: By its name harbour.md is version 1."),
        (front(AT, "published: 2025-02-30T15:00:00Z"), "2: published: “2025-02-30T15:00:00Z” is not an instant such as "
         "2025-02-28T15:00:00Z. A draft has no such field."),
        (front(AT, "published: tomorrow"), "2: published: “tomorrow” is not an instant such as 2025-02-28T15:00:00Z. A "
         "draft has no such field."),
        (front(AT, "published:"), "2: published: “” is not an instant such as 2025-02-28T15:00:00Z. A draft has no "
         "such field."),
        (front(AT, "published: 2025-02-28T15:00:00"), "2: published: Say in which time zone: 2025-02-28T15:00:00Z, or "
         "+03:00 for Istanbul."),
        (front("authors: [desk]", "change: update"), "4: change: “update” is not one of: first."),
        (front("authors: [desk]", "note: [a]"), "4: note: Write at most 500 characters."),
        (front("authors: [desk]", "overrides: [{check: a, sentence: b}]"), "4: overrides.reason: It must not be "
         "empty."),
        (front("authors: [desk]", "overrides: no"), "4: overrides: It must be a list."),
        (front("authors: [desk]", "correction: {wrong: a, right: b}"), "4: correction: Only a correction says what was "
         "wrong and what is right."),
        (DRAFT.replace("authors: [desk]", "change: first"), "3: change: A draft has none yet: that is said when it is "
         "published."),
        (DRAFT.replace("authors: [desk]", "note: x"), "3: note: A draft has none yet: that is said when it is "
         "published."),
        (DRAFT.replace("authors: [desk]", "overrides: [{check: a}]"), "3: overrides: A draft has none yet: that is "
         "said when it is published."),
        # What is named
        (front("authors: [desk]", "authors:\n  - desk\n  - nobody"), "6: authors: There is no author “nobody”."),
        (front("authors: [desk]", "authors: [{slug: desk, rôle: x}]"), "4: authors.rôle: There is no such field."),
        (front("authors: [desk]", "authors: [desk, desk]"), "4: authors.slug: “desk” is there twice."),
        (front("topics: [harbour]", "topics: [ships]"), "5: topics: There is no topic “ships”."),
        (front("topics: [harbour]", "topics: harbour"), "5: topics: It must be a list."),
        (front("tags: [Gates]", "tags: [🙂]"), "6: tags: Write a name with letters or digits, at most 100 characters."),
        (front("source: office", "source: ministry"), "9: citations.source: There is no source “ministry”."),
        (front("source: office", "source: office\n    via: wire"), "10: citations.via: There is no source “wire”."),
        (front("source: office", "source: {slug: ministry, name: M}"), "9: citations.source: There is no source "
         "“ministry”."),
        (front("source: office", "source: office\n    unnamed: {descriptor: d, reason: r}"), "10: citations.unnamed: A "
         "citation has a source or an unnamed source, not both."),
        (front("source: office", "source: office\n    url: javascript:x"), "10: citations.url: “javascript:x” is not "
         "a web address."),
        (front("source: office", "source: office\n    published_on: 28.2.2025"), "10: citations.published_on: "
         "“28.2.2025”: Write a year, a month or a day: 1962, 1962-10 or 1962-10-16."),
        (front("source: office", "source: office\n    accessed_on: 2025-02-30"), "10: citations.accessed_on: "
         "“2025-02-30” is not a day: write it like 2025-02-28."),
        (front("source: office", "source: office\n  - key: statement\n    source: office"), "10: citations.key: "
         "“a0a3b705fe7d” is there twice."),
        (front("key: statement", "key: a b").replace("[^statement]", ""),
         "8: citations.key: Write a word as key, as in the text: [^ministry]."),
        (front("authors: [desk]", "lead_image: 5e4b2cf6-6a3c-4d0f-9a8e-0d4a55b1c001"), "4: lead_image: There is no "
         "picture 5e4b2cf6-6a3c-4d0f-9a8e-0d4a55b1c001."),
        (front("authors: [desk]", "translation_of: 5e4b2cf6-6a3c-4d0f-9a8e-0d4a55b1c001"), "4: translation_of: There "
         "is no story 5e4b2cf6-6a3c-4d0f-9a8e-0d4a55b1c001."),
        # The body
        (FIRST + "\nMore.\n\nAnd[^else]\n", "15: text.html: No citation has the key “else”."),
        (FIRST + "\n[^0123456789ab]\n", "11: text: A source marker in the text belongs to no citation of this story. "
         "Remove it or cite the source again."),
        (FIRST + "::: post\naccount: A\n", "12: post: This block is not closed: write a line ::: at its end."),
        (FIRST + "::: post\n---\n::: post\n---\n:::\n", "12: post: This block is not closed: write a line ::: at its "
         "end."),
        (FIRST + ":::\n", "12: Nothing is open here to be closed."),
        (FIRST + "::: Post!\n", "12: A block opens with ::: and its type, such as “::: key_point”."),
        (FIRST + "::: poll\n:::\n", "12: There is no block “poll”. There are: text, figure, quote, post, key_point, "
         "question, event."),
        (FIRST + POST.replace("words", "wrods"), "14: post.wrods: There is no such field."),
        (FIRST + POST.replace("words: W", "note: W"), "14: post.note: Write this below the line ---, as Markdown."),
        (FIRST + POST.replace("account: A", "- A"), "14: post: This is not YAML: did not find expected '-' indicator."),
        (FIRST + "::: post\n- A\n---\n:::\n", "13: post: Above --- there must be fields, each on a line."),
        (FIRST + POST.replace("words: W", "posted_at: noon"), "14: post.posted_at: “noon” is not a time of day: write "
         "it like 14:05."),
        (FIRST + POST.replace("post", "post 12"), "12: post.id: “12” is not an id."),
        (FIRST + "::: event\ndate: 2025-13\n:::\n", "13: event.date: “2025-13”: Write a year, a month or a day: 1962, "
         "1962-10 or 1962-10-16."),
        (FIRST + 2 * "::: text 5e4b2cf6-6a3c-4d0f-9a8e-0d4a55b1c001\nA.\n:::\n", "15: text.id: "
         "“5e4b2cf6-6a3c-4d0f-9a8e-0d4a55b1c001” is there twice."),
    ],
)  # fmt: skip
def test_one_wrong_line_is_told(tmp_path, text, line):
    assert problems(tmp_path, {"harbour.md": text}) == [f"harbour.md:{line}"]


@pytest.mark.parametrize(
    ("files", "line"),
    [
        ({"a b.md": FIRST}, "a b.md:1: Name the file by the story’s slug: slug.md, slug.2.md, slug.3.md …"),
        ({"harbour.2.md": SECOND}, "harbour.2.md:1: version: There is no version 1 before it."),
        (
            {"harbour.md": FIRST, "harbour.3.md": SECOND},
            "harbour.3.md:1: version: There is no version 2 before it.",
        ),
        (
            {"harbour.md": FIRST, "harbour.1.md": FIRST},
            "harbour.md:1: version: {folder}/harbour.1.md is version 1 too.",
        ),
        (
            {"harbour.md": DRAFT, "harbour.2.md": SECOND},
            "harbour.md:1: published: Only the last file of a story may be a draft: say when this was published.",
        ),
        (
            {"harbour.md": FIRST, "harbour.2.md": SECOND.replace("2025-03-01", "2025-02-01")},
            "harbour.2.md:4: published: Each version must be published after the one before it.",
        ),
        (
            {"harbour.md": FIRST.replace("2025", "2999"), "harbour.2.md": SECOND.replace("2025", "3000")},
            "harbour.md:2: published: Only the last version may be published at a time that lies ahead.",
        ),
        (
            {"harbour.md": FIRST, "harbour.2.md": SECOND.replace("change: update", "change: first")},
            "harbour.2.md:2: change: “first” is not one of: update, minor, clarification, correction, editors_note, "
            "retraction, withdrawal, redaction.",
        ),
        # Taken back
        (
            {"harbour.md": FIRST, "harbour.2.md": SECOND.replace("change: update", "change: update\nsigned: Ada")},
            "harbour.2.md:3: signed: Only a retraction, a withdrawal or a redaction is signed.",
        ),
        (
            {"harbour.md": FIRST, "harbour.2.md": SECOND.replace("change: update", "change: redaction")},
            "harbour.2.md:2: change: Say who takes this back and why: readers are told both.",
        ),
        (
            {"harbour.md": FIRST, "harbour.2.md": RETRACTION},
            "harbour.md:1: change: The story was taken back, so this version must have no text any more.",
        ),
        (
            {"harbour.md": BEFORE, "harbour.2.md": RETRACTION, "harbour.3.md": SECOND.replace("03-01", "03-03")},
            "harbour.3.md:2: change: What was taken back is not published again.",
        ),
        (
            {"harbour.md": FIRST, "x/harbour.md": FIRST},
            "x/harbour.md:1: id: The file {folder}/harbour.md is of this story too: it has the same id.",
        ),
        (
            {
                "harbour.md": FIRST.replace("authors", "id: 5e4b2cf6-6a3c-4d0f-9a8e-0d4a55b1c001\nauthors"),
                "harbour.2.md": SECOND.replace("authors", "id: 5e4b2cf6-6a3c-4d0f-9a8e-0d4a55b1c002\nauthors"),
            },
            "harbour.2.md:6: id: The other files of this story have another id.",
        ),
        (
            {
                "a.md": FIRST,
                "b.md": FIRST.replace("authors", "slug: a\nid: 5e4b2cf6-6a3c-4d0f-9a8e-0d4a55b1c001\nauthors"),
            },
            "b.md:4: slug: Another story has the address /2025/02/28/a/. Change the slug.",
        ),
        (
            dict.fromkeys(("a.md", "b.md"), FIRST + "::: text 5e4b2cf6-6a3c-4d0f-9a8e-0d4a55b1c001\nA.\n:::\n"),
            "b.md:12: text: The block 5e4b2cf6-6a3c-4d0f-9a8e-0d4a55b1c001 belongs to another story.",
        ),
        (
            {name: FIRST.replace("statement", "0123456789ab") for name in ("a.md", "b.md")},
            "b.md:8: citations.key: The citation key 0123456789ab belongs to another story.",
        ),
        # Terms
        ({"sources.yaml": b"\xff"}, "sources.yaml:1: This is not UTF-8 text. Save the file as UTF-8."),
        ({"sources.yaml": "a: ["}, "sources.yaml:2: This is not YAML: did not find expected node content."),
        ({"sources.yaml": "a: b"}, "sources.yaml:1: It must be a list: each entry begins with “- slug: …”."),
        ({"sources.yaml": "- a"}, "sources.yaml:1: An entry must have fields: slug and name at least."),
        ({"sources.yaml": "- slug: a\n  nom: A\n  name: A"}, "sources.yaml:2: nom: There is no such field."),
        ({"sources.yaml": "- slug: a"}, "sources.yaml:1: name: It must not be empty."),
        ({"sources.yaml": "- name: [A]\n  slug: a"}, "sources.yaml:1: name: It must be text."),
        (
            {"sources.yaml": "- name: A\n  slug: a b"},
            "sources.yaml:2: slug: Use letters, digits, hyphens and underscores only.",
        ),
        (
            {"sources.yaml": "- name: A\n  kind: ship"},
            "sources.yaml:2: kind: Value 'ship' is not a valid choice.",
        ),
        ({"sources.yaml": "- name: A\n  url: x"}, "sources.yaml:2: url: Enter a valid URL."),
        ({"sources.yaml": "- name: A\n\n- name: A"}, "sources.yaml:3: slug: “a” is there twice."),
        ({"authors.yaml": "- name: A\n  collective: maybe"}, "authors.yaml:2: collective: Write true or false."),
        ({"topics.yaml": "- name: A\n  parent: b"}, "topics.yaml:2: parent: There is no topic “b”."),
        (
            {"topics.yaml": "- name: A\n  alias_of: a"},
            "topics.yaml:2: alias_of: It cannot be merged into itself.",
        ),
        (
            {"topics.yaml": "- name: A\n  alias_of: b\n- name: B\n  alias_of: c\n- name: C"},
            "topics.yaml:2: alias_of: That one is itself merged into another. Choose the other one.",
        ),
        (
            {"tags.yaml": "- name: A\n- name: a\n  slug: b"},
            "tags.yaml:2: name: There is a tag of this name already, with another slug.",
        ),
        # Pictures
        ({"pictures.yaml": "a: b"}, "pictures.yaml:1: It must be a list: each entry begins with “- id: …”."),
        ({"pictures.yaml": "a: ["}, "pictures.yaml:2: This is not YAML: did not find expected node content."),
        ({"pictures.yaml": "- a"}, "pictures.yaml:1: An entry must have fields: id and file at least."),
        ({"pictures.yaml": "- id: 1\n  file: x"}, "pictures.yaml:1: id: A picture needs an id, a UUID."),
        (
            {"pictures.yaml": "- file: x\n  id: 5e4b2cf6-6a3c-4d0f-9a8e-0d4a55b1c001"},
            "pictures.yaml:1: file: There is no such file in the folder of pictures.yaml.",
        ),
        (
            {"pictures.yaml": "- file: /etc/hostname\n  id: 5e4b2cf6-6a3c-4d0f-9a8e-0d4a55b1c001"},
            "pictures.yaml:1: file: There is no such file in the folder of pictures.yaml.",
        ),
        (
            {"pictures.yaml": "- file: x.jpg\n  id: 5e4b2cf6-6a3c-4d0f-9a8e-0d4a55b1c001", "x.jpg": "not a picture"},
            "pictures.yaml:1: file: This file cannot be read as a JPEG, PNG, WebP or AVIF picture.",
        ),
    ],
)
def test_one_wrong_file_among_others_is_told(tmp_path, files, line):
    files = files if any(name.endswith(".md") for name in files) else files | {"draft.md": "---\nheadline: x\n---\n"}
    assert problems(tmp_path, files) == [line.replace("{folder}", str(tmp_path))]


def test_topics_that_are_part_of_each_other_are_refused(tmp_path):
    files = {"topics.yaml": "- name: A\n  parent: b\n- name: B\n  parent: a\n"}
    sentence = "parent: A topic cannot be part of itself or of one of its own parts."
    assert problems(tmp_path, files) == [f"topics.yaml:2: {sentence}", f"topics.yaml:4: {sentence}"]


def test_an_error_in_the_last_file_leaves_the_database_as_it_was(tmp_path):
    files = {f"{letter}.md": FIRST for letter in "abc"} | {"z.md": FIRST.replace("[desk]", "[nobody]")}
    assert problems(tmp_path, files) == ["z.md:4: authors: There is no author “nobody”."]


def test_errors_of_all_files_are_told_up_to_twenty(tmp_path):
    files = {f"a{i:02}.md": FIRST.replace("[desk]", "[nobody]") for i in range(25)}
    lines = problems(tmp_path, files)
    assert len(lines) == 21
    assert lines[0] == "a00.md:4: authors: There is no author “nobody”."
    assert lines[-1] == "… and 5 more."


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nowhere.md", "There is no such file or folder."),
        ("notes.txt", "This is neither a story file nor one of sources.yaml and the like."),
    ],
)
def test_a_path_that_is_no_story_file_is_told(tmp_path, name, sentence):
    write_folder(tmp_path, {"notes.txt": "x"}, terms=False)
    with pytest.raises(CommandError, match=f"{name}:1: {sentence}"):
        call_command("load_stories", tmp_path / name, verbosity=0)
