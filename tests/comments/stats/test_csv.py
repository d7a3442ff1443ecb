import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.stats.csv import as_csv, safe_cell


@pytest.mark.parametrize(
    "beginning", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＠"]
)
def test_no_cell_is_a_formula(beginning):
    assert safe_cell(f"{beginning}1+1") == f"'{beginning}1+1"


@pytest.mark.parametrize("text", [" =1+1", "\0=1+1", "  \t=1+1"])
def test_no_cell_hides_a_formula_behind_blanks(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["Ana", "a=b", "", " a", 3, -3, 0.5, None])
def test_other_cells_stay_as_they_are(value):
    assert safe_cell(value) == value


@given(
    st.lists(st.lists(st.text(st.characters(codec="utf-8")), min_size=2, max_size=2))
)
def test_a_table_is_read_as_it_was_written(rows):
    written = as_csv(["one", "two"], rows).removeprefix("\ufeff")
    read = list(csv.reader(io.StringIO(written, newline="")))
    assert read == [
        ["one", "two"],
        *([safe_cell(cell) for cell in row] for row in rows),
    ]


@pytest.mark.parametrize("cell", ["plain", "a;b", "a\tb", 3, "", None])
def test_every_cell_is_quoted(cell):
    line = as_csv(["head"], [[cell]]).splitlines()[-1]
    assert line == f'"{"" if cell is None else cell}"'
