import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.markup import (
    as_html,
    has_something_to_see,
    kept_line,
    kept_text,
)


class Tags(HTMLParser):
    """The tags and the text that a browser would find."""

    def __init__(self, html):
        super().__init__()
        self.found, self.text = [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text.append(data)


def links(text):
    return [attrs["href"] for tag, attrs in Tags(as_html(text)).found if tag == "a"]


def test_an_empty_line_parts_two_paragraphs_and_a_line_end_breaks_the_line():
    assert as_html("One\ntwo\n\nthree") == "<p>One<br>two</p><p>three</p>"


def test_ten_thousand_empty_lines_part_two_paragraphs_too():
    assert as_html("One" + "\n \t" * 10_000 + "\ntwo") == "<p>One</p><p>two</p>"


def test_nothing_to_show_is_no_paragraph():
    assert as_html(" \n\n") == ""


def test_what_looks_like_html_is_text():
    html = as_html("""<script>alert(1)</script> & "it's" """)
    assert "<script" not in html
    assert html == (
        "<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;it&#x27;s&quot;</p>"
    )


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("see https://example.org/a?b=1&c=2#d now", "https://example.org/a?b=1&c=2#d"),
        ("HTTP://EXAMPLE.ORG", "HTTP://EXAMPLE.ORG"),
        ("https://example.org/?a=1&copy=2", "https://example.org/?a=1&copy=2"),
        ("(https://example.org/a)", "https://example.org/a"),
        ("https://example.org/a_(b).", "https://example.org/a_(b)"),
        ("“https://example.org/”, they say", "https://example.org/"),
        ("https://пример.рф/путь!", "https://пример.рф/путь"),
        ("write to mailto:ines@example.org;", "mailto:ines@example.org"),
    ],
)
def test_an_address_becomes_a_link_and_the_sentence_around_it_does_not(text, address):
    assert links(text) == [address]


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "javascript://https",
        "data:text/html,x",
        "ftp://example.org/",
        "example.org",
        "ines@example.org",
        "http://",
        "https:///path",
        "http://[",
        "mailto:",
        "mailto:@",
        "xhttp://example.org/",
        # Reads as a page of the bank, and leads elsewhere.
        "https://bank.example@evil.example/",
    ],
)
def test_nothing_else_becomes_a_link(text):
    assert links(text) == []
    assert Tags(as_html(text)).text == [text]


def test_a_link_vouches_for_nothing():
    [(_, _), (tag, attrs)] = Tags(as_html("https://example.org/")).found
    assert tag == "a"
    assert attrs["rel"] == "nofollow ugc noopener"


def test_a_link_ends_where_a_character_begins_that_nobody_sees():
    assert links("https://example.org/\u202egpj.exe") == ["https://example.org/"]


def test_a_quotation_mark_does_not_end_the_attribute():
    found = Tags(as_html('https://example.org/"onmouseover="alert(1)')).found
    assert [set(attrs) for _, attrs in found] == [set(), {"href", "rel"}]


def test_letters_cannot_be_forced_into_another_order():
    assert "\u202e" not in as_html("abc \u202edef")


@given(st.text())
def test_of_any_text_only_our_own_tags_come_out(text):
    for tag, attrs in Tags(as_html(text)).found:
        assert (tag, set(attrs)) in [
            ("p", set()),
            ("br", set()),
            ("a", {"href", "rel"}),
        ]


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1))
def test_no_word_of_a_line_is_lost(text):
    assert "".join(Tags(as_html(text)).text) == text


@pytest.mark.parametrize(
    "piece",
    ["http://a", ")", "http://a)", "\n ", "&", "<", "http://[", "mailto:", "(", ".,"],
)
def test_eight_times_the_text_takes_eight_times_the_time_and_not_sixty_four(piece):
    def seconds(times):
        text = "http://a/" + piece * times
        started = time.process_time()
        as_html(text)
        return time.process_time() - started

    short = min(seconds(10_000) for _ in range(3))
    long = min(seconds(80_000) for _ in range(3))
    assert long < 32 * short + 0.1


def test_line_ends_of_every_kind_become_one():
    assert kept_text("a\r\nb\rc\nd") == "a\nb\nc\nd"


def test_controls_and_halves_of_characters_are_left_out():
    assert kept_text("a\x00b\x07c\x7fd\x9be\ud800f\uffffg\ufffeh\tz") == "abcdefgh\tz"


@pytest.mark.parametrize("text", ["👩‍🚀 مرحبا שלום", "Z̸̡͎a̵l̶g̷o", "\ufffd", "नमस्ते"])
def test_every_character_that_can_be_seen_is_kept(text):
    assert kept_text(text) == kept_line(text) == text


def test_a_name_is_one_line_that_turns_nothing_around():
    assert kept_line("  Inés \n\t\u202e  Ruiz\u2066 ") == "Inés Ruiz"


@given(st.text())
def test_what_was_kept_is_kept_again(text):
    assert kept_text(kept_text(text)) == kept_text(text)
    assert kept_line(kept_line(text)) == kept_line(text)
    kept_text(text).encode()


@pytest.mark.parametrize("text", ["", " \n", "\u200b", "\u3164", "\u2800", "\u0301"])
def test_some_texts_leave_nothing_on_the_page(text):
    assert not has_something_to_see(text)


@pytest.mark.parametrize("text", ["a", "…", "👍", "٣", "👨‍👩‍👧"])
def test_one_letter_sign_or_picture_is_enough_to_see(text):
    assert has_something_to_see(text)
