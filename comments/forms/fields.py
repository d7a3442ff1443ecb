"""The parts of readers' forms: fields, validators and the base class."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from comments.security.tokens import comment_of_browser
from comments.text.html import (
    characters,
    has_something_to_see,
    has_tower_of_marks,
    kept_line,
    kept_text,
)

# The most code points for each visible character, on average. More than any script needs;
# the column of a name is that wide.
CODE_POINTS_A_CHARACTER = 4
# In seconds; a longer time is ignored, as is one that is not a number.
LONGEST_OPEN = 10_000_000


class ReaderForm:
    """A form that reports all errors at once, itself, where a screen reader finds them."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.use_required_attribute = False

    @property
    def fell_for_the_decoy(self):
        return bool(self.cleaned_data.get("subject"))


class UncutField:
    """
    A field without `maxlength` on the page: a browser silently cuts pasted text there.

    The form itself checks the limit, explains it and keeps the text.
    """

    def widget_attrs(self, widget):
        return {}


class AddressField(UncutField, forms.EmailField):
    """An email address."""

    def to_python(self, value):
        # Host names ignore case. Lower case is stored because SQLite compares without case
        # only in ASCII.
        name, at, host = super().to_python(value).rpartition("@")
        return f"{name}{at}{host.lower()}"


class LineField(UncutField, forms.CharField):
    """One line of plain text, without characters that are invisible or change direction."""

    def to_python(self, value):
        return super().to_python(kept_line(str(value or "")))


class TextField(UncutField, forms.CharField):
    """Plain text of several lines, without invisible characters."""

    widget = forms.Textarea

    def to_python(self, value):
        return super().to_python(kept_text(str(value or "")))


class SecondsField(forms.Field):
    """The seconds that a page was open, as its script measured; None for impossible values."""

    widget = forms.HiddenInput

    def to_python(self, value):
        try:
            seconds = float(value)
        except (TypeError, ValueError):
            return None
        return seconds if 0 <= seconds < LONGEST_OPEN else None


class BrowserField(forms.Field):
    """
    A browser's token, cleaned to the id of a comment that the browser wrote.

    None without a valid token. It is never an error, because no person fills it in.
    """

    widget = forms.HiddenInput

    def to_python(self, value):
        return comment_of_browser(value or "")


def must_be_seen(text):
    """A validator: the text has at least one visible character."""
    if not has_something_to_see(text):
        raise ValidationError(
            _("This contains only invisible characters. Please enter some text."),
            code="invisible",
        )


def at_most(limit):
    """A validator for at most `limit` visible characters, without piles of combining marks."""

    def validate(text):
        # A text never has more visible characters than code points, so short ones pass.
        length = characters(text) if len(text) > limit else len(text)
        if length > limit:
            numbers = {"show_value": f"{length:,}", "limit_value": f"{limit:,}"}
            raise ValidationError(
                _("This has %(show_value)s characters; the limit is %(limit_value)s."),
                code="max_length",
                params=numbers,
            )
        if len(text) > limit * CODE_POINTS_A_CHARACTER or has_tower_of_marks(text):
            raise ValidationError(
                _("The letters carry too many accents or marks. Please remove some."),
                code="marks",
            )

    return validate


def make_decoy():
    """
    The decoy field that only robots fill in.

    Browsers and password managers do not fill a field called `subject`. Readers cannot
    reach it: CSS hides it and Tab skips it.
    """
    return LineField(
        required=False,
        label=_("Leave this field empty"),
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
