from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from stories.models.story import Story
from stories.models.version import Version


class Report(models.Model):
    """An error that a reader reports. Private; who sent it is kept only as far as the reader says."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        CORRECTED = "corrected", _("led to a change")
        ANSWERED = "answered", _("answered, nothing to change")
        DISMISSED = "dismissed", _("dismissed")

    story = models.ForeignKey(Story, models.CASCADE, related_name="reports", verbose_name=_("story"))
    version = models.ForeignKey(Version, models.PROTECT, related_name="reports", verbose_name=_("version read"))
    block = models.UUIDField(_("passage"), null=True, blank=True)  # id of the block it is about
    paragraph = models.PositiveIntegerField(null=True, blank=True)  # of a block of text: which of its parts, from 0
    text = models.TextField(_("what is wrong"))
    email = models.EmailField(_("e-mail"), blank=True)
    sender = models.CharField(max_length=32, blank=True)  # a keyed hash of address and day, to limit the rate
    created_at = models.DateTimeField(_("received"), db_index=True)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.OPEN, db_index=True)
    resolution = models.TextField(_("what was done"), blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    led_to = models.ForeignKey(
        Version, models.SET_NULL, null=True, blank=True, related_name="led_to_by", verbose_name=_("led to version")
    )

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("reader’s report")
        verbose_name_plural = _("readers’ reports")
        indexes = [models.Index(fields=["sender", "created_at"], name="reports_of_sender")]

    def __str__(self):
        return self.text[:60]
