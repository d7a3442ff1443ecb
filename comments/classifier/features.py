"""The features of a text: its words, pairs of words and character n-grams, as readers see them."""

import re
import unicodedata
from functools import lru_cache

from articles.core.text.confusables import plain_letters

# The prefix says what a feature is: a trait, a word, a pair of words or a character n-gram.
TRAIT, WORD, PAIR, PIECE = "t:", "w:", "p:", "c:"
# In letters; longer words count only by their n-grams.
LONGEST_WORD = 24
LONGEST_FEATURE = 64
SIZES_OF_PIECES = [3, 4, 5]
# The most features of one text that are looked up and stored; words come before n-grams.
MOST_FEATURES = 2000
# In characters after normalisation, which can turn one ligature into 18 letters. An honest
# comment is always shorter.
LONGEST_TEXT = 20_000
FEW_WORDS, MANY_WORDS = 4, 40

_WORDS = re.compile(r"\w+")
_LINK = re.compile(
    r"https?:|www\.|\w\.(?:biz|com|info|ly|net|org|ru|top|xyz)\b", re.IGNORECASE
)
_DIGITS_AS_LETTERS = str.maketrans("013457", "oieast")


def extract_features(text: str) -> dict[str, str]:
    """The features of the text, at most MOST_FEATURES, each with how the text spells it."""
    words = _folded(text)
    found = {f"{TRAIT}{name}": said for name, said in _traits(text, words)}
    for one, seen in words:
        if len(one) <= LONGEST_WORD:
            found.setdefault(f"{WORD}{one}", seen)
    for (one, seen), (other, seen_too) in zip(words, words[1:], strict=False):
        if len(one) <= LONGEST_WORD and len(other) <= LONGEST_WORD:
            found.setdefault(f"{PAIR}{one} {other}", f"{seen} {seen_too}")
    line = f" {' '.join(one for one, _ in words)} "
    for size in SIZES_OF_PIECES:
        if len(found) >= MOST_FEATURES:
            break
        for at in range(len(line) - size + 1):
            piece = line[at : at + size]
            found.setdefault(f"{PIECE}{piece}", piece)
    return dict(list(found.items())[:MOST_FEATURES])


def _folded(text):
    """Pairs of each word as it looks to a reader and as it stands in the text."""
    normal = unicodedata.normalize("NFKC", text)[:LONGEST_TEXT]
    shown = "".join(filter(_is_seen, normal))
    words = _WORDS.findall(shown)
    return [(folded, word) for word in words if (folded := _look_of(word))]


@lru_cache(maxsize=8192)
def _look_of(word):
    letters = unicodedata.normalize("NFD", word.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    plain = plain.translate(plain_letters())
    # “b0nus” reads as “bonus”, but a number stays a number.
    return plain if plain.isdigit() else plain.translate(_DIGITS_AS_LETTERS)


def _is_seen(char):
    return char.isprintable() or char.isspace()


def _traits(text, words):
    if _LINK.search(text):
        yield "link", "a link"
    if len(words) <= FEW_WORDS:
        yield "short", "few words"
    if len(words) >= MANY_WORDS:
        yield "long", "many words"
