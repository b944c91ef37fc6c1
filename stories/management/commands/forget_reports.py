import datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stories.publishing.reports import HOUR, forget, forget_senders

MAX_DAYS = 36500


class Command(BaseCommand):
    help = (
        "Forget who sent readers' reports: delete the e-mail address of every report that was resolved more than "
        "--days ago, 90 unless you say otherwise, and every hash by which the number of reports was limited, which is "
        "of no use after an hour. What readers wrote and what was done is kept. Open reports keep their e-mail "
        "address, so that they can be answered. Safe to run at any time: run it once a day, from cron or a timer."
    )

    def add_arguments(self, parser):
        parser.add_argument("--days", type=int, default=90, help="how long after it was resolved (default: 90)")

    def handle(self, *, days, **options):
        if not 0 <= days <= MAX_DAYS:
            raise CommandError(_("--days takes a number from 0 to %(n)s.") % {"n": MAX_DAYS})
        now = timezone.now()
        count = forget(now - datetime.timedelta(days=days))
        forget_senders(now - HOUR)
        return ngettext(
            "Who sent %(n)s resolved report is forgotten.", "Who sent %(n)s resolved reports is forgotten.", count
        ) % {"n": count}
