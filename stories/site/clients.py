"""Who asks, as far as a limit must know: a keyed hash of the network address, another one each day."""

import datetime
import ipaddress

from django.conf import settings
from django.core.cache import cache
from django.utils.crypto import salted_hmac

MINUTE = 60  # seconds


def sender_of(request, purpose):
    """Return 32 hex digits that stand for who asks, today. Nobody finds the address in it without our secret key."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:  # then the last hop is the proxy's own word
        address = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or address
    day = request.instant.astimezone(datetime.UTC).date()
    return salted_hmac(f"stories.{purpose}", f"{day} {network(address)}", algorithm="sha256").hexdigest()[:32]


def network(address):
    """Return what one sender has: an IPv4 address, or the /64 of an IPv6 one, which has as many as it likes."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if ip.version == 6 and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return str(ip) if ip.version == 4 else str(ipaddress.ip_network((ip, 64), strict=False))


def asks_too_often(request, purpose, a_minute):
    """Count a request for `purpose`; tell whether its sender made more than `a_minute` of them in this minute.

    In the cache: with the default one each server process counts for itself.
    """
    key = f"{purpose}:{sender_of(request, purpose)}:{int(request.instant.timestamp()) // MINUTE}"
    if cache.add(key, 1, MINUTE):
        return False
    try:
        return cache.incr(key) > a_minute
    except ValueError:  # it ended between the two
        return False
