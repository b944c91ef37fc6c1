"""Time the list queries on many versions in a scratch database: python bench/lists.py [versions, by default 100000].

The database is SQLite in a temporary folder, or the one that DATABASE_URL names, which must be empty. Nothing is
asserted: read the numbers beside those of another commit on the same machine.
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
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
SCRATCH = tempfile.TemporaryDirectory(prefix="newsroom-bench-")
os.environ |= {"NEWSROOM_VAR": SCRATCH.name, "SECRET_KEY": "bench"}

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from stories.models import FILINGS, Story, Tag, Topic, Version  # noqa: E402
from stories.publishing.document import empty_document  # noqa: E402
from stories.site.listing import filed_under, key_of, river  # noqa: E402

START = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
STEP = datetime.timedelta(hours=2)
NOW = START + datetime.timedelta(days=40_000)
BATCH = 5_000


def fill(count):
    """Write `count` versions, every third story having two: tag A on a fifth of them, B on a twentieth, one topic."""
    chance = random.Random(1)  # noqa: S311
    terms = [Tag.objects.create(name="A"), Tag.objects.create(name="B"), Topic.objects.create(name="T")]
    made = stories(count)
    while batch := list(itertools.islice(made, BATCH)):
        Story.objects.bulk_create(
            {version.story_id: version.story for version in batch}.values(), ignore_conflicts=True
        )
        Version.objects.bulk_create(batch)
        for term, share in zip(terms, (0.2, 0.05, 0.5), strict=True):
            filing = FILINGS[type(term)]
            filing.objects.bulk_create(
                filing(term=term, version=version, sort_at=version.sort_at, visible_from=version.visible_from,
                       visible_until=version.visible_until)
                for version in batch if chance.random() < share
            )  # fmt: skip
    return terms


def stories(count):
    """Yield `count` unsaved versions in the order in which they were published."""
    made, empty = 0, empty_document(uuid.uuid4())
    for number in itertools.count():
        story = Story(id=uuid.uuid4(), headline=f"Headline {number}")
        document = empty | {"id": str(story.pk), "headline": story.headline, "slug": f"story-{number}"}
        first = START + number * STEP
        second = first + datetime.timedelta(days=400) if number % 3 == 0 else None
        yield version(story, document, 1, first, first, second)
        made += 1
        if second and made < count:
            yield version(story, document, 2, first, second, None)
            made += 1
        if made >= count:
            return


def version(story, document, number, sort_at, visible_from, visible_until):
    return Version(
        story=story,
        number=number,
        change="first" if number == 1 else "update",
        visible_from=visible_from,
        visible_until=visible_until,
        recorded_at=NOW,
        path=f"/{sort_at:%Y/%m/%d}/{document['slug']}/",
        document=document,
        salt="0" * 64,
        sha256="0" * 64,
        kind="news",
        language="en",
        headline=document["headline"],
        sort_at=sort_at,
        updated_at=visible_from,
    )


def timed(name, call, times=200):
    """Print the medians of what a call takes in all, and of what the database takes of that."""
    whole, database = [], []

    def measure(execute, *args):
        start = time.perf_counter()
        try:
            return execute(*args)
        finally:
            database[-1] += time.perf_counter() - start

    with connection.execute_wrapper(measure):
        for _ in range(times):
            database.append(0)
            start = time.perf_counter()
            call()
            whole.append(time.perf_counter() - start)
    print(
        f"{name:44} {statistics.median(whole) * 1000:8.2f} ms   database {statistics.median(database) * 1000:7.3f} ms"
    )


def main(count):
    call_command("migrate", verbosity=0)
    if Story.objects.exists():
        sys.exit("This database has stories. The bench needs an empty one.")
    start = time.perf_counter()
    with transaction.atomic():
        tag, rare, topic = fill(count)
    print(f"{connection.vendor}: {Version.objects.count()} versions of {Story.objects.count()} stories", end=", ")
    print(f"written in {time.perf_counter() - start:.0f} s. Medians of 200:")
    middle = Version.objects.order_by("sort_at")[count // 2]
    deep, past = key_of(middle), middle.visible_from
    lists = {
        "front page": river,
        "tag on 20 %": partial(filed_under, tag),
        "tag on 5 %": partial(filed_under, rare),
        "topic on 50 %": partial(filed_under, topic),
    }
    for name, call in lists.items():
        timed(f"{name}, first page", lambda call=call: call(NOW))
        timed(f"{name}, in the middle", lambda call=call: call(NOW, deep))
        timed(f"{name}, as of an instant years back", lambda call=call: call(past))
    timed("story by path", lambda: Version.objects.visible_at(NOW).filter(path=middle.path).first())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
