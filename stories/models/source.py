from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from stories.models.term import Term


class Source(Term):
    """Who or what information comes from. Unnamed sources have no record here: see Citation."""

    class Kind(models.TextChoices):
        ORGANISATION = "organisation", _("organisation")
        PERSON = "person", _("person")
        ACCOUNT = "account", _("social account")
        DOCUMENT = "document", _("document")
        DATASET = "dataset", _("dataset")
        PUBLICATION = "publication", _("publication")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.ORGANISATION)
    role = models.CharField(
        _("role"), max_length=200, blank=True, help_text=_("What readers should know at a glance: “government”.")
    )
    handle = models.CharField(_("handle"), max_length=100, blank=True, help_text=_("Of a social account: @name."))
    platform = models.CharField(_("platform"), max_length=50, blank=True, help_text=_("Of a social account."))
    url = models.URLField(_("web address"), max_length=500, blank=True)
    description = models.TextField(_("description"), blank=True, help_text=_("A few sentences for its page."))

    embargo_until = models.DateTimeField(
        _("embargo until"),
        null=True,
        blank=True,
        help_text=_(
            "Of a document that we were given early: no story that rests on it goes out before. Readers never see this."
        ),
    )

    class Meta(Term.Meta):
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def get_absolute_url(self):
        return reverse("source", args=[self.slug])
