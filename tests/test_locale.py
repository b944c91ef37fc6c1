"""The interface in other languages: nothing is missing, and what is compiled is what is written."""

import gettext
import io
import json
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.template.loader import get_template
from django.utils.translation.template import templatize

from tests.factories import make_published, utc

BASE = Path(__file__).resolve().parent.parent
CATALOGUES = sorted((BASE / "locale").glob("*/LC_MESSAGES/*.po"))
SINGLE, PLURAL, CONTEXT = None, (1, 2), ((1, "c"), 2)
KEYWORDS = {"_": SINGLE, "gettext_noop": SINGLE} | {
    f"{name}{lazy}": arguments
    for name, arguments in {
        "gettext": SINGLE,
        "ngettext": PLURAL,
        "pgettext": CONTEXT,
        "npgettext": (*CONTEXT, 3),
    }.items()
    for lazy in ("", "_lazy")
}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}|</?\w[^>]*>")


@pytest.fixture(params=CATALOGUES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def path(request):
    return request.param


@pytest.fixture
def catalogue(path):
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def test_there_is_a_catalogue_of_pages_and_one_of_scripts_in_each_language():
    assert {path.stem for path in CATALOGUES} == {"django", "djangojs"}
    assert len(CATALOGUES) == 2 * len({path.parent for path in CATALOGUES})


def test_every_message_is_translated_and_none_is_a_guess_or_a_leftover(catalogue):
    missing = [message.id for message in catalogue if message.id and not all(forms(message))]
    guessed = [message.id for message in catalogue if message.id and message.fuzzy]
    assert (missing, guessed, [*catalogue.obsolete]) == ([], [], [])


def test_every_message_keeps_its_placeholders_and_tags(catalogue):
    wrong = []
    for message in catalogue:
        # What the plural of the original has, each form must have: Russian says 21, 31 … in the singular.
        wanted = sorted(PLACEHOLDER.findall(message.id[1] if message.pluralizable else message.id))
        wrong += [form for form in forms(message) if message.id and sorted(PLACEHOLDER.findall(form)) != wanted]
    assert wrong == []


def test_the_catalogue_has_the_messages_of_the_sources_and_no_others(path, catalogue):
    found = set(messages_of_scripts() if path.stem == "djangojs" else messages_of_pages())
    written = {(message.context, message.id) for message in catalogue if message.id}
    # A message that is used with a plural and without one is one entry, the plural's.
    singulars = {(context, id[0]) for context, id in found if isinstance(id, tuple)}
    assert written == found - singulars, "Refresh the catalogues with `make messages`."


def test_no_message_hides_in_an_f_string():
    # There neither xgettext nor babel finds it.
    sources = [source for root in ("newsroom", "stories") for source in (BASE / root).rglob("*.py")]
    hidden = re.compile(r"""\bf(["'])[^\n]*\{\w*(_|gettext|gettext_lazy)\(["']""")
    assert [source.name for source in sources if hidden.search(source.read_text("utf-8"))] == []


def test_the_compiled_catalogue_is_up_to_date(path, catalogue):
    with path.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog
    fresh = io.BytesIO()
    write_mo(fresh, catalogue)
    fresh.seek(0)
    written = gettext.GNUTranslations(fresh)._catalog
    assert without_header(compiled) == without_header(written), "Refresh the catalogues with `make messages`."


def forms(message):
    return message.string if message.pluralizable else (message.string,)


def without_header(compiled):
    return {id: text for id, text in compiled.items() if id}


def messages_of_pages():
    """Yield (context, id) of each message in Python and templates; the id of one with a plural is a pair."""
    for root in ("newsroom", "stories"):
        for source in (BASE / root).rglob("*.py"):
            yield from messages("python", source.read_bytes())
    for source in (BASE / "templates").rglob("*.*"):
        # Django writes a template as Python that only gettext's own tools can indent.
        lines = templatize(source.read_text("utf-8")).split("\n")
        yield from messages("python", "\n".join(line.strip() for line in lines).encode())


def messages_of_scripts():
    for source in [*(BASE / "static").rglob("*.js"), BASE / "newsroom" / "borrowed.js"]:
        yield from messages("javascript", source.read_bytes(), {"parse_template_string": True})


def messages(kind, source, options=None):
    for _line, id, _comments, context in extract(kind, io.BytesIO(source), KEYWORDS, options=options):
        yield context, id


@pytest.fixture
def _russian(settings):
    settings.LANGUAGE_CODE = "ru"


@pytest.mark.django_db
@pytest.mark.usefixtures("_russian")
def test_a_story_keeps_its_language_on_a_page_that_speaks_the_sites(client):
    live = make_published(headline="Nine ships wait", language="en", at=utc(2025, 3, 4, 7))
    page = client.get(live.path).content.decode()
    for part in (
        '<html lang="en" dir="ltr">',
        '<h1 id="headline">Nine ships wait</h1>',
        '<header class="masthead" lang="ru" dir="ltr">',
        '<h2 id="sources" lang="ru">Источники</h2>',
        'aria-label="Источник 1: Harbour Office" lang="ru">1</a>',
        '<li lang="ru">Опубликовано <b><time datetime="2025-03-04T07:00:00Z">4 марта 2025, 07:00 UTC</time></b></li>',
    ):
        assert part in page


@pytest.mark.django_db
@pytest.mark.usefixtures("_russian")
def test_the_front_page_marks_what_is_in_another_language(client):
    make_published(headline="Nine ships wait", language="en")
    page = client.get("/").content.decode()
    assert '<html lang="ru" dir="ltr">' in page
    assert "Все темы" in page
    assert re.search(r' lang="en"[^>]*>\s*(<[^>]*>\s*)*Nine ships wait', page)


@pytest.mark.usefixtures("_russian")
def test_the_desk_and_its_scripts_speak_the_sites_language(client, editor):
    client.force_login(editor)
    page = client.get("/admin/").content.decode()
    assert '<html lang="ru"' in page
    assert "Проверки ничего не ждёт." in page
    assert "Добавить: тема" in client.get("/admin/stories/topic/").content.decode()
    assert json.dumps("Сослаться на источник") in client.get("/admin/jsi18n/").content.decode()


@pytest.mark.usefixtures("_russian")
@pytest.mark.parametrize(
    ("template", "words"), [("500.html", "Что-то пошло не так"), ("503.html", "На сайте идут работы")]
)
def test_the_pages_of_last_resort_speak_the_sites_language(template, words):
    page = get_template(template).render()
    assert '<html lang="ru" dir="ltr">' in page
    assert words in page
