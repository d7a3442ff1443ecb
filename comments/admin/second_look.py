"""The audit sample: a moderator judges a comment without knowing the first decision."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from articles.core.admin.read_only import SinglePageMixin
from articles.models import TransitionError
from comments.admin.forms import NO_REASON, REASON_CHOICES
from comments.models import SecondLook

# Waiting comments are counted up to this number.
MOST_WAITING_COUNTED = 100
NO_VERDICT = _("Nothing was decided. Press one of the three buttons.")
LOOK_IS_GONE = _(
    "Nothing was decided, and this sample does not count: in the meantime the comment was "
    "decided on, changed or withdrawn."
)
# The moderator's verdict and the automatic decision, told after the verdict.
OUTCOMES = {
    ("approved", "approved"): _(
        "You approved the previous comment. The screening had approved it, too."
    ),
    ("approved", "spam"): _(
        "You approved the previous comment. The screening had marked it as spam."
    ),
    ("rejected", "approved"): _(
        "You rejected the previous comment. The screening had approved it."
    ),
    ("rejected", "spam"): _(
        "You rejected the previous comment. The screening had marked it as spam."
    ),
    ("spam", "approved"): _(
        "You marked the previous comment as spam. The screening had approved it."
    ),
    ("spam", "spam"): _(
        "You marked the previous comment as spam. The screening had done so, too."
    ),
}


class VerdictForm(forms.Form):
    look = forms.IntegerField(min_value=1)
    seen = forms.IntegerField(min_value=1)
    verdict = forms.ChoiceField(
        choices=[
            ("approved", _("Approve")),
            ("rejected", _("Reject")),
            ("spam", pgettext_lazy("verdict", "Spam")),
        ],
        error_messages={"required": NO_VERDICT, "invalid_choice": NO_VERDICT},
    )
    reason = forms.ChoiceField(
        label=_("Reason to reject"),
        required=False,
        choices=REASON_CHOICES,
        error_messages={"invalid_choice": NO_REASON},
    )

    def clean_reason(self):
        reason = self.cleaned_data["reason"]
        if self.cleaned_data.get("verdict") == "rejected" and not reason:
            raise forms.ValidationError(NO_REASON, code="required")
        return reason


@admin.register(SecondLook)
class SecondLookAdmin(SinglePageMixin, admin.ModelAdmin):
    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("comments.moderate_comment")

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self._judge(request)
        return self._page(request, _next(), VerdictForm())

    def _judge(self, request):
        form = VerdictForm(request.POST)
        look = _look_from(form)
        if look is None or not form.is_valid():
            return self._page(request, look or _next(), form, status=422)
        verdict, seen, reason = (
            form.cleaned_data[name] for name in ["verdict", "seen", "reason"]
        )
        try:
            look.judge(verdict, by=request.user, seen=seen, reason=reason)
        except TransitionError as error:
            self.message_user(request, str(error), messages.WARNING)
            return self._page(request, _next(), VerdictForm(), status=409)
        # Close the other samples that a decision has made pointless.
        SecondLook.objects.overtaken().close()
        self.message_user(request, *_what_became_of(look))
        return HttpResponseRedirect(reverse("admin:comments_secondlook_changelist"))

    def _page(self, request, look, form, *, status=200):
        waiting = (
            SecondLook.objects.open().order_by()[: MOST_WAITING_COUNTED + 1].count()
        )
        context = {
            **self.admin_site.each_context(request),
            "title": _("Audit sample"),
            "opts": self.opts,
            "look": look,
            "form": form,
            "waiting": min(waiting, MOST_WAITING_COUNTED),
            "more_wait": waiting > MOST_WAITING_COUNTED,
            "percent": settings.SECOND_LOOKS,
        }
        return TemplateResponse(
            request, "admin/comments/secondlook/page.html", context, status=status
        )


def _next():
    return SecondLook.objects.open().for_a_look().first()


def _look_from(form):
    form.is_valid()
    key = form.cleaned_data.get("look")
    # No database stores a number this large, so it names no comment.
    if key is None or key >= 2**63:
        return None
    return SecondLook.objects.for_a_look().filter(pk=key).first()


def _what_became_of(look):
    if look.is_void:
        return LOOK_IS_GONE, messages.WARNING
    return OUTCOMES[look.verdict, look.status], messages.SUCCESS
