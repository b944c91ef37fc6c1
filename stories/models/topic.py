from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stories.models.term import Term


class Topic(Term):
    """A subject page that editors keep, in a tree."""

    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("part of"), null=True, blank=True, related_name="children"
    )
    description = models.TextField(_("description"), blank=True, help_text=_("One or two sentences for its page."))
    open = models.BooleanField(
        pgettext_lazy("topic", "open"),
        default=False,
        help_text=_("Show its page even before a story is published under it."),
    )

    class Meta(Term.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def get_absolute_url(self):
        return reverse("topic", args=[self.slug])

    def clean(self):
        super().clean()
        if self.parent_id and self.pk in lineage(self.parent_id, parents()):
            raise ValidationError({"parent": _("A topic cannot be part of itself or of one of its own parts.")})


def parents():
    """Return {topic id: parent id or None} of all topics: one query, also for 2,000 of them."""
    return dict(Topic.objects.values_list("pk", "parent_id"))


def lineage(topic_id, parent_of):
    """Yield `topic_id` and its ancestors, nearest first; a cycle, which clean() refuses, ends it."""
    seen = set()
    while topic_id is not None and topic_id not in seen:
        yield topic_id
        seen.add(topic_id)
        topic_id = parent_of.get(topic_id)
