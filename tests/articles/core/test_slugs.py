import unicodedata

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from articles.core.slugs import (
    SlugConverter,
    SlugFormField,
    free_slug,
    is_slug,
    says_something,
    slug_from,
    validate_slug,
)

# Titles whose address is a matter of taste, with what we make of them.
AS_WE_CHOSE = {
    "Smørrebrød på Ærø": "smorrebrod-pa-aero",
    "Москва и Питер": "москва-и-питер",
    "مرحبا بالعالم": "مرحبا-بالعالم",
}


def slug(text, *, language="", max_length=80):
    return slug_from(text, fallback="article", max_length=max_length, language=language)


def test_the_sample_titles_keep_their_letters(samples):
    lines = (samples / "cases" / "slugs.tsv").read_text().splitlines()[1:]
    assert len(lines) >= 6
    for line in lines:
        title, _, expected = line.split("\t")
        assert slug(title) == AS_WE_CHOSE.get(title, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Þórður á Íslandi, eða ekki", "thordur-a-islandi-eda-ekki"),
        ("Đà Nẵng", "da-nang"),
        ("İstanbul’da ılık", "istanbulda-ilik"),
        ("Bakı şəhəri", "baki-seheri"),
        ("GROẞE FÜẞE", "grosse-fusse"),
        ("ŉ ﬁne Ŀl ½", "n-fine-ll-12"),
        ("Ａｂｃ１２", "abc12"),
        ("ΣΟΦΟΣ Έλληνας", "σοφος-έλληνας"),
        ("हिन्दी में समाचार", "हिन्दी-में-समाचार"),
        ("กำลังใจ น้ำ", "กำลังใจ-น้ำ"),
        ("東京：日本の首都、人口", "東京-日本の首都-人口"),
        ("한국어 뉴스", "한국어-뉴스"),
        ("War 1914–1918: don’t / do", "war-1914-1918-dont-do"),
        ("a\u00a0b\u3000c\u2009d", "a-b-c-d"),
        ("__init__ – ...", "init"),
        ("\u0301 \u0e34 x", "x"),
        ("🎉🎉", "article"),
    ],
)
def test_letters_of_every_script_make_an_address(text, expected):
    assert slug(text) == expected
    assert slug(unicodedata.normalize("NFD", text)) == expected


def test_umlauts_are_spelt_out_in_german_only():
    assert slug("Äpfel über Öl", language="de") == "aepfel-ueber-oel"
    assert slug("A\u0308pfel", language="de-AT") == "aepfel"
    assert slug("Äpfel über Öl", language="sv") == "apfel-uber-ol"
    assert slug("Äpfel", language="den") == "apfel"


def test_a_slug_is_cut_to_its_length_without_a_dangling_hyphen():
    assert slug("abc def", max_length=4) == "abc"


def test_a_slug_is_cut_at_the_end_of_a_word():
    assert slug("the ferry pilot retires", max_length=15) == "the-ferry-pilot"
    assert slug("the ferry pilot retires", max_length=18) == "the-ferry-pilot"
    assert slug("the ferrypilotretires", max_length=15) == "the-ferrypilotr"


def test_a_word_is_cut_between_what_readers_take_for_letters():
    assert slug("हिन्दीमेंसमाचार", max_length=7) == "हिन्दी"
    assert slug("กำลังใจน้ำ", max_length=3) == "กำ"


def test_a_suffix_fits_into_the_length():
    taken = {"abcde", "abc-2"}
    assert free_slug("abcde", taken=taken.__contains__, max_length=5) == "abc-3"


def test_a_suffix_breaks_no_letter():
    assert free_slug("กน้ำ", taken={"กน้ำ"}.__contains__, max_length=4) == "ก-2"


@given(
    st.text(max_size=60),
    st.sampled_from(["", "de", "tr"]),
    st.integers(min_value=8, max_value=40),
)
def test_whatever_the_text_its_slug_is_an_address(text, language, max_length):
    made = slug(text, language=language, max_length=max_length)
    assert 0 < len(made) <= max_length
    assert made == made.strip("-_")
    validate_slug(made)
    assert SlugConverter().to_python(made) == made


@pytest.mark.parametrize("text", ["", "a b", "a/b", "a.b", "a\x00", "a\u202eb", "é"])
def test_other_texts_are_no_slugs(text):
    text = unicodedata.normalize("NFD", text)
    assert not is_slug(text)
    with pytest.raises(ValidationError):
        validate_slug(text)


def test_a_slug_says_something():
    says_something("-я-")
    with pytest.raises(ValidationError):
        says_something("-_-")


def test_the_form_field_composes_letters():
    typed = unicodedata.normalize("NFD", " Überfahrt-й ")
    assert SlugFormField().clean(typed) == "Überfahrt-й"
