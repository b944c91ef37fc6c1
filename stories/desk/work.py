"""Stages at the desk: what each editor can do with a story where it stands, as buttons and small pages."""

import functools
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stories.desk import checks
from stories.desk.pages import find_story, frame
from stories.desk.times import DueField
from stories.models import Story, User
from stories.publishing import desk_work, preflight
from stories.publishing.desk_work import EDIT, WORK, may_direct, name_of, standing
from stories.publishing.revisions import latest_revision
from stories.publishing.verbs import PublishError

Stage = Story.Stage
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class Move:
    """One thing to do with a story: `label` on its button, `done` when it is done; `asks` names the page's field."""

    label: str
    done: str
    asks: str = ""


MOVES = {
    "claim": Move(gettext_lazy("Claim"), gettext_lazy("“%(story)s” is yours.")),
    "assign": Move(gettext_lazy("Assign"), gettext_lazy("%(owner)s has “%(story)s” now."), "person"),
    "submit": Move(gettext_lazy("Submit for review"), gettext_lazy("“%(story)s” is in review."), "reviewer"),
    "review": Move(gettext_lazy("Review it"), gettext_lazy("“%(story)s” waits for you.")),
    "hand_back": Move(
        gettext_lazy("Hand back"), gettext_lazy("“%(story)s” is handed back, with your note."), "sentence"
    ),
    "ready": Move(gettext_lazy("Mark ready"), gettext_lazy("“%(story)s” is ready.")),
}


def urls(story_admin):
    """Return the addresses of stages, to stand before those of the story admin."""

    def view(function):
        return story_admin.admin_site.admin_view(functools.partial(function, story_admin=story_admin))

    return [
        path("pitch/", view(pitch), name="stories_story_pitch"),
        path("<uuid:story_id>/work/<slug:action>/", view(work), name="stories_story_work"),
    ]


def offers(story, user):
    """Return what `user` can do with `story` where it stands: [{action, label, page, url}], the likeliest first."""
    url = functools.partial(reverse, "admin:stories_story_work")
    return [
        {
            "action": action,
            "label": label_of(action, story),
            "asks": MOVES[action].asks,
            "url": url(args=[story.pk, action]),
        }
        for action in open_to(story, user)
    ]


def label_of(action, story):
    if action == "claim" and story.owner_id:
        return _("Start writing")
    return f"{MOVES[action].label}…" if MOVES[action].asks else MOVES[action].label


def open_to(story, user):
    """Yield the moves that `user` can make with `story`, the likeliest first."""
    edits, directs = user.has_perm(EDIT), may_direct(story, user)
    if not story.stage or not user.has_perm(WORK):
        return
    if story.stage in (Stage.PITCH, Stage.DRAFTING):
        if not story.owner_id or (story.owner_id, story.stage) == (user.pk, Stage.PITCH):
            yield "claim"
        if story.stage == Stage.DRAFTING:
            yield "submit"
            if edits:
                yield "ready"
    if story.stage == Stage.REVIEW and edits:
        if story.reviewer_id != user.pk:
            yield "review"
        yield "ready"
    if story.stage in (Stage.REVIEW, Stage.READY) and directs:
        yield "hand_back"
    if directs:
        yield "assign"


def form_context(request, story):
    """Return what the story form says of where `story` stands, None for a new one, and offers."""
    if story is None:
        return {"offers": [{"action": "submit", "label": f"{MOVES['submit'].label}…"}]}
    return {"offers": offers(story, request.user), "standing": standing(story)}


def next_page(request, story):
    """Do what a button of the story form said beside saving; return the page to go to, None if there was no such."""
    action = request.POST.get("_work")
    if action not in MOVES:
        return None
    if MOVES[action].asks:
        return redirect("admin:stories_story_work", story.pk, action)
    try:
        move(request, story, action, expecting=request.POST.get("standing", ""))
    except PublishError as error:
        messages.error(request, _("Your text is saved. %(why)s") % {"why": error})
    return redirect("admin:stories_story_change", story.pk)


def move(request, story, action, *, expecting, **values):
    """Call the verb of `action` and tell the editor that it is done. Raise PermissionDenied or PublishError."""
    verb = {"ready": desk_work.mark_ready}.get(action) or getattr(desk_work, action)
    story = verb(story, by=request.user, expecting=expecting, **values)
    values = {"story": str(story), "owner": name_of(story.owner) if story.owner else ""}
    messages.success(request, MOVES[action].done % values)


class PersonField(forms.ModelChoiceField):
    """A colleague who has all of `permissions`."""

    def __init__(self, *permissions, **kwargs):
        super().__init__(User.objects.none(), **kwargs)
        self.permissions = permissions

    def people(self):
        people = User.objects.filter(is_staff=True)
        for permission in self.permissions:
            people = people.filter(pk__in=User.objects.with_perm(permission, backend=BACKEND).values("pk"))
        return people.order_by("first_name", "last_name", "username")

    def label_from_instance(self, user):
        return name_of(user)


class MoveForm(forms.Form):
    """What a move asks for; `standing` is where the story stood on the page that the editor saw."""

    standing = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100)
    next = forms.CharField(widget=forms.HiddenInput, required=False, max_length=10)
    person = PersonField(WORK, label=gettext_lazy("Who writes it"))
    reviewer = PersonField(
        WORK,
        EDIT,
        label=gettext_lazy("Who reviews it"),
        required=False,
        empty_label=gettext_lazy("Whoever is free"),
    )
    sentence = forms.CharField(
        label=gettext_lazy("What is to be done"),
        max_length=desk_work.MAX_SENTENCE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For the one who writes: it becomes a note on the story, which they resolve."),
    )

    def __init__(self, *args, action, **kwargs):
        super().__init__(*args, **kwargs)
        asks = MOVES[action].asks
        for name in {"person", "reviewer", "sentence"} - {asks}:
            del self.fields[name]
        if asks in ("person", "reviewer"):
            self.fields[asks].queryset = self.fields[asks].people()

    @property
    def values(self):
        """Return the arguments of the verb."""
        names = {"person": "to", "reviewer": "reviewer", "sentence": "sentence"}
        return {names[name]: value for name, value in self.cleaned_data.items() if name in names}


@require_http_methods(["GET", "HEAD", "POST"])
def work(request, story_id, action, story_admin):
    """Do something with a story, or ask first for what it needs."""
    if action not in MOVES:
        raise Http404(_("There is no such page."))
    story = find_story(request, story_admin, story_id)
    if not story_admin.has_change_permission(request, story):
        raise PermissionDenied
    if request.method != "POST":
        known = {"standing": standing(story), "next": request.GET.get("next", "")[:10]}
        return page(request, story_admin, story, action, MoveForm(action=action, initial=known))
    form = MoveForm(request.POST, action=action)
    if form.is_valid():
        try:
            move(request, story, action, expecting=form.cleaned_data["standing"], **form.values)
        except PublishError as error:
            form.add_error(None, str(error))
        else:
            if form.cleaned_data["next"] == "desk":
                return redirect("admin:index")
            return redirect("admin:stories_story_change", story.pk)
    return page(request, story_admin, story, action, form)


def page(request, story_admin, story, action, form):
    revision = latest_revision(story)
    url = reverse("admin:stories_story_change", args=[story.pk])
    instead = offers(story, request.user)
    context = {
        **frame(request, story_admin, story, MOVES[action].label),
        "action": action,
        "label": MOVES[action].label,
        "form": form,
        "where": desk_work.told(story),
        "possible": action in [offer["action"] for offer in instead],
        "instead": instead,
        # What the next press of the button is about, also if it was refused since someone else was faster.
        "standing": standing(story),
        **({name: checks.told(found, url) for name, found in looked_at(story, action, revision).items()}),
        "story_url": url,
    }
    return TemplateResponse(request, "admin/stories/story/work.html", context)


def looked_at(story, action, revision):
    """Return {"problems": Findings that must be settled first, "open": those that speak against it}.

    Before a story is ready more must be settled than before it is reviewed: the reviewer may answer what is open.
    """
    if action not in ("submit", "ready") or revision is None:
        return {}
    context = desk_work.context_of(story)
    blocking = preflight.findings(preflight.BLOCKERS, revision.document, context)
    now = preflight.findings(preflight.BLOCKERS, revision.document) if action == "submit" else blocking
    later = [finding for finding in blocking if finding not in now]
    return {"problems": now, "open": later + preflight.warnings(revision.document, context)}


class PitchForm(forms.Form):
    headline = forms.CharField(label=gettext_lazy("Working headline"), max_length=250)
    budget_line = forms.CharField(
        label=gettext_lazy("Budget line"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("One sentence that tells colleagues what the story is. Readers never see it."),
    )
    due = DueField(label=gettext_lazy("Due"), required=False)
    mine = forms.BooleanField(label=gettext_lazy("I would write it"), required=False, initial=True)


@require_http_methods(["GET", "HEAD", "POST"])
def pitch(request, story_admin):
    """Propose a story."""
    if not story_admin.has_add_permission(request):
        raise PermissionDenied
    form = PitchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            story = desk_work.pitch(by=request.user, **form.cleaned_data)
        except PublishError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("“%(story)s” is pitched.") % {"story": story})
            return redirect("admin:index")
    context = {
        **story_admin.admin_site.each_context(request),
        "title": _("Pitch a story"),
        "opts": story_admin.opts,
        "form": form,
        "label": _("Pitch it"),
    }
    return TemplateResponse(request, "admin/stories/story/pitch.html", context)
