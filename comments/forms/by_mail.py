"""The forms on the page of a one-click link in the moderators' digest."""

from django import forms

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
        label="Why?",
        choices=[
            (reason.value, reason.label.capitalize()) for reason in Decision.Reason
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose a reason, then reject.",
            "invalid_choice": "Choose one of the reasons below, then reject.",
        },
    )
    explanation = TextField(
        required=False,
        validators=[at_most(LONGEST_EXPLANATION)],
        label="In your own words (optional)",
        help_text=f"At most {LONGEST_EXPLANATION:,} characters.",
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        error_messages={
            "max_length": "Your explanation is %(show_value)s characters long; at most %(limit_value)s fit. Shorten it.",
        },
    )
    told = forms.BooleanField(
        required=False,
        initial=True,
        label="Tell its author the reason and the explanation",
    )

    def clean(self):
        sent = super().clean()
        needs_words = sent.get("reason") == Decision.Reason.OTHER
        if needs_words and "explanation" in sent and not sent["explanation"]:
            self.add_error("explanation", "Write what the reason is.")
        return sent
