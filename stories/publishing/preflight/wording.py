"""Checks of what stands on the page: placeholders, links, headings, tables, languages and pictures."""

import re
from itertools import pairwise

from django.utils.translation import gettext as _

from stories.models.prose import names_a_table, top_level
from stories.publishing.preflight.languages import is_in_another_script, is_in_other_words
from stories.publishing.preflight.reading import (
    bare,
    listed,
    own_texts,
    plain,
    prose,
    prose_in,
    quoted_texts,
    quoting,
    row,
    shown,
)

# Between brackets: there, nobody means anything else, also in the words of others.
NOTED = r"\[ ?(?:(?i:TK|ТК|TBC|TBD|to come|уточнить|дописать|eklenecek|doldurulacak)\b[^\]]{0,200}|[XХ?]{2,9} ?)\]"
# Not inside words, not the number of a flight, not the XXX of “XXX Olympiad”. X may be the Cyrillic letter.
BARE = [
    r"\b(?:TK){1,5}\b(?! ?\d{1,4}\b)",
    r"[$€£₺₽] ?[XХ]{2,9}\b",
    r"\b[XХ]{4,9}\b",
    r"\b[XХ]{3}\b(?!-| [A-ZА-ЯЁÇĞİÖŞÜ])",
    r"\b(?i:lorem ipsum)\b",
]
# Of the words of others only all of them: “TK” is what somebody may have said in a sentence, but not instead of one.
WHOLE = r"\A\W*(?:TK|ТК){1,5}\W*\Z"
TO_COME_IN_QUOTES = re.compile(f"{NOTED}|{WHOLE}")
TO_COME = re.compile("|".join([NOTED, *BARE]))
HINTS = ["[", "TK", "ТК", "XX", "ХХ", "orem", "OREM"]  # without any of them there is none of these: looked for at once
LINK = re.compile(r"<a [^>]*>(.*?)</a>")
HEADING = re.compile("<(h2|h3)>")
TABLE = re.compile("<table>.*?</table>", re.S)
WORD = re.compile(r"[^\W_]")
HERE = {
    "en": ["here", "click", "click here", "this", "this link", "link", "more", "read more", "see here", "see more"],
    "ru": ["здесь", "тут", "ссылка", "по ссылке", "далее", "читать далее", "подробнее", "нажмите здесь"],
    "tr": ["burada", "buradan", "buraya", "tıklayın", "buraya tıklayın", "bağlantı", "link", "devamı", "devamını oku"],
}  # fmt: skip
MIN_PASSAGE = 40  # letters, of a paragraph: fewer may be a name
MIN_WORDS = 15  # of a paragraph: fewer may be a title or a headline
PASSAGE_END = re.compile("</(?:p|h2|h3)>")


def nothing_is_to_come(document, context):
    found = {}
    for pattern, texts in ((TO_COME, own_texts(document)), (TO_COME_IN_QUOTES, quoted_texts(document))):
        for place, text in texts:
            if any(hint in text for hint in HINTS):
                found.setdefault(place, []).extend(match.group().strip() for match in pattern.finditer(text))
    for place, words in found.items():
        if words:
            yield place, _("A placeholder is left: write what is to come, or take it out."), words


def parts_are_finished(document, context):
    """Ask each block for what its form can be saved without, unless readers have it so."""
    told = context.told["blocks"] if context.told else []
    sentences = {
        "key_point": ("label", _("Give this key point a label.")),
        "question": ("question", _("Write the question that is answered here.")),
        "quote": ("words", _("Write the words that are quoted.")),
        "figure": ("picture", _("Choose the picture that is shown here.")),
    }
    for block in document["blocks"]:
        name, sentence = sentences.get(block["type"], ("", ""))
        lacking = name and not block[name]
        if lacking and not any(each["id"] == block["id"] and not each.get(name) for each in told):
            yield f"{row(block)}.{name}", sentence


def links_say_something(document, context):
    for block, value in prose(document):
        if any(not WORD.search(plain(text)) for text in LINK.findall(value)):
            yield prose_in(block), _("A link has no words. Write where it leads, or remove it.")


def links_tell_where(document, context):
    vague = set(listed(HERE, document["language"]))
    for block, value in prose(document):
        words = [text for text in map(plain, LINK.findall(value)) if bare(text) in vague]
        if words:
            yield prose_in(block), _("A link does not say where it leads."), words


def tables_have_heads(document, context):
    for block, value in prose(document):
        if any("<th" not in table for table in TABLE.findall(value)):
            yield prose_in(block), _("A table has no heads. Make its first row or column heads.")


def tables_are_named(document, context):
    """Ask each table for the line above it, there is no other caption, unless readers have one there without."""
    told = {block["id"] for block, value in prose(context.told) if has_unnamed_table(value)} if context.told else ()
    for block, value in prose(document):
        if has_unnamed_table(value) and block["id"] not in told:
            yield prose_in(block), _("Write a line above the table that says what it shows.")


def has_unnamed_table(value):
    parts = list(top_level(value)) if "<table>" in value else []
    return any(tag == "table" and not names_a_table(*above) for above, (tag, _part) in pairwise([("", ""), *parts]))


def headings_are_in_order(document, context):
    for block, value in prose(document):
        if first := HEADING.search(value):
            if first[1] == "h3":
                yield prose_in(block), _("The first heading is a small one: it should be a large one.")
            return


def languages_are_marked(document, context):
    own = document["language"]
    for block in quoting(document):
        words = block["words"]
        if not block["language"] and (is_in_another_script(words, own) or is_in_other_words(words, own)):
            sentence = _("Quoted words are in another language than the story. Say in which.")
            yield f"{row(block)}.language", sentence, [words[:80]]
    passages = [(block, plain(part)) for block, value in prose(document) for part in PASSAGE_END.split(value)]
    passages = [(block, text.strip()) for block, text in passages if len(text) >= MIN_PASSAGE]
    others = [
        (block, text)
        for block, text in passages
        if is_in_another_script(text, own, MIN_PASSAGE) or is_in_other_words(text, own, MIN_WORDS)
    ]
    if len(others) > max(1, len(passages) / 2):
        yield (
            "language",
            _("Most of the text is not in the language of the story. Choose the right language."),
            [others[0][1][:80]],
        )
        return
    for block, text in others:
        sentence = _("A passage is in another language than the story. Put it into a quotation, which can say so.")
        yield prose_in(block), sentence, [text[:80]]


def pictures_are_described(document, context):
    told = shown(context.told) if context.told else []
    for picture in shown(document):
        missing = {} if described(picture) else {"alt": _("a description, or a tick that it is decorative")}
        missing |= {} if picture["credit"] else {"credit": _("a credit")}
        missing |= {} if picture["source_type"] else {"source_type": _("how it was made")}
        if missing and picture not in told:
            sentence = _("A picture lacks %(missing)s. Add it there, then save the story again.")
            place = f"pictures.{picture['id']}.{next(iter(missing))}"
            yield place, sentence % {"missing": _("; ").join(missing.values())}


def described(picture):
    return picture["alt"] or picture["decorative"]
