import string
import time
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from articles.core.text.shingles import alike, likeness, shingles

SPAM = "Earn {} euros a day from home with this simple trick that doctors hate so much"


def like(one, other):
    return likeness(shingles(one), shingles(other))


def test_the_same_words_are_alike_whatever_they_are_written_in():
    assert like(SPAM, SPAM.upper().replace("o", "0")) == 1


def test_a_word_exchanged_leaves_texts_alike_and_other_words_do_not():
    assert 0.6 <= like(SPAM.format(500), SPAM.format(900)) < 1
    assert (
        like(SPAM, "The council met on Tuesday to speak of the bridge once more") == 0
    )


def test_the_same_spam_makes_one_group_and_everything_else_stands_alone():
    texts = [SPAM.format(1), "I agree with Inés here.", SPAM.format(2), "", "😀", ""]
    assert alike(texts) == [[0, 2], [1], [3], [4], [5]]


def test_short_texts_are_compared_by_their_letters():
    assert alike(["Buy now!", "buy n0w", "By now"]) == [[0, 1], [2]]


@given(st.lists(st.text(max_size=40), max_size=8))
def test_every_text_is_in_one_group_and_groups_keep_their_order(texts):
    groups = alike(texts)
    assert sorted(place for group in groups for place in group) == list(
        range(len(texts))
    )
    assert [group[0] for group in groups] == sorted(group[0] for group in groups)


@given(st.text(), st.text())
def test_likeness_is_a_share_and_the_same_both_ways(one, other):
    assert 0 <= like(one, other) <= 1
    assert like(one, other) == like(other, one)


def test_long_texts_are_alike_where_they_share_most_and_not_where_they_share_half():
    chance = Random(4)
    one, other, third = (
        [f"word{chance.randrange(10_000)}" for _ in range(900)] for _ in range(3)
    )
    texts = [
        " ".join(words)
        for words in [one, one[:450] + other[450:], one[:800] + third[800:]]
    ]
    assert alike(texts) == [[0, 2], [1]]


def test_a_pile_of_the_longest_texts_is_grouped_in_no_time():
    chance = Random(4)
    texts = [
        " ".join(chance.choices(string.ascii_lowercase, k=2500)) for _ in range(200)
    ]
    begun = time.process_time()
    assert len(alike(texts)) == 200
    assert time.process_time() - begun < 10
