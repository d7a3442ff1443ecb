"""The forms with which moderators decide, in the list and on the page of one comment."""

from django import forms
from django.contrib.admin.helpers import ActionForm

from comments.forms.fields import TextField, must_be_seen
from comments.models import Decision, Thread
from comments.models.comment import LONGEST_BODY

LONGEST_NOTE = 2000
NO_STEP = "Nothing was decided. Press the button of the step to take."
NO_REASON = "Choose a reason, then reject."
REASON_CHOICES = [("", "Choose a reason")] + [
    (reason.value, reason.label.capitalize()) for reason in Decision.Reason
]


class ListForm(ActionForm):
    """The fields beside a bulk decision in the list."""

    # A moderator decides on what they saw, so never on rows of other pages.
    select_across = forms.BooleanField(required=False, disabled=True, initial=False)
    reason = forms.ChoiceField(
        label="Reason to reject",
        required=False,
        # “Another reason” needs an explanation, for which the list has no room.
        choices=[pair for pair in REASON_CHOICES if pair[0] != Decision.Reason.OTHER],
        # Django gives the fields of an action form no ids.
        widget=forms.Select({"id": "reason"}),
    )


class AnswersMixin:
    """For forms with buttons that send a staff reply. The other buttons never lose its text."""

    ANSWERS = {
        "answer": "Send the answer",
        "approve_and_answer": "Approve and answer",
    }

    @property
    def answers(self):
        """Whether the button that was pressed sends the staff reply."""
        return self.cleaned_data.get("step") in self.ANSWERS

    def clean_answer(self):
        answer = self.cleaned_data["answer"]
        if self.answers and not answer:
            raise forms.ValidationError("Write your answer first.", code="required")
        if answer and not self.answers and "step" in self.cleaned_data:
            raise forms.ValidationError(
                "This answer would not be sent. Send it with a button below it, or "
                "empty it, and then decide.",
                code="unsent",
            )
        return answer


class ModerationForm(AnswersMixin, forms.Form):
    """One decision on the version of a comment that was on the screen, or a staff reply to it."""

    DECISIONS = {
        "approve": "Approve",
        "reject": "Reject",
        "mark_spam": "Mark as spam",
        "keep": "Keep as it is",
        "pick": "Pick",
        "unpick": "Take off the picks",
        "undo": "Undo",
    }
    # Steps other than the row of decisions, each with its own fields.
    OTHERS = {
        "redact": "Take these words out",
        "thread": "Change the conversation",
    }

    step = forms.ChoiceField(
        choices=[*DECISIONS.items(), *OTHERS.items(), *AnswersMixin.ANSWERS.items()],
        error_messages={"required": NO_STEP, "invalid_choice": NO_STEP},
    )
    seen = forms.IntegerField(min_value=1)
    reason = forms.ChoiceField(
        label="Reason to reject", required=False, choices=REASON_CHOICES
    )
    explanation = TextField(
        label="The reason in your words",
        required=False,
        max_length=LONGEST_NOTE,
        help_text="Needed for another reason. Its author reads it with the reason.",
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
    )
    untold = forms.BooleanField(
        label="Do not tell the author why",
        required=False,
    )
    words = TextField(
        label="Words to take out",
        required=False,
        max_length=LONGEST_BODY,
        help_text="A line for each, exactly as they stand in the comment. Readers see a mark in their place.",
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
    )
    policy = forms.ChoiceField(
        label="New comments on this article",
        required=False,
        choices=[("", "As the site says"), *Thread.Policy.choices],
    )
    # The revision of the text that was on the screen.
    revision = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    note = TextField(
        required=False,
        max_length=LONGEST_NOTE,
        help_text="For the desk only. It is kept with the decision.",
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
    )
    answer = TextField(
        label="Answer as staff",
        required=False,
        max_length=LONGEST_BODY,
        validators=[must_be_seen],
        help_text="Readers see it at once, under your name.",
        widget=forms.Textarea({"rows": 4, "dir": "auto"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)

    def focus_on_error(self):
        """Set the focus to the first field with an error."""
        for name in self.fields:
            if name in self.errors:
                self.fields[name].widget.attrs["autofocus"] = True
                return

    def clean_reason(self):
        reason = self.cleaned_data["reason"]
        if self.cleaned_data.get("step") == "reject" and not reason:
            raise forms.ValidationError(NO_REASON, code="required")
        return reason

    def clean_explanation(self):
        explanation = self.cleaned_data["explanation"]
        is_other = self.cleaned_data.get("reason") == Decision.Reason.OTHER
        if self.cleaned_data.get("step") == "reject" and is_other and not explanation:
            raise forms.ValidationError(
                "Say in a sentence what the other reason is.", code="required"
            )
        return explanation

    def clean_words(self):
        lines = [line.strip() for line in self.cleaned_data["words"].splitlines()]
        lines = list(dict.fromkeys(filter(None, [*lines, *self._ticked()])))
        if self.cleaned_data.get("step") == "redact" and not lines:
            raise forms.ValidationError(
                "Write or tick the words to take out.", code="required"
            )
        return lines

    def _ticked(self):
        """The suggested words that were ticked."""
        return self.data.getlist("suggested") if self.is_bound else []
