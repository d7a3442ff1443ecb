from hypothesis import given
from hypothesis import strategies as st

from articles.core.text.word_diff import GONE, MOST_PIECES, NEW, SAME, by_word


def test_what_is_gone_and_what_is_new_stand_where_they_differ():
    assert list(by_word("I went home.", "I ran home.")) == [
        (SAME, "I "),
        (GONE, "went"),
        (NEW, "ran"),
        (SAME, " home."),
    ]


@given(st.text(), st.text())
def test_both_texts_are_whole(old, new):
    pieces = list(by_word(old, new))
    assert "".join(text for kind, text in pieces if kind != NEW) == old
    assert "".join(text for kind, text in pieces if kind != GONE) == new


def test_very_long_texts_are_told_as_a_whole():
    long = "a " * MOST_PIECES
    assert list(by_word(long, "b")) == [(GONE, long), (NEW, "b")]
