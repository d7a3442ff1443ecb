"""
Whether the clock of this machine is steady enough to delete what has an end.

A clock can jump: a bad time server, a restored virtual machine, a battery that is empty. A
clock that is years ahead would make everything look old. So the time is compared with the time
that the machine has been running, which cannot be set: see Ticking.clocks.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from socket import gethostname
from typing import Self

from django.utils import timezone
from django.utils.dateparse import parse_datetime

# Two readings this far apart must agree.
STEADY_FOR = timedelta(hours=1)
# The most that they may differ: time servers correct a clock by seconds.
MOST_APART = timedelta(minutes=5)
# Linux names each start of a machine here.
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Reading:
    """The time of the clock, and how long the machine has been running since a start."""

    start: str
    time: datetime
    running: timedelta

    @classmethod
    def now(cls) -> Self:
        return cls(_name_of_start(), timezone.now(), timedelta(seconds=_running()))

    @classmethod
    def parse(cls, start: str, kept: dict) -> Self:
        """The reading that `as_json` has turned into a dict."""
        running = timedelta(seconds=kept["running"])
        return cls(start, parse_datetime(kept["time"]), running)

    def as_json(self) -> dict:
        return {"time": self.time.isoformat(), "running": self.running.total_seconds()}

    def jump_since(self, earlier: Self) -> timedelta:
        """By how much the clock was set forward since the earlier reading; negative for back."""
        return (self.time - earlier.time) - (self.running - earlier.running)

    def agrees_with(self, earlier: Self) -> bool:
        return abs(self.jump_since(earlier)) <= MOST_APART

    def is_steady_since(self, earlier: Self) -> bool:
        """Whether the earlier reading agrees with this one, and is STEADY_FOR old."""
        is_old_enough = self.running - earlier.running >= STEADY_FOR
        return is_old_enough and self.agrees_with(earlier)


def _running() -> float:
    # Unlike the monotonic clock, this one goes on while the machine sleeps.
    kind = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if kind is None else time.clock_gettime(kind)


def _name_of_start() -> str:
    try:
        return BOOT_ID.read_text().strip()
    except OSError:
        return gethostname()
