"""
Validation of uploaded pictures.

No upload is stored as it was sent: see articles.images.processing.decode_limits.
"""

import hashlib
import secrets
import weakref
from dataclasses import dataclass
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from articles.images.processing import worker_pool
from articles.images.processing.decode_limits import EXTENSIONS
from articles.images.processing.refusals import REFUSALS, FileRefused

# In bytes.
LARGEST_FILE = 25 * 1024 * 1024


class PictureRefused(ValidationError):
    """The file is not accepted. `sentence` says why and what to do."""

    def __init__(self, sentence):
        super().__init__(sentence, code="refused")


@dataclass(frozen=True)
class Picture:
    """An accepted file, re-encoded. Width and height are in pixels, after rotation."""

    file: IO[bytes]
    format: str
    width: int
    height: int
    has_alpha: bool
    frames: int
    # SHA-256 of the file as it was sent, in hexadecimal digits.
    sent_hash: str

    @property
    def content(self) -> bytes:
        self.file.seek(0)
        return self.file.read()

    @property
    def extension(self) -> str:
        return EXTENSIONS[self.format]


def validate_picture(file: Any) -> Picture:
    """
    Validate and re-encode the picture in an open, seekable file.

    This takes up to some 40 seconds, so it is called before a transaction begins. The
    outcome is stored on the file object: a second call inside the transaction is free.

    Raises PictureRefused for a file that is not a JPEG, PNG, WebP, AVIF or GIF by its
    content, is broken or cut off, is larger than LARGEST_FILE, or exceeds a limit of the
    modules decode_limits or worker_pool; and when too many pictures are in work.
    """
    if not hasattr(file, "outcome"):
        try:
            file.outcome = _decoded(file)
        except PictureRefused as refused:
            file.outcome = refused
    if isinstance(file.outcome, PictureRefused):
        raise PictureRefused(file.outcome.message)
    return file.outcome


def random_name(extension: str) -> str:
    """A file name that nobody can guess: 128 random bits."""
    return f"{secrets.token_hex(16)}.{extension}"


def hash_of(file: Any) -> str:
    """The SHA-256 of an open file, in hexadecimal digits."""
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def size_of(file: Any) -> int:
    """The length of an open file, in bytes."""
    file.seek(0, 2)
    return file.tell()


def _decoded(file):
    size = size_of(file)
    if not size:
        raise PictureRefused(_("This file is empty. Choose the picture again."))
    if size > LARGEST_FILE:
        raise PictureRefused(
            _(
                "This file is larger than %(limit)d MB. Make the picture smaller and upload it again."
            )
            % {"limit": LARGEST_FILE // 1024**2}
        )
    try:
        decoded = worker_pool.redraw_in_worker(file, size)
    except FileRefused as refused:
        raise PictureRefused(_(REFUSALS[refused.key]) % refused.numbers) from None
    except worker_pool.Busy:
        raise PictureRefused(
            _(
                "Too many pictures are being processed. Upload this one again in a minute."
            )
        ) from None
    picture = Picture(
        file=decoded.file,
        format=decoded.format,
        width=decoded.width,
        height=decoded.height,
        has_alpha=decoded.has_alpha,
        frames=decoded.frames,
        sent_hash=hash_of(file),
    )
    # It may be a temporary file. It is closed with the last reference to the picture.
    weakref.finalize(picture, decoded.file.close)
    return picture
