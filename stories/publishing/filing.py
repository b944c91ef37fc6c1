"""Filing: on which topic, tag, source and author pages a version stands. Derived, and remade by `rebuild`."""

from django.db import transaction

from stories.models import FILINGS, Author, Source, Tag, Topic, Version
from stories.models.topic import lineage, parents
from stories.publishing.document import named_sources, upgraded

BATCH = 500


def file(version):
    """File a version under each term its document names, its alias targets and, of topics, the ancestors."""
    file_all([version])


def file_all(versions):
    """File versions in bulk: a handful of queries a hundred of them."""
    wanted = {version: named_terms(version) if version.listed else {} for version in versions}
    parent_of = parents() if any(names.get(Topic) for names in wanted.values()) else {}
    for model, filing in FILINGS.items():
        slugs = {slug for names in wanted.values() for slug in names.get(model, ())}
        if not slugs:
            continue
        # The lock keeps a merge or a move of these terms from missing a version that is being filed.
        terms = {term.slug: term for term in model.objects.select_for_update().filter(slug__in=slugs).order_by("pk")}
        rows = []
        for version, names in wanted.items():
            ids = {pk for slug in names.get(model, ()) if slug in terms for pk in reach(terms[slug], parent_of)}
            rows += [
                filing(
                    term_id=pk,
                    version=version,
                    sort_at=version.sort_at,
                    visible_from=version.visible_from,
                    visible_until=version.visible_until,
                )
                for pk in sorted(ids, key=str)
            ]
        filing.objects.bulk_create(rows, batch_size=BATCH)


def named_terms(version):
    """Return {model: slugs} that a version's document names."""
    document = upgraded(version.document)
    return {
        Topic: set(document["topics"]),
        Tag: set(document["tags"]),
        Source: set(named_sources(document)),
        Author: {author["slug"] for author in document["authors"]},
    }


def reach(term, parent_of):
    """Yield the ids under which what names `term` is filed."""
    for pk in filter(None, (term.pk, term.alias_of_id)):
        if isinstance(term, Topic):
            yield from lineage(pk, parent_of)
        else:
            yield pk


def close_filing(version):
    """Copy a version's `visible_until` to its filing rows."""
    for filing in FILINGS.values():
        filing.objects.filter(version=version).update(visible_until=version.visible_until)


def unfile(versions):
    for filing in FILINGS.values():
        filing.objects.filter(version__in=versions).delete()


@transaction.atomic
def refile(term):
    """File anew, past versions too, what stands under `term`, its aliases or its parts: after a move or a merge."""
    model = type(term)
    related = {term.pk, term.alias_of_id} - {None}
    related |= set(model.objects.filter(alias_of__in=related).values_list("pk", flat=True))
    if model is Topic:
        parent_of = parents()
        related |= {pk for pk in parent_of if related & set(lineage(pk, parent_of))}
    list(model.objects.select_for_update().filter(pk__in=related).order_by("pk").values_list("pk"))
    ids = FILINGS[model].objects.filter(term__in=related).values_list("version_id", flat=True).distinct()
    ids = sorted(ids)
    for start in range(0, len(ids), BATCH):
        versions = Version.objects.filter(pk__in=ids[start : start + BATCH])
        unfile(versions)
        file_all(list(versions))
