"""Loading story files: everything is read and checked first, then written in one transaction, or nothing is."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from stories.interchange.checking import StoryPlan, check_across, check_story, entry_of, group, look_up
from stories.interchange.lines import Problem
from stories.interchange.picture_files import PICTURES, Pictures
from stories.interchange.references import References
from stories.interchange.story_files import NOT_STORIES, read_story_file
from stories.interchange.terms import TERM_FILES, Terms
from stories.models import Story
from stories.publishing.document import DocumentError
from stories.publishing.imports import import_versions
from stories.publishing.revisions import save_document
from stories.publishing.verbs import PublishError


class LoadError(Exception):
    """Files that cannot be loaded. `problems` is what is wrong with them, sorted by file and line."""

    def __init__(self, problems):
        self.problems = sorted(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass
class Plan:
    """What is to be written: new terms and pictures, and of the stories those that have something `todo`."""

    terms: Terms
    pictures: Pictures
    stories: list[StoryPlan]

    @property
    def todo(self):
        return [story for story in self.stories if story.todo]


def check(paths, progress=lambda done, of: None):
    """Return the Plan of loading `paths`, files and folders, or raise LoadError. Nothing is written."""
    story_paths, yaml_paths, problems = find_files(paths)
    terms, pictures = Terms(), Pictures()
    for path in yaml_paths:
        (pictures if path.name == PICTURES else terms).read_file(path)
    terms.connect()
    stories = group([read_story_file(path) for path in story_paths])
    plan = Plan(terms, pictures, stories)
    look_up(stories)
    references = References(terms, pictures.new, {story.id for story in stories})
    for done, story in enumerate(stories, 1):
        check_story(story, references)
        progress(done, len(stories))
    check_across(stories)
    problems += terms.problems + pictures.problems
    problems += [problem for story in stories for file in story.files for problem in file.problems]
    if problems:
        raise LoadError(problems)
    return plan


def find_files(paths):
    """Return (story files, term and picture files, problems) of files and folders, and of the folders of files."""
    stories, others, problems = {}, {}, []
    for path in paths:
        if path.is_dir():
            stories |= {file: None for file in sorted(path.rglob("*.md")) if file.name.lower() not in NOT_STORIES}
            others |= {file: None for file in sorted(path.rglob("*.yaml")) if is_known(file)}
        elif not path.is_file():
            problems.append(Problem(str(path), 1, "", _("There is no such file or folder.")))
        elif path.suffix == ".md":
            stories[path] = None
            others |= {file: None for file in sorted(path.parent.glob("*.yaml")) if is_known(file)}
        elif is_known(path):
            others[path] = None
        else:
            problems.append(
                Problem(str(path), 1, "", _("This is neither a story file nor one of sources.yaml and the like."))
            )
    order = [*TERM_FILES, PICTURES]
    return list(stories), sorted(others, key=lambda file: (order.index(file.name), file)), problems


def is_known(path):
    return path.name in TERM_FILES or path.name == PICTURES


def write(plan, progress=lambda done, of: None):
    """Write a checked Plan: all of it or nothing. Raise LoadError if the database has changed since it was checked."""
    todo = plan.todo
    try:
        with transaction.atomic():
            plan.terms.write()
            plan.pictures.write()
            Story.objects.bulk_create([Story(pk=story.id) for story in todo if not story.exists], batch_size=500)
            for done, story in enumerate(todo, 1):
                write_story(story)
                progress(done, len(todo))
    except BaseException:  # Ctrl+C too: the pictures' files are not part of the transaction
        plan.pictures.remove()
        raise


def write_story(story):
    row = Story.objects.get(pk=story.id)
    try:
        if story.versions:
            import_versions(row, [entry_of(file) for file in story.versions])
        if story.working_copy:
            save_document(story.working_copy, row)
    except (PublishError, DocumentError) as error:
        file = story.files[-1]
        raise LoadError([Problem(str(file.path), 1, "", str(error))]) from error
