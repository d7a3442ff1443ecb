"""Readers' reports of comments, and of errors in articles."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from articles.models import CorrectionRequest
from articles.models.correction import LONGEST_REQUEST
from comments.forms.fields import (
    ReaderForm,
    TextField,
    at_most,
    decoy,
    must_be_seen,
)
from comments.models import Report
from comments.models.report import LONGEST_SENTENCE


class ReportForm(ReaderForm, forms.ModelForm):
    """A reader's report of a comment."""

    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=Report.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what is wrong with the comment."),
            "invalid_choice": _("Choose one of the reasons below."),
        },
    )
    sentence = TextField(
        required=False,
        validators=[at_most(LONGEST_SENTENCE)],
        label=_("Explanation (optional)"),
        help_text=format_lazy(
            _("One sentence, up to {limit} characters. Only moderators read it."),
            limit=LONGEST_SENTENCE,
        ),
        widget=forms.Textarea(
            attrs={"rows": 3, "dir": "auto", "data-limit": LONGEST_SENTENCE}
        ),
        error_messages={
            "max_length": _(
                "Your sentence has %(show_value)s characters; the limit is %(limit_value)s."
            ),
        },
    )
    subject = decoy()

    class Meta:
        model = Report
        fields = ["reason", "sentence"]


class ErrorForm(ReaderForm, forms.ModelForm):
    """A reader's report of an error in an article."""

    text = TextField(
        validators=[must_be_seen, at_most(LONGEST_REQUEST)],
        label=_("What is wrong, and what should it say?"),
        help_text=format_lazy(
            _(
                "Quote the passage, and name your source if you have one. Up to {limit} characters."
            ),
            limit=f"{LONGEST_REQUEST:,}",
        ),
        widget=forms.Textarea(
            attrs={"rows": 7, "dir": "auto", "data-limit": LONGEST_REQUEST}
        ),
        error_messages={
            "required": _("Write what is wrong."),
            "max_length": _(
                "This has %(show_value)s characters; the limit is %(limit_value)s. Please shorten it, or send it in two parts."
            ),
        },
    )
    subject = decoy()

    class Meta:
        model = CorrectionRequest
        fields = ["text"]
