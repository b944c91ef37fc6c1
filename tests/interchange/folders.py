"""Folders of story files for tests."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

TERMS = {
    "sources.yaml": "- slug: office\n  name: Harbour Office\n  role: authority\n",
    "authors.yaml": "- slug: desk\n  name: Harbour desk\n  collective: true\n",
    "topics.yaml": "- slug: harbour\n  name: Harbour\n",
}
FIRST = """\
---
published: 2025-02-28T15:00:00Z
headline: Harbour opens its gate
authors: [desk]
topics: [harbour]
tags: [Gates]
citations:
  - key: statement
    source: office
---
The office opened the gate.[^statement]
"""
SECOND = FIRST.replace(
    "published: 2025-02-28T15:00:00Z", "change: update\nnote: It closed again.\npublished: 2025-03-01T09:30:00+03:00"
)
RETRACTION = """\
---
published: 2025-03-02T00:00:00Z
change: retraction
note: It was forged.
signed: Ada, chief editor
headline: Harbour opens its gate
---
"""
BEFORE = "---\npublished: 2025-02-28T15:00:00Z\nheadline: Harbour opens its gate\n---\n"  # what a retraction leaves
DRAFT = FIRST.replace("published: 2025-02-28T15:00:00Z\n", "")


def write_folder(folder, files, terms=True):
    """Write `files`, {name: text or bytes}, with TERMS if `terms`. Return the folder."""
    for name, content in {**(TERMS if terms else {}), **files}.items():
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def load(folder, files=None, terms=True):
    call_command("load_stories", write_folder(folder, files or {}, terms), verbosity=0)


def problems(folder, files=None, terms=True):
    """Return the lines of what load_stories refuses, the folder's name left out."""
    with pytest.raises(CommandError) as caught:
        load(folder, files, terms)
    *lines, last = str(caught.value).split("\n")
    assert last == "Nothing was loaded."
    return [line.removeprefix(f"{folder}/") for line in lines]
