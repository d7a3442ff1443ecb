"""
Whether a file is a picture that may be kept, and what is kept of it.

Nothing that was sent is stored as it came: what is kept is drawn anew from the pixels,
the right way up and in sRGB, so it holds no metadata and is nothing but a picture.
"""

import hashlib
import warnings
from dataclasses import dataclass
from io import BytesIO

from django.core.exceptions import ValidationError
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from articles.pictures.colour import in_srgb

LARGEST_FILE = 25 * 1024 * 1024
# Each pixel takes up to four bytes of memory, and all frames are held at once.
MOST_PIXELS = 60_000_000
MOST_PIXELS_OF_ALL_FRAMES = 100_000_000
MOST_FRAMES = 500
# WebP can say no more: developers.google.com/speed/webp/faq#what_is_the_maximum_size_a_webp_image_can_be
LONGEST_SIDE = 16_383

EXTENSIONS = {
    "JPEG": "jpg",
    "PNG": "png",
    "WEBP": "webp",
    "AVIF": "avif",
    "GIF": "gif",
}
FORMATS = list(EXTENSIONS)

# How what is kept is drawn: near enough to the original to make all others from.
_KEPT = {
    "JPEG": {"quality": 95, "subsampling": 0},
    "PNG": {},
    "WEBP": {"quality": 95, "method": 2},
    "AVIF": {"quality": 90, "speed": 8},
    "GIF": {},
}

BROKEN = (
    "This file is broken or cut off, so it cannot be shown. Save it anew in the program "
    "that you made it with, and send it again."
)
# How those begin that are taken.
_TAKEN = [b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"RIFF"]
# What people take for a picture, by how the file begins.
_NOT_TAKEN = [
    (b"%PDF", "a PDF"),
    (b"%!PS", "an EPS or PostScript file"),
    (b"\xc5\xd0\xd3\xc6", "an EPS file"),
    (b"II*\x00", "a TIFF or a camera’s raw file"),
    (b"MM\x00*", "a TIFF or a camera’s raw file"),
    (b"BM", "a BMP"),
    (b"8BPS", "a Photoshop file"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
]
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"}


class PictureRefused(ValidationError):
    """The file is none that is taken; the sentence says why and what to do."""

    def __init__(self, sentence):
        super().__init__(sentence, code="refused")


@dataclass(frozen=True)
class Picture:
    """What is kept of a file that was taken. Width and height are in pixels, the right way up."""

    content: bytes
    format: str
    width: int
    height: int
    has_alpha: bool
    frames: int
    # SHA-256, in hexadecimal digits, of the file as it was sent.
    sent_hash: str

    @property
    def name(self) -> str:
        """A name that follows from the content."""
        return f"{hashlib.sha256(self.content).hexdigest()}.{EXTENSIONS[self.format]}"


def accepted(file) -> Picture:
    """
    What is kept of the file, an open one that can be read from its beginning.

    Raises PictureRefused for what is no JPEG, PNG, WebP, AVIF or GIF by its content, is
    broken or cut off, or is larger than LARGEST_FILE bytes, MOST_PIXELS or MOST_FRAMES.
    """
    content = _read(file)
    with warnings.catch_warnings():
        # What Pillow only warns of is no picture to keep.
        warnings.simplefilter("error")
        try:
            return _drawn_anew(content)
        except PictureRefused:
            raise
        except UnidentifiedImageError:
            begins_well = any(content.startswith(start) for start in _TAKEN)
            is_avif = content[4:12] in {b"ftypavif", b"ftypavis"}
            raise PictureRefused(
                BROKEN if begins_well or is_avif else _what_it_is(content)
            ) from None
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            raise PictureRefused(
                "This picture has too many pixels. Make it smaller and send it again."
            ) from None
        except MemoryError:
            raise PictureRefused(
                "This picture needs more memory than there is. Make it smaller and send it again."
            ) from None
        except Exception as error:
            # Decoders raise whatever they like on a broken file.
            raise PictureRefused(BROKEN) from error


def hash_of(file) -> str:
    """SHA-256, in hexadecimal digits, of the file as it is."""
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def _read(file):
    file.seek(0)
    content = file.read(LARGEST_FILE + 1)
    if not content:
        raise PictureRefused("This file is empty. Choose the picture again.")
    if len(content) > LARGEST_FILE:
        raise PictureRefused(
            f"This file is larger than {LARGEST_FILE // 1024**2} MB. Make the picture smaller and send it again."
        )
    return content


def _drawn_anew(content):
    format, frames = _looked_through(content)
    image = _opened(content)
    image.load()
    if frames > 1:
        return _kept(content, format, _frames_of(image))
    return _kept(content, format, [in_srgb(ImageOps.exif_transpose(image))])


def _opened(content):
    return Image.open(BytesIO(content), formats=FORMATS)


def _looked_through(content):
    """The format and the number of frames, after everything that can be asked before decoding."""
    image = _opened(content)
    # Telephones hide a second picture behind a JPEG; the first one is meant.
    format = "JPEG" if image.format == "MPO" else image.format
    frames = 1 if format == "JPEG" else getattr(image, "n_frames", 1)
    pixels = image.width * image.height
    if max(image.size) > LONGEST_SIDE:
        raise PictureRefused(
            f"This picture is {max(image.size):,} pixels long; at most {LONGEST_SIDE:,} can be shown. Make it smaller and send it again."
        )
    if pixels > MOST_PIXELS or pixels * frames > MOST_PIXELS_OF_ALL_FRAMES:
        raise PictureRefused(
            f"This picture has {pixels * frames / 1e6:,.0f} million pixels, which is too many. Make it smaller and send it again."
        )
    if frames > MOST_FRAMES:
        raise PictureRefused(
            f"This animation has {frames:,} frames; at most {MOST_FRAMES} are taken. Make it shorter and send it again."
        )
    # Decoding alone lets a wrong checksum through.
    _opened(content).verify()
    return format, frames


def _frames_of(image):
    """Each frame as it is seen, drawn over those before it, with its time in milliseconds."""
    frames = []
    for frame in ImageSequence.Iterator(image):
        time = frame.info.get("duration", 100)
        seen = in_srgb(frame.copy())
        seen.info = {"duration": time}
        frames.append(seen)
    return frames


def _kept(content, format, frames):
    first, *others = frames
    how = dict(_KEPT[format])
    if others:
        # Frames of one animation have one mode.
        mode = "RGBA" if any(frame.mode == "RGBA" for frame in frames) else "RGB"
        times = [frame.info["duration"] for frame in frames]
        first, *others = [frame.convert(mode) for frame in frames]
        how |= {"save_all": True, "append_images": others, "duration": times, "loop": 0}
    file = BytesIO()
    first.save(file, format, **how)
    return Picture(
        content=file.getvalue(),
        format=format,
        width=first.width,
        height=first.height,
        has_alpha=first.mode == "RGBA",
        frames=len(frames),
        sent_hash=hashlib.sha256(content).hexdigest(),
    )


def _what_it_is(content):
    begins = content[:1024].lstrip().lower()
    what = next((what for start, what in _NOT_TAKEN if content.startswith(start)), None)
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
        what = "a HEIC, which few browsers can show"
    elif b"<svg" in begins:
        what = "an SVG, which can hold programs"
    elif begins.startswith((b"<!doctype html", b"<html")):
        what = "a web page"
    taken = "Only JPEG, PNG, WebP, AVIF and GIF pictures are taken: save it as one of these and send it again."
    return (
        f"This file is {what}. {taken}"
        if what
        else f"This file is no picture that is known here. {taken}"
    )
