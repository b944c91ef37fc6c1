"""Times as the desk tells and asks for them, in the site's time zone."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

YEARS = 10


class DueField(forms.DateTimeField):
    """A day and a time in the browser's own picker."""

    def __init__(self, **kwargs):
        widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
        unclear = gettext_lazy("This is not a day and a time. Write it like 2025-03-01 17:00.")
        super().__init__(widget=widget, error_messages={"invalid": unclear}, **kwargs)

    def to_python(self, value):
        value = super().to_python(value)
        if value and abs(value.year - timezone.localdate().year) > YEARS:
            raise ValidationError(_("Choose a day within ten years."))
        return value


def label_embargo(field):
    """Say what the two inputs of an embargo are: the admin labels only the first."""
    day, time = field.widget.widgets
    day.attrs["aria-label"], time.attrs["aria-label"] = _("Embargo until: day"), _("Embargo until: time")


def short(instant, now):
    """Return an instant as briefly as it is clear at `now`: “15:00”, “tomorrow, 09:00”, “3 March, 09:00”."""
    local = timezone.localtime(instant)
    time = format_date(local, _("H:i"))
    days = (local.date() - timezone.localtime(now).date()).days
    if days == 0:
        return time
    if abs(days) == 1:
        return (_("tomorrow, %(time)s") if days == 1 else _("yesterday, %(time)s")) % {"time": time}
    same_year = local.year == timezone.localtime(now).year
    return format_date(local, _("j F, H:i") if same_year else _("j F Y, H:i"))


def zone_name():
    """Return the site's time zone as editors know it: “UTC”, “Europe/Istanbul (+03)”."""
    name, zone = timezone.get_current_timezone_name(), timezone.localtime().tzname()
    return name if name == zone else f"{name} ({zone})"
