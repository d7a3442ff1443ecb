"""Reading files to import as text."""

import codecs
import re
import unicodedata
from pathlib import Path

import regex

from articles.importers.records import ImportRefused

MEGABYTE = 1_000_000

# UTF-32 before UTF-16, because its mark begins with that of UTF-16.
_ENCODINGS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
# Characters that text does not contain: control characters other than tabs, line and page
# breaks, and two noncharacters of Unicode.
_NOT_TEXT = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]"
)  # fmt: skip
# No letter of any language has more marks than this, and normalising them takes quadratic time.
_TOWER = regex.compile(r"\p{M}{64}")


def read_text(path: Path, *, megabytes: int) -> str:
    """
    The text of a file in UTF-8, or in UTF-16 or UTF-32 with a byte order mark.

    Raises ImportRefused for a larger file, another encoding, and for a file that is not
    text.
    """
    data = _read(path, limit=megabytes * MEGABYTE)
    mark = next((mark for mark in _ENCODINGS if data.startswith(mark)), b"")
    text = _decoded(data, mark, _ENCODINGS.get(mark, "utf-8"))
    # Some systems write letters apart from their accents, which searches would not find.
    if not _TOWER.search(text):
        text = unicodedata.normalize("NFC", text)
    if found := _NOT_TEXT.search(text):
        raise ImportRefused(
            f"line {_line_of(found.start(), text)}: the character U+{ord(found[0]):04X} "
            "stands in no text. This may be another kind of file, or one in another "
            "encoding. Save it as plain text in UTF-8."
        )
    return text


def _read(path, *, limit):
    try:
        size = path.stat().st_size
        if size <= limit:
            with path.open("rb") as file:
                # One byte more than the limit, in case the file grows meanwhile.
                data = file.read(limit + 1)
                size = len(data)
    except OSError as error:
        raise ImportRefused(f"it cannot be read: {error.strerror}.") from error
    if size > limit:
        raise ImportRefused(
            f"it has {size / MEGABYTE:.1f} MB, and at most "
            f"{limit // MEGABYTE} MB are taken. Divide it into several files."
        )
    return data


def _decoded(data, mark, encoding):
    try:
        return data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        position = len(mark) + error.start
        if b"\x00" in data and not mark:
            reason = "it is no text: it holds NUL bytes."
        elif mark:
            reason = f"byte {position + 1} breaks the {encoding.upper().removesuffix('-LE').removesuffix('-BE')} that its first bytes announce."
        else:
            line = data.count(b"\n", 0, position) + 1
            reason = f"line {line}: byte {position + 1} (0x{data[position]:02X}) is not UTF-8."
        raise ImportRefused(f"{reason} Save it as plain text in UTF-8.") from error


def _line_of(position, text):
    return text.count("\n", 0, position) + 1
