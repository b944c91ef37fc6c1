"""What search finds of which version. Derived like filing, written beside it, and remade by `rebuild`.

Search is about now: only versions that readers see or will see have a row.
"""

import datetime
import html

from django.db import connection
from django.utils import timezone
from django.utils.html import strip_tags

from stories.models import SearchRow, Source, Tag, Topic, Version
from stories.publishing.document import PARAGRAPH_END, PROSE_FIELD, upgraded
from stories.publishing.words import words

COLUMNS = ["head", "lead", "body"]  # in the order of their weight
# What of a version is found: its first words. A tsvector holds a megabyte, and a letter may be four bytes.
MOST_WORDS, MOST_LETTERS = 20_000, 200_000
PART = "·"  # begins what is no word of a text, and ends no word
SORTS = {Topic: "topic", Tag: "tag", Source: "source"}
ID_BITS = 24


def texts(version):
    """Return {column: [text]} of what readers find a version by, as it was written; of a retraction the headline."""
    document = upgraded(version.document)
    if version.taken_back:
        return {"head": [document["headline"]], "lead": [], "body": []}
    said = [document["editors_note"], document["dateline"]]
    for citation in document["citations"]:
        for source in filter(None, (citation["source"], citation["via"])):
            said += [source["name"], source["handle"]]
        said += [citation["unnamed"]["descriptor"] if citation["unnamed"] else "", citation["quote"]]
    return {
        "head": [document["headline"], document["kicker"]],
        "lead": list(dict.fromkeys([document["standfirst"], document["summary"]])),
        "body": [*paragraphs(document), *dict.fromkeys(said)],
    }


def paragraphs(document):
    """Return what readers read of the body as plain text, paragraph by paragraph, headings too."""
    found = []
    for block in document["blocks"]:
        found += [block.get(name) or "" for name in ("account", "label", "question", "words")]
        found += html.unescape(strip_tags(PARAGRAPH_END.sub("\n", block[PROSE_FIELD[block["type"]]]))).split("\n")
    return [" ".join(text.split()) for text in found if text]


def key_of(version):
    """Return the key of a version's row: later for a later story, and then for a later version."""
    return first_key(version.sort_at) + version.pk % (1 << ID_BITS)


def first_key(instant):
    """Return the first key of the second of an aware datetime: the seconds since the year 1, and room for ids."""
    moment = instant.astimezone(datetime.UTC)
    seconds = (moment.toordinal() * 24 + moment.hour) * 3600 + moment.minute * 60 + moment.second
    return seconds << ID_BITS


def terms_of(version, ids):
    """Return the words for a version's kind and year, and for `ids` {model: ids of what it is filed under}."""
    found = [part("kind", version.kind), part("year", version.sort_at.astimezone(datetime.UTC).year)]
    return found + [part(sort, pk) for model, sort in SORTS.items() for pk in sorted(ids.get(model, ()), key=str)]


def part(sort, value):
    return f"{PART}{sort}{PART}{str(value).replace('-', '')}"


def is_found(version, now):
    open_ended = version.visible_until is None or version.visible_until > now
    return open_ended and version.taken_back != Version.Change.WITHDRAWAL


def index(filed):
    """Write the rows of versions anew: `filed` is {version: {model: ids of what it is filed under}}.

    Versions of the same stories that readers see no more lose theirs.
    """
    now = timezone.now()
    stories = {version.story_id for version in filed}
    over = SearchRow.objects.filter(version__story__in=stories, version__visible_until__lte=now)
    SearchRow.objects.filter(pk__in=list(over.values_list("pk", flat=True))).delete()
    SearchRow.objects.filter(version__in=[version.pk for version in filed]).delete()
    rows = [
        (key_of(version), version.pk, terms_of(version, ids), split(version))
        for version, ids in filed.items()
        if is_found(version, now)
    ]
    if rows:
        INSERT[connection.vendor](rows)


def split(version):
    """Return {column: words} of a version, of a very long one its beginning."""
    found, words_left, letters_left = {}, MOST_WORDS, MOST_LETTERS
    for column, said in texts(version).items():
        text = "\n".join(said)[:letters_left]
        found[column] = [word for word, _start, _end in words(text)][:words_left]
        letters_left -= len(text)
        words_left -= len(found[column])
    return found


def insert_sqlite(rows):
    SearchRow.objects.bulk_create(
        SearchRow(key=key, version_id=pk, terms=" ".join(terms)) for key, pk, terms, _words in rows
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO stories_search (rowid, head, lead, body, terms) VALUES (%s, %s, %s, %s, %s)",
            [
                (key, *(" ".join(found[column]) for column in COLUMNS), " ".join(terms))
                for key, _pk, terms, found in rows
            ],
        )


def insert_postgresql(rows):
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO stories_searchrow (key, version_id, terms, words) VALUES (%s, %s, %s, %s::tsvector)",
            [(key, pk, " ".join(terms), vector(found, terms)) for key, pk, terms, found in rows],
        )


INSERT = {"sqlite": insert_sqlite, "postgresql": insert_postgresql}
WEIGHTS = {"head": "A", "lead": "B", "body": "D"}
LAST = 16_383  # place in a tsvector; a word has at most 255 places there


def vector(found, terms):
    """Return the words of a version as the text of a tsvector. No word has a quotation mark or a backslash in it."""
    places, at = {}, 0
    for column, weight in WEIGHTS.items():
        for word in found[column]:
            at += 1
            known = places.setdefault(word, [])
            if len(known) < 255 and at <= LAST:
                known.append(f"{at}{weight}")
        at += 10  # no phrase goes from one column to the next
    said = [f"'{word}':{','.join(known)}" if known else f"'{word}'" for word, known in places.items()]
    return " ".join([*said, *(f"'{term}'" for term in terms)])


def wipe():
    """Take from the index what was deleted from it: FTS5 keeps the words, though nobody finds them, until it merges.

    It reads and writes the whole index, so only removals do it, and `rebuild`.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO stories_search (stories_search) VALUES ('optimize')")


def refile(filed):
    """Note that versions are filed under other terms, `filed` as index() takes it; what they say is the same."""
    known = SearchRow.objects.in_bulk([version.pk for version in filed], field_name="version_id")
    changed = []
    for version, ids in filed.items():
        row = known.get(version.pk)
        terms = " ".join(terms_of(version, ids))
        if row and row.terms != terms:
            changed.append((row, terms))
    if changed:
        REFILE[connection.vendor](changed)
        for row, terms in changed:
            row.terms = terms
        SearchRow.objects.bulk_update([row for row, _terms in changed], ["terms"])


def refile_sqlite(changed):
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE stories_search SET terms = %s WHERE rowid = %s", [(terms, row.pk) for row, terms in changed]
        )


def refile_postgresql(changed):
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE stories_searchrow SET words = ts_delete(words, %s::text[]) || array_to_tsvector(%s::text[])"
            " WHERE key = %s",
            [(row.terms.split(), terms.split(), row.pk) for row, terms in changed],
        )


REFILE = {"sqlite": refile_sqlite, "postgresql": refile_postgresql}
