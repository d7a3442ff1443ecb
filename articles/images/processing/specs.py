"""
Which renditions there are of a picture: a fixed list, and nobody can ask for another.

A rendition is named by its shape, its width and its format: `whole-720.avif`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

# In pixels. The column of text is up to 704 wide, the top of the front page 1,120; telephones show
# two or three pixels for one.
WIDTHS = [360, 540, 720, 1080, 1440, 1920]
CARD_WIDTHS = [360, 540, 720, 1080]
# An animation is heavy, and no photograph.
ANIMATED_WIDTHS = [360, 720]

WHOLE = "whole"
CARD = "card"

# Width by height; see articles.images.picture_html for where each stands. 1.91:1 is what
# cards of other sites show (developers.facebook.com/docs/sharing/webmasters/images), the last three are
# what search engines ask for (developers.google.com/search/docs/appearance/structured-data/article).
SHAPES = {
    CARD: (3, 2),
    "share": (1200, 630),
    "wide": (16, 9),
    "classic": (4, 3),
    "square": (1, 1),
}
FOR_MACHINES = ["share", "wide", "classic", "square"]
WIDTH_FOR_MACHINES = 1200

# As the encoders call them, by the ending of the file.
FORMATS = {
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
    """One rendition, not made yet; width and height are in pixels."""

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
    """Every rendition of a picture of this size; none is larger than the picture."""
    return [
        *_whole(width, height, has_alpha, is_animated),
        *_cards(width, height, has_alpha),
        *_for_machines(width, height),
    ]


def size_in_shape(width: int, height: int, shape: str) -> tuple[int, int]:
    """How much of a picture of this size the shape can show at most, in pixels."""
    if shape == WHOLE:
        return width, height
    across, down = SHAPES[shape]
    if width * down > height * across:
        return max(1, round(height * across / down)), height
    return width, max(1, round(width * down / across))


def _whole(width, height, has_alpha, is_animated) -> Iterator[Recipe]:
    widths = ANIMATED_WIDTHS if is_animated else WIDTHS
    endings = ["webp", "gif"] if is_animated else _endings(has_alpha)
    for narrow in _widths(widths, width):
        for ending in endings:
            tall = max(1, round(height * narrow / width))
            yield Recipe(WHOLE, narrow, tall, ending, is_animated)


def _cards(width, height, has_alpha) -> Iterator[Recipe]:
    for narrow, tall in _sizes(CARD, CARD_WIDTHS, width, height):
        for ending in _endings(has_alpha):
            yield Recipe(CARD, narrow, tall, ending)


def _for_machines(width, height) -> Iterator[Recipe]:
    for shape in FOR_MACHINES:
        for narrow, tall in _sizes(shape, [WIDTH_FOR_MACHINES], width, height):
            yield Recipe(shape, narrow, tall, "jpg")


def _sizes(shape, widths, width, height):
    across, down = SHAPES[shape]
    most, _ = size_in_shape(width, height, shape)
    for narrow in _widths(widths, most):
        yield narrow, max(1, round(narrow * down / across))


def _widths(widths, most):
    """Those that fit; a picture that is narrower than the widest has its own width, too."""
    fitting = [width for width in widths if width < most]
    return list(dict.fromkeys([*fitting, min(most, widths[-1])]))


def _endings(has_alpha):
    # The last one is for every browser.
    return ["avif", "webp", "png" if has_alpha else "jpg"]
