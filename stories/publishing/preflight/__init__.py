"""What must be true of a document before it goes out, by the codes that newsrooms publish (docs/editors.md lists them).

A blocker stops publishing. A warning can be overridden with a reason, which the public history shows. A check is one
small function of the document and the Context that yields (place, sentence), and words if it is about some. A place is
a field's name, or a row, "blocks.<id>", "citations.<key>", "pictures.<id>", "authors.<n>" from 0, with a field of it if
it is about one.
"""

from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from stories.publishing.document import upgraded
from stories.publishing.preflight.context import UNKNOWN, Context, context_for, contexts_for, source_embargoes
from stories.publishing.preflight.sources import (
    has_source,
    is_more_than_one_source,
    markers_have_citations,
    passages_are_cited,
    plurals_are_true,
    posts_are_told,
    posts_can_be_checked,
    quotations_are_cited,
    quotations_are_exact,
    sources_are_told,
    unnamed_are_approved,
)
from stories.publishing.preflight.story import (
    all_is_written_out,
    cited_embargoes_are_kept,
    embargo_is_kept,
    has_author,
    has_body,
    has_headline,
    has_language,
    has_short_headline,
    has_slug,
    has_standfirst,
    interests_are_told,
    kind_is_told,
    machine_text_is_checked,
    notes_are_resolved,
)
from stories.publishing.preflight.wording import (
    headings_are_in_order,
    languages_are_marked,
    links_say_something,
    links_tell_where,
    nothing_is_to_come,
    parts_are_finished,
    pictures_are_described,
    tables_are_named,
    tables_have_heads,
)

__all__ = [
    "BLOCKERS",
    "EMBARGOES",
    "UNKNOWN",
    "WARNINGS",
    "Context",
    "Finding",
    "blockers",
    "context_for",
    "contexts_for",
    "findings",
    "has_headline",
    "has_slug",
    "markers_have_citations",
    "source_embargoes",
    "state",
    "warnings",
]


@dataclass(frozen=True)
class Finding:
    """What a check found: its name, a sentence that says what and what to do, the place, the words it is about.

    `code` and `why` tell the rule behind it: its number in the published codes, if it has one, and a short reason.
    """

    check: str
    sentence: str
    place: str = ""
    words: tuple = ()
    code: str = ""
    why: str = ""


class Counts(NamedTuple):
    blocking: int
    warning: int


def blockers(document, context=UNKNOWN):
    """Return why `document` cannot be published: sentences for the editor, none if it can."""
    return [finding.sentence for finding in findings(BLOCKERS, document, context)]


def warnings(document, context=UNKNOWN):
    """Return Findings that an editor may override with a reason, which stays on record."""
    return findings(WARNINGS, document, context)


def state(document, context=UNKNOWN):
    """Return how many things block `document` and how many need a reason: for lists, without a query."""
    return Counts(len(findings(BLOCKERS, document, context)), len(findings(WARNINGS, document, context)))


def findings(checks, document, context=UNKNOWN):
    """Return the Findings of `checks`, BLOCKERS or WARNINGS, in their order; none on what `context` does not know."""
    document = upgraded(document)  # a draft may be older than what is asked
    return [
        Finding(check.__name__, sentence, place, tuple(*words), code, str(why))
        for check, code, why in checks
        for place, sentence, *words in check(document, context)
    ]


BLOCKERS = [
    (has_headline, "PF01", _("Lists, feeds and search show nothing else.")),
    (has_language, "PF01", _("Screen readers and search need to know it.")),
    (has_slug, "", _("Without it the story has no address.")),
    (has_author, "PF01", _("Somebody answers for every story; a desk can.")),
    (has_body, "", _("There would be nothing to read.")),
    (kind_is_told, "PF13", _("Readers must be able to tell fact from opinion.")),
    (has_source, "", _("Readers can see where every statement comes from.")),
    (markers_have_citations, "", _("The number would lead nowhere.")),
    (quotations_are_cited, "PF02", _("Of what is quoted readers are told where and when it was said.")),
    (parts_are_finished, "", _("A part without its words tells readers nothing.")),
    (all_is_written_out, "", _("It was saved as it was typed. Write it out, or take it out.")),
    (posts_are_told, "PF09", _("A post that nobody can place is no evidence.")),
    (sources_are_told, "PF03", _("Readers must be able to judge a source that they cannot know.")),
    (unnamed_are_approved, "PF03", _("A name is withheld only for what is vital, and somebody else has agreed.")),
    (
        pictures_are_described,
        "PF11",
        _("Not everybody sees pictures, and readers are told who made one, and how."),
    ),
    (machine_text_is_checked, "PF12", _("Readers are told who checked it, when and how, or that nobody did.")),
    (nothing_is_to_come, "", _("A placeholder must never be published.")),
    (links_say_something, "PF19", _("A link without words cannot be heard or seen.")),
    (tables_have_heads, "PF19", _("Without heads a table is numbers without names to a screen reader.")),
    (tables_are_named, "PF19", _("Whoever hears the page decides by it whether to enter the table.")),
    (notes_are_resolved, "", _("Somebody still waits for an answer.")),
    (embargo_is_kept, "PF14", _("We have given our word.")),
    (cited_embargoes_are_kept, "PF14", _("Whoever gave us the document early has our word.")),
]
EMBARGOES = [check for check in BLOCKERS if check[1] == "PF14"]  # what depends on when it goes out, and nothing else
WARNINGS = [
    (has_standfirst, "", _("It says in brief what the story says.")),
    (has_short_headline, "", _("Lists, search results and phones cut it off.")),
    (is_more_than_one_source, "PF05", _("What one source says should be confirmed by another.")),
    (plurals_are_true, "PF04", _("One source is not several.")),
    (passages_are_cited, "PF02", _("Of what is quoted readers are told where and when it was said.")),
    (quotations_are_exact, "PF17", _("Between quotation marks stands what was said, or a mark where it was changed.")),
    (posts_can_be_checked, "PF09", _("Posts are deleted and faked.")),
    (interests_are_told, "PF15", _("Readers judge better if they know who has ties to whom.")),
    (languages_are_marked, "PF18", _("Screen readers pronounce, and browsers translate, by the language.")),
    (headings_are_in_order, "PF19", _("Screen readers list the headings by their level.")),
    (links_tell_where, "PF19", _("Read out of the text, “here” leads nowhere.")),
]
