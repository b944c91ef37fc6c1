"""What `make run` says when something is missing."""

import os
import subprocess
import sys
from pathlib import Path


def test_postgresql_without_its_driver_is_told_in_a_sentence(tmp_path):
    (tmp_path / "newsroom_run.py").write_text(
        "import sys\nsys.modules['psycopg'] = None\nfrom newsroom import run\nrun.main()"
    )
    result = subprocess.run(
        [sys.executable, tmp_path / "newsroom_run.py"],
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parent.parent),
            "NEWSROOM_VAR": str(tmp_path),
            "PORT": "18473",
            "DATABASE_URL": "postgres://newsroom:newsroom@127.0.0.1:5432/newsroom",
            "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        },
        text=True,
        capture_output=True,
        check=False,
    )
    assert result.returncode == 1
    assert result.stderr.startswith("DATABASE_URL names a PostgreSQL database, which needs psycopg:")
