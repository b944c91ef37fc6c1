import secrets

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from stories.models.as_typed import TypedAddressField, TypedDayField, TypedPartialDateField
from stories.models.prose import CITATION_KEY
from stories.models.source import Source
from stories.models.story import Story


def make_key():
    return secrets.token_hex(6)


class CitationManager(models.Manager):
    def get_by_natural_key(self, key):
        return self.get(key=key)


class Citation(models.Model):
    """One use of a source in one story.

    Without a source it stands for an unnamed one: what readers are told is the descriptor and the reason. There is no
    field for an identity, here or anywhere. It can be saved with neither; preflight asks for one of them.
    """

    class Obtained(models.TextChoices):
        STATEMENT = "statement", _("statement")
        INTERVIEW = "interview", _("interview")
        DOCUMENT = "document", _("document")
        POST = "post", _("social post")
        BROADCAST = "broadcast", _("broadcast")
        COURT = "court", _("court record")
        DATASET = "dataset", _("dataset")
        REPORT = "report", _("report by another outlet")
        OBSERVED = "observed", _("seen by our reporter")

    class Basis(models.TextChoices):
        WITNESS = "witness", _("saw or heard it")
        DIRECT = "direct", _("took part in it")
        DOCUMENT = "document", _("has the document")

    key = models.CharField(
        _("key"),
        max_length=12,
        unique=True,
        default=make_key,
        validators=[RegexValidator(rf"^{CITATION_KEY.pattern}\Z", _("A key is 12 hexadecimal digits."))],
    )
    story = models.ForeignKey(Story, models.CASCADE, related_name="citations")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    source = models.ForeignKey(
        Source, models.PROTECT, verbose_name=_("source"), null=True, blank=True, related_name="citations"
    )
    descriptor = models.CharField(
        _("unnamed source"),
        max_length=200,
        blank=True,
        help_text=_("Only without a source: who it is, as precisely as is safe: “an official who attended the talks”."),
    )
    reason = models.CharField(
        _("why unnamed"), max_length=300, blank=True, help_text=_("Public: why the name is withheld.")
    )
    # The three answers about an unnamed source that stay in the house: they are in no document.
    basis = models.CharField(
        _("how the source knows"), max_length=20, choices=Basis, blank=True, help_text=_("Readers never see it.")
    )
    factual = models.BooleanField(
        _("information, not opinion"), default=False, help_text=_("It tells what happened, not what to think of it.")
    )
    approver = models.ForeignKey(
        "stories.User",
        models.PROTECT,
        verbose_name=_("approved by"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Who knows the source and answers for it: not an author of the story."),
    )
    obtained = models.CharField(_("how obtained"), max_length=20, choices=Obtained, blank=True)
    terms = models.CharField(
        _("terms"), max_length=200, blank=True, help_text=_("What was agreed: on the record, on background …")
    )
    quote = models.TextField(_("words relied on"), blank=True, help_text=_("The passage itself, word for word."))
    url = TypedAddressField(_("link"), max_length=500)
    published_on = TypedPartialDateField(_("published"), help_text=_("2025-02-28"))
    accessed_on = TypedDayField(_("seen by us"))
    archived_url = TypedAddressField(_("archived copy"), max_length=500)
    via = models.ForeignKey(
        Source,
        models.PROTECT,
        verbose_name=_("seen through"),
        null=True,
        blank=True,
        related_name="relayed_citations",
        help_text=_("If we have it second hand: the account or outlet that relayed it."),
    )

    objects = CitationManager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        constraints = [
            models.CheckConstraint(
                name="named_or_unnamed", condition=models.Q(source__isnull=True) | models.Q(descriptor="")
            )
        ]

    def __str__(self):
        return str(self.source or self.descriptor or self.key)

    def natural_key(self):
        return (self.key,)

    def clean(self):
        if self.source_id and (self.descriptor or self.reason):
            raise ValidationError({"descriptor": _("A citation has a source or an unnamed source, not both.")})
