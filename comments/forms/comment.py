from django import forms
from django.core.exceptions import ValidationError

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

NOTIFY = "Tell me by mail when somebody answers"


class CommentForm(ReaderForm, forms.ModelForm):
    """What a reader fills in, and the decoy field that only robots fill in."""

    name = LineField(
        validators=[must_be_seen, at_most(LONGEST_NAME)],
        help_text=f"Shown beside your comment. At most {LONGEST_NAME} characters.",
        widget=forms.TextInput(
            attrs={"autocomplete": "name", "dir": "auto", "data-limit": LONGEST_NAME}
        ),
        error_messages={
            "required": "Write the name that should stand beside your comment.",
            "max_length": "The name is %(show_value)s characters long; at most %(limit_value)s fit.",
        },
    )
    email = AddressField(
        required=False,
        max_length=254,
        label="Email (optional)",
        help_text="Never shown. Kept only to write to you of answers, and so that you can download or erase what you wrote. Forgotten after 30 days, unless you have confirmed it.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "invalid": "This is not an email address. Correct it, as in name@example.com, or leave it empty.",
            "max_length": "The address is %(show_value)d characters long; at most %(limit_value)d fit.",
            "needed": f"Write the address that the answers should go to, or untick “{NOTIFY}”.",
        },
    )
    notify = forms.BooleanField(
        required=False,
        label=NOTIFY,
        help_text="First we mail a link there, which shows that the address is yours.",
    )
    body = TextField(
        validators=[must_be_seen, at_most(LONGEST_BODY)],
        label="Comment",
        help_text=f"At most {LONGEST_BODY:,} characters. Leave an empty line between paragraphs, begin a line with > to quote, write *emphasis* and `code`; addresses become links.",
        widget=forms.Textarea(
            attrs={"rows": 7, "dir": "auto", "data-limit": LONGEST_BODY}
        ),
        error_messages={
            "required": "Write your comment.",
            "max_length": "Your comment is %(show_value)s characters long; at most %(limit_value)s fit. Shorten it, or send it in two parts.",
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
        parent.error_messages["invalid_choice"] = (
            "The comment you answered is not on the page any more. "
            "Send yours again to post it as a comment of its own."
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
