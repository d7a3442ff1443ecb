"""Rules about the words that moderators have listed."""

from collections.abc import Iterable, Iterator

from articles.core.text.folding import Word, fold, readings_of
from comments.screening.records import Finding, Posted

# A term has at most so many words.
LONGEST_IN_WORDS = 5
# A single letter or sign is in every text.
FEWEST_LETTERS = 2


def banned_terms(posted: Posted) -> Iterator[Finding]:
    """Words that do not appear here."""
    yield from _found("banned_terms", posted, posted.banned)


def suspect_terms(posted: Posted) -> Iterator[Finding]:
    """Words that a moderator wants to see before readers do."""
    yield from _found("suspect_terms", posted, posted.suspect)


def candidates(*texts: str) -> set[str]:
    """Everything in the texts that could be a term, folded: what has to be looked up, however long the list of terms is."""
    return {look for text in texts for look, *_ in _phrases(text)}


def matches(text: str, terms: Iterable[str]) -> list[tuple[int, int]]:
    """Where the folded terms stand in the text as whole words: from and up to."""
    wanted = set(terms)
    if not wanted:
        return []
    return sorted(
        {(start, end) for look, start, end in _phrases(text) if look in wanted}
    )


def problem_with(term: str) -> str | None:
    """Why nobody can look for this term, in a sentence; None where one can."""
    folded = fold(term)
    if not folded:
        return "There is no word in it: it would be found in every comment, or in none."
    if len(folded) < FEWEST_LETTERS:
        return f"“{term.strip()}” is a single letter or digit, which is in nearly every comment. Write a word."
    if len(folded.split()) > LONGEST_IN_WORDS:
        return f"It has more than {LONGEST_IN_WORDS} words. Leave out those that are not needed."
    return None


def _found(rule: str, posted: Posted, terms: Iterable[str]) -> Iterator[Finding]:
    terms = list(terms)
    words = [
        text[start:end]
        for text in (posted.name, posted.body)
        for start, end in matches(text, terms)
    ]
    if words:
        yield Finding(rule, value=len(words), words=tuple(dict.fromkeys(words)))


def _phrases(text: str) -> Iterator[tuple[str, int, int]]:
    for words in readings_of(text):
        for at in range(len(words)):
            yield from _phrases_from(words[at : at + LONGEST_IN_WORDS])


def _phrases_from(words: list[Word]) -> Iterator[tuple[str, int, int]]:
    look = ""
    for word in words:
        look = f"{look} {word.look}" if look else word.look
        yield look, words[0].start, word.end
