from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from stories.models.term import Term


class Author(Term):
    """A person or a collective with a page. Need not have a login."""

    collective = models.BooleanField(_("collective"), default=False, help_text=_("A desk or a group, not one person."))
    biography = models.TextField(_("biography"), blank=True)
    user = models.OneToOneField(
        "stories.User", models.SET_NULL, verbose_name=_("login"), null=True, blank=True, related_name="author"
    )

    class Meta(Term.Meta):
        verbose_name = _("author")
        verbose_name_plural = _("authors")

    def get_absolute_url(self):
        return reverse("author", args=[self.slug])
