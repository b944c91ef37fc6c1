import pytest
from hypothesis import given, settings

from stories.interchange.markdown import to_html
from stories.interchange.markdown_writer import to_markdown
from stories.models.prose import clean_html
from tests.strategies import block_html, with_keys

KEY = "0123456789ab"
CITED = f'<cite data-key="{KEY}"></cite>'


@settings(max_examples=100)
@given(block_html("body"))
def test_any_body_text_comes_back_the_same(html):
    check(clean_html(with_keys(html, [KEY])), "body")


@settings(max_examples=30)
@given(block_html("answer"))
def test_any_answer_comes_back_the_same(html):
    check(clean_html(with_keys(html, [KEY]), "answer"), "answer")


@settings(max_examples=30)
@given(block_html("line"))
def test_any_line_comes_back_the_same(html):
    check(clean_html(with_keys(html, [KEY]), "line"), "line")


def check(html, level):
    assert to_html(to_markdown(html, level), level) == html


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>Plain, with <strong>marks</strong> and <em>more</em> and <s>less</s>.</p>", None),
        ("<p>Plain.</p>", "Plain."),
        ("<p>a <strong>b</strong> <em>c</em> <s>d</s></p>", "a **b** *c* ~~d~~"),
        (f"<p>Said.{CITED}</p>", f"Said.[^{KEY}]"),
        ('<p><a href="/a/" title="t">x</a></p>', '[x](/a/ "t")'),
        ("<p>one<br>two</p>", "one\\\ntwo"),
        ("<h2>One</h2><h3>Two</h3>", "## One\n\n### Two"),
        ("<ul><li><p>a</p><ul><li><p>b</p></li></ul></li><li><p>c</p></li></ul>", "- a\n  - b\n- c"),
        ('<ol start="3"><li><p>a</p></li><li><p>b</p></li></ol>', "3. a\n4. b"),
        ("<ul><li><p>a</p><p>b</p></li></ul>", "- a\n\n  b"),
        ("<ul><li><p>a</p></li></ul><ul><li><p>b</p></li></ul>", "- a\n\n<!-- -->\n\n- b"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ("<hr>", "***"),
        (
            "<table><tbody><tr><th><p>a</p></th><th><p></p></th></tr><tr><td><p>b|c</p></td><td><p>d</p></td></tr>"
            "</tbody></table>",
            "| a |  |\n| --- | --- |\n| b\\|c | d |",
        ),
        ("<p>x<sub>2</sub></p>", "x<sub>2</sub>"),
        ("<p>a<strong> b</strong></p>", "a<strong> b</strong>"),
        ("<p>2 * 3, [sic], snake_case, #1</p>", "2 \\* 3, [sic], snake_case, #1"),
        ("<p># a</p><p>1. b</p><p>- c</p><p>::: d</p>", "\\# a\n\n1\\. b\n\n\\- c\n\n\\::: d"),
        ("<p>[^ab]</p>", "\\[^ab]"),
        ("<p>ИстАнбул שלום مرحبا</p>", "ИстАнбул שלום مرحبا"),
        ("", ""),
    ],
)
def test_what_markdown_can_say_is_said_in_markdown(html, markdown):
    assert clean_html(html) == html
    written = to_markdown(html)
    assert to_html(written) == html
    assert markdown is None or written == markdown


@pytest.mark.parametrize(
    "html",
    [
        '<ol type="A" start="2"><li><p>[^ab] a</p></li></ol>',
        '<table><tbody><tr><td colspan="2"><p>a</p></td></tr></tbody></table>',
        "<p>\u2003wide space</p>",
    ],
)
def test_what_markdown_cannot_say_is_one_line_of_html(html):
    assert clean_html(html) == html
    assert to_markdown(html) == html.replace("[", "&#91;")
    assert to_html(to_markdown(html)) == html


def test_a_lettered_list_in_html_may_cite():
    assert to_html('<ol type="A">\n<li>One.[^a]</li>\n</ol>', key_of=lambda key: KEY) == (
        f'<ol type="A"><li><p>One.{CITED}</p></li></ol>'
    )


def test_a_marker_at_the_start_of_a_paragraph_does_not_swallow_it():
    assert to_html(f"[^{KEY}]: text") == f"<p>{CITED}: text</p>"


def test_what_is_not_allowed_loses_its_tags():
    assert to_html("a <script>alert(1)</script><b onclick=x>b</b> [c](javascript:x)") == (
        "<p>a <strong>b</strong> [c](javascript:x)</p>"
    )
