from pathlib import Path

import pytest
from django.core.management import call_command

from stories.models import Story, Version

pytestmark = pytest.mark.django_db
DEMO = Path("stories/fixtures/demo")


def test_the_demo_stories_load_and_loading_them_again_does_nothing(capsys):
    call_command("load_stories", DEMO)
    before = list(Version.objects.values_list("sha256", flat=True))
    call_command("load_stories", DEMO)
    assert "Nothing to do." in capsys.readouterr().out
    assert list(Version.objects.values_list("sha256", flat=True)) == before
    assert Story.objects.count() == 16
