"""YAML that knows its lines, and the errors that name them: `path:line: field: sentence`."""

from dataclasses import dataclass, field

import yaml
from django.utils.translation import gettext as _

from stories.publishing.fields import join

MAX_YAML = 1_000_000  # characters
MAX_DEPTH = 20
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NOTHING = {"", "~", "null", "Null", "NULL"}


@dataclass(order=True, frozen=True)
class Problem:
    """What is wrong with a file, where, in a sentence for the person who wrote it."""

    path: str
    line: int
    field: str
    sentence: str

    def __str__(self):
        return ": ".join(filter(None, [f"{self.path}:{self.line}", self.field, self.sentence]))


class YamlError(Exception):
    """YAML that is refused; `line` counts from 1."""

    def __init__(self, line, field, sentence):
        self.line, self.field, self.sentence = line, field, sentence
        super().__init__(sentence)


@dataclass
class Marked:
    """A YAML value and `lines`, {place: line}, a place being like "citations.0.url"; "" is the whole."""

    value: object
    lines: dict = field(default_factory=dict)

    def line(self, place):
        """Return the line of a place, or of the nearest place around it."""
        while place and place not in self.lines:
            place = place.rpartition(".")[0]
        return self.lines.get(place, 1)


def read_yaml(text, first_line=1):
    """Return `text` as a Marked of dictionaries, lists, strings and None, its first line being `first_line`.

    Every scalar is text, so that 1962, 14:05, no and 2025-02-28 stay what was written. Raise YamlError.
    """
    try:
        if len(text) > MAX_YAML:
            raise YamlError(first_line, "", _("At most a million characters of YAML can be read."))
        return _Reader(text, first_line).read()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        raise YamlError(line, "", _("This is not YAML: %(problem)s.") % {"problem": error.problem}) from error
    except yaml.reader.ReaderError as error:
        line = first_line + text.count("\n", 0, error.position)
        raise YamlError(line, "", _("This is not YAML: control characters are not allowed.")) from error


class _Reader:
    """Builds values from the parser's events: composing a deep enough file would end the process."""

    def __init__(self, text, first_line):
        self.events = yaml.parse(text, Loader=LOADER)
        self.first_line = first_line
        self.marked = Marked(None, {"": first_line})

    def read(self):
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if self.marked.value is not None:
                    raise YamlError(self.line_of(event), "", _("There must be one YAML document only."))
                self.marked.value = self.value("", next(self.events), 0)
        return self.marked

    def line_of(self, event):
        return self.first_line + event.start_mark.line

    def value(self, place, event, depth):
        line = self.line_of(event)
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise YamlError(
                line, place, _("Anchors and aliases (& and *) are not allowed. Quote a text that starts so.")
            )
        if event.tag:
            raise YamlError(line, place, _("Tags such as %(tag)s are not allowed.") % {"tag": event.tag})
        if depth > MAX_DEPTH:
            raise YamlError(line, "", _("This is nested too deeply."))
        if place not in self.marked.lines:
            self.marked.lines[place] = line
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(place, depth)
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(place, depth)
        return None if event.implicit[0] and event.value in NOTHING else event.value

    def sequence(self, place, depth):
        items = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.value(join(place, len(items)), event, depth + 1))
        return items

    def mapping(self, place, depth):
        items = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent) or event.anchor:
                raise YamlError(self.line_of(event), place, _("The name of a field must be text."))
            inner = join(place, event.value)
            if event.value in items:
                raise YamlError(self.line_of(event), inner, _("This field is there twice."))
            self.marked.lines[inner] = self.line_of(event)
            items[event.value] = self.value(inner, next(self.events), depth + 1)
        return items


class _Dumper(yaml.SafeDumper):
    """Writes days and instants without quotes, long text as it is and several lines as a literal block."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":float"))]
        for first, resolvers in yaml.SafeDumper.yaml_implicit_resolvers.items()
    }

    def increase_indent(self, flow=False, indentless=False):
        return super().increase_indent(flow, False)  # lists are indented under their field


def _text(dumper, value):
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def write_yaml(value):
    """Return dictionaries, lists, text, numbers and booleans as YAML that read_yaml() reads as the same."""
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**6, default_flow_style=False)
