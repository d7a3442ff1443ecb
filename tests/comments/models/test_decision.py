from datetime import UTC, datetime

import pytest

from comments.models import Comment, Decision

AT = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
What = Decision.What


def make_decision(**fields):
    return Decision(**{"by_name": "Ana", "at": AT} | fields)


@pytest.mark.parametrize("status", Comment.Status)
@pytest.mark.parametrize("what", [What.STATUS, What.KEEP])
def test_each_decision_has_words_and_a_sentence(what, status):
    if what == What.KEEP and status in ["pending", "withdrawn"]:
        pytest.skip("Comments that wait or are withdrawn are not kept.")
    decision = make_decision(what=what, to_status=status)
    who = decision.who
    assert str(decision) == f"{who} {decision.in_words} on 4 March 2026, 12:00 UTC"


@pytest.mark.parametrize("what", [What.EDIT, What.REPORTS])
def test_what_puts_a_comment_back_says_why(what):
    decision = make_decision(what=what, to_status="pending")
    assert str(decision).startswith(f"{decision.who} {decision.in_words}")
    assert str(decision).endswith("on 4 March 2026, 12:00 UTC")


@pytest.mark.parametrize("what", [What.PICK, What.UNPICK, What.REDACT])
def test_decisions_that_leave_the_status_say_what_was_done(what):
    said = {make_decision(what=each, to_status="approved").in_words for each in What}
    assert len(said) == len(What)
    decision = make_decision(what=what, to_status="approved")
    assert str(decision) == f"Ana {decision.in_words} on 4 March 2026, 12:00 UTC"
