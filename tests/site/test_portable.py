import re
import uuid
from html.parser import HTMLParser

import nh3
import pytest

from stories.models import Version
from stories.publishing.working_copy import picture_document
from stories.site.portable import portable_html
from tests.factories import make_document
from tests.site.rich import cite, make_picture, make_rich, rich_fields

pytestmark = pytest.mark.django_db
PAGE = "https://news.example/2025/02/28/talks/"
VOID = {"br", "hr", "img"}


def absolute(path):
    return path if path.startswith("http") else f"https://news.example{path}"


def render(declared=(), **values):
    """Return the HTML of a version that need not be saved."""
    document = make_document(**{"interest_note": ""} | values)
    return portable_html(Version(path="/2025/02/28/talks/", document=document, declared=list(declared)), absolute)


def block(kind, **values):
    return render(blocks=[{"type": kind, **values}], citations=[])


@pytest.fixture
def rich(db):
    return render(**rich_fields())


def test_it_is_well_formed(rich):
    class Reader(HTMLParser):
        def __init__(self):
            super().__init__()
            self.open = []

        def handle_starttag(self, tag, attrs):
            if tag not in VOID:
                self.open.append(tag)

        def handle_endtag(self, tag):
            assert self.open.pop() == tag

    reader = Reader()
    reader.feed(rich)
    reader.close()
    assert reader.open == []


def test_a_sanitiser_of_feed_readers_takes_nothing_away(rich):
    tags = set(re.findall(r"<([a-z0-9]+)", rich))
    assert tags <= nh3.ALLOWED_TAGS
    assert not re.search(r"<(script|style|iframe|form|link)|\s(class|id|style|on\w+)=", rich)


def test_all_addresses_are_full(rich):
    addresses = re.findall(r'(?:href|src)="([^"]*)"', rich)
    assert len(addresses) > 10
    assert all(address.startswith("https://") for address in addresses)
    assert (
        f'<a href="https://news.example/topics/harbour-talks/?a=1&amp;b=2">talks</a>, <a href="{PAGE}#sources">' in rich
    )


def test_markers_are_the_numbers_of_the_sources(rich):
    marked = re.findall(rf'<sup><a href="{re.escape(PAGE)}#source-(\d)">\[(\d)\]</a></sup>', rich)
    assert marked == [("1", "1"), ("2", "2"), ("2", "2"), ("1", "1"), ("3", "3"), ("4", "4")]
    assert "<cite" not in rich
    sources = rich[rich.index("<ol>", rich.index("<h2>Sources</h2>")) :]
    names = re.findall(r"<li>(.*?)[.,]", sources)
    assert names == ["Harbour Watch", "Foreign Ministry", "Port register", "An official who attended"]


def test_a_marker_without_a_citation_is_left_out():
    html = render(blocks=[{"type": "text", "html": f"<p>Alone{cite('paper')}.</p>"}], citations=[])
    assert html.endswith("<p>Alone.</p>")


def test_a_source_is_told_whole(rich):
    assert (
        "<li>Foreign Ministry, government. Statement, 28 February 2025. Seen through Harbour Watch. "
        "“in a business-like manner” "
        '<a href="https://ministry.example/statement?a=1&amp;b=2">Link</a> '
        '<a href="https://archive.example/1">Archived copy</a></li>'
    ) in rich


def test_an_unnamed_source_is_told_with_the_reason(rich):
    assert "<li>An official who attended, not cleared to speak. Interview.</li>" in rich


def test_notes_on_the_making_stand_between_body_and_sources(rich):
    order = [
        "Nobody knows.",
        "<strong>Editor’s note:</strong> Written from public statements.",
        "<strong>Interests:</strong> The desk has no ties to the ministry.",
        "<strong>Use of AI:</strong>",
        "<h2>Sources</h2>",
    ]
    places = [rich.index(part) for part in order]
    assert places == sorted(places)


def test_declared_changes_come_first_the_newest_on_top():
    correction = {"wrong": "Monday <i>", "right": "Friday", "severity": "major"}
    first = {"change": "clarification", "at": "2025-03-01T09:30:00.000000Z", "note": "Of two.", "correction": None}
    second = {"change": "correction", "at": "2025-03-02T23:30:00.000000Z", "note": "", "correction": correction}
    declared = [first, second]
    assert render(declared).startswith(
        "<p><strong>Correction, 2 March 2025:</strong> What was wrong: Monday &lt;i&gt; What is right: Friday</p>"
        "<p><strong>Clarification, 1 March 2025:</strong> Of two.</p>"
    )


def test_a_quote_keeps_its_lines_and_language(rich):
    assert '<blockquote lang="ru" dir="auto"><p>В деловом ключе.<br>Да.</p>\n\n<p>Нет.</p></blockquote>' in rich


def test_a_post_tells_account_platform_and_time(rich):
    assert "<p>BREAKING: the gate is &lt;open&gt;</p></blockquote>" in rich
    assert "<p>Harbour Watch (@harbour), Example, 28 February 2025, 14:05 UTC</p>" in rich
    assert '<p><a href="https://posts.example/1">Original post</a></p>' in rich


def test_a_post_tells_no_more_than_is_known():
    html = block("post", account="", handle="@harbour", words="Open", posted_on="2025-02")
    assert html.endswith(
        "<p>Open</p></blockquote><figcaption><p>@harbour, February 2025</p><p>No link given</p></figcaption></figure>"
    )


def test_key_points_and_events_are_lists_and_questions_headings(rich):
    assert "<dl><dt>🤝 Dialogue</dt><dd><p>Both sides came." in rich
    assert "<dt>Patience</dt><dd><p>No agreement.</p></dd></dl>" in rich
    assert (
        "<ul><li><p><strong>16 October 1962</strong></p><p>It began.</p></li><li><p><strong>1991</strong></p>" in rich
    )
    assert "<h3>Why &lt; now?</h3><p>Because.</p>" in rich


@pytest.mark.parametrize(("date", "words"), [("0044", "0044"), ("1962-10", "October 1962")])
def test_dates_are_as_precise_as_known(date, words):
    assert f"<li><p><strong>{words}</strong></p><p>x</p></li>" in block("event", date=date, detail="x")


def test_an_event_may_have_no_date():
    assert block("event", date="", detail="x").endswith("<ul><li><p>x</p></li></ul>")


def test_a_figure_has_size_caption_and_credit(rich):
    assert re.search(
        r'<figure><img src="https://news.example/media/pictures/[-0-9a-f]+\.jpg" alt="Gulls over a quay" width="300"'
        r' height="200"><figcaption><p><em>Gulls</em></p><p>A. Photographer</p></figcaption></figure>',
        rich,
    )


def test_a_picture_kept_elsewhere_keeps_its_address(settings):
    settings.MEDIA_URL = "https://media.example/"
    picture = make_picture()
    values = {"id": str(picture.pk), "file": picture.file.name}
    assert f'<img src="https://media.example/{picture.file.name}" alt="">' in block("figure", picture=values)


def test_a_picture_without_a_file_is_left_out():
    assert block("figure", picture={"id": str(uuid.uuid4())}).endswith("</p>")


def test_an_empty_document_is_empty_html():
    assert render(blocks=[], citations=[], standfirst="") == ""


def test_a_published_story_renders_as_saved(editor):
    version = make_rich(by=editor)
    version.refresh_from_db()
    assert "<strong>What was said &amp; by whom.</strong>" in portable_html(version, absolute)


def test_what_a_machine_made_is_told_in_every_place_that_a_story_is_carried_to():
    review = {"reviewer": "Ada", "reviewed_at": "2025-03-01T09:00:00Z", "statement": "Compared line by line."}
    picture = picture_document(make_picture(source_type="trainedAlgorithmicMedia"))
    html = render(lead_image=picture, ai_use="translated", ai_review=review, ai_label=True)
    assert "<p>Translated by machine, checked by an editor</p>" in html
    assert "<p>A. Photographer · Made with AI</p>" in html
    assert "translated by machine. Ada checked it on 1 March 2025, 09:00 UTC: Compared line by line.</p>" in html


def test_what_a_block_lacks_is_left_out():
    assert "<blockquote" not in block("quote", attribution="<p>At last.</p>")
    assert "<blockquote" not in block("post", account="At last.")
    assert "<h3>" not in block("question", answer="<p>At last.</p>")
    assert "At last." in block("question", answer="<p>At last.</p>")
