import time
from html.parser import HTMLParser

import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from comments.text.html import (
    as_html,
    as_plain,
    characters,
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


@pytest.mark.parametrize("text", [" \n\n", "\u200b\n\u3164\n", "> \n>>\n> > "])
def test_nothing_to_show_is_no_paragraph_and_no_quote(text):
    assert as_html(text) == ""


def test_ten_thousand_lines_of_nothing_do_not_lengthen_the_page():
    assert (
        as_html("One" + "\n\u00a0\u200b" * 10_000 + "\ntwo") == "<p>One</p><p>two</p>"
    )


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "> One\n> two\n\nThree",
            "<blockquote><p>One<br>two</p></blockquote><p>Three</p>",
        ),
        # An answer in the next line is not part of the quote.
        ("> One\nTwo", "<blockquote><p>One</p></blockquote><p>Two</p>"),
        ("One\n> two", "<p>One</p><blockquote><p>two</p></blockquote>"),
        (
            ">> One\n> two",
            "<blockquote><blockquote><p>One</p></blockquote><p>two</p></blockquote>",
        ),
        ("\\> One", "<p>&gt; One</p>"),
    ],
)
def test_a_line_that_begins_with_the_mark_is_quoted_and_no_other(text, html):
    assert as_html(text) == html


def test_quotes_within_quotes_end_at_the_third_and_the_words_do_not():
    html = as_html(">" * 5000 + " Deep")
    assert html.count("<blockquote>") == 3
    assert "Deep" in html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*one* **two**", "<em>one</em> <strong>two</strong>"),
        ("***one***", "<em><strong>one</strong></em>"),
        ("*one *two* three*", "<em>one two three</em>"),
        ("`*one* <b>`", "<code>*one* &lt;b&gt;</code>"),
        ("*`one`*", "<em><code>one</code></em>"),
        ("\\*one\\* \\`two\\`", "*one* `two`"),
    ],
)
def test_stars_stress_and_backticks_mark_code(text, html):
    assert as_html(text) == f"<p>{html}</p>"


@pytest.mark.parametrize(
    "text",
    [
        "2*3*4",
        "sh*t and f*ck",
        "* one",
        "5 * 3 * 2",
        "***** five stars *****",
        "snake_case and __init__ and _so_",
        "c`est l`homme",
        "¯\\_(ツ)_/¯",
        "C:\\Users\\ana",
        "# no heading",
        "- no list",
        "1. no list",
        "---",
        "***",
        "a | b",
        "[text] (and more)",
        "&amp; &lt;",
        "~~so~~",
    ],
)
def test_what_people_type_for_other_reasons_stands_as_they_typed_it(text):
    assert [tag for tag, _ in Tags(as_html(text)).found] == ["p"]
    assert Tags(as_html(text)).text == [text]


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("[the bank](https://evil.example/)", ["https://evil.example/"]),
        ("[the bank](//evil.example) <//evil.example> //evil.example", []),
        ("[the bank](javascript:alert(1)) <javascript:alert(1)>", []),
        ("[the bank]\n\n[the bank]: https://evil.example/", ["https://evil.example/"]),
        ("![](https://evil.example/x.png)", ["https://evil.example/x.png"]),
    ],
)
def test_no_text_can_lie_about_where_it_leads(text, addresses):
    html = as_html(text)
    assert links(text) == addresses
    for address in addresses:
        assert f">{address}</a>" in html
    assert "<img" not in html


def test_stars_within_an_address_belong_to_it_and_those_around_it_do_not():
    assert links("https://example.org/*a*_b_c") == ["https://example.org/*a*_b_c"]
    assert as_html("*https://example.org/*").startswith("<p><em><a href=")
    assert links("*see https://example.org/*") == ["https://example.org/"]


def test_in_code_nothing_is_a_link():
    assert as_html("`https://example.org/`") == (
        "<p><code>https://example.org/</code></p>"
    )


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
        # Looks like the address of a bank but leads elsewhere.
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


@pytest.mark.parametrize("text", ["abc \u202edef", "`abc \u202edef`", "> *\u202edef*"])
def test_letters_cannot_be_forced_into_another_order(text):
    assert "\u202e" not in as_html(text)
    assert "\u202e" not in as_plain(text)


MARKS = st.sampled_from(
    ["*", "**", "`", ">", "> ", "\\", "\n", "\n\n", " ", "_", "[", "<"]
)
LETTERS = st.characters(
    categories=["L", "N"], exclude_characters="\u115f\u1160\u3164\uffa0"
)
FORMATTED = st.lists(MARKS | LETTERS | st.just("http://a.b"), max_size=60).map("".join)
# No deadline: benchmarks measure the time, and a busy machine is no failure.
in_its_time = settings(deadline=None)
PLAIN_TAGS = {"p", "br", "blockquote", "em", "strong", "code"}


class Balanced(Tags):
    """Fails on a tag that is closed in the wrong place or left open."""

    def __init__(self, html):
        self.open = []
        super().__init__(html)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        super().handle_starttag(tag, attrs)
        if tag != "br":
            assert tag not in self.open or tag == "blockquote"
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@in_its_time
@given(st.text() | FORMATTED)
@example("*a **b* c**")
@example("א")
def test_of_any_text_only_our_own_tags_come_out_each_closed_in_its_place(text):
    for tag, attrs in Balanced(as_html(text)).found:
        if tag == "a":
            assert set(attrs) == {"href", "rel"}
            assert attrs["href"].lower().startswith(("http://", "https://", "mailto:"))
        elif tag == "p" and attrs:
            # Where a paragraph may run from right to left.
            assert attrs == {"dir": "auto"}
        else:
            assert (tag, attrs) in [(plain, {}) for plain in PLAIN_TAGS]


@in_its_time
@given(FORMATTED)
def test_no_letter_of_any_text_is_lost(text):
    letters = [char for char in text if char.isalnum()]
    shown = "".join(Tags(as_html(text)).text)
    assert [char for char in shown if char.isalnum()] == letters


@in_its_time
@given(
    st.text(
        st.characters(
            categories=["L", "N", "P", "S"],
            exclude_characters="*`>\\\u115f\u1160\u2800\u3164\uffa0",
        ),
        min_size=1,
    )
)
def test_no_sign_of_a_line_without_formatting_is_lost(text):
    assert "".join(Tags(as_html(text)).text) == text


# Each is the worst input for some rule, and is repeated.
PIECES = [
    *["http://a", ")", "http://a)", "\n ", "&", "<", "http://[", "mailto:", "(", ".,"],
    *[">", "> ", ">\n", "> a\n", "> a\n\n", ">> a\n> b\n", "> *a\n", "\n"],
    *["*", "*a ", "a* ", "**a", "*a_ ", "*a `", "_a", "\\*", "[", "[a](", "!["],
    *["`", "`a", " `a", "a`", "``` ", "``a` ", ":", "a:", "\u0301", "\u200b\n"],
]


def seconds_for(text):
    started = time.process_time()
    as_html.__wrapped__(text)
    return time.process_time() - started


@pytest.mark.parametrize("piece", PIECES)
def test_four_times_the_text_takes_four_times_the_time_and_not_sixteen(piece):
    for start in ["http://a/", ""]:
        text = start + piece * 20_000
        short = min(seconds_for(text[:5_000]) for _ in range(3))
        long = min(seconds_for(text[:20_000]) for _ in range(3))
        assert long < 10 * short + 0.02
        assert long < 1


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("*One* **two** `three`", "One two three"),
        ("One\ntwo\n\n\nthree", "One\ntwo\n\nthree"),
        ("> What they said\n\nMy *answer*", "My answer"),
        ("> All of it\n>> quoted", "All of it\n\nquoted"),
        ("See https://example.org/?a=1&b=<i>.", "See https://example.org/?a=1&b=<i>."),
        ("", ""),
    ],
)
def test_an_excerpt_has_the_words_without_the_formatting_and_the_quotes(text, plain):
    assert as_plain(text) == plain


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 0),
        ("é", 1),
        ("e\u0301", 1),
        ("👩‍👩‍👧‍👦", 1),
        ("🇫🇷🇩🇪", 2),
        ("नमस्ते", 3),
        ("a\nb", 3),
    ],
)
def test_a_character_is_what_people_see_as_one(text, number):
    assert characters(text) == number


def test_line_ends_of_every_kind_become_one():
    assert kept_text("a\r\nb\rc\nd") == "a\nb\nc\nd"


def test_controls_and_halves_of_characters_are_left_out():
    assert kept_text("a\x00b\x07c\x7fd\x9be\ud800f\uffffg\ufffeh\tz") == "abcdefgh\tz"


@pytest.mark.parametrize("text", ["👩‍🚀 مرحبا שלום", "Z̸̡͎a̵l̶g̷o", "\ufffd", "नमस्ते"])
def test_every_character_that_can_be_seen_is_kept(text):
    assert kept_text(text) == kept_line(text) == text


def test_a_name_is_one_line_that_turns_nothing_around():
    assert kept_line("  Inés \n\t\u202e  Ruiz\u2066 ") == "Inés Ruiz"


@in_its_time
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


@given(
    st.text(
        st.sampled_from("\U0001f1e6\U0001f1ff\u200d\u0301\u0600\U0001f468\ufe0fa\n ")
    )
)
def test_flags_are_counted_as_unicode_says(text):
    assert characters(text) == sum(1 for _ in regex.finditer(r"\X", text))


@pytest.mark.parametrize(
    "piece", ["\U0001f1e6", "\U0001f468\u200d", "\u0301", "\u0915\u094d", "\u0600"]
)
def test_counting_characters_takes_time_in_proportion_to_the_length(piece):
    def seconds(text):
        start = time.process_time()
        characters(text)
        return time.process_time() - start

    plain = min(seconds("a" * 60_000) for _ in range(3))
    dear = min(seconds(piece * (60_000 // len(piece))) for _ in range(2))
    assert dear < 10 * plain


def test_each_paragraph_goes_in_the_direction_of_its_own_first_letter():
    assert as_html("BBC says:\n\nالماء يصعد.") == (
        '<p dir="auto">BBC says:</p><p dir="auto">الماء يصعد.</p>'
    )
