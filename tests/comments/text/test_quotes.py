import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.core.text.normalisation import words_only
from comments.text.quotes import MOST_QUOTES, quotes_in, said_in

SAID = "The bridge was closed in March, and nobody told us."


@pytest.mark.parametrize(
    "quote",
    [
        "> The bridge was closed in March",
        ">the  *bridge* was closed “in March”",
        "  > > The bridge was closed in\n> March, and nobody",
        "Yes:\n> The bridge was closed in March\n\nBut who knew?",
        "> Something of somebody else, longer than that\n> nobody told us, and nobody told us\n> was closed in March, and nobody",
    ],
)
def test_what_is_quoted_is_found_however_it_was_formatted(quote):
    assert said_in(f"So it is. {SAID} Ever.", quotes_in(quote))


@pytest.mark.parametrize(
    "text",
    [
        "The bridge was closed in March",  # said again, not quoted
        "> bridge was closed",  # short
        "> ridge was closed in Marc",  # half words
        "> The bridge was opened in March",
        ">\n>\n",
        "",
    ],
)
def test_other_words_quote_nobody(text):
    assert not said_in(SAID, quotes_in(text))


def test_twenty_characters_are_enough():
    assert quotes_in("> " + "a" * 19) == []
    assert quotes_in("> " + "a" * 20) == ["a" * 20]


def test_what_somebody_quotes_is_not_their_own():
    assert not said_in(f"> {SAID}\nIndeed.", quotes_in(f"> {SAID}"))


def test_only_so_many_quotes_are_looked_for():
    text = "\n\n".join(f"> quoted line of some length {n}" for n in range(50))
    assert len(quotes_in(text)) == MOST_QUOTES


def test_long_texts_take_no_long_time():
    began = time.perf_counter()
    for text in ["> " * 2500, "> a\n" * 1250, "a" * 5000, ">" + "x y " * 1249]:
        said_in(text, quotes_in(text))
    assert time.perf_counter() - began < 1


@given(st.text())
def test_any_text_can_be_read(text):
    assert not said_in("", quotes_in(text))
    assert words_only(words_only(text)) == words_only(text)
