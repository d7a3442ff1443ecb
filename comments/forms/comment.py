from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from comments.forms.fields import (
    AddressField,
    BrowserField,
    LineField,
    ReaderForm,
    SecondsField,
    TextField,
    at_most,
    make_decoy,
    must_be_seen,
)
from comments.models import Comment
from comments.models.comment import LONGEST_BODY, LONGEST_NAME

NOTIFY = _("Email me when someone replies")


class CommentForm(ReaderForm, forms.ModelForm):
    """What a reader fills in, and the decoy field that only robots fill in."""

    name = LineField(
        label=_("Name"),
        validators=[must_be_seen, at_most(LONGEST_NAME)],
        help_text=format_lazy(
            _("Shown with your comment. Up to {limit} characters."), limit=LONGEST_NAME
        ),
        widget=forms.TextInput(
            attrs={"autocomplete": "name", "dir": "auto", "data-limit": LONGEST_NAME}
        ),
        error_messages={
            "required": _("Enter the name to show with your comment."),
            "max_length": _(
                "The name has %(show_value)s characters; the limit is %(limit_value)s."
            ),
        },
    )
    email = AddressField(
        required=False,
        max_length=254,
        label=_("Email (optional)"),
        help_text=_(
            "Never shown. We use it only for reply notifications and so that you can download or erase your comments. Deleted after 30 days unless you confirm it."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "invalid": _(
                "This is not an email address. Enter one such as name@example.com, or leave the field empty."
            ),
            "max_length": _(
                "The address has %(show_value)d characters; the limit is %(limit_value)d."
            ),
            "needed": format_lazy(
                _("Enter the address for reply notifications, or clear “{label}”."),
                label=NOTIFY,
            ),
        },
    )
    notify = forms.BooleanField(
        required=False,
        label=NOTIFY,
        help_text=_("First we mail you a link to confirm the address."),
    )
    body = TextField(
        validators=[must_be_seen, at_most(LONGEST_BODY)],
        label=_("Comment"),
        help_text=format_lazy(
            _(
                "Up to {limit} characters. Leave an empty line between paragraphs, begin a line with > to quote, write *emphasis* and `code`. Web addresses become links."
            ),
            limit=f"{LONGEST_BODY:,}",
        ),
        widget=forms.Textarea(
            attrs={"rows": 7, "dir": "auto", "data-limit": LONGEST_BODY}
        ),
        error_messages={
            "required": _("Write your comment."),
            "max_length": _(
                "Your comment has %(show_value)s characters; the limit is %(limit_value)s. Please shorten it, or send it in two parts."
            ),
        },
    )
    subject = make_decoy()
    browser = BrowserField(required=False)
    seconds = SecondsField(required=False)

    class Meta:
        model = Comment
        fields = ["parent", "name", "email", "notify", "body"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        parent = self.fields["parent"]
        parent.queryset = Comment.objects.shown().filter(
            article=self.instance.article_id
        )
        parent.widget = forms.HiddenInput()
        parent.error_messages["invalid_choice"] = _(
            "The comment you replied to is no longer on the page. "
            "Send yours again to post it as a new comment."
        )

    def clean(self):
        super().clean()
        has_address = self.cleaned_data.get("email") or "email" in self.errors
        if self.cleaned_data.get("notify") and not has_address:
            needed = self.fields["email"].error_messages["needed"]
            self.add_error("email", ValidationError(needed, code="needed"))

    def _get_validation_exclusions(self):
        # The form field has already found the parent; the model would query it again.
        return super()._get_validation_exclusions() | {"parent"}

    @property
    def wants_preview(self):
        """Whether the second button of the form was pressed."""
        return "preview" in self.data
