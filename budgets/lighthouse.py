"""Lighthouse's scores of pages on a phone, through lighthouse.mjs."""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from budgets.browser import chromium

SCRIPT = Path(__file__).parent / "lighthouse.mjs"
SCORES = ["accessibility", "best-practices", "seo"]
# Kept from search engines on purpose: there Lighthouse is not asked whether they may come, nor what they are told.
HIDDEN = {
    "history", "version", "difference", "another time", "front at another time", "story at another time", "search",
    "report", "shared story",
}  # fmt: skip
FOR_SEARCH_ENGINES = ["is-crawlable", "meta-description"]
AT_ONCE = 3  # a run mostly waits; where speed is measured, one at a time
RUNS = 5


def scores(origin, paths):
    """Return what low_scores() reads, of each page {name: path}."""
    pages = [
        ask(name, origin + path, SCORES, skip=FOR_SEARCH_ENGINES if name in HIDDEN else [])
        for name, path in paths.items()
    ]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        parts = pool.map(run, [pages[start::AT_ONCE] for start in range(AT_ONCE)])
        return [result for part in parts for result in part]


def performance(origin, paths):
    """Return the same of the one category that depends on the machine: the median of five runs."""
    return run([ask(name, origin + path, ["performance"], runs=RUNS) for name, path in paths.items()])


def ask(name, url, categories, *, skip=(), runs=1):
    return {"name": name, "url": url, "categories": categories, "skip": list(skip), "runs": runs}


def run(pages):
    node = shutil.which("node") or sys.exit("Node is not installed: apt-get install nodejs npm")
    environ = os.environ | {"CHROME_PATH": chromium()}
    command = [node, str(SCRIPT)]
    done = subprocess.run(command, input=json.dumps(pages), capture_output=True, text=True, env=environ, check=False)
    if done.returncode:
        sys.exit(f"Lighthouse stopped.\n{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]
