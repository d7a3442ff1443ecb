"""The forms of a comment's private page."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from comments.forms.comment import CommentForm
from comments.forms.fields import (
    AddressField,
    ReaderForm,
    TextField,
    at_most,
    must_be_seen,
)
from comments.models.appeal import LONGEST_APPEAL


class ButtonForm(forms.Form):
    """Which button of a comment's private page was pressed."""

    withdraw = forms.BooleanField(required=False)
    edit = forms.BooleanField(required=False)
    preview = forms.BooleanField(required=False)
    appeal = forms.BooleanField(required=False)
    notify = forms.BooleanField(required=False)
    stop = forms.BooleanField(required=False)
    prove = forms.BooleanField(required=False)

    @property
    def pressed(self):
        """The name of the button; None when there was none."""
        if not self.is_valid():
            return None
        return next((name for name, is_on in self.cleaned_data.items() if is_on), None)


class EditForm(ReaderForm, forms.Form):
    """A new text for a comment, within the same limits."""

    body = CommentForm.base_fields["body"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["body"].label = _("Your comment")


class AppealForm(ReaderForm, forms.Form):
    """The appeal of the author of an unpublished comment."""

    message = TextField(
        validators=[must_be_seen, at_most(LONGEST_APPEAL)],
        label=_("Your message to the moderators"),
        help_text=format_lazy(
            _(
                "Only they can read it. Up to {limit} characters; you can send one message."
            ),
            limit=f"{LONGEST_APPEAL:,}",
        ),
        widget=forms.Textarea(
            attrs={"rows": 5, "dir": "auto", "data-limit": LONGEST_APPEAL}
        ),
        error_messages={
            "required": _(
                "Explain why the moderators should look at your comment again."
            ),
            "max_length": _(
                "Your message has %(show_value)s characters; the limit is %(limit_value)s. Please shorten it."
            ),
        },
    )


class NotifyForm(ReaderForm, forms.Form):
    """The address for mails about replies, for a comment without an address."""

    email = AddressField(
        max_length=254,
        label=_("Email"),
        help_text=_(
            "Never shown. First we mail you a link to confirm the address; we send nothing else before that."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Enter the address for the emails."),
            "invalid": _(
                "This is not an email address. Enter one such as name@example.com."
            ),
            "max_length": _(
                "The address has %(show_value)d characters; the limit is %(limit_value)d."
            ),
        },
    )
