"""
Plots: where on a drawing the marks for some numbers stand.

Nothing here is markup: a template draws what these say, and escapes every word of it. A
drawing is as wide as a phone, so that its words are read there, too.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count

# In units of the drawing.
WIDTH = 360
# Room for the words along the left edge and the right, and above and below the field.
LEFT, RIGHT, ABOVE, BELOW = 48, 12, 12, 26
FIELD = 150
# A row of bars: its words, and the bar under them.
ROW, BAR = 40, 14
# What is more than this is drawn as this.
LARGEST = 1e15
# So many words fit beside each other under the field.
WORDS_BELOW = 4


@dataclass(frozen=True)
class Scale:
    """From 0 to a round number, along so many units."""

    top: float
    length: float
    steps: int

    @property
    def ticks(self) -> list[float]:
        return [self.top * step / self.steps for step in range(self.steps + 1)]

    def __call__(self, value: float) -> float:
        """How far along the value is; what is no number stands at the beginning, and nothing beyond an end."""
        if not math.isfinite(value):
            return 0.0
        return round(min(max(value, 0.0), self.top) / self.top * self.length, 2)


def scale(values: Iterable[float], length: float) -> Scale:
    """One on which all the values have room, with whole numbers at its ticks where they are whole."""
    largest = max((v for v in values if math.isfinite(v)), default=0)
    largest = min(largest, LARGEST)
    power = 10.0 ** math.floor(math.log10(largest)) if largest >= 1e-9 else 1.0
    for factor, steps in [(1, 1), (2, 2), (4, 4), (5, 5), (10, 5)]:
        if largest <= factor * power:
            return Scale(max(factor * power, 1.0), length, steps)
    # As far as the rounding of a logarithm goes.
    return Scale(20 * power, length, 2)


@dataclass(frozen=True)
class Tick:
    """A line across the field, or a place under it, and the words there."""

    at: float
    words: str


@dataclass(frozen=True)
class Mark:
    """A number on the drawing, and what it says of itself."""

    x: float
    y: float
    words: str = ""
    width: float = 0
    height: float = 0


@dataclass(frozen=True)
class Series:
    """Marks of one kind, told from the others by their shape and not by their colour alone."""

    name: str
    marks: tuple[Mark, ...]
    # Points of lines: between two that follow each other, without a gap.
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plot:
    title: str
    description: str
    height: float
    series: tuple[Series, ...]
    ticks: tuple[Tick, ...] = ()
    places: tuple[Tick, ...] = ()
    width: float = WIDTH
    left: float = LEFT
    right: float = WIDTH - RIGHT
    above: float = ABOVE
    bottom: float = ABOVE + FIELD


@dataclass(frozen=True)
class Row:
    """A bar, or the share within its bounds: the words above it, and where its marks stand."""

    words: str
    value: str
    y: float
    width: float
    low: float | None = None
    high: float | None = None

    @property
    def bar(self) -> float:
        return self.y + ROW - BAR - 6

    @property
    def middle(self) -> float:
        return self.bar + BAR / 2

    @property
    def baseline(self) -> float:
        return self.bar - 5


@dataclass(frozen=True)
class Rows:
    """Bars under each other, each with its words above it."""

    title: str
    description: str
    rows: tuple[Row, ...]
    width: float = WIDTH
    # Room for words under the last row.
    below: float = 0

    @property
    def height(self) -> float:
        return max(len(self.rows), 1) * ROW + self.below


def lines(
    title: str,
    description: str,
    places: Sequence[str],
    series: Sequence[tuple[str, Sequence[float | None]]],
    *,
    unit: str = "",
) -> Plot:
    """A line for each series over the same places; None leaves a gap."""
    along = _along(series)
    xs = _middles(len(places))
    return Plot(
        title,
        description,
        ABOVE + FIELD + BELOW,
        tuple(_line(name, values, xs, along, places, unit) for name, values in series),
        _ticks(along, unit),
        _places(places, xs),
    )


def columns(
    title: str,
    description: str,
    places: Sequence[str],
    series: Sequence[tuple[str, Sequence[float]]],
) -> Plot:
    """Columns beside each other at each place, one of each series."""
    along = _along(series)
    xs = _middles(len(places))
    room = (WIDTH - LEFT - RIGHT) / max(len(places), 1)
    width = round(room * 0.8 / max(len(series), 1), 2)
    return Plot(
        title,
        description,
        ABOVE + FIELD + BELOW,
        tuple(
            _column(name, values, xs, along, places, width, room * 0.4 - width * place)
            for place, (name, values) in enumerate(series)
        ),
        _ticks(along, ""),
        _places(places, xs),
    )


def bars(title: str, description: str, rows: Sequence[tuple[str, float, str]]) -> Rows:
    """A bar for each row: its words, its number, and that number in words."""
    along = scale([value for _, value, _ in rows], WIDTH)
    return Rows(
        title,
        description,
        tuple(
            Row(words, said, place * ROW, along(value))
            for (_, value, said), words, place in zip(
                rows, distinct(words for words, *_ in rows), count(), strict=False
            )
        ),
    )


def shares(
    title: str,
    description: str,
    rows: Sequence[tuple[str, float, tuple[float, float], str]],
) -> Rows:
    """For each row a share of 1 and the bounds within which the true one lies."""
    # So that a mark at either end is whole.
    along = Scale(1.0, WIDTH - 12, 4)
    return Rows(
        title,
        description,
        tuple(
            Row(
                words,
                said,
                place * ROW,
                6 + along(share),
                6 + along(low),
                6 + along(high),
            )
            for (_, share, (low, high), said), words, place in zip(
                rows, distinct(words for words, *_ in rows), count(), strict=False
            )
        ),
        below=BELOW,
    )


def distinct(words: Iterable[str], most: int = 38) -> list[str]:
    """The words cut to what has room above a bar, and no two of them the same."""
    given: dict[str, None] = {}
    for one in words:
        cut, number = _cut(one, most), 1
        while cut in given:
            number += 1
            after = f" ({number})"
            cut = f"{_cut(one, most - len(after))}{after}"
        given[cut] = None
    return list(given)


def _cut(words, most):
    words = " ".join(words.split())
    return words if len(words) <= most else f"{words[: most - 1]}…"


def _along(series):
    return scale(
        [value for _, values in series for value in values if value is not None], FIELD
    )


def _middles(number):
    room = (WIDTH - LEFT - RIGHT) / max(number, 1)
    return [round(LEFT + room * (place + 0.5), 2) for place in range(number)]


def _ticks(along, unit):
    return tuple(
        Tick(round(ABOVE + FIELD - along(value), 2), f"{value:g}{unit}")
        for value in along.ticks
    )


def _places(places, xs):
    """Words under some of the places, the last always among them."""
    every = max(math.ceil(len(places) / WORDS_BELOW), 1)
    chosen = [
        Tick(x, words)
        for back, (x, words) in enumerate(reversed(list(zip(xs, places, strict=True))))
        if back % every == 0
    ]
    return tuple(reversed(chosen))


def _line(name, values, xs, along, places, unit):
    marks, parts = [], [[]]
    for x, value, place in zip(xs, values, places, strict=True):
        if value is None:
            parts.append([])
            continue
        mark = Mark(
            x, round(ABOVE + FIELD - along(value), 2), f"{place}: {value:g}{unit}"
        )
        marks.append(mark)
        parts[-1].append(f"{mark.x},{mark.y}")
    joined = tuple(" ".join(points) for points in parts if len(points) > 1)
    return Series(name, tuple(marks), joined)


def _column(name, values, xs, along, places, width, before):
    marks = (
        Mark(
            round(x - before, 2),
            round(ABOVE + FIELD - along(value), 2),
            f"{place}: {value:g}",
            width,
            along(value),
        )
        for x, value, place in zip(xs, values, places, strict=True)
    )
    return Series(name, tuple(marks))
