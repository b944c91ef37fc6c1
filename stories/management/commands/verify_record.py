import uuid
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stories.models import Address
from stories.publishing.daily import CopyError, differences, read_copy
from stories.publishing.verify import verify

EVERY = 1000


class Command(BaseCommand):
    help = (
        "Check the whole record: that every version says what its hash says, that each is linked to the one before it, "
        "that intervals meet, that nothing was dated back, slipped in or removed without saying so, and that journal, "
        "addresses and filing fit. Prints each fault with its story and version; exit status 1 if there is one. "
        "It only reads. Who can write the database can make all hashes anew; a saved copy of /record/2025-02-28.txt "
        "tells that, with --against."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--story", metavar="ID|PATH", help="Only this story, by its id or an address: /2025/02/28/talks/"
        )
        parser.add_argument(
            "--against", type=Path, nargs="+", metavar="FILE", default=[],
            help="Saved copies of /record/<day>.txt: check first that the record still has every line of them.",
        )  # fmt: skip

    def handle(self, *, story, against, verbosity, **options):
        self.count, self.verbosity = 0, verbosity
        faults = 0
        for path in against:
            for fault in self.compared(path):
                faults += 1
                self.stdout.write(f"{path}: {fault}")
        for fault in verify(self.progress, story and story_id(story)):
            faults += 1
            self.stdout.write(str(fault))
        if faults:
            names = {"n": faults}
            raise CommandError(
                ngettext("The record does not hold: %(n)s fault.", "The record does not hold: %(n)s faults.", faults)
                % names
            )
        words = ngettext(
            "The record holds: %(n)s version checked.", "The record holds: %(n)s versions checked.", self.count
        )
        return words % {"n": self.count}

    def compared(self, path):
        try:
            with path.open(encoding="utf-8") as lines:
                yield from differences(read_copy(lines))
        except (CopyError, UnicodeDecodeError) as error:
            reason = error if isinstance(error, CopyError) else _("It is no text.")
            raise CommandError(f"{path}: {reason}") from error
        except OSError as error:
            names = {"path": path, "reason": error.strerror}
            raise CommandError(_("%(path)s cannot be read: %(reason)s.") % names) from error

    def progress(self, count):
        if self.verbosity and count // EVERY > self.count // EVERY:
            self.stdout.write(_("%(n)s versions checked") % {"n": count})
        self.count = count


def story_id(text):
    """Return the id of the story that `text`, an id or an address, names."""
    try:
        return uuid.UUID(text)
    except ValueError:
        found = Address.objects.filter(path=text).values_list("story_id", flat=True).first()
    if found is None:
        raise CommandError(_("No story has the address %(path)s.") % {"path": text})
    return found
