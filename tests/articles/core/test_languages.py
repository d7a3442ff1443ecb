import pytest

from articles.core.languages import own_name


@pytest.mark.parametrize(
    ("further", "code", "name"),
    [
        ([], "de", "Deutsch"),
        (["de"], "de", "Deutsch"),
        (["de-at"], "de-at", "Deutsch"),
        (["de", "de-at"], "de", "Deutsch"),
        (["de", "de-at"], "de-at", "Deutsch (Österreich)"),
        (["de-at", "de-ch"], "de-ch", "Deutsch (Schweiz)"),
        (["de", "de-it"], "de-it", "Deutsch (IT)"),
        # Django itself tells these two apart.
        (["pt", "pt-br"], "pt-br", "Português Brasileiro"),
        (["tlh"], "tlh", "tlh"),
    ],
)
def test_languages_with_the_same_name_show_their_region(settings, further, code, name):
    settings.FURTHER_LANGUAGES = further
    assert own_name(code) == name
