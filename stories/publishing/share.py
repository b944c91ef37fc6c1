"""Share links: a story that is not published, for a lawyer or a source, by an address that nobody can guess.

The one way around the two public rules. It goes through opened() and nowhere else.
"""

import datetime
import hashlib
import secrets
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from stories.models import ShareLink, Story, StoryEvent, Version
from stories.models.prose import clean_text
from stories.publishing.document import upgraded
from stories.publishing.preflight import source_embargoes
from stories.publishing.revisions import latest_revision
from stories.publishing.verbs import PublishError, live_and_pending

TOKEN_BYTES = 32
MAX_DAYS = 90


@dataclass(frozen=True)
class Shared:
    """What a link shows at an instant: the document, and what readers have of its story or will have.

    `embargo` is the instant before which nobody outside may see the story, or None.
    """

    link: ShareLink
    document: dict
    live: Version | None
    pending: Version | None
    embargo: datetime.datetime | None


def share(revision, *, by, label, expires_at, follow=False, form=None):
    """Make a link that shows `revision` until `expires_at`, an aware datetime; with `follow`, always the newest.

    `form` is the id of the form that asks for it, which makes one link however often it is posted. Return (link,
    token); the token is known only now. Raise PermissionDenied, or PublishError with the reason.
    """
    refuse_stranger(by)
    label = clean_text(label)
    if not label:
        raise PublishError(_("Say for whom the link is."))
    if len(label) > ShareLink._meta.get_field("label").max_length:
        raise PublishError(_("Say more briefly for whom it is: in at most 200 characters."))
    with transaction.atomic():
        story = locked(revision.story_id)
        now = timezone.now()
        if not now < expires_at <= now + datetime.timedelta(days=MAX_DAYS):
            raise PublishError(_("A link must end within %(days)s days.") % {"days": MAX_DAYS})
        live, _pending = live_and_pending(story, now)
        if live and live.taken_back:
            raise PublishError(_("This story was taken back, so it is shown to nobody any more."))
        refuse_again(story, form)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        link = ShareLink.objects.create(
            story=story,
            revision=None if follow else revision,
            token_sha256=hash_of(token),
            form=form,
            label=label,
            created_by=by,
            created_at=now,
            expires_at=expires_at,
        )
        log(link, by, "share", now)
    return link, token


def revoke(link, *, by):
    """End a link at once; one that has ended stays as it is. Raise PermissionDenied."""
    if not by.has_perm("stories.change_story"):
        raise PermissionDenied
    with transaction.atomic():
        locked(link.story_id)
        now = timezone.now()
        if still_open(now).filter(pk=link.pk).update(revoked_at=now):
            log(link, by, "unshare", now)


def end_links(story, now):
    """End all links to a story that something was removed from. The caller holds the lock."""
    still_open(now).filter(story=story).update(revoked_at=now)


def opened(token, now, *, count):
    """Return what the link with `token` shows at `now`; None if it is unknown, expired or revoked, or the story gone.

    `count` tells whether somebody reads it, which the desk is told. At most five queries.
    """
    # By its hash: how long the database compares tells nothing about the token.
    links = still_open(now).filter(token_sha256=hash_of(token)).select_related("revision")
    link = links.annotate(embargo=F("story__embargo_until")).first()
    if link is None:
        return None
    live, pending = live_and_pending(link.story_id, now)
    revision = link.revision or latest_revision(link.story_id)
    if revision is None or (live and live.taken_back):
        return None
    if count:
        ShareLink.objects.filter(pk=link.pk).update(opened_at=now, times_opened=F("times_opened") + 1)
    document = upgraded(revision.document)
    embargoes = [link.embargo, *source_embargoes(document).values()]
    return Shared(link, document, live, pending, max(filter(None, embargoes), default=None))


def still_open(now):
    return ShareLink.objects.filter(Q(revoked_at=None), expires_at__gt=now)


def hash_of(token):
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def refuse_stranger(user):
    if not user.has_perms(["stories.change_story", "stories.share_story"]):
        raise PermissionDenied


def refuse_again(story, form):
    made = ShareLink.objects.filter(story=story, form=form).first() if form else None
    if made:
        raise PublishError(
            _(
                "The link for %(label)s is made already, and its address was shown once. If you did not copy it, "
                "revoke it and make another."
            )
            % {"label": made.label}
        )


def locked(story_id):
    story = Story.objects.select_for_update().filter(pk=story_id).first()
    if story is None:
        raise PublishError(_("Meanwhile someone else deleted this story."))
    return story


def log(link, by, action, now):
    StoryEvent.objects.create(
        story_id=link.story_id, user=by, action=action, instant=link.expires_at, note=link.label, at=now
    )
