"""Slugs, the last parts of addresses: made from text, checked, and read from a path."""

import unicodedata
from collections.abc import Callable
from itertools import chain, count

import regex
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import register_converter
from django.utils.translation import gettext_lazy as _

# In characters: no slug is longer, in whatever form. To normalise a long run of combining
# marks takes quadratic time.
LONGEST_READ = 500

# Letters of every script with their marks, without which Hindi and Thai are not readable.
# Python's own `\w` leaves the marks out.
_SLUG = regex.compile(r"[\p{L}\p{M}\p{N}_-]+")

# Small letters that Unicode does not take apart, by what stands for them in ASCII. From the
# transform Latin-ASCII of the CLDR (unicode.org, release 41), and ə from ICAO Doc 9303-3.
_SPELT = {
    "a": "ⱥᴀᶏ",
    "aa": "ꜳ",
    "ae": "æᴁ",
    "ao": "ꜵ",
    "au": "ꜷ",
    "av": "ꜹꜻ",
    "ay": "ꜽ",
    "b": "ƀɓƃʙᴃᵬᶀ",
    "c": "ƈȼɕᴄꞓ",
    "d": "ðđɖɗƌȡᴅᴆᵭᶁᶑꝱꝺ",
    "db": "ȸ",
    "dz": "ʣʥ",
    "e": "ɛɇᴇᶒᶓⱸə",
    "f": "ƒᵮᶂꜰꝼ",
    "g": "ɠǥɡɢʛᶃꞡ",
    "h": "ħɦɧʜⱨ",
    "hv": "ƕ",
    "i": "ıɩɨɪᵻᶖ",
    "j": "ȷɉɟʝᴊ",
    "k": "ƙᴋᶄⱪꝁꝃꝅꞣ",
    "l": "łƚȴɫɬɭʟᴌᶅⱡꝇꝉꝲ",
    "ll": "ỻ",
    "ls": "ʪ",
    "lz": "ʫ",
    "m": "ɱᴍᵯᶆꝳ",
    "n": "ŋɲƞȵɳɴᵰᶇꝴꞑꞥ",
    "o": "øᴏⱺꝋꝍ",
    "oe": "œɶ",
    "oi": "ƣ",
    "oo": "ꝏ",
    "p": "ƥᴘᵱᵽᶈꝑꝓꝕ",
    "q": "ĸʠꝗꝙ",
    "qp": "ȹ",
    "r": "ɍɼɽɾʀᵲᵳᶉꝵꝶꞧ",
    "s": "ȿʂᵴᶊẜẝꜱꞩ",
    "ss": "ß",
    "t": "ŧƫƭʈȶⱦᴛᵵꝷꞇ",
    "th": "þᵺꝥꝧ",
    "ts": "ʦ",
    "u": "ʉᴜᵾᶙ",
    "ue": "ᵫ",
    "v": "ʋᴠᶌỽⱱⱴꝟ",
    "vy": "ꝡ",
    "w": "ᴡⱳ",
    "x": "ᶍ",
    "y": "ƴɏʏỿ",
    "z": "ƶȥɀʐʑᴢᵶᶎⱬ",
}
_IN_ASCII = str.maketrans(
    {letter: ascii for ascii, letters in _SPELT.items() for letter in letters}
)
# The transform de-ASCII of the CLDR.
_IN_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})

_LATIN = regex.compile(r"\p{Latin}\p{M}*")
# Between two words: spaces, dashes, slashes, and the punctuation of scripts without spaces.
# The rest of punctuation is left out, as in “don’t” and “U.S.”.
_BETWEEN_WORDS = regex.compile(
    r"[\s\p{Z}\p{Pd}/\\…]|[\p{P}\p{S}&&[\u3000-\u30ff\ufe10-\ufe6f\uff00-\uffef]]",
    regex.V1,
)
_LEFT_OUT = regex.compile(r"[^\p{L}\p{M}\p{N}_-]|[\u02b0-\u02ff]")
# NFKC takes these vowels of Thai and Lao apart into what nobody types.
_VOWELS = regex.compile("[^\u0e33\u0eb3]+")


def slug_from(text: str, *, fallback: str, max_length: int, language: str = "") -> str:
    """
    The words of the text, joined by hyphens; `fallback` when none are left.

    Latin letters become ASCII letters, umlauts as the `language` (a tag such as “de-AT”)
    spells them. Those of other scripts stay. A slug that is longer than `max_length`
    characters ends with its last whole word, or in a long word after a whole letter.
    """
    text = unicodedata.normalize("NFC", text.lower())
    if language.lower().partition("-")[0] == "de":
        text = text.translate(_IN_GERMAN)
    text = _BETWEEN_WORDS.sub(" ", text)
    text = _VOWELS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    text = _LEFT_OUT.sub("", _LATIN.sub(_in_ascii, text.replace(" ", "-")))
    text = unicodedata.normalize("NFC", regex.sub("-+", "-", text))
    # A mark without a letter before it would hang on the slash of the address.
    text = regex.sub(r"(^|-)\p{M}+", r"\1", text).strip("-_")
    return _cut(text, max_length) or fallback


def free_slug(wanted: str, *, taken: Callable[[str], bool], max_length: int) -> str:
    """The wanted slug, or the first of `wanted-2`, `wanted-3` … that is not taken."""
    candidates = chain(
        [wanted],
        (
            _whole_letters(wanted, max_length - len(suffix)).rstrip("-") + suffix
            for suffix in (f"-{number}" for number in count(2))
        ),
    )
    return next(slug for slug in candidates if not taken(slug))


def is_slug(text: str) -> bool:
    """Whether it consists of letters, marks, digits, hyphens and underscores, in NFC."""
    return bool(_SLUG.fullmatch(text)) and unicodedata.is_normalized("NFC", text)


def validate_slug(slug: str) -> None:
    """Raise ValidationError for a text that is not a slug."""
    if not is_slug(slug):
        raise ValidationError(
            _("An address can contain only letters, digits, hyphens and underscores."),
            code="invalid",
        )


def says_something(slug: str) -> None:
    """Raise ValidationError for hyphens and underscores alone, which say nothing."""
    if not regex.search(r"[\p{L}\p{N}]", slug):
        raise ValidationError(_("The address needs at least one letter or digit."))


class SlugFormField(forms.CharField):
    """A form field for the slug of an address in any script."""

    default_validators = [validate_slug]

    def to_python(self, value):
        slug = super().to_python(value)
        return unicodedata.normalize("NFC", slug) if len(slug) <= LONGEST_READ else slug


class UnicodeSlugField(models.SlugField):
    """
    A slug in any script.

    Django's own, with `allow_unicode`, refuses the marks of Hindi, Bengali, Thai and others.
    """

    default_validators = [validate_slug]

    def __init__(self, *args, **kwargs):
        # The class of Django's replaces the validators where this is true.
        kwargs.pop("allow_unicode", None)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs):
        # Past the method of SlugField, which hands `allow_unicode` to a field of its own.
        return super(models.SlugField, self).formfield(
            **{"form_class": SlugFormField} | kwargs
        )


class SlugConverter:
    """The part of a path that is a slug, in any script and any form of normalisation."""

    regex = "[^/]+"

    def to_python(self, value):
        if len(value) > LONGEST_READ:
            raise ValueError(value)
        slug = unicodedata.normalize("NFC", value)
        if not is_slug(slug):
            raise ValueError(slug)
        return slug

    def to_url(self, value):
        return value


# Written `<words:slug>`. The converter of Django called “slug” knows ASCII only.
register_converter(SlugConverter, "words")


def _in_ascii(letter):
    parts = unicodedata.normalize("NFKD", letter[0])
    return regex.sub(r"\p{M}+", "", parts).translate(_IN_ASCII)


def _cut(slug, max_length):
    if len(slug) <= max_length:
        return slug
    words = slug[: max_length + 1].rpartition("-")[0].rstrip("-_")
    # Where the last word is long, or the script has no spaces, half the words would be lost.
    if len(words) * 2 >= max_length:
        return words
    return _whole_letters(slug, max_length).rstrip("-_")


def _whole_letters(slug, max_length):
    """The beginning of the slug, which ends between what a reader takes for two letters."""
    if len(slug) <= max_length:
        return slug
    end = 0
    for letter in regex.finditer(r"\X", slug[: max_length + 1]):
        if letter.end() > max_length:
            break
        end = letter.end()
    return slug[:end] or slug[:max_length]
