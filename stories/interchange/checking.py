"""Whether the files of a story can be loaded, and what is to be done for it."""

import re
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stories.interchange.reading import read_document, story_id_of
from stories.models import BLOCKS, Address, Citation, Story, Version
from stories.models.prose import clean_text
from stories.publishing import preflight
from stories.publishing.document import DocumentError, clean_overrides, upgraded
from stories.publishing.imports import wrong_removals
from stories.publishing.record import REMOVALS, path_for
from stories.publishing.revisions import latest_revision
from stories.publishing.verbs import CHANGES, same_for_readers
from stories.publishing.working_copy import document_from_story

BATCH = 500
# What of preflight a version of the past must meet too: without these it has no page, or a marker that leads nowhere.
MUST = [preflight.has_headline, preflight.has_slug]


@dataclass
class StoryPlan:
    """What is to be done for one story: its `files` by number, and what of them is not there yet."""

    files: list
    id: str = ""
    exists: bool = False
    stored: dict = field(default_factory=dict)  # {number: Version}
    versions: list = field(default_factory=list)  # the files of versions that are to be imported
    working_copy: dict | None = None  # the document that the tables are to say

    @property
    def todo(self):
        return bool(self.versions or self.working_copy)


def group(files):
    """Return the StoryPlans of files: the files of one folder with one stem are the versions of one story."""
    groups = {}
    for file in files:
        groups.setdefault((file.path.parent, file.stem), []).append(file)
    plans = [StoryPlan(sorted(group, key=lambda file: file.number)) for group in groups.values()]
    for plan in plans:
        plan.id = find_id(plan.files)
    first_of = {}
    for plan in plans:
        first = first_of.setdefault(plan.id, plan)
        if first is not plan:
            names = {"path": first.files[0].path}
            plan.files[0].problem("id", _("The file %(path)s is of this story too: it has the same id.") % names)
    return plans


def find_id(files):
    """Return the story's id: what its files say, else one made from the slug of the first."""
    given = {}
    for file in files:
        value = file.fields.get("id")
        if isinstance(value, str) and re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", value):
            given.setdefault(value.lower(), file)
        elif value is not None:
            file.problem("id", _("“%(value)s” is not an id.") % {"value": value})
    if len(given) > 1:
        list(given.values())[1].problem("id", _("The other files of this story have another id."))
    slug = files[0].fields.get("slug")
    return next(iter(given), None) or story_id_of(slug if isinstance(slug, str) and slug else files[0].stem)


def look_up(stories):
    """Fill in what the database has of each story."""
    by_id = {story.id: story for story in stories}
    for ids in batches(by_id):
        for pk in Story.objects.filter(pk__in=ids).values_list("pk", flat=True):
            by_id[str(pk)].exists = True
        for version in Version.objects.filter(story__in=ids):
            by_id[str(version.story_id)].stored[version.number] = version


def batches(items):
    items = list(items)
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


def check_story(story, references):
    """Read the documents of a story, compare them with what is there, and plan the rest; note what is wrong."""
    last = story.files[-1]
    for before, file in zip([None, *story.files], story.files, strict=False):
        stored = story.stored.get(file.number)
        check_number(story, file, before)
        earlier = before.document if before else stored_document(story, file.number - 1)
        file.document = read_document(file, story.id, references, earlier, stored_document(story, file.number))
        check_change(file, is_last=file is last)
        if file.document and stored:
            compare(file, stored)
        elif file.document and not file.is_draft:
            plan_version(story, file, before)
    if story.versions and not any(file.problems for file in story.files):
        for i, sentence in wrong_removals([entry_of(file)[:3] for file in story.versions]):
            story.versions[i].problem("change", sentence)
    if not any(file.problems for file in story.files):
        plan_working_copy(story, last, references)


def stored_document(story, number):
    return upgraded(story.stored[number].document) if number in story.stored else None


def check_number(story, file, before):
    if before and file.number == before.number:
        names = {"path": before.path, "number": file.number}
        file.problem("version", _("%(path)s is version %(number)s too.") % names)
    elif file.number > 1 and file.number - 1 not in {*story.stored, before and before.number}:
        file.problem("version", _("There is no version %(number)s before it.") % {"number": file.number - 1})


def check_change(file, *, is_last):
    """Check change, note and published, which only a published version has."""
    change, note = file.fields.get("change"), file.fields.get("note")
    if file.is_draft:
        if not is_last:
            file.problem("published", _("Only the last file of a story may be a draft: say when this was published."))
        for name in ("change", "note", "correction", "signed", "overrides"):
            if file.fields.get(name):
                file.problem(name, _("A draft has none yet: that is said when it is published."))
        return
    allowed = ["first"] if file.number == 1 else [str(value) for value in (*CHANGES, *REMOVALS)]
    if (change or (file.number == 1 and "first")) not in allowed:
        names = {"value": change or "", "all": ", ".join(allowed)}
        file.problem("change", _("“%(value)s” is not one of: %(all)s.") % names)
    if note is not None and (not isinstance(note, str) or len(note) > 500):
        file.problem("note", _("Write at most 500 characters."))
    try:
        overrides_of(file)
    except DocumentError as error:
        for place, sentence in error.problems:
            file.problem(place, sentence)
    if file.fields.get("correction") and change != "correction":
        file.problem("correction", _("Only a correction says what was wrong and what is right."))
    if file.fields.get("signed") and change not in REMOVALS:
        file.problem("signed", _("Only a retraction, a withdrawal or a redaction is signed."))


def change_of(file):
    return file.fields.get("change") or "first"


def note_of(file):
    return clean_text(file.fields.get("note") or "")


def overrides_of(file):
    return clean_overrides(file.fields.get("overrides"))


def entry_of(file):
    """Return a file as import_versions() takes it."""
    return file.document, change_of(file), note_of(file), file.published, overrides_of(file)


def signed(document):
    return (document["removal"] or {}).get("signed", "")


def compare(file, stored):
    """Note what a file says otherwise than the version of its number that is there already."""
    names = {"number": file.number}
    if not same_for_readers(file.document, upgraded(stored.document)):
        where = first_difference(file.document, upgraded(stored.document))
        file.problem(where, _("Version %(number)s is there already, with another document.") % names)
    if file.is_draft:
        return  # it was published as it is, at the desk
    if file.document["correction"] != upgraded(stored.document)["correction"]:
        file.problem("correction", _("Version %(number)s is there already, with another correction.") % names)
    if change_of(file) != stored.change:
        file.problem("change", _("Version %(number)s is there already, as another kind of change.") % names)
    if note_of(file) != stored.note:
        file.problem("note", _("Version %(number)s is there already, with another note.") % names)
    if "overrides" in file.fields and not file.problems and overrides_of(file) != stored.overrides:
        file.problem("overrides", _("Version %(number)s is there already, with other reasons.") % names)
    if signed(file.document) != signed(upgraded(stored.document)):
        file.problem("signed", _("Version %(number)s is there already, signed otherwise.") % names)
    if file.published and file.published != stored.visible_from:
        file.problem("published", _("Version %(number)s is there already, published at another time.") % names)


def first_difference(document, other):
    """Return the place of a document that first differs from another one."""
    name = next(name for name in document if document[name] != other.get(name))
    if name not in ("blocks", "citations"):
        return name
    rows, others = document[name], other[name]
    differing = (i for i, row in enumerate(rows) if i >= len(others) or row != others[i])
    return f"{name}.{next(differing, len(rows) - 1)}" if rows else name


def plan_version(story, file, before):
    """Plan to import the version of a file, or note why it cannot be."""
    if story.stored:
        count = max(story.stored)
        sentence = ngettext(
            "The story has %(n)s version already: publish a new one at the desk, or load it as a draft.",
            "The story has %(n)s versions already: publish a new one at the desk, or load it as a draft.",
            count,
        )
        file.problem("published", sentence % {"n": count})
        return
    withdrawn = any(change_of(other) == Version.Change.WITHDRAWAL for other in story.files)
    for must in MUST:
        for place, sentence in must(file.document, preflight.UNKNOWN):
            if place == "headline" and withdrawn:
                continue
            file.problem(place, sentence)
    for i, block in enumerate(file.document["blocks"]):
        alone = {**file.document, "blocks": [block]}
        for _place, sentence in preflight.markers_have_citations(alone, preflight.UNKNOWN):
            file.problem(f"blocks.{i}", sentence)
    if file.published and file.published > timezone.now():
        context = preflight.Context(source_embargoes=preflight.source_embargoes(file.document), at=file.published)
        for finding in preflight.findings(preflight.EMBARGOES, file.document, context):
            file.problem("published", finding.sentence)
    if before and file.published and before.published and file.published <= before.published:
        file.problem("published", _("Each version must be published after the one before it."))
    if before and before.published and before.published > timezone.now():
        before.problem("published", _("Only the last version may be published at a time that lies ahead."))
    story.versions.append(file)


def plan_working_copy(story, last, references):
    """Plan what the tables are to say: the last file's document; note it if an editor's work would be lost."""
    if not story.exists:
        story.working_copy = {**last.document, "correction": None, "removal": None}
        return
    if last.number in story.stored:
        return  # the tables are the editors'
    row = Story.objects.get(pk=story.id)
    wanted, tables = references.records.as_in_tables(last.document), document_from_story(row)
    if tables != wanted:
        if is_edited(story, row, tables, references):
            place = first_difference(wanted, tables)
            last.problem(place, _("The draft is there already and was edited meanwhile: it says something else here."))
        story.working_copy = {**last.document, "correction": None, "removal": None}


def is_edited(story, row, tables, references):
    """Tell whether the tables of a story say what only an editor has written: neither loaded nor published."""
    published = stored_document(story, max(story.stored, default=0))
    if published and references.records.as_in_tables(published) == tables:
        return False
    revision = latest_revision(row)
    loaded = revision and revision.user_id is None and references.records.as_in_tables(upgraded(revision.document))
    return loaded != tables


def check_across(stories):
    """Note ids, keys and addresses that belong to another story, in the files or in the database."""
    blocks, keys, paths = {}, {}, {}
    for story in stories:
        for file in story.files:
            if file.document:
                owned(file, story, blocks, [(f"blocks.{i}", b["id"]) for i, b in enumerate(file.document["blocks"])])
                owned(
                    file,
                    story,
                    keys,
                    [(f"citations.{i}.key", c["key"]) for i, c in enumerate(file.document["citations"])],
                )
                if file in story.versions and file.published and story.versions[0].published:
                    owned(file, story, paths, [("slug", path_for(file.document, story.versions[0].published))])
    for model in BLOCKS.values():
        refuse_taken(blocks, model.objects.values_list("pk", "parent_id"), "pk")
    refuse_taken(keys, Citation.objects.values_list("key", "story_id"), "key")
    refuse_taken(paths, Address.objects.values_list("path", "story_id"), "path")


def owned(file, story, owners, values):
    """Note in `owners`, {value: (story id, file, place)}, whose each value is; and if it is another story's."""
    for place, value in values:
        owner, _file, _place = owners.setdefault(value, (story.id, file, place))
        if owner != story.id:
            refuse_foreign(file, place, value)


def refuse_taken(owners, rows, name):
    for values in batches(owners):
        for value, story_id in rows.filter(**{f"{name}__in": values}):
            owner, file, place = owners[str(value)]
            if str(story_id) != owner:
                refuse_foreign(file, place, str(value))


def refuse_foreign(file, place, value):
    sentence = {
        "blocks": _("The block %(value)s belongs to another story."),
        "citations": _("The citation key %(value)s belongs to another story."),
        "slug": _("Another story has the address %(value)s. Change the slug."),
    }[place.partition(".")[0]]
    file.problem(place, sentence % {"value": value})
