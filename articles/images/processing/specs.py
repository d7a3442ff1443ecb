"""
The specifications of renditions: a fixed list, so that nobody can request others.

The name of a rendition has its shape, width and format: `whole-720.avif`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

# In pixels. The text column is up to 704 CSS pixels wide, the top of the front page 1,120.
# Phones show two or three pixels per CSS pixel.
WIDTHS = [360, 540, 720, 1080, 1440, 1920]
CARD_WIDTHS = [360, 540, 720, 1080]
# Animations are large files and need no fine detail.
ANIMATED_WIDTHS = [360, 720]

WHOLE = "whole"
CARD = "card"

# Pairs of width and height; articles.images.picture_html says where each is used. Link
# previews of other sites show 1.91:1 (developers.facebook.com/docs/sharing/webmasters/images).
# Search engines ask for the last three
# (developers.google.com/search/docs/appearance/structured-data/article).
SHAPES = {
    CARD: (3, 2),
    "share": (1200, 630),
    "wide": (16, 9),
    "classic": (4, 3),
    "square": (1, 1),
}
FOR_MACHINES = ["share", "wide", "classic", "square"]
WIDTH_FOR_MACHINES = 1200

# Pillow's names of the formats, by file ending.
RENDITION_FORMATS = {
    "avif": "AVIF",
    "webp": "WEBP",
    "jpg": "JPEG",
    "png": "PNG",
    "gif": "GIF",
}
TYPES = {
    "avif": "image/avif",
    "webp": "image/webp",
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
}


@dataclass(frozen=True)
class Recipe:
    """The specification of one rendition. Width and height are in pixels."""

    shape: str
    width: int
    height: int
    ending: str
    is_animated: bool = False

    @property
    def name(self) -> str:
        return f"{self.shape}-{self.width}.{self.ending}"

    @property
    def type(self) -> str:
        return TYPES[self.ending]


def recipes_for(
    width: int, height: int, *, has_alpha: bool = False, is_animated: bool = False
) -> list[Recipe]:
    """The recipes for a picture of this size in pixels. None is larger than the picture."""
    return [
        *_whole(width, height, has_alpha, is_animated),
        *_cards(width, height, has_alpha),
        *_for_machines(width, height),
    ]


def size_in_shape(width: int, height: int, shape: str) -> tuple[int, int]:
    """The largest part of a picture of this size that has the shape: width and height in pixels."""
    if shape == WHOLE:
        return width, height
    across, down = SHAPES[shape]
    if width * down > height * across:
        return max(1, round(height * across / down)), height
    return width, max(1, round(width * down / across))


def _whole(
    width: int, height: int, has_alpha: bool, is_animated: bool
) -> Iterator[Recipe]:
    widths = ANIMATED_WIDTHS if is_animated else WIDTHS
    endings = ["webp", "gif"] if is_animated else _endings(has_alpha)
    for narrow in _widths(widths, width):
        for ending in endings:
            tall = max(1, round(height * narrow / width))
            yield Recipe(WHOLE, narrow, tall, ending, is_animated)


def _cards(width: int, height: int, has_alpha: bool) -> Iterator[Recipe]:
    for narrow, tall in _sizes(CARD, CARD_WIDTHS, width, height):
        for ending in _endings(has_alpha):
            yield Recipe(CARD, narrow, tall, ending)


def _for_machines(width: int, height: int) -> Iterator[Recipe]:
    for shape in FOR_MACHINES:
        for narrow, tall in _sizes(shape, [WIDTH_FOR_MACHINES], width, height):
            yield Recipe(shape, narrow, tall, "jpg")


def _sizes(shape, widths, width, height):
    across, down = SHAPES[shape]
    most, _ = size_in_shape(width, height, shape)
    for narrow in _widths(widths, most):
        yield narrow, max(1, round(narrow * down / across))


def _widths(widths, most):
    """The widths below `most`, and `most` itself, or the widest when the picture is wider."""
    fitting = [width for width in widths if width < most]
    return list(dict.fromkeys([*fitting, min(most, widths[-1])]))


def _endings(has_alpha):
    # Every browser shows the last one.
    return ["avif", "webp", "png" if has_alpha else "jpg"]
