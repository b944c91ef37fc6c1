"""The check that fails a run in CI when something was skipped, run on small suites of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SUITE = """
import pytest

def test_that_passes():
    pass

def test_that_is_skipped():
    pytest.skip({reason!r})
"""


def run(folder, reason, **environment):
    (folder / "conftest.py").write_text("from tests.skips import pytest_sessionfinish")
    (folder / "test_it.py").write_text(SUITE.format(reason=reason))
    (folder / "pytest.ini").write_text("[pytest]\n")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:django", "-p", "no:cacheprovider", folder],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), "NEWSROOM_NO_SKIP": "", **environment},
        cwd=folder,
        text=True,
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("reason", "no_skip", "status"),
    [
        ("chromium is missing", "1", 1),
        ("../shared is absent", "1", 0),
        ("chromium is missing", "", 0),
    ],
)
def test_a_skip_fails_the_run_only_where_none_is_expected(tmp_path, reason, no_skip, status):
    result = run(tmp_path, reason, NEWSROOM_NO_SKIP=no_skip)
    assert result.returncode == status, result.stdout + result.stderr
    assert ("A skip is a failure here" in result.stdout) == bool(status)
    assert result.stdout.splitlines()[-1].startswith("1 passed, 1 skipped in ")
