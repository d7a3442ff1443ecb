"""The forms on the page of a one-click link in the moderators' digest."""

from django import forms
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _

from comments.forms.fields import ReaderForm, TextField, at_most
from comments.models import Decision

LONGEST_EXPLANATION = 1000


class OneStepForm(ReaderForm, forms.Form):
    """A form with the button for one step only."""

    def __init__(self, *args, step, **kwargs):
        super().__init__(*args, **kwargs)
        self.step = step
        self.fields["step"] = forms.ChoiceField(
            choices=[(step, step)], widget=forms.HiddenInput
        )

    @property
    def was_pressed(self):
        """Whether the button was pressed, even if other fields are invalid."""
        return self.is_bound and "step" not in self.errors

    @property
    def why(self):
        """The keyword arguments for the step."""
        return {name: self.cleaned_data[name] for name in self.base_fields}


class RejectForm(OneStepForm):
    """The reason for rejecting a comment, and what its author is told."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[(reason.value, capfirst(reason.label)) for reason in Decision.Reason],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a reason, then reject."),
            "invalid_choice": _("Choose one of the reasons below, then reject."),
        },
    )
    explanation = TextField(
        required=False,
        validators=[at_most(LONGEST_EXPLANATION)],
        label=_("Explanation (optional)"),
        help_text=format_lazy(
            _("Up to {limit} characters."), limit=f"{LONGEST_EXPLANATION:,}"
        ),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        error_messages={
            "max_length": _(
                "Your explanation has %(show_value)s characters; the limit is %(limit_value)s. Please shorten it."
            ),
        },
    )
    told = forms.BooleanField(
        required=False,
        initial=True,
        label=_("Show the reason and explanation to the author"),
    )

    def clean(self):
        sent = super().clean()
        needs_words = sent.get("reason") == Decision.Reason.OTHER
        if needs_words and "explanation" in sent and not sent["explanation"]:
            self.add_error("explanation", _("Explain the reason."))
        return sent
