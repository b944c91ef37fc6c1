import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from stories.models.story import Story


class RevisionQuerySet(models.QuerySet):
    def of_the_story(self):
        """Leave out what was saved aside: the story itself never said it."""
        return self.filter(aside=False)


class Revision(models.Model):
    """One saved state of a story. Private; what it says is never changed once written.

    A revision `aside` was saved from a form that another save had overtaken: the tables never said it. It waits until
    an editor has joined it with the story; `joined` is the revision in which that was done, or decided against.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    story = models.ForeignKey(Story, models.CASCADE, related_name="revisions")
    document = models.JSONField(_("document"))
    base = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, verbose_name=_("opened on"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("saved"), db_index=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    aside = models.BooleanField(_("saved aside"), default=False)
    joined = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("joined in")
    )
    # Of one aside: what its form also changed that is in no document, {column of the story: its value as text}, and
    # what that was when the form was opened (desk/desk_only.py).
    desk_only = models.JSONField(default=dict, blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        get_latest_by = "created_at"
        indexes = [models.Index(fields=["story", "-created_at"], name="revisions_of_story")]
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")

    def __str__(self):
        return f"{self.story}, {self.created_at:%Y-%m-%d %H:%M:%S}"
