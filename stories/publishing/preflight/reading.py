"""How checks read a document: its texts with their places, words without marks, lists by language."""

import html
import re

from stories.publishing.document import PROSE_FIELD, pictures

TAG = re.compile("<[^>]*>")  # canonical HTML has no ">" in its attributes
END = re.compile("</(?:p|h2|h3|li|td|th)>|<br>")
SIGNS = " \t\n.,;:!?…()[]“”„«»\"'‘’–—-→›"
LINES = ["headline", "kicker", "standfirst", "summary", "dateline", "editors_note", "interest_note"]


def plain(value):
    """Return the text of canonical HTML."""
    return html.unescape(TAG.sub("", END.sub(" ", value)))


def prose(document):
    """Yield (block, HTML) of all rich text in the body."""
    for block in document["blocks"]:
        yield block, block[PROSE_FIELD[block["type"]]]


def row(block):
    return f"blocks.{block['id']}"


def prose_in(block):
    """Return the place of a block's rich text."""
    return f"{row(block)}.{PROSE_FIELD[block['type']]}"


def own_texts(document):
    """Yield (place, text) of all that is written here: not what others said and is quoted."""
    for name in LINES:
        yield name, document[name]
    for number, author in enumerate(document["authors"]):
        yield f"authors.{number}.role", author["role"]
    yield from body_texts(document)
    for citation in document["citations"]:
        told = {"terms": citation["terms"], **(citation["unnamed"] or {})}
        for name, text in told.items():
            yield f"citations.{citation['key']}.{name}", text
    for picture in shown(document):
        for name in ("alt", "caption", "credit"):
            yield f"pictures.{picture['id']}.{name}", picture[name]


def body_texts(document):
    for block, value in prose(document):
        for name in ("label", "question", "account", "platform"):
            if name in block:
                yield f"{row(block)}.{name}", block[name]
        yield prose_in(block), plain(value)


def quoted_texts(document):
    """Yield (place, text) of the words of others, and of the names that they go by."""
    for block in quoting(document):
        for name in ("handle", "words"):
            if name in block:
                yield f"{row(block)}.{name}", block[name]
    for citation in document["citations"]:
        yield f"citations.{citation['key']}.quote", citation["quote"]
        for name in ("source", "via"):
            if citation[name]:
                yield f"citations.{citation['key']}.{name}", citation[name]["handle"]


def quoting(document, *kinds):
    """Return the blocks that quote: of the `kinds` given, else quotations and posts."""
    return [block for block in document["blocks"] if block["type"] in (kinds or ("quote", "post"))]


def shown(document):
    """Return the pictures that a document shows, each once."""
    return list({picture["id"]: picture for picture in pictures(document)}.values())


def bare(text):
    """Return a word or two without the signs around them, in lower case."""
    return " ".join(text.strip(SIGNS).casefold().split())


def normal(text):
    """Return the words of a text, so that texts which differ in signs and spaces only are equal."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def primary(language):
    return language.partition("-")[0].lower()


def listed(lists, language):
    """Return the list of `language` from {language: list}, which may be a dictionary; all together if it has none."""
    if primary(language) in lists:
        return lists[primary(language)]
    every = list(lists.values())
    if isinstance(every[0], dict):
        return {word: value for part in every for word, value in part.items()}
    return [item for part in every for item in part]
