import pytest

from stories.models import Version
from stories.site.story import render_story
from tests.factories import make_published, make_revision

pytestmark = pytest.mark.django_db


def page_of(client, version):
    return client.get(version.get_absolute_url()).content.decode()


def test_a_story_shows_its_headline_and_its_source(client):
    html = page_of(client, make_published(headline="The gate opens"))
    assert '<h1 id="headline">The gate opens</h1>' in html
    assert 'aria-label="Source 1: Harbour Office"' in html


def test_an_unsaved_version_can_be_shown_with_a_banner(rf):
    revision = make_revision(headline="Not out yet")
    request = rf.get("/")
    request.instant = revision.created_at
    version = Version(story=revision.story, document=revision.document, headline="Not out yet")
    html = render_story(request, version, banner="Preview: only you can see this.").content.decode()
    assert "Not out yet" in html
    assert "Preview: only you can see this." in html
    assert '<meta name="robots" content="noindex">' in html
