from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.core.management.commands import loaddata
from django.core.serializers.base import DeserializationError
from django.db import DatabaseError
from django.utils.translation import gettext as _

from stories.interchange.fixtures import Arrivals, prepare
from stories.models import Version
from stories.publishing.document import DocumentError
from stories.publishing.imports import rebuild
from stories.publishing.verbs import PublishError

BAD = (ValidationError, DocumentError, PublishError, DatabaseError, DeserializationError, ValueError)


class Command(loaddata.Command):
    """Django's loaddata, which would overwrite what editors wrote and store what nobody has cleaned."""

    help = (
        "Load the named fixtures, all of them or nothing: manage.py loaddata demo. Rows that exist are left alone, "
        "and so is all of a story that exists. Documents are cleaned, versions are "
        "recorded now, with hashes of their own, and lists and addresses are made anew."
    )

    def loaddata(self, fixture_labels):
        self.arrivals = Arrivals()
        try:
            super().loaddata(fixture_labels)
            self.arrivals.finish()
            rebuild()
        except BAD as error:
            raise CommandError(sentence(error)) from error

    def save_obj(self, obj):
        row = obj.object
        if not self.arrivals.is_new(row):
            return False
        try:
            if isinstance(row, Version):
                self.arrivals.keep(row)
                return True
            prepare(row)
        except (ValidationError, DocumentError) as error:
            raise CommandError(f"{row._meta.label} {row.pk or ''}: {sentence(error)}") from error
        return super().save_obj(obj)


def sentence(error):
    if isinstance(error, ValidationError) and hasattr(error, "error_dict"):
        return "; ".join(f"{name}: {' '.join(told)}" for name, told in error.message_dict.items())
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return str(error) or _("The fixture cannot be read.")
