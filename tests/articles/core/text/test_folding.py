import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.core.text.folding import fold, readings_of


def readings(text):
    return [" ".join(word.look for word in words) for words in readings_of(text)]


@pytest.mark.parametrize(
    "written",
    [
        "casino",
        "CASINO",
        "cásinö",
        "c4s1n0",
        "саsіnо",
        "ca\u200bsi\u00adno",
        "ｃａｓｉｎｏ",
        "ca\ufe0fsino",
        "ca\u034fsino",
        "ca\u3164sino",
        "ca\u20ddsino",
    ],
)
def test_a_word_is_itself_whatever_it_is_written_in(written):
    assert fold(written) == fold("casino")


@pytest.mark.parametrize("written", ["ca$ino", "c@s!no", "c a s i n o", "c.a.s.i.n.o"])
def test_one_way_to_read_signs_and_letters_apart_is_as_a_word(written):
    assert fold("casino") in readings(f"the {written} now")[-1].split()


def test_a_number_is_a_number_and_a_sentence_ends_at_its_sign():
    assert fold("1000 years") == "1000 years"
    assert "casino" in fold("casino!Great").replace("l", "i").split()


@pytest.mark.parametrize("word", ["हिन्दी", "ภาษาไทย"])
def test_a_word_whose_vowels_are_written_as_marks_is_one_word(word):
    [[found]] = readings_of(word)
    assert (found.start, found.end) == (0, len(word))
    assert fold("की") != fold("का")


@given(st.text())
def test_what_is_folded_is_the_first_reading(text):
    assert fold(text) == readings(text)[0]


@given(st.text())
def test_each_word_stands_where_it_is_said_to_stand(text):
    for words in readings_of(text):
        for word in words:
            assert 0 <= word.start < word.end <= len(text)
            assert word.look
        assert [word.start for word in words] == sorted(word.start for word in words)


@given(st.text())
def test_what_is_folded_stays_as_it_is_when_it_is_folded_again(text):
    assert fold(fold(text)) == fold(text)
