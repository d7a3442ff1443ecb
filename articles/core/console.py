"""
The output of long commands: a progress bar and a table on a terminal, plain lines elsewhere.

A plain line is `what: name: detail`, written as soon as the outcome is known.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text


@dataclass(frozen=True)
class CommandOutcome:
    """The outcome for one item: `what` is “made”, “skipped”, “refused” …"""

    what: str
    name: str
    detail: str


class CommandReport:
    """The outcomes of a command, item by item: shown while it runs and at the end."""

    def __init__(self, out: Any, *, no_color: bool = False):
        self.all: list[CommandOutcome] = []
        self._out = out
        # Otherwise Django's stream ends every part of a progress bar with a new line.
        self._out.ending = ""
        # Rich's environment variables may claim a terminal where there is none.
        self._on_terminal = out.isatty()
        self._console = Console(file=out, no_color=no_color or None)
        self._progress = Progress(
            console=self._console, transient=True, disable=not self._on_terminal
        )

    def each[Thing](self, things: list[Thing], *, doing: str) -> Iterable[Thing]:
        """Yield the things, with a progress bar on a terminal. `doing` is its label."""
        return self.each_of(things, total=len(things), doing=doing)

    def each_of[Thing](
        self, things: Iterable[Thing], *, total: int, doing: str
    ) -> Iterable[Thing]:
        """As `each`, for an iterable of known length `total`."""
        self._progress.start()
        return self._progress.track(things, total=total, description=doing)

    def counter(self, doing: str, total: int) -> Callable[[int], None]:
        """Begin a bar of `total` steps; the function that is returned takes how many were done."""
        self._progress.start()
        return partial(
            self._progress.advance, self._progress.add_task(doing, total=total)
        )

    def add(self, what: str, name: str, detail: str) -> None:
        """Add an outcome; off a terminal, its line is written at once."""
        outcome = CommandOutcome(what, _printable(name), _printable(detail))
        self.all.append(outcome)
        if not self._on_terminal:
            self._out.write(f"{outcome.what}: {outcome.name}: {outcome.detail}\n")
            self._out.flush()

    def of(self, what: str) -> list[CommandOutcome]:
        return [outcome for outcome in self.all if outcome.what == what]

    def show(self) -> None:
        """End the progress bar; print the table and the number of outcomes of each kind."""
        self._progress.stop()
        if self._on_terminal and self.all:
            self._console.print(self._table())
        counts = Counter(outcome.what for outcome in self.all)
        self._out.write(
            ", ".join(f"{number:,} {what}" for what, number in counts.items()) + "\n"
        )

    def _table(self):
        table = Table("", "What", "Result")
        for column in table.columns:
            # Addresses wrap on a narrow terminal instead of being cut off.
            column.overflow = "fold"
        table.columns[0].no_wrap = True
        for outcome in self.all:
            table.add_row(outcome.what, Text(outcome.name), Text(outcome.detail))
        return table


def _printable(text):
    """Replace control characters and others that a terminal cannot show."""
    return "".join(
        character if character.isprintable() or character == "\xa0" else "\ufffd"
        for character in text
    )
