"""Two texts word by word: which stretches both have, and what turns one into the other."""

import difflib
import re
from bisect import bisect_left
from collections import Counter

SAME, ADDED, REMOVED = "same", "added", "removed"
SHORT = 200 * 200  # pairs of words: above it difflib takes too long


def counted_words(text):
    """Return the words of a text as {(word, the how many-th)}: a set is quick to compare."""
    found, seen = set(), Counter()
    for word in bare(text):
        seen[word] += 1
        found.add((word, seen[word]))
    return found


def alike(one, counted, other, other_counted, share):
    """Tell whether two lines, given with their counted words, have that share of them in common, in the same order."""
    enough = share * (len(counted) + len(other_counted)) / 2
    if min(len(counted), len(other_counted)) < enough or len(counted & other_counted) < enough:
        return False
    return sum(size for _a, _c, size in matches(bare(one), bare(other))) >= enough


def tokens(text):
    """Return the words of a text, each with the space after it, punctuation apart."""
    return re.findall(r"\w+(?:[’'.,:-]\w+)*\s*|[^\w\s]\s*|\s+", text)


def bare(text):
    return [token.rstrip() for token in tokens(text)]


def word_diff(old, new):
    """Return [(SAME | ADDED | REMOVED, text)] that turns one text into the other."""
    before, after = tokens(old), tokens(new)
    parts, a, c = [], 0, 0
    shared = matches([t.rstrip() for t in before], [t.rstrip() for t in after])
    for b, d, size in [*whole_markers(shared, before, after), (len(before), len(after), 0)]:
        parts += [(REMOVED, "".join(before[a:b]))] if a < b else []
        parts += [(ADDED, "".join(after[c:d]))] if c < d else []
        a, c = b + size, d + size
        if size:
            # The longer of the two: a word keeps its space also where the one after it was removed.
            parts.append((SAME, "".join(max(pair, key=len) for pair in zip(before[b:a], after[d:c], strict=True))))
    return parts


def whole_markers(shared, old, new):
    """Return the stretches that two lists of tokens share, such that a marker which came or went is one, from [ to ].

    Of “[A] [B]” and “[B]” difflib may as well find that “A] [” went.
    """
    found = shared[:1]
    for b, d, size in shared[1:]:
        a, c, before = found[-1]
        shift = 0
        if a + before == b:
            shift = to_bracket(new, c + before, d, before)
        elif c + before == d:
            shift = to_bracket(old, a + before, b, before)
        found[-1] = a, c, before - shift
        found.append((b - shift, d - shift, size + shift))
    return found


def to_bracket(tokens, start, end, most):
    """Return by how many tokens, at most `most`, a stretch can be shifted to the left to begin with [; else 0."""
    for shift in range(most + 1):
        if tokens[start - shift].startswith("["):
            return shift
        if shift == most or tokens[start - shift - 1].rstrip() != tokens[end - shift - 1].rstrip():
            return 0
    return 0


def matches(old, new):
    """Return [(start in old, start in new, size)] of the stretches that two lists of words share, in order.

    As difflib finds them. In long lists only between anchors, words that both have once; without any they share
    nothing there: difflib would take seconds over some thousand words.
    """
    found, todo = [], [(0, len(old), 0, len(new))]
    while todo:
        a, b, c, d = todo.pop()
        start = a, c
        while a < b and c < d and old[a] == new[c]:
            a, c = a + 1, c + 1
        end = b, d
        while a < b and c < d and old[b - 1] == new[d - 1]:
            b, d = b - 1, d - 1
        found += [(*start, a - start[0]), (b, d, end[0] - b)]
        if (b - a) * (d - c) <= SHORT:
            matcher = difflib.SequenceMatcher(None, old[a:b], new[c:d], autojunk=False)
            found += [(a + i, c + j, size) for i, j, size in matcher.get_matching_blocks()]
        elif pairs := anchors(old[a:b], new[c:d]):
            starts = [(a, c), *((a + i, c + j) for i, j in pairs)]
            todo += [(i, k, j, m) for (i, j), (k, m) in zip(starts, [*starts[1:], (b, d)], strict=True)]
    return joined(sorted(block for block in found if block[2]))


def anchors(old, new):
    """Return the longest run of pairs of positions, rising in both, of words that each list has just once."""
    here, there = Counter(old), Counter(new)
    place = {word: j for j, word in enumerate(new) if there[word] == 1 and here[word] == 1}
    ends, chains = [], []  # the lowest last position of a run of each length, and how it is reached
    for i, word in enumerate(old):
        if (j := place.get(word)) is None:
            continue
        length = bisect_left(ends, j)
        chain = (i, j, chains[length - 1] if length else None)
        ends[length : length + 1], chains[length : length + 1] = [j], [chain]
    pairs, chain = [], chains[-1] if chains else None
    while chain:
        i, j, chain = chain
        pairs.append((i, j))
    return pairs[::-1]


def joined(blocks):
    """Join blocks of (start, start, size) that follow each other without a gap."""
    found = []
    for a, c, size in blocks:
        if found and (found[-1][0] + found[-1][2], found[-1][1] + found[-1][2]) == (a, c):
            found[-1] = (*found[-1][:2], found[-1][2] + size)
        else:
            found.append((a, c, size))
    return found
