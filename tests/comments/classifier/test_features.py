from time import perf_counter

import pytest

from comments.classifier.features import (
    LONGEST_FEATURE,
    MOST_FEATURES,
    extract_features,
)


def words(text):
    return [name for name in extract_features(text) if name.startswith("w:")]


@pytest.mark.parametrize(
    "text",
    [
        "casino",
        "CASINO",
        "Cásinö",
        "ca\u200bsi\u00adno",
        "сasinо",
        "ｃａｓｉｎｏ",
        "c4s1n0",
        "𝐜𝐚𝐬𝐢𝐧𝐨",
    ],
)
def test_a_word_is_counted_as_it_looks(text):
    assert words(text) == ["w:casino"]
    assert extract_features("casino").keys() == extract_features(text).keys()


def test_a_number_stays_a_number():
    assert words("1000 2x") == ["w:1000", "w:2x"]


@pytest.mark.parametrize("text", ["новости", "新闻", "خبر", "हिन्दी"])
def test_words_of_any_script_are_counted_whatever_their_case(text):
    assert len(words(text)) >= 1
    assert words(text) == words(text.upper())


def test_a_word_said_a_thousand_times_counts_once():
    assert words("casino " * 700) == ["w:casino"]


def test_pairs_and_pieces_are_counted_once_each():
    found = extract_features("buy now buy now")
    assert {"p:buy now", "p:now buy", "c: buy ", "c:now"} <= found.keys()
    assert found["p:buy now"] == "buy now"
    assert len(found) == len(set(found))


def test_it_names_the_word_as_it_was_written():
    assert extract_features("C4SINO!")["w:casino"] == "C4SINO"


@pytest.mark.parametrize("text", ["see www.x.example", "http://x", "buy at x.com now"])
def test_a_link_is_a_trait(text):
    assert "t:link" in extract_features(text)
    assert "t:link" not in extract_features("A remark. Nothing else")


@pytest.mark.parametrize(
    "text", ["", "\x00", "\ud800", "a" * 5000, "ﷺ" * 5000, "word " * 1000, "é" * 9999]
)
def test_whatever_is_sent_gives_a_bounded_number_of_short_features(text):
    found = extract_features(text)
    assert len(found) <= MOST_FEATURES
    assert all(len(name) <= LONGEST_FEATURE and "\n" not in name for name in found)
    "".join(found).encode()
    assert "\x00" not in "".join(found)


def test_a_long_comment_takes_a_few_milliseconds():
    text = "".join(chr(97 + (n * n) % 23) if n % 6 else " " for n in range(5000))
    extract_features(text)
    times = []
    for _ in range(5):
        start = perf_counter()
        extract_features(text)
        times.append(perf_counter() - start)
    assert min(times) < 0.05
