"""A story in other languages: its original and the translations of it, as readers see them at an instant."""

import datetime
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from stories.models import Version
from stories.site import languages


@dataclass(frozen=True)
class Translations:
    """`original` is the version that `others` and the one shown are translated from; None if that is the one shown."""

    original: Version | None
    others: list  # Versions in other languages, by language, the original among them
    is_behind: bool  # the original changed after the one shown
    path: str  # of the original, for readers of no language here; empty if readers have none
    lost: Version | None = None  # the original, if it was taken back since; then it is neither above
    lost_at: datetime.datetime | None = None

    @property
    def original_is_gone(self):
        return self.lost is not None and self.lost.taken_back == Version.Change.WITHDRAWAL

    @property
    def links(self):
        """Return [(language, name of the language in itself, version)] of the others but the original, told apart."""
        others = [version for version in self.others if version != self.original]
        return [(version.language, name_of(version.language), version) for version in others]


def translations(version, instant):
    """Return the Translations of `version` at `instant`, less what was taken back since. One query.

    A second one if the original was taken back after what readers saw of it at `instant`.
    """
    if version.story_id is None:
        return Translations(None, [], False, "")
    root = version.translation_of or version.story_id
    rows = Version.objects.visible_at(instant).filter(Q(story=root) | Q(translation_of=root))
    rows = [row for row in rows.without_document() if row.story_id != version.story_id]
    lost = next((row for row in rows if row.story_id == version.translation_of and row.taken_back), None)
    found = [row for row in rows if row.language and not row.taken_back]
    original = next((row for row in found if row.story_id == version.translation_of), None)
    others = {
        row.language: row for row in sorted(found, key=lambda row: (row.language, row.sort_at, row.pk), reverse=True)
    }
    others.pop(version.language, None)
    return Translations(
        original,
        [others[language] for language in sorted(others)],
        bool(original and original.updated_at > version.updated_at),
        original.path if original else version.path if not version.translation_of else "",
        lost,
        taken_back_at(lost) if lost else None,
    )


def taken_back_at(version):
    """Return when the story of a version, saved, was taken back. A query if that was after this version."""
    for entry in reversed(version.declared):
        if entry["change"] == version.taken_back:
            return datetime.datetime.fromisoformat(entry["at"])
    removals = Version.objects.published_by(timezone.now()).filter(story=version.story_id, change=version.taken_back)
    return removals.order_by("-number").values_list("visible_from", flat=True).first() or version.visible_from


def name_of(code):
    """Return a language's name in itself, the code where it is not known."""
    for known in (code, code.partition("-")[0]):
        try:
            return get_language_info(known.lower())["name_local"].capitalize()
        except KeyError:
            continue
    return code


def name_here(code):
    """Return a language's name in the reader's interface, the code where it is not known."""
    try:
        return _(get_language_info(code.lower().partition("-")[0])["name"])
    except KeyError:
        return code


def own_language(version):
    return version.language or languages.own()
