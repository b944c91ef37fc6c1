"""The stealth-edit guard: whether a change is minor is computed, not believed."""

import re

from django.utils.translation import gettext as _

from stories.models.picture import LABELS
from stories.publishing.changes import compare
from stories.publishing.document import named_sources, pictures, plain_text
from stories.publishing.matching import ADDED, REMOVED
from stories.publishing.preflight import Finding

MAX_WORDS = 25

# By language; a language without a list is held to all of them.
NEGATIONS = {
    "en": "no not never none nobody nothing neither nor without cannot can't don't doesn't didn't isn't aren't wasn't "
    "weren't won't wouldn't hasn't haven't hadn't shouldn't couldn't denied denies deny refused refuses unlike",
    "ru": "не ни нет нельзя никогда никто ничто ничего никакой без отрицает отрицал отрицала опроверг опровергла",
    "tr": "değil yok hayır hiç hiçbir asla ne olmadan yalanladı reddetti",
}
DATES = {
    "en": "january february march april may june july august september october november december monday tuesday "
    "wednesday thursday friday saturday sunday today yesterday tomorrow",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря понедельник вторник среда "
    "среду четверг пятница пятницу суббота субботу воскресенье сегодня вчера завтра",
    "tr": "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık pazartesi salı çarşamba perşembe "
    "cuma cumartesi pazar bugün dün yarın",
}
NUMBERS = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety dozen dozens hundred hundreds "
    "thousand thousands million millions billion billions trillion half third thirds quarter quarters double triple "
    "once twice first second fourth fifth sixth seventh eighth ninth tenth percent",
    "ru": "ноль один одна одно два две три четыре пять шесть семь восемь девять десять одиннадцать двенадцать "
    "пятнадцать двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто сто двести триста "
    "пятьсот тысяча тысячи тысяч миллион миллиона миллионов миллиард миллиарда миллиардов половина треть четверть "
    "вдвое втрое дважды трижды процент процента процентов",
    "tr": "sıfır bir iki üç dört beş altı yedi sekiz dokuz on yirmi otuz kırk elli altmış yetmiş seksen doksan yüz bin "
    "milyon milyar yarım yarısı çeyrek yüzde",
}
QUOTED = re.compile(r"“[^”]*”|„[^“”]*[“”]|«[^»]*»|\"[^\"]*\"|‘[^’]*’")


def trips(old, new):
    """Return why the change from one cleaned document to another is more than minor: Findings, none if it is minor."""
    comparison = compare(old, new, equal=False)
    return [finding for check in CHECKS for finding in check(old, new, comparison)]


def trip(check, sentence, words):
    why = _("A change of what was said is not called minor without a reason.")
    return Finding(f"guard.{check}", sentence, words=tuple(words), code="PF20", why=why)


def touches_field(old, new, comparison):
    sentences = {
        "headline": _("It changes the headline."),
        "standfirst": _("It changes the standfirst."),
        "authors": _("It changes the byline."),
        "kind": _("It changes what kind of story this is."),
        "editors_note": _("It changes the editor’s note."),
        "interest_note": _("It changes what is said about interests."),
        "ai_use": _("It changes what is said about the use of AI."),
        "ai_review": _("It changes what is said about who checked what a machine made."),
        "ai_label": _("It changes whether the text is labelled as made by a machine."),
        "lead_image": _("It changes the lead picture."),
    }
    for change in comparison.fields:
        if change.place in sentences:
            yield trip(change.place, sentences[change.place], changed_words(change))


def touches_origin(old, new, comparison):
    before, after = (
        {picture["id"]: LABELS.get(picture["source_type"]) for picture in pictures(document)} for document in (old, new)
    )
    if any(before[pk] != after[pk] for pk in before.keys() & after.keys()):
        yield trip("origin", _("It changes what is said about how a picture was made."), ())


def touches_citation(old, new, comparison):
    for change in comparison.citations:
        yield trip("citation", _("It changes a citation."), changed_words(change))


def touches_marker(old, new, comparison):
    words = [word for word in edited(comparison) if "[" in word]
    if words:
        yield trip("marker", _("It changes which source a passage rests on."), words)


def touches_link(old, new, comparison):
    links = [link for block in comparison.blocks for line in block.lines for link in line.links]
    stand = {(link.words, link.new) for link in links}  # in another line, if the line that it stood in ends elsewhere
    links = [link for link in links if link.old and (link.words, link.old) not in stand]
    if links:
        yield trip("link", _("It changes where a link leads, or removes it."), [link.words for link in links])


def touches_number(old, new, comparison):
    words = [word for word in edited(comparison) if any(letter.isdigit() for letter in word)]
    words += in_list(comparison, NUMBERS, new["language"])
    if words:
        yield trip("number", _("It changes a number."), words)


def touches_date(old, new, comparison):
    if words := in_list(comparison, DATES, new["language"]):
        yield trip("date", _("It changes a date."), words)


def touches_negation(old, new, comparison):
    if words := in_list(comparison, NEGATIONS, new["language"]):
        yield trip("negation", _("It adds or removes a negation."), words)


def touches_quotation(old, new, comparison):
    before, after = (quotations(document) for document in (old, new))
    if changed := before ^ after:
        yield trip("quotation", _("It changes a quotation."), sorted(changed))


def touches_source_name(old, new, comparison):
    names = {
        word for document in (old, new) for source in named_sources(document).values() for word in name_words(source)
    }
    words = [word for word in edited(comparison) if bare(word) in names]
    if words:
        yield trip("source", _("It changes the name of a source."), words)


def touches_much(old, new, comparison):
    count = max(len(comparison.edits[ADDED]), len(comparison.edits[REMOVED]))
    if count > MAX_WORDS:
        yield trip("length", _("It changes more than %(n)s words.") % {"n": MAX_WORDS}, ())


CHECKS = [
    touches_field,
    touches_origin,
    touches_citation,
    touches_marker,
    touches_link,
    touches_number,
    touches_date,
    touches_quotation,
    touches_source_name,
    touches_negation,
    touches_much,
]


def edited(comparison):
    return comparison.edits[REMOVED] + comparison.edits[ADDED]


def changed_words(change):
    return tuple(words.strip() for line in change.lines for kind, words in line.parts if kind in (ADDED, REMOVED))


def in_list(comparison, lists, language):
    """Return the edited words that are in the list of `language`; in any list if it has none."""
    primary = language.split("-")[0].lower()
    known = set(lists[primary].split()) if primary in lists else {w for words in lists.values() for w in words.split()}
    return [word for word in edited(comparison) if known & {bare(word), *bare(word).split("-")}]


def bare(word):
    return word.strip(".,;:!?…()[]“”„«»\"'‘’–—").replace("’", "'").lower()


def name_words(source):
    """Return what is telling in a name: of “Note on the talks” only “note”, for “the” and “talks” stand anywhere."""
    words = f"{source['name']} {source['handle']}".split()
    return {bare(word) for word in words if len(bare(word)) > 2 and not word[0].islower()} - {"the"}


def quotations(document):
    """Return what a document quotes: passages in quotation marks, quotation blocks and posts."""
    found = set(QUOTED.findall(f"{document['standfirst']}\n{plain_text(document)}"))
    return found | {block["words"] for block in document["blocks"] if block["type"] in ("quote", "post")}
