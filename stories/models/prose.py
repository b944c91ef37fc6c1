"""What text and HTML may look like anywhere in the product: one canonical form, reached by cleaning.

Cleaning is idempotent, so equal documents are equal strings, and nothing that is not named here is ever stored.
"""

import html
import itertools
import re
import unicodedata
from html.parser import HTMLParser

import nh3
from django.utils.html import strip_tags
from django_prose_editor.fields import ProseEditorField

# Control characters, lone surrogates and non-characters: PostgreSQL refuses the first two, XML the rest.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
CITATION_KEY = re.compile(r"[0-9a-f]{12}")
MARKER = re.compile(r'<cite data-key="([0-9a-f]{12})"></cite>')
# Canonical HTML has no ">" in its attributes.
BLOCK_TAG = re.compile(r"<(/?)(p|h2|h3|ul|ol|blockquote|table|hr)\b[^>]*>")

LIST_TYPES = [
    {"label": label, "type": style, "description": label}
    for label, style in (
        ("1, 2, 3 …", "decimal"),
        ("a, b, c …", "lower-alpha"),
        ("A, B, C …", "upper-alpha"),
        ("i, ii, iii …", "lower-roman"),
        ("I, II, III …", "upper-roman"),
    )
]
LEVELS = {
    "body": {"h2", "h3", "ul", "ol", "blockquote", "table", "hr"},
    "answer": {"ul", "ol"},
    "line": set(),
}
RENAMED = {"b": "strong", "i": "em", "del": "s", "strike": "s", "h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3"}
MARKS = ("a", "strong", "em", "s", "sub", "sup")  # in the order in which they are nested
BLOCKS = {"p", "div", "h2", "h3", "ul", "ol", "li", "blockquote", "table", "tr", "th", "td", "hr"}
SPACES = re.compile(r"[ \t\n\r\f\u00a0]+")
TYPOGRAPHIC = set(":;!?%»€")  # a no-break space may stand before these, and after «
MAX_DEPTH = 10  # of lists in lists
SAFE_LINK = re.compile(r"(https?://[^\s/\\]|mailto:[^\s]|/(?![/\\])|#)", re.I)


def clean_text(value, *, multiline=False):
    """Return `value` as normalised plain text: NFC, no control characters, no space at the ends.

    On one line, unless `multiline`; then lines keep their breaks but not their trailing space.
    """
    value = FORBIDDEN.sub("", str(value).replace("\r\n", "\n").replace("\r", "\n"))
    value = unicodedata.normalize("NFC", value)
    if not multiline:
        return " ".join(value.split())
    lines = [" ".join(line.split()) for line in value.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def clean_html(value, level="body"):
    """Return `value` as canonical, safe HTML of `level`: "body", "answer" (paragraphs, lists) or "line" (paragraphs).

    Every text stands in a block, marks are nested in one order, a citation marker is an empty
    `<cite data-key="…">`. What is not allowed loses its tags; scripts and styles lose their content too.
    """
    value = FORBIDDEN.sub("", str(value).replace("\r", "\n"))
    parser = _Canonical(LEVELS[level])
    parser.feed(_sanitizer.clean(value))
    parser.close()
    return parser.result()


_sanitizer = nh3.Cleaner(
    tags=BLOCKS | set(MARKS) | set(RENAMED) | {"br", "cite", "thead", "tbody", "tfoot"},
    attributes={"a": {"href", "title"}, "cite": {"data-key"}, "ol": {"start", "type"}}
    | {cell: {"colspan", "rowspan"} for cell in ("th", "td")},
    url_schemes={"http", "https", "mailto"},
    clean_content_tags={"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "textarea"},
    link_rel=None,
)


class _Canonical(HTMLParser):
    """Rebuild sanitised, hence well-formed, HTML in canonical form without recursion.

    `open` holds the containers being filled, innermost last, as (tag, attributes, list of finished HTML);
    `run` the inline content of the block being read, as (marks, kind, value) leaves.
    """

    def __init__(self, allowed):
        super().__init__(convert_charrefs=True)
        self.allowed = allowed
        self.open = [("root", "", [])]
        self.closers = []
        self.marks = {}  # {tag: (tag,), of a link (tag, address, title)}: what is open here, each once
        self.run = []
        self.block = "p"
        self.in_cite = False

    def handle_starttag(self, tag, attrs):
        tag, attrs = RENAMED.get(tag, tag), dict(attrs)
        if tag == "br":
            self.run.append(((), "br", ""))
        elif tag == "hr":
            self.flush()
            if "hr" in self.allowed and self.open[-1][0] == "root":
                self.open[-1][2].append("<hr>")
        elif tag == "cite":
            if CITATION_KEY.fullmatch(attrs.get("data-key") or ""):
                self.run.append(((), "cite", attrs["data-key"]))
                self.in_cite = True
            self.closers.append(self.end_cite)
        elif tag in MARKS:
            self.open_mark(tag, attrs)
        else:
            self.flush()
            self.closers.append(self.start_block(tag, attrs) or self.flush)

    def handle_endtag(self, tag):
        if tag not in ("br", "hr") and self.closers:
            self.closers.pop()()

    def handle_data(self, data):
        if not self.in_cite:
            # Only now is text free of character references, and only text may be composed: ">" + U+0338 is "≯".
            marks = tuple(self.marks[tag] for tag in MARKS if self.marks.get(tag))
            self.run.append((marks, "text", FORBIDDEN.sub("", data)))

    def end_cite(self):
        self.in_cite = False

    def open_mark(self, tag, attrs):
        outer = self.marks.get(tag)
        self.marks[tag] = outer if tag == "a" else (tag,)
        if tag == "a":
            # Browsers drop tabs and line breaks in an address: "/<tab>/host" would lead to another site.
            href = re.sub(r"[\t\n\r]", "", FORBIDDEN.sub("", attrs.get("href") or "")).strip()
            if SAFE_LINK.match(href):
                self.marks[tag] = (tag, href, clean_text(attrs.get("title") or ""))
        self.closers.append(lambda: self.marks.update({tag: outer}))

    def start_block(self, tag, attrs):
        """Open what may stand here; return the function that closes it, or None for a plain paragraph."""
        inside = self.open[-1][0]
        if tag in ("h2", "h3") and tag in self.allowed and inside == "root":
            self.block = tag
            return self.end_heading
        fits = {
            "ul": tag in self.allowed and len(self.open) < 2 * MAX_DEPTH and inside != "tr",
            "ol": tag in self.allowed and len(self.open) < 2 * MAX_DEPTH and inside != "tr",
            "li": inside in ("ul", "ol"),
            "blockquote": tag in self.allowed and inside == "root",
            "table": tag in self.allowed and inside == "root",
            "tr": inside == "table",
            "th": inside == "tr",
            "td": inside == "tr",
        }
        if not fits.get(tag):
            return None
        self.open.append((tag, self.attributes(tag, attrs), []))
        return self.end_container

    def attributes(self, tag, attrs):
        kept = ""
        if tag == "ol":
            if (attrs.get("type") or "") in ("A", "a", "I", "i"):
                kept += f' type="{attrs["type"]}"'
            if re.fullmatch(r"[0-9]{1,4}", attrs.get("start") or "") and int(attrs["start"]) != 1:
                kept += f' start="{int(attrs["start"])}"'
        for name in ("colspan", "rowspan"):
            if tag in ("th", "td") and re.fullmatch(r"[0-9]{1,2}", attrs.get(name) or "") and int(attrs[name]) > 1:
                kept += f' {name}="{int(attrs[name])}"'
        return kept

    def end_heading(self):
        self.flush()
        self.block = "p"

    def end_container(self):
        self.flush()
        tag, attributes, parts = self.open.pop()
        if tag in ("th", "td") and not parts:
            parts = ["<p></p>"]  # an empty cell still holds its column
        if tag == "table":
            parts = ["<tbody>", *parts, "</tbody>"] if parts else []
        if parts:
            self.put(f"<{tag}{attributes}>{''.join(parts)}</{tag}>")

    def put(self, block):
        """Add finished HTML to the innermost container, inside an item or cell where that needs one."""
        tag, _, parts = self.open[-1]
        if tag in ("ul", "ol") and not block.startswith("<li"):
            block = f"<li>{block}</li>"
        elif tag == "tr" and not block.startswith(("<th>", "<th ", "<td")):
            block = f"<td>{block}</td>"
        elif tag == "table" and not block.startswith("<tr"):
            block = f"<tr><td>{block}</td></tr>"
        parts.append(block)

    def flush(self):
        leaves, self.run = trim(self.run), []
        if leaves:
            block = self.block if self.open[-1][0] == "root" else "p"  # a list in a heading is no heading
            self.put(f"<{block}>{inline(leaves)}</{block}>")

    def result(self):
        while len(self.open) > 1:
            self.end_container()
        self.flush()
        return "".join(self.open[0][2])


def trim(run):
    """Return the leaves of one block with spaces collapsed as a browser shows them, none at the ends."""
    leaves, spaced = [], True
    for marks, kind, value in run:
        if kind == "br":
            strip_end(leaves)
            leaves.append((marks, kind, value))
            spaced = True
            continue
        if kind == "text":
            value = SPACES.sub(space, value)
            if spaced:
                value = value.lstrip(" ")
            if not value:
                continue
        spaced = kind == "text" and value.endswith(" ")
        if leaves and kind == "text" and leaves[-1][:2] == (marks, "text"):
            value = leaves.pop()[2] + value
        leaves.append((marks, kind, value))
    strip_end(leaves)
    while leaves and leaves[-1][1] == "br":
        leaves.pop()
    return list(itertools.dropwhile(lambda leaf: leaf[1] == "br", leaves))


def space(match):
    """Return what a run of white space becomes: one space, or the one no-break space that typography asks for."""
    text, before, after = match.string, match.start() - 1, match.end()
    typographic = text[after : after + 1] in TYPOGRAPHIC or (before >= 0 and text[before] == "«")
    return "\u00a0" if match.group() == "\u00a0" and typographic else " "


def strip_end(leaves):
    """Take the spaces from the end of a list of leaves."""
    while leaves and leaves[-1][1] == "text":
        marks, kind, value = leaves.pop()
        if value := value.rstrip(" "):
            leaves.append((marks, kind, value))
            return


def inline(leaves):
    """Return leaves as HTML, each mark opened once for neighbours that share it."""
    out, active = [], []

    def close(down_to):
        while len(active) > down_to:
            out.append(f"</{active.pop()[0]}>")

    for marks, kind, value in leaves:
        shared = 0
        while shared < min(len(marks), len(active)) and marks[shared] == active[shared]:
            shared += 1
        close(shared)
        for mark in marks[shared:]:
            out.append(open_tag(mark))
            active.append(mark)
        if kind == "text":
            out.append(html.escape(unicodedata.normalize("NFC", value), quote=False))
        else:
            out.append("<br>" if kind == "br" else f'<cite data-key="{value}"></cite>')
    close(0)
    return "".join(out)


def open_tag(mark):
    if mark[0] != "a":
        return f"<{mark[0]}>"
    title = f' title="{html.escape(mark[2])}"' if mark[2] else ""
    return f'<a href="{html.escape(mark[1])}"{title}>'


def markers(value):
    """Return the citation keys marked in `value`, canonical HTML, in reading order."""
    return MARKER.findall(value)


def top_level(value):
    """Yield (tag, HTML) of each block at the top of `value`, canonical HTML."""
    depth = start = 0
    for match in BLOCK_TAG.finditer(value):
        closing, tag = match.groups()
        depth += 0 if tag == "hr" else -1 if closing else 1
        if depth == 0:
            yield tag, value[start : match.end()]
            start = match.end()


def names_a_table(tag, value):
    """Say whether a block at the top of a text is a line of words: right above a table it says what the table shows."""
    return tag in ("p", "h2", "h3") and any(map(str.isalnum, html.unescape(strip_tags(value))))


class ProseField(ProseEditorField):
    """Rich text of one of the LEVELS, in canonical form whatever way it came in: save, update or bulk."""

    EXTENSIONS = {
        "line": {
            "Bold": True,
            "Italic": True,
            "Subscript": True,
            "Superscript": True,
            "Strike": True,
            "HardBreak": True,
            "Link": {"enableTarget": False},
            "History": True,
            "NoSpellCheck": False,
            "Citation": True,
            "OfficePaste": True,
        }
    }
    EXTENSIONS["answer"] = EXTENSIONS["line"] | {
        "BulletList": True,
        "OrderedList": {"listTypes": LIST_TYPES},
        "ListItem": True,
    }
    EXTENSIONS["body"] = EXTENSIONS["answer"] | {
        "Heading": {"levels": [2, 3]},
        "Blockquote": True,
        "HorizontalRule": True,
        "Table": True,
        "TableRow": True,
        "TableHeader": True,
        "TableCell": True,
    }

    def __init__(self, *args, level="body", **kwargs):
        self.level = level
        kwargs.setdefault("extensions", dict(self.EXTENSIONS[level]))
        kwargs["sanitize"] = lambda value: clean_html(value, level)
        super().__init__(*args, **kwargs)

    def get_db_prep_save(self, value, connection):
        # Not only clean(): update(), bulk_create() and loaddata come past here too.
        if isinstance(value, str):
            value = clean_html(value, self.level)
        return super().get_db_prep_save(value, connection)
