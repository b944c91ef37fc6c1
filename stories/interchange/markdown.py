"""Markdown as story files have it, read into canonical HTML. markdown_writer.py writes it."""

import re

from markdown_it import MarkdownIt

from stories.models.prose import clean_html

# A marker cites: [^ministry], or [^0123456789ab] with the stored key.
MARKER = re.compile(r"\[\^([-\w.]{1,100})\]")


def to_html(markdown, level="body", key_of=lambda key: key):
    """Return Markdown (CommonMark, tables, strikethrough, HTML) as canonical HTML of `level`.

    `key_of` returns the stored citation key of the key in a marker; a marker of which it returns "" disappears.
    """
    return clean_html(_parser.render(markdown, {"key_of": key_of}), level)


def marked_keys(markdown):
    """Return the keys of all that looks like a marker in Markdown."""
    return MARKER.findall(markdown)


def _marker(state, silent):
    match = MARKER.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    if not silent:
        state.push("citation", "cite", 0).meta = {"key": match[1]}
    state.pos = match.end()
    return True


def _cite(key, env):
    return f'<cite data-key="{env["key_of"](key)}"></cite>'


def _render_marker(self, tokens, index, options, env):
    return _cite(tokens[index].meta["key"], env)


def _render_html(self, tokens, index, options, env):
    # In raw HTML too, where Markdown is not read: a lettered list may cite.
    return MARKER.sub(lambda match: _cite(match[1], env), tokens[index].content)


def _make_parser():
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    # "[^key]: text" would define a link and vanish; definitions reach across blocks, which are parsed one by one.
    parser.disable("reference")
    parser.inline.ruler.before("link", "citation", _marker)
    parser.add_render_rule("citation", _render_marker)
    parser.add_render_rule("html_block", _render_html)
    return parser


_parser = _make_parser()
