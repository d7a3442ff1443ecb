"""
The three-way merge of article HTML by block: paragraphs, headings, figures, lists, tables.

A block that only one side changed is taken from that side. Blocks that both sides inserted at one
place are both kept. Only a block that both changed, each in their own way, is in conflict.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from hashlib import sha256
from html import unescape

from django.utils.html import strip_tags

_TAG = re.compile(r'<(/?)(\w+)(?:[^">]|"[^"]*")*>')
_HEADING_ID = re.compile(r'<(h[23]) id="[^"]*">')
# Elements that are blocks when they stand at the top level. Anything else there is text.
_BLOCKS = {
    "p",
    "h2",
    "h3",
    "hr",
    "blockquote",
    "pre",
    "ul",
    "ol",
    "dl",
    "figure",
    "table",
}
_VOID = {"br", "hr", "img"}

# Where more blocks than this differ, they are compared as one. The time of a comparison grows
# with the square of their number.
MOST_BLOCKS = 2_000

MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class BlockConflict:
    """A block that two people changed in different ways. Empty: one of them deleted it."""

    mine: str
    theirs: str

    @property
    def key(self) -> str:
        """Names the conflict by its texts, so that it is found again in a form."""
        return sha256(f"{self.mine}\0{self.theirs}".encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Merge:
    """The merged HTML, with mine where there is a conflict, and the conflicts in order."""

    html: str
    conflicts: list[BlockConflict]


@dataclass
class _Changes:
    """What one side made of the base: a text for each changed block, and what it inserted."""

    # By the index of the base's block; None for a block that was deleted.
    blocks: dict[int, str | None] = field(default_factory=dict)
    # By the index of the base's block before which the new ones stand.
    inserted: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))


def merge_blocks(
    base: str, mine: str, theirs: str, *, choices: dict[str, str] | None = None
) -> Merge:
    """
    Merge two versions of cleaned HTML that both began from `base`.

    `choices` maps the keys of conflicts to MINE or THEIRS; what is chosen is no conflict.
    """
    before = blocks_of(base)
    ours, others = (
        _changes(before, blocks_of(mine)),
        _changes(before, blocks_of(theirs)),
    )
    merged: list[str] = []
    conflicts: list[BlockConflict] = []
    for index in range(len(before) + 1):
        merged += _both(others.inserted[index], ours.inserted[index])
        if index == len(before):
            break
        chosen, conflict = _chosen(
            before[index],
            ours.blocks.get(index, before[index]),
            others.blocks.get(index, before[index]),
            choices or {},
        )
        merged += [chosen] if chosen else []
        conflicts += [conflict] if conflict else []
    return Merge("".join(merged), conflicts)


def blocks_of(html: str) -> list[str]:
    """Cleaned HTML as its top-level blocks; text between two blocks is a block as well."""
    blocks: list[str] = []
    depth = start = 0
    for tag in _TAG.finditer(html):
        closing, name = tag[1], tag[2]
        if depth == 0 and not closing and name in _BLOCKS:
            blocks.append(html[start : tag.start()])
            start = tag.start()
        if name not in _VOID:
            depth = max(0, depth + (-1 if closing else 1))
        if depth == 0 and name in _BLOCKS:
            blocks.append(html[start : tag.end()])
            start = tag.end()
    blocks.append(html[start:])
    return [block.strip() for block in blocks if block.strip()]


def changed_places(one: str, other: str) -> int:
    """The number of places in which two versions of cleaned HTML have different blocks."""
    return len([*_regions(blocks_of(one), blocks_of(other))])


def _chosen(
    before: str, mine: str | None, theirs: str | None, choices: dict[str, str]
) -> tuple[str | None, BlockConflict | None]:
    """The text of one block, or None, and the conflict if there is one."""
    same = _same(before)
    if _same(mine) == _same(theirs) or _same(theirs) == same:
        return mine, None
    if _same(mine) == same:
        return theirs, None
    conflict = BlockConflict(mine or "", theirs or "")
    choice = choices.get(conflict.key)
    if choice == THEIRS:
        return theirs, None
    return mine, None if choice == MINE else conflict


def _both(theirs, mine):
    """What both sides inserted at one place: what is equal only once."""
    known = [_same(block) for block in theirs]
    new = []
    for block in mine:
        if _same(block) in known:
            known.remove(_same(block))
        else:
            new.append(block)
    return [*theirs, *new]


def _same(block):
    """Equal for blocks that are the same: the ids of headings depend on other headings."""
    return block and _HEADING_ID.sub(r"<\1>", block)


def _changes(before: Sequence[str], after: Sequence[str]) -> _Changes:
    changes = _Changes()
    for start, end, start_after, end_after in _regions(before, after):
        pairs = _paired(before[start:end], after[start_after:end_after])
        place = start
        for old, new in pairs:
            if old is None:
                changes.inserted[place].append(after[start_after + new])
                continue
            changes.blocks[start + old] = (
                None if new is None else after[start_after + new]
            )
            place = start + old + 1
    return changes


def _regions(before, after):
    """Yield where the texts differ, as the ends of a range of each."""
    one, other = [*map(_same, before)], [*map(_same, after)]
    head = _equal(zip(one, other, strict=False))
    rest = min(len(one), len(other)) - head
    tail = _equal(zip(one[::-1][:rest], other[::-1][:rest], strict=True))
    one, other = one[head : len(one) - tail], other[head : len(other) - tail]
    if max(len(one), len(other)) > MOST_BLOCKS:
        yield head, head + len(one), head, head + len(other)
        return
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    for step, start, end, start_after, end_after in matcher.get_opcodes():
        if step != "equal":
            yield start + head, end + head, start_after + head, end_after + head


def _equal(pairs: Iterable[tuple[str, str]]) -> int:
    number = 0
    for one, other in pairs:
        if one != other:
            break
        number += 1
    return number


def _paired(
    old: Sequence[str], new: Sequence[str]
) -> list[tuple[int | None, int | None]]:
    """
    Pairs of indexes of old blocks and what became of them, in the order of both.

    Blocks are paired in order when there are as many, and else by the words that they share.
    """
    if len(old) == len(new):
        return [(index, index) for index in range(len(old))]
    if len(old) * len(new) > MOST_BLOCKS * 50:
        found = {index: index for index in range(min(len(old), len(new)))}
    else:
        found = _alike([*map(_words, old)], [*map(_words, new)])
    pairs: list[tuple[int | None, int | None]] = []
    at = 0
    for index in range(len(old)):
        if index not in found:
            pairs.append((index, None))
            continue
        pairs += [(None, number) for number in range(at, found[index])]
        pairs.append((index, found[index]))
        at = found[index] + 1
    return [*pairs, *((None, number) for number in range(at, len(new)))]


def _alike(old: Sequence[set[str]], new: Sequence[set[str]]) -> dict[int, int]:
    """The pairs that share the most words, without crossing each other."""
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            paired = best[i + 1][j + 1] + _likeness(old[i], new[j])
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    pairs, i, j = {}, 0, 0
    while i < len(old) and j < len(new):
        likeness = _likeness(old[i], new[j])
        if likeness and best[i][j] == best[i + 1][j + 1] + likeness:
            pairs[i] = j
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _likeness(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(len(one), len(other), 1)


def _words(block: str) -> set[str]:
    # A figure has hardly a word: its picture tells which one it is.
    pictures = re.findall(r'(?:src|data-file)="[^"]*"', block)
    return {*unescape(strip_tags(block)).split(), *pictures}
