"""Checks of what stands on the page: placeholders, links, headings, tables, languages and pictures."""

import re

from django.utils.translation import gettext as _

from stories.publishing.preflight.reading import (
    TAG,
    bare,
    listed,
    own_texts,
    plain,
    primary,
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
SCRIPTS = {
    "latin": re.compile("[A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ]"),
    "cyrillic": re.compile("[\u0400-\u052f]"),
    "greek": re.compile("[\u0370-\u03ff]"),
    "hebrew": re.compile("[\u0590-\u05ff]"),
    "arabic": re.compile("[\u0600-\u06ff\u0750-\u077f]"),
    "east asian": re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"),
}
# Languages written in one script; of another one nothing is said.
WRITTEN_IN = {
    "latin": "en tr de fr es it pt nl pl sv da fi nb no cs sk hu ro et lv lt hr sl sq is ga ca az",
    "cyrillic": "ru uk be bg mk",
    "greek": "el",
    "hebrew": "he",
    "arabic": "ar fa ur",
}
SCRIPT_OF = {language: script for script, languages in WRITTEN_IN.items() for language in languages.split()}
MIN_LETTERS = 4  # fewer do not tell a script
MIN_PASSAGE = 40  # letters, of a paragraph: fewer may be a name


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


def headings_are_in_order(document, context):
    for block, value in prose(document):
        if first := HEADING.search(value):
            if first[1] == "h3":
                yield prose_in(block), _("The first heading is a small one: it should be a large one.")
            return


def languages_are_marked(document, context):
    own = script_of_language(document["language"])
    if own is None:
        return
    for block in quoting(document):
        script = script_of(block["words"])
        if not block["language"] and script and script != own:
            yield (
                f"{row(block)}.language",
                _("Quoted words are in another language than the story. Say in which."),
                [block["words"][:80]],
            )
    others = re.compile("|".join(letters.pattern for script, letters in SCRIPTS.items() if script != own))
    for block, value in prose(document):
        for part in value.split("</p>") if others.search(TAG.sub("", value)) else ():
            text = plain(part)
            if script_of(text, MIN_PASSAGE) not in (None, own):
                sentence = _(
                    "A passage is in another language than the story. Put it into a quotation, which can say so."
                )
                yield prose_in(block), sentence, [text.strip()[:80]]


def script_of_language(language):
    """Return the script that a language is written in; None if it is not known, or named in the code itself."""
    named = any(len(part) == 4 for part in language.split("-")[1:])
    return None if named else SCRIPT_OF.get(primary(language))


def script_of(text, at_least=MIN_LETTERS):
    """Return the script of most of the letters of a text, None if there are too few."""
    counts = {script: len(letters.findall(text)) for script, letters in SCRIPTS.items()}
    most = max(counts, key=counts.get)
    return most if counts[most] >= at_least else None


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
