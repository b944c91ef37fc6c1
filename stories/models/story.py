import uuid

from content_editor.models import Region
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from taggit.managers import TaggableManager

from stories.models.author import Author
from stories.models.picture import Picture
from stories.models.tag import StoryTag
from stories.models.term import validate_slug
from stories.models.topic import Topic


class StoryManager(models.Manager):
    def get_by_natural_key(self, pk):
        return self.get(pk=pk)


def default_language():
    return settings.LANGUAGE_CODE


class Story(models.Model):
    """The desk's working copy. Readers never see a field of it: they see its versions."""

    class Kind(models.TextChoices):
        NEWS = "news", _("news")
        BREAKING = "breaking", _("breaking")
        SUMMARY = "summary", pgettext_lazy("kind of story", "summary")
        EXPLAINER = "explainer", _("explainer")
        ANALYSIS = "analysis", _("analysis")
        OPINION = "opinion", _("opinion")
        QUESTIONS = "questions", _("questions and answers")
        PAGE = "page", _("page about us")

    class Stage(models.TextChoices):
        """How far what readers do not have yet has come. Empty: they have all there is."""

        PITCH = "pitch", _("pitch")
        DRAFTING = "drafting", _("drafting")
        REVIEW = "review", _("in review")
        READY = "ready", _("ready")

    class AIUse(models.TextChoices):
        NONE = "none", _("not used")
        ASSISTED = "assisted", _("assisted")
        TRANSLATED = "translated", _("translated by machine, checked by an editor")
        GENERATED = "generated", _("generated, checked by an editor")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    headline = models.CharField(_("headline"), max_length=250, blank=True)
    kicker = models.CharField(_("kicker"), max_length=100, blank=True, help_text=_("The label above the headline."))
    standfirst = models.TextField(
        _("standfirst"), blank=True, help_text=_("The paragraph under the headline: what the story says, in brief.")
    )
    summary = models.TextField(
        _("summary"), blank=True, help_text=_("For lists, feeds and search results. The standfirst is used if empty.")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.NEWS)
    language = models.CharField(
        _("language"), max_length=35, default=default_language, help_text=_("A BCP 47 code such as en, ru or pt-BR.")
    )
    slug = models.CharField(
        _("slug"),
        max_length=100,
        blank=True,
        validators=[validate_slug],
        help_text=_("The end of the story’s address. Made from the headline if left empty."),
    )
    slugline = models.CharField(
        _("slugline"), max_length=100, blank=True, help_text=_("The desk’s short name for it. Readers never see it.")
    )
    dateline = models.CharField(_("dateline"), max_length=100, blank=True, help_text=_("Where it was reported."))
    lead_image = models.ForeignKey(Picture, models.PROTECT, verbose_name=_("lead picture"), null=True, blank=True)
    editors_note = models.TextField(
        _("editor’s note"), blank=True, help_text=_("Public: how the story came about, or what readers should know.")
    )
    interest_note = models.TextField(
        _("interests"),
        blank=True,
        help_text=_("Public: ties of the newsroom or an author to the subject. Write “None.” if there are none."),
    )
    ai_use = models.CharField(_("use of AI"), max_length=20, choices=AIUse, default=AIUse.NONE)
    # In no document, like the embargo: whoever it is answers for it inside the house.
    ai_reviewer = models.ForeignKey(
        "stories.User",
        models.PROTECT,
        verbose_name=_("checked by"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Who checked what a machine translated or wrote. Readers never see it."),
    )
    embargo_until = models.DateTimeField(
        _("embargo until"),
        null=True,
        blank=True,
        help_text=_("Nobody outside sees it before, also because of a document it cites. Readers never see this."),
    )
    translation_of = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("translation of"), null=True, blank=True, related_name="translations"
    )
    topics = models.ManyToManyField(Topic, verbose_name=_("topics"), blank=True, related_name="stories")
    tags = TaggableManager(verbose_name=_("tags"), through=StoryTag, blank=True, help_text="")
    authors = models.ManyToManyField(Author, verbose_name=_("authors"), through="Credit", related_name="stories")

    # Of the desk alone: in no document, so in no version.
    stage = models.CharField(_("stage"), max_length=20, choices=Stage, default=Stage.DRAFTING, blank=True)
    stage_since = models.DateTimeField(_("in this stage since"), default=timezone.now)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("owner"), null=True, blank=True, related_name="+",
        db_index=False,
    )  # fmt: skip
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("waits for"), null=True, blank=True,
        related_name="+", db_index=False,
    )  # fmt: skip
    due = models.DateTimeField(_("due"), null=True, blank=True)
    budget_line = models.CharField(
        _("budget line"),
        max_length=300,
        blank=True,
        help_text=_("One sentence that tells colleagues what the story is. Readers never see it."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    changed_at = models.DateTimeField(_("last saved"), auto_now=True, db_index=True)

    regions = [Region(key="main", title=_("Body"))]
    objects = StoryManager()

    class Meta:
        ordering = ["-changed_at"]
        verbose_name = _("story")
        verbose_name_plural = _("stories")
        permissions = [
            ("publish_story", _("Can publish, schedule and correct stories")),
            ("retract_story", _("Can retract and withdraw stories")),
            ("redact_story", _("Can remove a passage from all versions")),
        ]
        indexes = [
            models.Index(fields=["stage", "stage_since", "id"], name="stories_in_stage"),
            models.Index(fields=["owner", "stage", "stage_since", "id"], name="stories_of_owner"),
            models.Index(fields=["due", "id"], condition=Q(due__isnull=False), name="stories_due"),
            models.Index(
                fields=["embargo_until", "id"], condition=Q(embargo_until__isnull=False), name="stories_embargoed"
            ),
        ]

    def __str__(self):
        return self.headline or self.slugline or str(_("Untitled story"))

    def natural_key(self):
        return (str(self.pk),)


class Credit(models.Model):
    """An author's part in a story; the byline prints them in order."""

    story = models.ForeignKey(Story, models.CASCADE, related_name="credits")
    author = models.ForeignKey(Author, models.PROTECT, related_name="credits", verbose_name=_("author"))
    role = models.CharField(
        _("role"), max_length=100, blank=True, help_text=_("Empty for writing; else “photographs”, “translation”.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        constraints = [models.UniqueConstraint(fields=["story", "author"], name="one_credit_an_author")]

    def __str__(self):
        return f"{self.author} ({self.role})" if self.role else str(self.author)
