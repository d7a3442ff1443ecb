from datetime import UTC, datetime

import pytest
from django.utils import timezone

from articles.core.moments import moment_in_words


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("UTC", "30 November 2026, 23:05 UTC"),
        ("Europe/Vienna", "1 December 2026, 00:05 CET"),
        ("America/Sao_Paulo", "30 November 2026, 20:05 -03"),
    ],
)
def test_a_moment_is_said_by_the_clock_of_the_site_with_its_zone(zone, words):
    with timezone.override(zone):
        assert moment_in_words(datetime(2026, 11, 30, 23, 5, tzinfo=UTC)) == words
