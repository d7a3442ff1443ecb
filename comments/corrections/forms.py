"""The form with which readers report errors in articles."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

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
    subject = make_decoy()

    class Meta:
        model = CorrectionRequest
        fields = ["text"]
