"""The forms with which moderators decide, in the list and on the page of one comment."""

from django import forms
from django.contrib.admin.helpers import ActionForm
from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from comments.forms.fields import TextField, must_be_seen
from comments.models import Decision, Thread
from comments.models.comment import LONGEST_BODY

LONGEST_NOTE = 2000
NO_STEP = _("Nothing was decided. Press one of the buttons.")
NO_REASON = _("Choose a reason, then reject.")
_capfirst = lazy(capfirst, str)
REASON_CHOICES = [("", _("Choose a reason"))] + [
    (reason.value, _capfirst(reason.label)) for reason in Decision.Reason
]


class ListForm(ActionForm):
    """The fields beside a bulk decision in the list."""

    # A moderator decides on what they saw, so never on rows of other pages.
    select_across = forms.BooleanField(required=False, disabled=True, initial=False)
    reason = forms.ChoiceField(
        label=_("Reason to reject"),
        required=False,
        # “Another reason” needs an explanation, for which the list has no room.
        choices=[pair for pair in REASON_CHOICES if pair[0] != Decision.Reason.OTHER],
        # Django gives the fields of an action form no ids.
        widget=forms.Select({"id": "reason"}),
    )


class AnswersMixin:
    """For forms with buttons that send a staff reply. The other buttons never lose its text."""

    ANSWERS = {
        "answer": _("Send the reply"),
        "approve_and_answer": _("Approve and reply"),
    }

    @property
    def answers(self):
        """Whether the button that was pressed sends the staff reply."""
        return self.cleaned_data.get("step") in self.ANSWERS

    def clean_answer(self):
        answer = self.cleaned_data["answer"]
        if self.answers and not answer:
            raise forms.ValidationError(_("Write your reply first."), code="required")
        if answer and not self.answers and "step" in self.cleaned_data:
            raise forms.ValidationError(
                _(
                    "This reply would not be sent. Send it with the button below it, or "
                    "clear it before you decide."
                ),
                code="unsent",
            )
        return answer


class ModerationForm(AnswersMixin, forms.Form):
    """One decision on the version of a comment that was on the screen, or a staff reply to it."""

    DECISIONS = {
        "approve": _("Approve"),
        "reject": _("Reject"),
        "mark_spam": _("Mark as spam"),
        "keep": _("Keep as it is"),
        # Translators: makes a comment an editor’s pick.
        "pick": pgettext_lazy("verb", "Pick"),
        "unpick": _("Remove from picks"),
        "undo": _("Undo"),
    }
    # Steps other than the row of decisions, each with its own fields.
    OTHERS = {
        "redact": _("Redact"),
        "thread": _("Change the conversation"),
    }

    step = forms.ChoiceField(
        choices=[*DECISIONS.items(), *OTHERS.items(), *AnswersMixin.ANSWERS.items()],
        error_messages={"required": NO_STEP, "invalid_choice": NO_STEP},
    )
    seen = forms.IntegerField(min_value=1)
    reason = forms.ChoiceField(
        label=_("Reason to reject"), required=False, choices=REASON_CHOICES
    )
    explanation = TextField(
        label=_("Explanation"),
        required=False,
        max_length=LONGEST_NOTE,
        help_text=_(
            "Required with “Another reason”. The author sees it together with the reason."
        ),
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
    )
    untold = forms.BooleanField(
        label=_("Do not tell the author why"),
        required=False,
    )
    words = TextField(
        label=_("Words to redact"),
        required=False,
        max_length=LONGEST_BODY,
        help_text=_(
            "One passage per line, exactly as in the comment. Readers see a mark in its place."
        ),
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
    )
    policy = forms.ChoiceField(
        label=_("New comments on this article"),
        required=False,
        choices=[("", _("Site default")), *Thread.Policy.choices],
    )
    # The revision of the text that was on the screen.
    revision = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    note = TextField(
        label=_("Internal note"),
        required=False,
        max_length=LONGEST_NOTE,
        help_text=_("Only staff see it. It is kept with the decision."),
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
    )
    answer = TextField(
        label=_("Staff reply"),
        required=False,
        max_length=LONGEST_BODY,
        validators=[must_be_seen],
        help_text=_("Readers see it immediately, under your name."),
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
                _("Explain the other reason in a sentence."), code="required"
            )
        return explanation

    def clean_words(self):
        lines = [line.strip() for line in self.cleaned_data["words"].splitlines()]
        lines = list(dict.fromkeys(filter(None, [*lines, *self._ticked()])))
        if self.cleaned_data.get("step") == "redact" and not lines:
            raise forms.ValidationError(
                _("Enter or select the words to redact."), code="required"
            )
        return lines

    def _ticked(self):
        """The suggested words that were ticked."""
        return self.data.getlist("suggested") if self.is_bound else []
