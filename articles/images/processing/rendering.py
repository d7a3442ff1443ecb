"""Drawing renditions: pure functions from the bytes of an original to those of renditions."""

from collections.abc import Iterable, Iterator
from io import BytesIO

from PIL import Image, ImageSequence

from articles.images.processing.specs import RENDITION_FORMATS, Recipe, size_in_shape

# Increase it when renditions would look different: they all get new addresses.
VERSION = 1

_ENCODING = {
    "avif": {"quality": 58, "speed": 7},
    "webp": {"quality": 78, "method": 4},
    "jpg": {"quality": 80, "optimize": True, "progressive": True},
    "png": {"optimize": True},
    "gif": {},
}


def draw_renditions(
    kept: bytes, recipes: Iterable[Recipe], *, focal: tuple[float, float] = (0.5, 0.5)
) -> Iterator[tuple[Recipe, bytes]]:
    """
    Yield each recipe with its rendition as bytes; `kept` is the original, decoded only once.

    `focal` is the focal point, 0 to 1 from the left and the top, that no shape cuts off.
    """
    recipes = list(recipes)
    still = [recipe for recipe in recipes if not recipe.is_animated]
    if still:
        with Image.open(BytesIO(kept)) as image:
            mode = "RGBA" if image.has_transparency_data else "RGB"
            picture = image if image.mode == mode else image.convert(mode)
            for recipe in still:
                yield recipe, _still(picture, recipe, focal)
    for recipe in recipes:
        if recipe.is_animated:
            yield recipe, _animation(kept, recipe)


def box_about(
    width: int, height: int, shape: str, focal: tuple[float, float]
) -> tuple[int, int, int, int]:
    """
    The crop of a shape: left, top, right and bottom in pixels.

    It is centred on the focal point as far as the edges allow.
    """
    across, down = size_in_shape(width, height, shape)
    left = _begin(focal[0] * width, across, width)
    top = _begin(focal[1] * height, down, height)
    return left, top, left + across, top + down


def _begin(middle, length, room):
    return min(max(0, round(middle - length / 2)), room - length)


def _still(picture, recipe, focal):
    box = box_about(*picture.size, recipe.shape, focal)
    resized = picture.resize(
        (recipe.width, recipe.height), Image.Resampling.LANCZOS, box, reducing_gap=3.0
    )
    if resized.mode == "RGBA" and recipe.ending == "jpg":
        resized = _on_white(resized)
    return _encoded(resized, recipe)


def _on_white(picture):
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture.getchannel("A"))
    return white


def _animation(kept, recipe):
    with Image.open(BytesIO(kept)) as image:
        frames, times = [], []
        for frame in ImageSequence.Iterator(image):
            times.append(frame.info.get("duration", 100))
            size = recipe.width, recipe.height
            frames.append(frame.convert("RGBA").resize(size, Image.Resampling.BILINEAR))
    first, *others = frames
    return _encoded(
        first,
        recipe,
        save_all=True,
        append_images=others,
        duration=times,
        loop=0,
        **({"disposal": 2} if recipe.ending == "gif" else {}),
    )


def _encoded(picture, recipe, **options):
    picture.info = {}
    file = BytesIO()
    picture.save(
        file, RENDITION_FORMATS[recipe.ending], **_ENCODING[recipe.ending], **options
    )
    return file.getvalue()
