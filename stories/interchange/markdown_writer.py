"""Canonical HTML as Markdown that is pleasant to read, and that reads back as the very same HTML.

Nothing is trusted here: each part is written the pleasant way, read back and compared. What does not come back the
same is written more plainly, in the end as one line of raw HTML, which always does.
"""

import html
import re
from html.parser import HTMLParser

from stories.interchange.markdown import to_html

BETWEEN_LISTS = "<!-- -->"  # two lists that follow each other would become one
MARKS = {"strong": "**", "em": "*", "s": "~~"}
LINE_START = re.compile(r"^(#{1,6}(?= |$)|[-+](?= |$)|>|=+(?=\s*$)|-{2,}(?=\s*$)|:::|\d{1,9}(?=[.)](?: |$)))")
SPECIAL = re.compile(r"[\\`*]|_(?!(?<=\w_)\w)|\[(?=\^)|\](?=\()|<(?=[A-Za-z/!?])|&(?=#?\w+;)|~(?=~)|(?<=~)~")
PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


class Node:
    def __init__(self, tag, attributes=()):
        self.tag, self.attributes, self.children = tag, dict(attributes), []


class _Tree(HTMLParser):
    """Canonical HTML as a tree of Nodes and strings."""

    def __init__(self, value):
        super().__init__(convert_charrefs=True)
        self.stack = [Node("root")]
        self.feed(value)
        self.close()

    def handle_starttag(self, tag, attrs):
        node = Node(tag, attrs)
        self.stack[-1].children.append(node)
        if tag not in ("br", "hr"):
            self.stack.append(node)

    def handle_endtag(self, tag):
        self.stack.pop()

    def handle_data(self, data):
        self.stack[-1].children.append(data)


def to_markdown(value, level="body"):
    """Return `value`, canonical HTML of `level`, as Markdown of which to_html() makes exactly `value`."""
    parts, before = [], None
    for node in _Tree(value).stack[0].children:
        markdown = element(node, level)
        if before is not None and node.tag == before.tag and node.tag in ("ul", "ol"):
            parts.append(BETWEEN_LISTS)
        parts.append(markdown)
        before = node
    markdown = "\n\n".join(parts)
    return markdown if to_html(markdown, level) == value else raw(value)


def element(node, level):
    """Return one top-level element in the most pleasant way that reads back as the same."""
    source = outer(node)
    for style in (Style(), Style(loose=True), Style(tags=True), Style(tags=True, loose=True, escape_all=True)):
        markdown = style.block(node)
        if markdown is not None and to_html(markdown, level) == source:
            return markdown
    return raw(source)


def raw(value):
    """Return canonical HTML as one line that Markdown passes on untouched: no marker in it is meant as Markdown."""
    return value.replace("[^", "&#91;^")


def outer(node):
    """Return a node as the canonical HTML it was parsed from."""
    if isinstance(node, str):
        return html.escape(node, quote=False)
    attributes = "".join(f' {name}="{html.escape(value or "")}"' for name, value in node.attributes.items())
    if node.tag in ("br", "hr"):
        return f"<{node.tag}>"
    return f"<{node.tag}{attributes}>{''.join(map(outer, node.children))}</{node.tag}>"


class Style:
    """A way to write Markdown: lists `loose`, marks as `tags`, all punctuation escaped."""

    def __init__(self, *, loose=False, tags=False, escape_all=False):
        self.loose, self.tags, self.escape_all = loose, tags, escape_all

    def block(self, node):
        """Return a block as Markdown, or None if there is none for it."""
        if isinstance(node, str):
            return None
        match node.tag:
            case "p":
                return self.lines(node)
            case "h2" | "h3":
                return f"{'#' * int(node.tag[1])} {self.inline(node, newline='<br>')}"
            case "hr":
                return "***"
            case "blockquote":
                inner = self.join(node.children, "\n\n")
                return inner and "\n".join(f"> {line}".rstrip() for line in inner.split("\n"))
            case "ul" | "ol":
                return self.list(node)
            case "table":
                return self.table(node)
        return None

    def join(self, nodes, between):
        parts = [self.block(node) for node in nodes]
        return None if None in parts else between.join(parts)

    def lines(self, node):
        text = self.inline(node, newline="\\\n")
        return "\n".join(LINE_START.sub(escape_start, line) for line in text.split("\n"))

    def list(self, node):
        if node.attributes.get("type"):
            return None
        loose = self.loose or any(len(item.children) > 1 and item.children[1].tag == "p" for item in node.children)
        number, items = int(node.attributes.get("start", 1)), []
        for item in node.children:
            inner = self.join(item.children, "\n\n" if loose else "\n")
            if not inner:
                return None
            marker = "- " if node.tag == "ul" else f"{number}. "
            lines = inner.split("\n")
            items.append("\n".join([marker + lines[0], *(line and " " * len(marker) + line for line in lines[1:])]))
            number += 1
        return ("\n\n" if loose else "\n").join(items)

    def table(self, node):
        rows = [[self.cell(cell) for cell in row.children] for row in node.children[0].children]
        kinds = [{cell.tag for cell in row.children} for row in node.children[0].children]
        even = len({len(row) for row in rows}) == 1
        if not even or kinds[0] != {"th"} or {"th"} in kinds[1:] or any(None in row for row in rows):
            return None
        rows.insert(1, ["---"] * len(rows[0]))
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)

    def cell(self, node):
        if node.attributes or len(node.children) != 1 or node.children[0].tag != "p":
            return None
        return self.inline(node.children[0], newline="<br>").replace("|", "\\|")

    def inline(self, node, newline):
        out = []
        for child in node.children:
            if isinstance(child, str):
                out.append(self.text(child))
            elif child.tag == "br":
                out.append(newline)
            elif child.tag == "cite":
                out.append(f"[^{child.attributes['data-key']}]")
            else:
                out.append(self.mark(child, newline))
        return "".join(out)

    def text(self, value):
        if self.escape_all:
            return PUNCTUATION.sub(r"\\\1", value)
        return SPECIAL.sub(lambda match: "\\" + match.group(), value)

    def mark(self, node, newline):
        inner = self.inline(node, newline)
        if node.tag == "a" and not self.tags:
            return f"[{inner}]({self.target(node)})"
        if node.tag in MARKS and not self.tags and inner == inner.strip(" "):
            return f"{MARKS[node.tag]}{inner}{MARKS[node.tag]}"
        attributes = "".join(f' {name}="{html.escape(value or "")}"' for name, value in node.attributes.items())
        return raw(f"<{node.tag}{attributes}>") + f"{inner}</{node.tag}>"

    def target(self, node):
        href, title = node.attributes.get("href") or "", node.attributes.get("title")
        if not re.fullmatch(r"[^\s<>()\\]+", href):
            href = "<" + re.sub(r"([<>\\])", r"\\\1", href) + ">"
        if not title:
            return href
        title = re.sub(r'(["\\])', r"\\\1", title)
        return f'{href} "{title}"'


def escape_start(match):
    """Escape what would make a line of text a heading, a list, a quotation, a rule or a directive."""
    found = match.group()
    return f"{found}\\" if found.isdigit() else f"\\{found}"
