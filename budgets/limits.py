"""What a page may weigh and ask for, and which findings count: decisions only, nothing is measured here."""

import unicodedata
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlsplit

KB = 1000
HTML = 30 * KB  # of a story of 900 words, as it is before compression
TOTAL = 150 * KB  # of all that a page loads but its pictures, as it comes over the wire
MOST = {"document": 1, "stylesheet": 1, "font": 3, "script": 1}
WHOLE = 100  # the score that a category must have
PERFORMANCE = 98  # aimed at, as the median of several runs; told, no failure: it depends on the machine


@dataclass(frozen=True)
class Request:
    url: str
    kind: str  # as Playwright calls it: document, stylesheet, font, script, image …
    size: int  # bytes of the body over the wire


@dataclass(frozen=True)
class Loaded:
    """What a browser loaded for a page at `url`, whose HTML has `raw` bytes before compression and shows `text`."""

    url: str
    status: int
    raw: int
    text: str
    requests: tuple[Request, ...]

    @property
    def counts(self):
        return Counter(request.kind for request in self.requests)

    @property
    def total(self):
        return sum(request.size for request in self.requests if request.kind != "image")


def in_latin(text):
    """Tell whether a text has no letter but those that the fonts of an English page hold."""
    return all(ord(char) < 0x100 or not unicodedata.category(char).startswith("L") for char in text)


def breaches(page, *, html=None):
    """Return what is over budget on a page that was loaded, a sentence each; `html` limits its HTML, in bytes.

    Fonts and the total are limited where the letters of English do: others need fonts of their own.
    """
    found = [f"asked another host: {request.url}" for request in page.requests if is_elsewhere(request.url, page.url)]
    latin = in_latin(page.text)
    for kind, most in MOST.items():
        if page.counts[kind] > most and (latin or kind != "font"):
            found.append(f"{page.counts[kind]} of kind {kind}, at most {most}")
    if latin and page.total > TOTAL:
        found.append(f"{page.total} bytes without pictures, at most {TOTAL}")
    if html and page.raw > html:
        found.append(f"{page.raw} bytes of HTML, at most {html}")
    return found


def is_elsewhere(url, page):
    """Tell whether an address leads to another origin than the page's; data is nowhere."""
    asked, own = urlsplit(url), urlsplit(page)
    return asked.scheme != "data" and (asked.scheme, asked.netloc) != (own.scheme, own.netloc)


def low_scores(result):
    """Return the categories in which a page has less than it must, a sentence each with the audits that failed.

    `result` is what lighthouse.mjs tells of a page: {scores: {category: 0…100}, failed: {category: [audit]}}.
    """
    return [
        f"{category} {score}: {', '.join(result['failed'][category])}"
        for category, score in result["scores"].items()
        if category != "performance" and score < WHOLE
    ]
