"""The words of a text as search sees them, folded alike for SQLite and PostgreSQL, wherever they come from.

Neither database splits or folds what is searched: both are given these words, and what a reader types is folded in the
same way. A word knows where it stands, so that hits are marked in the text as it was written.
"""

import re
import unicodedata
from functools import lru_cache

LONGEST = 40  # letters of a word that count
MARKS = "".join(chr(code) for code in range(0x300, 0x1F000) if unicodedata.category(chr(code))[0] == "M")
# Signs inside a word that nobody types: soft hyphen, joiners, tatweel.
UNSEEN = "\u00ad\u200c\u200d\u0640"
WORD = re.compile(rf"\w[\w{re.escape(MARKS + UNSEEN)}]*")
# Scripts that put no space between words: Thai to Khmer, kana, Han.
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U000323af]+"
)
KEPT = set("йїў")  # letters of their own, not и, і and у with a mark
LETTERS = str.maketrans(
    {
        "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t",
        "ŋ": "n", "ə": "e", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه",
    }
)  # fmt: skip


def words(text):
    """Return [(word, start, end)] of `text`: the word folded, and where it stands.

    Where a script puts no space between words each two neighbouring letters are a word, and the last letter is one too,
    so that every letter begins a word.
    """
    found = []
    for match in WORD.finditer(text.replace("_", " ")):
        run = match.group()
        if run.isascii():
            found.append((run.lower()[:LONGEST], *match.span()))
        elif UNSPACED.search(run):
            found += pairs(run, match.start())
        elif word := fold(run):
            found.append((word, *match.span()))
    return found


def pairs(run, offset):
    """Return the words of a run of letters of which some are of a script without spaces."""
    found, at = [], 0
    for match in UNSPACED.finditer(run):
        found.append((run[at : match.start()], at, match.start()))
        found += [(run[i : min(i + 2, match.end())], i, min(i + 2, match.end())) for i in range(*match.span())]
        at = match.end()
    found.append((run[at:], at, len(run)))
    folded = ((fold(text), start + offset, end + offset) for text, start, end in found)
    return [word for word in folded if word[0]]


@lru_cache(maxsize=20_000)
def fold(word):
    """Return a word without case, accents and forms of letters that readers do not tell apart; it may be empty."""
    letters = []
    for letter in unicodedata.normalize("NFC", word).casefold():
        letters += letter if letter in KEPT else unicodedata.normalize("NFKD", letter).casefold()
    plain = "".join(plain_letter(letter) for letter in letters).translate(LETTERS)
    return unicodedata.normalize("NFC", plain)[:LONGEST]


def plain_letter(letter):
    """Return a letter as it is searched for: of an accent, a point or a sign nothing; of any digit ours."""
    category = unicodedata.category(letter)
    if category == "Nd":
        return str(unicodedata.decimal(letter))
    if category[0] == "M":
        # Accents stand above, below (200 and more) or over a letter (1), points of Hebrew and Arabic are 10 to 35. What
        # else is combining makes another letter: vowels of Indian scripts, the voicing of kana.
        place = unicodedata.combining(letter)
        return "" if place == 1 or place >= 200 or 10 <= place <= 35 else letter
    return letter if letter.isalnum() and letter not in UNSEEN else ""
