"""
Password validators beyond length and the list of common passwords.

NIST SP 800-63B-4, section 3.1.1.2, and OWASP ASVS 5.0, 6.2: no composition rules, but no
passwords that attackers guess first: words of this site and of the account, common passwords
with an ending, repetitions and sequences.
"""

import re
from functools import cached_property

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from articles.core.site_address import readable_name
from articles.core.text.normalisation import caseless

# The characters that must remain when the expected words are removed.
FEWEST_LEFT = 8
# Shorter words, such as initials, occur in many good passwords.
SHORTEST_WORD = 4
# The smallest number of different characters in a password.
FEWEST_DIFFERENT = 5
# Rows of keys, the alphabet and the digits. They are found in both directions.
SEQUENCES = [
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "yxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
]


class ExpectedWordsValidator:
    """Refuses passwords made of words of the site or the account, or common ones with an ending."""

    message = _(
        "This password is too easy to guess: it consists of the name of the site, your own "
        "name or address, or a common password. Add unrelated words."
    )

    def validate(self, password, user=None):
        left = caseless(password)
        for word in sorted(self._words_of(user), key=len, reverse=True):
            left = left.replace(word, "")
        if len(left) < FEWEST_LEFT or self._is_common(left):
            raise ValidationError(self.message, code="password_expected")

    def get_help_text(self):
        return _(
            "Your password can’t consist of the name of the site or your own name."
        )

    def _words_of(self, user):
        texts = [settings.SITE_NAME, readable_name(settings.SITE_URL), "newsroom"]
        if user is not None:
            texts += [
                user.get_username(),
                user.first_name,
                user.last_name,
                user.email,
            ]
        words = {
            word
            for text in texts
            if text
            for word in re.split(r"[\W_]+", caseless(text))
        }
        return {word for word in words if len(word) >= SHORTEST_WORD}

    def _is_common(self, folded):
        """Whether the password is a common one with only digits and signs around it."""
        return folded.strip("0123456789 .,:;!?#*+-_@$%&/()=") in self._common

    @cached_property
    def _common(self):
        return CommonPasswordValidator().passwords


class RepetitionValidator:
    """Refuses passwords that repeat themselves or follow the keyboard or the alphabet."""

    message = _(
        "This password is too easy to guess: it repeats itself, or follows the alphabet, "
        "the numbers or the keys of a keyboard."
    )

    def validate(self, password, user=None):
        folded = caseless(password)
        if (
            len(set(folded)) < FEWEST_DIFFERENT
            or _repeats_itself(folded)
            or len(_without_sequences(folded)) < FEWEST_LEFT
        ):
            raise ValidationError(self.message, code="password_repeats")

    def get_help_text(self):
        return _("Your password can’t repeat itself or follow the keys of a keyboard.")


def _repeats_itself(folded):
    """Whether the text is a shorter piece, repeated: then it occurs inside its own double."""
    return (folded + folded).find(folded, 1) < len(folded)


def _without_sequences(folded):
    """The text with each run of four or more along one of SEQUENCES cut to its first character."""
    left, run = [], 1
    for at, character in enumerate(folded):
        run = run + 1 if at and _follow(folded[at - 1], character) else 1
        left.append(character)
        if run == 4:
            del left[-3:]
        elif run > 4:
            left.pop()
    return "".join(left)


_NEIGHBOURS = {
    pair
    for sequence in SEQUENCES
    for first, second in zip(sequence, sequence[1:], strict=False)
    for pair in [(first, second), (second, first)]
}


def _follow(first, second):
    return first == second or (first, second) in _NEIGHBOURS
