"""Filing: on which topic, tag, source and author pages a version stands. Derived, and remade by `rebuild`.

Whoever files a version makes it found: its search row is written in the same breath.
"""

from django.db import connection, transaction

from stories.models import FILINGS, Author, Source, Tag, Topic, Version
from stories.publishing import search_rows
from stories.publishing.document import named_sources, upgraded

BATCH = 500
LOCK = 5_207_366_218  # any number that nothing else in the database locks


def lock_filing(*, alone=False):
    """Keep what is filed from changing under us until the transaction ends.

    Verbs share this lock, so they never wait for each other; what files anew takes it alone and so sees all that they
    wrote. Locks on the rows of terms did that too, but two verbs that met them in different order were deadlocked. On
    SQLite the transaction itself is the lock.
    """
    if connection.vendor == "postgresql":
        function = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [LOCK])


def file(version):
    """File a version under each term its document names, its alias targets and, of topics, the ancestors."""
    file_all([version])


def file_all(versions):
    """File versions in bulk, and write their search rows: some twenty queries, however many there are."""
    search_rows.index(file_terms(versions))


def file_terms(versions):
    """File versions that are found by search already; return {version: {model: ids of what it is filed under}}."""
    filed = {version: {} for version in versions}
    for filing, rows in rows_for(versions).items():
        filing.objects.bulk_create(rows, batch_size=BATCH)
        for row in rows:
            filed[row.version].setdefault(filing.term.field.related_model, []).append(row.term_id)
    return filed


def rows_for(versions, reached=None):
    """Return {filing model: unsaved rows} under which `versions` belong; `reached` is what reach() told, if known."""
    wanted = {version: named_terms(version) if version.listed else {} for version in versions}
    if reached is None:
        reached = reach() if any(names.get(Topic) for names in wanted.values()) else {}
    found = {}
    for model, filing in FILINGS.items():
        slugs = {slug for names in wanted.values() for slug in names.get(model, ())}
        if not slugs:
            continue
        terms = {term.slug: term for term in model.objects.filter(slug__in=slugs).only("slug", "alias_of")}
        rows = found[filing] = []
        for version, names in wanted.items():
            named = [terms[slug] for slug in names.get(model, ()) if slug in terms]
            ids = {pk for term in named for pk in reached.get(term.pk) or filter(None, (term.pk, term.alias_of_id))}
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
    return found


def plans_resting_on(source, now, *, before):
    """Yield the versions that wait for an instant earlier than `before` and rest on a source, or on one merged into it.

    There are few plans, so their documents are read: pages about us are filed nowhere.
    """
    slugs = {source.slug, *Source.objects.filter(alias_of=source).values_list("slug", flat=True)}
    for plan in Version.objects.filter(visible_from__gt=now, visible_from__lt=before).order_by("visible_from", "pk"):
        if slugs & set(named_sources(upgraded(plan.document))):
            yield plan


def named_terms(version):
    """Return {model: slugs} that a version's document names."""
    document = upgraded(version.document)
    return {
        Topic: set(document["topics"]),
        Tag: set(document["tags"]),
        Source: set(named_sources(document)),
        Author: {author["slug"] for author in document["authors"]},
    }


def reach():
    """Return {topic id: the ids under which what names it is filed}: its alias target, its ancestors and theirs."""
    above = {pk: [parent, alias] for pk, parent, alias in Topic.objects.values_list("pk", "parent_id", "alias_of_id")}

    def climb(pk):
        found, todo = set(), [pk]
        while todo:
            pk = todo.pop()
            if pk is not None and pk not in found:
                found.add(pk)
                todo += above.get(pk, ())
        return found

    return {pk: climb(pk) for pk in above}


def close_filing(version):
    """Copy a version's `visible_until` to its filing rows."""
    for filing in FILINGS.values():
        filing.objects.filter(version=version).update(visible_until=version.visible_until)


def unfile(versions):
    for filing in FILINGS.values():
        filing.objects.filter(version__in=versions).delete()


@transaction.atomic
def refile(term):
    """File anew, past versions too, what stands under `term`: after it was moved or merged, or a merge undone."""
    lock_filing(alone=True)
    # All that is filed through it, by its parts or by its aliases, is filed under it as well.
    filed = FILINGS[type(term)].objects.filter(term=term)
    ids = sorted(filed.values_list("version_id", flat=True))
    for start in range(0, len(ids), BATCH):
        versions = Version.objects.filter(pk__in=ids[start : start + BATCH])
        unfile(versions)
        search_rows.refile(file_terms(list(versions)))
