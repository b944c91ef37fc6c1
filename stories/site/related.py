"""What to read next: stories that share sources, tags or topics with one. One query of bounded size."""

from collections import Counter

from django.db.models import IntegerField, Value

from stories.models import FILINGS, Source, Tag, Topic, Version
from stories.site.translations import own_language

SIZE = 4
LOOKED_AT = 6  # newest stories of each term
# What a shared term says of kinship, and how many terms of its sort are looked at.
WEIGHTS = {Source: (3, 5), Tag: (2, 8), Topic: (1, 3)}
COLUMNS = ["id", "story_id", "translation_of", "headline", "path", "kind", "language", "sort_at", "source_count"]


def related(version, names, instant):
    """Return up to SIZE versions, with the columns of a short card only, of stories that share most with `version`.

    Those in its language come first, and of a story in several languages only one. Only the newest few stories of each
    term are looked at: a rare term brings its few, a common one its latest.
    """
    slugs = {
        Source: [name.slug for name in names.sources.values()],
        Tag: [name.slug for name in names.tags],
        Topic: [name.slug for name in names.topics],
    }
    parts = [
        newest(model, slug, instant, weight)
        for model, (weight, limit) in WEIGHTS.items()
        for slug in slugs[model][:limit]
    ]
    if not parts:
        return []
    found, score = {}, Counter()
    for weight, *values in parts[0].union(*parts[1:], all=True):
        row = Version(**dict(zip(COLUMNS, values, strict=True)))
        if original_of(row) != original_of(version):  # its own translations stand under its headline
            found[row.pk] = row
            score[row.pk] += weight

    def is_own(row):
        return own_language(row) == own_language(version)

    chosen = {}
    for row in sorted(found.values(), key=lambda row: (is_own(row), not row.translation_of), reverse=True):
        chosen.setdefault(original_of(row), row)
    ranked = sorted(chosen.values(), key=lambda row: (is_own(row), score[row.pk], row.sort_at, row.pk), reverse=True)
    return ranked[:SIZE]


def original_of(version):
    return version.translation_of or version.story_id


def newest(model, slug, instant, weight):
    """Return rows (weight, *COLUMNS) of the newest stories under a term: one short range of an index."""
    filing = FILINGS[model]
    term = model.objects.filter(slug=slug).values("pk")[:1]
    rows = filing.objects.visible_at(instant).filter(term_id=term).order_by("-sort_at", "-version_id")
    # In a subquery of its own, since SQLite takes no LIMIT in a part of a UNION.
    looked_at = rows.values("pk")[:LOOKED_AT]
    short = filing.objects.filter(pk__in=looked_at, version__taken_back="").order_by()
    return short.values_list(Value(weight, output_field=IntegerField()), *(f"version__{column}" for column in COLUMNS))
