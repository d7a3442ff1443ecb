"""Find the comments that a reply quotes, by comparing words."""

from itertools import groupby

from articles.core.text.normalisation import words_only

# In characters of `words_only`; a shorter quote could be anybody's.
SHORTEST_QUOTE = 20
# Further quotes in one comment are ignored.
MOST_QUOTES = 10


def quotes_in(text: str) -> list[str]:
    """
    The first MOST_QUOTES passages that the text quotes with `> `, in the form of `words_only`.

    A run of such lines is a passage, and so is each of its lines, because two people may
    be quoted one after the other.
    """
    passages: dict[str, None] = {}
    for is_quote, group in groupby(text.split("\n"), key=_is_quote):
        if is_quote:
            lines = list(group)
            passages |= dict.fromkeys(map(words_only, ["\n".join(lines), *lines]))
    found = [words for words in passages if len(words) >= SHORTEST_QUOTE]
    return found[:MOST_QUOTES]


def said_in(text: str, quotes: list[str]) -> bool:
    """Whether the text itself, without its own quotes, contains one of the passages."""
    own = "\n".join(line for line in text.split("\n") if not _is_quote(line))
    words = f" {words_only(own)} "
    return any(f" {quote} " in words for quote in quotes)


def _is_quote(line):
    return line.lstrip().startswith(">")
