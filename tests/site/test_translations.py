"""A story in several languages."""

import datetime
import re

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from stories.publishing.removals import retract, withdraw
from stories.publishing.verbs import seen
from stories.site.at import address_at
from stories.site.translations import name_here, name_of, translations
from tests.factories import make_published, make_revision, publish_change
from tests.site.test_lists import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def gate(editor):
    return make_published(by=editor, headline="The gate", language="en")


def translated(original, language, headline, **values):
    return make_published(
        by=None, language=language, headline=headline, slug=headline, translation_of=str(original.story_id), **values
    )


def alternates(html):
    return re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="http://testserver([^"]+)">', html)


def test_a_story_in_one_language_says_nothing_of_languages(client, gate):
    html = page(client, gate.path)
    assert alternates(html) == []
    assert 'class="translations"' not in html


def test_each_page_names_the_same_set_itself_among_it(client, gate):
    turkish, russian = translated(gate, "tr", "Kapı"), translated(gate, "ru", "Ворота")
    make_revision(language="de", headline="Tor", translation_of=str(gate.story_id))
    expected = [
        ("en", gate.path),
        ("ru", russian.get_absolute_url()),
        ("tr", turkish.get_absolute_url()),
        ("x-default", gate.path),
    ]
    for version in (gate, turkish, russian):
        assert alternates(page(client, version.path)) == expected


def test_readers_are_led_to_the_original_and_to_other_languages(client, gate):
    turkish = translated(gate, "tr", "Kapı")
    html = page(client, turkish.path)
    assert "Translated from English." in html
    assert f'<a href="{gate.path}" hreflang="en">Read the original</a>' in html
    assert "In other languages" not in html
    assert re.search(r'hreflang="tr" lang="tr" dir="ltr">Türkçe</a>', page(client, gate.path))
    translated(gate, "ru", "Ворота")
    listed = page(client, turkish.path).partition('aria-labelledby="languages">')[2].partition("</ul>")[0]
    assert re.findall(r"hreflang=\"(\w+)\"", listed) == ["ru"]


def test_a_translation_behind_its_original_says_so(client, editor, gate):
    turkish = translated(gate, "tr", "Kapı")
    assert "The original was changed" not in page(client, turkish.path)
    publish_change(gate.story, by=editor, change="minor", dateline="Istanbul")
    assert "The original was changed" not in page(client, turkish.path)
    publish_change(gate.story, by=editor, standfirst="More is known.")
    assert "The original was changed on" in page(client, turkish.path)
    publish_change(turkish.story, by=editor, standfirst="Dahası biliniyor.")
    assert "The original was changed" not in page(client, turkish.path)


def test_a_translation_without_original_stands_alone(client, editor, gate):
    turkish, russian = translated(gate, "tr", "Kapı"), translated(gate, "ru", "Ворота")
    withdraw(gate.story, by=editor, signed="Ed", reason="By order.", expecting=seen(gate.story))
    html = page(client, turkish.path)
    assert alternates(html) == [("ru", russian.get_absolute_url()), ("tr", turkish.get_absolute_url())]
    assert "Read the original" not in html


def notice(html):
    """Return (address, words) of the notice that the original was taken back, None if there is none."""
    found = re.search(
        r'<a href="([^"]+)">(The original was [^<]*)<time datetime="[^"]+">([^<]+)</time>\.</a> What', html
    )
    return found and (found[1], found[2] + found[3])


def today():
    return date_format(timezone.localtime(), "j F Y")


def test_a_translation_says_that_its_original_was_retracted(client, editor, gate):
    before = timezone.now()
    turkish = translated(gate, "tr", "Kapı", at=before - datetime.timedelta(hours=1))
    assert notice(page(client, turkish.path)) is None
    publish_change(gate.story, by=editor, standfirst="More is known.")
    retract(gate.story, by=editor, signed="Ed", reason="Wrong.", expecting=seen(gate.story))
    html = page(client, turkish.path)
    assert notice(html) == (gate.path, f"The original was retracted on {today()}")
    assert "Translated from English." in html
    assert "Read the original" not in html
    assert "The original was changed" not in html
    assert alternates(html) == []
    assert "translationOfWork" in html
    at = address_at(before, turkish.path)
    assert notice(page(client, at)) == (address_at(before, gate.path), f"The original was retracted on {today()}")
    assert client.get(gate.path).status_code == 200


def test_a_translation_says_that_its_original_was_withdrawn_and_no_word_of_it(client, editor, gate):
    turkish = translated(gate, "tr", "Kapı")
    withdraw(gate.story, by=editor, signed="Ed", reason="By order.", expecting=seen(gate.story))
    html = page(client, turkish.path)
    assert notice(html) == (f"{gate.path}history/", f"The original was withdrawn on {today()}")
    assert "The gate" not in html
    assert "translationOfWork" not in html
    assert b"By order." in client.get(f"{gate.path}history/").content
    assert notice(page(client, address_at(timezone.now(), turkish.path))) == notice(html)


def test_a_lost_original_costs_no_query_more(client, editor, gate, django_assert_num_queries):
    turkish = translated(gate, "tr", "Kapı")
    retract(gate.story, by=editor, signed="Ed", reason="Wrong.", expecting=seen(gate.story))
    with django_assert_num_queries(1):
        assert translations(turkish, timezone.now()).lost


def test_another_time_knows_the_translations_of_then(client, gate):
    before = timezone.now()
    turkish = translated(gate, "tr", "Kapı")
    assert "Türkçe" not in page(client, address_at(before, gate.path))
    html = page(client, address_at(timezone.now(), gate.path))
    assert re.search(rf'href="/at/[^/]+{re.escape(turkish.get_absolute_url())}"', html)


def test_languages_are_called_by_their_names():
    assert [name_of(code) for code in ("tr", "pt-BR", "de-CH", "tlh")] == [
        "Türkçe",
        "Português brasileiro",
        "Deutsch",
        "tlh",
    ]
    assert [name_here(code) for code in ("tr", "pt-BR", "tlh")] == ["Turkish", "Portuguese", "tlh"]


def test_the_original_is_named_to_machines(client, gate):
    turkish = translated(gate, "tr", "Kapı")
    assert f'"translationOfWork":{{"@id":"urn:uuid:{gate.story_id}"}}' in page(client, turkish.path)
