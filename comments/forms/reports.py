"""Readers' reports of comments."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

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
    subject = make_decoy()

    class Meta:
        model = Report
        fields = ["reason", "sentence"]
