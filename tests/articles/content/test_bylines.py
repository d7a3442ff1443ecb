from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.content.bylines import (
    INTRODUCTIONS,
    byline_in_words,
    split_role,
    with_role,
)
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
    ],
)
def test_a_role_is_written_in_brackets_behind_the_name(written, read):
    assert split_role(written) == read


names = st.one_of(
    st.text(min_size=1).map(str.strip).filter(bool),
    st.sampled_from(["Editing (editing)", "Ana (by)", "Ana (photos) (by)", "(by)"]),
)


@given(names, st.sampled_from(Credit.Role.values))
def test_what_the_form_writes_it_reads_again(name, role):
    assert split_role(with_role(name, role)) == (name, role)
