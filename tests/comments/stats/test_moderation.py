"""The moderation figures, and how few rows they read."""

import math
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from comments.models import Comment, Decision, SecondLook, Signal, Weight
from comments.stats import moderation
from comments.stats.moderation import (
    decisions,
    each_once,
    error_rates,
    kind_in_words,
    last_weeks,
    monday_of,
    percentile,
    start_of,
    usefulness_of_rules,
    waiting,
    waits_by_week,
    wilson,
)
from tests.factories import DAY, HOUR, make_comment, make_user

VIENNA = ZoneInfo("Europe/Vienna")


def make_decision(**fields):
    """A decision as a step records it, at any time."""
    fields = {
        "text_revision": 1,
        "from_status": "pending",
        "to_status": "approved",
        "by_name": "Ana",
        "at": timezone.now(),
    } | fields
    if "comment" not in fields:
        fields["comment"] = make_comment()
    return Decision.objects.create(**fields)


def make_look(status, verdict, comment=None):
    return SecondLook.objects.create(
        comment=comment or make_comment(),
        status=status,
        text_revision=1,
        verdict=verdict,
        answered_at=timezone.now(),
    )


# Percentiles


@given(st.lists(st.integers(), min_size=1), st.integers(1, 100))
def test_a_percentile_is_the_smallest_value_that_is_not_exceeded_too_often(
    values, percent
):
    found = percentile(values, percent)
    assert found in values
    assert sum(one <= found for one in values) * 100 >= percent * len(values)
    assert sum(one < found for one in values) * 100 < percent * len(values)


@pytest.mark.parametrize(
    ("values", "percent", "found"),
    [
        ([], 50, None),
        ([7], 90, 7),
        ([1, 2], 50, 1),
        ([3, 1, 2], 50, 2),
        (list(range(1, 101)), 7, 7),
        (list(range(1, 11)), 90, 9),
    ],
)
def test_a_percentile_is_by_nearest_rank(values, percent, found):
    assert percentile(values, percent) == found


# Weeks


def test_a_week_begins_on_monday_where_the_site_is(settings):
    settings.TIME_ZONE = "Europe/Vienna"
    with timezone.override(VIENNA):
        # Half past midnight of Monday in Vienna is still Sunday in Greenwich.
        assert monday_of(datetime(2026, 11, 22, 23, 30, tzinfo=UTC)) == date(
            2026, 11, 23
        )
        assert monday_of(datetime(2026, 11, 22, 22, 30, tzinfo=UTC)) == date(
            2026, 11, 16
        )


@pytest.mark.parametrize(
    ("monday", "hours"),
    [
        # The last week of March lacks an hour, and that of October has one twice.
        (date(2026, 3, 23), 7 * 24 - 1),
        (date(2026, 10, 19), 7 * 24 + 1),
        (date(2026, 6, 1), 7 * 24),
    ],
)
def test_a_week_is_as_long_as_the_clocks_make_it(monday, hours):
    with timezone.override(VIENNA):
        start, end = start_of(monday), start_of(monday + timedelta(weeks=1))
        assert end.astimezone(UTC) - start.astimezone(UTC) == hours * HOUR
        for moment in [start, end - timedelta(microseconds=1)]:
            assert monday_of(moment) == monday


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)))
def test_there_are_twelve_weeks_and_this_one_is_the_last(now):
    with timezone.override(VIENNA):
        weeks = last_weeks(now)
        assert len(set(weeks)) == 12
        assert weeks == sorted(weeks)
        assert {week.weekday() for week in weeks} == {0}
        assert start_of(weeks[-1]) <= now


# Time to decision


def test_the_wait_is_told_by_the_week_of_the_decision(db):
    now = timezone.now()
    for hours in [1, 2, 30]:
        make_decision(waited=hours * HOUR)
    make_decision(waited=5 * DAY, at=now - timedelta(weeks=3))
    make_decision(waited=9 * DAY, at=now - timedelta(weeks=13))
    make_decision()
    weeks = waits_by_week(now)
    assert [week.decisions for week in weeks] == [0] * 8 + [1, 0, 0, 3]
    assert (weeks[-1].median, weeks[-1].ninetieth) == (2 * HOUR, 30 * HOUR)
    assert (weeks[0].median, weeks[0].ninetieth) == (None, None)


# What waits


def test_nothing_waits(db):
    assert (waiting().number, waiting().oldest) == (0, None)


def test_a_comment_waits_since_it_was_sent_edited_or_put_back(db):
    now = timezone.now()
    make_comment(created_at=now - 3 * HOUR)
    make_comment(created_at=now - 5 * DAY, edited_at=now - HOUR)
    back = make_comment(created_at=now - 9 * DAY)
    make_decision(comment=back, from_status="approved", to_status="pending", at=now)
    assert sorted(waiting().since) == [now - 3 * HOUR, now - HOUR, now]
    assert waiting().oldest == now - 3 * HOUR


def test_what_waits_is_counted_up_to_a_bound(db, monkeypatch):
    monkeypatch.setattr(moderation, "MOST_WAITING", 2)
    oldest = make_comment(created_at=timezone.now() - DAY)
    make_comment()
    assert (waiting().number, waiting().is_more) == (2, False)
    make_comment()
    assert (waiting().number, waiting().is_more) == (2, True)
    assert waiting().oldest == oldest.created_at


# Decisions


def test_decisions_are_told_by_what_was_done_and_why(db):
    ana = make_user(first_name="Ana")
    comment = make_comment()
    comment.reject(by=ana, reason="abuse")
    comment.undo(by=ana)
    comment.reject(by=ana)
    comment.mark_spam(by=ana)
    comment.keep(by=ana)
    comment.approve(by=ana)
    comment.pick(by=ana)
    comment.hold_for_reports()
    found = decisions(timezone.now())
    assert found.number == 7
    assert found.by_kind == {
        "rejected:abuse": 1,
        "rejected": 1,
        "undo": 1,
        "spam": 1,
        "keep": 1,
        "approved": 1,
        "pick": 1,
    }
    assert [kind_in_words(kind) for kind in sorted(found.by_kind)] == [
        "Approved",
        "Kept as it was",
        "Picked",
        "Rejected without a reason",
        "Rejected: abuse",
        "Marked as spam",
        "Decision undone",
    ]
    (of_ana,) = found.by_moderator
    assert (of_ana.name, of_ana.number) == ("Ana", 7)
    assert (of_ana.approved, of_ana.rejected, of_ana.spam, of_ana.others) == (
        1,
        2,
        1,
        3,
    )
    week = found.by_week[-1]
    assert (week.decisions, week.undone, week.changed) == (7, 1, 2)


def test_what_the_machine_and_authors_do_is_no_decision_of_a_moderator(db):
    comment = make_comment()
    comment.approve()
    comment.withdraw()
    found = decisions(timezone.now())
    assert (found.number, found.by_moderator) == (0, [])


def test_a_moderator_of_the_same_name_is_another(db):
    for _ in range(2):
        make_comment().approve(by=make_user(first_name="Ana"))
    names = [one.name for one in decisions(timezone.now()).by_moderator]
    assert names == ["Ana", "Ana (2)"]


def test_a_moderator_whose_account_is_gone_is_told_by_name(db):
    ana = make_user(first_name="Ana")
    make_comment().approve(by=ana)
    ana.delete()
    assert [one.name for one in decisions(timezone.now()).by_moderator] == ["Ana"]


def test_beyond_so_many_moderators_the_others_are_counted_together(db, monkeypatch):
    monkeypatch.setattr(moderation, "MOST_MODERATORS", 1)
    make_decision(by_name="Ana")
    make_decision(by_name="Ana")
    make_decision(by_name="Bo", to_status="spam")
    make_decision(by_name="Cem", to_status="rejected")
    ana, others = decisions(timezone.now()).by_moderator
    assert (ana.name, ana.number) == ("Ana", 2)
    assert (others.name, others.number, others.spam, others.rejected) == (
        "2 others",
        2,
        1,
        1,
    )


def test_only_the_newest_decisions_are_looked_at(db, monkeypatch):
    monkeypatch.setattr(moderation, "MOST_DECISIONS", 1)
    make_decision(by_name="Ana", at=timezone.now() - DAY)
    make_decision(by_name="Bo")
    assert [one.name for one in decisions(timezone.now()).by_moderator] == ["Bo"]


@given(st.lists(st.text(max_size=3)))
def test_no_two_have_the_same_name(names):
    distinct = each_once(names)
    assert len(set(distinct)) == len(names)
    assert all(
        given.startswith(name) for given, name in zip(distinct, names, strict=True)
    )


# Rules


def fire(comment, rule, *, weight=Weight.HOLDS, revision=1):
    Signal.objects.create(
        comment=comment, rule=rule, weight=weight, text_revision=revision
    )


def test_a_rule_is_useful_where_moderators_agree(db):
    ana = make_user()
    for step in ["approve", "mark_spam", "reject", None]:
        comment = make_comment()
        fire(comment, "links")
        fire(comment, "links")
        fire(comment, "quick_post", weight=Weight.INFORMS)
        if step:
            getattr(comment, step)(by=ana)
    (links,) = usefulness_of_rules()
    assert (links.rule, links.fired) == ("links", 4)
    assert (links.agreed, links.disagreed, links.undecided) == (2, 1, 1)
    assert links.share == pytest.approx(2 / 3)


def test_of_an_edited_comment_only_the_newest_text_counts(db):
    comment = make_comment(text_revision=2)
    fire(comment, "links", revision=1)
    fire(comment, "flood", revision=2)
    assert [(one.rule, one.share) for one in usefulness_of_rules()] == [("flood", None)]


def test_only_the_newest_signals_are_looked_at(db, monkeypatch):
    monkeypatch.setattr(moderation, "MOST_SIGNALS", 1)
    fire(make_comment(), "links")
    fire(make_comment(), "flood")
    assert [one.rule for one in usefulness_of_rules()] == ["flood"]


# Second looks


def test_the_error_rate_is_of_what_readers_saw_or_did_not(db):
    for status, verdict in [
        ("approved", "approved"),
        ("approved", "rejected"),
        ("approved", "spam"),
        ("spam", "spam"),
        ("spam", "rejected"),
        ("spam", "approved"),
        ("spam", ""),
    ]:
        make_look(status, verdict)
    SecondLook.objects.create(comment=make_comment(), status="spam", text_revision=1)
    found = error_rates()
    assert (found.approved.looked_at, found.approved.wrong) == (3, 2)
    assert (found.spam.looked_at, found.spam.wrong) == (3, 1)
    assert (found.together.looked_at, found.together.wrong, found.void) == (6, 3, 1)
    assert found.together.share == 0.5


def test_without_a_second_look_nothing_is_measured(db):
    together = error_rates().together
    assert (together.share, together.interval) == (None, None)


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    # As R's prop.test(…, correct = FALSE) gives them.
    [
        (0, 10, 0.0, 0.2775),
        (1, 10, 0.0179, 0.4042),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
    ],
)
def test_wilsons_interval_is_as_in_the_books(hits, trials, low, high):
    assert wilson(hits, trials) == pytest.approx((low, high), abs=0.0001)


@given(
    st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
)
def test_wilsons_interval_holds_what_was_measured(case):
    hits, trials = case
    low, high = wilson(hits, trials)
    assert 0 <= low <= hits / trials <= high <= 1
    assert not math.isnan(low + high)


def test_every_figure_is_so_many_queries_however_many_rows(
    db, django_assert_num_queries
):
    for number in [1, 6]:
        for _ in range(number):
            comment = make_comment()
            fire(comment, "links")
            comment.approve(by=make_user())
            make_look("spam", "spam", comment)
            make_comment()
        now = timezone.now()
        with django_assert_num_queries(5):
            waiting(), waits_by_week(now), decisions(now)
            usefulness_of_rules(), error_rates()
    assert Comment.objects.count() == 14
