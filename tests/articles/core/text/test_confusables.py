import json
import sys
import unicodedata
from collections import defaultdict
from importlib.resources import files
from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.core.text.confusables import SCRIPTS, script_of
from articles.core.text.normalisation import LONGEST_SKELETON, skeleton, skeletons

NAMES = ["Ana Ruiz", "Mia Oliveira-Smith", "Jörg Strauß", "Zoë O’Hara"]
GREEK_AND_CYRILLIC = ["Γιάννης Παππάς", "Ольга Ковальська"]
OF_NO_CASE = ["李小龍", "محمد علي", "रमा देवी", "דוד כהן"]

INVISIBLE = "\u00ad\u034f\u061c\u115f\u180e\u200b\u200c\u200d\u200e\u2060\u2063\u2800\u3164\ufe0f\ufeff\uffa0\U000e0041\U000e0101"
BETWEEN = " \t\u00a0\u2003\u3000.,·-_–—*~'’\"()[]/+✅🙂\u0301\u0336\u20dd"


def look_alike(one, other):
    return skeleton(one) in skeletons(other)


def confusables():
    """Each character with its confusables by UTS #39, read independently of our code."""
    data = files("confusable_homoglyphs").joinpath("confusables.json").read_text()
    groups = defaultdict(set)
    for char, others in json.loads(data).items():
        for other in others:
            groups[char.strip("\u200e")].add(other["c"].strip("\u200e"))
    # Characters that look like the same letter look alike.
    return {
        char: looks.union(*(groups[look] for look in looks))
        for char, looks in groups.items()
    }


CONFUSABLES = confusables()


@st.composite
def imitations(draw, names):
    """A name, and an imitation of it by look-alike characters."""
    name = draw(st.sampled_from(names))
    typed = draw(st.text(INVISIBLE + BETWEEN, max_size=3))
    for char in unicodedata.normalize("NFD", name):
        as_meant = draw(st.sampled_from([char, char.upper(), char.lower()]))
        alike = sorted(CONFUSABLES.get(as_meant, ()))
        typed += draw(st.sampled_from([char, as_meant, *alike]))
        typed += draw(st.text(INVISIBLE + BETWEEN, max_size=2))
    return name, typed


@given(imitations(NAMES))
def test_no_imitation_escapes(names):
    assert look_alike(*names)


@given(imitations(GREEK_AND_CYRILLIC))
def test_no_imitation_of_a_greek_or_cyrillic_name_escapes(names):
    assert look_alike(*names)


@given(imitations(OF_NO_CASE))
def test_no_imitation_of_a_name_without_capitals_escapes(names):
    assert look_alike(*names)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Ana Ruiz", "ANA RUIZ"),
        ("Ana Ruiz", "A n a R u i z"),
        ("Ana Ruiz", "ana_ruíz"),
        ("Ana Ruiz", "Αnа Ruiz"),
        ("Anna Hahn", "ANNА НАНN"),
        ("Ana Ruiz", "𝓐𝓷𝓪 𝕽𝖚𝖎𝖟"),
        ("Ana Ruiz", "Ａｎａ　Ｒｕｉｚ"),
        ("Ana Ruiz", "Ⓐⓝⓐ Ⓡⓤⓘⓩ"),
        ("Ana Ruiz", "Ꭺɴᴀ Rᴜɪᴢ"),
        ("Ana Ruiz", "Ana Ruiz ✅"),
        ("Ida Olm", "lda 0lm"),
        ("Ida Olm", "1da Olrn"),
        ("Jörg Strauß", "JORG STRAUSS"),
        ("Søren Lœb", "Soren Loeb"),
        ("Ольга", "OЛЬГA"),
        ("Γιάννης", "ΓIANNHΣ"),
        ("Frank", "ſrank"),
    ],
)
def test_names_that_a_reader_takes_for_each_other_look_alike(name, typed):
    assert look_alike(name, typed)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Ana Ruiz", "Ana"),
        ("Ana Ruiz", "Ruiz Ana"),
        ("Ana Ruiz", "Ana R."),
        ("Ana Ruiz", "Ana Diaz"),
        ("Ana Ruiz", "Ana Ruiz Soler"),
        ("Ana", "Ava"),
        ("Ana", "Aha"),
        ("Aha", "Ana"),
        ("Jan Hofer", "Jan Hoven"),
        ("Γιάννης", "Γιάννα"),
        ("रमा देवी", "रमे देवी"),
        ("Strauß", "Straub"),
    ],
)
def test_names_that_differ_for_every_reader_do_not(name, other):
    assert not look_alike(name, other)


@given(st.text(st.characters(codec="ascii", categories=["L"]), min_size=3))
def test_two_names_in_plain_letters_are_told_apart(name):
    # Except for letters that are known to look alike.
    plain = name.lower().replace("m", "rn").replace("l", "i")
    assert not look_alike("x" + plain, plain)


@pytest.mark.parametrize("name", ["", "J", "J.", "Jo", "\u200b\u2060", "✅✅✅", "…"])
def test_of_a_name_too_short_or_without_letters_nothing_is_said(name):
    assert skeleton(name) == ""
    assert skeletons(name) == set()


def test_the_script_is_that_of_most_letters():
    assert script_of("Ana Ольга-Марія") == "CYRILLIC"
    assert script_of("Γιάννης") == "GREEK"
    for name in ["Ana", "", "李小龍", "123"]:
        assert script_of(name) == "LATIN"


@given(st.text())
def test_any_text_has_a_skeleton_that_fits(name):
    for found in {skeleton(name), *skeletons(name)}:
        assert len(found) <= LONGEST_SKELETON
    assert skeleton(name) == "" or look_alike(name, name)


def test_every_character_has_a_place_in_a_skeleton():
    for code in range(0, sys.maxunicode + 1, 7):
        assert len(skeletons(f"abc{chr(code)}")) == len(SCRIPTS)


def test_what_is_worked_out_does_not_grow_faster_than_the_name():
    assert skeleton("\u0301" * 100_000 + "Ana Ruiz") == skeleton("Ana Ruiz")
    assert len(skeleton("ﷺ" * 10_000)) == LONGEST_SKELETON


@pytest.mark.parametrize("letter", ascii_letters + digits)
def test_no_plain_letter_is_overlooked(letter):
    for name in [f"Xoxo{letter}", f"{letter}xoxo"]:
        assert skeletons(name).isdisjoint(skeletons("Xoxo"))


def test_a_name_is_not_taken_for_one_with_a_letter_more():
    assert skeletons("Ana").isdisjoint({skeleton("Dana")})
    assert skeletons("Avi").isdisjoint({skeleton("David")})
