from django.conf import settings
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from stories.site import languages
from stories.site.names import masthead_topics


def site(request):
    """Give every page its frame. The masthead's topics cost one query, where no view has them already."""
    language = languages.own()
    instant = getattr(request, "instant", None) or timezone.now()
    return {
        "site_name": settings.SITE_NAME,
        "at": getattr(request, "at", None),
        "root_topics": SimpleLazyObject(lambda: masthead_topics(instant)),
        "ui_language": language,
        "ui_direction": languages.direction(language),
    }
