"""Throttles: how many comments, or other rows, one network or person may send."""

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.core.checks import Error
from django.utils import timezone

from articles.core.durations import duration_in_words
from comments.models import Comment

SHORTEST_MEMORY = timedelta(minutes=10)
_SECONDS = {"s": 1, "m": 60, "h": 60 * 60, "d": 24 * 60 * 60}


@dataclass(frozen=True)
class RateLimit:
    """At most `count` comments within `period`."""

    count: int
    period: timedelta

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse a limit such as `5/m`: a number per s, m, h or d. Raises ValueError."""
        found = re.fullmatch(r"([1-9][0-9]{0,5})/([smhd])", text)
        if not found:
            raise ValueError(f"{text!r} is not a number per s, m, h or d, as in 5/m")
        return cls(int(found[1]), timedelta(seconds=_SECONDS[found[2]]))


class TooMany(Exception):
    """The sender has reached a limit; `seconds` is the time until the next try."""

    def __init__(self, seconds):
        super().__init__(f"Too many: the next in {seconds} seconds.")
        self.seconds = seconds

    @property
    def wait(self):
        """The time in words, such as “5 minutes”; rounded up."""
        return duration_in_words(timedelta(seconds=self.seconds))


def require_within_limits(limits, sent):
    """
    Raise TooMany if one more row would exceed one of the Limits.

    `sent` is a queryset of what this sender has sent, with a field `created_at`. One query.
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
    The recent comments of one sender that count against COMMENT_RATE, as a queryset.

    The sender is a network with these hashes, or the author of the comment with the key
    `browser`. Without hashes no network is limited. Comments within SHORTEST_MEMORY are
    always included, because the screening needs them.
    """
    periods = [limit.period for limit in _limits()]
    since = timezone.now() - max([SHORTEST_MEMORY, *periods])
    return Comment.objects.sent_from(networks, browser=browser, since=since)


def most_that_count():
    """How many of the newest comments decide whether a limit is reached."""
    return max([0, *(limit.count for limit in _limits())])


def seconds_to_wait(taken: list[datetime]) -> int:
    """
    The seconds until the sender may send the next comment; 0 if they may now.

    `taken` are the times of their earlier comments, newest first.
    """
    return longest_wait(_limits(), taken, timezone.now())


def longest_wait(limits: list[RateLimit], taken: list[datetime], now: datetime) -> int:
    """The seconds, rounded up, until one more fits every limit; `taken` is newest first."""
    waits = [
        taken[limit.count - 1] + limit.period - now
        for limit in limits
        if len(taken) >= limit.count
    ]
    return max([0, *(math.ceil(wait.total_seconds()) for wait in waits)])


def _limits():
    return [RateLimit.parse(text) for text in settings.COMMENT_RATE]


def check_rate(app_configs, **kwargs):
    """System check: every part of COMMENT_RATE can be parsed."""
    errors = []
    for text in settings.COMMENT_RATE:
        try:
            RateLimit.parse(text)
        except ValueError as error:
            errors.append(
                Error(
                    f"COMMENT_RATE: {error}.",
                    hint="Write limits apart by spaces, as in COMMENT_RATE=“5/m 30/h”.",
                    id="comments.E001",
                )
            )
    return errors
