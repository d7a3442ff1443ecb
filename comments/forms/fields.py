"""What the forms of readers are made of."""

from django import forms
from django.core.exceptions import ValidationError

from comments.security.tokens import comment_of_browser
from comments.text.html import (
    characters,
    has_something_to_see,
    has_tower_of_marks,
    kept_line,
    kept_text,
)

# Beside the limit in characters as people see them: how many code points they may have
# on average. More than any script needs, and what the column of a name holds.
CODE_POINTS_A_CHARACTER = 4
# In seconds: a page that was open longer, or for no number at all, says nothing.
LONGEST_OPEN = 10_000_000


class ReaderForm:
    """Says itself what is missing, all of it at once, where a screen reader finds it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.use_required_attribute = False

    @property
    def fell_for_the_decoy(self):
        return bool(self.cleaned_data.get("subject"))


class UncutField:
    """
    No `maxlength` on the page: a browser cuts what is pasted at it, and says nothing.

    The limit is the form's, which says so and keeps the words.
    """

    def widget_attrs(self, widget):
        return {}


class AddressField(UncutField, forms.EmailField):
    """An email address."""

    def to_python(self, value):
        # A host is the same in any case of its letters, and SQLite, which compares
        # addresses later, knows only the cases of ASCII.
        name, at, host = super().to_python(value).rpartition("@")
        return f"{name}{at}{host.lower()}"


class LineField(UncutField, forms.CharField):
    """One line of plain text, without characters that nobody can see or that turn what follows."""

    def to_python(self, value):
        return super().to_python(kept_line(str(value or "")))


class TextField(UncutField, forms.CharField):
    """Plain text of several lines, without characters that nobody can see."""

    widget = forms.Textarea

    def to_python(self, value):
        return super().to_python(kept_text(str(value or "")))


class SecondsField(forms.Field):
    """How long a page was open, as its script measured it; None where it says nothing that a clock could say."""

    widget = forms.HiddenInput

    def to_python(self, value):
        try:
            seconds = float(value)
        except (TypeError, ValueError):
            return None
        return seconds if 0 <= seconds < LONGEST_OPEN else None


class BrowserField(forms.Field):
    """
    What a browser is known by: the key of a comment that it wrote, None where it shows nothing that we gave it.

    It is never wrong: nobody has to put right what no person filled in.
    """

    widget = forms.HiddenInput

    def to_python(self, value):
        return comment_of_browser(value or "")


def must_be_seen(text):
    if not has_something_to_see(text):
        raise ValidationError(
            "This holds only characters that cannot be seen. Write it in letters.",
            code="invisible",
        )


def at_most(limit):
    """A validator: so many characters as people see them, and no tower of marks among them."""

    def fits(text):
        # No text has more characters than code points; nearly every one is short enough.
        there = characters(text) if len(text) > limit else len(text)
        if there > limit:
            numbers = {"show_value": f"{there:,}", "limit_value": f"{limit:,}"}
            raise ValidationError(
                "There are %(show_value)s characters; at most %(limit_value)s fit.",
                code="max_length",
                params=numbers,
            )
        if len(text) > limit * CODE_POINTS_A_CHARACTER or has_tower_of_marks(text):
            raise ValidationError(
                "Too many marks are piled upon its letters. Take some away.",
                code="marks",
            )

    return fits


def decoy():
    """
    The field that only robots fill in.

    No browser and no password manager has a value for a field called `subject`, and
    no reader can reach it; the class keeps it out of sight.
    """
    return LineField(
        required=False,
        label="Leave this field empty",
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
