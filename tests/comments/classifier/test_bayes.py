import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.classifier.bayes import Count, Table, judge

COMMENTS = Count(50, 50)
TABLE = Table(
    COMMENTS,
    Count(500, 500),
    4,
    {
        "w:casino": Count(0, 40),
        "w:bonus": Count(1, 20),
        "w:thanks": Count(40, 0),
        "w:the": Count(30, 30),
    },
)


def of(*names):
    return {f"w:{name}": name for name in names}


def test_what_was_spam_before_is_spam_again():
    assert judge(of("casino", "bonus"), TABLE).probability > 0.9
    assert judge(of("thanks"), TABLE).probability < 0.1
    assert judge(of("casino", "thanks"), TABLE).probability == pytest.approx(0.5)


def test_what_was_never_seen_says_nothing():
    assert judge(of("unheard"), TABLE).probability == pytest.approx(0.5)
    assert judge({}, Table()).probability == pytest.approx(0.5)


def test_it_names_the_words_that_moved_it_the_strongest_first():
    assert judge(of("the", "bonus", "casino", "thanks"), TABLE).words == (
        "casino",
        "bonus",
    )
    assert judge(of("thanks", "the", "bonus"), TABLE).words == ("thanks",)


def test_pieces_of_words_are_not_named():
    table = Table(COMMENTS, Count(9, 9), 1, {"c:cas": Count(0, 40)})
    judgement = judge({"c:cas": "cas"}, table)
    assert judgement.probability > 0.9
    assert judgement.words == ()


counts = st.builds(Count, *[st.integers(0, 10**9)] * 2)


@given(st.dictionaries(st.text(), counts), counts, counts)
def test_whatever_was_counted_there_is_a_probability(known, comments, features):
    table = Table(comments, features, len(known), known)
    spelt = {name: name for name in known}
    assert 0 <= judge(spelt, table).probability <= 1
