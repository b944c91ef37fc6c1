"""Two editors at once: what the story form does when another save has overtaken it."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from stories.desk.desk_only import changes_of, desk_only_of, log_changes
from stories.desk.forms import document_from_form
from stories.desk.rows import posted_uuid
from stories.desk.states import name_of, told
from stories.models import Revision
from stories.publishing.aside import opened_on, same_words, save_aside
from stories.publishing.document import canonical, upgraded
from stories.publishing.revisions import latest_revision, revisions_of


def note_newest(request, object_id):
    """Remember the newest revision of a story whose form is about to be read.

    Noted too early it makes a later save look overtaken, which loses nothing; noted too late it would hide one.
    """
    if request.method == "GET" and (pk := posted_uuid(object_id)):
        request.newest_revision = revisions_of(pk).values_list("pk", flat=True).first()


def form_context(request, form, story):
    """Give the form the revision it is opened on; return what waits to be joined by this editor."""
    if not form.is_bound:
        form.initial["opened_on"] = getattr(request, "newest_revision", None)
    return {"waiting": waiting_for(request.user, story) if story else []}


def waiting_for(user, story):
    """Return what `user` saved of a story that was overtaken and is not joined yet. One query."""
    rows = Revision.objects.filter(story=story, user=user, aside=True, joined=None).defer("document", "desk_only")
    return list(rows[:10])


def save_aside_if_overtaken(request, form, formsets):
    """Return (the revision that a valid form was opened on, whether another save has overtaken it).

    One has if the story says something else by now, or if somebody else changed what this form changes for the desk
    alone. If so, nothing is written but a revision aside with all that the form says, and next_page() leads to the page
    that joins the two. The caller holds the story's lock.
    """
    story = form.instance
    newest = latest_revision(story)
    pk = posted_uuid(form.cleaned_data["opened_on"])
    desk_only = desk_only_of(form, formsets)
    request.desk_changes = changes_of(desk_only, story.pk)
    by_both = any(change.by_both for change in request.desk_changes)
    if newest is None or (newest.pk == pk and not by_both):
        return newest, False
    base = opened_on(story, pk)
    if same_words(base, newest) and not by_both:
        return newest, False
    for tag in form.cleaned_data["tags"]:
        if tag.pk is None:
            tag.save()  # a revision names tags that exist
    mine = with_review_of(base, document_from_form(form, formsets), form)
    if canonical(mine) == canonical(upgraded(newest.document)) and not by_both:
        return newest, False  # both made the same change
    if base and not desk_only and canonical(mine) == canonical(upgraded(base.document)):
        request.overtaken = {"newest": newest, "aside": None}
    else:
        aside = save_aside(mine, story, by=request.user, base=base, desk_only=desk_only)
        request.overtaken = {"newest": newest, "aside": aside}
    return base, True


def with_review_of(base, document, form):
    """Return the document of a form with the review that it was opened on, unless the form itself changed it.

    Who signed it is in no field of the form, so the form has the signature that the story has by now.
    """
    if base is None or form.cleaned_data.get("ai_checked"):
        return document
    before = upgraded(base.document)
    statements = {(each["ai_review"] or {"statement": ""})["statement"] for each in (before, document)}
    same = len(statements) == 1 and before["ai_use"] == document["ai_use"]
    return {**document, "ai_review": before["ai_review"]} if same else document


def log_for_the_desk(request, story):
    """Write into the journal what a save that was not overtaken changed for the desk alone."""
    log_changes(request.desk_changes, story, request.user)


def log_message(request):
    """Return what the admin's log says of a save that was overtaken, "" of any other."""
    if not getattr(request, "overtaken", None):
        return ""
    return "Saved aside: the story had been saved meanwhile." if request.overtaken["aside"] else "Nothing changed."


def next_page(request, story):
    """Return the way to the page that joins two saves, if this one was overtaken."""
    overtaken = getattr(request, "overtaken", None)
    if not overtaken:
        return None
    if overtaken["aside"]:
        return redirect("admin:stories_story_merge", story.pk, overtaken["aside"].pk)
    values = {"name": name_of(overtaken["newest"]), "when": told(overtaken["newest"].created_at)}
    messages.info(
        request, _("You had changed nothing. Meanwhile %(name)s saved the story, on %(when)s: here it is.") % values
    )
    return redirect("admin:stories_story_change", story.pk)
