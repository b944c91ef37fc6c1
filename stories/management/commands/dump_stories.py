from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from stories.interchange.dumping import dump

EVERY = 100


class Command(BaseCommand):
    help = (
        "Write stories as files that load_stories reads: every version with its time, drafts, and the sources, topics, "
        "authors, tags and pictures they name. Example: manage.py dump_stories backup/stories"
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, help="A new or empty folder.")
        parser.add_argument("slugs", nargs="*", metavar="slug", help="Only the stories of these slugs.")
        parser.add_argument(
            "--force", action="store_true", help="Write into a folder that has files; its story files are replaced."
        )

    def handle(self, *, folder, slugs, force, verbosity, **options):
        def tell(done, of):
            if verbosity and done % EVERY == 0:
                self.stdout.write(_("%(done)s of %(all)s stories written") % {"done": done, "all": of})

        try:
            folder.mkdir(parents=True, exist_ok=True)
            if not force and any(folder.iterdir()):
                raise CommandError(_("%(path)s is not empty. Choose another folder, or --force.") % {"path": folder})
            stories, files = dump(folder, slugs, tell)
        except LookupError as error:
            raise CommandError(_("No story has the slug %(slugs)s.") % {"slugs": ", ".join(error.args[0])}) from error
        except OSError as error:
            names = {"path": error.filename or folder, "reason": error.strerror}
            raise CommandError(_("%(path)s cannot be written: %(reason)s.") % names) from error
        if verbosity:
            self.stdout.write(
                _("%(stories)s stories written to %(files)s files.") % {"stories": stories, "files": files}
            )
