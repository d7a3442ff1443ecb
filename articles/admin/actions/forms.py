"""The forms that ask what a step needs to know before it is taken on an article."""

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from articles.admin.article.fields import MomentField, NamesField
from articles.admin.article.typed_names import (
    BYLINE_HELP,
    credits_written,
    tags_called,
)
from articles.core.admin.stale_forms import SeenField
from articles.core.moments import moment_in_words
from articles.core.text.counting import shortened
from articles.models import Address, Article, Correction, CorrectionRequest
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
        label=_("Publish anyway"),
        error_messages={
            "required": _(
                "Tick this to publish despite the warnings, or fix them first."
            )
        },
    )
    field_order = ["seen", "new_date", "at", "tell_readers", "anyway"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "new_date" in self.fields:
            self._explain_date()
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
        if not any(not self.refusal_of(article) for article, _problems in self.found):
            del self.fields["anyway"]

    def _explain_date(self):
        """Name the date that a single article keeps; ask nothing if none had a date before."""
        if not Address.objects.used().filter(article__in=self.articles).exists():
            del self.fields["new_date"]
        elif len(self.articles) == 1:
            [article] = self.articles
            self.fields["new_date"].help_text = _(
                "It keeps its first date, %(date)s, unless you tick this."
            ) % {"date": moment_in_words(article.first_published_at)}

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
                _(
                    "This cannot be published as it is. Your text is saved: go back and fix the errors."
                )
            )
        return super().clean()

    def answers(self):
        answers = {
            name: answer
            for name, answer in self.cleaned_data.items()
            if name not in ["anyway", "seen", "new_date"]
        }
        if self.cleaned_data.get("new_date"):
            answers["at"] = timezone.now()
        if len(self.articles) == 1 and "seen" in self.data:
            seen = self.cleaned_data["seen"]
            answers["seen"] = NO_REVISION.pk if seen is None else seen
        return answers

    def rebase_on_newest(self):
        [article] = self.articles
        self.data = self.data.copy()
        self.data["seen"] = seen_of(article)["seen"]


class PublishNowForm(PublishForm):
    new_date = forms.BooleanField(
        required=False,
        label=_("Date it now"),
        help_text=_(
            "Articles that were public before keep their first date, unless you tick this."
        ),
    )


def seen_of(article):
    """The initial value of `seen`: the revision that will be published."""
    copy = article.working_copy
    return {"seen": copy.pk if copy else ""}


class TellReadersField(forms.BooleanField):
    def __init__(self):
        super().__init__(
            required=False,
            label=_("Tell readers it was updated"),
            help_text=_(
                "Shows “Updated” and the time on the article. Leave it unticked for small corrections such as spelling."
            ),
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
                "required": _("Enter the date and the time."),
                "invalid_date": _("Write the date like this: 2026-11-22."),
                "invalid_time": _("Write the time like this: 18:30."),
            },
            **kwargs,
        )
        for field, missing in zip(
            self.fields,
            [
                _("Enter the date. An empty field does not mean today."),
                _("Enter the time. An empty field does not mean now."),
            ],
            strict=True,
        ):
            field.error_messages["incomplete"] = missing
            field.error_messages["required"] = missing

    def compress(self, parts):
        try:
            return super().compress(parts)
        except (ValueError, OverflowError):
            raise forms.ValidationError(_("This date and time do not exist.")) from None


class ScheduleForm(PublishForm):
    at = WhenField(label=_("Appears at"))

    def clean_at(self):
        at = self.cleaned_data["at"]
        if at <= timezone.now():
            raise forms.ValidationError(
                _("This time is past. Enter a later time, or publish now.")
            )
        return at


class ScheduleChangesForm(ScheduleForm):
    at = WhenField(label=_("Publish at"))
    tell_readers = TellReadersField()


class RedateForm(StepForm):
    at = WhenField(label=_("Publication date"))


class ReturnForm(StepForm):
    note = forms.CharField(
        label=_("Note to the writer"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=5000,
        help_text=_("Shown above the form of the draft and mailed to its writer."),
    )


class WithdrawForm(StepForm):
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=5000,
        help_text=_("For the internal record. Readers never see it."),
    )
    kind = forms.ChoiceField(
        label=_("What readers find at its address"),
        choices=Article.Withdrawal,
        initial=Article.Withdrawal.GONE,
        widget=forms.RadioSelect,
    )
    notice = forms.CharField(
        label=_("Notice to readers"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=5000,
        required=False,
        help_text=_("Shown on the page that says the article was withdrawn. Optional."),
    )
    replaced_by = forms.CharField(
        label=_("The other article"),
        max_length=500,
        required=False,
        help_text=_(
            "Only for a redirect to another article: the address of that article."
        ),
    )

    def clean_replaced_by(self):
        address = self.cleaned_data["replaced_by"]
        if self.cleaned_data.get("kind") != Article.Withdrawal.REPLACED:
            return None
        if not address.strip():
            raise forms.ValidationError(_("Enter the address of the other article."))
        other = Article.objects.visible().at(slug_in(address))
        if other is None:
            raise forms.ValidationError(
                _(
                    "No public article has this address. Copy the address from the page of the article."
                )
            )
        if other in self.articles:
            raise forms.ValidationError(_("An article cannot replace itself."))
        return other


class LiftEmbargoForm(StepForm):
    NOW, EARLIER = "now", "earlier"

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=5000,
        help_text=_("For the internal record: who agreed, and why."),
    )
    when = forms.ChoiceField(
        label=_("When the embargo ends"),
        choices=[
            (NOW, pgettext_lazy("when an embargo ends", "Now")),
            (EARLIER, _("At this earlier time:")),
        ],
        widget=forms.RadioSelect,
    )
    at = MomentField(label=_("Ends at"), widget=AdminSplitDateTime, required=False)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("when") != self.EARLIER or "at" not in cleaned:
            return cleaned
        if not cleaned["at"]:
            self.add_error("at", _("Enter the date and time at which it ends."))
        elif cleaned["at"] <= timezone.now():
            self.add_error("at", _("This time is past. Choose “Now” to end it now."))
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
        label=_("Kind"),
        choices=Correction.Kind,
        initial=Correction.Kind.CORRECTION,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("Text for readers"),
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        max_length=5000,
        help_text=_(
            "Say what was wrong and what is right: “An earlier version of this article said … In fact …”."
        ),
    )
    answers = RequestsField(
        label=_("Requests from readers that it answers"),
        queryset=CorrectionRequest.objects.none(),
        required=False,
        help_text=_(
            "Readers whose requests you tick see this text on the private page of their request."
        ),
        error_messages={
            "invalid_choice": _(
                "Someone has answered or closed a request that you ticked. "
                "Tick only requests that are still open, or none."
            ),
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
        of="tag",
        required=True,
        label=_("Tags"),
        help_text=_("Separated by commas."),
        error_messages={"required": _("Enter at least one tag.")},
    )
    # Set by the admin, from the permissions of the user.
    may_make_tags = False

    def clean_tags(self):
        return tags_called(self.cleaned_data["tags"], may_make=self.may_make_tags)


class AddPeopleForm(StepForm):
    credits = NamesField(
        longest=260,
        of="person",
        required=True,
        label=_("Byline"),
        help_text=BYLINE_HELP,
        error_messages={"required": _("Enter at least one name.")},
    )
    in_place = forms.TypedChoiceField(
        label=_("Existing bylines"),
        choices=[
            ("", _("Keep them and add these names at the end")),
            ("yes", _("Replace them with these names")),
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
        for person, _role in self.cleaned_data["credits"]:
            if person.pk is None:
                person.save()
        return self.cleaned_data
