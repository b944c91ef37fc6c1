"""Two editors at once: a save that another has overtaken is kept aside, whole, until an editor joins the two."""

from django.db import transaction

from stories.models import Revision, Story
from stories.publishing.document import canonical, empty_document, upgraded
from stories.publishing.revisions import latest_revision, save_document, write_revision


class Overtaken(Exception):
    """Someone saved the story again; `newest` is that revision."""

    def __init__(self, newest):
        self.newest = newest
        super().__init__(str(newest))


def same_words(one, other):
    """Tell whether two revisions say the same; None is a story without revision."""
    if one is None or other is None:
        return one is other
    return one.pk == other.pk or canonical(upgraded(one.document)) == canonical(upgraded(other.document))


def base_document(revision):
    """Return what an editor began with, whose save is `revision`. If that is not known: nothing, so nothing is lost."""
    if revision.base is None:
        return empty_document(revision.story_id)
    return upgraded(revision.base.document)


def opened_on(story, pk):
    """Return the revision of `story` with the id `pk`, which its form says it was opened on; None if there is none."""
    return Revision.objects.filter(story=story, pk=pk).first() if pk else None


def save_aside(document, story, *, by, base, desk_only=None):
    """Write `document`, a cleaned one, as a revision that the story does not say. The caller holds the story's lock."""
    return write_revision(document, story, by, base, aside=True, desk_only=desk_only or {})


@transaction.atomic
def join(revision, document, *, by, theirs):
    """Save `document`, in which `revision` is joined with `theirs`, the newest that the editor saw; return the new one.

    Raise Overtaken, and write nothing, if a third save came meanwhile; DocumentError as save_document() does.
    """
    story = Story.objects.select_for_update().get(pk=revision.story_id)
    newest = latest_revision(story)
    if not same_words(newest, theirs):
        raise Overtaken(newest)
    if newest and canonical(document) == canonical(upgraded(newest.document)):
        saved = newest  # all was decided for theirs
    else:
        saved = save_document(document, story, by=by, base=newest)
    Revision.objects.filter(pk=revision.pk).update(joined=saved)
    return saved


def leave_aside(revision):
    """Decide that `revision` stays what it is: in the history, and not in the story."""
    Revision.objects.filter(pk=revision.pk).update(joined=latest_revision(revision.story))
