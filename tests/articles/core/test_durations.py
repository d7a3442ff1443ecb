from datetime import timedelta

import pytest

from articles.core.durations import MINUTE, duration_in_words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 second"),
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (61, "2 minutes"),
        (60 * 60, "1 hour"),
        (47 * 60 * 60, "47 hours"),
        (48 * 60 * 60, "2 days"),
        (49 * 60 * 60, "3 days"),
    ],
)
def test_a_duration_is_told_in_one_unit_and_rounded_up(seconds, words):
    assert duration_in_words(timedelta(seconds=seconds)) == words


def test_seconds_can_be_left_out():
    assert duration_in_words(timedelta(seconds=5), smallest=MINUTE) == "1 minute"
