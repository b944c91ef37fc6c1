"""The front page, as editors arrange it: what stands first now, what is planned and what stood first before."""

import functools

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from stories.desk.base import DeskAdmin
from stories.desk.publish import zone_name
from stories.desk.publish_forms import MAX_ID, MomentForm
from stories.desk.rows import PickField, PickSelect, valid_ids
from stories.desk.states import told
from stories.models import FrontPage, Story, Topic
from stories.publishing.front import PLACES, arrange, cancel_arrangement
from stories.publishing.verbs import PublishError
from stories.site.at import address_at

SHOWN = 20  # earlier arrangements
LABELS = [gettext_lazy("Lead"), gettext_lazy("Second"), gettext_lazy("Third")]


class ArrangeForm(MomentForm):
    """A story for each place, and when: `stories` are those chosen, in their order."""

    when = forms.ChoiceField(
        choices=[("now", "now"), ("later", "later")],
        error_messages={"required": gettext_lazy("Say when: now, or at a time.")},
    )
    seen = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = Story._meta.get_field("translation_of")  # any field that leads to a story: the search asks for one
        for number in range(PLACES):
            label = LABELS[number] if number < len(LABELS) else _("Place %(n)s") % {"n": number + 1}
            widget = PickSelect(field, admin.site)
            self.fields[f"place{number}"] = PickField(Story.objects.all(), label=label, widget=widget, required=False)
        values = self.data if self.is_bound else self.initial
        chosen = valid_ids(Story, [values.get(f"place{number}") for number in range(PLACES)])
        rows = {str(pk): story for pk, story in Story.objects.in_bulk(chosen).items()}
        for number in range(PLACES):
            self.fields[f"place{number}"].rows = rows

    @property
    def places(self):
        return [self[f"place{number}"] for number in range(PLACES)]

    @property
    def stories(self):
        chosen = [self.cleaned_data.get(f"place{number}") for number in range(PLACES)]
        return [story for story in chosen if story]

    def wants_moment(self):
        return self.cleaned_data.get("when") == "later"

    def clean(self):
        super().clean()
        if "seen" in self.errors:
            raise forms.ValidationError(
                _("This page was incomplete. Look at it again, then press the button once more.")
            )


@admin.register(FrontPage)
class FrontPageAdmin(DeskAdmin):
    def get_urls(self):
        def view(function):
            return self.admin_site.admin_view(functools.partial(function, front_admin=self))

        return [
            path("", view(front_page), name="stories_frontpage_changelist"),
            path("topics/<uuid:topic_id>/", view(front_page), name="stories_frontpage_topic"),
            path("<int:pk>/cancel/", view(cancel), name="stories_frontpage_cancel"),
        ]

    def has_module_permission(self, request):
        return may_arrange(request)

    def has_view_permission(self, request, obj=None):
        return may_arrange(request)

    def has_add_permission(self, request):
        return False  # arranging is all that can be done, and it has its own page

    has_change_permission = has_delete_permission = has_view_permission


def may_arrange(request):
    return request.user.has_perm("stories.publish_story")


@require_http_methods(["GET", "HEAD", "POST"])
def front_page(request, front_admin, topic_id=None):
    """Show how the front page, or a topic's, is arranged; on POST arrange it."""
    topic = find_topic(request, topic_id)
    if request.method != "POST":
        return page(request, front_admin, topic)
    form = ArrangeForm(request.POST)
    if form.is_valid():
        try:
            made = arrange(form.stories, by=request.user, topic=topic, at=form.at, expecting=expected(form, topic))
        except PublishError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, done(made))
            return redirect(address(topic))
    return page(request, front_admin, topic, form=form)


def expected(form, topic):
    """Return what the editor saw in force: now, or at the time chosen, which only a plan can have changed."""
    seen = form.cleaned_data["seen"]
    if not form.at:
        return seen
    before = FrontPage.objects.arranged_at(form.at, topic)
    now = FrontPage.objects.arranged_at(timezone.now(), topic)
    # The page showed what is in force and all plans; a plan before that time is one of these.
    return before.pk if before and before != now else seen


def find_topic(request, topic_id):
    if not may_arrange(request):
        raise PermissionDenied
    if topic_id is None:
        return None
    topic = Topic.objects.filter(pk=topic_id, alias_of=None).first()
    if topic is None:
        raise Http404(_("There is no such topic."))
    return topic


@require_POST
def cancel(request, pk, front_admin):
    """Cancel an arrangement that lies ahead."""
    if not may_arrange(request):
        raise PermissionDenied
    found = FrontPage.objects.select_related("topic").filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such arrangement."))
    try:
        cancel_arrangement(found, by=request.user)
    except PublishError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("The arrangement planned for %(when)s is cancelled.") % {"when": told(found.visible_from)}
        )
    return redirect(address(found.topic))


def address(topic):
    return reverse("admin:stories_frontpage_topic", args=[topic.pk]) if topic else front_address()


def front_address():
    return reverse("admin:stories_frontpage_changelist")


def page(request, front_admin, topic, form=None):
    now = timezone.now()
    rows = FrontPage.objects.filter(topic=topic).select_related("user")
    ahead = list(rows.filter(visible_from__gt=now).order_by("visible_from")[:SHOWN])
    past = list(rows.filter(visible_from__lte=now)[:SHOWN])
    current = past[0] if past else None
    path = topic.get_absolute_url() if topic else reverse("front")
    stories = told_stories([*ahead, *past])
    context = {
        **front_admin.admin_site.each_context(request),
        "title": _("What stands first on the page of %(topic)s") % {"topic": topic} if topic else _("The front page"),
        "opts": front_admin.opts,
        "media": front_admin.media + ArrangeForm().media,
        "topic": topic,
        "topics": Topic.objects.filter(alias_of=None, archived=False).order_by("name"),
        "form": form or ArrangeForm(initial=initial_of(current)),
        "current": current,
        "ahead": [entry(row, path, stories) for row in ahead],
        "past": [entry(row, path, stories) for row in past],
        "live_url": path,
        "zone": zone_name(),
    }
    return TemplateResponse(request, "admin/stories/frontpage/arrange.html", context)


def initial_of(current):
    return {f"place{number}": pk for number, pk in enumerate(current.stories[:PLACES])} if current else {}


def told_stories(rows):
    """Return {id: story} of all that `rows` arrange. One query."""
    ids = valid_ids(Story, {pk for row in rows for pk in row.stories})
    return {str(pk): story for pk, story in Story.objects.only("headline", "slugline").in_bulk(ids).items()}


def entry(row, path, stories):
    return {
        "row": row,
        "when": told(row.visible_from),
        "who": (row.user.get_full_name() or row.user.get_username()) if row.user else _("an import"),
        "stories": [stories[pk] for pk in row.stories if pk in stories],
        "url": address_at(row.visible_from, path),
    }


def done(made):
    if made.visible_from > timezone.now():
        return _("From %(when)s on the page is arranged like this.") % {"when": told(made.visible_from)}
    return _("The page is arranged like this now.")
