"""
Headers of mails that decode to exactly what was written.

Python's email package reads what looks like an encoded word in a plain text, and in a long
text with letters outside ASCII it may join or double the spaces between encoded words. So
these headers encode themselves, as RFC 2047 says.
"""

import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterator

import regex

# In characters, of an encoded word and of a line that has one: RFC 2047, 2.
LONGEST_ENCODED_WORD = 75
LONGEST_LINE = 76
# Of any line: RFC 5322, 2.1.1. One more may be the space of a folded line.
LONGEST_PLAIN_WORD = 900

# The same in every header, also in the name before an address: RFC 2047, 5 (3).
_AS_IT_IS = frozenset(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/"
)
_Q, _B = "=?utf-8?q?", "=?utf-8?b?"
_LETTER = regex.compile(r"\X")


class SelfEncodingHeader(str):
    """
    A header value with a `fold` of its own, which Python's email package leaves alone.

    `str(value)` is the value itself, because Django calls that before it sets the header.
    """

    name = ""

    def __str__(self):
        return self

    def fold(self, *, policy):
        return policy.linesep.join(self._lines()) + policy.linesep

    def _lines(self):
        raise NotImplementedError


class Subject(SelfEncodingHeader):
    """The subject of a mail, in which control characters become spaces."""

    name = "Subject"

    def __new__(cls, text):
        return super().__new__(cls, without_controls(str(text)))

    def _lines(self):
        start = f"{self.name}: "
        if is_plain(self):
            return folded(start, self)
        return encoded_lines(start, self)


class Sender(SelfEncodingHeader):
    """The header From: a name in any script, and an address in ASCII."""

    name = "From"

    def __new__(cls, name, address):
        name = " ".join(without_controls(name).split())
        written = f"{_quoted(name)} <{address}>" if name else address
        header = super().__new__(cls, written)
        header.display_name, header.address = name, address
        return header

    def __getnewargs__(self):
        # For copies.
        return self.display_name, self.address

    def _lines(self):
        start = f"{self.name}: "
        if not self.display_name:
            return [start + self.address]
        if is_plain(self.display_name):
            return folded(start, _quoted(self.display_name), f" <{self.address}>")
        *lines, last = encoded_lines(start, self.display_name)
        end = f" <{self.address}>"
        return [*lines, *_joined(last, end)]


def without_controls(text: str) -> str:
    """The text with a space for each control character, line break and lone surrogate."""
    return "".join(
        " " if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} else char
        for char in text
    )


def is_plain(text: str) -> bool:
    """Whether the text can stand in a header as it is."""
    return (
        text.isascii()
        and "=?" not in text
        and text == text.strip(" ")
        and all(len(word) <= LONGEST_PLAIN_WORD for word in text.split(" "))
    )


def folded(start: str, *parts: str) -> list[str]:
    """The lines of a header of plain text, broken before spaces where there are any."""
    lines = [start]
    for piece in (piece for part in parts for piece in re.findall(r" *[^ ]+", part)):
        # A line of spaces alone would end the header.
        is_full = len(lines[-1]) + len(piece) > LONGEST_LINE and lines[-1] != start
        if is_full and piece.startswith(" "):
            lines.append(piece)
        else:
            lines[-1] += piece
    return lines


def encoded_lines(start: str, text: str) -> list[str]:
    """The lines of a header of encoded words, between which readers see no space."""
    words = list(_encoded_words(text, first=LONGEST_LINE - len(start)))
    return [start + words[0], *(f" {word}" for word in words[1:])]


def _encoded_words(text: str, *, first: int) -> Iterator[str]:
    room, beginning = min(first, LONGEST_ENCODED_WORD), ""
    for letter in _pieces(text):
        if beginning and len(_shorter_word(beginning + letter)) > room:
            yield _shorter_word(beginning)
            room, beginning = LONGEST_ENCODED_WORD, ""
        beginning += letter
    yield _shorter_word(beginning)


def _pieces(text):
    """What is not torn apart: a letter with its marks, but of a tower of marks each one."""
    for letter in _LETTER.findall(text):
        yield from [letter] if len(letter) <= 4 else letter


def _shorter_word(text: str) -> str:
    data = text.encode()
    quoted = "".join(
        chr(byte) if byte in _AS_IT_IS else "_" if byte == 0x20 else f"={byte:02X}"
        for byte in data
    )
    based = b64encode(data).decode()
    return f"{_Q}{quoted}?=" if len(quoted) <= len(based) else f"{_B}{based}?="


def _quoted(name):
    # Letters of every script may stand unquoted: Django reads the value itself, which decides
    # the address of the envelope, and on the wire such a name is encoded.
    if re.fullmatch(r"[\w !#$%&'*+/=?^`{|}~-]+", name):
        return name
    escaped = re.sub(r'(["\\])', r"\\\1", name)
    return f'"{escaped}"'


def _joined(line, end):
    return [line + end] if len(line + end) <= LONGEST_LINE else [line, end]
