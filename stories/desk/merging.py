"""The page that joins two saves of a story: what one editor changed is joined already, of the rest one decides."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from js_asset import Media, Script

from stories.desk.desk_only import DeskOnlyForm
from stories.desk.merge_forms import conflict_form
from stories.desk.merge_places import Sides
from stories.desk.pages import find_story, frame
from stories.desk.states import name_of, told
from stories.models import Revision, Story
from stories.publishing.aside import Overtaken, base_document, join, leave_aside
from stories.publishing.document import DocumentError
from stories.publishing.merge import settled
from stories.publishing.revisions import latest_revision


@require_http_methods(["GET", "HEAD", "POST"])
def merge_page(request, story_id, revision_id, story_admin):
    """Show what was saved aside beside what the story says now; on POST save what the editor made of the two."""
    story = find_story(request, story_admin, story_id)
    if not story_admin.has_change_permission(request, story):
        raise PermissionDenied
    mine = (
        Revision.objects.select_related("base", "user", "base__user", "story")
        .filter(pk=revision_id, story=story)
        .first()
    )
    if mine is None or not mine.aside:
        raise Http404(_("Nothing of this story was saved aside like that."))
    if mine.joined_id:
        messages.info(request, _("What was saved aside then is settled already."))
        return redirect("admin:stories_story_change", story.pk)
    if request.method == "POST" and "leave" in request.POST:
        leave_aside(mine)
        messages.success(request, _("The story stays as it is. What was saved aside is kept in its history."))
        return redirect("admin:stories_story_change", story.pk)
    merging = Merging(mine, latest_revision(story), request.POST if request.method == "POST" else None)
    if request.method == "POST" and merging.save(by=request.user):
        messages.success(request, _("Both are joined and saved."))
        return redirect("admin:stories_story_change", story.pk)
    return TemplateResponse(request, "admin/stories/story/merge.html", page(request, story_admin, story, merging))


class Merging:
    """What was saved aside (`mine`), what the story says (`theirs`), and the forms that settle where they differ."""

    def __init__(self, mine, theirs, data=None):
        self.mine, self.data, self.errors = mine, data, []
        self.desk_only = DeskOnlyForm(mine, data)
        self.look_at(theirs)

    def look_at(self, theirs):
        self.theirs = theirs
        self.sides = Sides(base_document(self.mine), self.mine.document, theirs.document)
        self.forms = {
            conflict.place: conflict_form(conflict, name_of(theirs), self.data) for conflict in self.sides.conflicts
        }

    @transaction.atomic
    def save(self, *, by):
        """Save what the forms say, if they all hold and nobody saved meanwhile; return whether that was done."""
        list(Story.objects.select_for_update().filter(pk=self.mine.story_id))  # so that no plan is made meanwhile
        self.desk_only = DeskOnlyForm(self.mine, self.data)  # with the rows as they stay until this ends
        valid = [form.is_valid() for form in [*self.forms.values(), self.desk_only]]
        if self.data.get("theirs") != str(self.theirs.pk):
            self.tell_of(self.theirs)
            return False
        if not all(valid):
            self.errors.append(_("Nothing is saved yet: see below where you are still asked."))
            return False
        choices = {place: form.chosen() for place, form in self.forms.items()}
        try:
            with transaction.atomic():
                saved = join(self.mine, settled(self.sides.merged, choices), by=by, theirs=self.theirs)
                self.desk_only.save(by=by)
        except Overtaken as overtaken:
            self.look_at(overtaken.newest)
            self.tell_of(overtaken.newest)
            return False
        except DocumentError as error:
            self.errors += [sentence for place, sentence in error.problems]
            return False
        return bool(saved)

    def tell_of(self, newest):
        values = {"name": name_of(newest), "when": told(newest.created_at)}
        self.errors.append(
            _(
                "Meanwhile %(name)s saved the story again, on %(when)s. This page now joins yours with that; what you "
                "chose and wrote is still here. Look at it, then save."
            )
            % values
        )

    @property
    def places(self):
        """Return the places that changed, those that are asked about with their form first."""
        shown = [{**place, "form": self.forms.get(place["place"])} for place in self.sides.places]
        return sorted(shown, key=lambda place: place["form"] is None)

    @property
    def media(self):
        media = Media()
        for form in self.forms.values():
            media += form.media
        return media


def page(request, story_admin, story, merging):
    places = merging.places
    media = Media.from_media(story_admin.media + merging.media) + Media(js=[Script("desk/story.js", type="module")])
    return {
        **frame(request, story_admin, story, _("Join two saves")),
        "mine": merging.mine,
        "theirs": merging.theirs,
        "me": name_of(merging.mine) if merging.mine.user != request.user else "",
        "them": name_of(merging.theirs),
        "alone": merging.theirs.user_id == merging.mine.user_id,
        "same_words": merging.theirs.pk == merging.mine.base_id,  # only values for the desk alone were changed
        "errors": merging.errors,
        "asked": [place for place in places if place["form"]],
        "joined": [place for place in places if not place["form"]],
        "moved_by": merging.sides.moved_by,
        "desk_only": merging.desk_only,
        "citations": [{"key": key, "name": name} for key, name in merging.sides.cited.items()],
        "media": media.with_nonce(request.csp_nonce),
    }
