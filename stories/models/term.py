import re
import unicodedata
import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

SLUG = re.compile(r"[-\w]+")  # Unicode letters and digits; "+" joins two tags in an address


def validate_slug(value):
    if not SLUG.fullmatch(value):
        raise ValidationError(_("Use letters, digits, hyphens and underscores only."), code="invalid")


def make_slug(text, max_length=100):
    return slugify(text, allow_unicode=True)[:max_length].strip("-_")


def make_slugline(text):
    """Return a short name for the desk: the first three words that tell, long ones, names in capitals, numbers."""
    words = re.findall(r"[^\W_]+", text)
    return make_slug(" ".join(([word for word in words if tells(word)] or words)[:3]))


def tells(word):
    kinds = [unicodedata.category(sign) for sign in word]
    return len(word) > 3 or any(kind.startswith("N") for kind in kinds) or kinds == ["Lu"] * max(len(word), 2)


class SlugManager(models.Manager):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)


class Term(models.Model):
    """Something stories are filed under and readers have a page for: base of Topic, Source and Author.

    A term's slug never changes. A term that was merged into another is its alias: its address redirects there and
    what is filed under it is filed under the other too; emptying `alias_of` undoes the merge.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200)
    slug = models.CharField(
        _("slug"),
        max_length=100,
        unique=True,
        blank=True,
        validators=[validate_slug],
        help_text=_("The end of its address. Made from the name if left empty; it never changes afterwards."),
    )
    alias_of = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("merged into"),
        null=True,
        blank=True,
        related_name="aliases",
        help_text=_("Its address then leads to the other one, which also lists its stories. Empty this to undo it."),
    )
    archived = models.BooleanField(
        _("archived"), default=False, help_text=_("No longer offered to editors. Published stories keep it.")
    )

    objects = SlugManager()

    class Meta:
        abstract = True
        ordering = ["name"]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        if not self.slug:
            self.slug = free_slug(type(self), self.name)
        super().save(*args, **kwargs)

    def clean(self):
        check_alias(self)

    def natural_key(self):
        return (self.slug,)


def free_slug(model, name):
    """Return a slug for `name` that no row of `model` has yet."""
    base = make_slug(name, 90) or model._meta.model_name
    slug, number = base, 1
    while model.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug


def check_alias(term):
    """Refuse an alias of itself or of an alias: a merge is one step, so that undoing it is one too."""
    if not term.alias_of_id:
        return
    if term.alias_of_id == term.pk:
        raise ValidationError({"alias_of": _("It cannot be merged into itself.")})
    if term.alias_of.alias_of_id:
        raise ValidationError({"alias_of": _("That one is itself merged into another. Choose the other one.")})
    if term.pk and type(term).objects.filter(alias_of=term.pk).exists():
        raise ValidationError({"alias_of": _("Others are merged into this one. Undo those merges first.")})
