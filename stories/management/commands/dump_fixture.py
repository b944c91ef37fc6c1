from pathlib import Path

from django.core.management.base import BaseCommand

from stories.interchange.fixtures import fixture


class Command(BaseCommand):
    help = (
        "Write the stories of this database, their versions and what they name as a fixture that loaddata reads; "
        "no users, no salts or hashes, no times of this machine. The shipped one is made from a new database: "
        "manage.py load_stories stories/fixtures/demo && manage.py dump_fixture stories/fixtures/demo.json"
    )

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path)

    def handle(self, *, path, **options):
        path.write_text(fixture(), encoding="utf-8", newline="\n")
