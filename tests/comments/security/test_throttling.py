from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from comments.security.throttling import (
    RateLimit,
    check_rate,
    longest_wait,
    most_that_count,
    seconds_to_wait,
    sent_lately,
)
from tests.factories import HOUR, make_article, make_comment, make_commenter

MINUTE = timedelta(minutes=1)
FIVE_A_MINUTE = RateLimit(5, MINUTE)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("5/m", FIVE_A_MINUTE),
        ("1/s", RateLimit(1, timedelta(seconds=1))),
        ("30/h", RateLimit(30, HOUR)),
        ("100/d", RateLimit(100, timedelta(days=1))),
    ],
)
def test_a_limit_is_a_number_and_a_unit(text, limit):
    assert RateLimit.parse(text) == limit


@pytest.mark.parametrize(
    "text", ["", "5", "5/", "/m", "0/m", "-1/m", "5/w", "5/mm", "5 /m", "5/m\n", "٥/m"]
)
def test_anything_else_is_no_limit(text):
    with pytest.raises(ValueError, match="number per s, m, h or d"):
        RateLimit.parse(text)


def test_a_start_with_a_rate_that_cannot_be_read_says_so(settings):
    settings.COMMENT_RATE = ["5/m", "many"]
    [error] = check_rate(None)
    assert error.id == "comments.E001"
    assert "COMMENT_RATE" in error.msg
    assert "'many'" in error.msg


def test_the_rate_that_ships_can_be_read():
    assert check_rate(None) == []


def test_one_more_fits_until_the_limit_is_reached():
    now = timezone.now()
    assert longest_wait([FIVE_A_MINUTE], [now] * 4, now) == 0
    assert longest_wait([FIVE_A_MINUTE], [now] * 5, now) == 60


def test_the_wait_ends_when_the_oldest_of_the_last_five_leaves_the_minute():
    now = timezone.now()
    times = [now - timedelta(seconds=ago) for ago in [1, 2, 3, 4, 50.5]]
    assert longest_wait([FIVE_A_MINUTE], times, now) == 10
    assert longest_wait([FIVE_A_MINUTE], times, now + timedelta(seconds=9.5)) == 0


def test_the_strictest_limit_decides():
    now = timezone.now()
    assert longest_wait([FIVE_A_MINUTE, RateLimit(2, HOUR)], [now] * 5, now) == 3600


@given(st.lists(st.floats(0, 7200), max_size=40), st.integers(1, 40))
def test_after_the_wait_one_more_fits_and_not_a_second_sooner(ages, count):
    now = timezone.now()
    limit = RateLimit(count, HOUR)
    times = sorted((now - timedelta(seconds=age) for age in ages), reverse=True)

    def within(moment):
        return sum(at > moment - limit.period for at in times)

    wait = longest_wait([limit], times, now)
    assert within(now + timedelta(seconds=wait)) < count
    if wait:
        assert within(now + timedelta(seconds=wait - 1)) >= count


def wait(networks, **sender):
    times = sent_lately(networks, **sender).newest_first()
    return seconds_to_wait([comment.created_at for comment in times])


def test_comments_of_this_network_in_this_time_count(db, settings):
    settings.COMMENT_RATE = ["2/m", "3/h"]
    now, article = timezone.now(), make_article()
    make_comment(article=article, network="today", created_at=now - 50 * MINUTE)
    make_comment(article=article, network="yesterday", created_at=now - 2 * MINUTE)
    make_comment(article=article, network="other", created_at=now)
    make_comment(article=article, network="today", created_at=now - 61 * MINUTE)
    assert wait(["today", "yesterday"]) == 0
    make_comment(article=article, network="today", created_at=now)
    assert 590 <= wait(["today", "yesterday"]) <= 600
    assert wait(["today"]) == 0


def test_comments_of_a_person_count_wherever_they_come_from(db, settings):
    settings.COMMENT_RATE = ["1/h"]
    person = make_commenter(address="ines@example.org")
    own = make_comment(commenter=person, network="elsewhere")
    # Somebody else typed their address.
    typed = make_comment(email="ines@example.org", network="far")
    other = make_comment(commenter=make_commenter(), created_at=own.created_at - HOUR)
    for networks in [["here"], []]:
        assert wait(networks, browser=own.pk) > 0
        assert wait(networks, browser=other.pk) == 0
        assert wait(networks, browser=4711) == 0
        assert wait(networks) == 0
    # Its author is unknown, but further comments from its network count.
    assert wait(["here"], browser=typed.pk) > 0


def test_no_more_comments_are_looked_at_than_the_widest_limit_allows(settings):
    settings.COMMENT_RATE = ["5/m", "30/h"]
    assert most_that_count() == 30
    settings.COMMENT_RATE = []
    assert most_that_count() == 0


def test_without_a_network_or_a_rate_nobody_waits(db, settings):
    article = make_article()
    for _ in range(40):
        make_comment(article=article)
    assert wait([]) == 0
    settings.COMMENT_RATE = []
    assert wait([""]) == 0
