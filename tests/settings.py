"""The product's settings, independent of what `make run` wrote on this machine."""

import os
import tempfile

_var = tempfile.mkdtemp(prefix="newsroom-tests-")
os.environ["NEWSROOM_VAR"] = _var
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's sync API runs an event loop in this thread
os.environ.update(SECRET_KEY="only for tests", HTTPS="false", LANGUAGE_CODE="en", SITE_NAME="The Newsroom", SITE_URL="")
for name in ("DEBUG", "ALLOWED_HOSTS", "TIME_ZONE"):
    os.environ.pop(name, None)

from newsroom.settings import *  # noqa: E402, F403
from newsroom.settings import DATABASES, STORAGES, VAR  # noqa: E402

STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: only there do WAL, IMMEDIATE and the busy timeout apply.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = DATABASES["default"]["OPTIONS"]["init_command"].replace(
        "synchronous=FULL", "synchronous=OFF"
    )
else:
    # Two runs at once do not meet; and whatever the cluster's locale is, Unicode can be stored.
    DATABASES["default"]["TEST"] = {"NAME": f"test_newsroom_{os.getpid()}", "TEMPLATE": "template0", "CHARSET": "UTF8"}
