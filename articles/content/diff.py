"""The diff of two snapshots, side by side: by part, by paragraph and by word."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from django.utils.translation import gettext as _

from articles.content.bylines import with_role
from articles.content.html import Paragraph, paragraphs
from articles.content.snapshots import PARTS, Snapshot, differing_parts
from articles.core.text.word_diff import GONE, NEW, SAME, by_word

# The unchanged paragraphs that are shown before and after a changed one.
PARAGRAPHS_AROUND = 1
# Rows shown per part. Nobody reads a longer diff, and the page would get heavy.
MOST_DIFF_ROWS = 400
# The number of new paragraphs that are searched for the changed version of an old one.
AHEAD = 5
# Two paragraphs that share less than this part of their words are unrelated.
RELATED_FROM = 0.3
# In characters of one text times characters of the other: the time that a word diff may
# take grows with this product. The first limits one pair, the second a whole diff.
LARGEST_PAIR = 4_000_000
ALL_PAIRS = 20_000_000
# The least that a pair costs, so that no more pairs are compared than rows are shown.
SMALLEST_PAIR = ALL_PAIRS // MOST_DIFF_ROWS

Pieces = list[tuple[str, str]]
Pair = tuple[int | None, int | None]


@dataclass(frozen=True)
class DiffRow:
    """A paragraph before and after the change, in pieces; None where it does not exist."""

    old: Pieces | None = None
    new: Pieces | None = None
    is_heading: bool = False
    is_same: bool = False
    # The number of unchanged paragraphs that this row replaces; it shows nothing else.
    skipped: int = 0


@dataclass(frozen=True)
class PartDiff:
    """One part of the article that differs between the snapshots."""

    name: str
    rows: list[DiffRow]
    # The number of rows after the last one that is shown.
    more: int = 0

    @property
    def reads_the_same(self) -> bool:
        """Whether no word differs, but emphasis, say, or the person that a name refers to."""
        return not self.more and all(row.is_same or row.skipped for row in self.rows)


@dataclass
class Budget:
    """The rest of ALL_PAIRS that may still be spent on word diffs."""

    left: int = ALL_PAIRS

    def allows(self, old: str, new: str) -> bool:
        cost = max(len(old) * len(new), SMALLEST_PAIR)
        if cost > min(LARGEST_PAIR, self.left):
            return False
        self.left -= cost
        return True


@dataclass(frozen=True)
class Comparison:
    parts: list[PartDiff]
    # Parts that only one snapshot has: the other is older than the part.
    unknown: list[str] = field(default_factory=list)


def compare_snapshots(old: Snapshot, new: Snapshot) -> Comparison:
    """The diff from the old snapshot to the new one, in the order of the form."""
    unknown = [part for part in PARTS if (part in old) != (part in new)]
    parts = [_part(name, old[name], new[name]) for name in differing_parts(old, new)]
    return Comparison(parts, unknown)


def rows(old: Sequence[Paragraph], new: Sequence[Paragraph]) -> Iterator[DiffRow]:
    """Yield the whole of both texts, paragraph beside paragraph."""
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
    return PartDiff(name, found[:MOST_DIFF_ROWS], len(found[MOST_DIFF_ROWS:]))


def _credits(byline):
    return [
        Paragraph("p", with_role(credit["name"], credit.get("role", "by")))
        for credit in byline
    ]


def _lead(lead):
    if lead is None:
        return []
    said = [_("Picture %(number)s") % {"number": lead["image"]}]
    said += [_("Alt text: %(text)s") % {"text": lead["alt"]}] if lead["alt"] else []
    said += (
        [_("Caption: %(text)s") % {"text": lead["caption"]}] if lead["caption"] else []
    )
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
        return DiffRow(pieces, pieces, heading, is_same=True)
    if old is None:
        return DiffRow(None, [(NEW, new.text)], heading)
    if new is None:
        return DiffRow([(GONE, old.text)], None, heading)
    if budget.allows(old.text, new.text):
        pieces = list(by_word(old.text, new.text))
    else:
        pieces = [(GONE, old.text), (NEW, new.text)]
    return DiffRow(_without(NEW, pieces), _without(GONE, pieces), heading)


def _without(kind, pieces):
    """The pieces of one side. White space between two changes joins them into one."""
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
    """Yield the rows, with runs of unchanged rows between the changes replaced by one."""
    groups = [(same, list(run)) for same, run in groupby(all_rows, _is_same)]
    for number, (same, run) in enumerate(groups):
        head = PARAGRAPHS_AROUND if number else 0
        tail = PARAGRAPHS_AROUND if number + 1 < len(groups) else 0
        if not same or len(run) <= head + tail + 1:
            yield from run
            continue
        yield from run[:head]
        yield DiffRow(skipped=len(run) - head - tail)
        yield from run[len(run) - tail :]


def _is_same(row):
    return row.is_same


def _aligned(old: Sequence[Paragraph], new: Sequence[Paragraph]) -> Iterator[Pair]:
    """
    Yield pairs of indexes of paragraphs that belong side by side, in the order of both texts.

    Paragraphs that occur exactly once in each text are anchors. Thanks to them the time
    grows only with the length of the texts.
    """
    start, start_after = 0, 0
    for before, after in [*_anchors(old, new), (len(old), len(new))]:
        yield from _between(old, new, range(start, before), range(start_after, after))
        if before < len(old):
            yield before, after
        start, start_after = before + 1, after + 1


def _anchors(old, new):
    """The longest sequence of paragraphs unique in both texts that keeps the order of both."""
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
    # Patience sorting: each pair points to the top of the pile to its left.
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


def _between(
    old: Sequence[Paragraph],
    new: Sequence[Paragraph],
    places: Iterable[int],
    places_after: Iterable[int],
) -> Iterator[Pair]:
    """Yield the pairs between two anchors."""
    before, after = list(places), list(places_after)
    head = _equal(old, new, before, after)
    yield from zip(before[:head], after[:head], strict=True)
    before, after = before[head:], after[head:]
    tail = _equal(old, new, before[::-1], after[::-1])
    cut, cut_after = len(before) - tail, len(after) - tail
    yield from _paired(old, new, before[:cut], after[:cut_after])
    yield from zip(before[cut:], after[cut_after:], strict=True)


def _equal(old, new, before, after):
    """The number of equal paragraphs at the beginning of both lists of indexes."""
    number = 0
    for one, other in zip(before, after, strict=False):
        if old[one] != new[other]:
            break
        number += 1
    return number


def _paired(
    old: Sequence[Paragraph],
    new: Sequence[Paragraph],
    before: list[int],
    after: list[int],
) -> Iterator[Pair]:
    """Yield changed paragraphs beside their new versions."""
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
    return len(mine & theirs) >= RELATED_FROM * max(len(mine), len(theirs), 1)
