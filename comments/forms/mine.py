"""The forms of a comment's private page."""

from django import forms

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
        self.fields["body"].label = "Your comment"


class AppealForm(ReaderForm, forms.Form):
    """The appeal of the author of an unpublished comment."""

    message = TextField(
        validators=[must_be_seen, at_most(LONGEST_APPEAL)],
        label="Your message to the moderators",
        help_text=f"Only they read it. At most {LONGEST_APPEAL:,} characters; you can send one.",
        widget=forms.Textarea(
            attrs={"rows": 5, "dir": "auto", "data-limit": LONGEST_APPEAL}
        ),
        error_messages={
            "required": "Write why the moderators should look at your comment again.",
            "max_length": "Your message is %(show_value)s characters long; at most %(limit_value)s fit. Shorten it.",
        },
    )


class NotifyForm(ReaderForm, forms.Form):
    """The address for mails about replies, for a comment without an address."""

    email = AddressField(
        max_length=254,
        label="Email",
        help_text="Never shown. We send a mail with a link there first; nothing else comes before you press it.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Write the address that the mail should go to.",
            "invalid": "This is not an email address. Correct it, as in name@example.com.",
            "max_length": "The address is %(show_value)d characters long; at most %(limit_value)d fit.",
        },
    )
