import time
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.core.text import near_duplicates as module
from articles.core.text.near_duplicates import (
    edits_allowed,
    find_similar,
    names_near,
    singular_of,
)
from articles.core.text.normalisation import spelling_key

SAME = "The same except for case, accents or punctuation"
NEAR = "Nearly the same spelling"


def pairs(*names):
    return {
        frozenset([pair.one, pair.other]): pair.why
        for pair in find_similar(names).pairs
    }


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("Harbour", "harbour", SAME),
        ("Elección", "eleccion", SAME),
        ("Straße", "STRASSE", SAME),
        ("e-mail", "Email", SAME),
        ("Town  life", "town-life", SAME),
        ("Election", "Elections", "Singular and plural"),
        ("City", "Cities", "Singular and plural"),
        ("Church", "churches", "Singular and plural"),
        ("House price", "Houses' prices", "Singular and plural"),
        ("Harbor", "Harbour", NEAR),
        ("Parliament", "Parlament", NEAR),
        ("River Wendle", "River Wendel", NEAR),
        ("Environment agency", "Enviroment agancy", NEAR),
        # One letter fewer in the first piece and one more in the last.
        ("Abcdefghijkl", "Abdefghijkxl", NEAR),
    ],
)
def test_two_names_for_one_thing_are_found(one, other, why):
    assert pairs(one, other) == {frozenset([one, other]): why}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Iran", "Iraq"),
        ("Election 2024", "Election 2025"),
        ("Gas", "Ga"),
        ("Paris", "Pari"),
        ("🎉", "🎈"),
        ("Fish", "Rivers"),
    ],
)
def test_two_names_for_two_things_are_not(one, other):
    assert not pairs(one, other)


def test_of_many_that_are_the_same_each_is_paired_once_with_the_first():
    found = find_similar(["FISH", "Fish", "fish"]).pairs
    assert [(pair.one, pair.other) for pair in found] == [
        ("FISH", "Fish"),
        ("FISH", "fish"),
    ]


def edits(one, other):
    """The edit distance by the textbook, which is slow."""
    row = range(len(other) + 1)
    for i, letter in enumerate(one, 1):
        last, row = row, [i]
        for j, its in enumerate(other, 1):
            row.append(min(last[j] + 1, row[-1] + 1, last[j - 1] + (letter != its)))
    return row[-1]


# Long enough that some may have two edits, and of few enough letters that some are alike.
long_names = st.builds(
    "".join, st.lists(st.sampled_from(["ab", "bab", "a1"]), max_size=8)
)


@given(st.sets(long_names, max_size=12))
def test_no_pair_within_the_edits_is_overlooked_and_no_other_is_found(names):
    found = {
        frozenset([pair.one, pair.other])
        for pair in find_similar(names).pairs
        if pair.why == NEAR
    }
    expected = {
        frozenset([one, other])
        for one, other in combinations(names, 2)
        if [c for c in one if c == "1"] == [c for c in other if c == "1"]
        and edits(one, other) <= edits_allowed(min(len(one), len(other)))
    }
    assert found == expected


@given(st.lists(st.text(max_size=20), max_size=8))
def test_whatever_the_names_are_the_order_does_not_matter(names):
    assert find_similar(names) == find_similar(reversed(names))
    for pair in find_similar(names).pairs:
        assert pair.one != pair.other
        assert {pair.one, pair.other} <= set(names)


@given(st.text(max_size=30))
def test_a_key_is_its_own_key(name):
    assert spelling_key(spelling_key(name)) == spelling_key(name)


def test_marks_that_are_letters_stay():
    # Japanese ga and ka, Hindi ki and ka.
    assert not pairs("ガラス工芸品", "カラス工芸品".replace("工", "大"))
    assert spelling_key("कि") != spelling_key("क")
    assert singular_of("Bus") == "bus"


def test_more_than_can_be_compared_is_said(monkeypatch):
    monkeypatch.setattr(module, "MOST_COMPARISONS", 10)
    names = [f"{'a' * 20}{letter * 5}" for letter in "bcdefghijklm"]
    assert find_similar(names).is_cut_short
    assert not find_similar(["Harbor", "Harbour"]).is_cut_short


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Clara Holis", ["Clara Hollis"]),
        ("clara hóllis", ["Clara Hollis"]),
        ("Harbours", ["Harbour"]),
        ("Budget 2025", []),
        ("Ana", []),
        ("…", []),
    ],
)
def test_names_near_one_name_are_found_nearest_first(name, near):
    others = ["Clara Hollis", "Harbor", "Harbour", "Budget 2024", "Anna", "…"]
    assert names_near(name, others) == near


def test_a_name_is_compared_with_many_quickly():
    others = [
        f"{word} {number}"
        for word in ["Harbor", "Harvest", "Market"]
        for number in range(4_000)
    ]
    began = time.process_time()
    assert names_near("Harbour 12x", others) == []
    assert time.process_time() - began < 3
