import datetime

import pytest
from django.utils import timezone

from stories.publishing.imports import import_versions
from stories.publishing.removals import retract, withdraw
from stories.publishing.verbs import seen
from tests.factories import make_published, make_revision, publish_change

pytestmark = pytest.mark.django_db
WRONG = {"wrong": "It was <b>Thursday</b>.", "right": "It was Friday.", "severity": "normal"}


def read(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


@pytest.fixture
def corrected(editor):
    first = make_published(by=editor, headline="The gate")
    return publish_change(
        first.story, by=editor, change="correction", correction=WRONG, note="A wrong day.", standfirst="On Friday."
    )


def make_corrections(number):
    first, now = make_revision(), timezone.now()
    rows = [(first.document, "first", "", now - datetime.timedelta(days=1))]
    for n in range(number):
        document = first.document | {"standfirst": f"State {n}.", "correction": WRONG}
        rows.append((document, "correction", f"Note {n}!", now - datetime.timedelta(minutes=number - n)))
    return import_versions(first.story, rows)


def test_the_page_tells_what_was_wrong_and_links_what_changed(client, corrected):
    html = read(client, "/corrections/")
    for words in ("The gate", "A wrong day.", "It was &lt;b&gt;Thursday&lt;/b&gt;.", "It was Friday."):
        assert words in html
    assert f'href="{corrected.path}history/1-2/"' in html
    assert f'href="{corrected.path}#change-2"' in html


def test_a_site_without_corrections_says_so(client):
    assert "Nothing has been corrected yet." in read(client, "/corrections/")


def test_the_page_is_paged_newest_first(client, django_assert_max_num_queries):
    make_corrections(21)
    with django_assert_max_num_queries(3):
        html = read(client, "/corrections/")
    assert html.index("Note 20!") < html.index("Note 1!")
    assert "Note 0!" not in html
    key = html.partition("?before=")[2].partition('"')[0]
    older = read(client, f"/corrections/?before={key}")
    assert "Note 0!" in older
    assert "Note 1!" not in older


def test_a_page_that_is_none_is_not_found(client, corrected):
    read(client, "/corrections/?before=x", 404)
    read(client, "/corrections/?before=19990101T000000000000-1", 404)


@pytest.mark.parametrize("format", ["rss", "atom"])
def test_the_feed_carries_corrections(client, corrected, format):
    xml = read(client, f"/feeds/corrections.{format}")
    assert "Correction: The gate" in xml
    assert "It was Friday." in xml
    assert f"urn:uuid:{corrected.story_id}:2" in xml


def test_a_correction_that_waits_for_its_time_is_nowhere(client, editor):
    first = make_published(by=editor)
    later = timezone.now() + datetime.timedelta(hours=1)
    publish_change(
        first.story, by=editor, change="correction", correction=WRONG, note="Secret.", at=later, standfirst="Friday."
    )
    assert "Secret." not in read(client, "/corrections/") + read(client, "/feeds/corrections.rss")


def test_what_was_withdrawn_is_gone_and_what_was_retracted_is_marked(client, editor, corrected):
    told = {"by": editor, "signed": "Ada", "reason": "It was forged."}
    retract(corrected.story, **told, expecting=seen(corrected.story))
    html = read(client, "/corrections/")
    assert "retracted since" in html
    assert "See what changed" not in html  # it is gone
    withdraw(corrected.story, **told, expecting=seen(corrected.story))
    assert "Nothing has been corrected yet." in read(client, "/corrections/")
