"""What a hit shows: its headline and a passage, with what was searched for marked, as it was written."""

from stories.publishing.search_rows import texts
from stories.publishing.words import words

AROUND = 90  # signs before the first hit of a passage
LENGTH = 260  # signs of a passage
READ = 100_000  # signs that are looked through for one


def marked(text, terms):
    """Return `text` as [(part, is it a hit)]."""
    parts, at = [], 0
    for start, end in spans(text, terms):
        parts += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [part for part in [*parts, (text[at:], False)] if part[0]]


def spans(text, terms):
    """Return [(start, end)] of what `terms` find in a text, in order, none within another."""
    return [(start, end) for start, end, _term in hits(text, terms)]


def hits(text, terms):
    """Return [(start, end, term)] of what `terms` find in a text, in order; what touches is one."""
    found = words(text)
    folded = [word for word, _start, _end in found]
    firsts = {}
    for term in terms:
        firsts.setdefault(term.words[0] if len(term.words) > 1 or not term.begins else "", []).append(term)
    standing, until = [], 0
    for at, word in enumerate(folded):
        for term in (*firsts.get(word, ()), *firsts.get("", ())):
            if term.finds(folded, at):
                start, end = found[at][1], found[at + len(term.words) - 1][2]
                if standing and start < until:
                    first, _end, known = standing.pop()
                    start, end, term = first, max(end, until), known
                standing.append((start, end, term))
                until = end
                break
    return standing


def passage(version, terms):
    """Return the passage of a version that has most of `terms` as [(part, is it a hit)]; empty if none has any."""
    said = texts(version)
    best, most, read = None, 0, 0
    for line in [*said["lead"], *said["body"]]:
        standing = hits(line, terms)
        first, has = densest(standing)
        if has > most:
            best, most = (line, standing[first][0]), has
        read += len(line)
        if most == len(terms) or read > READ:
            break
    return cut(*best, terms) if best else []


def densest(standing):
    """Return (index of the first hit, number of terms) of the passage that has most of them."""
    best = (0, 0)
    for index, (start, _end, _term) in enumerate(standing):
        has = len({term for first, _end, term in standing[index : index + 20] if first < start + LENGTH - AROUND})
        if has > best[1]:
            best = (index, has)
    return best


def cut(line, start, terms):
    """Return the part of a line around `start`, at the ends of words, marked."""
    first = max(0, start - AROUND)
    if first:
        space = line.find(" ", first, start)
        first = space + 1 if space >= 0 else first
    last = min(len(line), first + LENGTH)
    if last < len(line):
        space = line.rfind(" ", start + 1, last)
        last = space if space > start + LENGTH // 3 else last
    before, after = "… " if first else "", " …" if last < len(line) else ""
    parts = marked(line[first:last].rstrip(), terms)
    return [(before, False)] * bool(before) + parts + [(after, False)] * bool(after)
