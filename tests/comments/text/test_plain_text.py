import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.text.plain_text import inert_line, inert_text

# What mail programs turn into links by themselves.
LINKS = re.compile(
    r"https?://|www\.|mailto:|\w@\w|\w\.(com|org|net|de|io)\b|\\\\\w", re.IGNORECASE
)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/x",
        "HTTP://EVIL.EXAMPLE",
        "(https://evil.example).",
        "ftp://evil.example",
        "//evil.example",
        "www.evil.example",
        "evil.example",
        "evil.com/path?x=1",
        "evil。com",
        "mailto:a@evil.example",
        "tel:+431234",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:x",
        "user@evil.example",
        "https://bank.example@evil.example/",
        "\\\\evil\\share",
        "192.0.2.1/x",
        "192.0.2.1:8080",
        "xn--e1afmkfd.example",
        "*evil.example*",
        "`https://evil.example`",
    ],
)
def test_an_address_is_taken_out(address):
    text = inert_text(f"Look {address} now", longest=600)
    assert text == "Look [link] now"
    assert inert_line(f"Look {address} now") == "Look [link] now"


@pytest.mark.parametrize(
    "words",
    [
        "That is 3.50, e.g. at 10.30; 1:0 for us.",
        "He said: no. U.S.A. z.B.",
        "and/or, @ noon, #5",
        "Wait... what?",
    ],
)
def test_other_words_stay(words):
    assert inert_text(words, longest=600) == words


def test_lines_and_paragraphs_stay_and_long_gaps_do_not():
    text = "One\nand two.\n\n\n\n\nThree\u202e <b>&amp;</b> \t end"
    assert inert_text(text, longest=600) == "One\nand two.\n\nThree <b>&amp;</b> end"


def test_a_long_text_is_cut():
    text = inert_text("word " * 1000, longest=600)
    assert len(text) == 600
    assert text.endswith("…")


@given(st.text(), st.sampled_from(["https://a.com", "www.a.de", "x@y.org", "a.io"]))
def test_nothing_that_leads_somewhere_comes_through(text, address):
    said = inert_text(f"{text} {address} {text}", longest=600)
    assert not LINKS.search(said)
    assert "\r" not in said
