"""Two snapshots side by side: what differs, by part, by paragraph and by word."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from articles.content.bylines import with_role
from articles.content.html import Paragraph, paragraphs
from articles.content.snapshots import PARTS, Snapshot, differing
from articles.core.text.word_diff import GONE, NEW, SAME, by_word

# Unchanged paragraphs that stand around a changed one.
AROUND = 1
# Further than this it is no comparison that somebody reads, and the page gets heavy.
MOST_ROWS = 400
# How far ahead is looked for what became of a paragraph.
AHEAD = 5
# Two paragraphs of which less than this part of the words is the same are two.
ALIKE = 0.3
# Comparing by word may take a time that grows with the product of both lengths.
LARGEST_PAIR = 4_000_000
ALL_PAIRS = 20_000_000
# However short a pair is: so that no more pairs are compared by word than rows are shown.
SMALLEST_PAIR = ALL_PAIRS // MOST_ROWS

Pieces = list[tuple[str, str]]
Pair = tuple[int | None, int | None]


@dataclass(frozen=True)
class Row:
    """A paragraph as it was and as it is, in pieces; None where it was not there, or is not any more."""

    old: Pieces | None = None
    new: Pieces | None = None
    is_heading: bool = False
    is_same: bool = False
    # This row stands for so many unchanged paragraphs that are not shown.
    skipped: int = 0


@dataclass(frozen=True)
class Part:
    """One part of the article that both say, and not the same."""

    name: str
    rows: list[Row]
    # Rows behind the last one that is shown.
    more: int = 0

    @property
    def reads_the_same(self) -> bool:
        """Whether no word differs: only emphasis does, say, or which person a name means."""
        return not self.more and all(row.is_same or row.skipped for row in self.rows)


@dataclass
class Budget:
    """How much may still be compared by word."""

    left: int = ALL_PAIRS

    def allows(self, old: str, new: str) -> bool:
        cost = max(len(old) * len(new), SMALLEST_PAIR)
        if cost > min(LARGEST_PAIR, self.left):
            return False
        self.left -= cost
        return True


@dataclass(frozen=True)
class Comparison:
    parts: list[Part]
    # Of these one side says nothing: it was made before they were kept.
    unknown: list[str] = field(default_factory=list)


def compared(old: Snapshot, new: Snapshot) -> Comparison:
    """What differs from the old to the new, in the order of the form."""
    unknown = [part for part in PARTS if (part in old) != (part in new)]
    parts = [_part(name, old[name], new[name]) for name in differing(old, new)]
    return Comparison(parts, unknown)


def rows(old: Sequence[Paragraph], new: Sequence[Paragraph]) -> Iterator[Row]:
    """Both texts whole, paragraph beside paragraph."""
    budget = Budget()
    for before, after in _aligned(old, new):
        yield _row(
            None if before is None else old[before],
            None if after is None else new[after],
            budget,
        )


def _part(name, old, new):
    if name in _AS_PARAGRAPHS:
        read = _AS_PARAGRAPHS[name]
        found = list(_shortened(rows(read(old), read(new))))
    else:
        found = [_row(Paragraph("p", old), Paragraph("p", new), Budget())]
    return Part(name, found[:MOST_ROWS], len(found[MOST_ROWS:]))


def _credits(byline):
    return [
        Paragraph("p", with_role(credit["name"], credit.get("role", "by")))
        for credit in byline
    ]


def _lead(lead):
    if lead is None:
        return []
    said = [f"Picture {lead['image']}"]
    said += [f"Alt text: {lead['alt']}"] if lead["alt"] else []
    said += [f"Caption: {lead['caption']}"] if lead["caption"] else []
    return [Paragraph("p", words) for words in said]


def _tags(names):
    return [Paragraph("p", name) for name in names]


_AS_PARAGRAPHS: dict[str, Callable] = {
    "lead_image": _lead,
    "body": paragraphs,
    "byline": _credits,
    "tags": _tags,
}


def _row(old, new, budget):
    heading = (new or old).is_heading
    if old == new:
        pieces = [(SAME, old.text)]
        return Row(pieces, pieces, heading, is_same=True)
    if old is None:
        return Row(None, [(NEW, new.text)], heading)
    if new is None:
        return Row([(GONE, old.text)], None, heading)
    if budget.allows(old.text, new.text):
        pieces = list(by_word(old.text, new.text))
    else:
        pieces = [(GONE, old.text), (NEW, new.text)]
    return Row(_without(NEW, pieces), _without(GONE, pieces), heading)


def _without(kind, pieces):
    """One side of them; a gap between two changes is a part of the change."""
    side = []
    for piece in pieces:
        if piece[0] == kind:
            continue
        if len(side) > 1 and piece[0] == side[-2][0] != SAME and side[-1][1].isspace():
            (_, begun), (_, gap) = side[-2:]
            side[-2:] = [(piece[0], begun + gap + piece[1])]
        else:
            side.append(piece)
    return side


def _shortened(all_rows):
    """The rows, with one in place of many unchanged ones between the changes."""
    groups = [(same, list(run)) for same, run in groupby(all_rows, _is_same)]
    for number, (same, run) in enumerate(groups):
        head = AROUND if number else 0
        tail = AROUND if number + 1 < len(groups) else 0
        if not same or len(run) <= head + tail + 1:
            yield from run
            continue
        yield from run[:head]
        yield Row(skipped=len(run) - head - tail)
        yield from run[len(run) - tail :]


def _is_same(row):
    return row.is_same


def _aligned(old, new) -> Iterator[Pair]:
    """
    Which paragraph stands beside which, both in their order.

    What stands once in either text holds its place, so that the time it takes grows
    with the length alone, however long the texts are.
    """
    start, start_after = 0, 0
    for before, after in [*_anchors(old, new), (len(old), len(new))]:
        yield from _between(old, new, range(start, before), range(start_after, after))
        if before < len(old):
            yield before, after
        start, start_after = before + 1, after + 1


def _anchors(old, new):
    """The longest row of paragraphs that stand once in both texts, in the order of both."""
    once, once_after = Counter(old), Counter(new)
    place = {
        paragraph: number
        for number, paragraph in enumerate(new)
        if once_after[paragraph] == 1
    }
    shared = [
        (number, place[paragraph])
        for number, paragraph in enumerate(old)
        if once[paragraph] == 1 and paragraph in place
    ]
    return _longest_rising(shared)


def _longest_rising(pairs):
    # The piles of patience: each pair lies on the last one of the pile before it.
    tops, ends, below = [], [], {}
    for pair in pairs:
        pile = bisect_left(tops, pair[1])
        tops[pile : pile + 1] = [pair[1]]
        ends[pile : pile + 1] = [pair]
        below[pair] = ends[pile - 1] if pile else None
    rising, pair = [], ends[-1] if ends else None
    while pair is not None:
        rising.append(pair)
        pair = below[pair]
    return rising[::-1]


def _between(old, new, before, after) -> Iterator[Pair]:
    """The paragraphs between two that hold their place."""
    before, after = list(before), list(after)
    head = _equal(old, new, before, after)
    yield from zip(before[:head], after[:head], strict=True)
    before, after = before[head:], after[head:]
    tail = _equal(old, new, before[::-1], after[::-1])
    cut, cut_after = len(before) - tail, len(after) - tail
    yield from _paired(old, new, before[:cut], after[:cut_after])
    yield from zip(before[cut:], after[cut_after:], strict=True)


def _equal(old, new, before, after):
    """How many paragraphs are the same from here on."""
    number = 0
    for one, other in zip(before, after, strict=False):
        if old[one] != new[other]:
            break
        number += 1
    return number


def _paired(old, new, before, after) -> Iterator[Pair]:
    """Changed paragraphs beside what became of them."""
    words = {number: set(new[number].text.split()) for number in after}
    at = 0
    for one in before:
        mine = set(old[one].text.split())
        ahead = after[at : at + AHEAD]
        found = next((n for n in ahead if _are_alike(mine, words[n])), None)
        if found is None:
            yield one, None
            continue
        yield from ((None, number) for number in after[at : after.index(found, at)])
        yield one, found
        at = after.index(found, at) + 1
    yield from ((None, number) for number in after[at:])


def _are_alike(mine, theirs):
    return len(mine & theirs) >= ALIKE * max(len(mine), len(theirs), 1)
