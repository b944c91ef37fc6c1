import datetime
import re

import pytest
from django.utils import timezone
from django.utils.html import escape

from stories.models import ShareLink, SiteChange, Story
from stories.publishing.revisions import save_document
from stories.publishing.share import revoke, share
from stories.publishing.verbs import publish, seen
from tests.factories import make_editor, make_published, make_revision, make_source, publish_change, utc
from tests.site.rich import rich_fields

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def make_address(revision, label="Our lawyer", **values):
    expires_at = timezone.now() + DAY
    _link, token = share(revision, by=make_editor(), label=label, expires_at=expires_at, **values)
    return f"/share/{token}/"


def page(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def banner(client, address):
    return re.search(r'<p class="banner">(.*?)</p>', page(client, address))[1]


def test_a_story_that_is_not_published_is_read_by_its_link(client):
    text = page(client, make_address(make_revision(headline="Secret", text="The gate opens.")))
    assert "Secret</h1>" in text
    assert "The gate opens." in text
    assert "Published <b>" not in text


def test_the_banner_says_for_whom_it_is_and_until_when_it_is_confidential(client, editor):
    revision = make_revision()
    address = make_address(revision, label="Jane <b>")
    assert banner(client, address) == (
        "Not published. Confidential until we publish it. For Jane &lt;b&gt;. Do not pass on."
    )
    assert "For Roe &amp; Co. Do not" in banner(client, make_address(revision, label="Roe & Co."))
    publish(revision, by=editor, expecting=(None, None), at=utc(2099, 3, 1, 9))
    assert banner(client, address).startswith("Not published. Confidential until 1 March 2099, 09:00 UTC. For Jane")


def test_the_time_of_another_text_says_nothing_of_this_one(client, editor):
    revision = make_revision()
    publish(revision, by=editor, expecting=(None, None), at=utc(2099, 3, 1, 9))
    changed = save_document(revision.document | {"standfirst": "Other."}, revision.story)
    assert "until we publish it" in banner(client, make_address(changed))


def test_an_embargo_is_the_time_until_which_it_is_confidential(client):
    revision = make_revision()
    address = make_address(revision)
    Story.objects.update(embargo_until=utc(2099, 3, 1, 9))
    assert "Confidential until 1 March 2099, 09:00 UTC." in banner(client, address)
    Story.objects.update(embargo_until=utc(2020, 3, 1, 9))
    assert "until we publish it" in banner(client, address)


def test_an_embargo_of_a_source_is_one_too(client):
    source = make_source("Report", embargo_until=utc(2099, 3, 1, 9))
    address = make_address(make_revision(source=source))
    assert "Confidential until 1 March 2099, 09:00 UTC." in banner(client, address)
    Story.objects.update(embargo_until=utc(2099, 4, 1, 9))
    assert "Confidential until 1 April 2099, 09:00 UTC." in banner(client, address)


def test_the_banner_says_what_readers_have(client, editor):
    live = make_published(by=editor)
    address = make_address(live.story.revisions.latest())
    assert banner(client, address) == "This text is published."
    publish_change(live.story, by=editor, standfirst="Now another.")
    assert banner(client, address).startswith("Not published: readers have another text. Confidential")


def test_the_page_is_kept_by_nobody_and_tells_nobody_its_address(client):
    address = make_address(make_revision())
    response = client.get(address)
    assert response["Cache-Control"] == "no-store, private"
    assert response["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    text = response.content.decode()
    assert '<meta name="robots" content="noindex, nofollow, noarchive">' in text
    for hint in (address.split("/")[2], "canonical", "ld+json", "og:", "alternate", "/history/"):
        assert hint not in text


def test_everything_a_story_can_have_is_shown(client):
    fields = rich_fields()
    text = page(client, make_address(make_revision(**fields)))
    assert escape(fields["headline"]) in text
    assert "</article>" in text


def ended(client):
    """Return {kind: answer} of all links that lead nowhere."""
    tokens = {}
    for kind in ("expired", "revoked"):
        tokens[kind] = make_address(make_revision(headline=f"Secret {kind}"))
    first, second = ShareLink.objects.order_by("pk")
    ShareLink.objects.filter(pk=first.pk).update(expires_at=timezone.now())
    revoke(second, by=make_editor())
    odd = {"unknown": "/share/unknown/", "odd": "/share/%00%ff%F0%9F%A6%86/", "long": f"/share/{'x' * 3000}/"}
    addresses = tokens | odd
    return {kind: client.get(address) for kind, address in addresses.items()}


def test_links_that_lead_nowhere_all_say_the_same(client):
    answers = ended(client)
    first = answers["unknown"]
    assert "This link leads nowhere." in first.content.decode()
    for kind, answer in answers.items():
        assert (kind, answer.status_code, answer.content) == (kind, 404, first.content)
        assert (kind, dict(answer.headers)) == (kind, dict(first.headers))
    assert first["Cache-Control"] == "no-store, private"
    assert "Secret" not in first.content.decode()


def test_an_ended_link_is_counted_no_more(client):
    address = make_address(make_revision())
    client.get(address)
    client.head(address)
    ShareLink.objects.update(expires_at=timezone.now())
    client.get(address)
    assert ShareLink.objects.get().times_opened == 1


def test_only_reading_is_possible(client):
    address = make_address(make_revision())
    for known in (address, "/share/unknown/"):
        assert client.post(known).status_code == 405


def test_a_link_is_read_with_few_queries(client, django_assert_num_queries):
    fixed, following = make_address(make_revision(**rich_fields())), make_address(make_revision(), follow=True)
    # Link and revision, versions, count, embargoes, names, translations, related stories, the pages about us.
    with django_assert_num_queries(8):
        client.get(fixed)
    with django_assert_num_queries(9):  # the newest revision too
        client.get(following)
    with django_assert_num_queries(3):  # link, the masthead's topics, the pages about us
        client.get("/share/unknown/")


def test_reading_by_a_link_changes_nothing_for_readers(client, editor):
    revision = make_revision(headline="Secret")
    client.get(make_address(revision))
    assert not SiteChange.objects.exists()
    assert seen(revision.story) == (None, None)
    assert "Secret" not in client.get("/").content.decode()


def test_another_time_has_no_shared_stories(client):
    address = make_address(make_revision(headline="Secret"))
    response = client.get(f"/at/2025-01-01T00:00Z{address}")
    assert "Secret" not in response.content.decode()
    assert response.status_code == 302
