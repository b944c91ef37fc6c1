"""`make run`: prepare what is missing under var/, say where the site is, serve it. Quick when nothing is missing."""

import hashlib
import os
import secrets
import socket
import sys
from importlib.util import find_spec
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("NEWSROOM_VAR", BASE / "var"))
DEMO = BASE / "stories" / "fixtures" / "demo"


def main():
    host, port = os.environ.get("HOST", "127.0.0.1"), read_port()
    refuse_busy(host, port)
    write_env()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    refuse_missing_driver()
    import django

    django.setup()
    prepare_database()
    collect_static()
    address = f"http://{host}:{port}"
    print(f"\n  The site   {address}/\n  The desk   {address}/admin/   {login()}\n  Stop it with Ctrl+C.\n", flush=True)
    serve(host, port)


def read_port():
    value = os.environ.get("PORT") or "8000"
    if not value.isdigit() or not 0 < int(value) < 65536:
        sys.exit(f"PORT={value} is not a port: choose a number from 1 to 65535.")
    return int(value)


def refuse_busy(host, port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            sys.exit(f"Port {port} is in use. Stop what uses it, or choose another: make run PORT={port + 1}")


def write_env():
    """Write var/env once: the secret of this site, and that it is served to this machine over plain HTTP."""
    VAR.mkdir(mode=0o700, exist_ok=True)
    path = VAR / "env"
    if not path.exists():
        write_secret(path, f"SECRET_KEY={secrets.token_urlsafe(50)}\nHTTPS=false\n")


def write_secret(path, text):
    """Write a file that only its owner can read, whole or not at all."""
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        os.fchmod(file.fileno(), 0o600)
    new.replace(path)


def refuse_missing_driver():
    from django.conf import settings

    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql") and not find_spec("psycopg"):
        sys.exit(
            'DATABASE_URL names a PostgreSQL database, which needs psycopg: .venv/bin/pip install "psycopg[binary]"'
        )


def prepare_database():
    """Migrate; load the demo stories into a database that was just created, also if the power was cut meanwhile."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    unfinished = VAR / "demo-is-loading"
    if not connection.introspection.table_names():
        unfinished.touch()
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("Preparing the database …", flush=True)
        call_command("migrate", verbosity=0)
        if not unfinished.exists():
            call_command("rebuild", verbosity=0)  # what a new release derives from the versions is not there yet
    if unfinished.exists():
        print("Loading the demo stories …", flush=True)
        call_command("load_stories", DEMO)
        unfinished.unlink()


def collect_static():
    """Collect, hash and compress static files if any of them, or a library, has changed since."""
    from django.core.management import call_command

    stamp = VAR / "static.stamp"
    now = fingerprint()
    if not stamp.exists() or stamp.read_text() != now:
        print("Collecting static files …", flush=True)
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(now)


def fingerprint():
    digest = hashlib.sha256((BASE / "requirements.txt").read_bytes())
    for path in sorted((BASE / "static").rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(BASE)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def login():
    """Return how to log in; make the editor's account first if nobody has one."""
    from stories.management.commands.editor_login import NAME, PASSWORD_FILE, set_password
    from stories.models import User

    if not User.objects.exists():
        set_password()
    editor = User.objects.filter(username=NAME).first()
    password = PASSWORD_FILE.read_text().strip() if PASSWORD_FILE.exists() else ""
    if editor is None or not password or not editor.check_password(password):
        return "with the password you set (“make login” sets a new one)"
    return f"login {NAME}, password {password}"


def serve(host, port):
    os.chdir(BASE)
    granian = Path(sys.executable).parent / "granian"
    arguments = [
        "--interface",
        "wsgi",
        "--host",
        host,
        "--port",
        str(port),
        "--workers",
        "2",
        "--blocking-threads",
        "4",
    ]
    quiet = ["--log-level", "warning", "--no-ws"]
    os.execv(granian, [str(granian), *arguments, *quiet, "newsroom.wsgi:application"])


if __name__ == "__main__":
    main()
