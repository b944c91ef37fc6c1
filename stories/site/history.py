"""The public history of a story: its versions, each as readers saw it, and what changed between two of them."""

import itertools

from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from stories.models import Citation, Report, Story, Version
from stories.models.picture import SourceType
from stories.publishing.changes import compare
from stories.publishing.daily import day_of
from stories.publishing.document import upgraded, written_out
from stories.publishing.matching import ADDED, REMOVED, SAME
from stories.site import languages, origin
from stories.site.addresses import present_version
from stories.site.feeds import names_of
from stories.site.story import history_url, render_story

SIZE = 50
HEADINGS = {"h2", "h3"}
PARAGRAPHS = {"p", "li", "blockquote"}
LONG = 12  # lines of what changed: more are not taken in at one look


@require_safe
def history(request, **parts):
    """List the versions that readers have seen by now, newest first."""
    live, moved = found(request)
    if moved:
        return moved
    reported = Exists(Report.objects.filter(led_to=OuterRef("pk")))
    rows = published(live, request.instant).annotate(reported=reported).order_by("-number")
    if before := request.GET.get("before", ""):
        rows = rows.filter(number__lt=number_of(before))
    versions = list(rows[: SIZE + 1])  # one more, to compare the last with
    if not versions:
        raise Http404("nothing older")
    context = {
        "live": live,
        "groups": grouped(entries(versions, request.instant)),
        "older": versions[SIZE - 1].number if len(versions) > SIZE else "",
        "before": before,
        "days": sorted({day_of(version) for version in versions[:SIZE]}),
    }
    return render(request, "site/history.html", context)


@require_safe
def version(request, number, **parts):
    """Show a version as readers saw it."""
    live, moved = found(request)
    if moved:
        return moved
    shown = published(live, request.instant).filter(number=number).first()
    if shown is None:
        raise Http404("no such version")
    return render_story(request, shown, banner=banner(shown, live), canonical="")


@require_safe
def diff(request, old, new, **parts):
    """Show what changed from one version to another."""
    live, moved = found(request)
    if moved:
        return moved
    rows = {row.number: row for row in published(live, request.instant).filter(number__in={old, new})}
    if len(rows) < len({old, new}):
        raise Http404("no such version")
    if old == new:
        return redirect(f"{history_url(live)}{new}/")
    if old > new:
        return redirect(f"{history_url(live)}{new}-{old}/")
    context = {
        "live": live,
        "old": rows[old],
        "new": rows[new],
        **told_changes(rows[old].document, rows[new].document, request.instant),
        "note": rows[new].note if new == old + 1 else "",
    }
    return render(request, "site/diff.html", context)


def told_changes(old, new, instant):
    """Return what site/_comparison.html shows of what changed between two documents, with the names of `instant`.

    {places, passages, size, changed, long, language, ui}. One query.
    """
    old, new = upgraded(old), upgraded(new)
    language = written_out(new)["language"]  # the desk compares drafts too
    names = names_of([old, new], instant)
    comparison = compare(spelled_out(old, names), spelled_out(new, names))
    return {
        "places": [place(change) for change in [*comparison.fields, *comparison.citations]],
        "passages": passages(comparison.blocks),
        "size": told_size(comparison),
        "changed": bool(comparison.changes),
        "long": sum(len(change.lines) for change in comparison.changes) > LONG,
        "language": language,
        "ui": languages.own_words(language or languages.own()),
    }


def found(request):
    """Return (live version, None), or (None, a redirect) if its story has moved; raise Http404 if there is none."""
    path, _slash, tail = request.path_info.rpartition("history/")
    live = present_version(path, request.instant)
    return (live, None) if live.path == path else (None, redirect(f"{history_url(live)}{tail}"))


def published(live, instant):
    """Keep the versions of a story that readers have seen; a plan is none of them."""
    return Version.objects.published_by(instant).filter(story=live.story_id)


def number_of(text):
    if not (text.isascii() and text.isdecimal() and len(text) < 8):
        raise Http404("no such page")
    return int(text)


def banner(shown, live):
    """Return the sentence above a version: which it is, when readers saw it, and the way to the present one."""
    # The end of the present version may be set already, by a plan: readers do not learn of that.
    until = None if shown.pk == live.pk else shown.visible_until
    return render_to_string("site/_banner.html", {"version": shown, "live": live, "until": until})


# The list


def entries(versions, instant):
    """Return what readers are told of each of `versions`, newest first; of more than SIZE the last is left out.

    One query.
    """
    documents = {version.number: upgraded(version.document) for version in versions}
    names = names_of(documents.values(), instant)
    # As the comparison has them, so that both count the same words.
    spelled = {number: spelled_out(document, names) for number, document in documents.items()}
    bylines = {
        number: [names["author", row["slug"]] for row in document["authors"] if ("author", row["slug"]) in names]
        for number, document in documents.items()
    }
    return [entry(version, spelled, bylines[version.number]) for version in versions[:SIZE]]


def entry(version, documents, byline):
    document, before = documents[version.number], documents.get(version.number - 1)
    comparable = before is not None and not version.taken_back
    return {
        "version": version,
        "minor": version.change == Version.Change.MINOR,
        "label": capfirst(version.get_change_display()),
        "byline": byline,
        "correction": document["correction"],
        "signed": (document["removal"] or {}).get("signed", ""),
        "size": told_size(compare(before, document, equal=False)) if comparable else None,
        "previous": version.number - 1 if comparable else None,
        "imported": version.visible_from < version.recorded_at,
        "reported": version.reported,
    }


def told_size(comparison):
    """Return how many words a change added and removed, as a phrase."""
    added, removed = (len(comparison.words(state)) for state in (ADDED, REMOVED))
    if added and removed:
        told = ngettext("%(n)s word added, %(removed)s removed", "%(n)s words added, %(removed)s removed", added)
    elif added:
        told = ngettext("%(n)s word added", "%(n)s words added", added)
    elif removed:
        told = ngettext("%(removed)s word removed", "%(removed)s words removed", removed)
    else:
        told = _("no word added or removed")
    return told % {"n": added, "removed": removed}


def grouped(listed):
    """Return [{minor, entries}]: minor changes that follow each other are folded together."""
    groups = itertools.groupby(listed, key=lambda row: row["minor"])
    return [{"minor": minor, "entries": list(rows)} for minor, rows in groups]


# What changed


def spelled_out(document, names):
    """Return a document with the words that readers know instead of codes and slugs."""

    def name(part, slug):
        return names[part, slug].name if (part, slug) in names else slug

    return {
        **document,
        "kind": str(Story.Kind(document["kind"]).label),
        "ai_use": str(Story.AIUse(document["ai_use"]).label),
        "ai_review": signed(document["ai_review"]),
        "ai_label": _("shown above the text") if document["ai_label"] else "",
        "lead_image": spelled_out_picture(document["lead_image"]),
        "blocks": [
            {**block, "picture": spelled_out_picture(block["picture"])} if block["type"] == "figure" else block
            for block in document["blocks"]
        ],
        "authors": [{"slug": name("author", row["slug"]), "role": row["role"]} for row in document["authors"]],
        "topics": [name("topic", slug) for slug in document["topics"]],
        "tags": [name("tag", slug) for slug in document["tags"]],
        "citations": [
            {**row, "obtained": str(Citation.Obtained(row["obtained"]).label) if row["obtained"] else ""}
            for row in document["citations"]
        ],
    }


def spelled_out_picture(picture):
    return picture and {
        **picture,
        "decorative": _("decorative") if picture["decorative"] else "",
        "source_type": str(SourceType(picture["source_type"]).label) if picture["source_type"] else "",
    }


def signed(review):
    """Return a review of what a machine made as one line: who, when, how; "" if there is none."""
    if not review:
        return ""
    when = origin.told(review["reviewed_at"]) if review["reviewed_at"] else ""
    return " – ".join(filter(None, [review["reviewer"], when, " ".join(review["statement"].split())]))


def place(change):
    """Return a field or a citation that changed, with its name for readers."""
    lines = [line for line in change.lines if line.tag != "file"]
    return {"label": LABELS[change.place](), "remark": picture_remark(change), "lines": lines}


LABELS = {
    "headline": lambda: _("Headline"),
    "kicker": lambda: _("Kicker"),
    "standfirst": lambda: _("Standfirst"),
    "summary": lambda: _("Summary"),
    "kind": lambda: _("Kind of story"),
    "language": lambda: _("Language"),
    "dateline": lambda: _("Dateline"),
    "slug": lambda: _("Address"),
    "editors_note": lambda: _("Editor’s note"),
    "interest_note": lambda: _("Interests"),
    "ai_use": lambda: _("Use of AI"),
    "ai_review": lambda: _("Check of what a machine made"),
    "ai_label": lambda: _("Label as made by a machine"),
    "translation_of": lambda: _("Translation of"),
    "authors": lambda: _("Byline"),
    "topics": lambda: _("Topics"),
    "tags": lambda: _("Tags"),
    "lead_image": lambda: _("Lead picture"),
    "citation": lambda: _("Source"),
}


def passages(blocks):
    """Return the body as [{folded, label} | {line} | {remark}]: unchanged lines are folded, with how many they are.

    What a change stands under (a heading, a question, the head of a table) is shown before it, and not folded.
    """
    shown, waiting = [], []  # `waiting` are [(block, line)] that did not change
    for block in blocks:
        remark = remark_on(block)
        if remark:
            shown += folded(waiting)
            shown.append({"remark": remark})
            waiting = []
        for line in block.lines:
            if line.state == SAME and not block.markup_only:
                waiting.append((block, line))
                continue
            if line.tag == "file":
                continue  # the remark tells it: its name is none of the text
            start = 0
            for at in above(line, block, waiting):
                shown += [*folded(waiting[start:at]), {"line": waiting[at][1]}]
                start = at + 1
            shown += [*folded(waiting[start:]), {"line": line}]
            waiting = []
        if remark:  # it is of this block, not of what follows
            shown += folded(waiting)
            waiting = []
    return shown + folded(waiting)


def above(line, block, waiting):
    """Return where in `waiting` the lines are that `line` stands under: the last heading, label, head of a table."""
    if line.tag in HEADINGS:
        return []
    own = [at for at, (other, _line) in enumerate(waiting) if other is block]
    headings = [at for at, (_block, other) in enumerate(waiting) if other.tag in HEADINGS]
    labels = [at for at in own if waiting[at][1].tag == "dt" and line.tag != "dt"]
    heads = [at for at in own if waiting[at][1].tag == "th" and line.tag == "tr"]
    return sorted(found[-1] for found in (headings, labels, heads) if found)


def folded(waiting):
    """Return lines that did not change as one fold; as they are if they are nothing to be counted, a heading alone."""
    lines = [line for _block, line in waiting if line.tag != "file"]
    label = counted(waiting)
    return [{"folded": lines, "label": label}] if label else [{"line": line} for line in lines]


def counted(waiting):
    """Return how much did not change, as a reader counts: “9 paragraphs, 4 table rows unchanged”, or "".

    A picture, and a post without a note, counts as a whole: not if anything of it changed.
    """
    pictures = {block.id for block, _line in waiting if block.kind == "figure" and block.state == SAME}
    lines = [(block, line.tag) for block, line in waiting if block.kind != "figure"]
    bare = {block.id for block, _tag in lines if block.state == SAME and all(x.tag == "dt" for x in block.lines)}
    n = sum(tag in PARAGRAPHS for _block, tag in lines) + len(bare)
    rows = sum(tag == "tr" for _block, tag in lines)
    told = [
        n and ngettext("%(n)s paragraph", "%(n)s paragraphs", n) % {"n": n},
        rows and ngettext("%(n)s table row", "%(n)s table rows", rows) % {"n": rows},
        pictures and ngettext("%(n)s picture", "%(n)s pictures", len(pictures)) % {"n": len(pictures)},
    ]
    what = ", ".join(filter(None, told))
    return _("%(what)s unchanged") % {"what": what} if what else ""


def remark_on(block):
    """Return what is told of a block before its lines, or ""."""
    told = [_("What follows was moved:")] if block.moved else []
    if block.markup_only and not block.moved:
        told.append(_("Of what follows, no word changed, but its form:"))
    return " ".join(filter(None, [*told, picture_remark(block)]))


def picture_remark(change):
    """Return what became of the picture of a place, "" if it has none or the same."""
    states = {line.state for line in change.lines if line.tag == "file"} - {SAME}
    if not states:
        return ""
    told = {ADDED: _("A picture was added:"), REMOVED: _("A picture was removed:")}
    return told.get(states.pop() if len(states) == 1 else "", _("The picture was replaced by another:"))
