"""What of one document became what of another: line by line, whatever blocks the text is cut into.

Readers do not see where one block of text ends and the next begins. So the lines of all that changed are aligned as one
text; only a block of text that is equal in both documents, and every other kind of block, is taken as a whole.
"""

import itertools
from bisect import bisect_left
from dataclasses import dataclass
from typing import NamedTuple

from stories.publishing.document import canonical
from stories.publishing.lines import Said
from stories.publishing.matching import alike, counted_words, matches

# Of their words, first the one, then the other: below it two paragraphs are shown as one removed and one added.
ALIKE = (0.7, 0.4)
REACH = 20  # lines in which one that is alike is looked for


class Atom(NamedTuple):
    """What is aligned: a line, or a block as a whole, then without `said`.

    `at` is its number, `block` that of its block, `home` that of the new block in whose place its own one is, or None.
    """

    key: object
    said: Said | None = None
    at: int = 0
    block: int = 0
    home: int | None = 0


@dataclass(eq=False)
class Aligned:
    """What became of one block: `was` and `now` are blocks or None, `pairs` [(line or None, line or None)].

    `restyled` tells that something differs, be it only what no line tells.
    """

    was: dict | None
    now: dict | None
    pairs: list
    moved: bool = False
    restyled: bool = False


def aligned_lines(old, new):
    """Return [(line of `old` or None, line of `new` or None)] in order: equal lines, then those that are alike."""
    pairs = aligned([Atom(line.words, line) for line in old], [Atom(line.words, line) for line in new])
    return [(was and was.said, now and now.said) for was, now in pairs]


def aligned(old, new):
    """Return [(Atom of `old` or None, Atom of `new` or None)] in order."""
    pairs, a, c = [], 0, 0
    for b, d, size in [*matches([atom.key for atom in old], [atom.key for atom in new]), (len(old), len(new), 0)]:
        pairs += likened(counted(old[a:b]), counted(new[c:d]))
        pairs += zip(old[b : b + size], new[d : d + size], strict=True)
        a, c = b + size, d + size
    return pairs


def counted(atoms):
    """Return [(atom, its words counted)]; None for a block as a whole."""
    return [(atom, counted_words(atom.said.words) if atom.said else None) for atom in atoms]


def likened(old, new, levels=ALIKE):
    """Return the pairs of a stretch of counted atoms of which no two are equal: those that are alike, most alike first.

    The others stand alone, removed before added.
    """
    if not (old and new and levels):
        return [(atom, None) for atom, _count in old] + [(None, atom) for atom, _count in new]
    pairs, waiting = [], []
    for row in old:
        if (at := partner(row, new, levels[0])) is None:
            waiting.append(row)
            continue
        pairs += [*likened(waiting, new[:at], levels[1:]), (row[0], new[at][0])]
        waiting, new = [], new[at + 1 :]
    return pairs + likened(waiting, new, levels[1:])


def partner(row, rest, enough):
    """Return where in `rest` a line alike stands, first in the block with the same id; None if there is none."""
    atom, count = row
    if count is None:
        return None
    own = next((i for i, (other, _count) in enumerate(rest) if other.block == atom.home), 0)
    for i in dict.fromkeys([*range(own, own + REACH), *range(REACH)]):
        if i < len(rest) and rest[i][1] is not None:
            other, words = rest[i]
            if alike(atom.said.words, count, other.said.words, words, enough):
                return i
    return None


def aligned_blocks(old, new, read):
    """Return [Aligned] of two lists of blocks, in the order of the new one, what was removed where it stood.

    `read(block)` returns its lines. Of a block that is equal in both, `pairs` is empty.
    """
    whole = partners(old, new, read)
    before, after = atoms(old, new, whole, read)
    pairs, moved = aligned_atoms(before, after)
    went = targets(pairs, before)
    ends = {atom.block: went[atom.at] for atom in before if atom.said}
    found = [Aligned(None, block, [], j in moved) for j, block in enumerate(new)]
    gone = {
        i: Aligned(old[i], None, []) for i in left(old, whole) if old[i]["type"] != "text" or ends.get(i, 0) is None
    }
    for i, j in whole.items():
        found[j].was = old[i]
    for was, now in pairs:
        if (now or was).said:
            block = now.block if now else went[was.at]
            row = gone[was.block] if block is None else found[block]
            row.pairs.append((was and was.said, now and now.said))
    compare_whole([*found, *gone.values()], read)
    restyle(found, before, after)
    return in_order(old, found, gone, whole | {i: j for i, j in ends.items() if j is not None})


def aligned_atoms(before, after):
    """Return what aligned() does, blocks of text that were moved and edited with their own; and {moved new block}."""
    pairs = aligned(before, after)
    own = strays(pairs)
    moved = moved_blocks(pairs, own)
    gone, come = ({pair[side].at for pair in own if pair[side]} for side in (0, 1))
    rest = [(was, now) for was, now in pairs if not ((was and was.at in gone) or (now and now.at in come))]
    return rest + own, moved


def compare_whole(rows, read):
    """Align the lines within each block that is compared as a whole; but not of one that is equal."""
    for row in rows:
        if row.was and row.now and {**row.was, "id": ""} != {**row.now, "id": ""}:
            row.pairs, row.restyled = aligned_lines(read(row.was), read(row.now)), True
        elif not (row.was and row.now) and (row.was or row.now)["type"] != "text":
            row.pairs = aligned_lines(read(row.was) if row.was else [], read(row.now) if row.now else [])


def restyle(found, before, after):
    """Mark the blocks of text that kept their id and say the same, although they are not equal."""
    sides = [{}, {}]
    for lines, atoms_of_side in zip(sides, (before, after), strict=True):
        for atom in atoms_of_side:
            if atom.said and atom.home is not None:
                lines.setdefault(atom.home, []).append(atom.said)
    for j, lines in sides[0].items():
        found[j].restyled = lines == sides[1].get(j)


def in_order(old, found, gone, ends):
    """Return `found`, [Aligned] of the new blocks, and those of `gone`, each after what the old block before it became.

    `gone` is {number of an old block: Aligned}, `ends` {number of an old block: number of the new one it ends in}.
    """
    order, previous = list(found), None
    for i in range(len(old)):
        if i in gone:
            order.insert(order.index(previous) + 1 if previous else 0, gone[i])
        previous = gone.get(i) or (found[ends[i]] if i in ends else previous)
    return order


def partners(old, new, read):
    """Return {number of an old block: number of the new one that it is as a whole}.

    By id; else of those that are equal; else, of another kind than text, of those that are alike. A block of text that
    changed is none: its lines are aligned.
    """
    named = {(block["type"], block["id"]): j for j, block in enumerate(new)}
    by_id = ((i, named.get((block["type"], block["id"]))) for i, block in enumerate(old))
    whole = {i: j for i, j in by_id if j is not None and (old[i]["type"] != "text" or old[i] == new[j])}
    equal = {}
    for j in left(new, whole.values()):
        equal.setdefault(content(new[j]), []).append(j)
    for i in left(old, whole):
        if same := equal.get(content(old[i])):
            whole[i] = same.pop(0)
    kinds = {old[i]["type"] for i in left(old, whole)} - {"text"}
    for kind in sorted(kinds):
        sides = [
            [Atom(n, Said("", " ".join(line.words for line in read(blocks[n])))) for n in left(blocks, taken, kind)]
            for blocks, taken in ((old, whole), (new, set(whole.values())))
        ]
        whole |= {was.key: now.key for was, now in likened(*map(counted, sides)) if was and now}
    return {i: j for i, j in whole.items() if old[i].get("html") != ""}  # where no text stands nobody sees it go


def left(blocks, taken, kind=None):
    taken = set(taken)
    return [n for n, block in enumerate(blocks) if n not in taken and kind in (None, block["type"])]


def content(block):
    return canonical({**block, "id": ""})


def atoms(old, new, whole, read):
    """Return the Atoms of both sides: `whole` blocks, and the lines of the other blocks of text."""
    taken = set(whole.values())
    homes = {block["id"]: j for j, block in enumerate(new) if block["type"] == "text" and j not in taken}
    sides = []
    for blocks, known in ((old, whole), (new, {j: j for j in taken})):
        found = []
        for n, block in enumerate(blocks):
            if n in known:
                found.append(Atom(("whole", known[n]), None, len(found), n, known[n]))
            elif block["type"] == "text":
                home = homes.get(block["id"])
                found += [Atom(line.words, line, at, n, home) for at, line in enumerate(read(block), len(found))]
        sides.append(found)
    return sides


def strays(pairs):
    """Return the pairs of the blocks of text that kept their id, and went where their lines were not found again."""
    met = [{pair[side].block for pair in pairs if all(pair)} for side in (0, 1)]
    gone, come = {}, {}
    for was, now in pairs:
        if was and was.said and was.home is not None and was.block not in met[0] and was.home not in met[1]:
            gone.setdefault(was.home, []).append(was)
        if now and now.said and now.block not in met[1]:
            come.setdefault(now.block, []).append(now)
    own = [aligned(gone[j], come[j]) for j in gone if j in come]
    return [pair for block in own if any(map(all, block)) for pair in block]


def moved_blocks(pairs, own):
    """Return the numbers of the new blocks that stand in another order than what else is the same: few."""
    order = [(was.at, now.at) for was, now in pairs if was and now]  # rising in both
    here = {was.key: was.at for was, now in pairs if was and not was.said and not now}
    apart = {now.block: (here[now.key], now.at) for was, now in pairs if now and not now.said and not was}
    for was, now in own:
        if was and now:
            apart.setdefault(now.block, (was.at, now.at))
    moved = set()
    for block, (i, j) in sorted(apart.items(), key=lambda item: item[1]):
        at = bisect_left(order, (i, j))
        if (at and order[at - 1][1] > j) or (at < len(order) and order[at][1] < j):
            moved.add(block)
        else:
            order.insert(at, (i, j))
    return moved


def targets(pairs, before):
    """Return {`at` of an old line: number of the new block it is told in, or None: in its own, as removed}.

    A line that was found again is told there, another one beside the line before it in its block.
    """
    met = {was.at: now.block for was, now in pairs if was and now}
    found = {}
    for _block, lines in itertools.groupby((atom for atom in before if atom.said), key=lambda atom: atom.block):
        lines = list(lines)
        target = next((met[line.at] for line in lines if line.at in met), lines[0].home)
        for line in lines:
            target = found[line.at] = met.get(line.at, target)
    return found
