"""Writing the past: only imports do, and only into stories that have no version yet."""

import itertools

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from stories.models import FILINGS, Address, SearchRow, Story, Version
from stories.publishing import search_rows
from stories.publishing.document import canonical, clean, clean_overrides
from stories.publishing.filing import file_all, lock_filing
from stories.publishing.record import DERIVED, REMOVALS, fill_story
from stories.publishing.removals import derive, emptied
from stories.publishing.stages import settle
from stories.publishing.verbs import PublishError, log, write
from stories.publishing.working_copy import refuse_other_story


@transaction.atomic
def import_versions(story, entries, *, by=None):
    """Write the versions of a story that has none: `entries` is [(document, change, note, visible_from)] by time.

    A fifth part, if there is one, is what was overridden: [{check, sentence, words, reason}]; preflight is not asked.
    Only the last may lie ahead, and then waits for its time. They are recorded now, and their history says so.
    Return the versions. Raise DocumentError, or PublishError with the reason.
    """
    lock_filing()
    story = Story.objects.select_for_update().get(pk=story.pk)
    now = timezone.now()
    if Version.objects.filter(story=story).exists():
        raise PublishError(_("The story has versions already: publish the new one at the desk instead."))
    instants = [entry[3] for entry in entries]
    if any(later <= earlier for earlier, later in itertools.pairwise(instants)):
        raise PublishError(_("Each version must be published after the one before it."))
    if any(instant > now for instant in instants[:-1]):
        raise PublishError(_("Only the last version may be published at a time that lies ahead."))
    cleaned = [without_hashes(clean(entry[0])) for entry in entries]
    for _i, sentence in wrong_removals([(document, *e[1:3]) for document, e in zip(cleaned, entries, strict=True)]):
        raise PublishError(sentence)
    versions, previous = [], None
    for document, (_document, change, note, visible_from, *overrides) in zip(cleaned, entries, strict=True):
        refuse_other_story(document, story)
        previous = write(
            story,
            document,
            change=change,
            note=note,
            visible_from=visible_from,
            recorded_at=now,
            previous=previous,
            overrides=clean_overrides(overrides[0] if overrides else []),
        )
        log(previous, by, "import")
        versions.append(previous)
    if any(version.taken_back for version in versions):
        derive(story)  # taking back reaches the earlier ones too
    settle(story)
    return versions


def without_hashes(document):
    """Return a document whose removal, if it is one, names no hashes: those were of another record."""
    removal = document["removal"]
    return {**document, "removal": removal and {**removal, "altered": []}}


def wrong_removals(entries):
    """Yield (index, sentence) for what does not fit in [(document, change, note)] of a story that was taken back."""
    changes = [change for _document, change, _note in entries]
    whole = [change for change in changes if change in (Version.Change.RETRACTION, Version.Change.WITHDRAWAL)]
    for i, (document, change, note) in enumerate(entries):
        removal = document["removal"]
        if bool(removal) != (change in REMOVALS):
            yield i, _("Retractions, withdrawals and redactions, and only these, say who signed them.")
        elif removal and not (removal["signed"] and note):
            yield i, _("Say who takes this back and why: readers are told both.")
        if change not in REMOVALS and set(changes[:i]) & set(whole):
            yield i, _("What was taken back is not published again.")
        elif whole and canonical(emptied(document, max(whole))) != canonical(document):
            yield i, _("The story was taken back, so this version must have no text any more.")


def rebuild(progress=lambda count: None):
    """Remake what is derived from the versions: list columns, filing, search rows and addresses.

    All or nothing. Return how many versions there are; `progress` is called with the count now and then.
    """
    with transaction.atomic():
        lock_filing(alone=True)
        for filing in FILINGS.values():
            filing.objects.all().delete()
        SearchRow.objects.all().delete()
        Address.objects.all().delete()
        count, batch = 0, []
        rows = Version.objects.order_by("story_id", "number").iterator(chunk_size=500)
        for _story, versions in itertools.groupby(rows, key=lambda version: version.story_id):
            versions = list(versions)
            fill_story(versions)
            batch += versions
            count += len(versions)
            if len(batch) >= 500:
                write_derived(batch)
                batch = []
                progress(count)
        write_derived(batch)
        search_rows.wipe()
    return count


def write_derived(versions):
    if versions:
        Version.objects.bulk_update(versions, DERIVED)
        addresses = [Address(path=version.path, story_id=version.story_id) for version in versions]
        Address.objects.bulk_create(addresses, ignore_conflicts=True)
        file_all(versions)
