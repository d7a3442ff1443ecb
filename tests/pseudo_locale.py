"""
A pseudo-locale: English in which every text of a catalog is bracketed, ours and Django's.

What a page shows outside brackets is either data or a text that nobody marked for translation.
"""

import re
from contextlib import contextmanager
from html.parser import HTMLParser

from django.apps import apps
from django.db import models
from django.utils import translation
from django.utils.translation import trans_real

OPEN, CLOSE = "⟦", "⟧"
SHOWN_ATTRIBUTES = {"alt", "aria-label", "placeholder", "title", "label", "data-label"}
# What Django shows of the hash of a password.
HIDDEN = re.compile(r"\S*\*{6,}")
BUTTONS = {"submit", "button", "reset"}
NOT_READ = {"script", "style", "code", "kbd", "template"}
WORD = re.compile(r"[A-Za-z]{2,}")


class _Pseudo:
    """The translation object of Django for English, with brackets around each text."""

    def __init__(self, plain):
        self._plain = plain

    def __getattr__(self, name):
        return getattr(self._plain, name)

    def gettext(self, message):
        text = self._plain.gettext(message)
        if trans_real.CONTEXT_SEPARATOR in text:
            text = text.partition(trans_real.CONTEXT_SEPARATOR)[2]
        return _bracketed(text)

    def ngettext(self, one, many, number):
        text = self._plain.ngettext(one, many, number)
        return _bracketed(text.rpartition(trans_real.CONTEXT_SEPARATOR)[2])


def _bracketed(text):
    # The comma and the “and” of a list are texts, too, and stay readable without brackets.
    return f"{OPEN}{text}{CLOSE}" if WORD.search(text) else text


@contextmanager
def pseudo_english():
    """While it lasts, English is the pseudo-locale."""
    with translation.override("en"):
        plain = trans_real.translation("en")
        trans_real._translations["en"] = _Pseudo(plain)
    try:
        with translation.override("en"):
            yield
    finally:
        trans_real._translations["en"] = plain
        # Its end made the pseudo-locale the present language again.
        translation.deactivate()


class _Reader(HTMLParser):
    """Collects what stands outside brackets: texts, and attributes that people read or hear."""

    def __init__(self):
        super().__init__()
        self.found, self._depth, self._skipped = [], 0, 0

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self._skipped += tag in NOT_READ
        shown = SHOWN_ATTRIBUTES | (
            {"value"} if tag == "input" and values.get("type") in BUTTONS else set()
        )
        for name in shown & values.keys():
            self.found += outside_brackets(values[name] or "")[0]

    def handle_endtag(self, tag):
        self._skipped -= tag in NOT_READ

    def handle_data(self, text):
        if not self._skipped:
            parts, self._depth = outside_brackets(text, self._depth)
            self.found += parts


def outside_brackets(text, depth=0):
    """The parts of the text outside brackets, and the depth of brackets at its end."""
    parts, part = [], ""
    for character in text:
        if character == OPEN:
            depth += 1
        elif character == CLOSE:
            depth -= 1
        elif depth == 0:
            part += character
            continue
        parts.append(part)
        part = ""
    parts.append(part)
    return [part.strip() for part in parts if WORD.search(part)], depth


def unmarked_texts(page, *, data):
    """The texts of an HTML page that are neither bracketed nor in `data`."""
    reader = _Reader()
    reader.feed(page)
    return sorted({text for text in reader.found if WORD.search(_without(text, data))})


def unmarked_in_text(text, *, data):
    """The same for plain text, line by line."""
    depth, found = 0, set()
    for line in text.splitlines():
        parts, depth = outside_brackets(line, depth)
        found |= {part for part in parts if WORD.search(_without(part, data))}
    return sorted(found)


def _without(text, data):
    text = HIDDEN.sub(" ", text)
    for value in data:
        text = text.replace(value, " ")
    return text


def texts_of_the_database():
    """Every text that stands in a row, and every line of it; longest first."""
    found = set()
    for model in apps.get_models():
        fields = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField)
        ]
        for row in model._default_manager.values_list(*fields):
            for value in map(str, row):
                plain = re.sub(r"<[^>]+>", "\n", value)
                found |= {value, *(line.strip() for line in plain.splitlines())}
    return sorted({text for text in found if WORD.search(text)}, key=len, reverse=True)
