import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.content.html import LONGEST_HTML, clean_article
from articles.content.typed_html import html_from_typed, laid_out


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("One\r\nline\r\n\r\nTwo", "<p>One<br>line</p><p>Two</p>"),
        ("One\n \t\n\n\nTwo\n", "<p>One</p><p>Two</p>"),
        (
            "<b>One</b> and <i>two</i>\n\nthree",
            "<p><strong>One</strong> and <em>two</em></p><p>three</p>",
        ),
        (
            "Before\n\n<h2>Title</h2>\nAfter\n\n<p>Kept\nas it is</p>",
            '<p>Before</p><h2 id="s-title">Title</h2><p>After</p><p>Kept\nas it is</p>',
        ),
        (
            "<b>one\n\ntwo</b>",
            "<p><strong>one</strong></p><p><strong>two</strong></p>",
        ),
        ("<pre>a\n\nb</pre>c", "<pre>a\n\nb</pre><p>c</p>"),
        ("5 < 6 & 7", "<p>5 &lt; 6 &amp; 7</p>"),
        ("<hr>\n\n<ul>\n<li>a</li>\n</ul>", "<hr><ul><li>a</li></ul>"),
        ("\n \n", ""),
    ],
)
def test_blank_lines_part_paragraphs_wherever_no_tag_does(typed, html):
    assert html_from_typed(typed) == html


def test_blocks_stand_apart_and_list_items_on_their_own_lines():
    html = '<h2 id="s-a">a</h2><p>b</p><ul><li>c</li><li>d</li></ul><pre>e\n\nf</pre>'
    assert laid_out(html) == (
        '<h2 id="s-a">a</h2>\n\n<p>b</p>\n\n<ul>\n<li>c</li>\n<li>d</li>\n</ul>\n\n'
        "<pre>e\n\nf</pre>"
    )
    assert html_from_typed(laid_out(html)) == html


@given(
    st.lists(
        st.sampled_from(
            [
                "X",
                "Y",
                "\n",
                "\n\n",
                " ",
                "<p>",
                "</p>",
                "<b>",
                "</b>",
                "<ul>",
                "<li>",
                "</ul>",
                "<h2>",
                "<pre>",
                "</pre>",
                "<hr>",
                "<blockquote>",
                "<table><tr><td>",
                "</table>",
                "<br>",
                "<a href='/x'>",
                "<figure>",
            ]
        )
    )
)
def test_what_was_typed_once_stays_and_keeps_its_words(pieces):
    typed = "".join(pieces)
    html = html_from_typed(typed)
    assert html_from_typed(laid_out(html)) == html
    for letter in "XY":
        assert html.count(letter) == typed.count(letter)
    assert clean_article(html) == html


def test_a_text_that_is_too_long_is_left_to_the_limit():
    text = "a\n\n" * LONGEST_HTML
    assert html_from_typed(text) == text


def test_a_long_text_is_laid_out_quickly():
    began = time.process_time()
    html = html_from_typed("Words.\n\n" * 50_000 + " " * 100_000)
    assert html.count("<p>") == 50_000
    assert laid_out(html).count("\n\n") == 49_999
    assert time.process_time() - began < 5
