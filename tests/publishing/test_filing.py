"""Filing: a version stands under what its document names, as the terms are arranged today."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from stories.models import (
    FILINGS,
    Author,
    AuthorFiling,
    Source,
    SourceFiling,
    Tag,
    TagFiling,
    Topic,
    TopicFiling,
    Version,
)
from stories.publishing.filing import file, file_all, refile, unfile
from stories.publishing.imports import import_versions, rebuild
from stories.publishing.verbs import cancel, seen
from tests.factories import (
    make_author,
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


def slugs(filing, version):
    return set(filing.objects.filter(version=version).values_list("term__slug", flat=True))


def everything():
    """Return all that is filed, as it can be compared."""
    names = ("term__slug", "version_id", "sort_at", "visible_from", "visible_until")
    return {model: sorted(filing.objects.values_list(*names), key=str) for model, filing in FILINGS.items()}


def test_a_version_is_filed_under_all_that_it_names(editor):
    source, via, author = make_source("Ministry"), make_source("Account"), make_author("Desk")
    version = make_published(
        by=editor,
        topics=[make_topic("Talks").slug],
        tags=[make_tag("Peace").slug],
        authors=[{"slug": author.slug, "role": ""}],
        citations=[{"key": "0123456789ab", "source": named(source), "via": named(via)}],
        blocks=[{"type": "text", "html": "<p>a</p>"}],
    )
    assert slugs(TopicFiling, version) == {"talks"}
    assert slugs(TagFiling, version) == {"peace"}
    assert slugs(SourceFiling, version) == {"ministry", "account"}
    assert slugs(AuthorFiling, version) == {"desk"}


def named(source):
    return {"slug": source.slug, "name": source.name, "kind": source.kind}


def test_rows_carry_first_publication_and_interval(editor):
    make_tag("Peace")
    first = make_published(by=editor, tags=["peace"])
    second = publish_change(first.story, by=editor, headline="B")
    first.refresh_from_db()
    rows = {row.version_id: row for row in TagFiling.objects.all()}
    for version in (first, second):
        row = rows[version.pk]
        assert (row.sort_at, row.visible_from, row.visible_until) == (
            first.visible_from, version.visible_from, version.visible_until,
        )  # fmt: skip
    assert TagFiling.objects.visible_at(timezone.now()).get().version == second


def test_a_plan_is_filed_and_taken_out_when_it_is_cancelled(editor):
    make_tag("Peace")
    live = make_published(by=editor, tags=["peace"])
    before = everything()
    publish_change(live.story, by=editor, headline="B", at=timezone.now() + HOUR)
    assert TagFiling.objects.count() == 2
    cancel(live.story, by=editor, expecting=seen(live.story))
    assert everything() == before


def tree():
    """World > Europe > Kyiv, and Asia."""
    world, asia = make_topic("World"), make_topic("Asia")
    europe = make_topic("Europe", parent=world)
    return world, europe, make_topic("Kyiv", parent=europe), asia


def change(term, **values):
    for name, value in values.items():
        setattr(term, name, value)
    term.save()
    refile(term)


def test_a_topic_files_under_its_ancestors_too(editor):
    tree()
    version = make_published(by=editor, topics=["kyiv"])
    assert slugs(TopicFiling, version) == {"kyiv", "europe", "world"}


def test_moving_a_topic_files_past_versions_anew(editor):
    _, europe, _, asia = tree()
    first = make_published(by=editor, topics=["kyiv"])
    second = publish_change(first.story, by=editor, headline="B")
    change(europe, parent=asia)
    for version in (first, second):
        assert slugs(TopicFiling, version) == {"kyiv", "europe", "asia"}
    assert_filed_as_rebuilt()


def test_an_alias_files_under_what_it_was_merged_into_until_that_is_undone(editor):
    _, _, kyiv, asia = tree()
    version = make_published(by=editor, topics=["kyiv"])
    change(kyiv, alias_of=asia)
    assert slugs(TopicFiling, version) == {"kyiv", "europe", "world", "asia"}
    assert_filed_as_rebuilt()
    change(kyiv, alias_of=None)
    assert slugs(TopicFiling, version) == {"kyiv", "europe", "world"}
    assert_filed_as_rebuilt()


def test_parts_of_a_merged_topic_are_filed_under_the_topic_it_was_merged_into(editor):
    _, europe, _, asia = tree()
    version = make_published(by=editor, topics=["kyiv"])
    change(europe, alias_of=asia)
    assert slugs(TopicFiling, version) == {"kyiv", "europe", "world", "asia"}
    assert_filed_as_rebuilt()


def test_moving_the_target_of_a_merge_moves_what_its_aliases_file(editor):
    world, _, kyiv, asia = tree()
    version = make_published(by=editor, topics=["kyiv"])
    change(kyiv, alias_of=asia)
    change(kyiv, parent=None)
    change(asia, parent=world)
    assert slugs(TopicFiling, version) == {"kyiv", "asia", "world"}
    assert_filed_as_rebuilt()


def test_a_cycle_of_topics_ends(editor):
    world, _, kyiv, _ = tree()
    Topic.objects.filter(pk=world.pk).update(parent=kyiv)
    version = make_published(by=editor, topics=["kyiv"])
    assert slugs(TopicFiling, version) == {"kyiv", "europe", "world"}


@pytest.mark.parametrize("model", [Tag, Source, Author])
def test_every_kind_of_term_can_be_merged_and_the_merge_undone(editor, model):
    old, new = model.objects.create(name="Old"), model.objects.create(name="New")
    version = make_published(by=editor, **naming(old))
    change(old, alias_of=new)
    assert slugs(FILINGS[model], version) >= {"old", "new"}
    assert_filed_as_rebuilt()
    change(old, alias_of=None)
    assert "new" not in slugs(FILINGS[model], version)


def naming(term):
    if isinstance(term, Tag):
        return {"tags": [term.slug]}
    if isinstance(term, Author):
        return {"authors": [{"slug": term.slug, "role": ""}]}
    return {"source": term}


def test_filing_anew_touches_no_other_version(editor):
    make_tag("Peace")
    war = make_tag("War")
    make_published(by=editor, tags=["peace"])
    version = make_published(by=editor, tags=["war"])
    before = set(TagFiling.objects.exclude(version=version).values_list("pk", flat=True))
    refile(war)
    assert before < set(TagFiling.objects.values_list("pk", flat=True))


def assert_filed_as_rebuilt():
    before = everything()
    rebuild()
    assert everything() == before


def test_rebuild_remakes_columns_filing_and_addresses(editor):
    tree()
    make_tag("Peace")
    first = make_published(by=editor, topics=["kyiv"], tags=["peace"], at=utc(2025, 2, 28, 12))
    publish_change(first.story, by=editor, change="clarification", note="why", headline="B", tags=[])
    make_published(by=editor, kind="page", topics=["kyiv"])
    columns = list(Version.objects.order_by("pk").values())
    filed = everything()
    unfile(Version.objects.all())
    Version.objects.update(headline="", kind="page", declared=[], source_count=0, listed=True)
    assert rebuild() == 3
    assert list(Version.objects.order_by("pk").values()) == columns
    assert everything() == filed


def test_filing_a_hundred_versions_takes_a_handful_of_queries(editor, django_assert_max_num_queries):
    tree()
    versions = [make_published(topics=["kyiv"], at=utc(2025, 1, 1 + day)) for day in range(10)]
    unfile(versions)
    with django_assert_max_num_queries(12):
        file_all(versions)
    assert TopicFiling.objects.count() == 30


@pytest.mark.parametrize("model", [Topic, Tag, Source, Author])
def test_what_a_version_names_cannot_be_deleted(editor, model):
    term = model.objects.create(name="Named")
    values = {"topics": [term.slug]} if model is Topic else naming(term)
    version = make_published(by=editor, **values)
    version.story.topics.clear()
    version.story.story_tags.all().delete()
    version.story.citations.all().delete()
    version.story.credits.all().delete()
    with pytest.raises(ProtectedError):
        term.delete()


def test_a_version_is_filed_once_under_a_term(editor):
    make_tag("Peace")
    version = make_published(by=editor, tags=["peace"])
    with pytest.raises(IntegrityError), transaction.atomic():
        file(version)


def test_a_topic_that_is_gone_stops_no_rebuild(editor):
    version = make_published(by=editor)
    Version.objects.filter(pk=version.pk).update(document=version.document | {"topics": ["gone"]})
    assert rebuild() == 1


def test_imports_write_the_past_into_a_story_without_versions(editor):
    revision = make_revision()
    other = revision.document | {"headline": "B"}
    first, second = import_versions(
        revision.story,
        [(revision.document, "first", "", utc(2025, 2, 28)), (other, "update", "", timezone.now() + HOUR)],
    )
    assert (first.visible_until, first.is_pending(timezone.now())) == (second.visible_from, False)
    assert second.is_pending(timezone.now())
    assert first.recorded_at > first.visible_from
    assert first.story.events.count() == 2
