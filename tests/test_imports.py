"""Imports go one way: commands, desk → site → interchange → publishing → models (docs/architecture.md)."""

import ast
import re

import pytest
from django.conf import settings

BELOW = {
    "models": set(),
    "publishing": {"models"},
    "interchange": {"models", "publishing"},
    "site": {"models", "publishing", "interchange"},
    "templatetags": {"models", "publishing", "interchange", "site"},
    "desk": {"models", "publishing", "interchange", "site"},
    "management": {"models", "publishing", "interchange", "site"},
    "admin": {"desk"},
    "apps": set(),
    "migrations": {"models"},
}
KNOW_STORIES = {"newsroom/apps.py", "newsroom/urls.py", "newsroom/run.py"}
DOTTED = re.compile(r"stories\.[a-z_]+\.[\w.]+")
PRODUCT = sorted(path for folder in ("stories", "newsroom") for path in (settings.BASE / folder).rglob("*.py"))


def imported(source, package):
    """Return the dotted names that a module of `package` imports, anywhere in it, also as import_string() does."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            start = ".".join([*base, *filter(None, [node.module])])
            found |= {start, *(f"{start}.{name.name}" for name in node.names)}
        elif package.startswith("stories") and isinstance(node, ast.Constant) and DOTTED.fullmatch(str(node.value)):
            found.add(node.value)  # settings name classes as text without importing them
    return found


def forbidden(path, source):
    """Return which imports of the module at `path`, relative to the project, go the wrong way."""
    top, part = path.removesuffix(".py").split("/")[:2] if path.count("/") else (path, "")
    wrong = set()
    for name in imported(source, ".".join(path.split("/")[:-1])):
        root, _, rest = name.partition(".")
        other = rest.partition(".")[0]
        if root == "tests" or (root == "newsroom" and top == "stories" and part != "management"):
            wrong.add(name)
        if root == "stories" and top == "newsroom" and path not in KNOW_STORIES:
            wrong.add(name)
        if root == "stories" and top == "stories" and other in BELOW and other not in BELOW[part] | {part}:
            wrong.add(name)
    return sorted(wrong)


@pytest.mark.parametrize("path", PRODUCT, ids=lambda path: str(path.relative_to(settings.BASE)))
def test_imports_go_one_way(path):
    name = str(path.relative_to(settings.BASE))
    if name in ("stories/__init__.py", "newsroom/__init__.py"):
        assert path.read_text() == ""
        return
    assert forbidden(name, path.read_text()) == []


# Modules by which a working copy or a revision could come to readers.
UNPUBLISHED = {"stories.models.Revision", "stories.models.revision", "stories.publishing.revisions"}
UNPUBLISHED |= {"stories.publishing.working_copy", "stories.publishing.share"}


@pytest.mark.parametrize("path", sorted((settings.BASE / "stories/site").glob("*.py")), ids=lambda path: path.name)
def test_the_site_reads_no_working_copy_but_by_a_share_link(path):
    names = imported(path.read_text(), "stories.site")
    found = {name for name in names for part in UNPUBLISHED if f"{name}.".startswith(f"{part}.")}
    allowed = {"stories.publishing.share", "stories.publishing.share.opened"} if path.name == "share.py" else set()
    assert found == allowed


def test_every_part_of_the_house_has_its_place():
    house = settings.BASE / "stories"
    parts = {path.stem for path in house.iterdir() if path.suffix == ".py" or any(path.glob("*.py"))}
    assert parts - {"__init__"} == set(BELOW)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("stories/site/views.py", "from stories.desk import story"),
        ("stories/site/views.py", "from stories import desk"),
        ("stories/site/views.py", "def view():\n    import stories.desk.story"),
        ("stories/site/views.py", "from ..desk import story"),
        ("stories/site/views.py", "import_string('stories.desk.story')"),
        ("stories/publishing/verbs.py", "from stories.site.addresses import absolute"),
        ("stories/publishing/verbs.py", "from stories.interchange import markdown"),
        ("stories/models/story.py", "from stories.publishing.document import clean"),
        ("stories/management/commands/dump.py", "from stories.desk import story"),
        ("stories/desk/story.py", "from stories.management.commands import editor_login"),
        ("stories/models/story.py", "from newsroom.settings import BASE"),
        ("stories/models/story.py", "from tests.factories import make_story"),
        ("newsroom/settings.py", "from stories.models import Story"),
    ],
)
def test_an_import_the_other_way_is_found(path, line):
    assert forbidden(path, line)


def test_the_product_reads_nothing_beside_its_own_folder():
    for path in PRODUCT:
        for node in ast.walk(ast.parse(path.read_text())):
            assert not (isinstance(node, ast.Constant) and "shared/" in str(node.value)), path


NOTES = {"stories.models.Note", "stories.models.note", "stories.publishing.notes", "stories.publishing.desk_work"}
PUBLIC = [path for path in PRODUCT if path.parent.name in ("site", "templatetags", "interchange")]


@pytest.mark.parametrize("path", PUBLIC, ids=lambda path: str(path.relative_to(settings.BASE)))
def test_nothing_that_readers_get_knows_of_colleagues_notes(path):
    package = ".".join(path.relative_to(settings.BASE).parts[:-1])
    assert not NOTES & imported(path.read_text(), package)
