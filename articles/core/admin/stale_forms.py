"""
Stale forms: others have saved the same object while somebody had its form open.

The form sends along what was on the screen. A field that the user did not touch keeps what
others have saved since. When both have changed it, the form comes back and asks.
"""

from datetime import UTC, datetime

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.core.moments import moment_in_words


class OnScreenField(forms.CharField):
    """Hidden: what was on the screen in another field. It never counts as changed."""

    def __init__(self):
        super().__init__(
            required=False,
            label=gettext_lazy("Value on the screen"),
            widget=forms.HiddenInput,
        )

    def has_changed(self, initial, data):
        return False


class SeenField(forms.IntegerField):
    """Hidden: the key of the revision that was on the screen. It never counts as changed."""

    def __init__(self):
        super().__init__(
            required=False,
            label=gettext_lazy("Version on the screen"),
            widget=forms.HiddenInput,
        )

    def has_changed(self, initial, data):
        return False


def keep_changes_of_others(form, seen):
    """
    While a form is being cleaned, keep the values that only others have changed.

    `seen` maps field names to the names under which the form sends what was on the screen.
    A field that both have changed to different values gets an error.
    """
    for name in form.cleaned_data.keys() & seen.keys():
        now = getattr(form.instance, name)
        try:
            form.cleaned_data[name] = value_to_save(
                form, name, now=now, seen_in=seen[name]
            )
        except forms.ValidationError as error:
            form.add_error(name, error)


def value_to_save(form, name, *, now, seen_in):
    """
    The value to save: what was typed, or the stored value when only others have changed it.

    `now` is the stored value. `seen_in` is the name under which the form sends `as_seen` of
    what was on the screen. Raises ValidationError when both have changed the field to
    different values; when the form is sent again, the user's own value wins.
    """
    typed, seen = form.cleaned_data[name], form.data.get(seen_in)
    if seen is None:
        return typed
    seen = as_seen(seen)
    if as_seen(now) == seen:
        return typed
    if as_seen(typed) == seen:
        # If the form comes back for another reason, it shows the value of the others.
        _put(form, {seen_in: as_seen(now), **_as_sent(form, name, now)})
        return now
    if as_seen(typed) != as_seen(now):
        _put(form, {seen_in: as_seen(now)})
        raise forms.ValidationError(
            f"{_what_happened(_in_words(form.fields[name], now))} "
            + _("Save again to use your value instead, or enter theirs.")
        )
    return typed


def as_seen(value):
    """A value as text, as the form sends what was on the screen; datetimes in UTC to the second."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(UTC).replace(microsecond=0)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    # Browsers end lines in different ways.
    return "\n".join(str(value).splitlines()).strip()


def _put(form, sent):
    """Replace these values in the data of the form."""
    form.data = form.data.copy()
    for name, value in sent.items():
        form.data[name] = value


def _as_sent(form, name, value):
    """A value as a browser sends it for this field: a dict of one input, or one per sub-widget."""
    widget, name = form.fields[name].widget, form.add_prefix(name)
    if not isinstance(widget, forms.MultiWidget):
        return {name: "" if value is None else value}
    parts = zip(widget.widgets_names, widget.decompress(value), strict=True)
    return {f"{name}{part}": str(sent or "") for part, sent in parts}


def _in_words(field, value):
    """The label of a choice; any other value as it is."""
    if not value or not isinstance(value, str) or not hasattr(field, "choices"):
        return value
    return dict(field.choices).get(value, value)


def _what_happened(value):
    if value in [None, ""]:
        return _("Someone cleared this field after you opened the form.")
    if isinstance(value, bool):
        return (
            _("Someone selected this after you opened the form.")
            if value
            else _("Someone cleared this after you opened the form.")
        )
    if isinstance(value, datetime):
        value = moment_in_words(value)
    elif hasattr(value, "isoformat"):
        value = date_format(value, "DATE_FORMAT")
    return _("Someone set this to “%(value)s” after you opened the form.") % {
        "value": value
    }
