"""What search finds of which version, whatever was done to its story."""

import datetime

import pytest
from django.db import connection, transaction
from django.utils import timezone

from stories.models import SearchRow, Version
from stories.publishing import search_rows
from stories.publishing.document import new_id
from stories.publishing.filing import refile
from stories.publishing.imports import import_versions, rebuild
from stories.publishing.removals import redact, retract, withdraw
from stories.publishing.verbs import cancel, move, publish, seen
from stories.site.hits import newest
from stories.site.query import read
from tests.factories import (
    make_published,
    make_revision,
    make_source,
    make_tag,
    make_topic,
    publish_change,
    utc,
)

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
TOLD = {"signed": "Ada", "reason": "It was forged."}


def found(text, instant=None):
    """Return the numbers of the versions that a search finds."""
    hits = newest(read(text).terms, [], instant or timezone.now()).hits
    return sorted(Version.objects.filter(pk__in=[hit.version_id for hit in hits]).values_list("number", flat=True))


def everything():
    """Return all that is stored for search, in an order of its own."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT rowid, head, lead, body, terms FROM stories_search")
        else:
            cursor.execute("SELECT key, words::text FROM stories_searchrow")
        return sorted(cursor.fetchall()), sorted(SearchRow.objects.values_list("key", "version_id", "terms"))


def test_a_new_version_takes_the_place_of_the_one_before(editor):
    first = make_published(by=editor, standfirst="The bridge was closed.")
    publish_change(first.story, by=editor, standfirst="The ferry sails.")
    assert (found("bridge"), found("ferry")) == ([], [2])
    assert SearchRow.objects.count() == 1


def test_what_fails_to_be_published_is_not_found(editor):
    revision = make_revision(by=editor, headline="The bridge")
    with transaction.atomic():
        publish(revision, by=editor, expecting=(None, None))
        assert found("bridge") == [1]
        transaction.set_rollback(True)
    assert everything() == ([], [])


def test_a_plan_is_found_from_its_instant_on_and_what_it_follows_until_then(editor):
    first = make_published(by=editor, standfirst="The bridge was closed.")
    publish_change(first.story, by=editor, standfirst="The ferry sails.", at=timezone.now() + HOUR)
    assert (found("bridge"), found("ferry")) == ([1], [])
    later = timezone.now() + 2 * HOUR
    assert (found("bridge", later), found("ferry", later)) == ([], [2])
    move(first.story, to=timezone.now() + 3 * HOUR, by=editor, expecting=seen(first.story))
    assert (found("bridge", later), found("ferry", later)) == ([1], [])
    cancel(first.story, by=editor, expecting=seen(first.story))
    assert (found("bridge", later + 2 * HOUR), found("ferry", later + 2 * HOUR)) == ([1], [])
    assert SearchRow.objects.count() == 1


def test_of_an_imported_past_only_the_present_is_found():
    revision = make_revision(standfirst="The bridge was closed.")
    other = revision.document | {"standfirst": "The ferry sails."}
    import_versions(
        revision.story, [(revision.document, "first", "", utc(2025, 1, 1)), (other, "update", "", utc(2025, 1, 2))]
    )
    assert (found("bridge"), found("ferry")) == ([], [2])
    assert SearchRow.objects.count() == 1


def test_of_a_retracted_story_the_headline_is_found(editor):
    version = make_published(by=editor, headline="Ferry", kicker="Bridge", dateline="Izmir", text="The gate.")
    retract(version.story, by=editor, expecting=seen(version.story), **TOLD)
    assert [found(word) for word in ("ferry", "bridge", "izmir", "gate", "harbour")] == [[2], [], [], [], []]


def test_a_withdrawn_story_has_no_row(editor):
    version = make_published(by=editor, headline="Ferry")
    withdraw(version.story, by=editor, expecting=seen(version.story), **TOLD)
    assert everything() == ([], [])


def test_what_was_redacted_is_not_found_not_in_the_plan_either(editor):
    version = make_published(by=editor, standfirst="Ada Lovelace crossed the bridge.")
    at = timezone.now() + HOUR
    publish_change(version.story, by=editor, standfirst="Ada Lovelace took the ferry.", at=at)
    told = {"by": editor, "signed": "Ada", "reason": "Private."}
    redact(version.story, passage="Lovelace", expecting=seen(version.story), **told)
    for instant in (timezone.now(), at + HOUR):
        assert found("lovelace", instant) == []
    assert (found("bridge"), found("ferry", at)) == ([2], [3])
    assert "lovelace" not in str(everything())


def test_pages_about_us_are_found(editor):
    make_published(by=editor, kind="page", slug="ethics", headline="Ethics")
    assert found("ethics") == [1]


def test_a_version_is_found_by_all_that_readers_read():
    source = make_source("Harbour Watch", handle="@watch")
    blocks = [
        {"type": "text", "html": "<h2>Wave</h2><p>Some <strong>sto</strong>rm &amp; hail.</p><p>Rain</p>"},
        {"type": "key_point", "label": "Cargo", "detail": "<p>Grain</p>"},
        {"type": "question", "question": "Whereto?", "answer": "<p>Odesa</p>"},
        {"type": "quote", "words": "We sail", "attribution": "<p>Captain</p>"},
        {"type": "post", "account": "Port", "words": "Closed", "note": "<p>Relayed</p>"},
        {"type": "event", "date": "2024", "detail": "<p>Strike</p>"},
    ]
    make_published(
        at=utc(2025, 1, 1),
        headline="Headline",
        kicker="Kicker",
        standfirst="Standfirst",
        summary="Summary",
        dateline="Izmir",
        blocks=[{"id": new_id(), **block} for block in blocks],
        citations=[
            {"key": "a" * 12, "source": {"slug": source.slug, "name": "Harbour Watch"}, "quote": "Nobody knows"},
            {"key": "b" * 12, "unnamed": {"descriptor": "a pilot", "reason": "fears"}},
        ],
    )
    asked = "headline kicker standfirst summary izmir wave storm hail rain cargo grain whereto odesa sail captain port "
    asked += "closed relayed strike harbour pilot knows"
    assert [word for word in asked.split() if found(word) != [1]] == []
    assert found('"harbour watch" "some storm hail"') == [1]


def test_no_phrase_goes_from_the_headline_into_the_text(editor):
    make_published(by=editor, headline="The gate", standfirst="Opened early.", text="By night.")
    assert found('"gate opened"') == []
    assert found('"opened early"') == [1]


def test_a_very_long_story_is_found_by_its_beginning(editor):
    words = [f"{'𐌰' * 30}{number}" for number in range(30_000)]  # four bytes a letter
    blocks = [
        {"id": new_id(), "type": "text", "html": f"<p>{' '.join(words[start : start + 5000])}</p>"}
        for start in range(0, 30_000, 5_000)
    ]
    make_published(headline="Ferry", blocks=blocks, at=utc(2025, 1, 1))
    assert found("ferry") == found(words[5]) == [1]
    assert found(words[-1]) == []


def test_rebuild_remakes_what_is_found(editor):
    tree = make_topic("Turkey", parent=make_topic("Places"))
    make_tag("Peace")
    make_published(by=editor, topics=[tree.slug], tags=["peace"], at=utc(2025, 2, 28, 12))
    first = make_published(by=editor, headline="Łódź", slug="lodz")
    publish_change(first.story, by=editor, at=timezone.now() + HOUR, headline="東京")
    retracted = make_published(by=editor, kind="page", slug="ethics")
    retract(retracted.story, by=editor, expecting=seen(retracted.story), **TOLD)
    gone = make_published(by=editor)
    withdraw(gone.story, by=editor, expecting=seen(gone.story), **TOLD)
    before = everything()
    assert len(before[0]) == 4
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("UPDATE stories_search SET head = 'x', terms = 'y'")
        else:
            cursor.execute("UPDATE stories_searchrow SET words = 'x'")
    SearchRow.objects.filter(version=first).delete()
    assert everything() != before
    rebuild()
    assert everything() == before


def test_a_row_knows_what_a_version_is_filed_under_also_after_a_merge(editor):
    old, new, parent = make_topic("Old"), make_topic("New"), make_topic("Places")
    version = make_published(by=editor, topics=[old.slug], at=utc(2024, 12, 31, 23))
    row = SearchRow.objects.get()
    assert row.terms.split()[:3] == [f"·kind·{version.kind}", "·year·2024", f"·topic·{old.pk.hex}"]
    words = everything()[0]
    old.alias_of, new.parent = new, parent
    old.save()
    new.save()
    refile(old)
    assert found(version.headline) == [1]
    assert {f"·topic·{term.pk.hex}" for term in (old, new, parent)} < set(SearchRow.objects.get().terms.split())
    assert everything()[0] != words
    for term in (old, new, parent):
        assert len(newest([], [search_rows.part("topic", term.pk)], timezone.now()).hits) == 1
    before = everything()
    rebuild()
    assert everything() == before


def test_keys_are_in_the_order_of_first_publication(editor):
    late = make_published(by=editor, at=utc(2025, 3, 1))
    early = make_published(by=editor, at=utc(999, 3, 1))
    assert search_rows.key_of(early) < search_rows.key_of(late) < 2**63
    publish_change(early.story, by=editor, headline="Early")
    assert search_rows.key_of(Version.objects.latest("pk")) < search_rows.key_of(late)
