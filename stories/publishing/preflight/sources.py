"""Checks of where statements come from: citations, unnamed sources, quotations and posts."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stories.models import Story
from stories.models.prose import markers, top_level
from stories.publishing.document import PROSE_FIELD
from stories.publishing.preflight.reading import listed, normal, plain, primary, prose, prose_in, quoting, row

# What the newsroom says in its own name needs no source.
UNSOURCED_KINDS = {Story.Kind.PAGE, Story.Kind.OPINION}
REPORTS = {Story.Kind.NEWS, Story.Kind.BREAKING}
MIN_DESCRIPTOR = 3  # words
MIN_QUOTED = 5  # words; fewer in quotation marks may be a title or a manner of speaking
QUOTED = re.compile(r"“([^“”]*)”|„([^„“”]*)[“”]|«([^«»]*)»|\"([^\"]*)\"")
CHANGED = re.compile(r"\[[^\[\]]*\]|…|\.\.\.")  # a cut, or words of ours between brackets
TRANSLATED = re.compile(r"translat|перев[оеё]|çevir|tercüme", re.I)
# By language: words that tell nothing of who an unnamed source is, and ways to speak of several.
VAGUE = {
    "en": "a an the our one some several many source sources person people individual insider insiders anonymous "
    "unnamed undisclosed confidential",
    "ru": "наш наши один некий некоторые несколько источник источники источника источников человек люди анонимный "
    "анонимные неназванный неназванные собеседник собеседники",
    "tr": "bir bazı birkaç kaynak kaynaklar kişi kişiler isimsiz anonim adı açıklanmayan belirtilmeyen",
}
SEVERAL = {
    "en": [
        r"\b(?:sources|officials|diplomats|insiders|people (?:familiar|close))\b(?:\W+\w+){0,4}?\W+(?:say|said|told"
        r"|tell|claim|claimed|believe|believed|confirm|confirmed|report|reported|warn|warned|add|added)\b",
        r"\baccording to (?:\w+ ){0,3}(?:sources|officials|diplomats|insiders)\b",
    ],
    "ru": [
        r"\b(?:источники|чиновники|дипломаты|собеседники)\b(?:\W+\w+){0,4}?\W+(?:сообщ|сказал|говор|утвержда|заяв|рассказ"
        r"|счита|подтверд|отмеча)\w*",
        r"\bпо (?:словам|данным|сведениям|информации) (?:\w+ ){0,3}(?:источников|чиновников|дипломатов|собеседников)\b",
    ],
    "tr": [
        r"\b(?:kaynaklar|yetkililer|diplomatlar)\b[^.!?]{0,200}?\b(?:söyl|belirt|açıkla|aktar|doğrula|iddia|bildir)\w*",
        r"\b(?:kaynaklara|yetkililere|diplomatlara) göre\b",
    ],
}
SEVERAL = {language: [re.compile(pattern, re.I) for pattern in patterns] for language, patterns in SEVERAL.items()}


def unnamed(document):
    return [citation for citation in document["citations"] if not citation["source"]]


def at(citation, field):
    return f"citations.{citation['key']}.{field}"


def known_keys(document):
    return {citation["key"] for citation in document["citations"]}


def cited_in(block, document):
    """Return the citations that a block marks."""
    keys = set(markers(block[PROSE_FIELD[block["type"]]]))
    return [citation for citation in document["citations"] if citation["key"] in keys]


def has_source(document, context):
    if not document["citations"] and document["kind"] not in UNSOURCED_KINDS:
        yield "citations", _("Add a source before publishing.")


def markers_have_citations(document, context):
    known = known_keys(document)
    for block, value in prose(document):
        if any(key not in known for key in markers(value)):
            sentence = _(
                "A source marker in the text belongs to no citation of this story. Remove it or cite the source again."
            )
            yield prose_in(block), sentence


def quotations_are_cited(document, context):
    for block in quoting(document, "quote"):
        cited = cited_in(block, document)
        if not cited:
            yield f"{row(block)}.attribution", _("A quotation cites nobody. Set a source marker in its attribution.")
        for citation in cited:
            missing = []
            if not citation["obtained"]:
                missing.append(_("how it was obtained"))
            if not (citation["published_on"] or citation["accessed_on"]):
                missing.append(_("when it was published or seen by us"))
            if missing:
                sentence = _("Something is quoted from “%(name)s”. Say of this citation: %(missing)s.")
                values = {"name": name_of(citation), "missing": ", ".join(missing)}
                yield at(citation, "published_on" if citation["obtained"] else "obtained"), sentence % values


def name_of(citation):
    if citation["source"]:
        return citation["source"]["name"]
    return (citation["unnamed"] or {"descriptor": ""})["descriptor"] or _("an unnamed source")


def posts_are_told(document, context):
    for block in quoting(document, "post"):
        asked = {"account": _("the account"), "platform": _("the platform"), "words": _("the words")}
        missing = {name: label for name, label in asked.items() if not block[name]}
        if missing:
            sentence = _("A quoted post lacks something: %(missing)s.") % {"missing": ", ".join(missing.values())}
            yield f"{row(block)}.{next(iter(missing))}", sentence
        if not block["url"] and not cited_in(block, document):
            sentence = _(
                "Say where the post of %(account)s is from: give its link, or set a source marker in its note."
            )
            yield f"{row(block)}.url", sentence % {"account": block["account"] or "…"}


def posts_can_be_checked(document, context):
    for block in quoting(document, "post"):
        missing = []
        if not block["url"]:
            missing.append(_("no link, so readers see “No link given”"))
        if not block["posted_on"] or not block["posted_at"]:
            missing.append(_("no day and time") if not block["posted_on"] else _("no time of day"))
        if not any(citation["archived_url"] for citation in cited_in(block, document)):
            missing.append(_("no archived copy in a citation of it"))
        if missing:
            values = {"account": block["account"] or "…", "missing": "; ".join(missing)}
            yield f"{row(block)}.url", _("The post of %(account)s cannot well be checked: %(missing)s.") % values


def sources_are_told(document, context):
    for citation in unnamed(document):
        told = citation["unnamed"] or {"descriptor": "", "reason": ""}
        if not (told["descriptor"] or told["reason"]):
            yield at(citation, "source"), _("Choose a source, or describe the unnamed one.")
        elif not (told["descriptor"] and told["reason"]):
            yield (
                at(citation, "reason" if told["descriptor"] else "descriptor"),
                _("Say of each unnamed source who it is, as precisely as is safe, and why it is unnamed."),
            )
        elif is_vague(told["descriptor"], document["language"]):
            sentence = _(
                "“%(descriptor)s” tells readers nothing. Say in three words or more who it is, as far as is safe."
            )
            yield at(citation, "descriptor"), sentence % {"descriptor": told["descriptor"]}


def is_vague(descriptor, language):
    """Tell whether a descriptor has under three words, or none that tells anything."""
    words = normal(descriptor).split()
    if primary(language) in VAGUE and len(words) < MIN_DESCRIPTOR:
        return True
    vague = {word for known in VAGUE.values() for word in known.split()}
    return all(word in vague for word in words)


def unnamed_are_approved(document, context):
    """Hold those that readers have not been told of yet to what the desk must have answered about them."""
    if not context.approvals:
        return
    for citation in unnamed(document):
        approval = context.approvals.get(citation["key"])
        if approval is None:
            continue
        if not approval.basis:
            yield at(citation, "basis"), _("Say how the unnamed source knows: saw it, took part, or has the document.")
        if not approval.factual:
            yield (
                at(citation, "factual"),
                _("An unnamed source may give information, not opinion. Tick that it is information."),
            )
        if not approval.approver:
            yield at(citation, "approver"), _("Somebody who knows the unnamed source must approve it. Say who.")
        elif approval.author in {author["slug"] for author in document["authors"]}:
            yield (
                at(citation, "approver"),
                _("An author of the story cannot approve its unnamed source. Ask somebody else."),
            )
    if context.persons is not None and not context.persons:
        yield "authors", _("A story on an unnamed source carries the name of a person, not only of a desk.")


def is_more_than_one_source(document, context):
    if document["kind"] in REPORTS and document["citations"] and len(independent_sources(document)) < 2:
        yield "citations", _("All it reports has come to us through one source.")


def independent_sources(document):
    """Return what tells apart the sources that do not all rest on another: whom we have a statement through counts."""
    through = {}
    for citation in document["citations"]:
        own = citation["source"]["slug"] if citation["source"] else citation["key"]
        through.setdefault(own, set()).add(citation["via"]["slug"] if citation["via"] else own)
    found = set()
    for own in through:
        seen, ends = set(), {own}
        while ends - seen:  # follow each to where we have it from, round in circles if need be
            source = min(ends - seen)
            seen.add(source)
            ends |= through.get(source, {source})
        found |= {end for end in ends if end in through.get(end, {end})}
    return found


def plurals_are_true(document, context):
    if len(unnamed(document)) != 1:
        return
    for block, value in prose(document):
        text = plain(value)
        words = [
            match.group()[:200] for pattern in listed(SEVERAL, document["language"]) for match in pattern.finditer(text)
        ]
        if words:
            yield prose_in(block), _("It speaks of several sources but has one that is not named."), words


def passages_are_cited(document, context):
    if document["kind"] == Story.Kind.PAGE:
        return
    known = known_keys(document)
    for block, value in prose(document):
        pieces = list(top_level(value))
        cited = [any(key in known for key in markers(part)) for _tag, part in pieces]
        words = []
        for number, (tag, part) in enumerate(pieces):
            near = cited[max(0, number - 1) : number + 2] if tag == "blockquote" else cited[number : number + 1]
            if not any(near):
                words += [plain(part).strip()] if tag == "blockquote" else long_quotations(part)
        if words and block["type"] not in ("quote", "post"):
            count = len(words)
            sentence = ngettext(
                "A passage is quoted without a source marker beside it.",
                "%(n)s passages are quoted without a source marker beside them.",
                count,
            )
            yield prose_in(block), sentence % {"n": count}, [text[:200] for text in words]


def long_quotations(value):
    found = ("".join(groups) for groups in QUOTED.findall(plain(value)))
    return [text for text in found if len(text.split()) >= MIN_QUOTED]


def quotations_are_exact(document, context):
    for block in quoting(document):
        stored = normal(" ".join(citation["quote"] for citation in cited_in(block, document)))
        if not stored or is_translated(block, document):
            continue
        if not all(normal(part) in stored for part in CHANGED.split(block["words"])):
            sentence = _("A quotation differs from the words relied on in its citation. Mark cuts with […].")
            yield f"{row(block)}.words", sentence, [block["words"][:200]]


def is_translated(block, document):
    """Tell whether a block is, or says that it is, in another language than the words it was taken from may be."""
    if block["language"] and primary(block["language"]) != primary(document["language"]):
        return True
    return bool(TRANSLATED.search(plain(block[PROSE_FIELD[block["type"]]])))
