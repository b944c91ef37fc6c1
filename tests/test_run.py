"""`make run` but for the server and the static files, each time in a process and on a var/ folder of its own."""

import os
import socket
import subprocess
import sys

import pytest

from newsroom import run

PREPARE = "from newsroom import run; run.collect_static = run.serve = lambda *a: None; run.main()"
SETUP = "import django; django.setup(); from stories.models import *; "
COUNT = SETUP + "print(Version.objects.count())"
EDIT = SETUP + "Topic.objects.update(description='Ours')"
READ = SETUP + "print(set(Topic.objects.values_list('description')))"
OLDER = """
import django; django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
graph = MigrationLoader(connection).graph
[search] = [key for key in graph.nodes if key[0] == "stories" and key[1].endswith("_search")]
[before] = [parent.key[1] for parent in graph.node_map[search].parents if parent.key[0] == "stories"]
call_command("migrate", "stories", before, verbosity=0)
"""
FOUND = SETUP + "print(SearchRow.objects.count(), Version.objects.filter(visible_until=None).count())"
NEW_PASSWORD = SETUP + "user = User.objects.get(); user.set_password('x'); user.save()"


@pytest.fixture
def python(tmp_path):
    """A function that runs Python code in a fresh process on a fresh var/ folder and returns the process."""
    environ = {name: value for name, value in os.environ.items() if name not in ("SECRET_KEY", "DATABASE_URL", "HTTPS")}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environ |= {"NEWSROOM_VAR": str(tmp_path / "var"), "PORT": port, "DJANGO_SETTINGS_MODULE": "newsroom.settings"}

    def call(code, **extra):
        command = [sys.executable, "-c", code]
        return subprocess.run(command, cwd=run.BASE, env=environ | extra, capture_output=True, text=True, check=False)

    call.var = tmp_path / "var"
    return call


def test_the_first_run_prepares_everything_and_the_second_loses_nothing(python):
    first = python(PREPARE)
    assert first.returncode == 0, first.stderr
    assert "Loading the demo stories …\nLoaded: " in first.stdout
    assert int(python(COUNT).stdout) > 10
    secrets = [python.var / "env", python.var / "login"]
    assert [path.stat().st_mode & 0o777 for path in secrets] == [0o600, 0o600]
    assert python.var.stat().st_mode & 0o777 == 0o700
    python(EDIT)
    second = python(PREPARE)
    assert "Loading" not in second.stdout
    assert second.stdout.split("\n\n")[-1] in first.stdout  # the same address and login
    assert python(READ).stdout == "{('Ours',)}\n"


def test_what_a_new_release_derives_is_made_when_the_database_is_brought_up_to_it(python):
    python(PREPARE)
    older = python(OLDER)
    assert older.returncode == 0, older.stderr
    assert "Preparing the database" in python(PREPARE).stdout
    rows, open_versions = python(FOUND).stdout.split()
    assert rows == open_versions != "0"


def test_a_password_that_was_changed_is_not_printed(python):
    python(PREPARE)
    python(NEW_PASSWORD)
    assert "with the password you set" in python(PREPARE).stdout


def test_a_busy_port_is_one_sentence(python):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        process = python(PREPARE, PORT=str(port))
    assert (process.returncode, process.stdout) == (1, "")
    assert process.stderr == f"Port {port} is in use. Stop what uses it, or choose another: make run PORT={port + 1}\n"


def test_a_port_that_is_none_is_one_sentence(python):
    assert python(PREPARE, PORT="80a").stderr == "PORT=80a is not a port: choose a number from 1 to 65535.\n"


def test_static_files_are_collected_again_only_when_their_inputs_change(tmp_path, monkeypatch):
    (tmp_path / "static").mkdir()
    (tmp_path / "requirements.txt").write_text("Django==5.2.19\n")
    monkeypatch.setattr(run, "BASE", tmp_path)
    before = run.fingerprint()
    assert run.fingerprint() == before
    (tmp_path / "static" / "site.css").write_text("body {}")
    changed = run.fingerprint()
    assert changed != before
    (tmp_path / "requirements.txt").write_text("Django==5.2.20\n")
    assert run.fingerprint() not in (before, changed)


def test_postgresql_without_its_driver_is_told_in_a_sentence(python):
    process = python("import sys; sys.modules['psycopg'] = None; " + PREPARE, DATABASE_URL="postgres://a:b@127.0.0.1/c")
    assert process.returncode == 1
    assert process.stderr.startswith("DATABASE_URL names a PostgreSQL database, which needs psycopg:")
