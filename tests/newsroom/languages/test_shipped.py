import pytest

from newsroom.languages.shipped import SHIPPED, choices, interface_language


@pytest.mark.parametrize(
    ("code", "shipped"),
    [
        ("en", "en"),
        ("en-gb", "en"),
        ("de", "de"),
        ("de-at", "de"),
        ("pt-br", "pt-br"),
        ("pt_BR", "pt-br"),
        ("pt", "pt-br"),
        ("pt-pt", "pt-br"),
        ("AR-eg", "ar"),
        ("it", "en"),
        ("", "en"),
    ],
)
def test_a_language_code_leads_to_the_shipped_language_that_suits_it_best(
    code, shipped
):
    assert interface_language(code) == shipped


def test_languages_are_offered_under_their_own_names():
    assert dict(choices())["de"] == "Deutsch"
    assert [code for code, name in choices()] == SHIPPED
