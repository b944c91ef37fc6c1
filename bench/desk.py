"""Time the desk on many stories in a scratch database: python bench/desk.py [stories, by default 100000].

The database is SQLite in a temporary folder, or the one that DATABASE_URL names, which must be empty. Half of the
stories are live, one in fifty has an unpublished change, the others are drafts: far more than a newsroom has under way.
Nothing is asserted: read the numbers beside those of another commit on the same machine. Each is a whole request.
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

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
SCRATCH = tempfile.TemporaryDirectory(prefix="newsroom-bench-")
os.environ |= {"NEWSROOM_VAR": SCRATCH.name, "SECRET_KEY": "bench", "HTTPS": "false"}

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from stories.models import Note, Report, Revision, Source, Story, User, Version  # noqa: E402
from stories.publishing.document import empty_document  # noqa: E402

settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
settings.ALLOWED_HOSTS = ["*"]
NOW = timezone.now()
MINUTE = datetime.timedelta(minutes=1)
WORDS = [
    "harbour",
    "talks",
    "minister",
    "treaty",
    "grain",
    "export",
    "sanctions",
    "border",
    "summit",
    "envoy",
    "ballot",
]
BATCH = 5_000


def fill(count):
    chance = random.Random(1)  # noqa: S311
    users = [User(username=f"user{n}", is_staff=True, is_superuser=True) for n in range(20)]
    users = User.objects.bulk_create(users)
    empty = empty_document(uuid.uuid4())
    numbers = range(count)
    for batch in itertools.batched(numbers, BATCH) if hasattr(itertools, "batched") else batches(numbers):
        rows = [row(number, count, chance, users, empty) for number in batch]
        Story.objects.bulk_create(story for story, *_rest in rows)
        Story.objects.bulk_update([story for story, *_rest in rows], ["changed_at"])
        Revision.objects.bulk_create(revision for _story, revision, _version in rows)
        Version.objects.bulk_create(version for *_rest, version in rows if version)
    stories = Story.objects.exclude(stage="")[:2000]
    Note.objects.bulk_create(Note(story=s, text="Who says so?", author=users[0], created_at=NOW) for s in stories)
    versions = Version.objects.select_related("story")[:3000]
    Report.objects.bulk_create(Report(story=v.story, version=v, text="Wrong.", created_at=NOW) for v in versions)
    Source.objects.bulk_create(Source(name=f"Source {n}", slug=f"source-{n}") for n in range(20_000))
    return users[0]


def batches(numbers):
    for start in range(0, len(numbers), BATCH):
        yield numbers[start : start + BATCH]


def row(number, count, chance, users, empty):
    """Return an unsaved (story, revision, version or None); the highest numbers are the newest."""
    at = NOW - (count - number) * MINUTE
    headline = " ".join(chance.choices(WORDS, k=7)).capitalize() + f" {number}"
    is_live, is_changed = number % 2 == 0, number % 50 == 0
    stage = chance.choice(Story.Stage.values) if not is_live or is_changed else ""
    story = Story(
        id=uuid.UUID(int=chance.getrandbits(128)), headline=headline, slug=f"story-{number}", standfirst="x" * 200,
        slugline=f"slug-{number}", stage=stage, stage_since=at, owner=chance.choice(users), changed_at=at,
        reviewer=chance.choice(users) if stage == Story.Stage.REVIEW and number % 3 else None,
        due=at + 1000 * MINUTE if stage and number % 4 == 1 else None,
    )  # fmt: skip
    document = empty | {"id": str(story.pk), "headline": headline, "slug": story.slug}
    document["blocks"] = [{"id": str(uuid.uuid4()), "type": "text", "html": "<p>" + "word " * 300 + "</p>"}]
    revision = Revision(story=story, document=document, user=story.owner, created_at=at)
    if not is_live:
        return story, revision, None
    seen = document | {"standfirst": "Changed."} if is_changed else document
    version = Version(
        story=story, number=1, change="first", visible_from=at if number % 1000 else NOW + number * MINUTE,
        recorded_at=at - MINUTE, path=f"/{number}/", document=seen, salt="0" * 64, sha256="0" * 64, kind="news",
        language="en", headline=headline, sort_at=at, updated_at=at,
    )  # fmt: skip
    return story, revision, version


def timed(client, path, times=15):
    """Print the medians of what a whole request takes by the clock and of the processor, and its queries."""
    taken, computed = [], []
    for _ in range(times):
        start, computing = time.perf_counter(), time.process_time()
        response = client.get(path)
        taken.append((time.perf_counter() - start) * 1000)
        computed.append((time.process_time() - computing) * 1000)
        if response.status_code != 200:
            sys.exit(f"{path}: {response.status_code}")
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    slowest = max(queries.captured_queries, key=lambda query: float(query["time"]), default={"time": 0})
    print(
        f"{path[-60:]:60} {statistics.median(taken):7.1f} ms  processor {statistics.median(computed):7.1f} ms  "
        f"{len(queries):3} queries, the slowest {float(slowest['time']) * 1000:6.1f} ms",
        flush=True,
    )


def main(count):
    call_command("migrate", verbosity=0)
    if Story.objects.exists():
        sys.exit("This database has stories. The bench needs an empty one.")
    start = time.perf_counter()
    with transaction.atomic():
        user = fill(count)
    print(f"{connection.vendor}: {Story.objects.count()} stories", end=", ")
    print(f"written in {time.perf_counter() - start:.0f} s. Medians of 15 requests:")
    client = Client()
    client.force_login(user)
    stories = "/admin/stories/story/"
    queries = [
        "", "?p=20", "?o=1", "?q=harbour+treaty", "?q=envoy+99", "?q=nothing+like+it", "?q=slug-777", "?stage=review",
        "?whose=mine", "?stage=drafting&whose=mine", "?late=yes", "?state=draft", "?state=live", "?state=scheduled",
        "?kind__exact=opinion",
    ]  # fmt: skip
    pages = ["/admin/", "/admin/?whose=mine", *(stories + query for query in queries)]
    pages += ["/admin/stories/source/", "/admin/stories/source/?q=source+19"]
    lookup = "?app_label=stories&model_name=story&field_name=translation_of&term="
    pages += [f"/admin/autocomplete/{lookup}harbour", f"/admin/autocomplete/{lookup}nothing"]
    client.get("/admin/")  # the first request of a process loads templates
    for path in pages:
        timed(client, path)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
