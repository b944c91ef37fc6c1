from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.urls import get_script_prefix
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stories.models.story import Story


class VersionQuerySet(models.QuerySet):
    def visible_at(self, instant):
        """Keep the versions that readers see at `instant`, an aware datetime: one of the two public rules."""
        still = Q(visible_until=None) | Q(visible_until__gt=instant)
        return self.filter(still, visible_from__lte=instant)

    def published_by(self, instant):
        """Keep what was ever on the record by `instant`, an aware datetime: the other rule, for history and proof."""
        return self.filter(visible_from__lte=instant)

    def entered_from(self, start, end):
        """Keep what came on the record from `start` until before `end`, in that order, each with its `entered_at`.

        A version does so when it becomes visible; one that was imported, and so is dated back, when it was recorded.
        """
        rows = self.annotate(entered_at=Greatest("visible_from", "recorded_at"))
        return rows.filter(entered_at__gte=start, entered_at__lt=end).order_by("entered_at", "id")

    def listed_at(self, instant, until=None):
        """Keep what lists, feeds and sitemaps of stories show at `instant`; newest story first.

        `until`, an aware datetime, keeps the stories first published by then.
        """
        # sort_at <= instant follows from the rule, but only this bounds the range of the index that is read.
        # And it is one bound: of two SQLite seeks to either, and from the later reads all that lies between.
        until = min(until or instant, instant)
        return self.visible_at(instant).filter(listed=True, sort_at__lte=until).order_by("-sort_at", "-id")

    def without_document(self):
        return self.defer("document", "salt", "sha256", "prev_sha256")


class VersionManager(models.Manager.from_queryset(VersionQuerySet)):
    def get_by_natural_key(self, story, number):
        return self.get(story=story, number=number)


class Version(models.Model):
    """What readers saw of a story from `visible_from` until `visible_until`.

    Only stories/publishing writes versions. It closes them; only a removal alters one. The columns after `document`
    are read from it, for lists; `rebuild` remakes them.
    """

    class Change(models.TextChoices):
        FIRST = "first", _("first published")
        MINOR = "minor", _("minor change")
        UPDATE = "update", _("update")
        CLARIFICATION = "clarification", _("clarification")
        CORRECTION = "correction", _("correction")
        EDITORS_NOTE = "editors_note", _("editor’s note")
        RETRACTION = "retraction", _("retraction")
        WITHDRAWAL = "withdrawal", _("withdrawal")
        REDACTION = "redaction", _("redaction")

    story = models.ForeignKey(Story, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    change = models.CharField(_("change"), max_length=20, choices=Change)
    note = models.CharField(pgettext_lazy("public", "note"), max_length=500, blank=True)  # public: what changed and why
    visible_from = models.DateTimeField(_("visible from"))
    visible_until = models.DateTimeField(_("visible until"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded"))  # when this row was written; an import cannot choose it
    path = models.CharField(_("address"), max_length=160)
    document = models.JSONField(_("document"))

    salt = models.CharField(max_length=64)  # never published or exported: it keeps a removed text from being guessed
    sha256 = models.CharField(max_length=64)
    prev_sha256 = models.CharField(max_length=64, blank=True)

    kind = models.CharField(_("kind"), max_length=20, choices=Story.Kind)
    language = models.CharField(_("language"), max_length=35)
    headline = models.CharField(_("headline"), max_length=250)
    kicker = models.CharField(_("kicker"), max_length=100, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    sort_at = models.DateTimeField(_("first published"))  # of the story
    updated_at = models.DateTimeField(_("updated"))  # since when readers have its last change that was not minor
    translation_of = models.UUIDField(_("translation of"), null=True, blank=True)  # id of the original story
    source_count = models.PositiveSmallIntegerField(_("sources"), default=0)
    # What was declared up to here, [{number, change, at, note, correction}]: corrections and the like, noted updates.
    declared = models.JSONField(default=list)
    # What the editor overrode, with a reason, as the history tells: [{check, sentence, words, reason}].
    overrides = models.JSONField(default=list)
    # "retraction" or "withdrawal" if the story was taken back, on its earlier versions too; else empty.
    taken_back = models.CharField(_("taken back"), max_length=20, blank=True)
    listed = models.BooleanField(_("listed"), default=True)  # false: withdrawn, or a page about us

    objects = VersionManager()

    class Meta:
        ordering = ["story", "number"]
        get_latest_by = "number"
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        constraints = [
            models.UniqueConstraint(fields=["story", "number"], name="one_version_per_number"),
            models.UniqueConstraint(fields=["story", "visible_from"], name="one_version_per_instant"),
            models.UniqueConstraint(fields=["story"], condition=Q(visible_until=None), name="one_open_version"),
            models.CheckConstraint(
                name="visible_for_a_while", condition=Q(visible_until=None) | Q(visible_until__gt=F("visible_from"))
            ),
        ]
        indexes = [
            models.Index(fields=["path", "visible_from", "visible_until"], name="version_at_path"),
            models.Index(fields=["-sort_at", "-id", "visible_from", "visible_until", "listed"], name="versions_listed"),
            models.Index(fields=["visible_from"], name="versions_by_instant"),
            models.Index(fields=["change", "visible_from"], name="versions_by_change"),
            models.Index(Greatest("visible_from", "recorded_at"), "id", name="versions_entered"),
            models.Index(
                fields=["translation_of"], name="version_translations", condition=Q(translation_of__isnull=False)
            ),
            models.Index(
                fields=["visible_from", "visible_until"], condition=Q(kind=Story.Kind.PAGE), name="pages_about_us"
            ),
        ]

    def __str__(self):
        return f"{self.headline} ({self.number})"

    def get_absolute_url(self):
        return get_script_prefix().rstrip("/") + iri_to_uri(self.path)

    def natural_key(self):
        return (*self.story.natural_key(), self.number)

    natural_key.dependencies = ["stories.story"]

    def is_pending(self, now):
        """Tell whether this is a plan, not yet record. What went out while the clock ran back is no plan."""
        return self.visible_from > now and self.visible_from > self.recorded_at

    @property
    def corrections(self):
        """Return the declared corrections up to this version: [{number, at, note, correction}]."""
        return [change for change in self.declared if change["change"] == self.Change.CORRECTION]
