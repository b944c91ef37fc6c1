"""One story file: Markdown with front matter, a version of a story. docs/story-files.md tells its format."""

import datetime
import re
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from stories.interchange.lines import Problem, YamlError, read_yaml
from stories.publishing.document import BLOCK_FIELDS, DOCUMENT, PROSE_FIELD

# Ids that a file leaves out are made from names in here, so that they are the same wherever the file is loaded.
NAMESPACE = uuid.UUID("6f9b1f0e-5c1d-5e0b-9a55-2f5a3c1d7e42")
FILE_NAME = re.compile(r"(?P<stem>[-\w]+)(\.(?P<number>[1-9][0-9]{0,5}))?\.md")
NOT_STORIES = {"readme.md"}
OWN_FIELDS = ("version", "change", "note", "overrides", "signed", "published")
# Not "removal": it names hashes of one site's record. That something was taken back is told by change and signed.
FIELDS = [*OWN_FIELDS, *(name for name in DOCUMENT if name not in ("blocks", "removal"))]
OPENING = re.compile(r"(?P<fence>:{3,}) *(?P<type>[a-z_]+)(?: +(?P<id>\S+))? *")
FENCE = re.compile(r":{3,}")
BLANK = " \t\n"


@dataclass
class Block:
    """A block as it stands in a file, its fields still raw."""

    type: str
    id: str | None
    line: int
    fields: dict = field(default_factory=dict)
    lines: dict = field(default_factory=dict)  # {field: line}
    markdown: str = ""
    markdown_line: int = 0


@dataclass
class StoryFile:
    """What a story file says, unchecked but for its form; `problems` is what is wrong with that."""

    path: Path
    stem: str = ""
    number: int = 1
    fields: dict = field(default_factory=dict)
    lines: dict = field(default_factory=dict)  # {place in the document: line}
    blocks: list = field(default_factory=list)
    published: datetime.datetime | None = None
    problems: list = field(default_factory=list)
    document: dict | None = None  # once it has been read and is found right

    def problem(self, place, sentence, line=None):
        """Note that something is wrong at a place of the document, like "blocks.2.url"."""
        self.problems.append(Problem(str(self.path), line or self.line(place), self.name_of(place), str(sentence)))

    def line(self, place):
        """Return the line of a place, or of the nearest place around it."""
        while place and place not in self.lines:
            place = place.rpartition(".")[0]
        return self.lines[place] if place else 1

    def name_of(self, place):
        """Return how a person finds a place: "post.url" for "blocks.2.url", "citations.url" for "citations.0.url"."""
        first, *rest = place.split(".")
        if first == "blocks" and rest and rest[0].isdigit() and int(rest[0]) < len(self.blocks):
            first, rest = self.blocks[int(rest[0])].type, rest[1:]
        return ".".join([first, *(part for part in rest if not part.isdigit())])

    @property
    def is_draft(self):
        return "published" not in self.fields


def read_story_file(path):
    """Return the StoryFile at `path`."""
    file = StoryFile(path)
    match = FILE_NAME.fullmatch(path.name)
    if not match:
        file.problem("", _("Name the file by the story’s slug: slug.md, slug.2.md, slug.3.md …"))
        return file
    file.stem, file.number = match["stem"], int(match["number"] or 1)
    text = read_text(path, file.problems)
    if text is not None:
        lines = text.split("\n")
        body = read_front_matter(file, lines)
        if body is not None:
            read_body(file, lines, body)
            for i, block in enumerate(file.blocks):
                file.lines[f"blocks.{i}"] = block.line
                file.lines |= {f"blocks.{i}.{place}": line for place, line in block.lines.items()}
            read_own_fields(file)
    return file


def read_text(path, problems):
    """Return the text of a UTF-8 file with plain line ends, or None and a problem."""
    try:
        data = path.read_bytes()
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except OSError as error:
        problems.append(Problem(str(path), 1, "", _("It cannot be read: %(error)s.") % {"error": error.strerror}))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.append(Problem(str(path), line, "", _("This is not UTF-8 text. Save the file as UTF-8.")))
    return None


def read_front_matter(file, lines):
    """Read the fields between the first two --- lines. Return the index of the line after them, or None."""
    if lines[0].rstrip() != "---":
        file.problem("", _("The file must begin with front matter: a line ---, fields, another line ---."))
        return None
    end = next((i for i, line in enumerate(lines) if i and line.rstrip() == "---"), None)
    if end is None:
        file.problem("", _("The front matter is not closed: write a line --- after its last field."))
        return None
    try:
        marked = read_yaml("\n".join(lines[1:end]), 2)
    except YamlError as error:
        file.problem(error.field, error.sentence, error.line)
        return None
    if not isinstance(marked.value, dict):
        file.problem("", _("The front matter must be fields, each on a line: “headline: …”."), 2)
        return None
    file.fields, file.lines = marked.value, marked.lines
    for name in list(file.fields):
        if name not in FIELDS:
            file.problem(name, _("There is no such field."))
            del file.fields[name]
    return end + 1


def read_own_fields(file):
    """Check what only files have: version and published."""
    version = file.fields.get("version")
    if version is not None and version != str(file.number):
        names = {"number": file.number, "name": file.path.name}
        file.problem("version", _("By its name %(name)s is version %(number)s.") % names)
    if "published" in file.fields:
        file.published = read_instant(file)


def read_instant(file):
    value = file.fields["published"]
    try:
        instant = datetime.datetime.fromisoformat(value if isinstance(value, str) and "T" in value.upper() else "")
        in_utc = instant.astimezone(datetime.UTC) if instant.tzinfo else None
    except (ValueError, OverflowError):
        sentence = _("“%(value)s” is not an instant such as 2025-02-28T15:00:00Z. A draft has no such field.")
        file.problem("published", sentence % {"value": value if isinstance(value, str) else ""})
        return None
    if in_utc is None:
        file.problem("published", _("Say in which time zone: %(value)sZ, or +03:00 for Istanbul.") % {"value": value})
    return in_utc


def read_body(file, lines, start):
    """Read the body from the line of index `start`: directives, and plain Markdown between them."""
    plain, index = [], start
    while index < len(lines):
        if not lines[index].startswith(":::"):
            plain.append(lines[index])
            index += 1
            continue
        add_text(file, plain, index - len(plain))
        plain, index = [], read_directive(file, lines, index)
    add_text(file, plain, index - len(plain))


def add_text(file, lines, index):
    """Add the text block of the lines from `index` on, unless they are blank."""
    while lines and not lines[0].strip(BLANK):
        lines, index = lines[1:], index + 1
    if lines:
        markdown = "\n".join(lines).rstrip(BLANK)
        file.blocks.append(Block("text", None, index + 1, markdown=markdown, markdown_line=index + 1))


def read_directive(file, lines, start):
    """Read the directive that opens at index `start`. Return the index of the line after it."""
    opening = OPENING.fullmatch(lines[start])
    if not opening:
        sentence = _("Nothing is open here to be closed.") if FENCE.fullmatch(lines[start].rstrip()) else None
        file.problem("", sentence or _("A block opens with ::: and its type, such as “::: key_point”."), start + 1)
        return start + 1
    fence = opening["fence"]
    for end in range(start + 1, len(lines)):
        if lines[end].rstrip() == fence:
            break
        inner = OPENING.fullmatch(lines[end])
        if inner and len(inner["fence"]) >= len(fence):
            end = None
            break
    else:
        end = None
    if end is None:
        sentence = _("This block is not closed: write a line %(fence)s at its end.") % {"fence": fence}
        file.problem(opening["type"], sentence, start + 1)
        return next((i for i in range(start + 1, len(lines)) if OPENING.fullmatch(lines[i])), len(lines))
    if opening["type"] not in BLOCK_FIELDS:
        names = {"type": opening["type"], "all": ", ".join(BLOCK_FIELDS)}
        file.problem("", _("There is no block “%(type)s”. There are: %(all)s.") % names, start + 1)
        return end + 1
    block = Block(opening["type"], opening["id"], start + 1)
    file.blocks.append(block)
    read_block(file, block, lines, start + 1, end)
    return end + 1


def read_block(file, block, lines, start, end):
    """Read what stands inside a directive, lines of the indexes `start` to `end`: YAML, ---, Markdown."""
    split = start
    if block.type != "text":
        split = next((i for i in range(start, end) if lines[i].rstrip() == "---"), end)
        read_block_fields(file, block, "\n".join(lines[start:split]), start + 1)
        split += 1
    markdown = lines[split:end]
    while markdown and not markdown[0].strip(BLANK):
        markdown, split = markdown[1:], split + 1
    block.markdown, block.markdown_line = "\n".join(markdown).rstrip(BLANK), split + 1


def read_block_fields(file, block, text, first_line):
    try:
        marked = read_yaml(text, first_line)
    except YamlError as error:
        file.problem(f"{block.type}.{error.field}".rstrip("."), error.sentence, error.line)
        return
    if marked.value is None:
        return
    if not isinstance(marked.value, dict):
        file.problem(block.type, _("Above --- there must be fields, each on a line."), first_line)
        return
    block.fields, block.lines = marked.value, marked.lines
    prose = PROSE_FIELD[block.type]
    if prose in block.fields:
        file.problem(f"{block.type}.{prose}", _("Write this below the line ---, as Markdown."), block.lines[prose])
        del block.fields[prose]
