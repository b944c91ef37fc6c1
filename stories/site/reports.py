"""The form on which a reader reports an error in a story."""

from django import forms
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from stories.models import Version
from stories.models.prose import clean_text
from stories.publishing.document import upgraded
from stories.publishing.reports import HOUR, ReportError, TooManyReportsError, receive, refuse_text
from stories.site.addresses import present_version
from stories.site.clients import sender_of
from stories.site.history import number_of, published
from stories.site.passages import passage_at, passages
from stories.site.story import render_story

TAIL = "report/"


class ReportForm(forms.Form):
    passage = forms.ChoiceField(
        label=gettext_lazy("Where in the story?"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("This version has no such passage. Choose one from the list.")},
    )
    text = forms.CharField(
        label=gettext_lazy("What is wrong?"),
        required=False,  # refuse_text() says so
        widget=forms.Textarea({"rows": 7, "required": True, "dir": "auto"}),
        help_text=gettext_lazy("If you know what is right, and where we can check it, tell us that too."),
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address, if you want an answer"),
        required=False,
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={
            "invalid": gettext_lazy("This is not an e-mail address. Correct it, or leave it empty."),
        },
    )
    # Nobody sees this field; robots fill it in.
    homepage = forms.CharField(required=False, widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}))

    def __init__(self, *args, choices, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.places = {passage.key: passage for passage in choices}
        self.fields["passage"].choices = [
            ("", _("The story as a whole")),
            *((passage.key, passage.first_words) for passage in choices),
        ]

    def clean_text(self):
        text = clean_text(self.cleaned_data["text"], multiline=True)
        try:
            refuse_text(text)
        except ReportError as error:
            raise forms.ValidationError(str(error)) from error
        return text

    def clean_homepage(self):
        if self.cleaned_data["homepage"]:
            raise forms.ValidationError(
                _("Something filled in a field that people do not see, as robots do. Send your report once more.")
            )

    @property
    def place(self):
        """Return {block, paragraph} of the chosen passage, empty for the story as a whole."""
        passage = self.places.get(self.cleaned_data["passage"])
        return {"block": passage.block, "paragraph": passage.paragraph} if passage else {}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request, **parts):
    """Show the form for a version that readers have seen, the present one unless ?version= says which; keep a report.

    ?passage= chooses a passage beforehand, by the id of its block.
    """
    path = request.path_info.removesuffix(TAIL)
    live = present_version(path, request.instant)
    if live.taken_back == Version.Change.WITHDRAWAL:
        return render_story(request, live)
    if live.path != path and request.method != "POST":  # what was posted to an old address is taken there
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{live.get_absolute_url()}{TAIL}" + (f"?{query}" if query else ""))
    if "sent" in request.GET and request.method != "POST":
        return private(render(request, "site/report_sent.html", {"live": live}))
    version = version_read(request, live)
    choices = passages(upgraded(version.document))
    if request.method != "POST":
        form = ReportForm(initial={"passage": chosen(request, choices)}, choices=choices)
        return page(request, live, version, form)
    form = ReportForm(request.POST, choices=choices)
    if not form.is_valid():
        return page(request, live, version, form)
    data = form.cleaned_data
    try:
        receive(version, text=data["text"], email=data["email"], sender=sender_of(request, "report"), **form.place)
    except TooManyReportsError as error:
        form.add_error(None, str(error))
        response = page(request, live, version, form, status=429)
        response["Retry-After"] = str(int(HOUR.total_seconds()))
        return response
    except ReportError as error:
        form.add_error(error.place or None, str(error))
        return page(request, live, version, form)
    return see_other(f"{live.get_absolute_url()}{TAIL}?sent")


def version_read(request, live):
    """Return the version that ?version= names, with its document; raise Http404 if readers have not seen it."""
    number = request.GET.get("version", "")
    rows = published(live, request.instant).filter(number=number_of(number) if number else live.number)
    version = rows.first()
    if version is None:
        raise Http404("no such version")
    return version


def chosen(request, choices):
    """Return the key of the passage that ?passage= names by key or block id, empty if there is none."""
    asked = request.GET.get("passage", "")
    keys = {passage.key for passage in choices}
    passage = passage_at(choices, asked, None)
    return asked if asked in keys else passage.key if passage else ""


def page(request, live, version, form, status=200):
    context = {"live": live, "version": version, "form": form}
    return private(render(request, "site/report.html", context, status=status))


def private(response):
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def see_other(url):
    response = redirect(url)
    response.status_code = 303  # whatever was posted, this is to be read
    return response
