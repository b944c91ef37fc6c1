"""Filing: which versions stand on which term's page, at which instants.

Derived from the documents, written by publishing.filing alone. A row carries the story's first publication and the
version's interval, so that one index answers a term's page, at any depth and for any instant.
"""

from django.db import models

from stories.models.author import Author
from stories.models.source import Source
from stories.models.tag import Tag
from stories.models.topic import Topic
from stories.models.version import Version


class FilingQuerySet(models.QuerySet):
    def visible_at(self, instant, until=None):
        """Keep the rows of versions that readers see at `instant`: Version's rule, on the copies of its columns.

        `until`, an aware datetime, keeps those of stories first published by then; see Version's listed_at().
        """
        until = min(until or instant, instant)
        still = models.Q(visible_until=None) | models.Q(visible_until__gt=instant)
        return self.filter(still, visible_from__lte=instant, sort_at__lte=until)


class Filing(models.Model):
    version = models.ForeignKey(Version, models.CASCADE, related_name="%(class)ss")
    sort_at = models.DateTimeField()
    visible_from = models.DateTimeField()
    visible_until = models.DateTimeField(null=True)

    objects = FilingQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["term", "version"], name="%(class)s_once")]
        indexes = [
            models.Index(
                fields=["term", "-sort_at", "-version", "visible_from", "visible_until"], name="%(class)s_page"
            )
        ]

    def __str__(self):
        return f"{self.term_id}: {self.version_id}"


class TopicFiling(Filing):
    term = models.ForeignKey(Topic, models.PROTECT, related_name="filings")


class TagFiling(Filing):
    term = models.ForeignKey(Tag, models.PROTECT, related_name="filings")


class SourceFiling(Filing):
    term = models.ForeignKey(Source, models.PROTECT, related_name="filings")


class AuthorFiling(Filing):
    term = models.ForeignKey(Author, models.PROTECT, related_name="filings")


FILINGS = {Topic: TopicFiling, Tag: TagFiling, Source: SourceFiling, Author: AuthorFiling}
