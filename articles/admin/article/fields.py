"""Form fields of the desk: a moment, a line of names, and a picture by its number."""

import re

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.admin.article.widgets import NamesInput, PictureInput
from articles.core import months
from articles.models import Image

# One name in a line of names: in double quotes, perhaps with something after them, or bare.
NAME = re.compile(
    r'\s*(?:"(?P<quoted>(?:[^"]|"")*)"(?P<more>[^,"]*)|(?P<plain>[^,]*))(?:,|$)'
)


class MomentField(forms.SplitDateTimeField):
    """A date and a time within the range that every time zone can show."""

    def compress(self, parts):
        moment = super().compress(parts)
        if moment and months.year(moment.year) is None:
            raise forms.ValidationError(
                gettext("Check the year: %(year)d is too far away.")
                % {"year": moment.year}
            )
        return moment


class NamesField(forms.CharField):
    """
    Names in order, separated by commas; a name with a comma stands in double quotes.

    `of` is the name of the model whose names are suggested: tag or person.
    """

    def __init__(self, *, longest, of, required=False, **kwargs):
        super().__init__(
            required=required,
            strip=True,
            widget=NamesInput(of=of),
            **kwargs,
        )
        self.longest = longest

    def clean(self, value):
        line = " ".join(super().clean(value).split())
        names = dict.fromkeys(map(self._name, NAME.finditer(line)))
        return [name for name in names if name]

    def _name(self, match):
        name = _name_in(match)
        if len(name) > self.longest:
            raise forms.ValidationError(
                gettext(
                    "“%(name)s…” is longer than %(limit)d characters. Is a comma missing?"
                )
                % {"name": name[:40], "limit": self.longest}
            )
        if name.startswith('"') and match["quoted"] is None:
            raise forms.ValidationError(
                gettext(
                    "The double quote at the beginning of “%(name)s” is not closed. "
                    "Only names with a comma need double quotes. Write a double quote inside them twice."
                )
                % {"name": name[:40]}
            )
        return name


def in_one_line(names):
    return ", ".join(map(_in_quotes, names))


def _in_quotes(name):
    if "," not in name and not name.startswith('"'):
        return name
    return '"{}"'.format(name.replace('"', '""'))


def _name_in(match):
    """The name as it was meant. Quotes that belong to a name stay: “"Weird Al" Yankovic”."""
    if match["quoted"] is None:
        return match["plain"].strip()
    more = match["more"].strip()
    if more and not more.startswith("("):
        return match[0].rstrip(",").strip()
    return f"{match['quoted'].replace('""', '"')} {more}".strip()


class LibraryPictureField(forms.ModelChoiceField):
    """A picture of the library by its number, picked or typed."""

    widget = PictureInput

    def __init__(self, **kwargs):
        super().__init__(
            Image.objects.on_site(),
            required=False,
            error_messages={
                "invalid_choice": _(
                    "This picture is not in the library or was taken off the site. Choose another one."
                )
            },
            **kwargs,
        )

    def to_python(self, value):
        try:
            return super().to_python(value)
        except OverflowError:
            # No database can compare with a number this large, so it names no picture.
            raise forms.ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice"
            ) from None
