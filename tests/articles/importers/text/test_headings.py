import pytest

from articles.importers.text import article_from
from tests.articles.importers.text.documents import (
    LONG,
    LONGER,
    MORE,
    blocks,
    document,
    staircase,
    titles,
)


@pytest.mark.parametrize(
    "heading",
    [
        "Who Pays for the Crane?",
        "Money: A Short History",
        "The Engineer’s Report (Part Two)",
        "“Not in My Harbour”",
        "2024",
        "1. The Beginning",
        "Relations With the U.S.",
        "What St. Helens Has That We Do Not",
        "Three Things to Know:",
        "A Long Heading That Goes On and On Because Its Writer Could Not Decide What the Section Is Really About",
    ],
)
@pytest.mark.parametrize("layout", [staircase, document])
def test_a_heading_may_look_like_this(heading, layout):
    article = article_from(
        document(
            "The Crane Stays",
            "In short.",
            "The Night of the Vote",
            layout(LONG, LONGER),
            heading,
            layout(MORE, LONG),
            "The Morning After",
            layout(LONGER, MORE),
        )
    )
    assert titles(article) == [
        ("h2", "The Night of the Vote"),
        ("h2", heading),
        ("h2", "The Morning After"),
    ]


@pytest.mark.parametrize(
    "paragraph",
    [
        "Nobody moved.",
        "“We will not sell it.”",
        "“We will not sell it”, she said, “never.”",
        "“We will never, ever sell it to anyone”",
        "“Never!”",
        "She paused …",
        "She paused…",
        "(He did not laugh.)",
        "– We will not sell it",
        "— The mayor, on Tuesday",
        "For three reasons,",
        "https://harbour.example/crane",
        "It was late. Nobody moved",
        "But who will pay for all of this?",
        "It was not even close!",
        "🎉",
        "The mayor said that she would not read the report before the summer was over",
        "The engineer had looked at each of the four hundred gears, had found none of them wanting, and had said so in her report to the council",
    ],
)
@pytest.mark.parametrize("layout", [staircase, document])
def test_a_short_paragraph_is_no_heading(paragraph, layout):
    article = article_from(
        document(
            "The Crane Stays",
            "In short.",
            "The Night of the Vote",
            layout(LONG, LONGER),
            paragraph,
            layout(MORE, LONG),
            "The Morning After",
            layout(LONGER, MORE),
        )
    )
    assert ("p", paragraph) in blocks(article)
    assert titles(article) == [
        ("h2", "The Night of the Vote"),
        ("h2", "The Morning After"),
    ]


def test_a_colon_leads_to_a_list_or_a_quotation():
    article = article_from(
        document(
            "Title",
            "In short.",
            "The Vote",
            "There were three reasons:",
            "- the money\n- the rust\n- the view",
            "She said:",
            "“We will never sell it.”",
            LONG,
        )
    )
    assert titles(article) == [("h2", "The Vote")]


def test_a_paragraph_among_others_needs_no_full_stop():
    article = article_from(
        document("T", "In short.", "The Vote", staircase(LONG, "Nobody moved", MORE))
    )
    assert blocks(article)[1:] == [("p", LONG), ("p", "Nobody moved"), ("p", MORE)]


def test_heading_and_subheading_may_share_a_block():
    article = article_from(
        document("T", "In short.", "The Vote\n  Four Hours", LONG, "The Crane", LONGER)
    )
    assert titles(article) == [
        ("h2", "The Vote"),
        ("h3", "Four Hours"),
        ("h2", "The Crane"),
    ]


def test_a_heading_may_stand_right_above_its_text():
    article = article_from(
        document("T", "In short.", f"The Vote\n{LONG}\n{LONGER}", f"The Crane\n{MORE}")
    )
    assert titles(article) == [("h2", "The Vote"), ("h2", "The Crane")]


def test_a_heading_may_be_underlined():
    article = article_from(f"Title\n=====\n\nIn short.\n\nThe Vote\n--------\n{LONG}")
    assert article.title == "Title"
    assert article.standfirst == "In short."
    assert blocks(article) == [("h2", "The Vote"), ("p", LONG)]


def test_where_sections_have_one_heading_a_question_after_it_is_a_paragraph():
    article = article_from(
        document(
            "T", "In short.", "One", LONG, "Two", MORE, "Three", "Who pays?", LONGER
        )
    )
    assert titles(article) == [("h2", "One"), ("h2", "Two"), ("h2", "Three")]


def test_where_sections_have_two_headings_a_question_can_be_the_second():
    article = article_from(
        document(
            "T",
            "In short.",
            "The Money",
            "A Short History",
            LONG,
            "The Crane",
            "Who Oils It?",
            LONGER,
        )
    )
    assert titles(article)[2:] == [("h2", "The Crane"), ("h3", "Who Oils It?")]


def test_where_sections_have_one_heading_one_may_have_a_subheading_all_the_same():
    article = article_from(
        document("T", "In short.", "One", LONG, "Two", MORE, "Three", "Rust", LONGER)
    )
    assert titles(article)[2:] == [("h2", "Three"), ("h3", "Rust")]


def test_an_exclamation_between_blank_lines_stands_out_where_paragraphs_do_not():
    lines = "Der Kran bleibt", "Kurz gesagt.", "Was jetzt kommt", LONG
    exclamation = "Das reicht jetzt!"
    apart = article_from(
        document(*lines[:3], staircase(LONG, MORE), exclamation, staircase(LONG, MORE))
    )
    assert ("h2", exclamation) in blocks(apart)
    among = article_from(document(*lines, MORE, exclamation, LONG, LONGER, MORE))
    assert ("p", exclamation) in blocks(among)


def test_a_wide_character_counts_twice():
    paragraph = "港口委员会星期二晚上开会经过四个小时的争论" * 4
    article = article_from(document("题目", "简短。", "第一", LONG, paragraph, LONG))
    assert titles(article) == [("h2", "第一")]


def test_of_many_lines_like_headings_the_last_two_are_headings():
    article = article_from(
        document(
            "T", "Short.", "The Vote", LONG, "Ada", "Bo", "The Crane", "Rust", MORE
        )
    )
    assert blocks(article)[2:] == [
        ("p", "Ada"),
        ("p", "Bo"),
        ("h2", "The Crane"),
        ("h3", "Rust"),
        ("p", MORE),
    ]
