from django.conf import settings
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from stories.site import languages
from stories.site.listing import pages_about_us
from stories.site.names import masthead_topics

FOOTER = 12  # pages about us that fit below the site's sections


def site(request):
    """Give every page its frame. The masthead's topics cost one query, where no view has them; the footer costs one."""
    language = languages.own()
    instant = getattr(request, "instant", None) or timezone.now()
    return {
        "site_name": settings.SITE_NAME,
        "at": getattr(request, "at", None),
        "root_topics": SimpleLazyObject(lambda: masthead_topics(instant)),
        # As they are now, on pages of another time too. The page /about/ lists all of them.
        "about_us": SimpleLazyObject(lambda: list(pages_about_us(timezone.now())[:FOOTER])),
        "ui_language": language,
        "ui_direction": languages.direction(language),
    }
