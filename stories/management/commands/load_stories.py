from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, DjangoHelpFormatter

from stories.interchange.loading import LoadError, check, write

MOST = 20  # lines of problems
EVERY = 100


class HelpFormatter(DjangoHelpFormatter):
    """Keeps the lines of the help as they are written."""

    def _fill_text(self, text, width, indent):
        return text


class Command(BaseCommand):
    help = """Load stories from files: all of them, or none if one line in one file is wrong.

PATH is a story file (slug.md is the first version of a story, slug.2.md the second …) or a folder with
story files and sources.yaml, topics.yaml, authors.yaml, tags.yaml and pictures.yaml. Sources, topics, authors,
tags and pictures that exist are left alone. Loading the same again does nothing. A story file looks like this:

    ---
    headline: Harbour opens its gate
    published: 2025-02-28T15:00:00Z
    authors: [harbour-desk]
    topics: [harbour]
    citations:
      - key: office
        source: harbour-office
    ---
    The office opened the gate on Friday.[^office]

Without “published” it is a draft. docs/story-files.md tells everything else."""

    def create_parser(self, prog_name, subcommand, **kwargs):
        return super().create_parser(prog_name, subcommand, formatter_class=HelpFormatter, **kwargs)

    def add_arguments(self, parser):
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="A story file, or a folder of them.")
        parser.add_argument("--check", action="store_true", help="Only check the files; write nothing.")

    def handle(self, *, paths, verbosity, **options):
        self.verbosity = verbosity
        try:
            plan = check(paths, self.progress("checked"))
            if not options["check"]:
                write(plan, self.progress("written"))
        except LoadError as error:
            raise CommandError(told(error.problems)) from error
        if verbosity:
            self.stdout.write(summary(plan, checked=options["check"]))

    def progress(self, done_what):
        def tell(done, of):
            if self.verbosity and done % EVERY == 0:
                self.stdout.write(f"{done} of {of} stories {done_what}")

        return tell


def told(problems):
    lines = [str(problem) for problem in problems[:MOST]]
    if len(problems) > MOST:
        lines.append(f"… and {len(problems) - MOST} more.")
    return "\n".join([*lines, "Nothing was loaded."])


def summary(plan, *, checked):
    todo = plan.todo
    versions = sum(len(story.versions) for story in todo)
    drafts = sum(story.files[-1].is_draft for story in todo)
    terms, pictures = plan.terms.count(), len(plan.pictures.new)
    same = f"{len(plan.stories) - len(todo)} of {len(plan.stories)} stories are there already as they are in the files."
    if not (todo or terms or pictures):
        return f"Nothing to do. {same}"
    what = "would be loaded" if checked else "loaded"
    parts = f"{len(todo)} stories with {versions} versions and {drafts} drafts, {terms} terms, {pictures} pictures"
    return f"{parts} {what}. {same}"
