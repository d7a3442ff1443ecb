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

from articles.admin import beforehand
from articles.admin.forms import MomentField
from articles.desk import (
    correct,
    publish,
    publish_changes,
    return_to_writer,
    schedule_changes,
    unschedule_changes,
)
from articles.links import slug_in
from articles.models import Article, Correction, CorrectionRequest, Revision
from articles.preflight import problems_of_all


class StepForm(forms.Form):
    """What is asked before a step is taken on these articles."""

    def __init__(self, *args, articles, **kwargs):
        super().__init__(*args, **kwargs)
        self.articles = articles

    def refusal_of(self, article):
        """Why the step is not taken on this one of them; empty when it is."""
        return ""

    def answers(self):
        """What the step itself wants to know."""
        return self.cleaned_data


class PublishForm(StepForm):
    """The page says what will happen and what is wrong; its button means it."""

    anyway = forms.BooleanField(
        label="Publish all the same",
        error_messages={
            "required": "Tick this to go on in spite of the warnings, or put them right first."
        },
    )
    field_order = ["seen", "at", "tell_readers", "anyway"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        problems = problems_of_all(self.articles)
        self.found = [
            (article, problems[article.pk])
            for article in self.articles
            if problems[article.pk]
        ]
        self.errors_of = {
            article: [problem for problem in found if problem.is_error]
            for article, found in self.found
        }
        if not any(not self.refusal_of(article) for article, _ in self.found):
            del self.fields["anyway"]

    @property
    def stops(self):
        """Whether none of the articles can be published as it is."""
        return all(map(self.refusal_of, self.articles))

    def refusal_of(self, article):
        errors = self.errors_of.get(article, [])
        return " ".join(problem.sentence for problem in errors)

    def clean(self):
        if self.stops:
            raise forms.ValidationError(
                "This cannot become public as it is. What you typed is kept: go back and put the errors right."
            )
        return super().clean()

    def answers(self):
        return {
            name: answer
            for name, answer in self.cleaned_data.items()
            if name != "anyway"
        }


class SeenField(forms.IntegerField):
    """The key of the revision whose changes are on the screen."""

    def __init__(self):
        super().__init__(required=False, widget=forms.HiddenInput)


class PublishChangesForm(PublishForm):
    seen = SeenField()
    tell_readers = forms.BooleanField(
        required=False,
        label="Tell readers it was updated",
        help_text="Puts “Updated” and the time on the article. Leave it for a mistake in spelling.",
    )


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


class ScheduleForm(PublishForm):
    at = WhenField(label="Appears at")

    def clean_at(self):
        at = self.cleaned_data["at"]
        if at <= timezone.now():
            raise forms.ValidationError(
                "That time is past. Give one to come, or publish now."
            )
        return at


class ScheduleChangesForm(ScheduleForm):
    seen = SeenField()
    at = WhenField(label="Go live at")


class RedateForm(StepForm):
    at = WhenField(label="Publication date")


class ReturnForm(StepForm):
    note = forms.CharField(
        label="Note to the writer",
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=5000,
        help_text="Stands on the form of the draft and is mailed to its writer.",
    )


class WithdrawForm(StepForm):
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
    replaced_by = forms.CharField(
        label="The other article",
        max_length=500,
        required=False,
        help_text="Only when its address is to lead to another article: the address of that one.",
    )

    def clean_replaced_by(self):
        address = self.cleaned_data["replaced_by"]
        if self.cleaned_data.get("kind") != Article.Withdrawal.REPLACED:
            return None
        if not address.strip():
            raise forms.ValidationError("Give the address of the other article.")
        other = Article.objects.visible().at(slug_in(address))
        if other is None:
            raise forms.ValidationError(
                "Readers find no article at this address. Copy the address of one from its page."
            )
        if other in self.articles:
            raise forms.ValidationError("An article cannot take its own place.")
        return other


class LiftEmbargoForm(StepForm):
    NOW, EARLIER = "now", "earlier"

    reason = forms.CharField(
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=5000,
        help_text="For the record of the desk: who agreed to it, and why.",
    )
    when = forms.ChoiceField(
        label="When the embargo ends",
        choices=[(NOW, "Now"), (EARLIER, "Earlier than until now, at this time:")],
        widget=forms.RadioSelect,
    )
    at = MomentField(label="Ends at", widget=AdminSplitDateTime, required=False)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("when") != self.EARLIER or "at" not in cleaned:
            return cleaned
        if not cleaned["at"]:
            self.add_error("at", "Give the date and the time at which it ends.")
        elif cleaned["at"] <= timezone.now():
            self.add_error("at", "That time is past. Choose “Now” to end it now.")
        return cleaned

    def answers(self):
        earlier = self.cleaned_data["when"] == self.EARLIER
        return {
            "until": self.cleaned_data["at"] if earlier else None,
            "reason": self.cleaned_data["reason"],
        }


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


class CorrectForm(StepForm):
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

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        [article] = self.articles
        requests = article.correction_requests.open().oldest_first()
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
    form: type[StepForm] | None = None
    question: str = ""
    explanation: str = ""
    # What stands in the form at first, from the article.
    initial: Callable = lambda article: {}
    # What is said before of one article.
    outlook: Callable = beforehand.of_nothing
    # Whoever may edit the article may take it; the others are the editors'.
    for_writers: bool = False
    # Whether it can be taken on many articles from the list.
    for_many: bool = True
    main: bool = False
    dangerous: bool = False

    def form_for(self, articles, data=None, **initial):
        """The form, filled in with what is known of the article, when it is one."""
        if len(articles) == 1:
            initial = self.initial(articles[0]) | initial
        return self.form(data, initial=initial, articles=articles)

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


def _as_seen(step):
    """The step, on the changes that were on the screen and on no others."""

    def take(article, *, seen, **how):
        step(article, revision=Revision(pk=seen) if seen else None, **how)

    return take


def _what_is_seen(article):
    return {"seen": article.working_copy.pk}


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
            outlook=beforehand.of_publishing,
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
            outlook=beforehand.of_scheduling,
        ),
        DeskStep(
            "changes",
            "Publish changes",
            "shows readers what you see here",
            _as_seen(publish_changes),
            PublishChangesForm,
            "Publish the changes of {}?",
            "What readers see at its address is put in place of what they saw until now.",
            initial=_what_is_seen,
            outlook=beforehand.of_changes,
            for_many=False,
            main=True,
        ),
        DeskStep(
            "schedule_changes",
            "Publish changes at a time",
            "shows readers what you see here from that time on",
            _as_seen(schedule_changes),
            ScheduleChangesForm,
            "When should the changes of {} go live?",
            "They go live by themselves at that time. Until then readers see what they see now. "
            "Changes that were scheduled before are put off for these.",
            initial=_what_is_seen,
            outlook=beforehand.of_changes,
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
            "lift",
            "Lift the embargo",
            "has a new end of its embargo",
            Article.lift_embargo,
            LiftEmbargoForm,
            "Lift the embargo of {}?",
            "The reason is recorded. A scheduled article keeps its date: "
            "change the date afterwards to let it appear earlier.",
            for_many=False,
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
            "It goes from every page, feed and sitemap at once, and its comments with it.",
            outlook=beforehand.of_withdrawing,
            dangerous=True,
        ),
    ]
}

_CHANGES = ["changes", "schedule_changes", "unschedule_changes"]

# In the order of the buttons; the main one first, the dangerous one last.
_SHOWN = {
    "Draft": ["publish", "submit", "schedule", "lift"],
    "In review": ["publish", "schedule", "return", "lift"],
    "Scheduled": [*_CHANGES, "redate", "return", "lift"],
    "Published": [*_CHANGES, "correct", "redate", "top", "off_top", "withdraw"],
    "Withdrawn": ["publish", "schedule", "return", "lift"],
}


def steps_for(article, user):
    """The steps that the user can take on the article now; on one not yet saved, those of a draft."""
    word = article.status_in_words if article else "Draft"
    shown = [STEPS[name] for name in _SHOWN[word]]
    if article and word == "Published":
        shown.remove(STEPS["top" if article.on_top else "off_top"])
    if STEPS["lift"] in shown and not (article and article.is_under_embargo):
        shown.remove(STEPS["lift"])
    if STEPS["changes"] in shown:
        shown = [step for step in shown if step.name not in _no_change_for(article)]
    return [step for step in shown if step.allowed(user, article)]


def buttons_for(article, user):
    """The steps that have a button on the form: those above, and to publish the changes that are about to be typed there."""
    shown, changes = steps_for(article, user), STEPS["changes"]
    if article and article.keeps_changes_apart and not article.is_withdrawn:
        first = [changes] if changes.allowed(user, article) else []
        shown = [*first, *(step for step in shown if step != changes)]
    return shown


def _no_change_for(article):
    """The steps with changes that cannot be taken, for there are none, or none that are scheduled."""
    waiting = ["changes", "schedule_changes"]
    without = [] if article.has_unpublished_changes else waiting
    if not article.revisions.scheduled().exists():
        without = [*without, "unschedule_changes"]
    return without
