"""RSS and Atom with the full text of the newest stories: of all, and of each topic, tag, source and author."""

from dataclasses import replace
from functools import partial

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, rfc3339_date
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from stories.models import Author, Tag, Topic, Version
from stories.models.prose import clean_text
from stories.publishing.document import upgraded
from stories.site.addresses import absolute
from stories.site.listing import filed_under, public
from stories.site.names import Name, told
from stories.site.portable import portable_html

SIZE = 50


class Rss(Rss201rev2Feed):
    def rss_attributes(self):
        return super().rss_attributes() | {
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        }

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        handler.addQuickElement("atom:updated", rfc3339_date(self.latest_post_date()))

    def item_attributes(self, item):
        return {"xml:lang": item["language"]}

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("atom:updated", rfc3339_date(item["updateddate"]))
        handler.addQuickElement("content:encoded", item["content"])
        for name, _link in item["authors"]:
            handler.addQuickElement("dc:creator", name)


class Atom(Atom1Feed):
    def item_attributes(self, item):
        return {"xml:lang": item["language"]}

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for name, link in item["authors"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", name)
            handler.addQuickElement("uri", link)
            handler.endElement("author")
        handler.addQuickElement("content", item["content"], {"type": "html"})


FORMATS = {"rss": Rss, "atom": Atom}


@require_safe
@conditional_page
def all_stories(request, format):
    versions = list(Version.objects.listed_at(request.instant)[:SIZE])
    return feed(request, format, versions, title=settings.SITE_NAME, path=reverse("front"))


@require_safe
@conditional_page
def term(request, model, slug, format):
    """Show the feed of a topic, tag, source or author; that of a merged one has moved to the other's."""
    found = get_object_or_404(model.objects.select_related("alias_of"), slug=slug)
    target = found.alias_of or found
    if not public(model, request.instant).filter(pk=target.pk).exists():
        raise Http404("no such feed")
    if target != found:
        return redirect(f"feed-{model._meta.model_name}", slug=target.slug, format=format)
    ids = [version.pk for version in filed_under(target, request.instant, size=SIZE).versions]
    rows = Version.objects.in_bulk(ids)
    title = _("%(term)s – %(site)s") % {"term": target.name, "site": settings.SITE_NAME}
    return feed(request, format, [rows[pk] for pk in ids], title=title, path=target.get_absolute_url())


def feed(request, format, versions, *, title, path):
    """Return `versions`, newest first, as a feed that belongs to the page at `path`. One query, for names."""
    full = partial(absolute, request)
    channel = FORMATS[format](
        title=clean_text(title),
        link=full(path),
        description=clean_text(_("The newest stories, as they are now.")),
        language=get_language(),
        author_name=clean_text(settings.SITE_NAME),
        feed_url=full(request.path),
        feed_guid=full(request.path),
    )
    names = names_of([upgraded(version.document) for version in versions], request.instant)
    for version in versions:
        add(channel, version, names, full)
    response = HttpResponse(content_type=channel.content_type)
    channel.write(response, "utf-8")
    return response


def add(channel, version, names, full):
    document = upgraded(version.document)
    terms = [("topic", slug) for slug in document["topics"]] + [("tag", slug) for slug in document["tags"]]
    authors = [("author", author["slug"]) for author in document["authors"]]
    channel.add_item(
        title=title_of(version),
        link=full(version.path),
        description=escape(version.summary),  # both formats take it for HTML
        unique_id=f"urn:uuid:{version.story_id}",
        unique_id_is_permalink=False,
        pubdate=version.sort_at.replace(microsecond=0),
        updateddate=version.updated_at.replace(microsecond=0),
        categories=list(dict.fromkeys(names[key].name for key in terms if key in names)),
        authors=[
            (name.name, full(name.get_absolute_url()))
            for name in dict.fromkeys(names[key] for key in authors if key in names)
        ],
        language=version.language or settings.LANGUAGE_CODE,
        content=portable_html(version, full),
    )


def title_of(version):
    return _("Retracted: %(headline)s") % {"headline": version.headline} if version.taken_back else version.headline


def names_of(documents, instant):
    """Return {(part, slug in the document): Name} of the topics, tags and authors that documents name. One query."""
    wanted = {
        Topic: {slug for document in documents for slug in document["topics"]},
        Tag: {slug for document in documents for slug in document["tags"]},
        Author: {author["slug"] for document in documents for author in document["authors"]},
    }
    first, *others = [told(model, slugs, instant) for model, slugs in wanted.items()]
    names = [Name(*row) for row in first.union(*others, all=True)]
    return {(name.part, name.named): replace(name, name=clean_text(name.name), named="") for name in names}
