from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from stories.models.topic import Topic


class FrontPageQuerySet(models.QuerySet):
    def arranged_at(self, instant, topic=None):
        """Return the arrangement of the site's front page, or of a topic's, at `instant`; None if there was none."""
        return self.filter(topic=topic, visible_from__lte=instant).order_by("-visible_from").first()


class FrontPage(models.Model):
    """Which stories stand first, from `visible_from` until the next arrangement; the rest follows in time order.

    Of the site's front page, or of a topic's (its pins). What is past is never changed: a new arrangement is a new row.
    """

    topic = models.ForeignKey(Topic, models.PROTECT, verbose_name=_("topic"), null=True, blank=True, related_name="+")
    visible_from = models.DateTimeField(_("visible from"))
    stories = models.JSONField(_("stories"), default=list)  # story ids, in the order of their places
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = FrontPageQuerySet.as_manager()

    class Meta:
        ordering = ["-visible_from"]
        verbose_name = _("front page")
        verbose_name_plural = _("front page")  # as the desk calls it: there is one
        constraints = [
            models.UniqueConstraint(
                fields=["visible_from"], condition=models.Q(topic=None), name="one_front_page_an_instant"
            ),
            models.UniqueConstraint(fields=["topic", "visible_from"], name="one_topic_page_an_instant"),
        ]

    def __str__(self):
        return f"{self.topic or _('Front page')}, {self.visible_from:%Y-%m-%d %H:%M}"
