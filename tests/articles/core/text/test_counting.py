import pytest

from articles.core.text.counting import (
    letters_in,
    reading_minutes,
    shortened,
    words_in,
)

FAMILY = "👨‍👩‍👧"


@pytest.mark.parametrize(
    ("a_minute", "text"),
    [
        (238, "word "),
        (238, "слово "),
        (255, "漢"),
        (357, "かな漢字"[0]),
        (357, "カ"),
        (202, "한국어는 "),
        (882, "ก"),
        (882, "ລ"),
    ],
)
def test_each_way_of_writing_has_its_own_speed(a_minute, text):
    assert reading_minutes(text * a_minute) == 1
    assert reading_minutes(text * (a_minute + 2)) == 2
    assert reading_minutes(text * a_minute * 4) == 4


def test_a_text_in_chinese_is_not_one_word():
    text = "东京是日本的首都，人口众多。" * 100
    assert reading_minutes(text) == 5
    assert words_in(text) == 744


def test_the_few_kana_of_a_name_do_not_make_chinese_japanese():
    chinese = "他在东京见到了すず" + "漢" * 246
    assert reading_minutes(chinese) == 1
    assert reading_minutes(chinese * 3) == 3
    japanese = "彼女は東京で働いています。" * 100
    assert reading_minutes(japanese) == 4


def test_two_languages_in_one_text_take_the_time_of_both():
    assert reading_minutes("word " * 238 + "漢" * 255 + " – " * 500) == 2


def test_signs_alone_are_no_words():
    assert words_in("one – two — … 3 !") == 3
    assert words_in("«один» – «два» …") == 2
    assert reading_minutes("") == 1


@pytest.mark.parametrize(
    ("text", "letters"),
    [("abc", 3), ("e\u0301", 1), (FAMILY, 1), ("हिन्दी", 2), ("กำ", 1)],
)
def test_letters_are_counted_as_readers_see_them(text, letters):
    assert letters_in(text) in {letters, letters + 1}
    assert letters_in(text * 10) == 10 * letters_in(text)


def test_a_text_is_cut_between_letters():
    assert shortened("abcdef", 6) == "abcdef"
    assert shortened("abcdefg", 6) == "abcde…"
    assert shortened("abcdef", 1) == "…"
    assert shortened(FAMILY * 3, 3) == FAMILY * 3
    assert shortened(FAMILY * 4, 3) == FAMILY * 2 + "…"
    assert len(shortened("e" + "\u0301" * 10_000, 10)) < 200
    assert shortened("e\u0301" * 4, 3) == "e\u0301" * 2 + "…"
