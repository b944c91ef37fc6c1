from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from stories.models.revision import Revision
from stories.models.story import Story


class ShareLink(models.Model):
    """The right of somebody without a login to read a story that is not published: whoever has the token has it.

    Only a hash of the token is kept, so nobody reads the address out of the database. Ended links stay: they tell who
    could read what, and when.
    """

    story = models.ForeignKey(Story, models.CASCADE, related_name="share_links")
    revision = models.ForeignKey(
        Revision, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("what it shows")
    )  # None: always the newest
    token_sha256 = models.CharField(max_length=64, unique=True)
    form = models.UUIDField(null=True, editable=False)  # an id that the server gives each form it shows
    label = models.CharField(_("for whom"), max_length=200)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    opened_at = models.DateTimeField(_("last opened"), null=True, blank=True)
    times_opened = models.PositiveIntegerField(_("times opened"), default=0)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("share link")
        verbose_name_plural = _("share links")
        default_permissions = ()
        permissions = [("share_story", _("Can share stories that are not published by a link"))]
        constraints = [models.UniqueConstraint(fields=["story", "form"], name="one_share_link_a_form")]

    def __str__(self):
        return self.label

    def is_open(self, now):
        return self.revoked_at is None and now < self.expires_at
