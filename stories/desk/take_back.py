"""Taking back what readers have: a story as a whole, or a passage from all its versions."""

from django import forms
from django.contrib import messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stories.desk.pages import frame, routes, story_for
from stories.desk.publish_forms import SeenForm
from stories.desk.states import state_of, told
from stories.models import Picture, Version
from stories.models.prose import clean_text
from stories.publishing.document import DocumentError
from stories.publishing.purging import pictures_of
from stories.publishing.removals import places_of, redact, redact_picture, retract, withdraw
from stories.publishing.verbs import PublishError

KINDS = {"retract": gettext_lazy("Retract it"), "withdraw": gettext_lazy("Withdraw it")}
VERBS = {"retract": retract, "withdraw": withdraw}
REQUIRED = {"required": gettext_lazy("Tick this to go on: it cannot be undone.")}


def urls(story_admin):
    views = {
        ("<uuid:story_id>/take-back/", "take_back"): take_back,
        ("<uuid:story_id>/redact/", "redact"): redact_passage,
        ("<uuid:story_id>/redact/picture/", "redact_picture"): remove_picture,
    }
    return routes(story_admin, views)


class RemovalForm(SeenForm):
    """Who takes something back and why: readers are told both."""

    signed = forms.CharField(
        label=gettext_lazy("Signed by"),
        max_length=200,
        help_text=gettext_lazy("Public: the name under the notice."),
        error_messages={"required": gettext_lazy("Say who takes this back: readers are told.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason for readers"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Public, and it stays. It must not repeat what is to be gone."),
        error_messages={"required": gettext_lazy("Say why: readers are told.")},
    )
    use_required_attribute = False


class TakeBackForm(RemovalForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("What is to happen?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one.")},
    )
    confirm = forms.BooleanField(
        label=gettext_lazy("I have read what will be gone. It cannot be undone."), error_messages=REQUIRED
    )

    def __init__(self, *args, live, **kwargs):
        super().__init__(*args, **kwargs)
        offered = ["withdraw"] if live.taken_back else KINDS
        self.fields["kind"].choices = [(kind, KINDS[kind]) for kind in offered]


class RedactForm(RemovalForm):
    passage = forms.CharField(
        label=gettext_lazy("Words to remove"),
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("As readers see them, in capitals or not. In their place “[…]” will stand."),
        error_messages={"required": gettext_lazy("Give the words to remove, at least three characters.")},
    )
    looked_for = forms.CharField(required=False, max_length=1000)
    confirm = forms.BooleanField(label=gettext_lazy("Remove these words. It cannot be undone."), required=False)

    def clean_passage(self):
        return clean_text(self.cleaned_data["passage"])

    def add_unconfirmed(self):
        self.add_error("confirm", REQUIRED["required"])


class PictureForm(RemovalForm):
    picture = forms.ChoiceField(
        label=gettext_lazy("Which picture?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose the picture."),
            "invalid_choice": gettext_lazy("The story does not have this picture any more."),
        },
    )
    confirm = forms.BooleanField(
        label=gettext_lazy("Remove this picture. It cannot be undone."), error_messages=REQUIRED
    )

    def __init__(self, *args, pictures, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["picture"].choices = [
            (pk, picture["alt"] or picture["caption"] or picture["file"]) for pk, picture in pictures.items()
        ]


def name_of_user(user):
    return user.get_full_name() or user.get_username()


@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request, story_id, story_admin):
    """Show what retracting and withdrawing take away; on POST do it."""
    story = story_for(request, story_admin, story_id, "stories.retract_story")
    state = state_of(story)
    if state.live is None or state.live.taken_back == Version.Change.WITHDRAWAL:
        return refused(request, story, state)
    form = TakeBackForm(request.POST or None, live=state.live, initial={"signed": name_of_user(request.user)})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            version = VERBS[data["kind"]](
                story, by=request.user, signed=data["signed"], reason=data["reason"], expecting=form.expecting
            )
        except (PublishError, DocumentError) as error:
            form.add_error(None, str(error))
            state = state_of(story)
        else:
            told_done = {
                "retract": _("The story is retracted: readers see its headline and your notice."),
                "withdraw": _("The story is withdrawn: readers see one sentence at its address."),
            }
            messages.success(request, with_link(told_done[data["kind"]], version))
            return redirect("admin:stories_story_change", story.pk)
    return page(request, story_admin, story, state, form, _("Take back"), "take_back", kinds=list(form["kind"]))


@require_http_methods(["GET", "HEAD", "POST"])
def redact_passage(request, story_id, story_admin):
    """Ask for the words; on POST show where they stand, then remove what was shown."""
    story = story_for(request, story_admin, story_id, "stories.redact_story")
    state = state_of(story)
    if state.live is None:
        return refused(request, story, state)
    form = RedactForm(request.POST or None, initial={"signed": name_of_user(request.user)})
    places = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        is_shown = clean_text(data["looked_for"]) == data["passage"]
        try:
            if request.POST.get("step") == "redact" and is_shown and data["confirm"]:
                version = redact(
                    story,
                    passage=data["passage"],
                    by=request.user,
                    signed=data["signed"],
                    reason=data["reason"],
                    expecting=form.expecting,
                )
                messages.success(request, with_link(_("The words are removed from all versions."), version))
                return redirect("admin:stories_story_change", story.pk)
            places = found_places(story, data["passage"], form)
        except (PublishError, DocumentError) as error:
            form.add_error(None, str(error))
            state = state_of(story)
        else:
            if request.POST.get("step") == "redact" and is_shown:
                form.add_unconfirmed()
    return page(request, story_admin, story, state, form, _("Remove a passage"), "redact", places=places)


@require_http_methods(["GET", "HEAD", "POST"])
def remove_picture(request, story_id, story_admin):
    """Show the pictures a story has or had; on POST remove one from every version."""
    story = story_for(request, story_admin, story_id, "stories.redact_story")
    state = state_of(story)
    if state.live is None:
        return refused(request, story, state)
    pictures = pictures_of(story)
    form = PictureForm(request.POST or None, pictures=pictures, initial={"signed": name_of_user(request.user)})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            version = redact_picture(
                story,
                picture=data["picture"],
                by=request.user,
                signed=data["signed"],
                reason=data["reason"],
                expecting=form.expecting,
            )
        except (PublishError, DocumentError) as error:
            form.add_error(None, str(error))
            state = state_of(story)
        else:
            messages.success(request, with_link(_("The picture is removed from all versions."), version))
            return redirect("admin:stories_story_change", story.pk)
    files = Picture._meta.get_field("file").storage
    choices = [(radio, files.url(pictures[radio.data["value"]]["file"])) for radio in form["picture"]]
    return page(request, story_admin, story, state, form, _("Remove a picture"), "redact_picture", choices=choices)


def found_places(story, passage, form):
    """Return where the words stand; None, and an error on the form, if nowhere."""
    places = places_of(story, passage)
    if any((places.versions, places.working_copy, places.revisions, places.reports, places.notes, places.others)):
        return places
    form.add_error("passage", _("These words stand nowhere in this story. Write them just as readers see them."))
    return None


def refused(request, story, state):
    if state.live is None:
        messages.error(request, _("Readers have no version of this story, so there is nothing to take back."))
    else:
        messages.error(request, _("This story is withdrawn: nothing is left to take back."))
    return redirect("admin:stories_story_change", story.pk)


def with_link(sentence, version):
    return format_html('{} <a href="{}">{}</a>', sentence, version.get_absolute_url(), _("See it as readers see it"))


def page(request, story_admin, story, state, form, title, name, **values):
    context = {
        **frame(request, story_admin, story, title),
        "state": state,
        "form": form,
        "live_since": state.live and told(state.live.visible_from),
        "goes_out": state.pending and told(state.pending.visible_from),
        **values,
    }
    return TemplateResponse(request, f"admin/stories/story/{name}.html", context)
