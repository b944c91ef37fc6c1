"""Passages in another language: found where nothing marks them, and never what a sentence borrows."""

import json
from pathlib import Path

import pytest

from stories.publishing.document import upgraded
from stories.publishing.preflight.languages import SCRIPT_OF, SMALL_WORDS
from stories.publishing.preflight.wording import languages_are_marked
from tests.publishing.test_preflight import OWN, document, post, quote, text

# The same news in each language that is known.
PASSAGES = {
    "en": """The harbour office said on Monday that the north gate will be opened again in spring, because the repairs
        have taken longer than planned and the ships could not wait.""",
    "tr": """Liman müdürlüğü pazartesi günü yaptığı açıklamada, onarım beklenenden uzun sürdüğü için kuzey kapısının
        ilkbahara kadar kapalı kalacağını ve gemilerin başka bir limana gideceğini söyledi.""",
    "de": """Das Hafenamt hat am Montag mitgeteilt, dass das nördliche Tor erst im Frühjahr wieder geöffnet wird, weil
        die Arbeiten länger dauern als geplant und die Schiffe nicht warten können.""",
    "fr": """La capitainerie a annoncé lundi que la porte du nord ne sera pas ouverte avant le printemps, parce que les
        travaux durent plus longtemps que prévu et que les navires ne peuvent attendre.""",
    "es": """La autoridad del puerto dijo el lunes que la puerta norte no se abrirá hasta la primavera, porque las obras
        han durado más de lo previsto y los barcos ya no pueden esperar.""",
    "it": """La capitaneria ha detto lunedì che la porta a nord non sarà aperta prima della primavera, perché i lavori
        sono durati più del previsto e le navi non possono aspettare.""",
    "pt": """A autoridade do porto disse na segunda-feira que o portão norte não será aberto até à primavera, porque as
        obras demoraram mais do que o previsto e os navios já não podem esperar.""",
    "nl": """Het havenbedrijf heeft maandag gezegd dat de noordelijke poort pas in het voorjaar weer opengaat, omdat het
        werk langer duurt dan gepland en de schepen niet kunnen wachten.""",
    "pl": """Kapitanat portu poinformował w poniedziałek, że północna brama zostanie otwarta dopiero na wiosnę, ponieważ
        prace trwają dłużej, niż planowano, a statki nie mogą czekać.""",
    "sv": """Hamnkontoret sade på måndagen att den norra porten inte öppnas förrän i vår, eftersom arbetet har tagit
        längre tid än väntat och fartygen inte kan ligga kvar.""",
    "ro": """Căpitănia portului a anunțat luni că poarta de nord nu va fi deschisă până în primăvară, pentru că
        lucrările au durat mai mult decât era prevăzut, iar navele nu pot aștepta.""",
    "cs": """Přístavní úřad v pondělí oznámil, že severní brána se otevře až na jaře, protože práce trvaly déle, než se
        čekalo, a lodě už nemohou stát.""",
    "hu": """A kikötő hivatala hétfőn közölte, hogy az északi kapu csak tavasszal nyílik meg, mert a munka tovább tart,
        mint azt tervezték, és a hajók már nem várhatnak.""",
    "ru": """Управление порта в понедельник сообщило, что северные ворота откроют только весной, так как ремонт длится
        дольше, чем было задумано, и корабли уже не могут ждать.""",
    "uk": """Управління порту в понеділок повідомило, що північні ворота відчинять тільки навесні, бо ремонт триває
        довше, ніж було задумано, і кораблі вже не можуть чекати.""",
    "be": """Кіраўніцтва порта ў панядзелак паведаміла, што паўночныя вароты адчыняць толькі вясной, бо рамонт доўжыцца
        даўжэй, чым было задумана, і караблі ўжо не могуць чакаць.""",
    "bg": """Управлението на пристанището съобщи в понеделник, че северната врата ще бъде отворена чак през пролетта,
        защото ремонтът продължава по-дълго от предвиденото и корабите не могат да чакат.""",
    "ar": """قالت إدارة الميناء يوم الاثنين إن البوابة الشمالية لن تفتح قبل الربيع لأن أعمال الإصلاح التي بدأت في
        الخريف استمرت أكثر مما كان متوقعا ولا يمكن أن تنتظر السفن.""",
    "fa": """اداره بندر روز دوشنبه گفت که دروازه شمالی تا بهار باز نخواهد شد، چون تعمیرات بیش از آنچه پیش‌بینی شده بود
        طول کشیده است و کشتی‌ها دیگر نمی‌توانند منتظر بمانند.""",
    "ur": """بندرگاہ کے دفتر نے پیر کو کہا کہ شمالی دروازہ بہار سے پہلے نہیں کھلے گا کیونکہ مرمت کا کام توقع سے زیادہ
        وقت لے رہا ہے اور جہاز اب انتظار نہیں کر سکتے۔""",
}
PASSAGES = {language: " ".join(words.split()) for language, words in PASSAGES.items()}
PAIRS = [
    (language, story)
    for language in PASSAGES
    for story in PASSAGES
    if story != language and SCRIPT_OF[story] == SCRIPT_OF[language]
]

# By the language of the story, one a line: names, titles, headlines, borrowed words, short quotations, addresses.
BORROWED = {
    "en": """
        The Ministerio de Relaciones Exteriores y Culto de la República and the Universidad de La Plata signed.
        Present: Hakan Fidan, Yaşar Güler, İbrahim Kalın, Mehmet Şimşek, Ömer Çelik, Özgür Özel, Ekrem İmamoğlu.
        Jean-Luc de la Tour, Ana del Carmen Ruiz y Vega, Ludwig van der Velde, Otto von Berg, Rui dos Santos e Sá.
        Real Madrid beat Paris Saint-Germain, Bayern München lost to Beşiktaş, Śląsk Wrocław drew with Porto.
        A. E. de Vries, J. C. la Cour, O. I. Zola, K. S. da Costa, Z. Y. do Vale, E. A. el Mallakh, V. S. del Río.
        She likes “Die Leiden des jungen Werthers”, “Im Westen nichts Neues” and the film “Das Leben der Anderen”.
        Le Monde ran it under “La Russie et les Etats-Unis se sont parlé à Istanbul, sans dire de quoi” on Friday.
        Le Monde, « La Russie et les Etats-Unis se sont parlé à Istanbul », 27 février 2025
        “Wir schaffen das”, she said, and then more slowly: “wir schaffen das”, as if it were not she who had to.
        There was crème brûlée, pâté de campagne, soupe à l’oignon, tarte aux pommes and pain au chocolat for all.
        İçli köfte, çiğ köfte, künefe, şalgam suyu, kısır, mercimek çorbası, zeytinyağlı enginar, tulumba tatlısı.
        De facto, inter alia, mutatis mutandis, pro bono publico, in vino veritas, et cetera: Latin as lawyers use it.
        https://a.example/la-russie-et-les-etats-unis-ne-sont-pas-dans-une-ville-qui-est-sur-le-bosphore-pour-rien
    """,
    "de": "Das Start-up hat ein Team aus Cloud Engineers und einem Head of Growth, das Meeting war off the record.",
    "fr": "Le best of du week-end : live, replay, talk-show, prime time, scoop, buzz, breaking news, open data, cloud.",
    "tr": "Office of the High Commissioner for Human Rights, Office for the Rule of Law, High Court of Appeal of Fiji.",
    "ru": """
        Володимир Зеленський, Андрій Єрмак, Дмитро Кулеба, Рустем Умєров, Михайло Федоров, Юлія Свириденко, Ігор Гнатів.
        «Українська правда» вышла под заголовком «Що відомо про переговори і чи буде мир», «Сегодня» молчала.
    """,
    "ar": "قال پزشکیان وعراقچی وقالیباف في طهران أمس إن المحادثات كانت مفيدة وستتواصل في الأيام المقبلة",
}
BORROWED = [(story, line.strip()) for story, lines in BORROWED.items() for line in lines.strip().splitlines()]


def found(**values):
    return [(place, words) for place, _sentence, words in languages_are_marked(document(**values), None)]


def in_a_story(language, words):
    """Return what is found of a paragraph in a story whose other ones are in its own language."""
    own = text(f"<p>{PASSAGES[language]}</p>")
    return found(language=language, blocks=[own, text(f"<p>{words}</p>"), own])


def test_there_is_a_passage_for_each_language():
    assert set(PASSAGES) == set(SMALL_WORDS)


@pytest.mark.parametrize(("language", "story"), PAIRS)
def test_a_passage_in_another_language_of_the_same_script_is_found(language, story):
    [(_place, words)] = in_a_story(story, PASSAGES[language])
    assert words == [PASSAGES[language][:80]]


@pytest.mark.parametrize("language", PASSAGES)
def test_a_passage_in_the_language_of_the_story_is_none(language):
    assert in_a_story(language, PASSAGES[language]) == []


@pytest.mark.parametrize("language", PASSAGES)
def test_quoted_words_must_say_their_language_unless_it_is_the_storys(language):
    story = "tr" if language == "en" else "en"
    for block in (quote(PASSAGES[language]), post(words=PASSAGES[language])):
        assert len(found(language=story, blocks=[block])) == 1
        assert found(language=story, blocks=[block | {"language": language}]) == []
        assert found(language=language, blocks=[block]) == []


@pytest.mark.parametrize(("story", "words"), BORROWED)
def test_what_a_sentence_borrows_is_no_passage(story, words):
    assert in_a_story(story, words) == []


def test_of_a_language_that_is_not_known_nothing_is_said():
    assert in_a_story("en", "Viranomainen kertoi maanantaina, että portti avataan vasta keväällä, koska " * 2) == []
    norwegian = text(
        "<p>Kontoret sa mandag at porten ikke åpnes før til våren, fordi arbeidet har tatt lengre tid.</p>"
    )
    assert found(language="nb", blocks=[norwegian, text(f"<p>{PASSAGES['en']}</p>"), norwegian]) == []
    assert found(language="ru-Latn", blocks=[text(f"<p>{PASSAGES['en']}</p>")]) == []


def test_a_country_in_the_code_of_the_language_does_not_matter():
    assert found(language="pt-BR", blocks=[text(f"<p>{PASSAGES['pt']}</p>")]) == []
    assert len(found(language="pt-BR", blocks=[text(f"<p>{PASSAGES['es']}</p>")])) == 1


def test_a_heading_an_item_and_a_cell_are_passages_of_their_own():
    own, other = PASSAGES["en"], PASSAGES["de"]
    html = f"<h2>{own}</h2><ul><li>{other}</li></ul><table><tr><th>Gate</th><td>{other}</td></tr></table><p>{own}</p>"
    assert [words for _place, words in found(blocks=[text(html + f"<p>{own}</p>")])] == [[other[:80]]] * 2


def test_a_story_whose_own_language_is_wrong_is_told_so_once():
    html = "".join(f"<p>{PASSAGES[language]}</p>" for language in ("tr", "tr", "en"))
    blocks = [{"id": OWN, **text(html)}]
    assert found(blocks=blocks, language="en") == [("language", [PASSAGES["tr"][:80]])]
    assert found(blocks=blocks, language="tr") == [(f"blocks.{OWN}.html", [PASSAGES["en"][:80]])]


def test_no_demo_story_is_warned_of():
    rows = json.loads(Path("stories/fixtures/demo.json").read_text(encoding="utf-8"))
    documents = [upgraded(row["fields"]["document"]) for row in rows if row["model"] == "stories.version"]
    assert {document["language"] for document in documents} == {"ar", "en", "ru"}
    assert [list(languages_are_marked(document, None)) for document in documents] == [[]] * len(documents)
