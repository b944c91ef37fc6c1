"""Columns for addresses, days and times that keep what was typed, also half written.

Unfinished work can be saved, and these are where it is unfinished most often. What is whole has one normal form, and no
version has anything else: preflight asks for the rest, and the document's clean() refuses it.
"""

import datetime
import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from stories.models.prose import clean_text

validate_url = URLValidator(schemes=["http", "https"])
PARTIAL_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


def validate_partial_date(value):
    try:
        # The day must exist too: pages print it.
        datetime.date.fromisoformat(value + "0000-01-01"[len(value) :])
        known = PARTIAL_DATE.fullmatch(value)
    except ValueError:
        known = False
    if not known:
        raise ValidationError(_("Write a year, a month or a day: 1962, 1962-10 or 1962-10-16."), code="invalid")


class AsTypedMixin:
    """For form fields: the text of what Django's field makes of a value, the value itself of what it refuses."""

    def __init__(self, *, max_length, **kwargs):
        self.longest = max_length
        super().__init__(**kwargs)

    def to_python(self, value):
        try:
            return self.text_of(super().to_python(value))
        except ValidationError:
            return clean_text(str(value))

    def text_of(self, value):
        return value.isoformat() if value else ""

    def widget_attrs(self, widget):
        return super().widget_attrs(widget) | {"maxlength": str(self.longest)}


class AddressFormField(AsTypedMixin, forms.URLField):
    default_validators = []

    def text_of(self, value):
        if value:
            validate_url(value)  # if not, without the https:// that Django puts before it
        return value


class DayFormField(AsTypedMixin, forms.DateField):
    pass


class TimeFormField(AsTypedMixin, forms.TimeField):
    pass


class TypedField(models.CharField):
    form_class = forms.CharField

    def __init__(self, *args, max_length=40, blank=True, **kwargs):
        super().__init__(*args, max_length=max_length, blank=blank, **kwargs)

    def get_prep_value(self, value):
        return super().get_prep_value("" if value is None else value)  # as fixtures said of days and times

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": self.form_class, **kwargs})


class TypedAddressField(TypedField):
    form_class = AddressFormField


class TypedPartialDateField(TypedField):
    """A year, a month or a day: 1962, 1962-10 or 1962-10-16."""


class TypedDayField(TypedField):
    """A calendar day: 2025-02-28."""

    form_class = DayFormField


class TypedTimeField(TypedField):
    """A time of day in UTC: 14:05:00."""

    form_class = TimeFormField
