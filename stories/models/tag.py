from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from taggit.models import ItemBase, TagBase

from stories.models.term import SlugManager, check_alias, free_slug


class Tag(TagBase):
    """A free label. Unlike taggit's own, its slug is never empty and its filing outlives it (PROTECT)."""

    alias_of = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("merged into"), null=True, blank=True, related_name="aliases"
    )

    natural_key_fields = ["slug"]
    objects = SlugManager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def get_absolute_url(self):
        return reverse("tag", args=[self.slug])

    def save(self, *args, **kwargs):
        if not self.slug:
            self.slug = free_slug(Tag, self.name)
        super().save(*args, **kwargs)

    def clean(self):
        check_alias(self)


class StoryTag(ItemBase):
    """A tag on a working copy."""

    content_object = models.ForeignKey("stories.Story", models.CASCADE, related_name="story_tags")
    tag = models.ForeignKey(Tag, models.PROTECT, related_name="story_tags")

    natural_key_fields = ["content_object_id", "tag_id"]  # which taggit's base asks for, and loaddata with it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content_object", "tag"], name="one_tag_once_a_story")]

    @classmethod
    def tags_for(cls, model, instance=None, **extra_filters):
        # ItemBase means the generic relation; this through model has a plain foreign key.
        kwargs = dict(extra_filters)
        if instance is not None:
            kwargs["story_tags__content_object"] = instance
        return Tag.objects.filter(**kwargs).distinct()
