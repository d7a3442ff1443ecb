"""The form with which readers report errors in articles."""

from django import forms

from articles.models import CorrectionRequest
from articles.models.correction import LONGEST_REQUEST
from comments.forms.fields import (
    ReaderForm,
    TextField,
    at_most,
    make_decoy,
    must_be_seen,
)


class ErrorForm(ReaderForm, forms.ModelForm):
    """A reader's report of an error in an article."""

    text = TextField(
        validators=[must_be_seen, at_most(LONGEST_REQUEST)],
        label="What is wrong, and what should it say?",
        help_text=f"Quote the passage, and name your source if you have one. At most {LONGEST_REQUEST:,} characters.",
        widget=forms.Textarea(
            attrs={"rows": 7, "dir": "auto", "data-limit": LONGEST_REQUEST}
        ),
        error_messages={
            "required": "Write what is wrong.",
            "max_length": "This is %(show_value)s characters long; at most %(limit_value)s fit. Shorten it, or send it in two parts.",
        },
    )
    subject = make_decoy()

    class Meta:
        model = CorrectionRequest
        fields = ["text"]
