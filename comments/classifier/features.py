"""The features of a text: its words, pairs of words and character n-grams, as readers see them."""

import re
import unicodedata

from articles.core.text.normalisation import word_as_read

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


def extract_features(text: str) -> dict[str, str]:
    """The features of the text, at most MOST_FEATURES, each with how the text spells it."""
    words = _words_as_read(text)
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


def _words_as_read(text):
    """Pairs of each word as readers read it and as the text spells it."""
    normal = unicodedata.normalize("NFKC", text)[:LONGEST_TEXT]
    shown = "".join(filter(_is_seen, normal))
    words = _WORDS.findall(shown)
    return [(read, word) for word in words if (read := word_as_read(word))]


def _is_seen(char):
    return char.isprintable() or char.isspace()


def _traits(text, words):
    if _LINK.search(text):
        yield "link", "a link"
    if len(words) <= FEW_WORDS:
        yield "short", "few words"
    if len(words) >= MANY_WORDS:
        yield "long", "many words"
