from django.core.management.base import BaseCommand, CommandError

from stories.models import Version
from stories.publishing.verify import verify


class Command(BaseCommand):
    help = (
        "Check the whole record: that every version says what its hash says, that each is linked to the one before it, "
        "that intervals meet, and that nothing was dated back or removed without saying so. Prints each fault with its "
        "story and version; exit status 1 if there is one. It only reads."
    )

    def handle(self, *, verbosity, **options):
        def progress(count):
            if verbosity > 1 and count % 1000 < 10:
                self.stdout.write(f"{count} versions checked")

        faults = 0
        for version, sentence in verify(progress):
            faults += 1
            self.stdout.write(f"{version.path} version {version.number} (story {version.story_id}): {sentence}")
        if faults:
            raise CommandError(f"The record does not hold: {faults} faults.")
        return f"The record holds: {Version.objects.count()} versions checked."
