import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.images.processing.specs import (
    SHAPES,
    WHOLE,
    WIDTHS,
    recipes_for,
    size_in_shape,
)

sides = st.integers(1, 16_383)


@given(sides, sides)
def test_no_rendition_is_larger_than_the_picture(width, height):
    for recipe in recipes_for(width, height):
        across, down = size_in_shape(width, height, recipe.shape)
        assert 1 <= recipe.width <= across
        assert 1 <= recipe.height <= max(1, down + 1)


@given(sides, sides)
def test_no_two_renditions_have_one_name(width, height):
    names = [recipe.name for recipe in recipes_for(width, height)]
    assert len(names) == len(set(names))


def test_a_large_photograph_has_every_width_of_the_list():
    whole = [one for one in recipes_for(6000, 4000) if one.shape == WHOLE]
    assert [one.width for one in whole if one.ending == "avif"] == WIDTHS
    assert {one.ending for one in whole} == {"avif", "webp", "jpg"}


def test_a_small_picture_has_its_own_width():
    whole = [one.width for one in recipes_for(500, 300) if one.shape == WHOLE]
    assert sorted(set(whole)) == [360, 500]


@pytest.mark.parametrize(("shape", "ratio"), SHAPES.items())
def test_a_shape_has_its_ratio(shape, ratio):
    found = [one for one in recipes_for(6000, 4000) if one.shape == shape]
    assert found
    for one in found:
        assert one.width / one.height == pytest.approx(ratio[0] / ratio[1], rel=0.01)


def test_what_machines_ask_for_is_there_once_and_a_jpeg():
    names = {one.name for one in recipes_for(6000, 4000)}
    assert {
        "share-1200.jpg",
        "wide-1200.jpg",
        "classic-1200.jpg",
        "square-1200.jpg",
    } <= names


def test_what_shows_through_has_a_png_and_what_moves_a_gif():
    clear = {one.ending for one in recipes_for(500, 300, has_alpha=True)}
    assert clear == {"avif", "webp", "png", "jpg"}
    moving = [one for one in recipes_for(500, 300, is_animated=True) if one.is_animated]
    assert {one.ending for one in moving} == {"webp", "gif"}
