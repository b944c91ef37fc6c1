import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from stories.models.story import Story


class Revision(models.Model):
    """One saved state of a story. Private; never changed once written."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    story = models.ForeignKey(Story, models.CASCADE, related_name="revisions")
    document = models.JSONField(_("document"))
    base = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, verbose_name=_("opened on"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("saved"), db_index=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        get_latest_by = "created_at"
        indexes = [models.Index(fields=["story", "-created_at"], name="revisions_of_story")]
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")

    def __str__(self):
        return f"{self.story}, {self.created_at:%Y-%m-%d %H:%M:%S}"
