import pytest

from articles.content.html import clean_article
from articles.content.notes import is_note_id, unmatched_notes


@pytest.mark.parametrize(
    ("tag", "value", "may"),
    [
        ("a", "noteref-1", True),
        ("li", "note-999", True),
        ("a", "note-1", False),
        ("li", "noteref-1", False),
        ("li", "note-01", False),
        ("li", "note-1000", False),
        ("li", "note-1 ", False),
        ("p", "note-1", False),
    ],
)
def test_only_notes_and_references_have_ids(tag, value, may):
    assert is_note_id(tag, value) is may


def test_notes_and_references_are_matched_by_their_number():
    html = clean_article(
        '<p><a href="#note-1" id="noteref-1">1</a> <a href="#note-3">3</a></p>'
        '<ol class="notes"><li id="note-1">a</li><li id="note-2">b</li></ol>'
    )
    unmatched = unmatched_notes(html)
    assert unmatched.without_reference == [2]
    assert unmatched.without_note == [3]
