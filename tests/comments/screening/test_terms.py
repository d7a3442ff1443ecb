import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.core.text.normalisation import fold
from comments.screening.records import Posted
from comments.screening.terms import (
    banned_terms,
    candidates,
    matches,
    problem_with,
    suspect_terms,
)


def found(text, *terms):
    return [text[start:end] for start, end in matches(text, map(fold, terms))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ask a specialist.", []),
        ("Scunthorpe and Essex", []),
        ("Buy CIALIS, c1alis or cіalis!", ["CIALIS", "c1alis", "cіalis"]),
        ("Buy c\u200bi\u200ba\u200blis", ["c\u200bi\u200ba\u200blis"]),
        ("Buy c i a l i s now", ["c i a l i s"]),
        ("cialis.", ["cialis"]),
        ("(cialis)cialis-cialis", ["cialis"] * 3),
    ],
)
def test_a_term_is_found_as_a_whole_word_and_never_inside_another(text, words):
    assert found(text, "cialis", "cunt", "sex") == words


def test_terms_of_several_words_are_found_across_what_parts_them():
    assert found("Make money – FAST, today", "money fast") == ["money – FAST"]
    assert found("Money that comes fast", "money fast") == []


def test_each_list_finds_its_own_words_also_in_the_name():
    posted = Posted("Casino Joe", "bonus", banned=(fold("casino"),), suspect=("bonus",))
    assert [finding.words for finding in banned_terms(posted)] == [("Casino",)]
    assert [finding.words for finding in suspect_terms(posted)] == [("bonus",)]


@pytest.mark.parametrize(
    "term", ["", "  ", "…", "\u200b", "*", "a", "7", "one two three four five six"]
)
def test_a_term_that_is_nothing_or_everything_is_refused_with_a_sentence(term):
    assert problem_with(term).endswith(".")


@pytest.mark.parametrize("term", ["casino", "money fast", "c4sin0", "赌场", "казино"])
def test_a_word_in_any_script_is_taken(term):
    assert problem_with(term) is None
    assert found(f"x {term} y", term) == [term]


@given(st.text(max_size=200))
def test_whatever_is_found_was_looked_up(text):
    for term in list(candidates(text))[:20]:
        assert matches(text, [term])


@given(st.text(alphabet="abc", min_size=2), st.text(alphabet="abc", min_size=1))
def test_no_letter_may_stand_before_or_behind_a_term(term, more):
    assert not matches(f"{term}{more}", [fold(term)])
    assert not matches(f"{more}{term}", [fold(term)])
