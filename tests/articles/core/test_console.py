import re
from io import StringIO

import pytest
from django.core.management.base import OutputWrapper

from articles.core.console import CommandReport


class Terminal(StringIO):
    def isatty(self):
        return True


def run(out, **options):
    """The output of a command that made two things and refused one."""
    outcomes = CommandReport(OutputWrapper(out), **options)
    for number in outcomes.each([1, 2, 3], doing="Counting"):
        what = "refused" if number == 3 else "made"
        outcomes.add(what, f"[red]{number}.txt", f"/articles/{'very-' * 20}{number}/")
    outcomes.show()
    return out.getvalue()


def test_elsewhere_than_on_a_terminal_every_outcome_is_one_plain_line():
    address = "/articles/" + "very-" * 20
    assert run(StringIO()) == (
        f"made: [red]1.txt: {address}1/\n"
        f"made: [red]2.txt: {address}2/\n"
        f"refused: [red]3.txt: {address}3/\n"
        "2 made, 1 refused\n"
    )


@pytest.mark.parametrize("variable", ["FORCE_COLOR", "TTY_COMPATIBLE"])
def test_the_environment_makes_no_terminal_of_a_pipe(monkeypatch, variable):
    monkeypatch.setenv(variable, "1")
    assert "\x1b" not in run(StringIO())


@pytest.mark.parametrize("columns", ["40", "200"])
def test_on_a_terminal_a_table_ends_it_with_every_word_in_it(monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("TERM", "xterm")
    said = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", run(Terminal()))
    assert "Counting" in said
    table = said[said.rindex("┏") :]
    assert "[red]1.txt" in table
    assert max(map(len, table.splitlines())) <= int(columns)
    results = "".join(re.findall(r"│ *(\S+) *│\n", table))
    assert f"/articles/{'very-' * 20}3/" in results
    assert said.endswith("2 made, 1 refused\n")


def test_a_terminal_without_colours_gets_none(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    coloured, plain = run(Terminal()), run(Terminal(), no_color=True)
    assert "\x1b[1m" in coloured or "\x1b[3" in coloured
    assert "\x1b[3" not in plain


def test_nothing_steers_the_terminal(monkeypatch):
    out = StringIO()
    outcomes = CommandReport(OutputWrapper(out))
    outcomes.add("made", "a\x1b[2J\n.txt", "\udce9 5\xa0€")
    assert out.getvalue() == "made: a�[2J�.txt: � 5\xa0€\n"
