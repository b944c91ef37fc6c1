from django.db import models

from stories.models.version import Version


class SearchRow(models.Model):
    """What search finds: a version that readers see, or will see. Written by publishing.search_rows alone.

    Its words stand beside it where the database keeps an index of words: on SQLite in the FTS5 table `stories_search`
    by the same key, which a trigger of this table empties; on PostgreSQL in a column `words` of this table. Django
    knows neither, and remakes a table on SQLite to alter it: a migration that alters this one must make both anew.
    """

    # In order of the stories' first publication, so that an index of words gives the newest hits without a sort. It is
    # always given: an AutoField, since only that is the number of the row itself on SQLite.
    key = models.BigAutoField(primary_key=True)
    version = models.OneToOneField(Version, models.CASCADE, related_name="search_row")
    terms = models.TextField(blank=True)  # what it is filed under, its kind and year: words that no text has

    def __str__(self):
        return f"{self.key}: {self.version_id}"
