from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stories.publishing.imports import rebuild


class Command(BaseCommand):
    help = (
        "Remake what is derived from the published versions: the columns that lists read, what stands on which topic, "
        "tag, source and author page, what search finds, and addresses. Changes nothing that readers see, unless it "
        "was wrong."
    )

    def handle(self, *, verbosity, **options):
        def tell(count):
            if verbosity:
                self.stdout.write(_("%(count)s versions done") % {"count": count})

        count = rebuild(tell)
        if verbosity:
            words = ngettext(
                "Lists, filing, search and addresses of %(n)s version are made anew.",
                "Lists, filing, search and addresses of %(n)s versions are made anew.",
                count,
            )
            self.stdout.write(words % {"n": count})
