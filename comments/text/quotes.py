"""Who said first what somebody quotes, by the words alone."""

from itertools import groupby

# In letters, numbers and single spaces: less is nobody's.
SHORTEST_QUOTE = 20
# What a comment quotes beyond this is not looked for.
MOST_QUOTES = 10


def quotes_in(text: str) -> list[str]:
    """
    The first MOST_QUOTES passages that the text quotes with `> `, as `words_of` gives them.

    A passage is a run of such lines, and also each of its lines, for two
    people may be quoted one after the other.
    """
    passages = {}
    for is_quote, lines in groupby(text.split("\n"), key=_is_quote):
        if is_quote:
            lines = list(lines)
            passages |= dict.fromkeys(map(words_of, ["\n".join(lines), *lines]))
    found = [words for words in passages if len(words) >= SHORTEST_QUOTE]
    return found[:MOST_QUOTES]


def said_in(text: str, quotes: list[str]) -> bool:
    """Whether one of the passages stands in what the text itself says; what it quotes is somebody else's."""
    own = "\n".join(line for line in text.split("\n") if not _is_quote(line))
    words = f" {words_of(own)} "
    return any(f" {quote} " in words for quote in quotes)


def words_of(text: str) -> str:
    """The letters and numbers, small and with single spaces: the same however it was formatted and broken into lines."""
    folded = text.casefold()
    return " ".join("".join(char if char.isalnum() else " " for char in folded).split())


def _is_quote(line):
    return line.lstrip().startswith(">")
