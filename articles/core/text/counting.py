"""Letters, words and minutes of reading, as people count them in their language."""

from itertools import islice
from math import ceil

import regex

# Words a minute in silent reading of English non-fiction: Brysbaert (2019), “How many words
# do we read per minute?”, Journal of Memory and Language 109. It holds for all scripts that
# have no figure of their own here.
WORDS_A_MINUTE = 238
# Words a minute in silent reading, which Korean parts by spaces: Rhiu et al. (2017), “Korean
# Version Self-testing Application for Reading Speed”, Korean Journal of Ophthalmology 31(3).
KOREAN_WORDS_A_MINUTE = 202
# Characters a minute, and words a minute: Trauzettel-Klosinski and Dietz (2012), “The New
# International Reading Speed Texts IReST”, Investigative Ophthalmology & Visual Science
# 53(9), table 2. The texts were read aloud, but its English is close to that of Brysbaert.
CHINESE_A_MINUTE = 255, 158
JAPANESE_A_MINUTE = 357, 193
# The same study: 68 milliseconds for a character, on average of 14 languages with alphabets.
# It stands in for Thai, Lao, Khmer and Burmese, which have alphabets without spaces, and of
# which we know no study. A word is taken to have five characters.
UNSPACED_A_MINUTE = 60_000 / 68, 60_000 / 68 / 5
# A letter may have endless marks. A text is cut sooner where it has more than this for each.
CHARACTERS_A_LETTER = 16
# Japanese has at least this share of its own letters; Chinese has them in names only.
JAPANESE_FROM = 0.2

_LETTER = regex.compile(r"\X")
_HAN = regex.compile(r"[\p{Han}]")
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}ー]")
_UNSPACED = regex.compile(r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_WITHOUT_SPACES = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}ー\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]+"
)
_HANGUL = regex.compile(r"\p{Hangul}")
_IN_A_WORD = regex.compile(r"[\p{L}\p{N}]")


def letters_in(text: str) -> int:
    """The number of characters as a reader sees them: grapheme clusters of UAX #29."""
    return len(text) if text.isascii() else sum(1 for _ in _LETTER.finditer(text))


def shortened(text: str, longest: int) -> str:
    """The text, or its beginning with “…”: at most `longest` characters as a reader sees them."""
    if len(text) <= longest:
        return text
    beginning = text[: CHARACTERS_A_LETTER * longest]
    ends = [one.end() for one in islice(_LETTER.finditer(beginning), longest + 1)]
    if len(ends) <= longest and beginning == text:
        return text
    return text[: max(ends[: longest - 1], default=0)] + "…"


def words_in(text: str) -> int:
    """
    The number of words in plain text.

    In scripts without spaces it is estimated from the characters, by the average length of
    a word in the sources of the constants.
    """
    return round(sum(words for words, _ in _measured(text)))


def reading_minutes(text: str) -> int:
    """The reading time of plain text in whole minutes, at least one."""
    return max(1, ceil(round(sum(minutes for _, minutes in _measured(text)), 6)))


def _measured(text):
    """Pairs of words and minutes, one for each way of writing in the text."""
    if text.isascii():
        words = _words(text.split())
        return [(len(words), len(words) / WORDS_A_MINUTE)]
    han, kana = len(_HAN.findall(text)), len(_KANA.findall(text))
    is_japanese = kana and kana >= JAPANESE_FROM * (han + kana)
    words = _words(_WITHOUT_SPACES.sub(" ", text).split())
    korean = sum(1 for word in words if _HANGUL.search(word))
    return [
        _by_characters(
            han + kana, JAPANESE_A_MINUTE if is_japanese else CHINESE_A_MINUTE
        ),
        _by_characters(len(_UNSPACED.findall(text)), UNSPACED_A_MINUTE),
        (korean, korean / KOREAN_WORDS_A_MINUTE),
        (len(words) - korean, (len(words) - korean) / WORDS_A_MINUTE),
    ]


def _words(parts):
    return [part for part in parts if _IN_A_WORD.search(part)]


def _by_characters(number, rate):
    characters, words = rate
    minutes = number / characters
    return minutes * words, minutes
