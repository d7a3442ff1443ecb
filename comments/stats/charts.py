"""
Charts: compute where the marks of a drawing are.

Nothing here is markup: a template draws the SVG and escapes all text. A drawing is as wide
as a phone, so that its text is readable there.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count

from django.utils.formats import number_format

# In units of the drawing.
WIDTH = 360
# Room for text at the left, right, upper and lower edge of the field.
LEFT, RIGHT, ABOVE, BELOW = 48, 12, 12, 26
FIELD = 150
# The height of a row of bars with its text, and of the bar in it.
ROW, BAR = 40, 14
# Larger values are drawn as this one.
LARGEST = 1e15
# The number of labels that fit beside each other under the field.
WORDS_BELOW = 4


@dataclass(frozen=True)
class Scale:
    """A scale from 0 to `top`, a round number, over `length` units, in `steps` equal steps."""

    top: float
    length: float
    steps: int

    @property
    def ticks(self) -> list[float]:
        return [self.top * step / self.steps for step in range(self.steps + 1)]

    def __call__(self, value: float) -> float:
        """The position of the value, clipped to the scale; 0 for infinity and NaN."""
        if not math.isfinite(value):
            return 0.0
        return round(min(max(value, 0.0), self.top) / self.top * self.length, 2)


def scale(values: Iterable[float], length: float) -> Scale:
    """A scale with room for all finite values; whole numbers get ticks at whole numbers."""
    largest = max((v for v in values if math.isfinite(v)), default=0)
    largest = min(largest, LARGEST)
    power = 10.0 ** math.floor(math.log10(largest)) if largest >= 1e-9 else 1.0
    for factor, steps in [(1, 1), (2, 2), (4, 4), (5, 5), (10, 5)]:
        if largest <= factor * power:
            return Scale(max(factor * power, 1.0), length, steps)
    # Reached only when the logarithm was rounded down.
    return Scale(20 * power, length, 2)


@dataclass(frozen=True)
class Tick:
    """A line across the field, or a position under it, with its label."""

    at: float
    words: str


@dataclass(frozen=True)
class Mark:
    """A value on the drawing, with the text that describes it."""

    x: float
    y: float
    words: str = ""
    width: float = 0
    height: float = 0


@dataclass(frozen=True)
class Series:
    """Marks of one kind; they differ from others by shape and not by colour alone."""

    name: str
    marks: tuple[Mark, ...]
    # The points of each polyline; a missing value ends one.
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plot:
    """A line or column chart, in units of the drawing."""

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
class BarRow:
    """A bar, or a share with its bounds: the text above it, and the positions of its marks."""

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
    """Bars under each other, each with its text above it."""

    title: str
    description: str
    rows: tuple[BarRow, ...]
    width: float = WIDTH
    # Room for text under the last row.
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
    """A line chart: one line for each series (name, values) over `places`; None leaves a gap."""
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
    """A column chart: at each place one column of each series (name, values)."""
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
    """A bar chart; each row is its text, its value, and the value in words."""
    along = scale([value for _, value, _ in rows], WIDTH)
    return Rows(
        title,
        description,
        tuple(
            BarRow(words, said, place * ROW, along(value))
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
    """Shares with confidence intervals; each row is text, share (0 to 1), (low, high), words."""
    # Six units are left free at each end, so that marks there are not cut.
    along = Scale(1.0, WIDTH - 12, 4)
    return Rows(
        title,
        description,
        tuple(
            BarRow(
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
    """The texts cut to `most` characters, with numbers added so that no two are equal."""
    given: dict[str, None] = {}
    for one in words:
        cut, number = _cut(one, most), 1
        while cut in given:
            number += 1
            after = f" ({number})"
            cut = f"{_cut(one, most - len(after))}{after}"
        given[cut] = None
    return list(given)


def _plain(value):
    """The number as people write it, with the decimal point of their language."""
    return number_format(f"{value:g}")


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
        Tick(round(ABOVE + FIELD - along(value), 2), f"{_in_digits(value)}{unit}")
        for value in along.ticks
    )


def _in_digits(value):
    """The number as the active language writes it."""
    return number_format(f"{value:g}")


def _places(places, xs):
    """Labels under some of the places, always including the last."""
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
            x,
            round(ABOVE + FIELD - along(value), 2),
            f"{place}: {_in_digits(value)}{unit}",
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
            f"{place}: {_in_digits(value)}",
            width,
            along(value),
        )
        for x, value, place in zip(xs, values, places, strict=True)
    )
    return Series(name, tuple(marks))
