from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stories.models.story import Story


class NoteQuerySet(models.QuerySet):
    def open(self):
        """Keep the first notes of the threads that nobody has resolved."""
        return self.filter(thread=None, resolved_at=None)


class Note(models.Model):
    """What colleagues tell each other about a story or one of its blocks. No reader's page may ever read it."""

    MAX_LENGTH = 5000

    story = models.ForeignKey(Story, models.CASCADE, related_name="notes", db_index=False)
    # The note that a reply answers; empty for the first of a thread, which alone is resolved.
    thread = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="replies")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    text = models.TextField(_("note"), max_length=MAX_LENGTH)
    block = models.UUIDField(null=True, blank=True)  # no foreign key: a note outlives the block it is about
    passage = models.CharField(max_length=200, blank=True)  # how that block began
    created_at = models.DateTimeField(_("written"))
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        indexes = [
            models.Index(fields=["story", "created_at"], name="notes_of_story"),
            models.Index(fields=["story"], condition=Q(thread=None, resolved_at=None), name="notes_open"),
        ]

    def __str__(self):
        return self.text[:60]
