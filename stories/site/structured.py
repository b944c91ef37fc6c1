"""What pages say in schema.org's words, as JSON-LD: one @graph a page, of nothing that is not on the page.

A story is the same node wherever it appears: its @id is `urn:uuid:` and its id.
"""

import datetime
import json
from functools import partial

from django.conf import settings
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.html import format_html, strip_tags
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from stories.models import Author, Citation, Source, Story, Version
from stories.models.picture import SourceType
from stories.models.prose import markers
from stories.publishing.document import pictures, word_count
from stories.site.addresses import absolute
from stories.site.portable import declared_text

# Subtypes of NewsArticle are young: the plain type stands beside them for readers that do not know them.
TYPES = {
    Story.Kind.EXPLAINER: ["NewsArticle", "BackgroundNewsArticle"],
    Story.Kind.QUESTIONS: ["NewsArticle", "BackgroundNewsArticle"],
    Story.Kind.ANALYSIS: ["NewsArticle", "AnalysisNewsArticle"],
    Story.Kind.OPINION: ["NewsArticle", "OpinionNewsArticle"],
    Story.Kind.PAGE: "AboutPage",
}
CITED_AS = {
    Citation.Obtained.POST: "SocialMediaPosting",
    Citation.Obtained.DOCUMENT: "DigitalDocument",
    Citation.Obtained.COURT: "DigitalDocument",
    Citation.Obtained.DATASET: "Dataset",
    Citation.Obtained.REPORT: "NewsArticle",
    Source.Kind.ACCOUNT: "SocialMediaPosting",
    Source.Kind.DOCUMENT: "DigitalDocument",
    Source.Kind.DATASET: "Dataset",
}
# A social account may be a person's or not, so it has no type; a document, dataset or publication is no author.
WHO = {Source.Kind.PERSON: "Person", Source.Kind.ORGANISATION: "Organization", Source.Kind.ACCOUNT: None}
MADE_WITH = {
    Story.AIUse.ASSISTED: "https://schema.org/CompositeWithTrainedAlgorithmicMediaDigitalSource",
    Story.AIUse.TRANSLATED: "https://schema.org/TrainedAlgorithmicMediaDigitalSource",
    Story.AIUse.GENERATED: "https://schema.org/TrainedAlgorithmicMediaDigitalSource",
}
# IPTC's codes, some of which have another name here.
SOURCE_TYPES = {
    code: f"https://schema.org/{name or code[0].upper() + code[1:]}DigitalSource"
    for code, name in {
        **dict.fromkeys(SourceType.values),
        SourceType.COMPUTATIONAL: "MultiFrameComputationalCapture",
        SourceType.HUMAN_EDITS: "MinorHumanEdits",
        SourceType.CREATION: "DigitalArt",
    }.items()
}
POLICIES = {
    "principles": "publishingPrinciples",
    "how-we-work": "publishingPrinciples",
    "ai": "publishingPrinciples",
    "ethics": "ethicsPolicy",
    "corrections": "correctionsPolicy",
    "unnamed-sources": "unnamedSourcesPolicy",
    "verification": "verificationFactCheckingPolicy",
    "bylines": "noBylinesPolicy",
    "diversity": "diversityPolicy",
    "feedback": "actionableFeedbackPolicy",
    "mission": "missionCoveragePrioritiesPolicy",
    "ownership": "ownershipFundingInfo",
    "masthead": "masthead",
}
ESCAPED = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}  # nothing in it can end the element


def script(nodes):
    """Return nodes as the data block of a page. It is not run, so the Content-Security-Policy lets it stand."""
    data = json.dumps({"@context": "https://schema.org", "@graph": nodes}, ensure_ascii=False, separators=(",", ":"))
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(data.translate(ESCAPED)))


def node(**values):
    """Return a node without what is empty; `type` and `id` are JSON-LD's own."""
    values = {"@type": values.pop("type", None), "@id": values.pop("id", None), **values}
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def story_graph(request, version, document, names, citations, translations):
    """Return the nodes of a story's page from what its template has. No query."""
    full = partial(absolute, request)
    organisation = publisher(full)
    story = article(version, document, names, citations, full)
    if translations.original_is_gone:
        story.pop("translationOfWork", None)
    return [organisation, story, *story_trail(version, names, full)]


def article(version, document, names, citations, full):
    page = full(version.path)
    public = [name for name in names.topics if name.public]
    is_page = version.kind == Story.Kind.PAGE
    return node(
        type=TYPES.get(version.kind, "NewsArticle"),
        id=f"urn:uuid:{version.story_id}",
        url=page,
        mainEntityOfPage=page,
        headline=version.headline,
        description=document["standfirst"],
        abstract=version.summary if version.summary != document["standfirst"] else "",
        datePublished=stamp(version.sort_at),
        dateModified=stamp(version.updated_at),
        version=version.number,
        inLanguage=version.language or get_language(),
        isAccessibleForFree=True,
        creativeWorkStatus="Retracted" if version.taken_back else "Published",
        author=authors(document, names, full),
        publisher={"@id": publisher_id(full)},
        articleSection="" if is_page else [name.name for name in names.topics],
        dateline="" if is_page else document["dateline"],
        about=[topic_node(name, full) for name in public],
        keywords=[name.name for name in names.tags],
        wordCount=None if version.taken_back else word_count(document),
        image=[image(picture, full) for picture in pictures(document) if picture["file"]],
        translationOfWork={"@id": f"urn:uuid:{version.translation_of}"} if version.translation_of else None,
        digitalSourceType=MADE_WITH.get(document["ai_use"]),
        correction=[] if version.taken_back else [correction(change, page, full) for change in version.corrections],
        citation=[cited(citation, page, full) for citation in citations] + posts(document, page),
        hasPart=parts(document, citations, page, full),
    )


def authors(document, names, full):
    found = [names.authors[author["slug"]] for author in document["authors"] if author["slug"] in names.authors]
    return [author_node(name, name.public, full) for name in dict.fromkeys(found)]


def author_node(author, public, full):
    """Return the node of an author, a Name or an Author, that is known by its page if it has one."""
    url = full(author.get_absolute_url()) if public else ""
    kind = "Organization" if author.collective else "Person"
    return node(type=kind, id=url and f"{url}#author", name=author.name, url=url, description=author.biography)


def topic_node(topic, full):
    terms = full(reverse("topics"))
    return node(type="DefinedTerm", name=topic.name, url=full(topic.get_absolute_url()), inDefinedTermSet=terms)


def image(picture, full):
    return node(
        type="ImageObject",
        url=full(default_storage.url(picture["file"])),
        width=picture["width"],
        height=picture["height"],
        caption=picture["caption"],
        creditText=picture["credit"],
        digitalSourceType=SOURCE_TYPES.get(picture["source_type"]),
    )


def correction(change, page, full):
    url = f"{page}#change-{change['number']}"
    return node(
        type="CorrectionComment",
        id=url,
        url=url,
        name=_("Correction"),
        text=declared_text(change),
        datePublished=stamp(datetime.datetime.fromisoformat(change["at"])),
        author={"@id": publisher_id(full)},
    )


def cited(citation, page, full):
    """Return a numbered citation, with what the template is told of it, as the work that it cites."""
    source = citation["source"] or {"kind": ""}
    return node(
        type=CITED_AS.get(citation["obtained"]) or CITED_AS.get(source["kind"], "CreativeWork"),
        id=f"{page}#source-{citation['number']}",
        name=", ".join(filter(None, [citation["label"], str(citation["obtained_label"])])),
        url=citation["url"],
        datePublished=citation["published_on"],
        archivedAt=citation["archived_url"],
        author=source_node(citation, full),
        publisher=node(type="Organization", name=source["name"]) if source["kind"] == Source.Kind.PUBLICATION else None,
    )


def source_node(citation, full):
    """Return who is cited, if it is somebody and has a name."""
    source = citation["source"]
    if not source or source["kind"] not in WHO:
        return None
    url = full(citation["page"]) if citation["page"] else ""
    kind = WHO[source["kind"]]
    return node(type=kind, name=source["name"], alternateName=source["handle"], url=url, sameAs=source["url"])


def posts(document, page):
    return [
        node(
            type="SocialMediaPosting",
            text=block["words"],
            inLanguage=block["language"],
            url=block["url"],
            datePublished=posted(block),
            author=node(name=block["account"] or block["handle"], alternateName=block["handle"]),
        )
        for block in document["blocks"]
        if block["type"] == "post"
    ]


def posted(post):
    """Return when it was posted as ISO 8601, as precise as it is known."""
    at = f"T{post['posted_at']}+00:00" if post["posted_at"] and len(post["posted_on"]) == 10 else ""
    return post["posted_on"] + at


def parts(document, citations, page, full):
    """Return the quotations and questions of the body, then the passages that the citations rely on."""
    by_key = {citation["key"]: citation for citation in citations}
    found = []
    for block in document["blocks"]:
        if block["type"] == "quote":
            credited = next((by_key[key] for key in markers(block["attribution"]) if key in by_key), None)
            found.append(quotation(block["words"], credited, page, full, block["language"], block["attribution"]))
        elif block["type"] == "question":
            answer = node(type="Answer", text=plain(block["answer"]))
            found.append(node(type="Question", name=block["question"], acceptedAnswer=answer))
    return found + [quotation(citation["quote"], citation, page, full) for citation in citations if citation["quote"]]


def quotation(words, citation, page, full, language="", attribution=""):
    return node(
        type="Quotation",
        text=words,
        inLanguage=language,
        creditText=plain(attribution),
        creator=source_node(citation, full) if citation else None,
        dateCreated=citation["published_on"] if citation else "",
        isBasedOn={"@id": f"{page}#source-{citation['number']}"} if citation else None,
    )


def plain(html):
    return " ".join(strip_tags(html.replace("</", " </").replace("<br>", " ")).split())


def story_trail(version, names, full):
    """Return the way from its topic to the story, as its page shows it."""
    topic = next((name for name in names.topics[:1] if name.public), None)
    if topic is None or not version.listed:
        return []
    above = [(topic.parent_name, full(topic.parent_url))] if topic.parent_slug else []
    return [breadcrumbs([*above, (topic.name, full(topic.get_absolute_url())), (version.headline, "")])]


def breadcrumbs(steps):
    """Return [(name, full address or "")] as a list of crumbs."""
    items = [
        node(type="ListItem", position=position, name=name, item=address)
        for position, (name, address) in enumerate(steps, 1)
    ]
    return node(type="BreadcrumbList", itemListElement=items)


def term_graph(request, term, versions, url, trail=()):
    """Return the nodes of the page of a topic, tag, source or author that lists `versions`. No query.

    `url` is the page's own full address; `trail` are the topics above a topic.
    """
    full = partial(absolute, request)
    kind = term._meta.model_name
    here = full(term.get_absolute_url())
    is_author = isinstance(term, Author)
    entity = author_node(term, True, full) if is_author else about(term, full)
    page = node(
        type="ProfilePage" if is_author else "CollectionPage",
        id=url,
        url=url,
        name=term.name,
        description=getattr(term, "description", ""),
        inLanguage=get_language(),
        isPartOf={"@id": site_id(full)},
        publisher={"@id": publisher_id(full)},
        **{"mainEntity" if is_author else "about": entity},
        hasPart=[story_node(version, full) for version in versions],
    )
    index = (str(term._meta.verbose_name_plural).capitalize(), full(reverse(f"{kind}s")))
    above = [(step.name, full(step.get_absolute_url())) for step in trail]
    return [site(full), publisher(full), page, breadcrumbs([index, *above, (term.name, here)])]


def about(term, full):
    if isinstance(term, Source):
        return node(type=WHO.get(term.kind), name=term.name, alternateName=term.handle, sameAs=term.url)
    return node(
        type="DefinedTerm",
        name=term.name,
        url=full(term.get_absolute_url()),
        inDefinedTermSet=full(reverse(f"{term._meta.model_name}s")),
    )


def story_node(version, full):
    """Return a story as lists show it."""
    return node(
        type=TYPES.get(version.kind, "NewsArticle"),
        id=f"urn:uuid:{version.story_id}",
        url=full(version.path),
        headline=version.headline,
        datePublished=stamp(version.sort_at),
        dateModified=stamp(version.updated_at),
    )


def front_graph(request):
    """Return the nodes of the front page: the site, and the newsroom with its policies. One query."""
    full = partial(absolute, request)
    return [site(full), publisher(full) | policies(request, full)]


def policies(request, full):
    """Return {property: full address, or a list of several} of the pages about us that say how the newsroom works."""
    paths = {reverse("page", args=[slug]): name for slug, name in POLICIES.items()}
    there = Version.objects.visible_at(request.instant).filter(path__in=paths).values_list("path", flat=True)
    found = {}
    for path in sorted(there):
        found.setdefault(paths[path], []).append(full(path))
    return {name: pages if len(pages) > 1 else pages[0] for name, pages in found.items()}


def site(full):
    return node(
        type="WebSite",
        id=site_id(full),
        url=full(reverse("front")),
        name=settings.SITE_NAME,
        inLanguage=get_language(),
        publisher={"@id": publisher_id(full)},
    )


def publisher(full):
    url = full(reverse("front"))
    return node(type="NewsMediaOrganization", id=publisher_id(full), name=settings.SITE_NAME, url=url)


def site_id(full):
    return full(reverse("front")) + "#site"


def publisher_id(full):
    return full(reverse("front")) + "#newsroom"


def stamp(instant):
    """Return an aware datetime as machines read it, to the second."""
    return instant.astimezone(datetime.UTC).isoformat(timespec="seconds")
