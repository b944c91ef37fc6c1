"""What lists of stories show of each."""

from stories.models import TopicFiling, Version
from stories.models.topic import lineage
from stories.publishing.document import upgraded
from stories.site.body import picture


def cards(versions):
    """Return [{version, topic}] of `versions`: topic is {slug, name} of the most specific, or None. One query."""
    versions = list(versions)
    filed = {}
    rows = TopicFiling.objects.filter(version__in=[version.pk for version in versions])
    for version_id, pk, parent, alias, slug, name in rows.values_list(
        "version_id", "term_id", "term__parent_id", "term__alias_of_id", "term__slug", "term__name"
    ):
        if not alias:
            filed.setdefault(version_id, {})[pk] = {"slug": slug, "name": name, "parent": parent}
    return [{"version": version, "topic": most_specific(filed.get(version.pk, {}))} for version in versions]


def most_specific(topics):
    """Return the topic furthest down the tree, as the story's own page does; of several the first by name."""
    parents = {pk: topic["parent"] for pk, topic in topics.items()}

    def rank(pk):
        return -len(list(lineage(pk, parents))), topics[pk]["name"].casefold()

    return topics[min(topics, key=rank)] if topics else None


def lead_picture(version):
    """Return the lead picture of a version that came without its document, or None. One query."""
    document = Version.objects.values_list("document", flat=True).get(pk=version.pk)
    return picture(upgraded(document)["lead_image"])
