"""
What others have saved while somebody had the form of the same thing open.

The form sends along what was on the screen. A field that one has not touched keeps what
others have put there since; where both have changed it, the later one is asked.
"""

from datetime import UTC, datetime

from django import forms

from articles.core.moments import moment_in_words


class OnScreenField(forms.CharField):
    """What was on the screen in another field. Nobody types it, so it never counts as changed."""

    def __init__(self):
        super().__init__(required=False, widget=forms.HiddenInput)

    def has_changed(self, initial, data):
        return False


class SeenField(forms.IntegerField):
    """The key of the revision that was on the screen."""

    def __init__(self):
        super().__init__(required=False, widget=forms.HiddenInput)

    def has_changed(self, initial, data):
        return False


def keep_others(form, seen):
    """
    Of these fields of a form that is being cleaned, keep what only others have changed.

    `seen` says for each under which name the form sends what was on the screen.
    """
    for name in form.cleaned_data.keys() & seen.keys():
        now = getattr(form.instance, name)
        try:
            form.cleaned_data[name] = meant(form, name, now=now, seen_in=seen[name])
        except forms.ValidationError as error:
            form.add_error(name, error)


def meant(form, name, *, now, seen_in):
    """
    What was typed into the field or, where only others have changed it since the form was opened, theirs.

    `now` is what is stored, and `seen_in` the name under which the form sends `as_seen` of
    what was on the screen. Raises ValidationError where both have changed it, each otherwise;
    sent again, one's own is meant.
    """
    typed, seen = form.cleaned_data[name], form.data.get(seen_in)
    if seen is None:
        return typed
    seen = as_seen(seen)
    if as_seen(now) == seen:
        return typed
    if as_seen(typed) == seen:
        # Where the form comes back for another reason, theirs stands in it.
        _put(form, {seen_in: as_seen(now), **_as_sent(form, name, now)})
        return now
    if as_seen(typed) != as_seen(now):
        _put(form, {seen_in: as_seen(now)})
        raise forms.ValidationError(
            f"Somebody has {_in_words(now)} since you opened the form. "
            "Save again to put yours in its place, or type theirs."
        )
    return typed


def as_seen(value):
    """A value as the form says what was on the screen: a moment to the second, as its fields show it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(UTC).replace(microsecond=0)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    # However a browser ends its lines.
    return "\n".join(str(value).splitlines()).strip()


def _put(form, sent):
    """Let the form say this in place of what was sent."""
    form.data = form.data.copy()
    for name, value in sent.items():
        form.data[name] = value


def _as_sent(form, name, value):
    """A value as a browser sends it in this field, which may be one of several parts."""
    widget, name = form.fields[name].widget, form.add_prefix(name)
    if not isinstance(widget, forms.MultiWidget):
        return {name: "" if value is None else value}
    parts = zip(widget.widgets_names, widget.decompress(value), strict=True)
    return {f"{name}{part}": str(sent or "") for part, sent in parts}


def _in_words(value):
    if value in [None, ""]:
        return "emptied this"
    if isinstance(value, bool):
        return "ticked this" if value else "taken the tick away"
    if isinstance(value, datetime):
        value = moment_in_words(value)
    elif hasattr(value, "isoformat"):
        value = f"{value:%-d %B %Y}"
    return f"set this to “{value}”"
