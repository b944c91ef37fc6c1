import datetime


class SlugConverter:
    """A slug of Unicode letters, digits, hyphens and underscores."""

    regex = r"[-\w]+"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


class FormatConverter(SlugConverter):
    regex = "rss|atom"


class NumberConverter:
    """The number of a version: from 1, as it is written."""

    regex = r"[1-9][0-9]{0,6}"

    def to_python(self, value):
        return int(value)

    def to_url(self, value):
        return str(value)


class InstantConverter:
    """An instant as 2025-02-28T15:00Z, to the minute or finer: an aware datetime in UTC."""

    regex = r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?Z"

    def to_python(self, value):
        return datetime.datetime.fromisoformat(value)

    def to_url(self, value):
        utc = value.astimezone(datetime.UTC)
        seconds = ":%S.%f" if utc.microsecond else ":%S" if utc.second else ""
        return utc.strftime(f"%Y-%m-%dT%H:%M{seconds}Z")


class MonthNumberConverter(SlugConverter):
    regex = "0[1-9]|1[0-2]"


class MonthConverter:
    """A month as 2025-02: a datetime at its start, in UTC."""

    regex = r"[12][0-9]{3}-(0[1-9]|1[0-2])"

    def to_python(self, value):
        return datetime.datetime.strptime(value, "%Y-%m").replace(tzinfo=datetime.UTC)

    def to_url(self, value):
        return f"{value:%Y-%m}"


class DayConverter:
    """A day as 2025-02-28: a date, in UTC."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value):
        return datetime.date.fromisoformat(value)  # a ValueError is no match

    def to_url(self, value):
        return value.isoformat()
