"""The parts a story's body is made of. Neighbouring key points, questions and events form one section for readers.

Words may be missing in all of them, for unfinished work can be saved; preflight asks for them before readers see it.
"""

import html
import uuid

from content_editor.models import create_plugin_base
from django.db import models
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stories.models.as_typed import TypedAddressField, TypedPartialDateField, TypedTimeField
from stories.models.picture import Picture
from stories.models.prose import ProseField
from stories.models.story import Story


class BlockManager(models.Manager):
    def get_by_natural_key(self, pk):
        return self.get(pk=pk)


class Block(create_plugin_base(Story)):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    region = models.CharField(max_length=20, default="main", editable=True)

    objects = BlockManager()

    class Meta:
        abstract = True
        ordering = ["ordering", "pk"]

    def __str__(self):
        told = str(getattr(self, self.told_by))
        if isinstance(self._meta.get_field(self.told_by), ProseField):
            told = html.unescape(strip_tags(told.replace("><", "> <")))
        text = " ".join(told.split())
        return Truncator(text).chars(60) or str(_("empty"))

    def natural_key(self):
        return (str(self.pk),)


class Text(Block):
    told_by = "html"
    html = ProseField(_("text"), blank=True)

    class Meta(Block.Meta):
        verbose_name = _("text")
        verbose_name_plural = _("texts")


class Figure(Block):
    told_by = "caption"
    picture = models.ForeignKey(Picture, models.PROTECT, null=True, blank=True, verbose_name=_("picture"))
    caption = ProseField(
        _("caption"), level="line", blank=True, help_text=_("The picture’s own caption is used if empty.")
    )

    class Meta(Block.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")


class Quote(Block):
    told_by = "words"
    words = models.TextField(_("words"), blank=True, help_text=_("Exactly as they were said. Mark cuts with […]."))
    language = models.CharField(
        _("language"), max_length=35, blank=True, help_text=_("If it is not the story’s: ru, tr …")
    )
    attribution = ProseField(
        _("attribution"), level="line", blank=True, help_text=_("Who said it, where and when, with a source marker.")
    )

    class Meta(Block.Meta):
        verbose_name = _("quotation")
        verbose_name_plural = _("quotations")


class Post(Block):
    """A social post kept as our own text: nothing is ever asked of the platform."""

    told_by = "words"
    account = models.CharField(
        _("account"), max_length=200, blank=True, help_text=_("The name it shows: “Election Wizard”.")
    )
    handle = models.CharField(_("handle"), max_length=100, blank=True, help_text=_("@name"))
    platform = models.CharField(_("platform"), max_length=50, blank=True)
    posted_on = TypedPartialDateField(_("posted on"), help_text=_("2025-02-28"))
    posted_at = TypedTimeField(_("at, in UTC"))
    words = models.TextField(_("words"), blank=True, help_text=_("Exactly as posted. Mark cuts with […]."))
    language = models.CharField(_("language"), max_length=35, blank=True, help_text=_("If it is not the story’s."))
    url = TypedAddressField(_("link"), max_length=500)
    note = ProseField(
        pgettext_lazy("public", "note"),
        level="line",
        blank=True,
        help_text=_("Our words under it, with a source marker: whom it relays …"),
    )

    class Meta(Block.Meta):
        verbose_name = _("quoted post")
        verbose_name_plural = _("quoted posts")


class KeyPoint(Block):
    told_by = "label"
    icon = models.CharField(_("icon"), max_length=10, blank=True, help_text=_("One emoji, or nothing."))
    label = models.CharField(_("label"), max_length=100, blank=True, help_text=_("A word or two."))
    detail = ProseField(_("detail"), level="line", blank=True)

    class Meta(Block.Meta):
        verbose_name = _("key point")
        verbose_name_plural = _("key points")


class Question(Block):
    told_by = "question"
    question = models.CharField(_("question"), max_length=300, blank=True)
    answer = ProseField(_("answer"), level="answer", blank=True)

    class Meta(Block.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")


class Event(Block):
    told_by = "detail"
    date = TypedPartialDateField(_("date"), help_text=_("As precise as it is known: 1962, 1962-10 or 1962-10-16."))
    detail = ProseField(_("what happened"), level="line", blank=True)

    class Meta(Block.Meta):
        verbose_name = _("dated event")
        verbose_name_plural = _("dated events")


# By the name a block has in the document.
BLOCKS = {
    "text": Text,
    "figure": Figure,
    "quote": Quote,
    "post": Post,
    "key_point": KeyPoint,
    "question": Question,
    "event": Event,
}
