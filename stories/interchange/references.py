"""What a document of a file may name: terms, sources and pictures with their details, other stories."""

import copy
from collections import ChainMap

from django.utils.translation import gettext as _

from stories.models import Picture, Source, Story
from stories.publishing.document import PICTURE, SOURCE, named_sources, pictures
from stories.publishing.fields import clean_shape
from stories.publishing.working_copy import picture_document, source_document


def source_details(row):
    """Return a Source as a document keeps it."""
    return clean_shape(SOURCE, source_document(row), "", [])


def picture_details(row):
    """Return a Picture as a document keeps it."""
    return clean_shape(PICTURE, picture_document(row), "", [])


class Records:
    """Details of sources, {slug: details}, and of pictures, {id: details}, as they are today."""

    def __init__(self):
        self.sources = {row.slug: source_details(row) for row in Source.objects.all()}
        self.pictures = {str(row.pk): picture_details(row) for row in Picture.objects.all()}

    def as_in_tables(self, document):
        """Return `document` as it would come back from a story's tables: names as of today, nothing declared."""
        citations = [self.citation_in_tables(citation) for citation in document["citations"]]
        blocks = [
            {**block, "picture": self.picture(block["picture"])} if block["type"] == "figure" else block
            for block in document["blocks"]
        ]
        changed = {"citations": citations, "blocks": blocks, "lead_image": self.picture(document["lead_image"])}
        return {**document, **changed, "correction": None, "removal": None}

    def citation_in_tables(self, citation):
        unnamed = None if citation["source"] else citation["unnamed"] or {"descriptor": "", "reason": ""}
        source, via = self.source(citation["source"]), self.source(citation["via"])
        return citation | {"source": source, "via": via, "unnamed": unnamed}

    def source(self, source):
        return self.sources.get(source["slug"], source) if source else None

    def picture(self, picture):
        return self.pictures.get(picture["id"], picture) if picture else None


class References:
    """Looks up what story files name. What is not there stays as it is named, for check_references() to tell of."""

    def __init__(self, terms, new_pictures, story_ids):
        self.terms = terms
        self.records = Records()
        for slug, row in terms.new[Source].items():
            self.records.sources[slug] = source_details(row)
        for pk, details in new_pictures.items():
            self.records.pictures.setdefault(pk, details)
        self.sources, self.pictures = self.records.sources, self.records.pictures
        self.story_ids = story_ids
        self.originals = {}

    def as_of(self, document):
        """Return these references with the details that `document` keeps of its sources and pictures."""
        other = copy.copy(self)
        other.sources = ChainMap(named_sources(document), self.sources)
        other.pictures = ChainMap({picture["id"]: picture for picture in pictures(document)}, self.pictures)
        return other

    def knows(self, model, slug):
        return self.terms.knows(model, slug)

    def knows_picture(self, picture_id):
        return picture_id in self.records.pictures

    def knows_story(self, story_id):
        if story_id not in self.story_ids and story_id not in self.originals:
            self.originals[story_id] = Story.objects.filter(pk=story_id).exists()
        return story_id in self.story_ids or self.originals[story_id]

    def tag(self, file, place, name):
        """Return the slug of a tag, made if it is not known."""
        slug = self.terms.tag(name) if isinstance(name, str) else ""
        if not slug:
            file.problem(place, _("Write a name with letters or digits, at most 100 characters."))
        return slug

    def source(self, slug):
        return self.sources.get(slug) or {"slug": slug, "name": slug}

    def picture(self, value):
        """Return a picture that is named by its id, or described by a mapping, which has the last word."""
        if isinstance(value, str):
            return self.pictures.get(value.lower()) or {"id": value}
        if not isinstance(value, dict):
            return value
        sizes = {name: int(value[name]) for name in ("width", "height") if str(value.get(name)).isdecimal()}
        known = self.pictures.get(str(value.get("id")).lower(), {})
        return {**known, **value, **sizes}
