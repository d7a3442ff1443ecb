import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.moderation.redaction import (
    MARK,
    WordsNotThere,
    answers_with,
    redacted,
    suggestions,
)
from tests.factories import make_shown_comment


def test_the_words_are_gone_wherever_they_stand_and_a_mark_is_there():
    body = "Call 555-1234, or 555-1234!"
    assert redacted(body, ["555-1234"]) == f"Call {MARK}, or {MARK}!"


def test_of_words_within_words_the_longer_go_as_one():
    assert redacted("Ana Ruiz", ["Ana", "Ana Ruiz"]) == MARK


def test_words_that_a_mark_is_made_of_can_be_taken_out_too():
    assert redacted("a moderator by name Ana", ["moderator", "Ana"]) == (
        f"a {MARK} by name {MARK}"
    )


def test_words_that_do_not_stand_there_are_named():
    with pytest.raises(WordsNotThere, match="555, 777"):
        redacted("Call 123.", ["123", "555", "777"])


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("Write to ana.ruiz@example.org.", ["ana.ruiz@example.org"]),
        ("Call +49 (30) 1234-567 today", ["+49 (30) 1234-567"]),
        ("Pay DE89 3704 0044 0532 0130 00 now", ["DE89 3704 0044 0532 0130 00"]),
        ("In 2024, 15 of 20 people", []),
        ("Between 1990-1995 and 3.50 euros", []),
    ],
)
def test_what_looks_private_is_suggested(body, found):
    assert suggestions(body) == found


@given(st.text(min_size=1), st.data())
def test_no_trace_of_the_words_is_left(body, data):
    start = data.draw(st.integers(0, len(body) - 1))
    end = data.draw(st.integers(start + 1, len(body)))
    word = body[start:end]
    left = redacted(body, [word]).replace(MARK, "\N{OBJECT REPLACEMENT CHARACTER}")
    assert word == "\N{OBJECT REPLACEMENT CHARACTER}" or word not in left


def test_answers_that_repeat_the_words_are_found(db):
    comment = make_shown_comment(body="Call 555-1234.")
    quoting = make_shown_comment(parent=comment, body="> Call 555-1234.\n\nNo.")
    make_shown_comment(parent=comment, body="Thank you.")
    assert answers_with(comment, ["555-1234"]) == [quoting]
