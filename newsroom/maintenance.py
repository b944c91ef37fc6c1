"""A page that says when the site is back, while `manage.py maintenance on` is in force."""

import time
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import get_template

SWITCH = Path(settings.VAR) / "maintenance"  # its text is the Unix time at which the site should be back
DEFAULT = 600  # seconds that a client is asked to wait where the time is past, or nothing that can be read


class MaintenanceMiddleware:
    """Answer every request with 503 while the switch is there, without database or anything that may be down."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not SWITCH.exists():
            return self.get_response(request)
        response = HttpResponse(get_template("503.html").render({"site_name": settings.SITE_NAME}), status=503)
        response["Retry-After"] = str(seconds_left())
        response["Cache-Control"] = "no-store"
        return response


def seconds_left():
    try:
        left = int(SWITCH.read_text()) - int(time.time())
    except (OSError, ValueError):
        return DEFAULT
    return left if left > 0 else DEFAULT


def switch_on(minutes):
    SWITCH.write_text(f"{int(time.time()) + 60 * minutes}\n")


def switch_off():
    """Open the site again; return whether it was closed."""
    was_on = SWITCH.exists()
    SWITCH.unlink(missing_ok=True)
    return was_on
