"""How dates, languages and initials are written on readers' pages."""

import datetime

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from stories.site import addresses, at, languages, names, portable, translations

register = template.Library()


@register.simple_tag(takes_context=True)
def present(context, name, *args):
    """Give the address of a page as it is now, also on a page that shows another time."""
    at = context.get("at")
    url = reverse(name, args=args)
    return at.to_present(url) if at else url


@register.simple_tag
def address_at(instant, path):
    return at.address_at(instant, path)


@register.simple_tag
def instant(value, form="full"):
    """Show an aware datetime in a <time>: "full" with its zone, "day", or "clock"."""
    local = timezone.localtime(value)
    if form == "day":
        text = date_format(local, _("j F Y"))
    elif form == "clock":
        text = date_format(local, _("H:i"))
    else:
        text = date_format(local, _("j F Y, H:i T"))
    machine = value.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return format_html('<time datetime="{}">{}</time>', machine, text)


@register.simple_tag
def language_name(code):
    return translations.name_here(code)


@register.simple_tag(takes_context=True)
def alternate_languages(context):
    """Give search engines the same story in all its languages, this one too: the same set on each of its pages."""
    found, version = context["translations"], context["version"]
    if not found.others:
        return ""
    rows = [(translations.own_language(version), version.path), *((row.language, row.path) for row in found.others)]
    rows = sorted(rows) + ([("x-default", found.path)] if found.path else [])
    link = '<link rel="alternate" hreflang="{}" href="{}">'
    return format_html_join("\n  ", link, ((code, addresses.absolute(context["request"], path)) for code, path in rows))


@register.simple_tag
def partial_date(value):
    """Show a date as precise as it is known: 1962, October 1962 or 16 October 1962."""
    return format_html('<time datetime="{}">{}</time>', value, portable.partial_date(value)) if value else ""


@register.simple_tag
def in_language(language, around):
    """Give the attributes of an element in `language` that stands in a text in `around`."""
    return languages.attributes(language, around)


@register.filter
def initials(name):
    return names.initials(name)


@register.filter
def site_of(url):
    """Give the host of a web address, which tells readers where a link leads."""
    return addresses.site_of(url)
