"""Redaction: taking words out of a comment and leaving a mark in their place."""

import re

from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from articles.core.interface_languages import language_of_readers
from comments.models import Comment

# Plain text, so that it works in pages, feeds, mails and downloads.
MARK = gettext_noop("[removed by a moderator]")
# The most comments that `answers_with` returns.
MOST_QUOTING = 20

# What often has to be taken out: email addresses, IBANs and telephone numbers.
_PRIVATE = [
    re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"),
    re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"),
    re.compile(r"(?<![\w.-])\+?\(?\d(?:[\d ()/.-]{5,20})\d(?![\w])"),
]
_SPAN_OF_YEARS = re.compile(r"\d{4}\s*[-–]\s*\d{4}")


class WordsNotThere(ValueError):
    """Some of the words do not occur in the comment; `words` lists them."""

    def __init__(self, words: list[str]):
        super().__init__(", ".join(words))
        self.words = words


def redacted(body: str, words: list[str]) -> str:
    """
    The body with every occurrence of these words replaced by MARK, in the language of readers.

    Raises WordsNotThere.
    """
    if missing := [word for word in words if word not in body]:
        raise WordsNotThere(missing)
    longest_first = sorted(words, key=len, reverse=True)
    with translation.override(language_of_readers()):
        mark = gettext(MARK)
    return re.sub("|".join(map(re.escape, longest_first)), lambda _match: mark, body)


def suggestions(body: str) -> list[str]:
    """The parts of the body that look like private data, each once, in order."""
    found: dict[str, int] = {}
    left = body
    for pattern in _PRIVATE:
        for match in pattern.finditer(left):
            if not _SPAN_OF_YEARS.fullmatch(match[0]):
                found.setdefault(match[0].strip(), match.start())
        # Blanked, so that no other pattern finds it; positions stay the same.
        left = pattern.sub(lambda match: "\n" * len(match[0]), left)
    return sorted(found, key=found.__getitem__)


def answers_with(comment: Comment, words: list[str]) -> list[Comment]:
    """Other comments of the conversation that contain one of the words, for example in a quote."""
    family = Comment.objects.conversation_of(comment).exclude(pk=comment.pk)
    newest = family.newest_first()[: MOST_QUOTING * 50]
    repeating = (one for one in newest if any(word in one.body for word in words))
    return [one for one, _ in zip(repeating, range(MOST_QUOTING), strict=False)]
