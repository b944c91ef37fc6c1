"""What search finds: the newest hits, and nothing that readers do not see. SQL, since FTS5 and tsvector have no ORM."""

import datetime
from contextlib import contextmanager
from dataclasses import replace
from time import monotonic
from typing import NamedTuple

from django.db import DatabaseError, connection, transaction

from stories.models import Version
from stories.publishing.search_rows import first_key
from stories.site.query import Term, match

MOST = 2_000  # the newest hits are ranked, counted and sorted by what they are filed under
DEADLINE = 2  # seconds that a search may take
SECOND = datetime.timedelta(seconds=1)
STEPS = 2_000  # of SQLite's machine between two looks at the clock

# The headline weighs most, then standfirst and summary.
RANK = {
    "sqlite": "bm25(stories_search, 10.0, 4.0, 1.0, 0.0)",
    "postgresql": "-ts_rank('{0.1, 0.2, 0.4, 1.0}', words, %s::tsquery, 1)",
}
# The index of words comes first, since SQLite without statistics would rather begin with all versions; it is read by
# key from the newest on, so nothing is sorted.
SQLITE = """
    SELECT stories_searchrow.key, version_id, stories_searchrow.terms, {rank}
    FROM stories_search CROSS JOIN stories_searchrow ON stories_searchrow.key = stories_search.rowid
    CROSS JOIN stories_version ON stories_version.id = version_id
    WHERE stories_search MATCH %s AND stories_search.rowid < %s AND {visible}
    ORDER BY stories_search.rowid DESC LIMIT %s
"""
# PostgreSQL's index of words knows no order, and no places: for a phrase each row that has its words must be read. So
# the newest rows are looked through, and how many and how far is told, also where none is a hit. Left alone the planner
# would read all rows for common words, and for rare ones all by key ("+ 0" forbids that).
POSTGRESQL = """
    WITH looked AS MATERIALIZED (
        SELECT key, version_id, terms, words FROM {source}
        WHERE words @@ %s::tsquery AND key < %s {order} LIMIT %s
    ), hits AS MATERIALIZED (
        SELECT key, version_id, terms, words FROM looked JOIN stories_version ON stories_version.id = version_id
        WHERE {strictly} AND {visible} ORDER BY key DESC LIMIT %s
    )
    SELECT key, version_id, terms, {rank}, reach.rows, reach.last
    FROM (SELECT count(*) AS rows, min(key) AS last FROM looked) reach LEFT JOIN hits ON true ORDER BY key DESC
"""
# What nearly all stories have is found often enough among the newest: the index would tell of all the others too.
ROWS = "stories_searchrow"
NEWEST = "(SELECT * FROM stories_searchrow WHERE key < %s ORDER BY key DESC LIMIT %s) newest"
PLANNING = ["enable_seqscan", "enable_hashjoin", "enable_mergejoin", "jit"]
LOOKED_AT = 5_000  # rows that have the words of a phrase; it must be more than MOST
ENOUGH = 2_600  # rows that have the words, since readers see nearly all of them; more than MOST too
SAMPLE, COMMON = 200, 160  # of so many of the newest rows so many have what nearly all have
FEW = 100
END = 2**63 - 1


class TooSlow(Exception):
    """A search was given up at its deadline."""


class Hit(NamedTuple):
    key: int
    version_id: int
    terms: str
    rank: float  # less is better


class Found(NamedTuple):
    hits: list  # newest first
    looked_to: int = 0  # the key where the search was broken off, since so much was looked through; 0 if it was not


def finds_any(terms, parts, instant):
    """Tell whether there is a hit at all, as newest() finds them."""
    return bool(newest(terms, parts, instant, limit=1).hits)


def newest(terms, parts, instant, *, before=END, limit=MOST + 1, ranked=False):
    """Return the newest `limit` hits that readers see at `instant`, with keys less than `before`, as Found.

    `terms` and `parts` are what query.match() takes. Raise TooSlow at the deadline.
    """
    before = min(before, first_key(instant + SECOND))  # what comes later is a plan
    if not match(terms, parts):
        return Found([])
    return {"sqlite": sqlite, "postgresql": postgresql}[connection.vendor](
        terms, parts, rule(instant), before, limit, ranked and any(not term.excluded for term in terms)
    )


def sqlite(terms, parts, rule, before, limit, ranked):
    visible, params = rule
    sql = SQLITE.format(rank=RANK["sqlite"] if ranked else "0", visible=visible)
    with deadline(), connection.cursor() as cursor:
        cursor.execute(sql, [match(terms, parts), before, *params, limit])
        return Found(list(map(Hit._make, cursor.fetchall())))


def postgresql(terms, parts, rule, before, limit, ranked):
    visible, params = rule
    strict, loose = match(terms, parts), match(without_phrases(terms), parts)
    strictly, strict = ("true", []) if strict == loose else ("words @@ %s::tsquery", [strict])
    # What is excluded says nothing of rank.
    rank, ranking = (RANK["postgresql"], [match([t for t in terms if not t.excluded])]) if ranked else ("0", [])
    # To know whether there is a hit any rows will do.
    order, attempts = ("", [(ROWS, FEW)]) if limit == 1 else ("ORDER BY key + 0 DESC", [(ROWS, LOOKED_AT)])
    with deadline(*PLANNING), connection.cursor() as cursor:
        if limit > 1 and not strict:
            attempts = [(ROWS, ENOUGH), *attempts]
            if nearly_all_have(cursor, loose, before):
                attempts = [(NEWEST, ENOUGH), *attempts]
        for source, looked_at in attempts:
            sql = POSTGRESQL.format(source=source, rank=rank, strictly=strictly, visible=visible, order=order)
            window = [before, looked_at] if source == NEWEST else []
            cursor.execute(sql, [*window, loose, before, looked_at, *strict, *params, limit, *ranking])
            rows = cursor.fetchall()
            reached, last = rows[0][4:]
            if len(rows) == limit or (source != NEWEST and reached < looked_at):
                break
    hits = [Hit(*row[:4]) for row in rows if row[0] is not None]
    return Found(hits, last if reached == looked_at and len(hits) < limit else 0)


def nearly_all_have(cursor, words, before):
    """Tell from a sample of the newest rows before a key whether nearly all have the words of a tsquery."""
    cursor.execute(f"SELECT count(*) FROM {NEWEST} WHERE words @@ %s::tsquery", [before, SAMPLE, words])  # noqa: S608
    return cursor.fetchone()[0] >= COMMON


def without_phrases(terms):
    """Return terms that find all that `terms` find and that an index without places can tell: words, not phrases."""
    loose = []
    for term in terms:
        *first, last = (Term((word,), False, term.excluded) for word in term.words)
        if not term.excluded:
            loose += [*first, replace(last, begins=term.begins)]
        elif not first:
            loose.append(term)
    return loose


def rule(instant):
    """Return Version's rule of what readers see at `instant` as (SQL, parameters)."""
    query = Version.objects.visible_at(instant).query
    query.get_initial_alias()
    return query.get_compiler(connection=connection).compile(query.where)


@contextmanager
def deadline(*off):
    """Give up what the database is asked inside after DEADLINE seconds: TooSlow.

    `off` are settings of PostgreSQL that are off inside.
    """
    until = monotonic() + DEADLINE
    try:
        with LIMIT[connection.vendor](until, off):
            yield
    except DatabaseError as error:
        if monotonic() >= until:
            raise TooSlow from error
        raise


@contextmanager
def sqlite_deadline(until, off):
    connection.ensure_connection()
    connection.connection.set_progress_handler(lambda: monotonic() > until, STEPS)
    try:
        yield
    finally:
        connection.connection.set_progress_handler(None, 0)


@contextmanager
def postgresql_deadline(until, off):
    values = {"statement_timeout": int(DEADLINE * 1000), **dict.fromkeys(off, "off")}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("; ".join(f"SET LOCAL {name} = {value}" for name, value in values.items()))
        yield
        # Should the transaction go on, as it does in tests.
        cursor.execute("; ".join(f"SET LOCAL {name} = DEFAULT" for name in values))


LIMIT = {"sqlite": sqlite_deadline, "postgresql": postgresql_deadline}
