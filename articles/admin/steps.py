"""
The steps of an article as the desk takes them: buttons on the form, actions in the list.

What a step does and when it may be taken is the model's; here stands who may press
the button, when it is shown, and what is asked before.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.utils import timezone
from django.utils.text import Truncator

from articles.admin.forms import MomentField
from articles.desk import (
    correct,
    publish,
    publish_changes,
    return_to_writer,
    schedule_changes,
    unschedule_changes,
)
from articles.models import Article, Correction, CorrectionRequest


class PublishForm(forms.Form):
    """Nothing to fill in: the page says what will happen, and its button means it."""


class WhenField(MomentField):
    """A date and a time, both of them: an empty one never means now."""

    widget = AdminSplitDateTime

    def __init__(self, **kwargs):
        super().__init__(
            required=True,
            require_all_fields=False,
            error_messages={
                "required": "Give the date and the time.",
                "invalid_date": "Write the date as 2026-11-22.",
                "invalid_time": "Write the time as 18:30.",
            },
            **kwargs,
        )
        for field, missing in zip(
            self.fields,
            [
                "Give the date: an empty one does not mean today.",
                "Give the time: an empty one does not mean now.",
            ],
            strict=True,
        ):
            field.error_messages["incomplete"] = missing
            field.error_messages["required"] = missing

    def compress(self, parts):
        try:
            return super().compress(parts)
        except (ValueError, OverflowError):
            raise forms.ValidationError("There is no such date and time.") from None


class ScheduleForm(forms.Form):
    at = WhenField(label="Appears at")

    def clean_at(self):
        at = self.cleaned_data["at"]
        if at <= timezone.now():
            raise forms.ValidationError(
                "That time is past. Give one to come, or publish now."
            )
        return at


class ScheduleChangesForm(ScheduleForm):
    at = WhenField(label="Go live at")


class RedateForm(forms.Form):
    at = WhenField(label="Publication date")


class ReturnForm(forms.Form):
    note = forms.CharField(
        label="Note to the writer",
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=5000,
        help_text="Stands on the form of the draft and is mailed to its writer.",
    )


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=5000,
        help_text="For the record of the desk. Readers never see it.",
    )
    kind = forms.ChoiceField(
        label="What readers find at its address",
        choices=Article.Withdrawal,
        initial=Article.Withdrawal.GONE,
        widget=forms.RadioSelect,
    )
    notice = forms.CharField(
        label="Notice to readers",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=5000,
        required=False,
        help_text="Stands on the page that says the article was withdrawn. May be empty.",
    )


class RequestsField(forms.ModelMultipleChoiceField):
    """What readers say is wrong, to tick what a correction answers."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, ticked):
        try:
            return super().clean(ticked)
        except OverflowError:
            # A number beyond what a database can compare with is no request either.
            raise forms.ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice"
            ) from None

    def label_from_instance(self, asked):
        words = Truncator(" ".join(asked.text.split())).chars(300)
        return f"{words} ({timezone.localtime(asked.created_at):%-d %B %Y, %H:%M})"


class CorrectForm(forms.Form):
    kind = forms.ChoiceField(
        label="What it is",
        choices=Correction.Kind,
        initial=Correction.Kind.CORRECTION,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label="What readers are told",
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        max_length=5000,
        help_text="Say what was wrong and what is right: “An earlier version said … It is …”.",
    )
    answers = RequestsField(
        label="Which requests of readers it answers",
        queryset=CorrectionRequest.objects.none(),
        required=False,
        help_text="Whoever sent a request that you tick reads this on its private page.",
        error_messages={
            "invalid_choice": "Somebody has answered or closed a request that you ticked. "
            "Tick those that are still open, or none.",
        },
    )

    def __init__(self, *args, initial, **kwargs):
        super().__init__(*args, initial=initial, **kwargs)
        requests = initial["article"].correction_requests.open().oldest_first()
        # One that was ticked may be closed by now: that must be said, not passed over.
        if "answers" in self.data or requests.exists():
            self.fields["answers"].queryset = requests
        else:
            del self.fields["answers"]


@dataclass(frozen=True)
class DeskStep:
    """One step: its words, what is asked before it, and the method that takes it."""

    name: str
    label: str
    done: str
    take: Callable
    # What is asked on a page of its own; None: the button alone is enough.
    form: type[forms.Form] | None = None
    question: str = ""
    explanation: str = ""
    # What stands in the form at first, from the article.
    initial: Callable = lambda article: {}
    # Whoever may edit the article may take it; the others are the editors'.
    for_writers: bool = False
    # Whether it can be taken on many articles from the list.
    for_many: bool = True
    main: bool = False
    dangerous: bool = False

    @property
    def asks(self):
        """Whether something is asked on a page of its own. A template would call `form` itself."""
        return self.form is not None

    def done_to(self, article):
        """What is said when the step was taken."""
        done = self.done.format(status=article.status_in_words.lower())
        return f"“{article}” {done}."

    def question_about(self, articles):
        """What the page asks, of one article or of many."""
        what = f"“{articles[0]}”" if len(articles) == 1 else f"{len(articles)} articles"
        return self.question.format(what)

    def allowed(self, user, article=None):
        """Whether the user may take this step: on this article, or on any."""
        if not self.for_writers:
            return user.has_perm("articles.publish_article")
        if article is None:
            return user.has_perm("articles.change_article")
        return article.editable_by(user)


STEPS = {
    step.name: step
    for step in [
        DeskStep(
            "submit",
            "Submit for review",
            "is now {status}",
            Article.submit,
            for_writers=True,
        ),
        DeskStep(
            "publish",
            "Publish",
            "is now {status}",
            publish,
            PublishForm,
            "Publish {}?",
            "Readers will see it at once, on the front page, in the feeds and at its own address. "
            "Where an embargo is still to end, they will see it when it ends.",
            main=True,
        ),
        DeskStep(
            "schedule",
            "Schedule",
            "is now {status}",
            publish,
            ScheduleForm,
            "When should {} appear?",
            "It appears by itself at that time, and not before an embargo ends.",
        ),
        DeskStep(
            "changes",
            "Publish changes",
            "shows readers what you see here",
            publish_changes,
            PublishForm,
            "Publish the changes of {}?",
            "What readers see at its address is put in place of what they saw until now.",
            for_many=False,
            main=True,
        ),
        DeskStep(
            "schedule_changes",
            "Publish changes at a time",
            "shows readers what you see here from that time on",
            schedule_changes,
            ScheduleChangesForm,
            "When should the changes of {} go live?",
            "They go live by themselves at that time. Until then readers see what they see now. "
            "Changes that were scheduled before are put off for these.",
            for_many=False,
        ),
        DeskStep(
            "unschedule_changes",
            "Take changes off the schedule",
            "keeps its changes at the desk until somebody publishes them",
            unschedule_changes,
            for_many=False,
        ),
        DeskStep(
            "correct",
            "Publish a correction",
            "has a new correction",
            correct,
            CorrectForm,
            "Publish a correction of {}?",
            "It stands at the end of the article and on the page of corrections, for good: "
            "it can be neither changed nor taken back. Put the text of the article right first.",
            initial=lambda article: {"article": article},
            for_many=False,
        ),
        DeskStep(
            "redate",
            "Change the date",
            "has its new date",
            lambda article, at, by: article.redate(at, by=by),
            RedateForm,
            "Which date should {} have?",
            "A scheduled article appears at the new time: at once when that is past. "
            "An article that readers can see stays where they can see it.",
            initial=lambda article: {"at": article.published_at},
        ),
        DeskStep(
            "top",
            "Put on top",
            "is on top of the front page",
            Article.put_on_top,
        ),
        DeskStep(
            "off_top",
            "Take off top",
            "is not on top of the front page any more",
            Article.take_off_top,
        ),
        DeskStep(
            "return",
            "Return to draft",
            "is a draft again",
            return_to_writer,
            ReturnForm,
            "Return {} to draft?",
            "Its writer can work on it again. A scheduled article will not appear.",
        ),
        DeskStep(
            "withdraw",
            "Withdraw",
            "is now {status}",
            Article.withdraw,
            WithdrawForm,
            "Withdraw {}?",
            "It goes from every page, feed and sitemap at once.",
            dangerous=True,
        ),
    ]
}

_CHANGES = ["changes", "schedule_changes", "unschedule_changes"]

# In the order of the buttons; the main one first, the dangerous one last.
_SHOWN = {
    "Draft": ["publish", "submit", "schedule"],
    "In review": ["publish", "schedule", "return"],
    "Scheduled": [*_CHANGES, "redate", "return"],
    "Published": [*_CHANGES, "correct", "redate", "top", "off_top", "withdraw"],
    "Withdrawn": ["publish", "schedule", "return"],
}


def steps_for(article, user):
    """The steps that the user can take on the article now; on one not yet saved, those of a draft."""
    word = article.status_in_words if article else "Draft"
    shown = [STEPS[name] for name in _SHOWN[word]]
    if article and word == "Published":
        shown.remove(STEPS["top" if article.on_top else "off_top"])
    if STEPS["changes"] in shown:
        shown = [step for step in shown if step.name not in _no_change_for(article)]
    return [step for step in shown if step.allowed(user, article)]


def _no_change_for(article):
    """The steps with changes that cannot be taken, for there are none, or none that are scheduled."""
    waiting = ["changes", "schedule_changes"]
    without = [] if article.has_unpublished_changes else waiting
    if not article.revisions.scheduled().exists():
        without = [*without, "unschedule_changes"]
    return without
