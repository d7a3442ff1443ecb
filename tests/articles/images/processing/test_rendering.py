import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Drawing

from articles.images.processing.rendering import box_about, draw_renditions
from articles.images.processing.specs import SHAPES, recipes_for

sides, places = st.integers(1, 5000), st.floats(0, 1)


def two_halves(width=400, height=200):
    """A picture that is red on the left and blue on the right."""
    image = Drawing.new("RGB", (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    return kept(image)


def kept(image, format="PNG", **how):
    file = io.BytesIO()
    image.save(file, format, **how)
    return file.getvalue()


def made(content, recipes, **how):
    return {
        recipe.name: Drawing.open(io.BytesIO(found))
        for recipe, found in draw_renditions(content, recipes, **how)
    }


@given(sides, sides, st.sampled_from(sorted(SHAPES)), places, places)
def test_a_crop_lies_in_the_picture_and_holds_the_focal_point(
    width, height, shape, x, y
):
    left, top, right, bottom = box_about(width, height, shape, (x, y))
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
    assert left - 1 <= x * width <= right + 1
    assert top - 1 <= y * height <= bottom + 1


@pytest.mark.parametrize(("focal", "channel"), [((0, 0.5), 0), ((1, 0.5), 2)])
def test_what_matters_stays_in_sight(focal, channel):
    squares = made(two_halves(), recipes_for(400, 200), focal=focal)
    colour = squares["square-200.jpg"].convert("RGB").getpixel((100, 100))
    assert colour[channel] > 200


def test_each_rendition_is_what_its_name_says():
    recipes = recipes_for(400, 200)
    pictures = made(two_halves(), recipes)
    for recipe in recipes:
        assert pictures[recipe.name].size == (recipe.width, recipe.height)
        assert Drawing.MIME[pictures[recipe.name].format] == recipe.type


def test_the_same_is_drawn_twice_as_the_same_bytes():
    recipes = recipes_for(400, 200)
    assert list(draw_renditions(two_halves(), recipes)) == list(
        draw_renditions(two_halves(), recipes)
    )


def test_what_shows_through_stands_on_white_where_it_cannot():
    clear = kept(Drawing.new("RGBA", (100, 100), (0, 0, 0, 0)))
    pictures = made(clear, recipes_for(100, 100, has_alpha=True))
    assert pictures["share-100.jpg"].getpixel((50, 20)) == (255, 255, 255)
    assert pictures["whole-100.png"].convert("RGBA").getpixel((50, 50))[3] == 0


def test_an_animation_moves_in_webp_and_gif_and_stands_still_elsewhere():
    frames = [Drawing.new("RGB", (100, 60), (80 * number, 0, 0)) for number in range(3)]
    content = kept(
        frames[0], "GIF", save_all=True, append_images=frames[1:], duration=80
    )
    pictures = made(content, recipes_for(100, 60, is_animated=True))
    assert pictures["whole-100.webp"].n_frames == 3
    assert pictures["whole-100.gif"].n_frames == 3
    assert getattr(pictures["card-90.jpg"], "n_frames", 1) == 1
