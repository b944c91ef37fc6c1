"""Checks of the story as a whole: what it is, who answers for it, and when it may be seen."""

from django.utils.dateformat import format as format_date
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stories.models import Story
from stories.publishing.document import half_written, named_sources
from stories.publishing.preflight.reading import bare, body_texts, listed, quoting

MAX_HEADLINE = 110  # characters; search engines and phones show no more
MACHINE_MADE = {Story.AIUse.TRANSLATED, Story.AIUse.GENERATED}
# What a kicker, or a headline before its colon, calls a story, and the kind that it then must be.
LABELS = {
    "en": {
        "opinion": Story.Kind.OPINION,
        "comment": Story.Kind.OPINION,
        "commentary": Story.Kind.OPINION,
        "column": Story.Kind.OPINION,
        "op-ed": Story.Kind.OPINION,
        "editorial": Story.Kind.OPINION,
        "analysis": Story.Kind.ANALYSIS,
    },
    "ru": {
        "мнение": Story.Kind.OPINION,
        "комментарий": Story.Kind.OPINION,
        "колонка": Story.Kind.OPINION,
        "анализ": Story.Kind.ANALYSIS,
        "аналитика": Story.Kind.ANALYSIS,
    },
    "tr": {
        "görüş": Story.Kind.OPINION,
        "yorum": Story.Kind.OPINION,
        "köşe yazısı": Story.Kind.OPINION,
        "analiz": Story.Kind.ANALYSIS,
    },
}


def all_is_written_out(document, context):
    for row, name, sentence in half_written(document):
        kind, key = ("citations", row["key"]) if "key" in row else ("blocks", row["id"])
        yield name if row is document else f"{kind}.{key}.{name}", sentence


def has_headline(document, context):
    if not document["headline"]:
        yield "headline", _("Add a headline before publishing.")


def has_language(document, context):
    if not document["language"]:
        yield "language", _("Say in which language it is written.")


def has_slug(document, context):
    if not document["slug"]:
        yield "slug", _("Add a slug, the end of the story’s address, before publishing.")


def has_author(document, context):
    if not document["authors"] and document["kind"] != Story.Kind.PAGE:
        yield "authors", _("Add an author before publishing.")


def has_body(document, context):
    said = any(text.strip() for _place, text in body_texts(document))
    if not said and not any(block["words"] for block in quoting(document)):
        yield "blocks", _("Write the body before publishing.")


def kind_is_told(document, context):
    labels = listed(LABELS, document["language"])
    for place, text in (("kicker", document["kicker"]), ("headline", document["headline"].partition(":")[0])):
        kind = labels.get(bare(text))
        if kind and kind != document["kind"] and (place == "kicker" or ":" in document["headline"]):
            values = {"label": text, "kind": Story.Kind(document["kind"]).label}
            sentence = _("It is called “%(label)s”, but its kind is “%(kind)s”. Choose the kind that it is.")
            yield "kind", sentence % values
            return


def machine_text_is_checked(document, context):
    told = context.told
    if document["ai_use"] not in MACHINE_MADE or document["ai_label"]:
        return
    if told and all(told[name] == document[name] for name in ("ai_use", "ai_review", "ai_label")):
        return
    review = document["ai_review"] or {"reviewer": "", "reviewed_at": "", "statement": ""}
    if not review["statement"]:
        sentence = _(
            "A machine translated or wrote it. Say how you checked it, and tick that you did, or label it for readers."
        )
        yield "ai_statement", sentence
    elif not (review["reviewer"] and review["reviewed_at"]):
        sentence = _("It says how the text was checked, but nobody signed it: tick that you checked it.")
        yield "ai_checked", sentence


def notes_are_resolved(document, context):
    if count := context.open_notes:
        sentence = ngettext(
            "%(n)s note of the desk is not resolved yet.", "%(n)s notes of the desk are not resolved yet.", count
        )
        yield "notes", sentence % {"n": count}


def embargo_is_kept(document, context):
    if context.embargo and context.at and context.at < context.embargo:
        sentence = _("It is under embargo until %(when)s. Schedule it for then or later.")
        yield "embargo_until", sentence % {"when": told_instant(context.embargo)}


def cited_embargoes_are_kept(document, context):
    known = named_sources(context.told) if context.told else {}
    for place, source in resting_on(document):
        until = context.source_embargoes.get(source["slug"])
        if until and context.at and context.at < until and source["slug"] not in known:
            sentence = _(
                "It rests on “%(source)s”, which is under embargo until %(when)s. Schedule it for then or later."
            )
            yield place, sentence % {"source": source["name"], "when": told_instant(until)}


def resting_on(document):
    """Return [(place, source)] of what a document cites or has through another, each source once."""
    found = {}
    for citation in document["citations"]:
        for name in ("source", "via"):
            if source := citation[name]:
                found.setdefault(source["slug"], (f"citations.{citation['key']}.{name}", source))
    return list(found.values())


def told_instant(instant):
    return format_date(localtime(instant), _("j F Y, H:i T"))


def has_standfirst(document, context):
    if not document["standfirst"] and document["kind"] != Story.Kind.PAGE:
        yield "standfirst", _("It has no standfirst: readers see nothing under the headline.")


def has_short_headline(document, context):
    if (length := len(document["headline"])) > MAX_HEADLINE:
        sentence = _("Its headline has %(length)s characters; more than %(limit)s are cut off in many places.")
        yield "headline", sentence % {"length": length, "limit": MAX_HEADLINE}


def interests_are_told(document, context):
    if not document["interest_note"] and document["kind"] != Story.Kind.PAGE:
        yield "interest_note", _("It does not say whether the newsroom or an author has ties to the subject.")
