"""What the demo says while it is made: a progress line on a terminal, plain lines elsewhere."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn


class DemoProgress:
    """One line that changes on a terminal, and vanishes at the end; elsewhere a line each."""

    def __init__(self, out: Any):
        self.on_terminal = out.isatty()
        self._out = out
        # Otherwise Django's stream ends every part of the line with a new line.
        out.ending = ""
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            console=Console(file=out),
            transient=True,
            disable=not self.on_terminal,
        )
        self._task = self._progress.add_task("", total=None, visible=False)

    def __enter__(self):
        self._progress.start()
        return self

    def __exit__(self, *error):
        self._progress.stop()

    def begin(self, doing: str, *, total: int | None = None) -> None:
        """Say what begins now. `total` is its number of items, if it is known."""
        self._progress.reset(
            self._task, description=f"{doing} …", total=total, visible=True
        )
        if not self.on_terminal:
            self._out.write(f"{doing} …\n")
            self._out.flush()

    def item(self, name: str) -> None:
        """Say that one item is done."""
        self._progress.update(self._task, description=name, advance=1)
        if not self.on_terminal:
            self._out.write(f"  {name}\n")
            self._out.flush()


@contextmanager
def log_kept_in(file: Path) -> Iterator[None]:
    """Write the log into the file instead of standard output."""
    handlers = [
        handler
        for logger in [logging.getLogger(), logging.getLogger("django")]
        for handler in logger.handlers
        if isinstance(handler, logging.StreamHandler) and handler.stream is sys.stdout
    ]
    with file.open("a", encoding="utf-8") as kept:
        for handler in handlers:
            handler.setStream(kept)
        try:
            yield
        finally:
            for handler in handlers:
                handler.setStream(sys.stdout)
