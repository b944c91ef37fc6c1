"""Time searches of many stories in a scratch database: python bench/search.py [stories, by default 100000].

The database is SQLite in a temporary folder, or the one that DATABASE_URL names, which must be empty. What is timed is
the whole page. Nothing is asserted: read the numbers beside those of another commit on the same machine. If that does
other things too, the time of the processor says more; what PostgreSQL takes of it is not in it.
"""

import datetime
import itertools
import os
import random
import statistics
import sys
import tempfile
import time
import uuid
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
SCRATCH = tempfile.TemporaryDirectory(prefix="newsroom-bench-")
(Path(SCRATCH.name) / "static").mkdir()
os.environ |= {"NEWSROOM_VAR": SCRATCH.name, "SECRET_KEY": "bench", "HTTPS": "false", "ALLOWED_HOSTS": "testserver"}

import django  # noqa: E402
from django.conf import settings  # noqa: E402

settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from stories.models import Source, Story, Tag, Topic, Version  # noqa: E402
from stories.models.citation import make_key  # noqa: E402
from stories.publishing.document import empty_document  # noqa: E402
from stories.publishing.filing import file_all  # noqa: E402
from stories.publishing.record import fill_columns  # noqa: E402

START = datetime.datetime(2015, 1, 1, tzinfo=datetime.UTC)
STEP = datetime.timedelta(minutes=57)
BATCH = 500
LENGTH = 300  # words of a story
VOCABULARY = 60_000
SYLLABLES = [a + b for a in "bcdfghklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "is")]


def vocabulary(chance):
    """Return made-up words with the weights that words have in a language: the n-th as rare as n."""
    found = {}
    while len(found) < VOCABULARY:
        found["".join(chance.choices(SYLLABLES, k=chance.choice((1, 2, 2, 3, 3, 4))))] = None
    return list(found), list(itertools.accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))


def fill(count):
    """Write `count` stories of LENGTH words, each filed under a topic, three tags and two sources."""
    chance = random.Random(1)  # noqa: S311
    known, weights = vocabulary(chance)
    topics = [Topic.objects.create(name=f"Topic {n}") for n in range(30)]
    tags = [Tag.objects.create(name=f"Tag {n}") for n in range(300)]
    sources = [Source.objects.create(name=f"Source {n}") for n in range(500)]
    empty = empty_document(uuid.uuid4())
    made = (story(number, chance, known, weights, topics, tags, sources, empty) for number in range(count))
    while batch := list(itertools.islice(made, BATCH)):
        Story.objects.bulk_create(version.story for version in batch)
        Version.objects.bulk_create(batch)
        file_all(batch)
    return known


def story(number, chance, known, weights, topics, tags, sources, empty):
    said = chance.choices(known, cum_weights=weights, k=LENGTH)
    row = Story(id=uuid.uuid4(), headline=" ".join(said[:8]))
    text = {"id": str(uuid.uuid4()), "type": "text", "html": "".join(paragraphs(said[28:]))}
    cited = [{"slug": source.slug, "name": source.name, "handle": ""} for source in chance.sample(sources, 2)]
    document = empty | {
        "id": str(row.pk),
        "headline": row.headline,
        "standfirst": " ".join(said[8:28]),
        "slug": f"story-{number}",
        "topics": [chance.choice(topics).slug],
        "tags": sorted({tag.slug for tag in chance.choices(tags, k=3)}),
        "blocks": [text],
        "citations": [
            {"key": make_key(), "source": source, "unnamed": None, "via": None, "quote": ""} for source in cited
        ],
    }
    at = START + number * STEP
    version = Version(
        story=row,
        number=1,
        change="first",
        visible_from=at,
        recorded_at=at,
        path=f"/{at:%Y/%m/%d}/story-{number}/",
        document=document,
        salt="0" * 64,
        sha256="0" * 64,
    )
    fill_columns(version, None)
    return version


def paragraphs(said):
    for start in range(0, len(said), 50):
        yield f"<p>{' '.join(said[start : start + 50])}.</p>"


def questions(known):
    """Return {name: [query]} of what is asked, each sort many times with other words."""
    chance = random.Random(2)  # noqa: S311
    sentences = [document["blocks"][0]["html"] for document in Version.objects.values_list("document", flat=True)[:40]]
    in_a_row = [" ".join(sentence[3:].split()[3:5]) for sentence in sentences]

    def some(first, last, n=1):
        return [" ".join(chance.sample(known[first:last], n)) for _ in range(40)]

    return {
        "the commonest words": known[:20],
        "common words": some(20, 200),
        "words of every twentieth story": some(1_000, 3_000),
        "rare words": some(30_000, 60_000),
        "two common words": some(0, 100, 2),
        "a common and a rare word": [f"{a} {b}" for a, b in zip(some(0, 50), some(30_000, 60_000), strict=True)],
        "phrases": [f'"{words}"' for words in in_a_row],
        "phrases of two common words": [f'"{words}"' for words in some(0, 30, 2)],
        "beginnings of two letters": [f"{word[:2]}*" for word in known[:40]],
        "beginnings of three letters": [f"{word[:3]}*" for word in known[:40] if len(word) > 3],
        "beginnings of four letters": [f"{word[:4]}*" for word in known[:60] if len(word) > 4],
        "a common word without another": [f"{a} -{b}" for a, b in zip(some(0, 50), some(0, 50), strict=True)],
        "no hit": [f"{word}qx" for word in known[:40]],
        "ten words": some(0, 300, 10),
    }


def timed(name, client, asked, **more):
    times, worked, hits = [], [], []
    for query in asked:
        for _ in range(3):
            start, work = time.perf_counter(), time.process_time()
            response = client.get(f"/search/?{urlencode({'q': query, **more})}")
            times.append((time.perf_counter() - start) * 1000)
            worked.append((time.process_time() - work) * 1000)
            hits.append(response.context["count"] if response.status_code == 200 else -1)
    print(f"{name:36} {told(times)}   processor {told(worked)}   hits {statistics.median(hits):5.0f}")


def told(times):
    return f"p50 {statistics.median(times):6.1f} ms   p95 {sorted(times)[int(len(times) * 0.95)]:6.1f} ms"


def main(count):
    call_command("migrate", verbosity=0)
    if Story.objects.exists():
        sys.exit("This database has stories. The bench needs an empty one.")
    start = time.perf_counter()
    with transaction.atomic():
        known = fill(count)
    print(f"{connection.vendor}: {count} stories of {LENGTH} words, written in {time.perf_counter() - start:.0f} s.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    ask(known)


def ask(known):
    setup_test_environment()  # only then a response tells what was shown
    client = Client()
    client.get("/search/")
    for name, asked in questions(known).items():
        timed(name, client, asked)
    timed("common words, newest first", client, known[20:60], sort="date")
    timed("common words under a topic", client, known[20:60], topic="topic-3")
    timed("a topic alone", client, [""], topic="topic-3")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
