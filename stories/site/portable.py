"""A story as portable HTML, complete in itself: for feeds and whatever else carries it to another place.

No script, style or class, each address is absolute, and a marker is a number that leads to our page.
"""

import datetime
import itertools
import re
from dataclasses import dataclass

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from stories.models import Citation, Version
from stories.models.prose import MARKER
from stories.publishing.document import numbered_citations, upgraded
from stories.site import origin
from stories.site.origin import alt_of, picture_label

# A link in canonical HTML: text and attributes are escaped there, so nothing else looks like it.
LOCAL_LINK = re.compile(r'<a href="([/#][^"]*)"')


@dataclass(frozen=True)
class Frame:
    """What the parts of a story need to know of the whole."""

    page: str  # the full address of the story
    absolute: callable
    numbers: dict  # {citation key: its number}

    def prose(self, html):
        """Return canonical HTML of a document with full addresses and numbered markers."""
        html = LOCAL_LINK.sub(lambda link: f'<a href="{self.full(link[1])}"', html)
        return mark_safe(MARKER.sub(self.marker, html))

    def full(self, href):
        # It is escaped already, and stays so: neither part of the address is touched.
        return self.page + href if href.startswith("#") else self.absolute("/") + href[1:]

    def marker(self, match):
        number = self.numbers.get(match[1])
        return f'<sup><a href="{self.page}#source-{number}">[{number}]</a></sup>' if number else ""


def portable_html(version, absolute):
    """Return what a version says as HTML: corrections first, then pictures and body, the list of sources last.

    `absolute` is a function from a path on this site to its full address.
    """
    document = upgraded(version.document)
    if version.taken_back:
        return removal_note(version, document)
    citations = numbered_citations(document)
    numbers = {citation["key"]: citation["number"] for citation in citations}
    frame = Frame(absolute(version.path), absolute, numbers)
    # An update is in the text already; what was wrong or unclear must be told to who read it before.
    told = [change for change in version.declared if change["change"] != Version.Change.UPDATE]
    parts = [declared_note(change) for change in reversed(told)]
    if label := origin.ai_label(document):
        parts.append(paragraph(label))
    if document["standfirst"]:
        parts.append(format_html("<p><strong>{}</strong></p>", document["standfirst"]))
    if document["lead_image"]:
        parts.append(picture_html(document["lead_image"], "", frame))
    parts += body_html(document["blocks"], frame)
    parts += [line(label, text) for label, text in remarks(document) if text]
    parts.append(sources_html(citations))
    return SafeString("".join(parts))


def removal_note(version, document):
    """Return all that is left of a story that was taken back: when, why and by whom."""
    changes = [change for change in version.declared if change["change"] == version.taken_back]
    signed = line(_("Signed"), document["removal"]["signed"]) if document["removal"] else ""
    return SafeString("".join([*(declared_note(change) for change in reversed(changes)), signed]))


def declared_note(change):
    """Return a change that readers are told of as one paragraph: what it was, when, what was wrong and is right."""
    label = _("%(change)s, %(date)s") % {
        "change": capfirst(Version.Change(change["change"]).label),
        "date": date_format(timezone.localtime(datetime.datetime.fromisoformat(change["at"])), _("j F Y")),
    }
    return line(label, declared_text(change))


def declared_text(change):
    """Return what readers are told of a declared change, as plain text."""
    sentences = [change["note"]]
    if correction := change["correction"]:
        sentences += [
            _("What was wrong: %(text)s") % {"text": correction["wrong"]},
            _("What is right: %(text)s") % {"text": correction["right"]},
        ]
    return " ".join(" ".join(sentence.split()) for sentence in sentences if sentence)


def line(label, text):
    return format_html("<p><strong>{}:</strong> {}</p>", label, text)


def remarks(document):
    """Return [(label, text)] of what readers are told about the making of a story."""
    return [
        (_("Editor’s note"), document["editors_note"]),
        (_("Interests"), document["interest_note"]),
        (_("Use of AI"), " ".join(origin.ai_use(document)).strip()),
    ]


def body_html(blocks, frame):
    """Yield the body part by part; neighbours of a kind that makes lists form one."""
    for kind, group in itertools.groupby(blocks, key=lambda block: block["type"]):
        if kind in LISTED:
            tag, item_html = LISTED[kind]
            items = SafeString("".join(item_html(block, frame) for block in group))
            yield format_html("<{}>{}</{}>", tag, items, tag)
        else:
            yield from (SINGLE[kind](block, frame) for block in group)


def text_html(block, frame):
    return frame.prose(block["html"])


def figure_html(block, frame):
    return picture_html(block["picture"], frame.prose(block["caption"]), frame)


def picture_html(picture, caption, frame):
    if not picture or not picture["file"]:
        return ""
    size = format_html(' width="{}" height="{}"', picture["width"], picture["height"]) if picture["height"] else ""
    return format_html(
        '<figure><img src="{}" alt="{}"{}>{}</figure>',
        frame.absolute(default_storage.url(picture["file"])),
        alt_of(picture),
        size,
        figcaption(caption or paragraph(picture["caption"]), credit_html(picture)),
    )


def credit_html(picture):
    label = picture_label(picture)
    return paragraph(" · ".join(filter(None, [picture["credit"], label])))


def quote_html(block, frame):
    return format_html("<figure>{}{}</figure>", words_html(block), figcaption(frame.prose(block["attribution"])))


def post_html(block, frame):
    link = paragraph(_("No link given"))
    if block["url"]:
        link = format_html('<p><a href="{}">{}</a></p>', block["url"], _("Original post"))
    return format_html(
        "<figure>{}{}</figure>",
        words_html(block),
        figcaption(paragraph(posted_by(block)), link, frame.prose(block["note"])),
    )


def words_html(block):
    """Return words as they were said or posted, in their own language."""
    language = format_html(' lang="{}"', block["language"]) if block["language"] else ""
    if not block["words"]:
        return ""
    words = SafeString(linebreaks(block["words"], autoescape=True))
    return format_html('<blockquote{} dir="auto">{}</blockquote>', language, words)


def posted_by(post):
    """Return who posted it, where and when: Harbour Watch (@harbour), Example, 28 February 2025, 14:05 UTC."""
    who = f"{post['account']} ({post['handle']})" if post["account"] and post["handle"] else ""
    when = partial_date(post["posted_on"])
    at = f"{post['posted_at'][:5]} UTC" if post["posted_at"] else ""
    return ", ".join(filter(None, [who or post["account"] or post["handle"], post["platform"], when, at]))


def key_point_html(block, frame):
    label = f"{block['icon']} {block['label']}".strip()
    return format_html("<dt>{}</dt><dd>{}</dd>", label, frame.prose(block["detail"]))


def question_html(block, frame):
    question = format_html("<h3>{}</h3>", block["question"]) if block["question"] else ""
    return format_html("{}{}", question, frame.prose(block["answer"]))


def event_html(block, frame):
    date = format_html("<p><strong>{}</strong></p>", partial_date(block["date"])) if block["date"] else ""
    return format_html("<li>{}{}</li>", date, frame.prose(block["detail"]))


SINGLE = {
    "text": text_html,
    "figure": figure_html,
    "quote": quote_html,
    "post": post_html,
    "question": question_html,
}
LISTED = {"key_point": ("dl", key_point_html), "event": ("ul", event_html)}


def paragraph(text):
    return format_html("<p>{}</p>", text) if text else ""


def figcaption(*parts):
    parts = SafeString("".join(parts))
    return format_html("<figcaption>{}</figcaption>", parts) if parts else ""


def sources_html(citations):
    """Return the list of sources under the numbers that the markers have."""
    if not citations:
        return ""
    items = format_html_join("", "<li>{}{}</li>", ((source_line(c), links_html(c)) for c in citations))
    return format_html("<h2>{}</h2><ol>{}</ol>", _("Sources"), items)


def source_line(citation):
    """Return one use of a source as plain text: who, how we have it, through whom, and the words relied on."""
    sentences = [", ".join(filter(None, who(citation))), ", ".join(filter(None, how(citation)))]
    if citation["via"]:
        sentences.append(_("Seen through %(source)s") % {"source": citation["via"]["name"]})
    sentences.append(citation["terms"])
    text = " ".join(f"{sentence.rstrip('.')}." for sentence in sentences if sentence)
    return f"{text} “{citation['quote']}”" if citation["quote"] else text


def who(citation):
    if source := citation["source"]:
        return source["name"], source["role"]
    unnamed = citation["unnamed"] or {"descriptor": "", "reason": ""}
    return capfirst(unnamed["descriptor"]), unnamed["reason"]


def how(citation):
    obtained = Citation.Obtained(citation["obtained"]).label if citation["obtained"] else ""
    return capfirst(str(obtained)), partial_date(citation["published_on"])


def links_html(citation):
    links = [(citation["url"], _("Link")), (citation["archived_url"], _("Archived copy"))]
    return format_html_join("", ' <a href="{}">{}</a>', [link for link in links if link[0]])


def partial_date(value):
    """Return a date as precise as it is known in words: 1962, October 1962 or 16 October 1962."""
    if not value:
        return ""
    year, month, day = [*(int(part) for part in value.split("-")), 0, 0][:3]
    try:
        date = datetime.date(year, month or 1, day or 1)
    except ValueError:  # 2025-02-31 has the form of a date
        return value
    return date_format(date, [_("Y"), _("F Y"), _("j F Y")][bool(month) + bool(day)])
