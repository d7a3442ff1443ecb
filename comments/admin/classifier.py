"""The accuracy of the classifier, and what it is allowed to do."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from articles.core.admin.read_only import SinglePageMixin
from articles.core.append_only import name_of
from comments.classifier.measuring import measure
from comments.models import Classifier, Comment, Training
from comments.screening.spam import FEWEST_OF_EACH, SURELY_HONEST, SURELY_SPAM

# It is measured on this many of the newest decisions, which takes some seconds.
MOST_MEASURED = 5000
MISTAKES_SHOWN = 50
FROM_NOW_ON = {
    Classifier.Acts.INFORM: _("From now on, the classifier only informs moderators."),
    Classifier.Acts.HOLD: _(
        "From now on, the classifier holds what it considers spam."
    ),
    Classifier.Acts.MARK: _(
        "From now on, the classifier marks what it considers spam as spam."
    ),
}


class ActsForm(forms.Form):
    acts = forms.ChoiceField(
        label=_("What it does"),
        choices=Classifier.Acts,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what the classifier does."),
            "invalid_choice": _("Choose one of the three options."),
        },
    )

    def __init__(self, *args, measured, **kwargs):
        super().__init__(*args, **kwargs)
        self.measured = measured

    def clean_acts(self):
        acts = self.cleaned_data["acts"]
        if acts != Classifier.Acts.INFORM and self.measured.precision is None:
            raise forms.ValidationError(
                _(
                    "Its accuracy is not known yet: it would not have marked any of the newest "
                    "comments as spam. Until it does, it can only inform."
                )
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
        self.message_user(request, FROM_NOW_ON[acts], messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:comments_classifier_changelist"))

    def _page(self, request, classifier, measured, form, *, status=200):
        context = {
            **self.admin_site.each_context(request),
            "title": _("Classifier"),
            "opts": self.opts,
            "classifier": classifier,
            "measured": measured,
            "rows": [(_("Not spam"), measured.honest), (_("Spam"), measured.spam)],
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
        (
            _("Precision"),
            _("share of what it considers spam that is spam"),
            measured.precision,
        ),
        (_("Recall"), _("share of the spam that it finds"), measured.recall),
        (_("F1"), _("harmonic mean of precision and recall"), measured.f1),
    ]


def _mistakes(measured):
    """The newest comments that the classifier judges otherwise, each with its answer."""
    newest = measured.mistakes[::-1][:MISTAKES_SHOWN]
    comments = Comment.objects.in_bulk([one.key for one, _judgement in newest])
    return [
        (comments[one.key], one.is_spam, judgement)
        for one, judgement in newest
        if one.key in comments
    ]
