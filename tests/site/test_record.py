import datetime

import pytest
from django.utils import timezone

from stories.publishing.removals import withdraw
from stories.publishing.verbs import seen
from stories.site import record
from tests.factories import make_published, publish_change

pytestmark = pytest.mark.django_db
LATER = datetime.timedelta(days=1)


def path(instant):
    return f"/record/{instant:%Y-%m-%d}.txt"


@pytest.fixture
def today():
    now = timezone.now()
    if now.hour == 23 and now.minute == 59:
        pytest.skip("midnight comes between")
    return path(now)


def lines(response):
    """Return the lines of a record that are no comment."""
    content = b"".join(response) if response.streaming else response.content
    return [line for line in content.decode().splitlines() if not line.startswith("#")]


def test_the_record_of_today_is_plain_text_with_a_line_a_version(client, editor, today):
    first = make_published(by=editor)
    second = publish_change(first.story, by=editor, headline="Changed")
    response = client.get(today)
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["X-Robots-Tag"] == "noindex"
    assert [line.split()[0] for line in lines(response)] == [first.sha256, second.sha256]
    assert "manage.py verify_record --against FILE" in response.content.decode().replace("\n# ", " ")


def test_a_day_without_versions_has_a_header_only(client, today):
    for address in ("/record/2001-02-28.txt", "/record/0001-01-01.txt", today):
        response = client.get(address)
        assert response.status_code == 200
        assert response.content.startswith(b"# The Newsroom: the record of ")
        assert lines(response) == []


@pytest.mark.parametrize(
    "day",
    [
        "2025-02-30",
        "0000-01-01",
        "2025-13-01",
        "2025-2-3",
        "20250228",
        "9999-12-31",
        "٢٠٢٥-٠٢-٢٨",
        "x",
        "2025-02-28T00",
    ],
)
def test_what_is_no_day_or_lies_ahead_is_not_found(client, day):
    assert client.get(f"/record/{day}.txt").status_code == 404


def test_tomorrow_has_no_record_though_something_is_planned_for_it(client, editor):
    now = timezone.now()
    first = make_published(by=editor)
    publish_change(first.story, by=editor, headline="Later", at=now + LATER)
    assert client.get(path(now + LATER)).status_code == 404


def test_what_was_not_changed_is_not_sent_again(client, editor, today):
    first = make_published(by=editor)
    etag = client.get(today)["ETag"]
    assert client.get(today, headers={"if-none-match": etag}).status_code == 304
    publish_change(first.story, by=editor, headline="Changed")
    assert client.get(today, headers={"if-none-match": etag}).status_code == 200


def test_a_withdrawn_story_keeps_its_lines(client, editor, today):
    first = make_published(by=editor, headline="The gate")
    before = lines(client.get(today))
    withdraw(first.story, by=editor, signed="Ada", reason="It was forged.", expecting=seen(first.story))
    after = lines(client.get(today))
    assert after[:1] == before
    assert [line.split()[0] for line in after[1:]] == ["altered", after[2].split()[0], "altered"]
    assert not [words for words in ("gate", "forged", "Ada") if words in "".join(after)]


def test_a_record_too_long_to_hold_is_streamed(client, editor, today, monkeypatch):
    made = [make_published(by=editor) for _ in range(3)]
    whole = client.get(today).content
    monkeypatch.setattr(record, "WHOLE", 20)
    response = client.get(today)
    assert response.streaming
    assert b"".join(response) == whole
    assert len(lines(client.get(today))) == len(made)
    assert "ETag" not in client.get(today)


def test_a_record_costs_two_queries(client, editor, today, django_assert_num_queries):
    for _ in range(5):
        first = make_published(by=editor)
        publish_change(first.story, by=editor, headline="Changed")
    with django_assert_num_queries(2):
        client.get(today)


def test_only_reading_is_allowed(client, today):
    assert client.post(today).status_code == 405
    assert client.head(today).status_code == 200


def test_the_history_of_a_story_says_how_to_check_it(client, editor, today):
    version = make_published(by=editor)
    html = client.get(f"{version.path}history/").content.decode()
    assert "How to check this record" in html
    assert f'<a href="{today}">' in html
    assert f"<code>{version.story_id}</code>" in html
