import io
import uuid

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

MAX_PIXELS = 60_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
MAX_SIDE = 2560
WIDTHS = (480, 960, 1600)


class SourceType(models.TextChoices):
    """How a picture came to be: the codes of http://cv.iptc.org/newscodes/digitalsourcetype/, in our words."""

    CAPTURE = "digitalCapture", _("taken with a digital camera")
    COMPUTATIONAL = "computationalCapture", _("taken by a camera that joins several shots, as phones do")
    NEGATIVE = "negativeFilm", _("scanned from a negative")
    POSITIVE = "positiveFilm", _("scanned from a slide")
    PRINT = "print", _("scanned from a print or another document")
    HUMAN_EDITS = "humanEdits", _("a picture that a person changed")
    ENHANCED = "algorithmicallyEnhanced", _("a picture that a program changed or improved, without generative AI")
    SCREEN = "screenCapture", _("screenshot")
    VIRTUAL = "virtualRecording", _("recorded in a virtual world")
    DATA = "dataDrivenMedia", _("drawn from data: a chart, a map")
    CREATION = "digitalCreation", _("drawn or designed by a person")
    ALGORITHM = "algorithmicMedia", _("made by a program, without generative AI")
    COMPOSITE_CAPTURE = "compositeCapture", _("put together from several photographs")
    COMPOSITE = "composite", _("put together from several pictures")
    COMPOSITE_AI = "compositeSynthetic", _("put together from several pictures, some made with generative AI")
    EDITED_AI = "compositeWithTrainedAlgorithmicMedia", _("changed with generative AI")
    AI = "trainedAlgorithmicMedia", _("made with generative AI")


# What readers are told beside the credit of a picture that does not show what a camera saw, by its SourceType.
LABELS = {
    SourceType.COMPOSITE_CAPTURE: _("Composite picture"),
    SourceType.COMPOSITE: _("Composite picture"),
    SourceType.COMPOSITE_AI: _("Composite picture, partly made with AI"),
    SourceType.EDITED_AI: _("Changed with AI"),
    SourceType.AI: _("Made with AI"),
}


class PictureManager(models.Manager):
    def get_by_natural_key(self, pk):
        return self.get(pk=pk)


def random_name(picture, filename):
    """Return where a picture's file lies: under its random id, never under the name it came with."""
    return f"pictures/{picture.pk}.{filename.rpartition('.')[2]}"


class Picture(models.Model):
    """A picture, normalised on upload: upright, at most 2,560 pixels a side, without metadata or position."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.ImageField(_("file"), upload_to=random_name, width_field="width", height_field="height")
    width = models.PositiveIntegerField(editable=False, null=True)
    height = models.PositiveIntegerField(editable=False, null=True)
    alt = models.CharField(
        _("description"), max_length=300, blank=True, help_text=_("What it shows, for readers who cannot see it.")
    )
    decorative = models.BooleanField(
        _("decorative"),
        default=False,
        help_text=_("It shows nothing that the text does not say: screen readers pass over it, without a description."),
    )
    caption = models.CharField(_("caption"), max_length=300, blank=True)
    credit = models.CharField(_("credit"), max_length=200, blank=True, help_text=_("Who made it, and for whom."))
    source_type = models.CharField(
        _("how it was made"),
        max_length=40,
        choices=SourceType,
        blank=True,
        help_text=_("Readers see beside the credit if it was made or changed with AI, or put together."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PictureManager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self):
        return self.alt or self.caption or str(self.pk)

    def save(self, *args, **kwargs):
        if self.file and not self.file._committed:
            image, content, extension = getattr(self, "normalised", None) or normalise(self.file)
            content.name = f"picture.{extension}"  # of a file without a name Django takes no width and height
            self.file.save(content.name, content, save=False)
            for width, smaller in renditions(image):
                self.file.storage.save(f"pictures/{self.pk}-{width}.webp", smaller)
        super().save(*args, **kwargs)

    def natural_key(self):
        return (str(self.pk),)

    def delete_files(self):
        """Delete the file and its renditions from the storage; what is gone already is no error."""
        stem = self.file.name.rpartition(".")[0]  # not the id, which a deleted row has no more
        for name in (self.file.name, *(f"{stem}-{width}.webp" for width in WIDTHS)):
            self.file.storage.delete(name)

    def clean(self):
        if self.decorative and self.alt:
            raise ValidationError({"decorative": _("Describe it, or call it decorative: not both.")})
        if self.file and not self.file._committed:
            self.normalised = normalise(self.file)


def normalise(file):
    """Return (image, content, extension) of an upload decoded safely and encoded anew, or raise ValidationError."""
    try:
        file.seek(0)
        image = Image.open(file, formats=FORMATS)  # lazy: reads the header only
        if image.width * image.height > MAX_PIXELS:
            raise ValidationError(_("This picture is too large: at most 60 megapixels can be read."))
        image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValidationError(_("This file cannot be read as a JPEG, PNG, WebP or AVIF picture.")) from error
    profile = image.info.get("icc_profile")
    image = ImageOps.exif_transpose(image)
    image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    alpha = image.mode in ("RGBA", "LA") or "transparency" in image.info
    image = image.convert("RGBA" if alpha else "RGB")
    image.info = {"icc_profile": profile} if profile else {}
    out = io.BytesIO()
    if alpha:
        image.save(out, "WEBP", quality=88, icc_profile=profile)
    else:
        image.save(out, "JPEG", quality=88, icc_profile=profile, progressive=True, optimize=True)
    return image, ContentFile(out.getvalue()), "webp" if alpha else "jpg"


def renditions(image):
    """Yield (width, content) for each of WIDTHS that is smaller than the image."""
    for width in WIDTHS:
        if width < image.width:
            out = io.BytesIO()
            resized = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
            resized.save(out, "WEBP", quality=78, method=4, icc_profile=image.info.get("icc_profile"))
            yield width, ContentFile(out.getvalue())
