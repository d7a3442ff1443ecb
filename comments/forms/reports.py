"""Readers' reports of comments."""

from django import forms

from comments.forms.fields import (
    ReaderForm,
    TextField,
    at_most,
    make_decoy,
)
from comments.models import Report
from comments.models.report import LONGEST_SENTENCE


class ReportForm(ReaderForm, forms.ModelForm):
    """A reader's report of a comment."""

    reason = forms.ChoiceField(
        label="What is wrong with it?",
        choices=Report.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what is wrong with the comment.",
            "invalid_choice": "Choose one of the reasons below.",
        },
    )
    sentence = TextField(
        required=False,
        validators=[at_most(LONGEST_SENTENCE)],
        label="In your own words (optional)",
        help_text=f"One sentence for the moderators, of at most {LONGEST_SENTENCE} characters. Nobody else reads it.",
        widget=forms.Textarea(
            attrs={"rows": 3, "dir": "auto", "data-limit": LONGEST_SENTENCE}
        ),
        error_messages={
            "max_length": "Your sentence is %(show_value)s characters long; at most %(limit_value)s fit.",
        },
    )
    subject = make_decoy()

    class Meta:
        model = Report
        fields = ["reason", "sentence"]
