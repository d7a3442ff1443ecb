"""
Decode an uploaded picture within limits, and re-encode it.

This module is pure and does not use Django: it runs in a child process, see
articles.images.processing.worker_pool. The result is encoded from the pixels, rotated
and in sRGB, so it contains no metadata and nothing but a picture.
"""

import re
import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from articles.images.processing.colour_profiles import in_srgb
from articles.images.processing.refusals import FileRefused, Unreadable

MAX_FRAMES = 500
# All frames of an animation are in memory at once. Together they may have this many times
# the pixels of a single picture.
MAX_PIXELS_FACTOR_OF_ALL_FRAMES = 2
# Encoders write about ten scans into a progressive JPEG. Decoders process the whole picture
# once per scan: libjpeg-turbo.org/pmwiki/uploads/About/TwoIssueswiththeJPEGStandard.pdf
MAX_SCANS = 64
# The longest side of a WebP, in pixels:
# developers.google.com/speed/webp/faq#what_is_the_maximum_size_a_webp_image_can_be
MAX_SIDE = 16_383
# In pixels. A larger WebP or AVIF is stored in a cheaper format: encoding an AVIF of 25
# million pixels took 845 MB and 15 s (libaom, speed 8), decoding such a WebP 440 MB.
LARGE = 8_000_000

EXTENSIONS = {
    "JPEG": "jpg",
    "PNG": "png",
    "WEBP": "webp",
    "AVIF": "avif",
    "GIF": "gif",
}
ACCEPTED_FORMATS = list(EXTENSIONS)

# How originals are encoded: close enough to the upload to draw all renditions from them.
_ENCODING = {
    "JPEG": {"quality": 95, "subsampling": 0},
    "PNG": {},
    "WEBP": {"quality": 95, "method": 2},
    "AVIF": {"quality": 90, "speed": 8},
    "GIF": {},
}
# For large pictures: with the default, a PNG of 25 million pixels took 8 s.
_QUICKLY = {"PNG": {"compress_level": 2}, "WEBP": {"method": 0}}

# The first bytes of files that are accepted.
_ACCEPTED = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"RIFF")
# The first bytes of files that people mistake for pictures, and the key of their refusal.
_NOT_ACCEPTED = [
    (b"%PDF", "pdf"),
    (b"%!PS", "postscript"),
    (b"\xc5\xd0\xd3\xc6", "postscript"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"BM", "bmp"),
    (b"8BPS", "photoshop"),
    (b"PK\x03\x04", "archive"),
]
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"}

# In the compressed data of a scan, 0xFF comes before 0x00, a restart marker or another
# 0xFF. Before any other byte it begins a marker (ITU-T T.81, B.1.1).
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_MARKERS_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD9)}


@dataclass(frozen=True)
class Redrawn:
    """A re-encoded picture. Width and height are in pixels, after rotation."""

    content: bytes
    format: str
    width: int
    height: int
    has_alpha: bool
    frames: int


def redraw(content: bytes, *, max_pixels: int) -> Redrawn:
    """
    Decode the file and re-encode it.

    Raises FileRefused for a file that is not a JPEG, PNG, WebP, AVIF or GIF by its content, is
    broken or cut off, or exceeds `max_pixels` or another limit of this module. Raises
    Unreadable when a decoder fails: many decoders do not say that memory ran out.
    """
    with warnings.catch_warnings():
        # Files that Pillow warns about are refused.
        warnings.simplefilter("error")
        try:
            return _redrawn(content, max_pixels)
        except FileRefused:
            raise
        except UnidentifiedImageError:
            is_avif = content[4:12] in {b"ftypavif", b"ftypavis"}
            raise FileRefused(
                "broken"
                if content.startswith(_ACCEPTED) or is_avif
                else _kind_of(content)
            ) from None
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            raise FileRefused("too many pixels") from None
        except MemoryError:
            raise Unreadable("memory") from None
        except Exception as error:
            # On broken files decoders raise all kinds of exceptions.
            raise Unreadable(
                "broken or too large" if _is_large(content) else "broken"
            ) from error


def scans_in(content: bytes) -> int:
    """The number of scans in the first image of a JPEG, counted by its markers, not decoded."""
    scans, place = 0, 2
    while match := _NEXT_MARKER.search(content, place):
        marker = content[match.end() - 1]
        if marker == _END_OF_IMAGE:
            break
        place = match.end()
        if marker in _MARKERS_WITHOUT_LENGTH:
            continue
        scans += marker == _START_OF_SCAN
        place += int.from_bytes(content[place : place + 2], "big")
    return scans


def _redrawn(content, max_pixels):
    format, frames = _check(content, max_pixels)
    if frames > 1:
        return _encoded(format, _frames_of(_open(content)))
    image = _pixels_of(content)
    # In place, because a copy would double the memory.
    ImageOps.exif_transpose(image, in_place=True)
    return _encoded(format, [in_srgb(image)])


def _open(content):
    return Image.open(BytesIO(content), formats=ACCEPTED_FORMATS)


def _is_large(content):
    try:
        image = _open(content)
    except Exception:
        return False
    return image.width * image.height > LARGE


def _check(content, max_pixels):
    """The format and number of frames, after all checks that are possible before decoding."""
    if content.startswith(b"\xff\xd8"):
        _check_scans(content)
    # First, because Pillow allocates memory for all pixels of a WebP when it opens the file.
    _check_pixels(_pixels_of_webp(content), max_pixels)
    image = _open(content)
    # Phones append a second picture to a JPEG; only the first one is used.
    format = "JPEG" if image.format == "MPO" else image.format
    pixels = image.width * image.height
    if max(image.size) > MAX_SIDE:
        raise FileRefused(
            "too long a side", number=f"{max(image.size):,}", limit=f"{MAX_SIDE:,}"
        )
    _check_pixels(pixels, max_pixels)
    frames = 1 if format == "JPEG" else getattr(image, "n_frames", 1)
    if frames > MAX_FRAMES:
        raise FileRefused(
            "too many frames", number=f"{frames:,}", limit=f"{MAX_FRAMES:,}"
        )
    if frames > 1:
        _check_pixels(pixels * frames, max_pixels * MAX_PIXELS_FACTOR_OF_ALL_FRAMES)
    # Decoding alone would accept a wrong checksum.
    _open(content).verify()
    return format, frames


def _check_pixels(pixels, at_most):
    if pixels > at_most:
        raise FileRefused(
            "too many million pixels",
            number=f"{pixels / 1e6:,.1f}",
            limit=f"{at_most / 1e6:,.1f}",
        )


def _pixels_of_webp(content):
    """Width times height according to the header of a WebP (RFC 9649); 0 for other files."""
    kind, begins = content[12:16], content[20:30]
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(begins) < 10:
        return 0
    if kind == b"VP8X":
        width = int.from_bytes(begins[4:7], "little") + 1
        return width * (int.from_bytes(begins[7:10], "little") + 1)
    if kind == b"VP8L":
        sizes = int.from_bytes(begins[1:5], "little")
        return ((sizes & 0x3FFF) + 1) * ((sizes >> 14 & 0x3FFF) + 1)
    if kind == b"VP8 ":
        width = int.from_bytes(begins[6:8], "little") & 0x3FFF
        return width * (int.from_bytes(begins[8:10], "little") & 0x3FFF)
    return 0


def _check_scans(content):
    scans = scans_in(content)
    if scans > MAX_SCANS:
        raise FileRefused("too many scans", number=f"{scans:,}", limit=f"{MAX_SCANS:,}")


def _pixels_of(content):
    """The first frame, detached from its decoder, which holds two more copies of a WebP."""
    image = _open(content)
    image.load()
    return image.copy()


def _frames_of(image):
    """Each frame as displayed, drawn over earlier ones, with its duration in milliseconds."""
    frames = []
    for frame in ImageSequence.Iterator(image):
        time = frame.info.get("duration", 100)
        seen = in_srgb(frame.copy())
        seen.info = {"duration": time}
        frames.append(seen)
    return frames


def _encoded(format, frames):
    first = frames[0]
    is_large = first.width * first.height * len(frames) > LARGE
    if is_large and len(frames) == 1 and format in {"AVIF", "WEBP"}:
        format = "JPEG" if first.mode == "RGB" else "PNG"
    elif is_large and format == "AVIF":
        format = "WEBP"
    options = _ENCODING[format] | (_QUICKLY.get(format, {}) if is_large else {})
    if len(frames) > 1:
        # All frames of an animation must have the same mode.
        mode = "RGBA" if any(frame.mode == "RGBA" for frame in frames) else "RGB"
        times = [frame.info["duration"] for frame in frames]
        for number, frame in enumerate(frames):
            if frame.mode != mode:
                frames[number] = frame.convert(mode)
        first, *others = frames
        options |= {
            "save_all": True,
            "append_images": others,
            "duration": times,
            "loop": 0,
        }
    file = BytesIO()
    first.save(file, format, **options)
    return Redrawn(
        content=file.getvalue(),
        format=format,
        width=first.width,
        height=first.height,
        has_alpha=first.mode == "RGBA",
        frames=len(frames),
    )


def _kind_of(content):
    """What kind of file it is that is not accepted: a key of REFUSALS."""
    begins = content[:1024].lstrip().lower()
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
        return "heic"
    if b"<svg" in begins:
        return "svg"
    if begins.startswith((b"<!doctype html", b"<html")):
        return "web page"
    return next(
        (kind for start, kind in _NOT_ACCEPTED if content.startswith(start)), "unknown"
    )
