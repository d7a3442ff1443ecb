"""
Footnotes in article HTML: the ids that join a note and the reference to it.

In the text stands `<sup><a href="#note-1" id="noteref-1">1</a></sup>`, and at the end
`<ol class="notes"><li id="note-1"><p>Words. <a href="#noteref-1">↩</a></p></li></ol>`.
"""

import re
from dataclasses import dataclass

_NUMBER = "[1-9][0-9]{0,2}"
# The id that an element of this name may have.
_ID = {
    "a": re.compile(f"noteref-{_NUMBER}"),
    "li": re.compile(f"note-{_NUMBER}"),
}
_ANY_ID = re.compile(
    rf'(?P<before><(?:a|li)\b(?: [a-z]+="[^"]*")*?) id="(?P<id>note(?:ref)?-{_NUMBER})"'
)
_REFERENCE = re.compile(rf'<a\b[^>]*? href="#note-({_NUMBER})"')
_NOTE = re.compile(rf'<li\b[^>]*? id="note-({_NUMBER})"')


@dataclass(frozen=True)
class UnmatchedNotes:
    """Numbers of notes that nothing in the text refers to, and of references without a note."""

    without_reference: list[int]
    without_note: list[int]


def is_note_id(tag: str, value: str) -> bool:
    """Whether an element of this name may have this id."""
    return tag in _ID and _ID[tag].fullmatch(value) is not None


def with_unique_ids(html: str) -> str:
    """Remove the id of a note or reference from all but the first element that has it."""
    seen = set()

    def first_only(match):
        if match["id"] in seen:
            return match["before"]
        seen.add(match["id"])
        return match[0]

    return _ANY_ID.sub(first_only, html)


def unmatched_notes(html: str) -> UnmatchedNotes:
    """Compare the notes of cleaned HTML with the references to them."""
    notes = set(map(int, _NOTE.findall(html)))
    references = set(map(int, _REFERENCE.findall(html)))
    return UnmatchedNotes(sorted(notes - references), sorted(references - notes))
