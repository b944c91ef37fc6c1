from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from stories.models.story import Story
from stories.models.version import Version


class StoryEvent(models.Model):
    """Who did what to a story, written in the same transaction. Kept when the plan it tells of is cancelled."""

    story = models.ForeignKey(Story, models.CASCADE, related_name="events")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    action = models.CharField(_("action"), max_length=20)
    version = models.ForeignKey(Version, models.SET_NULL, null=True, blank=True, related_name="+")
    number = models.PositiveIntegerField(null=True, blank=True)  # of the version, which may be gone
    instant = models.DateTimeField(null=True, blank=True)  # for which it was planned or published
    note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("event")
        verbose_name_plural = _("events")

    def __str__(self):
        return f"{self.action} {self.number or ''} {self.at:%Y-%m-%d %H:%M}"


class SiteChange(models.Model):
    """What changes for readers at an instant: server processes poll this and drop what it names from their caches."""

    at = models.DateTimeField(db_index=True)
    keys = models.JSONField()

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.keys}"
