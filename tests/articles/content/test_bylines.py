from types import SimpleNamespace

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from articles.content.bylines import (
    INTRODUCTIONS,
    byline_in_words,
    read_credits,
    roles_by_word,
    with_role,
)
from articles.core.interface_languages import languages_of_interface
from articles.core.text.names import name_key
from articles.models import Credit


def credited(*roles):
    return [SimpleNamespace(person=person, role=role) for person, role in roles]


@pytest.mark.parametrize(
    ("credits", "words"),
    [
        ([], ""),
        ([("Ana", "by")], "By Ana"),
        ([("Ana", "by"), ("Ben", "by")], "By Ana and Ben"),
        ([("A", "by"), ("B", "by"), ("C", "by")], "By A, B and C"),
        (
            [("Ben Cole", "photographs"), ("Ana Ruiz", "by")],
            "By Ana Ruiz; photographs by Ben Cole",
        ),
        ([("Ana", "by"), ("Ana", "photographs")], "By Ana; photographs by Ana"),
        (
            [("D", "editing"), ("C", "photographs"), ("B", "reporting"), ("A", "by")],
            "By A; reporting by B; photographs by C; editing by D",
        ),
        ([("Ben", "photographs")], "Photographs by Ben"),
    ],
)
def test_a_byline_says_who_did_what(credits, words):
    assert byline_in_words(credited(*credits)) == words


def test_every_role_has_its_words():
    assert set(INTRODUCTIONS) == set(Credit.Role.values)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Ben Cole (photographs)", ("Ben Cole", "photographs")),
        ("Ben Cole(Photos)", ("Ben Cole", "photographs")),
        ("Ben Cole ( editor )", ("Ben Cole", "editing")),
        ("Ben Cole (by)", ("Ben Cole", "by")),
        ("Kim Lee (kim-lee-2) (photographs)", ("Kim Lee (kim-lee-2)", "photographs")),
        ("Kim Lee (kim-lee-2)", ("Kim Lee (kim-lee-2)", "by")),
        ("(photographs)", ("(photographs)", "by")),
        ("Photos: Ben Cole", ("Ben Cole", "photographs")),
        ("Photos: Ben Cole (editing)", ("Photos: Ben Cole", "editing")),
        ("Photos:", ("Photos:", "by")),
        ("Nemo: a name", ("Nemo: a name", "by")),
        ("Fotos: Greta Lund", ("Greta Lund", "photographs")),
        ("Greta Lund (Fotos)", ("Greta Lund", "photographs")),
        ("Redaktion: Greta Lund", ("Greta Lund", "editing")),
        ("Photos\N{NO-BREAK SPACE}: Léa Petit", ("Léa Petit", "photographs")),
        ("Léa Petit (e\N{COMBINING ACUTE ACCENT}dition)", ("Léa Petit", "editing")),
        ("Fotografías: Ana Ruiz", ("Ana Ruiz", "photographs")),
        ("Reportagem: Ana Ruiz", ("Ana Ruiz", "reporting")),
        ("تصوير: ليلى حداد", ("ليلى حداد", "photographs")),
    ],
)
def test_a_role_is_written_before_or_behind_the_name_in_any_language(written, read):
    [credit] = read_credits([written])
    assert (credit.name, credit.role) == read


def test_a_role_before_a_colon_goes_on_until_the_next_role():
    found = read_credits(
        ["Ana", "Fotos: Ben", "Cleo", "Dan (editing)", "Eve", "Text: Fay", "Gus"]
    )
    assert [(credit.name, credit.role) for credit in found] == [
        ("Ana", "by"),
        ("Ben", "photographs"),
        ("Cleo", "photographs"),
        ("Dan", "editing"),
        ("Eve", "photographs"),
        ("Fay", "by"),
        ("Gus", "by"),
    ]


@pytest.mark.parametrize("language", languages_of_interface())
@pytest.mark.parametrize("role", Credit.Role.values)
def test_every_language_has_words_for_the_roles_that_all_others_know(language, role):
    with translation.override(language):
        shown = with_role("Ana (by)", role)
        word = str(Credit.Role(role).label)
    assert shown == f"Ana (by) ({word})"
    assert roles_by_word()[name_key(word)] == role


def test_no_word_stands_for_two_roles_in_two_languages(settings):
    meant = {}
    for language in languages_of_interface():
        settings.LANGUAGES_OF_INTERFACE = f"{__name__}.ONLY"
        ONLY[:] = [language]
        for word, role in roles_by_word().items():
            assert meant.setdefault(word, role) == role, (language, word)


ONLY: list[str] = []


names = st.one_of(
    st.text(min_size=1).map(str.strip).filter(bool),
    st.sampled_from(["Editing (editing)", "Ana (by)", "Ana (photos) (by)", "(by)"]),
    st.sampled_from(["Photos: Ana", "Fotos: Ana (by)", "Text: Photos: Ana"]),
)


@given(
    names,
    st.sampled_from(Credit.Role.values),
    st.sampled_from(languages_of_interface()),
)
def test_what_the_form_writes_it_reads_again(name, role, language):
    with translation.override(language):
        [credit] = read_credits([with_role(name, role)])
    assert (credit.name, credit.role) == (name, role)
