"""How much one network may send: of comments, also one person whom we know, what the setting COMMENT_RATE says."""

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.core.checks import Error
from django.utils import timezone

from comments.models import Comment

SHORTEST_MEMORY = timedelta(minutes=10)
_SECONDS = {"s": 1, "m": 60, "h": 60 * 60, "d": 24 * 60 * 60}


@dataclass(frozen=True)
class Limit:
    """At most `count` comments within `period`."""

    count: int
    period: timedelta

    @classmethod
    def parse(cls, text: str) -> Self:
        """The limit written as `5/m`: a number per s, m, h or d. Raises ValueError."""
        found = re.fullmatch(r"([1-9][0-9]{0,5})/([smhd])", text)
        if not found:
            raise ValueError(f"{text!r} is not a number per s, m, h or d, as in 5/m")
        return cls(int(found[1]), timedelta(seconds=_SECONDS[found[2]]))


class TooMany(Exception):
    """The sender has sent as much as is taken; says for how many seconds."""

    def __init__(self, seconds):
        super().__init__(f"Too many: the next in {seconds} seconds.")
        self.seconds = seconds

    @property
    def wait(self):
        """How long that is, as one says it."""
        if self.seconds < 60:
            return f"{self.seconds} second{'s' if self.seconds != 1 else ''}"
        minutes = math.ceil(self.seconds / 60)
        if minutes < 60:
            return f"{minutes} minute{'s' if minutes != 1 else ''}"
        hours = math.ceil(minutes / 60)
        return f"{hours} hour{'s' if hours != 1 else ''}"


def require_room(limits, sent):
    """
    Raise TooMany when one more does not fit into every limit.

    `sent` are the rows that this sender has sent, with their `created_at`; one query.
    """
    now = timezone.now()
    since = now - max(limit.period for limit in limits)
    taken = (
        sent.filter(created_at__gt=since)
        .order_by("-created_at")
        .values_list("created_at", flat=True)
    )
    newest = list(taken[: max(limit.count for limit in limits)])
    if seconds := longest_wait(limits, newest, now):
        raise TooMany(seconds)


def sent_lately(networks, *, browser=None):
    """
    The comments that count against the limits: all that were taken of late, from
    the network under every hash that it has at present, or from the person who wrote
    the comment `browser`, as the token of their browser shows. No network, no limit by network. Those of the last
    minutes are among them whatever the limits are, for the screening.
    """
    periods = [limit.period for limit in _limits()]
    since = timezone.now() - max([SHORTEST_MEMORY, *periods])
    return Comment.objects.sent_from(networks, browser=browser, since=since)


def most_that_count():
    """As many comments, of the newest, as have to be looked at."""
    return max([0, *(limit.count for limit in _limits())])


def seconds_to_wait(taken: list[datetime]) -> int:
    """How long until the next comment is taken, after those that were sent at these times, newest first; 0 when it can be at once."""
    return longest_wait(_limits(), taken, timezone.now())


def longest_wait(limits: list[Limit], taken: list[datetime], now: datetime) -> int:
    """The whole seconds until one more fits into every limit; `taken` are the times of the newest, newest first."""
    waits = [
        taken[limit.count - 1] + limit.period - now
        for limit in limits
        if len(taken) >= limit.count
    ]
    return max([0, *(math.ceil(wait.total_seconds()) for wait in waits)])


def _limits():
    return [Limit.parse(text) for text in settings.COMMENT_RATE]


def check_rate(app_configs, **kwargs):
    """A system check: every part of COMMENT_RATE can be read."""
    errors = []
    for text in settings.COMMENT_RATE:
        try:
            Limit.parse(text)
        except ValueError as error:
            errors.append(
                Error(
                    f"COMMENT_RATE: {error}.",
                    hint="Write limits apart by spaces, as in COMMENT_RATE=“5/m 30/h”.",
                    id="comments.E001",
                )
            )
    return errors
