import io
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from stories.models import Picture
from stories.models.picture import normalise
from tests.site.rich import make_picture

pytestmark = pytest.mark.django_db
ORIENTATION, GPS, MAKER = 0x0112, 0x8825, 0x010F


def file_of(image, format="JPEG", **options):
    out = io.BytesIO()
    image.save(out, format, **options)
    return ContentFile(out.getvalue(), f"my holiday.{format.lower()}")


def opened(name):
    with default_storage.open(name) as file:
        image = Image.open(file)
        image.load()
    return image


def test_a_picture_is_served_for_good(client):
    picture = make_picture()
    response = client.get(f"/media/{picture.file.name}")
    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    with default_storage.open(picture.file.name) as file:
        assert b"".join(response) == file.read()


def test_its_renditions_are_served_too(client):
    picture = make_picture(size=(1000, 600))
    response = client.get(f"/media/pictures/{picture.pk}-480.webp")
    assert response["Content-Type"] == "image/webp"
    assert b"".join(response)[8:12] == b"WEBP"


def test_its_address_is_the_one_the_storage_gives(client):
    assert b"".join(client.get(make_picture().file.url)).startswith(b"\xff\xd8")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "pictures",
        "pictures/",
        "pictures/notes.txt",
        "secret.txt",
        "pictures/../secret.txt",
        "../newsroom.sqlite3",
        "..%2Fsecret.txt",
        "%2e%2e/secret.txt",
        "/etc/passwd",
        "pictures/{id}.jpg/",
        "pictures/{id}.jpg%00",
        "pictures/{id}.jpg%0A",
        "pictures/{id}.svg",
        "pictures/{id}.html",
        "PICTURES/{id}.jpg",
        "pictures/{id}-480.jpg",
        "pictures/{id}-47.webp",
        "pictures/{other}.jpg",
    ],
)
def test_nothing_else_is_served(client, name):
    picture = make_picture()
    for hidden in ("secret.txt", "pictures/notes.txt", f"pictures/{picture.pk}.svg", f"pictures/{picture.pk}.html"):
        default_storage.save(hidden, ContentFile(b"hidden"))
    response = client.get(f"/media/{name.format(id=picture.pk, other=uuid.uuid4())}")
    assert response.status_code == 404


def test_an_upload_is_turned_upright_and_loses_where_it_was_made():
    image = Image.new("RGB", (400, 200), "red")
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # the camera was held upright
    exif[MAKER] = "Camera"
    exif[GPS] = {1: "N", 2: (41.0, 0.0, 49.0)}
    picture = Picture.objects.create(file=file_of(image, exif=exif))
    stored = opened(picture.file.name)
    assert (picture.width, picture.height) == stored.size == (200, 400)
    assert dict(stored.getexif()) == {}
    with default_storage.open(picture.file.name) as file:
        assert b"Exif" not in file.read()


def test_renditions_have_no_metadata_either():
    exif = Image.Exif()
    exif[GPS] = {1: "N", 2: (41.0, 0.0, 49.0)}
    picture = Picture.objects.create(file=file_of(Image.new("RGB", (1000, 500)), exif=exif))
    sizes = {}
    for width in (480, 960):
        small = opened(f"pictures/{picture.pk}-{width}.webp")
        sizes[width] = small.size
        assert dict(small.getexif()) == {}
    assert sizes == {480: (480, 240), 960: (960, 480)}
    assert not default_storage.exists(f"pictures/{picture.pk}-1600.webp")


def test_a_picture_lies_under_a_random_name_only():
    picture = Picture.objects.create(file=file_of(Image.new("RGB", (10, 10))))
    assert picture.file.name == f"pictures/{picture.pk}.jpg"
    assert default_storage.listdir("pictures")[1] == [f"{picture.pk}.jpg"]


def test_what_is_transparent_stays_so():
    picture = Picture.objects.create(file=file_of(Image.new("RGBA", (10, 10), (255, 0, 0, 0)), "PNG"))
    assert picture.file.name == f"pictures/{picture.pk}.webp"
    stored = opened(picture.file.name)
    assert (stored.format, stored.mode, stored.getpixel((5, 5))[3]) == ("WEBP", "RGBA", 0)


def test_a_large_picture_is_made_smaller():
    picture = Picture.objects.create(file=file_of(Image.new("L", (5120, 1000))))
    assert (picture.width, picture.height) == (2560, 500)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded():
    bomb = file_of(Image.new("1", (10_000, 6_001)), "PNG")
    assert bomb.size < 20_000
    with pytest.raises(ValidationError, match="too large: at most 60 megapixels"):
        normalise(bomb)


@pytest.mark.parametrize("content", [b"<html><script>", b"", b"\xff\xd8\xff\xe0 cut off", b"<svg xmlns='x'/>"])
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(ValidationError, match="cannot be read as a JPEG, PNG, WebP or AVIF picture"):
        normalise(ContentFile(content, "picture.jpg"))


def test_a_gif_is_refused():
    with pytest.raises(ValidationError, match="cannot be read as a JPEG"):
        normalise(file_of(Image.new("P", (10, 10)), "GIF"))
