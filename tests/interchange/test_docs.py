import re
from pathlib import Path

import pytest
from django.core.management import call_command

from stories.interchange.story_files import FIELDS, NAMESPACE
from stories.interchange.terms import TERM_FILES
from stories.models import Story, Topic, Version
from stories.publishing.document import BLOCK_FIELDS, CITATION
from tests.interchange.test_round_trip import reload

pytestmark = pytest.mark.django_db
PAGE = (Path(__file__).parents[2] / "docs" / "story-files.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"^`([\w.-]+)`[^\n]*:\n\n```\w+\n(.*?)^```$", re.M | re.S)


def test_the_example_loads_as_the_page_says(tmp_path):
    for name, text in EXAMPLE.findall(PAGE):
        (tmp_path / name).write_text(text, encoding="utf-8")
    call_command("load_stories", tmp_path, verbosity=0)
    first, second = Version.objects.order_by("number")
    assert [block["type"] for block in first.document["blocks"]] == ["text", "post", "event", "event", "text"]
    assert '<ol type="A">' in first.document["blocks"][4]["html"]
    assert (second.change, second.document["correction"]["severity"]) == ("correction", "major")
    assert Story.objects.get().headline == "Harbour closes its north gate again"
    assert Topic.objects.get(slug="harbour").parent.slug == "transport"
    reload(tmp_path / "dump")


def test_the_page_names_every_field_and_block():
    for name in [
        *FIELDS,
        *BLOCK_FIELDS,
        *CITATION,
        *(field for _model, fields in TERM_FILES.values() for field in fields),
    ]:
        assert f"`{name}`" in PAGE or f"`{name}:" in PAGE, name
    assert str(NAMESPACE) in PAGE
