"""
Why a file is not accepted as a picture: the sentences, by a key.

The child process that decodes a picture sends a key and numbers; the server process writes the
sentence in the language of the person who uploads. So this module needs no Django.
"""

from typing import Any


def gettext_noop(text: str) -> str:
    """Mark the text for translation."""
    return text


REFUSALS = {
    "broken": gettext_noop(
        "This file is damaged or incomplete. Save it again in the program you created it with, and upload it again."
    ),
    "broken or too large": gettext_noop(
        "This picture cannot be read: it is damaged or needs too much memory. Save it again in another program or make it smaller, and upload it again."
    ),
    "memory": gettext_noop(
        "This picture needs too much memory. Make it smaller and upload it again."
    ),
    "too many pixels": gettext_noop(
        "This picture has too many pixels. Make it smaller and upload it again."
    ),
    "too long a side": gettext_noop(
        "This picture is %(number)s pixels long; the limit is %(limit)s. Make it smaller and upload it again."
    ),
    "too many frames": gettext_noop(
        "This animation has %(number)s frames; the limit is %(limit)s. Make it shorter and upload it again."
    ),
    "too many million pixels": gettext_noop(
        "This picture has %(number)s million pixels; the limit is %(limit)s million. Make it smaller and upload it again."
    ),
    "too many scans": gettext_noop(
        "This JPEG is drawn in %(number)s steps; the limit is %(limit)s. Save it again in another program, and upload it again."
    ),
    "too slow": gettext_noop(
        "This picture takes longer than %(limit)s seconds to read. Save it again in another program or make it smaller, and upload it again."
    ),
    "unreadable": gettext_noop(
        "This picture cannot be read. Save it again and upload it again."
    ),
    "pdf": gettext_noop(
        "This file is a PDF. Only JPEG, PNG, WebP, AVIF and GIF pictures are accepted: save it in one of these formats and upload it again."
    ),
    "postscript": gettext_noop(
        "This file is an EPS or PostScript file. Only JPEG, PNG, WebP, AVIF and GIF pictures are accepted: save it in one of these formats and upload it again."
    ),
    "tiff": gettext_noop(
        "This file is a TIFF or a camera’s raw file. Only JPEG, PNG, WebP, AVIF and GIF pictures are accepted: save it in one of these formats and upload it again."
    ),
    "bmp": gettext_noop(
        "This file is a BMP. Only JPEG, PNG, WebP, AVIF and GIF pictures are accepted: save it in one of these formats and upload it again."
    ),
    "photoshop": gettext_noop(
        "This file is a Photoshop file. Only JPEG, PNG, WebP, AVIF and GIF pictures are accepted: save it in one of these formats and upload it again."
    ),
    "archive": gettext_noop(
        "This file is a ZIP archive or an office document. Only JPEG, PNG, WebP, AVIF and GIF pictures are accepted: save it in one of these formats and upload it again."
    ),
    "heic": gettext_noop(
        "This file is a HEIC picture, which few browsers can show. Only JPEG, PNG, WebP, AVIF and GIF pictures are accepted: save it in one of these formats and upload it again."
    ),
    "svg": gettext_noop(
        "This file is an SVG, which can contain programs. Only JPEG, PNG, WebP, AVIF and GIF pictures are accepted: save it in one of these formats and upload it again."
    ),
    "web page": gettext_noop(
        "This file is a web page. Only JPEG, PNG, WebP, AVIF and GIF pictures are accepted: save it in one of these formats and upload it again."
    ),
    "unknown": gettext_noop(
        "This file is not a known kind of picture. Only JPEG, PNG, WebP, AVIF and GIF pictures are accepted: save it in one of these formats and upload it again."
    ),
}


class FileRefused(Exception):
    """
    The file is not accepted. `key` is one of REFUSALS, `numbers` are for its sentence.

    Its message is the sentence in English.
    """

    key: str
    numbers: dict[str, str]

    def __init__(self, key: str, **numbers: str):
        super().__init__(REFUSALS[key] % numbers)
        self.key = key
        self.numbers = numbers

    @property
    def as_data(self) -> list[object]:
        """The key and the numbers, for the protocol."""
        return [self.key, self.numbers]


class Unreadable(FileRefused):
    """A decoder failed: the picture is broken, or the process ran out of memory."""


def refusal_from(data: Any) -> FileRefused:
    """The refusal that a child sent; “unreadable” for anything that is not one."""
    try:
        key, numbers = data
        return FileRefused(key, **{name: str(n)[:20] for name, n in numbers.items()})
    except (AttributeError, KeyError, TypeError, ValueError):
        return FileRefused("unreadable")
