"""What editors have on their screens: unsaved work, and who has which story open."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from stories.models.story import Story


class Autosave(models.Model):
    """The unsaved work of one editor on one story, as the form would post it. Nobody else ever reads it.

    `form` is an id that the server gives each form it shows. Of each page of an existing story an editor has one, which
    another tab does not write over; of a story that was never saved, or is deleted meanwhile, each form has its own.
    """

    CORRECT = "correct"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="autosaves")
    story = models.ForeignKey(Story, models.SET_NULL, null=True, blank=True, related_name="autosaves")
    page = models.CharField(max_length=10, blank=True)  # "" the story’s form, or CORRECT
    form = models.UUIDField()
    fields = models.JSONField(_("fields"))  # {name: [values]}, all text
    saved_at = models.DateTimeField(_("kept"))

    class Meta:
        ordering = ["-saved_at"]
        verbose_name = _("unsaved work")
        verbose_name_plural = _("unsaved work")
        constraints = [
            models.UniqueConstraint(fields=["user", "story", "page"], name="one_autosave_an_editor_and_page"),
            models.UniqueConstraint(fields=["user", "form"], name="one_autosave_a_form"),
        ]

    def __str__(self):
        return f"{self.user}, {self.saved_at:%Y-%m-%d %H:%M:%S}"


class Presence(models.Model):
    """An editor has the form of a story open: since when, and when it was last heard of. Gone after it is closed."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    story = models.ForeignKey(Story, models.CASCADE, related_name="presences")
    since = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["since"]
        constraints = [models.UniqueConstraint(fields=["user", "story"], name="one_presence_an_editor_and_story")]

    def __str__(self):
        return f"{self.user}, {self.story}"
