"""Every mark of a chart stays in its box, whatever the numbers are."""

import math

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from comments.stats.charts import WIDTH, bars, columns, distinct, lines, scale, shares

anything = st.floats() | st.integers(-(10**12), 10**12)
places = st.integers(1, 30).map(lambda number: [f"Place {n}" for n in range(number)])


@given(st.lists(anything), st.floats(1, 1000), anything)
def test_a_scale_never_leaves_its_length(values, length, value):
    along = scale(values, length)
    assert 0 <= along(value) <= length + 0.01
    assert along.ticks == sorted(set(along.ticks))
    assert len({f"{tick:g}" for tick in along.ticks}) == len(along.ticks)
    assert all(math.isfinite(tick) for tick in along.ticks)


@given(st.lists(st.integers(0, 10**9), min_size=1))
def test_a_scale_has_room_for_every_value_and_not_much_more(values):
    top = scale(values, 100).top
    assert max(values) <= top
    assert top <= max(2.5 * max(values), 1)


@given(st.lists(st.floats(0, 1e12), min_size=2, max_size=2))
def test_what_is_more_is_never_shown_as_less(pair):
    along = scale(pair, 150)
    assert along(min(pair)) <= along(max(pair))


def all_inside(plot):
    for series in plot.series:
        for mark in series.marks:
            assert all(map(math.isfinite, [mark.x, mark.y, mark.width, mark.height]))
            assert plot.left - 0.1 <= mark.x
            assert mark.x + mark.width <= plot.right + 0.1
            assert plot.above <= mark.y
            assert mark.y + mark.height <= plot.bottom + 0.1
    for tick in plot.ticks:
        assert plot.above <= tick.at <= plot.bottom
    for place in plot.places:
        assert 0 < place.at < plot.width
    assert len({place.words for place in plot.places}) == len(plot.places)


@given(places, st.data())
def test_every_column_is_inside_the_field(places, data):
    values = st.lists(anything, min_size=len(places), max_size=len(places))
    series = [("One", data.draw(values)), ("Two", data.draw(values))]
    all_inside(columns("T", "D", places, series))


@given(places, st.data())
def test_every_point_of_a_line_is_inside_the_field(places, data):
    values = st.lists(st.none() | anything, min_size=len(places), max_size=len(places))
    series = [("One", data.draw(values)), ("Two", data.draw(values))]
    plot = lines("T", "D", places, series, unit=" h")
    all_inside(plot)
    assert "nan" not in "".join(line for one in plot.series for line in one.lines)
    assert plot.places[-1].words == places[-1]


def test_a_line_has_a_gap_where_there_is_no_number():
    plot = lines("T", "D", list("abcde"), [("One", [1, 2, None, 3, 4])])
    (series,) = plot.series
    assert len(series.marks) == 4
    assert len(series.lines) == 2
    assert series.marks[0].words == "a: 1"


@given(st.lists(st.tuples(st.text(), anything, st.text())))
def test_every_bar_is_inside_its_box_and_has_words_of_its_own(rows):
    drawn = bars("T", "D", rows)
    assert len(drawn.rows) == len(rows)
    for row in drawn.rows:
        assert 0 <= row.width <= WIDTH
        assert 0 <= row.y < row.baseline < row.bar < row.middle < drawn.height
    assert len({row.words for row in drawn.rows}) == len(rows)


@given(
    st.lists(st.tuples(st.text(), anything, st.tuples(anything, anything), st.text()))
)
def test_every_share_is_inside_its_box(rows):
    for row in shares("T", "D", rows).rows:
        assert all(6 <= x <= WIDTH - 6 for x in [row.width, row.low, row.high])


@given(st.lists(st.text()), st.integers(10, 40))
def test_words_are_cut_and_stay_distinct(words, most):
    cut = distinct(words, most)
    assert len(set(cut)) == len(words)
    assert all(len(one) <= most for one in cut)


@pytest.mark.parametrize("rows", [[], [("Only one", 0, "0")]])
def test_nothing_and_a_single_zero_are_drawn(rows):
    assert bars("T", "D", rows).height > 0


def test_without_places_there_is_still_a_drawing():
    plot = columns("T", "D", [], [("One", [])])
    assert plot.series[0].marks == ()


def test_numbers_on_a_chart_are_written_as_the_language_does():
    with translation.override("de"):
        plot = lines("", "", ["Mo"], [("", [0.5])], unit=" h")
    assert plot.series[0].marks[0].words == "Mo: 0,5 h"
    assert "0,2 h" in [tick.words for tick in plot.ticks]
