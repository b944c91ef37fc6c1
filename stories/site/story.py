"""The page of a story: everything on it comes from one version, the names of its terms and what is related to it."""

import datetime
import math

from django.shortcuts import render
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _

from stories.models import Citation, Source, Story, Version
from stories.publishing.document import numbered_citations, upgraded, word_count
from stories.site import body, languages, origin
from stories.site.addresses import absolute, site_of
from stories.site.basis import basis
from stories.site.names import names_in
from stories.site.related import related
from stories.site.translations import translations

WORDS_A_MINUTE = 230
UPDATES = 3  # told under the headline; the history has them all
CONTENTS_FROM = 3  # headings
NO_LINK_EXPECTED = {Citation.Obtained.INTERVIEW, Citation.Obtained.OBSERVED}


def render_story(request, version, *, banner="", **context):
    """Return the response that shows `version`, saved or not. Three queries.

    `banner` is a sentence above the page, that of a preview; what carries one is not for search engines. `context` is
    added to the template's.
    """
    context = {"banner": banner} | context
    if version.taken_back == Version.Change.WITHDRAWAL:
        return render(request, "site/gone.html", {"history": history_url(version)}, status=410)
    if version.taken_back:
        context["removal"] = removal_of(version)
        return render(request, "site/retracted.html", story_context(request, version) | context)
    return render(request, "site/story.html", story_context(request, version) | context)


def removal_of(version):
    """Return the notice of what took a story back: {at, reason, signed}. A query if that was not `version` itself."""
    if version.change != version.taken_back:
        rows = Version.objects.published_by(timezone.now()).filter(story=version.story_id, change=version.taken_back)
        version = rows.order_by("-number").first() or version
    removal = upgraded(version.document)["removal"] or {"signed": ""}
    return {"at": version.visible_from, "reason": version.note, "signed": removal["signed"]}


def history_url(version):
    """Return the address of a story's history, which is told as of today on a page of another time too."""
    return f"{iri_to_uri(version.path)}history/"


def report_url(version):
    """Return the address of the form on which a reader of `version` reports an error."""
    return f"{iri_to_uri(version.path)}report/?version={version.number}"


def story_context(request, version):
    """Return what the story's template needs."""
    document = upgraded(version.document)
    names = names_in(document, request.instant)
    citations = [told(citation, names) for citation in numbered_citations(document)]
    text = body.Body(document, citations)
    public = version.pk is not None and version.visible_from <= timezone.now()
    history = history_url(version) if public else ""
    declared = declarations(version, history)
    contents = text.headings if len(text.headings) >= CONTENTS_FROM else []
    lead = body.picture(document["lead_image"])
    language = document["language"] or languages.own()
    return {
        "version": version,
        "history": history,
        "report": report_url(version) if public else "",
        "document": document,
        "names": names,
        "root_topics": names.roots,
        "language": language,
        "direction": languages.direction(language),
        "ui": languages.own_words(language),
        "topic": names.topics[0] if names.topics else None,
        "authors": credits(document, names),
        "lead": lead,
        "contents": contents,
        "pieces": top_notices(document, declared) + text.pieces,
        "citations": citations,
        "translations": translations(version, request.instant),
        "basis": basis(citations, version.source_count),
        "updates": [entry for entry in declared if entry["change"] == Version.Change.UPDATE][:UPDATES],
        "closing_notices": [
            entry for entry in declared if not (entry["on_top"] or entry["change"] == Version.Change.UPDATE)
        ],
        "ai_use": origin.ai_use(document),
        "ai_label": origin.ai_label(document),
        "minutes": max(1, math.ceil(word_count(document) / WORDS_A_MINUTE)),
        "related": [] if version.kind == Story.Kind.PAGE else related(version, names, request.instant),
        "canonical": absolute(request, version.path) if version.path else "",
        "share_picture": absolute(request, lead["url"]) if lead else "",
    }


def credits(document, names):
    """Return [{name, role}] of the byline, those without a role first; `name` is a Name, or None if there is none."""
    listed = [{"name": names.authors.get(author["slug"]), "role": author["role"]} for author in document["authors"]]
    return sorted((credit for credit in listed if credit["name"]), key=lambda credit: bool(credit["role"]))


def told(citation, names):
    """Return a numbered citation with what readers are told of it: label, kind, how obtained, pages to go to."""
    source, via, unnamed = citation["source"], citation["via"], citation["unnamed"] or {"descriptor": "", "reason": ""}
    obtained = citation["obtained"]
    what = what_it_is(source) if source else ""
    how = Citation.Obtained(obtained).label if obtained else ""
    return citation | {
        "label": source["name"] if source else unnamed["descriptor"] or _("a source that is not named"),
        "what": what,
        "reason": "" if source else unnamed["reason"],
        "page": page_of(source, names),
        "via_page": page_of(via, names),
        "obtained_label": "" if how == what else how,  # a document need not be told to be a document twice
        "link_expected": obtained not in NO_LINK_EXPECTED and bool(source),
        "site": site_of(citation["url"]),
        "refs": [],
    }


def what_it_is(source):
    """Return what a source is, in a word or two: its role if it has one, else its kind."""
    return source["role"] or Source.Kind(source["kind"]).label


def page_of(source, names):
    """Return the address of a source's page, empty while no story that readers see cites it."""
    name = names.sources.get(source["slug"]) if source else None
    return name.get_absolute_url() if name and name.public else ""


def declarations(version, history=""):
    """Return what was declared up to `version`, newest first, as dictionaries for the notes that tell readers.

    `history` is the address of the story's history, empty if readers have none.
    """
    labels = {
        Version.Change.CORRECTION: _("Correction"),
        Version.Change.CLARIFICATION: _("Clarification"),
        Version.Change.EDITORS_NOTE: _("Editor’s note"),
        Version.Change.UPDATE: _("Update"),
    }
    shown = []
    for entry in version.declared:
        if entry["change"] not in labels:
            continue
        correction = entry["correction"] or {"wrong": "", "right": "", "severity": "normal"}
        grave = correction["severity"] in ("critical", "major")
        shown.append(
            {
                "change": entry["change"],
                "id": f"change-{entry['number']}",
                "diff": f"{history}{entry['number'] - 1}-{entry['number']}/" if history and entry["number"] > 1 else "",
                "label": labels[entry["change"]],
                "at": datetime.datetime.fromisoformat(entry["at"]),
                "note": entry["note"],
                "wrong": correction["wrong"],
                "right": correction["right"],
                "on_top": grave or entry["change"] == Version.Change.EDITORS_NOTE,
            }
        )
    return shown[::-1]


def top_notices(document, declared):
    """Return as Pieces what readers must know before they read: grave corrections and editor's notes."""
    entries = [entry for entry in declared if entry["on_top"]]
    pieces = [body.Piece("site/_correction.html", data=entry) for entry in entries]
    if document["editors_note"]:
        pieces.append(body.Piece("site/_editors_note.html", data=document["editors_note"]))
    return pieces
