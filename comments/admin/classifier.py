"""The accuracy of the classifier, and what it is allowed to do."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from articles.core.admin.read_only import SinglePageMixin
from articles.core.append_only import name_of
from comments.classifier.measuring import measure
from comments.models import Classifier, Comment, Training
from comments.screening.spam import FEWEST_OF_EACH, SURELY_HONEST, SURELY_SPAM

# It is measured on this many of the newest decisions, which takes some seconds.
MOST_MEASURED = 5000
MISTAKES_SHOWN = 50


class ActsForm(forms.Form):
    acts = forms.ChoiceField(
        label="What it does",
        choices=Classifier.Acts,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what the classifier does.",
            "invalid_choice": "Choose one of the three.",
        },
    )

    def __init__(self, *args, measured, **kwargs):
        super().__init__(*args, **kwargs)
        self.measured = measured

    def clean_acts(self):
        acts = self.cleaned_data["acts"]
        if acts != Classifier.Acts.INFORM and self.measured.precision is None:
            raise forms.ValidationError(
                "Nobody knows yet how often it is right: among the newest decisions "
                "there is nothing that it calls spam. Until then it only informs."
            )
        return acts


@admin.register(Classifier)
class ClassifierAdmin(SinglePageMixin, admin.ModelAdmin):
    """A single page: there is one classifier."""

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("comments.moderate_comment")

    def has_let_act_permission(self, request):
        return self.has_view_permission(request) and request.user.has_perm(
            "comments.let_classifier_act"
        )

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self._choose(request)
        classifier, measured = Classifier.objects.now(), _measure()
        form = ActsForm(measured=measured, initial={"acts": classifier.acts})
        return self._page(request, classifier, measured, form)

    def _choose(self, request):
        if not self.has_let_act_permission(request):
            raise PermissionDenied
        measured = _measure()
        form = ActsForm(request.POST, measured=measured)
        if not form.is_valid():
            classifier = Classifier.objects.now()
            return self._page(request, classifier, measured, form, status=422)
        acts = form.cleaned_data["acts"]
        Classifier.objects.act(
            acts, by_name=name_of(request.user), precision=measured.precision
        )
        said = f"From now on: {Classifier.Acts(acts).label.lower()}."
        self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:comments_classifier_changelist"))

    def _page(self, request, classifier, measured, form, *, status=200):
        context = {
            **self.admin_site.each_context(request),
            "title": "Classifier",
            "opts": self.opts,
            "classifier": classifier,
            "measured": measured,
            "rows": [("Honest", measured.honest), ("Spam", measured.spam)],
            "figures": _figures(measured),
            "mistakes": _mistakes(measured),
            "more_mistakes": len(measured.mistakes) > MISTAKES_SHOWN,
            "fewest": FEWEST_OF_EACH,
            "surely_honest": SURELY_HONEST,
            "surely_spam": SURELY_SPAM,
            "form": form,
            "may_let_act": self.has_let_act_permission(request),
        }
        return TemplateResponse(
            request, "admin/comments/classifier/page.html", context, status=status
        )


def _measure():
    return measure(
        Training.objects.newest_decided(MOST_MEASURED),
        surely_honest=SURELY_HONEST,
        surely_spam=SURELY_SPAM,
    )


def _figures(measured):
    return [
        ("Precision", "of what it calls spam, so much is spam", measured.precision),
        ("Recall", "of the spam, it calls so much spam", measured.recall),
        ("F1", "both in one number, the harmonic mean", measured.f1),
    ]


def _mistakes(measured):
    """The newest comments that the classifier judges otherwise, each with its answer."""
    newest = measured.mistakes[::-1][:MISTAKES_SHOWN]
    comments = Comment.objects.in_bulk([one.key for one, _ in newest])
    return [
        (comments[one.key], one.is_spam, judgement)
        for one, judgement in newest
        if one.key in comments
    ]
