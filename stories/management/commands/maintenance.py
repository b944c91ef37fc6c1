from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from newsroom.maintenance import switch_off, switch_on

LONGEST = 7 * 24 * 60


class Command(BaseCommand):
    help = (
        "Close the site for maintenance, or open it again. While it is closed readers and editors get a page that says "
        "so, with status 503 and the time to come back, which search engines heed. All processes that share var/ "
        "follow at once; nothing needs a restart."
    )

    def add_arguments(self, parser):
        parser.add_argument("state", choices=["on", "off"])
        parser.add_argument("--minutes", type=int, default=10, help="how long it will take (10 unless given)")

    def handle(self, *, state, minutes, **options):
        if state == "off":
            return _("The site is open.") if switch_off() else _("The site was open.")
        if not 1 <= minutes <= LONGEST:
            raise CommandError(_("Give between 1 and %(n)s minutes.") % {"n": LONGEST})
        switch_on(minutes)
        return _("The site is closed. Open it with: manage.py maintenance off")
