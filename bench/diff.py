"""Time the comparison of two versions of a long story: python bench/diff.py [words, by default 5000].

Each line is the median CPU time of some runs. Nothing is asserted: read the numbers beside those of another commit on
the same machine. What is to be met is 200 ms for two versions of 5,000 words.
"""

import os
import random
import statistics
import sys
import tempfile
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
SCRATCH = tempfile.TemporaryDirectory(prefix="newsroom-bench-")
os.environ |= {"NEWSROOM_VAR": SCRATCH.name, "SECRET_KEY": "bench"}

import django  # noqa: E402

django.setup()

from stories.publishing.changes import compare  # noqa: E402
from stories.publishing.document import clean, empty_document  # noqa: E402
from stories.publishing.guard import trips  # noqa: E402

RUNS = 7
PARAGRAPH, BLOCK = 60, 8  # words in a paragraph, paragraphs in a block
chance = random.Random(1)  # noqa: S311
# A few words are frequent and most are rare, as in a language.
VOCABULARY = [f"{stem}{n}" for n in range(400) for stem in ("word", "talk", "gate", "peace", "says")]
WEIGHTS = [1 / (rank + 1) for rank in range(len(VOCABULARY))]


def sentence(count):
    return " ".join(chance.choices(VOCABULARY, WEIGHTS, k=count))


def document(blocks, first=1):
    """Return a document of `blocks`, each a list of paragraphs; their ids count from `first`."""
    rows = [
        {
            "id": str(uuid.UUID(int=n + first)),
            "type": "text",
            "html": "".join(f"<p>{words}.</p>" for words in paragraphs),
        }
        for n, paragraphs in enumerate(blocks)
    ]
    return clean({**empty_document(uuid.UUID(int=0)), "headline": "Long", "blocks": rows})


def changed(words, share):
    """Return a paragraph with a share of its words replaced."""
    return " ".join(sentence(1) if chance.random() < share else word for word in words.split())


def cases(count):
    """Yield (what was changed, old blocks, new blocks)."""
    paragraphs = [sentence(PARAGRAPH) for _ in range(count // PARAGRAPH)]
    other = [sentence(PARAGRAPH) for _ in paragraphs]
    parted = [paragraphs[i : i + BLOCK] for i in range(0, len(paragraphs), BLOCK)]
    one_word = [[changed(parted[0][0], 0.02), *parted[0][1:]], *parted[1:]]
    yield "one word", parted, one_word
    yield "a word in each paragraph", parted, [[changed(p, 0.02) for p in block] for block in parted]
    yield "a third of all words", parted, [[changed(p, 0.33) for p in block] for block in parted]
    yield "all paragraphs rewritten", parted, [other[i : i + BLOCK] for i in range(0, len(other), BLOCK)]
    yield "one block, a word in each paragraph", [paragraphs], [[changed(p, 0.02) for p in paragraphs]]
    yield "one block, a third of all words", [paragraphs], [[changed(p, 0.33) for p in paragraphs]]
    yield "one block, all paragraphs rewritten", [paragraphs], [other]
    yield "one block, paragraphs in another order", [paragraphs], [chance.sample(paragraphs, len(paragraphs))]
    yield "one paragraph, a third of all words", [[" ".join(paragraphs)]], [[changed(" ".join(paragraphs), 0.33)]]
    yield "one paragraph, rewritten", [[" ".join(paragraphs)]], [[" ".join(other)]]
    yield "a block a sentence, all new", [[p[:80]] for p in paragraphs * 4], [[p[:80]] for p in other * 4]
    same = [sentence(1) + " went on" for _ in paragraphs]
    yield "one block, paragraphs all alike", [same * 8], [[changed(p, 0.4) for p in same * 8]]


def main(count):
    for what, before, after in cases(count):
        old, new = document(before), document(after, 1 if "all new" not in what else 1001)
        told = []
        for function in (compare, trips):
            times = []
            for _ in range(RUNS):
                start = time.process_time()
                function(old, new)
                times.append(time.process_time() - start)
            told.append(f"{statistics.median(times) * 1000:7.1f} ms")
        print(f"{what:40} compare {told[0]}   guard {told[1]}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
