from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, DjangoHelpFormatter
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

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
            plan = check(paths, self.progress(_("%(done)s of %(all)s stories checked")))
            if not options["check"]:
                write(plan, self.progress(_("%(done)s of %(all)s stories written")))
        except LoadError as error:
            raise CommandError(told(error.problems)) from error
        if verbosity:
            self.stdout.write(summary(plan, checked=options["check"]))

    def progress(self, words):
        def tell(done, of):
            if self.verbosity and done % EVERY == 0:
                self.stdout.write(words % {"done": done, "all": of})

        return tell


def told(problems):
    lines = [str(problem) for problem in problems[:MOST]]
    if len(problems) > MOST:
        lines.append(_("… and %(n)s more.") % {"n": len(problems) - MOST})
    return "\n".join([*lines, _("Nothing was loaded.")])


def summary(plan, *, checked):
    """Return in a sentence or two what was loaded, or would be."""
    todo, everything = plan.todo, len(plan.stories)
    parts = [
        counted(ngettext_lazy("%d story", "%d stories"), len(todo)),
        counted(ngettext_lazy("%d version", "%d versions"), sum(len(story.versions) for story in todo)),
        counted(ngettext_lazy("%d draft", "%d drafts"), sum(story.files[-1].is_draft for story in todo)),
        counted(
            ngettext_lazy("%d source, topic, author or tag", "%d sources, topics, authors and tags"), plan.terms.count()
        ),
        counted(ngettext_lazy("%d picture", "%d pictures"), len(plan.pictures.new)),
    ]
    parts = ", ".join(filter(None, parts))
    if not parts:
        what = _("Nothing to do.")
    elif checked:
        what = _("This would be loaded: %(parts)s.") % {"parts": parts}
    else:
        what = _("Loaded: %(parts)s.") % {"parts": parts}
    same = everything - len(todo)
    there = ngettext(
        "%(n)s story is there already, as in its files.", "%(n)s stories are there already, as in their files.", same
    )
    return f"{what} {there % {'n': same}}" if same else what


def counted(words, count):
    return words % count if count else ""
