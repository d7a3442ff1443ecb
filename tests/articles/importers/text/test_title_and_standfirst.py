import pytest

from articles.importers.text import article_from
from tests.articles.importers.text.documents import (
    LONG,
    LONGER,
    MORE,
    PAGE_ENDS,
    blocks,
    document,
    kinds,
    staircase,
    titles,
)


def test_a_document_of_one_section():
    article = article_from(
        document("The Crane Stays", "A vote, at last.", "The Vote", LONG, *PAGE_ENDS)
    )
    assert article.title == "The Crane Stays"
    assert article.standfirst == "A vote, at last."
    assert blocks(article) == [("h2", "The Vote"), ("p", LONG)]
    assert article.left_out == ("Leave a Reply", "Older Newer")


def test_paragraphs_that_climb_a_staircase():
    article = article_from(
        document(
            "The Crane Stays",
            "A vote, at last.",
            "The Vote",
            "Four Hours in a Cold Room",
            staircase(LONG, LONGER, MORE),
            "      The Crane",
            staircase(LONG, "Nobody moved.", MORE),
        )
    )
    assert blocks(article) == [
        ("h2", "The Vote"),
        ("h3", "Four Hours in a Cold Room"),
        ("p", LONG),
        ("p", LONGER),
        ("p", MORE),
        ("h2", "The Crane"),
        ("p", LONG),
        ("p", "Nobody moved."),
        ("p", MORE),
    ]


def test_an_article_without_a_standfirst_begins_with_its_first_section():
    article = article_from(
        document("Title", "First", LONG, "Second", "With More", LONGER, "Third", MORE)
    )
    assert article.standfirst == ""
    assert titles(article) == [
        ("h2", "First"),
        ("h2", "Second"),
        ("h3", "With More"),
        ("h2", "Third"),
    ]


def test_without_a_standfirst_the_first_section_may_have_a_subheading():
    article = article_from(
        document("T", "First", "One", LONG, "Second", "Two", LONGER, "Third", MORE)
    )
    assert article.standfirst == ""
    assert titles(article)[:2] == [("h2", "First"), ("h3", "One")]


def test_an_article_without_any_heading():
    article = article_from(
        document("The Crane Stays", "A vote, at last.", staircase(LONG, LONGER, MORE))
    )
    assert article.standfirst == "A vote, at last."
    assert kinds(article) == ["p", "p", "p"]


def test_paragraphs_right_under_the_title_are_no_standfirst():
    article = article_from(document("The Crane Stays", staircase(LONG, LONGER, MORE)))
    assert article.standfirst == ""
    assert blocks(article) == [("p", LONG), ("p", LONGER), ("p", MORE)]


def test_one_paragraph_is_the_article_and_not_its_standfirst():
    article = article_from(document("The Crane Stays", LONG, *PAGE_ENDS))
    assert (article.standfirst, blocks(article)) == ("", [("p", LONG)])


@pytest.mark.parametrize(
    "standfirst",
    [
        "What the council decided about the crane on the quay, and what it will cost the city in the end",
        "What the council decided about the old crane on the quay, and why",
    ],
)
def test_a_standfirst_may_lack_its_full_stop(standfirst):
    article = article_from(
        document("Title", standfirst, "The Vote", LONG, "The Crane", LONGER)
    )
    assert article.standfirst == standfirst
    assert titles(article) == [("h2", "The Vote"), ("h2", "The Crane")]


def test_a_long_line_under_the_title_is_the_standfirst_where_headings_are_short():
    standfirst = "What the council decided about the crane, and why it matters"
    article = article_from(
        document("T", standfirst, "The Vote", LONG, "The Crane", "Rust", LONGER)
    )
    assert article.standfirst == standfirst
    assert titles(article)[0] == ("h2", "The Vote")


def test_among_paragraphs_only_a_short_first_one_is_a_standfirst():
    short = document("Title", "The crane stays.", LONG, LONGER, MORE)
    assert article_from(short).standfirst == "The crane stays."
    assert article_from(document("Title", LONG, LONGER, MORE, LONG)).standfirst == ""


def test_a_third_line_like_a_heading_under_the_title_is_the_standfirst():
    article = article_from(document("Title", "In brief", "The Vote", "Late", LONG))
    assert article.standfirst == "In brief"
    assert titles(article) == [("h2", "The Vote"), ("h3", "Late")]


def test_a_title_without_a_blank_line_after_it():
    article = article_from(f"Title\nIn short, the crane stays.\n\nThe Vote\n\n{LONG}")
    assert article.title == "Title"
    assert article.standfirst == "In short, the crane stays."
    assert blocks(article) == [("h2", "The Vote"), ("p", LONG)]


def test_a_document_of_one_line_is_a_title():
    article = article_from("  The Crane Stays\n")
    assert (article.title, article.standfirst, article.body) == (
        "The Crane Stays",
        "",
        "",
    )


def test_blank_lines_may_be_many_and_hold_spaces():
    article = article_from(
        f"\n\n  Title  \n \t\n\xa0\n\nIn short.\n\n\n\nThe Vote\n\u200b\n\n{LONG}\n\n\n\n{LONGER}\n\n"
    )
    assert blocks(article) == [("h2", "The Vote"), ("p", LONG), ("p", LONGER)]


@pytest.mark.parametrize("line_break", ["\r\n", "\r", "\n\r\n", "\u2029", "\x85"])
def test_every_kind_of_line_break(line_break):
    text = document("Title", "In short.", "The Vote", LONG, LONGER)
    article = article_from(text.replace("\n", line_break))
    assert blocks(article)[:1] == [("h2", "The Vote")]
    assert [text for _, text in blocks(article)[1:]] == [LONG, LONGER]


def test_tabs_and_hard_spaces_indent_as_well():
    article = article_from(
        document("Title", "In short.", "\t\tThe Vote", f"\xa0\xa0\u3000{LONG}\t")
    )
    assert blocks(article) == [("h2", "The Vote"), ("p", LONG)]


def test_a_hard_space_inside_a_line_stays():
    heading = "Wer\xa0zahlt 5\u202f000\xa0€"
    article = article_from(document("Title", "In short.", heading, LONG))
    assert titles(article) == [("h2", heading)]
