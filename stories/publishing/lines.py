"""What readers read of a document, as lines: a paragraph, a heading, an item, a row of a table is one."""

from html.parser import HTMLParser
from typing import NamedTuple

from stories.publishing.document import BLOCK_FIELDS, PROSE_FIELD

BETWEEN_CELLS = " · "
RULE = "⁂"  # what a line across the text is told as


class Said(NamedTuple):
    """A line: `tag` is the element it was, `links` are (words, address), `form` the rest of its markup, to compare."""

    tag: str
    words: str
    links: tuple = ()
    form: tuple = ()


def text_lines(value):
    """Return a field's value as lines: of several the words of each, of yes a tick."""
    if isinstance(value, dict):
        value = "\n".join(value.values())
    value = "✓" if value is True else value
    return [Said("p", line) for line in str(value or "").split("\n") if line]


def items(values):
    return [Said("li", value) for value in values]


def author_lines(document):
    rows = [f"{row['slug']} ({row['role']})" if row["role"] else row["slug"] for row in document["authors"]]
    return items(rows)


def picture_lines(picture):
    if not picture:
        return []
    told = [picture[name] for name in ("alt", "decorative", "caption", "credit", "source_type")]
    file = [Said("file", line.words) for line in text_lines(picture["file"])]
    return file + [line for value in told for line in text_lines(value)]


def cited_name(citation):
    return citation["source"]["name"] if citation["source"] else (citation["unnamed"] or {}).get("descriptor", "")


def citation_lines(citation):
    if citation is None:
        return []
    unnamed = citation["unnamed"] or {}
    values = [cited_name(citation), unnamed.get("reason"), citation["obtained"], citation["terms"], citation["quote"]]
    values += [citation["via"] and citation["via"]["name"], citation["url"], citation["archived_url"]]
    values += [citation["published_on"], citation["accessed_on"]]
    return [Said("li", str(value)) for value in values if value]


def block_lines(block, names):
    """Return what readers read of a block as lines; markers as the cited name in brackets."""
    if block is None:
        return []
    lines = picture_lines(block.get("picture"))
    if block["type"] == "key_point":  # as it stands in the story: the sign beside its label
        block = {**block, "icon": "", "label": f"{block['icon']} {block['label']}".strip()}
    for name in BLOCK_FIELDS[block["type"]]:
        if name not in ("picture", PROSE_FIELD[block["type"]]):
            lines += [Said("dt", line.words) for line in text_lines(block[name])]
    return lines + prose_lines(block[PROSE_FIELD[block["type"]]], names)


def lines_at(place, value, names):
    """Return what readers read, [words], where merge() found a conflict; `names` are {citation key: cited name}."""
    if value is None:
        return []
    readers = {
        "blocks": lambda: block_lines(value, names),
        "citations": lambda: citation_lines(value),
        "authors": lambda: author_lines({"authors": [value]}),
        "lead_image": lambda: picture_lines(value),
    }
    lines = readers.get(place.partition(".")[0], lambda: text_lines(value))()
    return [line.words for line in lines]


def prose_lines(html, names):
    reader = _Lines(names)
    reader.feed(html)
    reader.close()
    reader.end()
    return reader.lines


class _Lines(HTMLParser):
    """Read canonical HTML as lines of words: a row of a table is one, "th" if it has only headings, else "tr"."""

    TAGS = {"p", "h2", "h3", "li", "td", "th", "blockquote"}
    LISTS = {"ul", "ol"}
    CELLS = {"td", "th"}
    MARKS = {"strong", "em", "s", "sub", "sup"}

    def __init__(self, names):
        super().__init__(convert_charrefs=True)
        self.names = names
        self.lines = []
        self.inside = []  # [(tag, what it says of its form)]
        self.row = []  # [(tag, words)], the cells of the row that is read
        self.words = ""
        self.links, self.link = [], None  # (words, address); (where it begins, address)
        self.marks = []  # [(where, which)]
        self.form = []  # of the cells so far

    def handle_starttag(self, tag, attrs):
        if tag in self.TAGS or tag in self.LISTS:
            self.end()
            # Of an item its first line has the bullet.
            self.inside.append((tag, "first" if tag == "li" else tuple(attrs)))
            if tag in self.CELLS:
                self.row.append((tag, ""))
        elif tag == "a":
            address = dict(attrs)
            self.link = len(self.words), address.get("href", "")
            if address.get("title"):
                self.marks.append((len(self.words), address["title"]))
        elif tag == "br":
            self.marks.append((len(self.words), tag))
            self.words += " "
        elif tag == "cite":
            key = dict(attrs).get("data-key")
            self.marks.append((len(self.words), key))
            self.words += f" [{self.names.get(key, '?')}]"
        elif tag == "hr":
            self.lines.append(Said(tag, RULE))
        elif tag in self.MARKS:
            self.marks.append((len(self.words), tag))

    def handle_endtag(self, tag):
        if tag in self.TAGS or tag in self.LISTS:
            self.end()
            self.inside.pop()
        elif tag == "a" and self.link:
            start, address = self.link
            self.links.append((" ".join(self.words[start:].split()), address))
            self.link = None
        elif tag == "tr":
            self.end_row()
        elif tag in self.MARKS:
            self.marks.append((len(self.words), f"/{tag}"))

    def handle_data(self, data):
        self.words += data

    def end(self):
        words = " ".join(self.words.split())
        if words:
            self.form.append((*self.inside, *self.marks))
            self.inside = [(tag, "" if tag == "li" else form) for tag, form in self.inside]
            self.marks = []
        if self.row:
            tag, before = self.row[-1]
            self.row[-1] = tag, f"{before} {words}".strip()
        elif words:
            outer = [tag for tag, _form in self.inside if tag in self.TAGS and tag != "p"]
            self.add(outer[-1] if outer else "p", words)
        self.words = ""

    def end_row(self):
        if any(words for _tag, words in self.row):
            tag = "tr" if any(tag == "td" for tag, _words in self.row) else "th"
            self.add(tag, BETWEEN_CELLS.join(words for _tag, words in self.row))
        self.row, self.links, self.form = [], [], []

    def add(self, tag, words):
        self.lines.append(Said(tag, words, tuple(self.links), tuple(self.form)))
        self.links, self.form = [], []
