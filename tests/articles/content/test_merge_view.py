from articles.content.merge_view import (
    CHARACTERS_AROUND,
    MOST_PARAGRAPHS,
    diff_of_conflict,
    text_of,
)
from articles.core.text.word_diff import GONE, NEW, SAME


def test_the_words_of_a_body_stand_paragraph_by_paragraph():
    html = "<h2>Head</h2><p>One &amp; <em>two</em>.</p><ul><li>Three</li></ul>"
    assert text_of(html) == "Head\nOne & two.\nThree"


def test_two_versions_differ_by_word_in_the_paragraphs_that_differ():
    assert diff_of_conflict("Same.\nI went home.", "Same.\nI ran home.") == [
        (SAME, "Same.\n"),
        (SAME, "I "),
        (GONE, "went"),
        (NEW, "ran"),
        (SAME, " home."),
    ]


def test_a_long_story_with_one_other_word_is_told_briefly():
    story = "".join(f"Paragraph {number}.\n" for number in range(1500))
    pieces = diff_of_conflict(story + "Old.", story + "New.")
    assert [text for kind, text in pieces if kind == GONE] == ["Old"]
    assert sum(len(text) for _, text in pieces) < 3 * CHARACTERS_AROUND


def test_what_is_too_long_to_compare_is_told_as_a_whole():
    mine, theirs = "a\n" * (MOST_PARAGRAPHS + 1), "b"
    assert diff_of_conflict(mine, theirs) == [(GONE, mine), (NEW, theirs)]


def test_two_that_say_the_same_differ_in_nothing():
    assert diff_of_conflict("Same", "Same") == [(SAME, "Same")]
    assert diff_of_conflict("", "") == []
