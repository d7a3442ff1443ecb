import pytest

from comments.models import Signal, Weight
from comments.screening.rules import FAILED, RULES
from comments.screening.wording import FAILURES, sentence, why

NAMES = [rule.name for rule in RULES]


@pytest.mark.parametrize("rule", [*NAMES, FAILED])
def test_each_rule_has_a_sentence_of_its_own(rule):
    said = sentence(Signal(rule=rule, words="Ana Ruiz"))
    assert said[0] == said[0].upper()
    assert said.endswith(".")
    # Those of one word are called in the newsroom what they are called in the code.
    assert rule not in said or "_" not in rule
    assert "no longer in use" not in said
    others = {
        sentence(Signal(rule=name, words="Ana Ruiz")) for name in [*NAMES, FAILED]
    }
    assert len(others) == len(NAMES) + 1


@pytest.mark.parametrize("rule", NAMES)
def test_a_rule_that_failed_is_named_by_what_it_checks(rule):
    said = sentence(Signal(rule=FAILED, words=rule))
    assert said == FAILURES[rule]
    assert len(set(map(str, FAILURES.values()))) == len(NAMES)
    assert sentence(Signal(rule=FAILED, words="shouting")).startswith("One of the")


def test_it_says_whom_the_name_resembles():
    signal = Signal(rule="look_alike_staff", words="Ana Ruiz")
    assert sentence(signal) == (
        "The name resembles that of Ana Ruiz, a member of staff, but the sender was not signed in."
    )
    signal = Signal(rule="look_alike_byline", words="Ana Ruiz\nTom Ash")
    assert sentence(signal) == (
        "The name resembles those of Ana Ruiz and Tom Ash, authors of this site."
    )


def test_it_says_how_sure_the_classifier_is_and_because_of_what():
    signal = Signal(rule="classifier", value=0.934, words="casino\nbonus")
    assert sentence(signal) == "Very likely spam (words: casino and bonus)."
    signal = Signal(rule="classifier", value=0.6)
    assert sentence(signal) == "Possibly spam."
    signal = Signal(rule="classifier", value=0.002, words="a link")
    assert sentence(signal) == "Probably not spam (words: a link)."


def test_a_rule_that_is_gone_leaves_a_sentence():
    assert "“shouting”" in sentence(Signal(rule="shouting"))


@pytest.mark.parametrize(
    ("signal", "said"),
    [
        (
            Signal(rule="links", value=2, limit=1, words="a.com\nb.com"),
            "2 links (limit: 1): a.com and b.com.",
        ),
        (
            Signal(rule="flood", value=4, limit=3),
            "4 comments from the same sender within ten minutes (limit: 3).",
        ),
        (Signal(rule="banned_terms", words="c4sino"), "Banned word: c4sino."),
        (
            Signal(rule="new_commenter", value=1),
            "1 approved comment by this person so far.",
        ),
        (
            Signal(rule="repeated_text", value=1),
            "Same text as 1 other comment in the last day.",
        ),
        (Signal(rule="muted", words="Insults"), "Muted by a moderator (Insults)."),
        (Signal(rule="muted"), "Muted by a moderator."),
        (
            Signal(rule="similar_text", value=0.83, limit=0.6),
            "83% similar to another comment in the last day (limit: 60%).",
        ),
        (
            Signal(rule="quick_post", value=1.5, limit=3),
            "Sent less than 2 seconds after the page was opened (limit: 3).",
        ),
    ],
)
def test_what_was_measured_and_how_much_is_allowed_is_said(signal, said):
    assert sentence(signal) == said


def test_all_findings_are_told_the_heaviest_first():
    holds, informs = {"weight": Weight.HOLDS}, {"weight": Weight.INFORMS}
    found = [
        Signal(rule="classifier", value=0.83, words="casino\nbonus", **informs),
        Signal(rule="links", value=2, limit=1, words="a.com\nb.com", **holds),
        Signal(rule="new_commenter", value=0, **holds),
    ]
    assert why(found) == (
        "Held for a moderator. 2 links (limit: 1): a.com and b.com. "
        "No approved comments by this person yet. "
        "Possibly spam (words: casino and bonus)."
    )
    assert why(found[:1]) == "Possibly spam (words: casino and bonus)."
    found[1].weight = Weight.MARKS
    assert why(found).startswith("Marked as spam automatically. 2 links")
    assert why([]) == ""
