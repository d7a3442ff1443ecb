import pytest

from articles.core.text.direction import direction_of


@pytest.mark.parametrize(
    "language", ["ar", "ar-EG", "he", "fa_IR", "ur", "az-Arab", "yi"]
)
def test_these_languages_run_from_right_to_left(language):
    assert direction_of(language) == "rtl"


@pytest.mark.parametrize(
    "language", ["", "en", "de-at", "ku", "ar-Latn", "pt-br", "ja"]
)
def test_these_languages_run_from_left_to_right(language):
    assert direction_of(language) == "ltr"
