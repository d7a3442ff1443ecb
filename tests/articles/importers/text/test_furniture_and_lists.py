from html import unescape

import pytest

from articles.content.html import clean_article
from articles.importers.text import article_from
from tests.articles.importers.text.documents import (
    LONG,
    MORE,
    PAGE_ENDS,
    blocks,
    document,
    kinds,
    staircase,
    titles,
)

# Furniture


@pytest.mark.parametrize(
    "furniture",
    [
        ["Post a Comment", "Previous Post Next Post"],
        ["Post a Comment\nPrevious Post\nNext Post"],
        ["Post a Comment", "Previous Post\n   Next Post"],
        ["Share this:", "Mail", "Print", "← Older", "Newer →"],
        ["12 comments"],
        ["***", "Back to top"],
        ["Related", "Want more?", "Subscribe"],
        ["Home | News | Sport", "© 2024 The Harbour Post. All rights reserved."],
        ["A Last Heading"],
        [
            "Post a Comment",
            "Older: How the Harbour Council Learned to Love Its Rusty Old Crane",
        ],
    ],
)
def test_short_lines_after_the_last_paragraph_are_left_out(furniture):
    article = article_from(document("T", "Short.", "The Vote", LONG, *furniture))
    assert blocks(article) == [("h2", "The Vote"), ("p", LONG)]
    assert article.left_out == tuple(
        line.strip() for block in furniture for line in block.split("\n")
    )


@pytest.mark.parametrize(
    "ending",
    [
        "Nobody moved.",
        "And who will pay?",
        "“We will never, ever sell it to anyone”",
        "The harbour council will meet again in the autumn, and then it will decide what is to be done with the shed",
        "- the money\n- the rust",
    ],
)
def test_a_last_paragraph_is_not_furniture(ending):
    article = article_from(
        document("T", "Short.", "The Vote", LONG, ending, *PAGE_ENDS)
    )
    assert article.left_out == tuple(PAGE_ENDS)
    assert [text for _, text in blocks(article)][2:] == ending.replace("- ", "").split(
        "\n"
    )


def test_a_last_line_of_a_paragraph_block_stays_with_it():
    article = article_from(
        document("T", "Short.", "The Vote", staircase(LONG, "Nobody moved"), *PAGE_ENDS)
    )
    assert blocks(article)[-1] == ("p", "Nobody moved")
    assert article.left_out == tuple(PAGE_ENDS)


def test_a_document_of_short_lines_alone_keeps_them_all():
    article = article_from("Harbour Song\n\nRust and rope\nTar and tide\n\nGulls above")
    assert article.left_out == ()
    assert [text for _, text in blocks(article)] == [
        "Rust and rope",
        "Tar and tide",
        "Gulls above",
    ]


def test_a_long_list_of_short_lines_is_not_furniture():
    results = [f"Harbour {n} – Quay {n}" for n in range(13)]
    article = article_from(document("T", "Short.", "The Results", LONG, *results))
    assert article.left_out == ()
    assert [text for _, text in blocks(article)][-13:] == results


# Lists and rules


def test_lines_with_bullets_make_a_list():
    article = article_from(
        document(
            "T", "S.", "The Vote", LONG, "- the money\n  * the rust\n• the view", MORE
        )
    )
    assert "<ul>\n<li>the money</li>\n<li>the rust</li>\n<li>the view</li>\n</ul>" in (
        article.body
    )
    assert kinds(article) == ["h2", "p", "li", "li", "li", "p"]


@pytest.mark.parametrize("between", ["\n", "\n\n", "\n    "])
def test_lines_with_numbers_in_order_make_a_list(between):
    items = between.join(["1. the money", "2. the rust", "3) the view"])
    article = article_from(document("T", "S.", "The Vote", LONG, items, MORE))
    assert "<ol>\n<li>the money</li>\n<li>the rust</li>\n<li>the view</li>\n</ol>" in (
        article.body
    )


def test_a_list_begins_with_the_number_it_has():
    article = article_from(document("T", LONG, "7. the rust\n8. the view"))
    assert '<ol start="7">' in clean_article(article.body)


@pytest.mark.parametrize(
    "lines", ["- the rust", "1. the rust.", "1990. A year.\n1991. A year."]
)
def test_one_mark_or_a_year_makes_no_list(lines):
    article = article_from(document("T", LONG, lines, MORE))
    assert "li" not in kinds(article)
    assert lines.split("\n")[0] in unescape(article.body)


def test_numbered_headings_keep_their_numbers():
    article = article_from(document("T", "S.", "1. Money", LONG, "2. Rust", MORE))
    assert titles(article) == [("h2", "1. Money"), ("h2", "2. Rust")]


def test_a_line_of_stars_is_a_rule():
    article = article_from(document("T", "S.", "The Vote", LONG, "* * *", MORE))
    assert kinds(article) == ["h2", "p", "hr", "p"]
