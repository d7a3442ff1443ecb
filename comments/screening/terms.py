"""Rules about the words that moderators have put on the word list."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.core.text.normalisation import Word, fold, readings_of
from comments.screening.records import Finding, Posted

# The most words in a term.
LONGEST_IN_WORDS = 5
# A single letter or digit would be found in nearly every text.
FEWEST_LETTERS = 2


def banned_terms(posted: Posted) -> Iterator[Finding]:
    """The name or the text contains banned terms."""
    yield from _found("banned_terms", posted, posted.banned)


def suspect_terms(posted: Posted) -> Iterator[Finding]:
    """The name or the text contains terms that a moderator should read first."""
    yield from _found("suspect_terms", posted, posted.suspect)


def candidates(*texts: str) -> set[str]:
    """All folded phrases of the texts that could be terms, to look up in the word list."""
    return {look for text in texts for look, *_ in _phrases(text)}


def matches(text: str, terms: Iterable[str]) -> list[tuple[int, int]]:
    """The spans (start, end) of the text in which folded terms occur as whole words."""
    wanted = set(terms)
    if not wanted:
        return []
    return sorted(
        {(start, end) for look, start, end in _phrases(text) if look in wanted}
    )


def problem_with(term: str) -> str | None:
    """Why the screening cannot look for this term, as a sentence; None if it can."""
    folded = fold(term)
    if not folded:
        return _("This has no words, so it would be found in all comments or in none.")
    if len(folded) < FEWEST_LETTERS:
        return _(
            "“%(term)s” is a single letter or digit, which is in nearly every comment. Enter a word."
        ) % {"term": term.strip()}
    if len(folded.split()) > LONGEST_IN_WORDS:
        return ngettext(
            "A term can have at most %(number)d word. Please shorten it.",
            "A term can have at most %(number)d words. Please shorten it.",
            LONGEST_IN_WORDS,
        ) % {"number": LONGEST_IN_WORDS}
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
