"""The form with which moderators decide in the queue."""

from django import forms
from django.utils.translation import gettext_lazy as _

from comments.admin.forms import LONGEST_NOTE, NO_STEP, AnswersMixin
from comments.forms.fields import TextField, must_be_seen
from comments.models import Decision, Thread
from comments.models.comment import LONGEST_BODY
from comments.moderation.queue import ShownState

MOST_AT_ONCE = 500
ANSWERS = AnswersMixin.ANSWERS
# Each reason to reject has a button of its own.
REJECT_BUTTONS = {f"reject-{reason.value}": reason for reason in Decision.Reason}
QUEUE_STEPS = [
    "approve",
    *REJECT_BUTTONS,
    "mark_spam",
    "keep",
    "pick",
    "unpick",
    "undo",
    "thread",
    *ANSWERS,
]
FOR_ONE = ["undo", "thread", *ANSWERS]
NOTHING_SEEN = _(
    "Nothing was decided: no comment is selected. Select at least one, then decide."
)
# The answer to a POST that no page of ours sends.
NOT_OURS = _("Nothing was decided. Open the queue again and decide there.")


class ShownCommentsField(forms.Field):
    """The comments that were on the screen, each with its version, in one value or in several."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value):
        seen = [ShownState.parse(word) for text in value or [] for word in text.split()]
        if None in seen or len(seen) > MOST_AT_ONCE:
            raise forms.ValidationError(NOT_OURS, code="invalid")
        return {one.key: one for one in seen}


class QueueForm(AnswersMixin, forms.Form):
    step = forms.ChoiceField(
        choices=[(step, step) for step in QUEUE_STEPS],
        error_messages={"required": NO_STEP, "invalid_choice": NO_STEP},
    )
    seen = ShownCommentsField(error_messages={"required": NOTHING_SEEN})
    # The keys of all comments on the card with the button.
    card = forms.CharField(required=False, max_length=20 * MOST_AT_ONCE)
    explanation = TextField(
        label=_("Explanation for the author, in addition to the reason"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
    )
    told = forms.BooleanField(label=_("Tell the author the reason"), required=False)
    note = TextField(
        label=_("Internal note"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
    )
    policy = forms.ChoiceField(
        label=_("New comments on this article"),
        required=False,
        choices=[("", _("Site default")), *Thread.Policy.choices],
    )
    answer = TextField(
        label=_("Staff reply"),
        required=False,
        max_length=LONGEST_BODY,
        validators=[must_be_seen],
        widget=forms.Textarea({"rows": 4, "dir": "auto"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)

    @property
    def keys(self):
        """The keys of the comments that were seen, and of the others on the card."""
        card = self.cleaned_data.get("card", "").split()
        numbers = {int(key) for key in card if key.isdecimal() and len(key) < 16}
        return numbers | set(self.cleaned_data.get("seen") or {})

    @property
    def sentences(self):
        """All errors as one text."""
        return " ".join(text for texts in self.errors.values() for text in texts)

    def clean(self):
        seen, step = self.cleaned_data.get("seen"), self.cleaned_data.get("step")
        if seen and len(seen) > 1 and step in FOR_ONE:
            self.add_error("step", _("This works for one comment at a time."))
        if step == "reject-other" and not self.cleaned_data.get("explanation"):
            self.add_error("explanation", _("Write the reason, then reject."))
