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


class MonthConverter:
    """A month as 2025-02: a datetime at its start, in UTC."""

    regex = r"[12][0-9]{3}-(0[1-9]|1[0-2])"

    def to_python(self, value):
        return datetime.datetime.strptime(value, "%Y-%m").replace(tzinfo=datetime.UTC)

    def to_url(self, value):
        return f"{value:%Y-%m}"
