from dataclasses import asdict, replace

import pytest
from django.utils import timezone

from comments.classifier.bayes import Count, Table
from comments.models import Comment, Weight
from comments.screening.records import (
    Account,
    Earlier,
    Finding,
    Posted,
    Setting,
)
from comments.screening.rules import (
    FAILED,
    HOLDS_EVERYBODY,
    RULES,
    Rule,
    decide_status,
    run_rules,
)

ANA = Account("aruiz", "Ana Ruiz")
READER = Posted(name="Inés", body="A remark.")
TRUSTED = replace(READER, is_trusted=True)
MODERATOR = Posted(name="Ana Ruiz", body="A remark.", by=ANA, staff=(ANA,))

CASINO = Table(
    Count(50, 50),
    Count(500, 500),
    2,
    {"w:casino": Count(0, 50), "w:bonus": Count(0, 9)},
)

# For each rule, a comment in which it finds something.
NOW = timezone.now()


def earlier(*bodies):
    return tuple(
        Earlier(number, NOW, body, is_from_sender=True)
        for number, body in enumerate(bodies)
    )


SAID = "A remark that is long enough to be compared."
FOUND_IN = {
    "decoy": Posted(name="Inés", body="", fell_for_the_decoy=True),
    "held_thread": Posted(name="Inés", body="", thread_is_held=True),
    "look_alike_staff": Posted(name="Ana Ruiz", body="", staff=(ANA,)),
    "look_alike_byline": Posted(name="Ana Ruiz", body="", bylines=("Ana Ruiz",)),
    "look_alike_newsroom": Posted(name="Moderator", body=""),
    "muted": Posted(name="Inés", body="", mutes=("Insults",)),
    "banned_terms": Posted(name="Inés", body="C4S1NO!", banned=("caslno",)),
    "suspect_terms": Posted(name="Inés", body="A casino.", suspect=("caslno",)),
    "links": Posted(name="Inés", body="https://a.example and b.com"),
    "link_in_name": Posted(name="best-loans.com", body=""),
    "repeated_text": Posted(name="Inés", body=SAID, earlier=earlier(SAID)),
    "similar_text": Posted(
        name="Inés", body=SAID, earlier=earlier(f"Well. {SAID}"), at=NOW
    ),
    "flood": Posted(name="Inés", body="d", earlier=earlier("a", "b", "c"), at=NOW),
    "recent_rejections": Posted(name="Inés", body="", rejected_lately=3),
    "heated_thread": Posted(name="Inés", body="", said_lately=31),
    "quick_post": Posted(name="Inés", body="", seconds_on_page=1.2),
    "unproven_address": Posted(name="Inés", body="", has_address_of_another=True),
    "new_commenter": Posted(name="Inés", body=""),
    "classifier": Posted(name="Inés", body="Casino", learnt=CASINO),
}


def breaks(posted):
    raise ZeroDivisionError


def half(posted):
    yield Finding("half")
    raise ZeroDivisionError


def weighs(posted, limit):
    yield Finding("weighs", len(posted.body), limit)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_rule_finds_what_bears_its_name_and_nothing_in_a_plain_comment(rule):
    found = rule.found_in(FOUND_IN[rule.name])
    assert [finding.rule for finding in found] == [rule.name]
    assert rule.found_in(TRUSTED) == []
    assert rule.found_in(MODERATOR) == []


def test_all_rules_look_whatever_the_others_found():
    fields = {
        name: value
        for posted in FOUND_IN.values()
        for name, value in asdict(posted).items()
        if value != getattr(READER, name)
    }
    everything = replace(
        READER,
        **fields
        | {
            "name": "Moderator",
            "body": f"Casino {SAID} https://a.example and b.com",
            "staff": (Account("moderator"),),
            "bylines": ("Moderator",),
            "learnt": CASINO,
            "earlier": earlier(*[f"Casino {SAID} https://a.example and b.net"] * 3),
        },
    )
    found = {finding.rule for finding in run_rules(everything)}
    assert found == set(FOUND_IN) - {"link_in_name", "repeated_text"}


@pytest.mark.parametrize("rule", [breaks, half])
def test_a_rule_that_cannot_look_says_so_and_stops_no_other(rule, caplog):
    found = run_rules(FOUND_IN["decoy"], rules=[Rule(rule), *RULES])
    assert found[0] == Finding(FAILED, words=(rule.__name__,), weight=Weight.HOLDS)
    assert [finding.rule for finding in found[1:]] == ["decoy", "new_commenter"]
    assert rule.__name__ in caplog.text


def test_moderators_say_what_a_rule_allows_and_what_its_findings_do():
    rule = Rule(weighs, Weight.HOLDS, limit=3)
    assert rule.found_in(READER) == [Finding("weighs", 9, 3, weight=Weight.HOLDS)]
    setting = Setting(limit=5, weight=Weight.MARKS)
    posted = replace(READER, settings={"weighs": setting})
    assert rule.found_in(posted) == [Finding("weighs", 9, 5, weight=Weight.MARKS)]


def test_the_weightiest_finding_says_what_becomes_of_a_comment():
    informs, holds, marks = (Finding("x", weight=weight) for weight in Weight)
    assert decide_status(TRUSTED, []) == decide_status(TRUSTED, [informs]) == "approved"
    assert decide_status(TRUSTED, [informs, holds, informs]) == "pending"
    assert decide_status(TRUSTED, [holds, marks, informs]) == "spam"
    assert decide_status(TRUSTED, [Finding("x")]) == "pending"


def test_a_comment_of_a_person_who_is_not_trusted_yet_is_never_approved():
    informs, holds, marks = (Finding("x", weight=weight) for weight in Weight)
    for found in [], [informs], [holds]:
        assert decide_status(READER, found) == "pending"
    assert decide_status(READER, [marks]) == "spam"


@pytest.mark.parametrize("rule", [FAILED, *FOUND_IN])
def test_a_moderators_is_approved_unless_it_passes_for_anothers_or_was_not_looked_at(
    rule,
):
    held = rule in {FAILED, "look_alike_staff", "look_alike_byline"}
    assert (rule in HOLDS_EVERYBODY) is held
    expected = Comment.Status.PENDING if held else Comment.Status.APPROVED
    assert decide_status(MODERATOR, [Finding(rule)]) == expected
    assert decide_status(MODERATOR, []) == Comment.Status.APPROVED
