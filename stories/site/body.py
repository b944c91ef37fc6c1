"""A document's body as its page shows it: pieces in reading order, with the sources each one cites first beside it."""

import re
from dataclasses import dataclass, field
from html import unescape
from itertools import groupby
from urllib.parse import unquote

from django.core.files.storage import default_storage
from django.urls import get_script_prefix
from django.utils.html import format_html, strip_tags
from django.utils.safestring import mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _

from stories.models.picture import WIDTHS
from stories.models.prose import MARKER, top_level
from stories.publishing.document import PROSE_FIELD
from stories.site import languages
from stories.site.at import find
from stories.site.names import initials
from stories.site.origin import alt_of, picture_label

LOCAL_LINK = re.compile(r'<a href="(/[^"]*)"')
# Blocks whose neighbours form one section, by its template.
SECTIONS = {"key_point": "site/_key_points.html", "question": "site/_questions.html", "event": "site/_events.html"}
BLOCKS = {"figure": "site/_figure.html", "quote": "site/_quote.html", "post": "site/_post.html"}
# Roughly how high text stands, in rem: it decides what shares a row with the notes beside it, no more than that.
LINE, SIGNS, NOTE_LINE, NOTE_SIGNS = 1.8, 62, 1.2, 34


@dataclass
class Piece:
    """What is shown as one: a paragraph, a heading, a list, a figure, a section of questions …"""

    template: str = ""  # without one, `html` is all there is to it
    html: str = ""
    data: object = None
    notes: list = field(default_factory=list)  # the citations that are marked here first
    height: float = LINE
    heading: bool = False


@dataclass
class Passage:
    """Pieces that share a row with the notes beside them. On narrow screens the notes stand between the two lists."""

    before: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    after: list = field(default_factory=list)
    contents: bool = False  # the table of contents stands beside it
    room: float = 0  # how much higher the notes are than the pieces, so far


class Body:
    """Reads a document once, in order, since markers are numbered and headings named as they come.

    `pieces`, `headings` [(id, text)] and, in each citation of `citations`, `refs`, the ids of its markers.
    """

    def __init__(self, document, citations):
        self.citations = {citation["key"]: citation for citation in citations}
        self.ui = languages.own_words(document["language"] or languages.own())
        self.noted = set()
        self.headings = []
        self.ids = set()
        self.has_h2 = False
        self.pieces = []
        for kind, blocks in groupby(document["blocks"], key=lambda block: block["type"]):
            if kind == "text":
                for block in blocks:
                    self.read_text(block["html"])
            elif kind in SECTIONS:
                self.read_section(kind, list(blocks))
            else:
                for block in blocks:
                    self.read_block(block)

    def read_text(self, html):
        for tag, part in top_level(html):
            if tag in ("h2", "h3"):
                notes = self.notes(part)
                self.pieces.append(Piece(html=self.heading(part), notes=notes, heading=True, height=2.5 * LINE))
            else:
                notes = self.notes(part)
                height = LINE * (part.count("</p>") * 0.6 + len(strip_tags(part)) / SIGNS + 0.6)
                part = self.mark(part)
                if tag == "table":
                    part = format_html(
                        '<div class="scroll" role="region" aria-label="{}" tabindex="0">{}</div>', _("Table"), part
                    )
                self.pieces.append(Piece(html=part, notes=notes, height=height))

    def read_section(self, kind, blocks):
        name = PROSE_FIELD[kind]
        notes = [note for block in blocks for note in self.notes(block[name])]
        after_heading = bool(self.pieces) and self.pieces[-1].heading
        data = {"heading": "", "id": "", "entries": [block | {name: self.mark(block[name])} for block in blocks]}
        if kind == "question" and not after_heading:
            data["heading"] = _("Questions and answers")
            data["id"] = self.add_heading(data["heading"], self.ui)
        elif kind == "key_point" and not after_heading:
            data["heading"], data["id"] = _("Key points"), self.unique_id("key-points")
            self.has_h2 = True
        height = sum(LINE * (1.5 + len(strip_tags(block[name])) / SIGNS) for block in blocks)
        if kind == "question":
            height = len(blocks) * 2 * LINE  # closed
        self.pieces.append(Piece(SECTIONS[kind], data=data, notes=notes, height=height))

    def read_block(self, block):
        kind = block["type"]
        name = PROSE_FIELD[kind]
        notes = self.notes(block[name])
        data = block | {name: self.mark(block[name])}
        height = LINE * (3 + len(block.get("words", "") + strip_tags(block[name])) / SIGNS)
        if kind == "figure":
            data["picture"] = picture(block["picture"])
            if not data["picture"]:
                return
            height += 20
        elif kind == "post":
            data["initials"] = initials(block["account"] or block["handle"] or "?")
        self.pieces.append(Piece(BLOCKS[kind], data=data, notes=notes, height=height))

    def heading(self, html):
        """Return a heading with an id. The first ones are h2, whatever the text says: no level may be left out."""
        inner = html[4:-5]
        if html.startswith("<h2") or not self.has_h2:
            self.has_h2 = True
            text = " ".join(strip_tags(inner.replace("<br>", " ")).split())
            return format_html('<h2 id="{}">{}</h2>', self.add_heading(text), self.mark(inner))
        return self.mark(html)

    def add_heading(self, text, attributes=""):
        self.has_h2 = True
        shown = mark_safe(text)  # its characters are still escaped
        if attributes:
            shown = format_html("<span{}>{}</span>", attributes, shown)
        self.headings.append((self.unique_id(text), shown))
        return self.headings[-1][0]

    def unique_id(self, text):
        # With a word before it, no heading can take the id of a source, a marker or a part of the page.
        base = number = "about-" + (slugify(unescape(text), allow_unicode=True)[:60].strip("-_") or "part")
        while number in self.ids:
            number = f"{base}-{len(self.ids)}"
        self.ids.add(number)
        return number

    def notes(self, html):
        """Return the citations that `html` marks and nothing before it did."""
        keys = [key for key in dict.fromkeys(MARKER.findall(html)) if key in self.citations and key not in self.noted]
        self.noted.update(keys)
        return [self.citations[key] for key in keys]

    def mark(self, html):
        """Return canonical HTML, which is safe, with its markers as links to the sources."""
        return mark_safe(MARKER.sub(self.marker, LOCAL_LINK.sub(same_time, html)))

    def marker(self, match):
        citation = self.citations.get(match[1])
        if citation is None:
            return ""
        number = citation["number"]
        ref = f"ref-{number}-{len(citation['refs']) + 1}"
        citation["refs"].append(ref)
        label = _("Source %(number)s: %(name)s") % {"number": number, "name": citation["label"]}
        link = '<a class="cite" href="#source-{}" id="{}" aria-label="{}"{}>{}</a>'
        return format_html(link, number, ref, label, self.ui, number)


def same_time(link):
    """Return a link of the text to a page of ours: on a page of another time as that page was then."""
    path = link[1].partition("#")[0].partition("?")[0]
    return f'<a href="{get_script_prefix()}{link[1][1:]}"' if find(unquote(path)) else link[0]


def picture(value):
    """Return a document's picture with `url`, `srcset` and `label`, as readers get it, or None if it has no file."""
    if not value or not value["file"]:
        return None
    width, url = value["width"], default_storage.url(value["file"])
    smaller = [f"pictures/{value['id']}-{n}.webp" for n in WIDTHS if width and n < width]
    sizes = [n for n in WIDTHS if width and n < width]
    srcset = [f"{default_storage.url(name)} {n}w" for name, n in zip(smaller, sizes, strict=True)]
    srcset = ", ".join([*srcset, f"{url} {width}w"]) if srcset else ""
    return value | {"url": url, "srcset": srcset, "alt": alt_of(value), "label": picture_label(value)}


def passages(pieces, contents=0):
    """Return `pieces` as Passages. `contents` is how many entries a table of contents has; it stands beside the first.

    A passage begins with a piece that cites, and goes on until the notes have room beside it: what cites meanwhile
    joins it, so that neither column has holes.
    """
    current = Passage(contents=bool(contents), room=contents_height(contents) if contents else 0)
    found = [current]
    for piece in pieces:
        joins = current.room > 0 and (current.notes or current.contents)
        if piece.notes and joins and current.notes and current.contents:
            current.after.append(piece)  # the contents come before the first heading, so these notes come early
        elif piece.notes and joins:
            current.before, current.after = [*current.before, *current.after, piece], []
        elif piece.notes or (piece.heading and current.room <= 0):
            current = Passage(before=[piece])
            found.append(current)
        else:
            (current.after if current.notes else current.before).append(piece)
        current.notes += piece.notes
        current.room += sum(map(note_height, piece.notes)) - piece.height
    return [passage for passage in found if passage.before or passage.contents]


def contents_fit(pieces, contents):
    """Tell whether a table of contents has room in the margin: above the notes of what precedes the first heading."""
    room, headed = contents_height(contents), False
    for piece in pieces:
        if room <= 0 or (piece.notes and not headed):
            return True
        if piece.notes:
            return False
        room -= piece.height
        headed = headed or piece.heading
    return True


def contents_height(contents):
    return (contents + 2) * 1.6


def note_height(citation):
    told = [citation["label"], citation["via"]["name"] if citation["via"] else "", citation["terms"]]
    return NOTE_LINE * (3 + len(" ".join(told)) / NOTE_SIGNS)
