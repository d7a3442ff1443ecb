"""The forms that ask what a step needs to know before it is taken on an article."""

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.utils import timezone

from articles.admin.article.fields import MomentField, NamesField
from articles.admin.article.form import credits_written, tags_called
from articles.core.admin.stale_forms import SeenField
from articles.core.moments import moment_in_words
from articles.core.text.counting import shortened
from articles.models import Article, Correction, CorrectionRequest
from articles.publishing.actions import NO_REVISION
from articles.publishing.inbound_links import slug_in
from articles.publishing.preflight import problems_of_all


class StepForm(forms.Form):
    """What is asked before the step is taken on these articles."""

    def __init__(self, *args, articles, **kwargs):
        super().__init__(*args, **kwargs)
        self.articles = articles

    def refusal_of(self, article):
        """Why the step cannot be taken on this article; empty when it can."""
        return ""

    def answers(self):
        """The arguments for the method that takes the step."""
        return self.cleaned_data

    def rebase_on_newest(self):
        """Start over after the step failed: compare with the current state from now on."""


class PublishForm(StepForm):
    """Confirms publishing: the page shows what will happen and what is wrong."""

    seen = SeenField()
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
        """Whether no article can be published as it is."""
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
        answers = {
            name: answer
            for name, answer in self.cleaned_data.items()
            if name not in ["anyway", "seen"]
        }
        if len(self.articles) == 1 and "seen" in self.data:
            seen = self.cleaned_data["seen"]
            answers["seen"] = NO_REVISION.pk if seen is None else seen
        return answers

    def rebase_on_newest(self):
        [article] = self.articles
        self.data = self.data.copy()
        self.data["seen"] = seen_of(article)["seen"]


def seen_of(article):
    """The initial value of `seen`: the revision that will be published."""
    copy = article.working_copy
    return {"seen": copy.pk if copy else ""}


class TellReadersField(forms.BooleanField):
    def __init__(self):
        super().__init__(
            required=False,
            label="Tell readers it was updated",
            help_text="Puts “Updated” and the time on the article. Leave it for a mistake in spelling.",
        )


class PublishChangesForm(PublishForm):
    tell_readers = TellReadersField()


class WhenField(MomentField):
    """A date and a time, both required: an empty field never means now."""

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
    at = WhenField(label="Go live at")
    tell_readers = TellReadersField()


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
    """Open correction requests of readers; the ticked ones are answered by the correction."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, ticked):
        try:
            return super().clean(ticked)
        except OverflowError:
            # No database can compare with a number this large, so it names no request.
            raise forms.ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice"
            ) from None

    def label_from_instance(self, asked):
        words = shortened(" ".join(asked.text.split()), 300)
        return f"{words} ({moment_in_words(asked.created_at)})"


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
        # A ticked request may have been closed meanwhile. The form must say so.
        if "answers" in self.data or requests.exists():
            self.fields["answers"].queryset = requests
        else:
            del self.fields["answers"]


class AddTagsForm(StepForm):
    tags = NamesField(
        longest=100,
        required=True,
        help_text="Separated by commas.",
        error_messages={"required": "Write at least one tag."},
    )
    # Set by the admin, from the permissions of the user.
    may_make_tags = False

    def clean_tags(self):
        return tags_called(self.cleaned_data["tags"], may_make=self.may_make_tags)


class AddPeopleForm(StepForm):
    credits = NamesField(
        longest=260,
        required=True,
        label="Byline",
        help_text="Names in their order, separated by commas, each with its role in brackets where it is not "
        "the writing: “Ana Ruiz, Ben Cole (photographs)”. A name that is not known yet makes a new person.",
        error_messages={"required": "Write at least one name."},
    )
    in_place = forms.TypedChoiceField(
        label="What becomes of the bylines that are there",
        choices=[
            ("", "They stay, and these names come behind them"),
            ("yes", "These names come in their place"),
        ],
        coerce=bool,
        empty_value=False,
        required=False,
        initial="",
        widget=forms.RadioSelect,
    )

    def clean_credits(self):
        return credits_written(self.cleaned_data["credits"])

    def answers(self):
        """Create new people first, outside the step: the first of many articles may refuse it."""
        for person, _ in self.cleaned_data["credits"]:
            if person.pk is None:
                person.save()
        return self.cleaned_data
