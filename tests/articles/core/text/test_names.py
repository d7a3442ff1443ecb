import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.core.text.names import clean_name, name_key


def test_the_sample_names_are_one(samples):
    lines = (samples / "cases" / "same-name.tsv").read_text().splitlines()[1:]
    assert len(lines) >= 4
    for line in lines:
        first, second, *_ = line.split("\t")
        second = second.replace("E + U+0301 + cole", "E\u0301cole")
        if not first.startswith("search:"):
            assert name_key(first) == name_key(second)


@pytest.mark.parametrize(
    "name",
    ["Zoë\u00a0Ó", " Zoë  Ó ", "ZOË Ó", "Zoe\u0308\u2009O\u0301", "Zoë\u200b Ó\ufeff"],
)
def test_what_readers_do_not_see_makes_no_other_name(name):
    assert name_key(name) == name_key("Zoë Ó")
    assert clean_name(name).casefold() == "zoë ó"


def test_other_letters_make_another_name():
    names = [
        "Zoë",
        "Zoe",
        "Ilk",
        "ılk",
        "Мир",
        "Mир",
        "Ana",
        "Anna",
        "مي\u200cخواهم",
        "ميخواهم",
    ]
    assert len({name_key(name) for name in names}) == len(names)


@given(st.text(max_size=80))
def test_a_key_is_that_of_every_spelling(name):
    key = name_key(name)
    assert unicodedata.is_normalized("NFC", key)
    for form in ["NFC", "NFD"]:
        assert name_key(unicodedata.normalize(form, name)) == key
    assert name_key(f"\u3000{name}\u00a0") == key
    assert clean_name(clean_name(name)) == clean_name(name)
    assert len(key) <= 4 * max(len(name), 1)
