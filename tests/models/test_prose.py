"""clean_html() and clean_text(): one canonical, safe form, whatever comes in by whatever way."""

import re
import unicodedata
import uuid
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stories.models import Text
from stories.models.prose import FORBIDDEN, LEVELS, clean_html, clean_text, markers
from tests.factories import make_revision
from tests.strategies import TRICKY, block_html

KEY = "0123456789ab"
CITE = f'<cite data-key="{KEY}"></cite>'
MARKS = {"a", "strong", "em", "s", "sub", "sup", "br", "cite"}
ATTRIBUTES = {"a": {"href", "title"}, "cite": {"data-key"}, "ol": {"type", "start"}} | {
    cell: {"colspan", "rowspan"} for cell in ("td", "th")
}
CONTAINERS = {"ul": {"li"}, "ol": {"li"}, "table": {"tbody", "tr", "td", "th"}}

HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT\n>alert(1)</sCript\t>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="&#106;ava&#9;script:alert(1)">x</a>',
    '<a href=" data:text/html,alert(1)">x</a>',
    '<a href="//evil.example">x</a>',
    r'<a href="/\evil.example">x</a>',
    r'<a href="\\evil.example">x</a>',
    '<a href="/\t/evil.example">x</a>',
    '<a href="/&#10;/evil.example">x</a>',
    '<a href="https:evil.example">x</a>',
    '<a href="https://a.example/&#1;&#xD800;">x</a>',
    '<a href="https://a.example/" onclick="alert(1)" style="x" target="_blank">x</a>',
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    "<textarea><p></textarea><img src=x onerror=alert(1)>",
    "<title><a href='</title><img src=x onerror=alert(1)>'>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<plaintext><script>alert(1)</script>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
    "<p>a<!-- --!><script>alert(1)</script> -->b",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?><p>x",
    "<p>\u0338x</p><p>a</p>\u0338b",
    "<p>\x00a\x00</p>",
    "<p>\ud800 a \udfff</p>",
    "<p>a&#0;b&#13;c&#128;d&#xFDD0;e&#x110000;f</p>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<h2>a<ul><li>b</li></ul>c</h2>",
    "<h2><p>a</p>b</h2>",
    f'<cite data-key="{KEY}"><p>inside</p></cite>after',
    f"<b>{CITE}</b>{CITE}",
    '<a href="#x"><table><tr><td><a href="#y">z</a></td></tr></table></a>',
    "<table><caption>Cap</caption>loose<tr>text<td>a<th>b<table><tr><td>c</table></table>",
    "<table><td>a<ul><li>b<table><tr><td>c</ul></table>",
    "<ul>loose<li>a<ul>b</ul></li><p>c</p></ul>",
    "<li>a</li><td>b</td><tr>c</tr>",
    "a\u00a0\u037e \u00a0! «\u00a0x\u00a0»",
    "<ol start='007' type='i'><li>a</ol><ol start='1'><li>b</ol><ol start='99999'><li>c</ol>",
    "<td colspan='2'>a</td><table><tr><td colspan='02' rowspan='1'>b<td colspan=500>c</table>",
]
soup = st.lists(
    st.sampled_from(
        [*HOSTILE, *TRICKY, CITE, "</p>", "<p>", "<b>", "</b>", "<i>", "<ul>", "<li>", "</li>", "<table>", "<td>"]
    )
    | st.text(max_size=4),
    max_size=8,
).map("".join)
any_html = soup | block_html("body")
levels = st.sampled_from(sorted(LEVELS))


class Grammar(HTMLParser):
    """Read canonical HTML strictly: every tag and attribute allowed where it stands, every text inside a block."""

    def __init__(self, level):
        super().__init__()
        self.blocks = {"p"} | LEVELS[level] | {child for tag in LEVELS[level] for child in CONTAINERS.get(tag, ())}
        self.stack = []

    def handle_starttag(self, tag, attrs):
        assert tag in self.blocks | MARKS
        assert {name for name, _ in attrs} <= ATTRIBUTES.get(tag, set())
        for name, value in attrs:
            if name == "href":
                assert re.match(r"https?://[^/\\]|mailto:|/(?![/\\])|#", value, re.I)
                assert not re.search(r"[\t\r\n]", value)
        inside = self.stack[-1] if self.stack else None
        if tag in MARKS:
            assert {"p", "h2", "h3"} & set(self.stack)
            assert tag in ("br", "cite") or tag not in self.stack
        elif tag in ("p", "ul", "ol"):
            assert inside in (None, "li", "td", "th", "blockquote")
        else:
            parents = {"li": ("ul", "ol"), "tbody": ("table",), "tr": ("tbody",), "td": ("tr",), "th": ("tr",)}
            assert inside in parents.get(tag, (None,))
        if tag not in ("br", "hr"):
            self.stack.append(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_data(self, data):
        assert {"p", "h2", "h3"} & set(self.stack)
        assert "cite" not in self.stack
        assert not FORBIDDEN.search(data)

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def check(value, level):
    grammar = Grammar(level)
    grammar.feed(value)
    grammar.close()
    assert not grammar.stack


@given(value=any_html, level=levels)
def test_cleaned_html_is_allowed_and_cleaning_it_again_changes_nothing(value, level):
    once = clean_html(value, level)
    check(once, level)
    assert clean_html(once, level) == once


@pytest.mark.parametrize("level", sorted(LEVELS))
@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_html_is_made_harmless(value, level):
    once = clean_html(value, level)
    check(once, level)
    assert clean_html(once, level) == once


@pytest.mark.parametrize(
    "value", [case for case in HOSTILE if "alert" in case and "&lt;" not in case and "plaintext" not in case]
)
def test_no_script_is_left_as_a_tag_or_an_address(value):
    assert not re.search(r"<[^>]*(alert|script|onerror)", clean_html(value))


@given(
    words=st.lists(st.text("abcäß漢שش<>&\"'", min_size=1), min_size=1),
    wrapper=st.sampled_from(["p", "h2", "li", "td", "b"]),
)
def test_no_word_is_lost(words, wrapper):
    escaped = [word.replace("&", "&amp;").replace("<", "&lt;") for word in words]
    html = "".join(f"<{wrapper}>{word}</{wrapper}> " for word in escaped)
    assert visible(clean_html(html)) == unicodedata.normalize("NFC", "".join(words))


def visible(html):
    found = []
    parser = HTMLParser()
    parser.handle_data = found.append
    parser.feed(html)
    parser.close()
    return re.sub(r"\s", "", "".join(found))


@pytest.mark.parametrize(
    ("opening", "closing", "times"),
    [
        ("<b>", "</b>", 10_000),
        ("<div>", "</div>", 10_000),
        ("<b>x", "", 10_000),
        ("<ul><li>", "</li></ul>", 2_000),
        ("<table><tr><td>", "", 2_000),
    ],
)
def test_deeply_nested_tags_keep_their_text(opening, closing, times):
    value = clean_html(opening * times + "deep" + closing * times)
    assert "deep" in value
    assert clean_html(value) == value


@pytest.mark.parametrize("value", ["a \u00a0", "<br>", "<br>x", "<b>a<i>b", "<cite>a"])
def test_long_hostile_text_is_cleaned_at_all(value):
    assert "end" in clean_html(value * 20_000 + "end")


@pytest.mark.parametrize(
    ("value", "canonical"),
    [
        ("loose", "<p>loose</p>"),
        ("loose<p>a</p>tail", "<p>loose</p><p>a</p><p>tail</p>"),
        ("<div>a<div>b</div></div>", "<p>a</p><p>b</p>"),
        ("<p><b>a</b><i>b</i><del>c</del><strike>d</strike></p>", "<p><strong>a</strong><em>b</em><s>cd</s></p>"),
        ("<p><em><strong>a</strong></em></p>", "<p><strong><em>a</em></strong></p>"),
        ("<p><em>a</em><strong><em>b</em></strong></p>", "<p><em>a</em><strong><em>b</em></strong></p>"),
        ("<b><p>a</p><p>b</p></b>", "<p><strong>a</strong></p><p><strong>b</strong></p>"),
        ("<b><b>a</b>b</b>", "<p><strong>ab</strong></p>"),
        ('<b><a href="#x">a</a></b>', '<p><a href="#x"><strong>a</strong></a></p>'),
        ('<p><a href="https://a.example/?b=c&d" title=\'"\'>a</a></p>',
         '<p><a href="https://a.example/?b=c&amp;d" title="&quot;">a</a></p>'),
        ('<p><a href="javascript:x">a</a></p>', "<p>a</p>"),
        ("<h1>a</h1><h4>b</h4>", "<h2>a</h2><h3>b</h3>"),
        ("<ul><li>a</li><li><p>b</p></li></ul>", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", "<ul><li><p>a</p><ul><li><p>b</p></li></ul></li></ul>"),
        ('<ol type="a" start="3"><li>a</li></ol>', '<ol type="a" start="3"><li><p>a</p></li></ol>'),
        ('<ol type="1" start="1"><li>a</li></ol>', "<ol><li><p>a</p></li></ol>"),
        ("<table><thead><tr><th>a</th></tr></thead><tr><td></td></tr></table>",
         "<table><tbody><tr><th><p>a</p></th></tr><tr><td><p></p></td></tr></tbody></table>"),
        ("<p></p><p> </p><p>&nbsp;</p><ul><li></li></ul><blockquote></blockquote><table></table>", ""),
        ("<p>a<br></p><p><br>b</p>", "<p>a</p><p>b</p>"),
        ("<p>a <br> b</p>", "<p>a<br>b</p>"),
        ("a<hr>b", "<p>a</p><hr><p>b</p>"),
        ("<blockquote>a</blockquote>", "<blockquote><p>a</p></blockquote>"),
        (f'<p>a<cite data-key="{KEY}" class="x">[12]</cite>b</p>', f"<p>a{CITE}b</p>"),
        (f"<p><b>a{CITE}</b></p>", f"<p><strong>a</strong>{CITE}</p>"),
        ('<p>a<cite data-key="K3F9">b</cite><cite>c</cite></p>', "<p>abc</p>"),
        (f'<p><cite data-key="{KEY.upper()}">b</cite></p>', "<p>b</p>"),
        ("<p> a \n b </p>", "<p>a b</p>"),
        ("<p>10&nbsp;% «&nbsp;oui&nbsp;»&nbsp;: a&nbsp;b</p>", "<p>10\u00a0% «\u00a0oui\u00a0»\u00a0: a b</p>"),
        ("<p>e\u0301</p>", "<p>é</p>"),
        ("<p>R&D &quot;x&quot; &lt;y&gt;</p>", '<p>R&amp;D "x" &lt;y&gt;</p>'),
    ],
)  # fmt: skip
def test_canonical_form(value, canonical):
    assert clean_html(value) == canonical


def test_an_answer_has_lists_and_a_line_has_paragraphs_only():
    value = "<h2>a</h2><ul><li>b</li></ul><table><tr><td>c</td></tr></table><blockquote>d</blockquote>"
    assert clean_html(value, "answer") == "<p>a</p><ul><li><p>b</p></li></ul><p>c</p><p>d</p>"
    assert clean_html(value, "line") == "<p>a</p><p>b</p><p>c</p><p>d</p>"


def test_markers_are_found_in_reading_order():
    other = "ffffffffffff"
    assert markers(clean_html(f'a<cite data-key="{other}"></cite>b{CITE}')) == [other, KEY]


@given(value=st.lists(st.sampled_from(TRICKY) | st.text(), max_size=6).map("".join), multiline=st.booleans())
@example(value="\u0958\u1100\u1161\x85\x0b \n\n\n\r\n x", multiline=True)
def test_cleaned_text_is_normal_and_stays_so(value, multiline):
    once = clean_text(value, multiline=multiline)
    assert clean_text(once, multiline=multiline) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not FORBIDDEN.search(once)
    assert multiline or "\n" not in once


def test_text_of_many_lines_keeps_its_paragraphs():
    assert clean_text(" a \r\nb\r\r\n\n\n c\t d \n", multiline=True) == "a\nb\n\nc d"


BAD, GOOD = "<script>x</script><b>a</b>", "<p><strong>a</strong></p>"


def by_save(story):
    Text(parent=story, ordering=1, html=BAD).save()


def by_create(story):
    Text.objects.create(parent=story, ordering=1, html=BAD)


def by_bulk_create(story):
    Text.objects.bulk_create([Text(parent=story, ordering=1, html=BAD)])


def by_bulk_update(story):
    block = Text.objects.create(parent=story, ordering=1, html="before")
    block.html = BAD
    Text.objects.bulk_update([block], ["html"])


def by_update(story):
    Text.objects.create(parent=story, ordering=1, html="before")
    Text.objects.filter(parent=story).update(html=BAD)


def by_get_or_create(story):
    Text.objects.get_or_create(parent=story, ordering=1, defaults={"html": BAD})


def by_update_or_create(story):
    Text.objects.update_or_create(pk=uuid.uuid4(), defaults={"parent": story, "ordering": 1, "html": BAD})


@pytest.mark.parametrize(
    "way", [by_save, by_create, by_bulk_create, by_bulk_update, by_update, by_get_or_create, by_update_or_create]
)
def test_html_is_sanitised_on_every_way_into_the_database(db, way):
    story = make_revision(blocks=[]).story
    way(story)
    assert Text.objects.get(parent=story).html == GOOD
