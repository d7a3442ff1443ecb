"""Times and numbers in the cells of the lists."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from comments.admin import columns
from comments.admin.decision import in_one_language
from comments.templatetags.comments_desk import percent, up_to_most


@pytest.mark.parametrize(
    ("waited", "words"),
    [
        (timedelta(0), "Waiting for 1 minute"),
        (timedelta(minutes=59, seconds=59), "Waiting for 59 minutes"),
        (timedelta(hours=1), "Waiting for 1 hour"),
        (timedelta(hours=47, minutes=59), "Waiting for 47 hours"),
        (timedelta(hours=48), "Waiting for 2 days"),
        (timedelta(days=12, hours=5), "Waiting for 12 days"),
        (timedelta(days=400), "Waiting for 400 days"),
    ],
)
def test_a_wait_is_told_in_one_unit(waited, words):
    assert columns.waiting_since(timezone.now() - waited) == words


def test_numbers_are_written_as_the_language_does():
    assert (columns.in_digits(20_000), percent(50)) == ("20,000", "50%")
    assert (up_to_most(100), up_to_most(101)) == ("100", "100+")
    with translation.override("de"):
        assert columns.in_digits(20_000) == "20.000"


def test_lines_that_are_sent_later_are_in_the_language_of_now():
    with translation.override("de"):
        lines = in_one_language(translation.get_language() for _ in range(2))
    assert list(lines) == ["de", "de"]
