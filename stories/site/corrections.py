"""All corrections in one place, newest first: a page and its feeds."""

from functools import partial

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from stories.models import Version
from stories.models.prose import clean_text
from stories.site.addresses import absolute
from stories.site.feeds import FORMATS
from stories.site.listing import SIZE, key_at, parse_key
from stories.site.portable import declared_note, declared_text
from stories.site.story import history_url


@require_safe
def page(request):
    """List what was corrected, by the time when readers were told."""
    before = request.GET.get("before", "")
    until, number = parse_key(before)
    rows = corrections(request.instant)
    if until:
        rows = rows.filter(visible_from__lte=until).exclude(visible_from=until, id__gte=number)
    versions = list(rows[: SIZE + 1])
    if before and not versions:
        raise Http404("nothing older")
    shown = versions[:SIZE]
    older = key_at(shown[-1].visible_from, shown[-1].pk) if len(versions) > SIZE else ""
    query = f"?before={before}" if before else ""
    canonical = absolute(request, request.path_info + query)
    entries = [entry(version) for version in shown]
    context = {"entries": entries, "before": before, "older": older, "canonical": canonical}
    return render(request, "site/corrections.html", context)


@require_safe
@conditional_page
def feed(request, format):
    full = partial(absolute, request)
    channel = FORMATS[format](
        title=clean_text(_("Corrections – %(site)s") % {"site": settings.SITE_NAME}),
        link=full(reverse("corrections")),
        description=clean_text(_("What we got wrong, and what is right.")),
        language=get_language(),
        author_name=clean_text(settings.SITE_NAME),
        feed_url=full(request.path),
        feed_guid=full(request.path),
    )
    for version in corrections(request.instant)[:SIZE]:
        told = entry(version)
        channel.add_item(
            title=_("Correction: %(headline)s") % {"headline": version.headline},
            link=full(told["url"]),
            description=escape(declared_text(told["declared"])),  # both formats take it for HTML
            unique_id=f"urn:uuid:{version.story_id}:{version.number}",
            unique_id_is_permalink=False,
            pubdate=version.visible_from.replace(microsecond=0),
            updateddate=version.visible_from.replace(microsecond=0),
            authors=[],
            language=version.language or settings.LANGUAGE_CODE,
            content=declared_note(told["declared"]),
        )
    response = HttpResponse(content_type=channel.content_type)
    channel.write(response, "utf-8")
    return response


def corrections(instant):
    """Keep the versions that corrected a story by `instant`; what was withdrawn says nothing any more."""
    rows = Version.objects.published_by(instant).filter(change=Version.Change.CORRECTION)
    return rows.exclude(taken_back=Version.Change.WITHDRAWAL).without_document().order_by("-visible_from", "-id")


def entry(version):
    history = history_url(version)
    return {
        "version": version,
        "declared": version.declared[-1],  # its own
        "url": f"{version.get_absolute_url()}#change-{version.number}",
        "diff": f"{history}{version.number - 1}-{version.number}/" if version.number > 1 else history,
    }
