from django.db import models

from stories.models.story import Story


class Address(models.Model):
    """A path that is, was or (of a pending version) will be a story's. Never given to another story once visible."""

    path = models.CharField(max_length=160, unique=True)
    story = models.ForeignKey(Story, models.PROTECT, related_name="addresses")

    class Meta:
        verbose_name_plural = "addresses"

    def __str__(self):
        return self.path
