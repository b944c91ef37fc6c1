"""The site at another instant: the pages of stories and terms as they were, and for the desk as they will be.

The pages are those of today's URLconf, asked with another `request.instant`. While one is made, `/at/<instant>/` is the
script prefix, so every link that reverse() makes stays in that time; what is told of the present uses `{% present %}`.
"""

import datetime
from dataclasses import dataclass
from urllib.parse import quote

from django import forms
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import Resolver404, get_script_prefix, resolve, reverse, set_script_prefix
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from stories.site.clients import MINUTE, asks_too_often

# Pages that are right for any instant. What is not here is told as it is today: histories, policies, corrections.
PAGES = {
    "front", "story", "topics", "topic", "tags", "tag", "sources", "source", "authors", "author", "archive",
    "archive-month",
}  # fmt: skip
A_MINUTE = 120  # pages for one reader: nobody reads that fast, and no cache stands before them
END_OF_DAY = datetime.time(23, 59)


@dataclass(frozen=True)
class At:
    """The time a page shows: `prefix` is the script prefix of its links, `root` the present site's."""

    instant: datetime.datetime
    path: str  # of the page, as it is today
    root: str
    prefix: str
    is_ahead: bool

    @property
    def present(self):
        """Return the address of the same page as it is now."""
        return iri_to_uri(self.root.rstrip("/") + self.path)

    def to_present(self, url):
        """Return an address made under `prefix` as the present site's."""
        return self.root + url.removeprefix(self.prefix)


def address_at(instant, path):
    """Return the address of the page at `path`, as it is today, at another instant."""
    return reverse("at-front", args=[instant]) + quote(path.lstrip("/"))


@require_safe
def at(request, instant, path=""):
    """Show the page that stands at `path` today as it was at `instant`; one that knows no time is shown as it is."""
    if asks_too_often(request, "at", A_MINUTE):
        response = private(render(request, "site/too_often.html", status=429))
        response["Retry-After"] = str(MINUTE)
        return response
    if instant > request.instant and not is_desk(request.user):
        raise Http404("that time is yet to come")
    root = get_script_prefix()
    shown = At(instant, f"/{path}", root, reverse("at-front", args=[instant]), instant > request.instant)
    match = find(shown.path)
    if match is None and find(f"{shown.path}/"):
        return private(redirect(f"{request.path}/"))
    if match is None:
        raise Http404("no such page")
    if match.url_name not in PAGES:
        return private(redirect(shown.present))
    asked, request.path_info = request.path_info, shown.path
    request.instant, request.at = instant, shown
    set_script_prefix(shown.prefix)
    try:
        return private(match.func(request, *match.args, **match.kwargs))
    except Http404:
        return private(render(request, "site/not_then.html", status=404))
    finally:
        set_script_prefix(root)
        request.path_info = asked


def find(path):
    """Return the match of a public page's path, None if there is none or it is one of these pages itself."""
    try:
        match = resolve(path, "stories.site.urls")
    except Resolver404:
        return None
    return None if match.func in (at, choose) else match


def is_desk(user):
    return user.is_active and user.is_staff and user.has_perm("stories.view_story")


def private(response):
    """Keep a page of another time from shared caches and search engines: what is taken back must go from it too."""
    add_never_cache_headers(response)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


class MomentForm(forms.Form):
    """A day, and a time in the site's zone: its end if left empty."""

    day = forms.DateField(
        label=gettext_lazy("Day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": gettext_lazy("Choose a day."),
            "invalid": gettext_lazy("This is not a day. Write it like 2025-03-01."),
        },
    )
    time = forms.TimeField(
        label=gettext_lazy("Time"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": gettext_lazy("This is not a time of day. Write it like 09:00.")},
    )

    def __init__(self, *args, desk, **kwargs):
        super().__init__(*args, **kwargs)
        self.desk = desk

    def clean_day(self):
        day = self.cleaned_data["day"]
        if not 1000 <= day.year < 3000:  # the years that an address can name
            raise forms.ValidationError(_("Choose a day of this millennium or the one before."))
        return day

    def clean(self):
        if self.errors:
            return
        local = datetime.datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"] or END_OF_DAY)
        instant = timezone.make_aware(local)
        now = timezone.now()
        if instant > now and not self.desk:
            if self.cleaned_data["time"] or self.cleaned_data["day"] > timezone.localdate():
                raise forms.ValidationError(_("That time is yet to come. Choose one that has passed."))
            instant = now.replace(second=0, microsecond=0)
        self.cleaned_data["instant"] = instant


@require_safe
def choose(request):
    """Ask for a day and a time, and lead there: to the page at `path`, else to the front page."""
    asked = {"day", "time"} & set(request.GET)
    # Only who asks for a time is looked at: the empty form is the same for everybody.
    desk = bool(asked) and is_desk(request.user)
    form = MomentForm(request.GET if asked else None, desk=desk)
    path = request.GET.get("path", "/")
    match = find(path) if path.startswith("/") else None
    path = path if match and match.url_name in PAGES else "/"
    if form.is_bound and form.is_valid():
        return private(redirect(address_at(form.cleaned_data["instant"], path)))
    context = {"form": form, "path": path, "zone": timezone.localtime().tzname()}
    return private(render(request, "site/choose_time.html", context))
