import gzip

import pytest
from django.template import engines

from tests.factories import make_published
from tests.site.rich import make_picture

pytestmark = pytest.mark.django_db
GZIP = {"Accept-Encoding": "gzip"}


def test_a_page_is_compressed_for_who_can_read_it(client):
    path = make_published().path
    response = client.get(path, headers=GZIP)
    assert response["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response["Vary"]
    plain = client.get(path)
    assert gzip.decompress(response.content) == plain.content
    assert "Content-Encoding" not in plain


def test_the_desk_is_sent_as_it_is(admin_client):
    response = admin_client.get("/admin/", headers=GZIP)
    assert response.status_code == 200
    assert "Content-Encoding" not in response


def test_pictures_are_sent_as_they_are(client):
    picture = make_picture()
    response = client.get(f"/media/{picture.file.name}", headers=GZIP)
    assert "Content-Encoding" not in response
    assert len(b"".join(response)) == picture.file.size == int(response["Content-Length"])


def test_pages_are_sent_without_the_indentation_of_their_templates(client):
    text = client.get(make_published().path).content.decode()
    assert "\n " not in text
    source = engines["django"].get_template("base.html").template.source
    assert "\n    <main" not in source
    assert "\n<main" in source
