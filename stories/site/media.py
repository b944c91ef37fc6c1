"""The files of pictures, to readers. What lies beside them in the storage is not served, whatever its name."""

import re

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
PICTURE = re.compile(rf"pictures/{UUID}(\.jpg|(-[0-9]{{1,4}})?\.webp)")
TYPES = {"jpg": "image/jpeg", "webp": "image/webp"}


@require_safe
def media(request, name):
    """Serve a picture or one of its smaller renditions; a file never changes under its name."""
    if not PICTURE.fullmatch(name):
        raise Http404("no such picture")
    try:
        file = default_storage.open(name)
    except FileNotFoundError as error:
        raise Http404("no such picture") from error
    return FileResponse(
        file,
        content_type=TYPES[name.rpartition(".")[2]],
        headers={
            "Cache-Control": "public, max-age=31536000, immutable",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )
