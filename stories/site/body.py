"""A document's body as its page shows it: pieces in reading order, each with notes of the sources it cites."""

import re
from dataclasses import dataclass, field
from html import unescape
from itertools import groupby, pairwise
from urllib.parse import unquote

from django.core.files.storage import default_storage
from django.urls import get_script_prefix
from django.utils.html import format_html, strip_tags
from django.utils.safestring import mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _

from stories.models.picture import WIDTHS
from stories.models.prose import MARKER, names_a_table, top_level
from stories.publishing.document import PROSE_FIELD
from stories.site import languages
from stories.site.at import find
from stories.site.names import initials
from stories.site.origin import alt_of, picture_label

LOCAL_LINK = re.compile(r'<a href="(/[^"]*)"')
WITH_ID = re.compile(r'<\w+ id="([^"]+)">')
# Blocks whose neighbours form one section, by its template.
SECTIONS = {"key_point": "site/_key_points.html", "question": "site/_questions.html", "event": "site/_events.html"}
BLOCKS = {"figure": "site/_figure.html", "quote": "site/_quote.html", "post": "site/_post.html"}


@dataclass
class Piece:
    """What is shown as one: a paragraph, a heading, a list, a figure, a section of questions …"""

    template: str = ""  # without one, `html` is all there is to it
    html: str = ""
    data: object = None
    notes: dict = field(default_factory=dict)  # see Body.notes; the entries of a section have their own
    heading: bool = False


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
        self.named_tables = 0
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
        for above, (tag, part) in pairwise([("", ""), *top_level(html)]):
            notes, heading = self.notes(part), tag in ("h2", "h3")
            part = self.heading(part) if heading else self.mark(part)
            if tag == "table":
                part = self.table(part, self.pieces[-1] if names_a_table(*above) else None)
            self.pieces.append(Piece(html=part, notes=notes, heading=heading))

    def table(self, html, line):
        """Return a table in a box of its own that scrolls, both named by the `line` above, a Piece, if there is one."""
        if not line:
            box = '<div class="scroll" role="region" aria-label="{}" tabindex="0">{}</div>'
            return format_html(box, _("Table"), html)
        found = WITH_ID.match(line.html)
        name = found[1] if found else self.table_id()
        if not found:
            line.html = mark_safe(line.html.replace(">", f' id="{name}">', 1))
        html = mark_safe(html.replace("<table", f'<table aria-labelledby="{name}"', 1))
        return format_html('<div class="scroll" role="region" aria-labelledby="{}" tabindex="0">{}</div>', name, html)

    def table_id(self):
        # Not from unique_id(): the ids of headings, which others link to, would change with it.
        self.named_tables += 1
        return f"table-{self.named_tables}"

    def read_section(self, kind, blocks):
        name = PROSE_FIELD[kind]
        after_heading = bool(self.pieces) and self.pieces[-1].heading
        entries = [block | {"notes": self.notes(block[name]), name: self.mark(block[name])} for block in blocks]
        data = {"heading": "", "id": "", "entries": entries}
        if kind == "question" and not after_heading:
            data["heading"] = _("Questions and answers")
            data["id"] = self.add_heading(data["heading"], self.ui)
        elif kind == "key_point" and not after_heading:
            data["heading"], data["id"] = _("Key points"), self.unique_id("key-points")
            self.has_h2 = True
        self.pieces.append(Piece(SECTIONS[kind], data=data))

    def read_block(self, block):
        kind = block["type"]
        name = PROSE_FIELD[kind]
        shown = {}
        if kind == "figure":
            shown["picture"] = picture(block["picture"])
            if not shown["picture"]:
                return
        elif kind == "post":
            shown["initials"] = initials(block["account"] or block["handle"] or "?")
        notes = self.notes(block[name])
        self.pieces.append(Piece(BLOCKS[kind], data=block | shown | {name: self.mark(block[name])}, notes=notes))

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
        """Return the citations that `html` marks: {first: [those that nothing marked before], again: [the others]}.

        Empty if it marks none.
        """
        keys = [key for key in dict.fromkeys(MARKER.findall(html)) if key in self.citations]
        notes = {
            "first": [self.citations[key] for key in keys if key not in self.noted],
            "again": [self.citations[key] for key in keys if key in self.noted],
        }
        self.noted.update(keys)
        return notes if keys else {}

    def mark(self, html):
        """Return canonical HTML, which is safe, with its markers as links to the sources."""
        return mark_safe(MARKER.sub(self.marker, LOCAL_LINK.sub(same_time, html)))

    def marker(self, match):
        citation = self.citations.get(match[1])
        if citation is None:
            return ""
        number = citation["number"]
        ref = f"ref-{number}-{len(citation['refs']) + 1}"
        told = {"number": number, "name": citation["label"]}
        label = (_("Source %(number)s") if citation["refs"] else _("Source %(number)s: %(name)s")) % told
        citation["refs"].append(ref)
        link = '<a class="cite{}" href="#source-{}" id="{}" aria-label="{}"{}>{}</a>'
        return format_html(link, beside_others(match), number, ref, label, self.ui, number)


def beside_others(marker):
    """Return the classes that keep a marker, a match, from reaching for a finger into its neighbours."""
    follows = marker.string.endswith(("</cite>", "</cite> "), 0, marker.start())
    leads = marker.string.startswith(("<cite ", " <cite "), marker.end())
    return (" follows" if follows else "") + (" leads" if leads else "")


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
