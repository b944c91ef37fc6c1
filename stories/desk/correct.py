"""The correct page: what readers have, put right and published at once, whatever the draft says meanwhile."""

from typing import NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from js_asset import Media, Script

from stories.desk import autosave, checks
from stories.desk.correct_forms import CorrectForm, field_of, removed_in, values_of
from stories.desk.pages import frame, routes, story_for
from stories.desk.publish import done, told_kinds
from stories.desk.publish_forms import tell
from stories.desk.states import state_of, told
from stories.models import BLOCKS, Autosave, Report, Revision, Version
from stories.publishing.corrections import correct, found_in, merged_back, rehearse
from stories.publishing.document import DocumentError, fingerprint, upgraded
from stories.publishing.lines import cited_name, lines_at
from stories.publishing.merge import merge
from stories.publishing.reports import resolve
from stories.publishing.verbs import BlockedError, PublishError, WarningsError
from stories.site.history import LABELS, told_changes
from stories.site.passages import passage_at, passages

BEGIN = {"change": Version.Change.CORRECTION, "severity": "normal"}
SCRIPTS = Media(js=[Script(f"desk/{name}.js", type="module") for name in ("story", "jump", "cite", "autosave")])
DECLARED = ["change", "note", "wrong", "right", "severity", "override", "pending"]
REMOVALS = [Version.Change.RETRACTION, Version.Change.WITHDRAWAL, Version.Change.REDACTION]


def urls(story_admin):
    views = {
        ("<uuid:story_id>/correct/", "correct"): correct_live,
        ("<uuid:story_id>/correct/<uuid:revision_id>/<int:number>/", "conflicts"): conflicts,
    }
    return routes(story_admin, views)


@require_http_methods(["GET", "HEAD", "POST"])
def correct_live(request, story_id, story_admin):
    """Show what readers have as a form; on POST show what would change, then publish what was shown."""
    story = story_for(request, story_admin, story_id, "stories.publish_story")
    data = request.POST if request.method == "POST" else autosave.chosen(request, story, Autosave.CORRECT)
    report = report_of(request, story, data or request.GET)
    state = state_of(story)
    if state.live is None or state.live.taken_back:
        messages.error(request, _("There is nothing to correct: readers have no text of this story."))
        return redirect("admin:stories_story_change", story.pk)
    desk = Desk(request, story_admin, story, report, state)
    if data is None:
        return page(desk, state.live, CorrectForm(base=upgraded(state.live.document), state=state, initial=BEGIN))
    seen = version_seen(data, story) or state.live
    form = CorrectForm(data, base=upgraded(seen.document), state=state)
    if not form.is_valid():
        return page(desk, seen, form)
    if seen.pk != state.live.pk:
        return overtaken(desk, seen, form)
    return reviewed_or_published(desk, form)


class Desk(NamedTuple):
    """Who looks at what: a request for the correct page of a story, with what readers have of it."""

    request: object
    story_admin: object
    story: object
    report: object
    state: object


def reviewed_or_published(desk, form):
    """Publish what the editor has seen the changes of; else show them.

    Who only looks at the changes has done nothing wrong: what is missing is told then, and an error once it is pressed
    to publish.
    """
    pressed = desk.request.POST.get("step") == "publish"
    publishing = pressed and form.cleaned_data["reviewed"] == fingerprint(form.document)
    if pressed and not publishing:
        messages.warning(desk.request, _("You changed the text since you looked at its changes. Here they are again."))
    live = desk.state.live
    try:
        corrected = act(correct if publishing else rehearse, desk, form)
    except WarningsError:
        if pressed:
            form.add_error("override", _("Write a reason here, or settle what is listed above."))
        return page(desk._replace(state=state_of(desk.story)), live, form)
    except BlockedError:
        if pressed:
            form.add_error(None, _("Nothing is published yet: see below."))
        return page(desk._replace(state=state_of(desk.story)), live, form)
    except (PublishError, DocumentError) as error:
        desk = desk._replace(state=state_of(desk.story))
        if not pressed and form.expecting == desk.state.expecting:
            return page(desk, live, form, missing=error)
        tell(form, error)
        return page(desk, live, form)
    if not publishing:
        return page(desk, live, form, conflicts=corrected.conflicts)
    messages.success(desk.request, done(corrected.version))
    if desk.report and desk.report.state != Report.State.OPEN:
        messages.warning(desk.request, _("The reader’s report was resolved already: it is not linked to this version."))
    if not corrected.conflicts:
        return redirect("admin:stories_story_change", desk.story.pk)
    return redirect("admin:stories_story_conflicts", desk.story.pk, corrected.revision.pk, corrected.version.number)


def act(verb, desk, form):
    """Correct, or rehearse it; an open report that led to it is settled with it, or neither is done."""
    data = form.cleaned_data
    with transaction.atomic():
        corrected = verb(
            desk.story,
            form.document,
            by=desk.request.user,
            expecting=form.expecting,
            change=data["change"],
            note=data["note"],
            correction=form.correction,
            pending=data["pending"],
            override=data["override"],
        )
        if desk.report and desk.report.state == Report.State.OPEN and verb is correct:
            words = data["note"] or f"{data['wrong']} {data['right']}".strip()
            state = Report.State.CORRECTED
            resolve(desk.report, by=desk.request.user, state=state, resolution=words, version=corrected.version)
        if verb is correct:
            autosave.forget(desk.request)
    return corrected


def overtaken(desk, seen, form):
    """Show the form on what was published meanwhile, with what the editor typed joined to it."""
    state, live = desk.state, without_declaration(desk.state.live.document)
    declared = {name: form.cleaned_data[name] for name in DECLARED}
    later = Version.objects.filter(story=desk.story, number__gt=seen.number, number__lte=state.live.number)
    if later.filter(change__in=REMOVALS).exists():
        sentence = _(
            "Meanwhile a passage was removed from all versions of this story. Your text may hold it, so it was not "
            "kept: put right what readers have now."
        )
        return page(desk, state.live, CorrectForm(base=live, state=state, initial=declared), errors=[sentence])
    joined, both = merge(without_declaration(seen.document), form.document, live)
    fresh = CorrectForm(base=live, state=state, initial={**values_of(joined), **removed_in(joined, live), **declared})
    sentence = _(
        "Meanwhile someone else published version %(number)s, on %(when)s. What you changed is joined to it here: look "
        "at it again before you publish."
    ) % {"number": state.live.number, "when": told(state.live.visible_from)}
    return page(desk, state.live, fresh, errors=[sentence], overlaps=told_conflicts(both, joined, live))


def without_declaration(document):
    return {**upgraded(document), "correction": None, "removal": None}


def version_seen(data, story):
    """Return the version of a story that the posted form was about; None if it says nothing of the kind."""
    value = data.get("seen_live", "")
    if not is_id(value):
        return None
    return Version.objects.published_by(timezone.now()).filter(story=story, pk=value).first()


def report_of(request, story, data):
    """Return the reader's report that the address or the form names; None if none; raise Http404 if it is no such."""
    value = data.get("report") or request.GET.get("report")
    if not value:
        return None
    if not (request.user.has_perm("stories.view_report") or request.user.has_perm("stories.change_report")):
        raise PermissionDenied
    report = Report.objects.filter(pk=value, story=story).select_related("version").first() if is_id(value) else None
    if report is None:
        raise Http404(_("There is no such report on this story."))
    return report


def is_id(value):
    return value.isascii() and value.isdecimal() and len(value) < 19


def page(desk, base, form, *, errors=(), missing=None, conflicts=(), overlaps=()):
    """Render the form, which is about the version `base`; once it is valid, with what would change and what is found.

    `missing` is the error by which the verb said what else stands in the way of publishing it.
    """
    request, story_admin, story, report, state = desk
    document = form.document if base.pk == state.live.pk else None
    blocking, warning = found_in(story, document, form.cleaned_data.get("change", ""), base) if document else ((), ())
    context = {
        **frame(request, story_admin, story, _("Correct")),
        **autosave.form_context(request, story, Autosave.CORRECT),
        "page": Autosave.CORRECT,
        "is_typed": request.method == "POST" or autosave.chosen(request, story, Autosave.CORRECT) is not None,
        "state": state,
        "base": base,
        "form": form,
        "errors": errors,
        "missing": told_missing(missing, form),
        "report": report,
        "passage": reported_passage(report),
        "changes": told_kinds(form),
        "problems": told_here(blocking, form, story),
        "findings": told_here(warning, form, story),
        "is_more_than_minor": any(finding.check.startswith("guard.") for finding in warning),
        "reviewed": fingerprint(document) if document else "",
        "comparison": told_changes(base.document, document, timezone.now()) if document else None,
        "conflicts": told_conflicts(conflicts, document, base.document) if document else (),
        "overlaps": overlaps,
        "live_since": told(state.live.visible_from),
        "media": (Media.from_media(form.media) + SCRIPTS).with_nonce(request.csp_nonce),
    }
    return TemplateResponse(request, "admin/stories/story/correct.html", context)


def told_here(findings, form, story):
    """Return findings for a template, each leading to its field on this page; to the story's form if it has none."""
    told = checks.told(findings, reverse("admin:stories_story_change", args=[story.pk]))
    names = [field_of(finding.place, form.fields) for finding in findings]
    return [{**each, "url": url_of(name, form) or each["url"]} for each, name in zip(told, names, strict=True)]


def told_missing(error, form):
    """Return what the verb misses for a template, leading to its field if it has one; nothing if there is no error."""
    return [{"sentence": str(error), "url": url_of(getattr(error, "argument", ""), form)}] if error else []


def url_of(name, form):
    """Return where the field `name` stands on this page, of radio buttons the first; "" if the form has no such."""
    return f"#{form[name].id_for_label or form[name].auto_id + '_0'}" if name in form.fields else ""


def reported_passage(report):
    """Return the words of the passage that a report is about, as its reader had them: lines, none if it names none."""
    if not report:
        return ()
    passage = passage_at(passages(upgraded(report.version.document)), report.block, report.paragraph)
    return passage.lines if passage else ()


@require_safe
def conflicts(request, story_id, revision_id, number, story_admin):
    """Show where a draft kept its own words when a correction flowed into it."""
    story = story_for(request, story_admin, story_id, "stories.publish_story")
    revision = Revision.objects.filter(pk=revision_id, story=story).select_related("base").first()
    published = Version.objects.published_by(timezone.now()).filter(story=story)
    versions = {row.number: row for row in published.filter(number__gte=number - 1, number__lte=number)}
    if not (revision and revision.base and len(versions) == 2):
        raise Http404(_("There is no such page."))
    document = upgraded(versions[number].document)
    _merged, places = merged_back(versions[number - 1].document, revision.base.document, document)
    context = {
        **frame(request, story_admin, story, _("What differs in your draft")),
        "version": versions[number],
        "conflicts": told_conflicts(places, upgraded(revision.base.document), document),
    }
    return TemplateResponse(request, "admin/stories/story/conflicts.html", context)


def told_conflicts(found, *documents):
    """Return [{label, mine, theirs}] of merge()'s conflicts, lines of words; `documents` know the cited names."""
    names = {}
    for document in documents:
        names |= cited_names(upgraded(document))
    return [
        {
            "label": label_of(conflict),
            "mine": lines_at(conflict.place, conflict.mine, names),
            "theirs": lines_at(conflict.place, conflict.theirs, names),
        }
        for conflict in found
    ]


def cited_names(document):
    return {citation["key"]: cited_name(citation) for citation in document["citations"]}


def label_of(conflict):
    """Return what editors call the place of a conflict."""
    name = conflict.place.partition(".")[0]
    if name == "blocks":
        block = conflict.mine or conflict.theirs
        return capfirst(BLOCKS[block["type"]]._meta.verbose_name)
    return LABELS["citation" if name == "citations" else name]()
