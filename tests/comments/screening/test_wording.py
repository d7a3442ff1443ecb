import pytest

from comments.models import Signal
from comments.screening.rules import FAILED, RULES
from comments.screening.wording import QUESTIONS, sentence

NAMES = [rule.name for rule in RULES]


@pytest.mark.parametrize("rule", [*NAMES, FAILED])
def test_each_rule_has_a_sentence_of_its_own(rule):
    said = sentence(Signal(rule=rule, words="Ana Ruiz"))
    assert said[0].isupper()
    assert said.endswith(".")
    # This one is called in the newsroom what it is called in the code.
    assert rule not in said or rule == "classifier"
    assert "no longer in use" not in said
    others = {
        sentence(Signal(rule=name, words="Ana Ruiz")) for name in [*NAMES, FAILED]
    }
    assert len(others) == len(NAMES) + 1


@pytest.mark.parametrize("rule", NAMES)
def test_a_rule_that_failed_is_named_by_what_it_asks(rule):
    said = sentence(Signal(rule=FAILED, words=rule))
    assert QUESTIONS[rule] in said
    assert rule not in said


def test_it_says_whom_the_name_resembles():
    signal = Signal(rule="look_alike_staff", words="Ana Ruiz")
    assert sentence(signal) == (
        "The name looks like that of Ana Ruiz, who is on the staff and did not sign in."
    )
    signal = Signal(rule="look_alike_byline", words="Ana Ruiz\nTom Ash")
    assert sentence(signal) == (
        "The name looks like that of Ana Ruiz and Tom Ash, who sign articles."
    )


def test_it_says_how_sure_the_classifier_is_and_because_of_what():
    signal = Signal(rule="classifier", value=0.934, words="casino\nbonus")
    assert sentence(signal) == (
        "The classifier finds it 0.93 spam because of: casino, bonus."
    )
    signal = Signal(rule="classifier", value=0.002)
    assert sentence(signal) == "The classifier finds it 0.00 spam."


def test_a_rule_that_is_gone_leaves_a_sentence():
    assert "“shouting”" in sentence(Signal(rule="shouting"))
