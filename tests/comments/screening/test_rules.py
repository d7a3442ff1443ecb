import pytest

from comments.classifier.bayes import Count, Table
from comments.models import Comment
from comments.screening.records import Account, Finding, Posted
from comments.screening.rules import (
    FAILED,
    HOLDS_EVERYBODY,
    RULES,
    decide,
    look_at,
)

ANA = Account("aruiz", "Ana Ruiz")
READER = Posted(name="Inés", body="A remark.")
MODERATOR = Posted(name="Ana Ruiz", body="A remark.", by=ANA, staff=(ANA,))

CASINO = Table(
    Count(50, 50),
    Count(500, 500),
    2,
    {"w:casino": Count(0, 50), "w:bonus": Count(0, 9)},
)

# What each rule finds something in.
FOUND_IN = {
    "decoy": Posted(name="Inés", body="", fell_for_the_decoy=True),
    "held_thread": Posted(name="Inés", body="", thread_is_held=True),
    "look_alike_staff": Posted(name="Ana Ruiz", body="", staff=(ANA,)),
    "look_alike_byline": Posted(name="Ana Ruiz", body="", bylines=("Ana Ruiz",)),
    "look_alike_newsroom": Posted(name="Moderator", body=""),
    "classifier": Posted(name="Inés", body="Casino", learnt=CASINO),
}


def breaks(posted):
    raise ZeroDivisionError


def half(posted):
    yield Finding("half")
    raise ZeroDivisionError


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_finds_what_bears_its_name_and_nothing_in_a_plain_comment(rule):
    found = list(rule(FOUND_IN[rule.__name__]))
    assert [finding.rule for finding in found] == [rule.__name__]
    assert list(rule(READER)) == []
    assert list(rule(MODERATOR)) == []


def test_all_rules_look_whatever_the_others_found():
    everything = Posted(
        name="Moderator",
        body="Casino",
        fell_for_the_decoy=True,
        thread_is_held=True,
        staff=(Account("moderator"),),
        bylines=("Moderator",),
        learnt=CASINO,
    )
    found = [finding.rule for finding in look_at(everything)]
    assert found == [rule.__name__ for rule in RULES]


@pytest.mark.parametrize("rule", [breaks, half])
def test_a_rule_that_cannot_look_says_so_and_stops_no_other(rule, caplog):
    found = look_at(FOUND_IN["decoy"], rules=[rule, *RULES])
    assert found == [Finding(FAILED, words=(rule.__name__,)), Finding("decoy")]
    assert rule.__name__ in caplog.text


@pytest.mark.parametrize("rule", [FAILED, *FOUND_IN])
def test_a_readers_comment_waits_or_is_spam_and_is_never_approved(rule):
    spam, pending = Comment.Status.SPAM, Comment.Status.PENDING
    expected = spam if rule == "decoy" else pending
    assert decide(READER, [Finding(rule)]) == expected
    assert decide(READER, []) == pending


@pytest.mark.parametrize("rule", [FAILED, *FOUND_IN])
def test_a_moderators_is_approved_unless_it_passes_for_anothers_or_was_not_looked_at(
    rule,
):
    held = rule in {FAILED, "look_alike_staff", "look_alike_byline"}
    assert (rule in HOLDS_EVERYBODY) is held
    expected = Comment.Status.PENDING if held else Comment.Status.APPROVED
    assert decide(MODERATOR, [Finding(rule)]) == expected
    assert decide(MODERATOR, []) == Comment.Status.APPROVED
