"""The document: one JSON shape of a story between desk, record, site and files (docs/architecture.md shows it whole).

`clean()` is the trust boundary: no Revision or Version is written without it, whatever the way in.
"""

import copy
import hashlib
import html
import json
import re
import uuid

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from stories.models.prose import markers
from stories.publishing import fields

SCHEMA = 2

ADDRESS = fields.AsTyped(fields.url, fields.MAX_URL)
LANGUAGE = fields.AsTyped(fields.language, 35)
PARTIAL_DATE, DAY, TIME = (
    fields.AsTyped(cleaner, fields.MAX_DATE) for cleaner in (fields.partial_date, fields.day, fields.time)
)

SOURCE = {
    "slug": fields.required(fields.slug),
    "name": fields.line(200),
    "kind": fields.choice("source_kind"),
    "role": fields.line(200),
    "handle": fields.line(100),
    "platform": fields.line(50),
    "url": fields.url,
}
AUTHOR = {"slug": fields.required(fields.slug), "role": fields.line(100)}
UNNAMED = {"descriptor": fields.line(200), "reason": fields.line(300)}
PICTURE = {
    "id": fields.required(fields.identifier),
    "file": fields.picture_file,
    "width": fields.pixels,
    "height": fields.pixels,
    "alt": fields.line(300),
    "decorative": fields.flag,
    "caption": fields.line(300),
    "credit": fields.line(200),
    "source_type": fields.choice("source_type"),
}
CITATION = {
    "key": fields.citation_key,
    "source": fields.optional(SOURCE),
    "unnamed": fields.optional(UNNAMED),
    "obtained": fields.choice("obtained"),
    "terms": fields.line(200),
    "quote": fields.text,
    "url": ADDRESS,
    "published_on": PARTIAL_DATE,
    "accessed_on": DAY,
    "archived_url": ADDRESS,
    "via": fields.optional(SOURCE),
}
BLOCK_FIELDS = {
    "text": {"html": fields.prose("body")},
    "figure": {"picture": fields.optional(PICTURE), "caption": fields.prose("line")},
    "quote": {"words": fields.text, "language": LANGUAGE, "attribution": fields.prose("line")},
    "post": {
        "account": fields.line(200),
        "handle": fields.line(100),
        "platform": fields.line(50),
        "posted_on": PARTIAL_DATE,
        "posted_at": TIME,
        "words": fields.text,
        "language": LANGUAGE,
        "url": ADDRESS,
        "note": fields.prose("line"),
    },
    "key_point": {"icon": fields.line(10), "label": fields.line(100), "detail": fields.prose("line")},
    "question": {"question": fields.line(300), "answer": fields.prose("answer")},
    "event": {"date": PARTIAL_DATE, "detail": fields.prose("line")},
}
# The one field of each block type that is rich text, and so may hold citation markers.
PROSE_FIELD = {
    "text": "html",
    "figure": "caption",
    "quote": "attribution",
    "post": "note",
    "key_point": "detail",
    "question": "answer",
    "event": "detail",
}
PARAGRAPH_END = re.compile("</(?:p|h2|h3)>|<br>")
CORRECTION = {"wrong": fields.text, "right": fields.text, "severity": fields.choice("severity")}
# Who checked what a machine translated or wrote, as readers are told: a name, an instant, and how it was checked.
AI_REVIEW = {"reviewer": fields.line(200), "reviewed_at": fields.instant, "statement": fields.text}
# Of a version that removed something: who signs the notice, and the hashes of the versions it altered.
REMOVAL = {
    "signed": fields.line(200),
    "altered": fields.many({"number": fields.pixels, "was": fields.sha256, "is": fields.sha256}, unique="number"),
}
# What a version says of a check that its editor overrode. It stands beside the document, not in it.
OVERRIDE = {
    "check": fields.required(fields.line(100)),
    "sentence": fields.required(fields.line(1000)),
    "words": fields.lines(1000),
    "reason": fields.required(fields.line(1000)),
}
DOCUMENT = {
    "id": fields.required(fields.identifier),
    "language": LANGUAGE,
    "kind": fields.choice("kind"),
    "slug": fields.slug,
    "headline": fields.line(250),
    "kicker": fields.line(100),
    "standfirst": fields.text,
    "summary": fields.text,
    "dateline": fields.line(100),
    "lead_image": fields.optional(PICTURE),
    "editors_note": fields.text,
    "interest_note": fields.text,
    "ai_use": fields.choice("ai_use"),
    "ai_review": fields.optional(AI_REVIEW),
    "ai_label": fields.flag,
    "translation_of": fields.identifier,
    "correction": fields.optional(CORRECTION),
    "removal": fields.optional(REMOVAL),
    "authors": fields.many(AUTHOR, unique="slug"),
    "topics": fields.slugs,
    "tags": fields.slugs,
    "blocks": fields.blocks(BLOCK_FIELDS),
    "citations": fields.many(CITATION, unique="key"),
}


class DocumentError(ValueError):
    """A document that cannot be cleaned. `problems` is [(place, sentence)], a place being like "blocks.2.url"."""

    def __init__(self, problems):
        self.problems = problems
        super().__init__("; ".join(f"{place}: {sentence}" for place, sentence in problems))


def clean(document, *, draft=False):
    """Return `document` normalised, sanitised and complete, or raise DocumentError.

    Every field is there, empty if it was missing; topics and tags are sorted; text and HTML are in canonical form.
    Cleaning what is clean changes nothing. An unfinished story is no error: what must be there to publish is the
    business of preflight. Of a `draft` an address, a date or a language may be half written and stays as it is.
    """
    problems = []
    document = upgraded(document)
    known = {key: value for key, value in document.items() if key != "schema"}
    cleaned = fields.clean_shape(DOCUMENT, known, "", problems)
    if cleaned["id"] and cleaned["translation_of"] == cleaned["id"]:
        problems.append(("translation_of", _("A story is no translation of itself.")))
    if draft:
        problems = [problem for problem in problems if not isinstance(problem, fields.HalfWritten)]
    if problems:
        raise DocumentError(problems)
    for citation in cleaned["citations"]:
        if citation["source"] or not any((citation["unnamed"] or {}).values()):
            citation["unnamed"] = None
    if not any((cleaned["ai_review"] or {}).values()):
        cleaned["ai_review"] = None
    correction = cleaned["correction"]
    if correction and not (correction["wrong"] or correction["right"]):
        cleaned["correction"] = None
    return {"schema": SCHEMA, **cleaned}


def clean_overrides(value):
    """Return what a version overrode, [{check, sentence, words, reason}], cleaned, or raise DocumentError."""
    problems = []
    rows = fields.rows(value, "overrides", problems)
    cleaned = [fields.clean_shape(OVERRIDE, row, f"overrides.{i}", problems) for i, row in enumerate(rows)]
    if problems:
        raise DocumentError(problems)
    return cleaned


def from_schema_1(document):
    """Return a document of schema 1 as one of schema 2, which says how pictures and text were made."""

    def told(picture):
        return picture and {"decorative": False, "source_type": "", **picture}

    blocks = [
        {**block, "picture": told(block["picture"])} if block["type"] == "figure" else block
        for block in document.get("blocks", ())
    ]
    lead = told(document.get("lead_image"))
    return {"ai_review": None, "ai_label": False, **document, "blocks": blocks, "lead_image": lead}


MIGRATIONS = {1: from_schema_1}  # {schema: function that returns a document of it as one of the next schema}


def upgraded(document):
    """Return `document` in today's schema. Stored documents are migrated when read and never rewritten."""
    if not isinstance(document, dict):
        raise DocumentError([("document", _("It must be an object."))])
    schema = document.get("schema", SCHEMA)
    shown = schema if type(schema) is int and abs(schema) < 10**9 else type(schema).__name__
    if type(schema) is not int or not min(MIGRATIONS, default=SCHEMA) <= schema <= SCHEMA:
        raise DocumentError([("schema", _("Schema %(schema)s is not known here.") % {"schema": shown})])
    while schema < SCHEMA:
        document = MIGRATIONS[schema](document)
        schema += 1
    return {**document, "schema": SCHEMA}


def canonical(value):
    """Return `value` as the one JSON text that is hashed: sorted keys, no spaces, no floats that differ by database."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def fingerprint(document):
    """Return the SHA-256 of a document in hex, to tell equal ones."""
    return hashlib.sha256(canonical(document).encode()).hexdigest()


def empty_document(story_id, **values):
    """Return a cleaned document with nothing in it but its id and `values`."""
    return clean({"id": str(story_id), **values})


def new_id():
    return str(uuid.uuid4())


def half_written(document):
    """Yield (row, field, sentence) of what a draft keeps half written; the row of its own fields is the document."""
    rows = [(document, {"language": LANGUAGE})]
    rows += [(block, BLOCK_FIELDS[block["type"]]) for block in document["blocks"]]
    rows += [(citation, CITATION) for citation in document["citations"]]
    for row, shape in rows:
        for name, cleaner in shape.items():
            if row[name] and isinstance(cleaner, fields.AsTyped):
                problems = []
                cleaner(row[name], name, problems)
                for _place, sentence in problems:
                    yield row, name, sentence


def written_out(document):
    """Return a draft as a version of it would be: without what is half written."""
    document = copy.deepcopy(document)
    for row, name, _sentence in list(half_written(document)):
        row[name] = ""
    return document


def cited_keys(document):
    """Return the citation keys marked in the text, in reading order, each once; some may have no citation."""
    keys = {}
    for block in document["blocks"]:
        keys.update(dict.fromkeys(markers(block[PROSE_FIELD[block["type"]]])))
    return list(keys)


def numbered_citations(document):
    """Return the citations as readers see them: those marked in the text in reading order, then the others."""
    by_key = {citation["key"]: citation for citation in document["citations"]}
    order = [key for key in cited_keys(document) if key in by_key]
    order += [key for key in by_key if key not in set(order)]
    return [{**by_key[key], "number": number} for number, key in enumerate(order, 1)]


def named_sources(document):
    """Return {slug: source as the document keeps it} of all sources cited or seen through."""
    sources = {}
    for citation in document["citations"]:
        for source in (citation["source"], citation["via"]):
            if source:
                sources.setdefault(source["slug"], source)
    return sources


def pictures(document):
    """Return the pictures a document shows, as it keeps them."""
    shown = [block["picture"] for block in document["blocks"] if block["type"] == "figure"]
    return [picture for picture in (document["lead_image"], *shown) if picture]


def plain_text(document):
    """Return what readers read of the body as plain text, a block a line."""
    lines = []
    for block in document["blocks"]:
        parts = [block.get(name) or "" for name in ("account", "label", "question", "words")]
        prose = PARAGRAPH_END.sub(" ", block[PROSE_FIELD[block["type"]]])
        parts.append(html.unescape(strip_tags(prose)))
        lines.append(" ".join(" ".join(parts).split()))
    return "\n".join(lines)


def word_count(document):
    return len(plain_text(document).split())


def same_for_readers(document, other):
    """Tell whether two documents differ in nothing but the correction they declare."""
    declared = {"correction": None, "removal": None}
    return canonical({**upgraded(document), **declared}) == canonical({**upgraded(other), **declared})
