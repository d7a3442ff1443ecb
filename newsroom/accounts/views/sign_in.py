"""The sign-in pages: password, second factor, or a passkey instead of both."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.views import LoginView, redirect_to_login
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.template.defaultfilters import date as date_in_words
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from articles.core.stored_words import in_english
from comments.security.networks import network_from
from comments.security.refusals import Refusals
from newsroom.accounts import factors, passkeys, second_factor, security_log, sign_in
from newsroom.accounts.pages import account_page, too_many_tries
from newsroom.accounts.throttling import WRONG_PASSWORDS, count_attempt
from newsroom.models import SecurityEvent

Kind = SecurityEvent.Kind

# How long the session of a signed-out user lasts, which only holds a challenge.
CHALLENGE_LASTS = timedelta(seconds=passkeys.ANSWER_WITHIN_SECONDS)
# Anybody can create these rows, so they are throttled per network like refused posts.
new_challenges = Refusals("challenges")
# After this many wrong codes the owner is told that somebody knows the password.
TELL_AFTER_FAILURES = 3


class PasswordForm(AdminAuthenticationForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Browsers offer passkeys in the field for the name.
        self.fields["username"].widget.attrs["autocomplete"] = "username webauthn"


class PasswordStep(LoginView):
    """Accepts name and password; asks for a second factor if needed, else signs in."""

    template_name = "admin/login.html"
    authentication_form = PasswordForm
    next_page = "admin:index"

    def form_valid(self, form):
        user = form.get_user()
        address = self.get_success_url()
        if sign_in.needs_second_step(user):
            sign_in.wait_for_second_step(self.request, user, next_address=address)
            return redirect("second_step")
        response = sign_in.finish(self.request, HttpResponseRedirect(address), user)
        _announce_requirement(self.request)
        return response


def password_page(request):
    """The first sign-in page. Users who are signed in are sent on."""
    address = LoginView().get_redirect_url(request) or reverse("admin:index")
    if request.method == "GET" and admin.site.has_permission(request):
        return HttpResponseRedirect(address)
    request.current_app = admin.site.name
    return PasswordStep.as_view(
        extra_context={
            **admin.site.each_context(request),
            "title": _("Log in"),
            "subtitle": None,
            "app_path": request.get_full_path(),
            "username": request.user.get_username(),
            "next": address,
            "offers_passkey": passkeys.are_possible(),
            "own_address": settings.SITE_URL,
        }
    )(request)


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=100,
        help_text=_(
            "The six digits shown by your authenticator app, or one of your recovery codes."
        ),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autofocus": True,
                "spellcheck": "false",
            }
        ),
    )


@never_cache
def second_step(request):
    """After the right password: a code, a recovery code or a passkey, or adding a factor."""
    user = sign_in.pending_user(request)
    if user is None:
        return _from_the_beginning(request)
    if not second_factor.must_show(user):
        return redirect("add_factor")
    if request.method != "POST":
        return _ask_for_code(request, user, CodeForm())
    attempt = count_attempt(request, WRONG_PASSWORDS, user.get_username())
    if attempt.wait:
        security_log.log_line(Kind.SIGN_IN_BLOCKED, request=request)
        return too_many_tries(request, attempt.wait)
    form = CodeForm(request.POST)
    if form.is_valid():
        proof = factors.use_up_code(request, user, form.cleaned_data["code"])
        if proof:
            attempt.succeeded()
            response = HttpResponseRedirect(_next_address(request))
            how = f"With password and {proof}."
            return sign_in.finish(request, response, user, proof=proof, detail=how)
        form.add_error(
            "code",
            _(
                "This code is wrong or was already used. Wait for the next one and try again."
            ),
        )
    return _code_refused(request, user, form)


def _code_refused(request, user, form):
    failures = sign_in.count_failure(request)
    security_log.record(
        Kind.FACTOR_FAILED,
        request=request,
        user=user,
        detail="The password was right, and the code after it was not.",
        tell=failures == TELL_AFTER_FAILURES,
    )
    if failures >= sign_in.MOST_FAILURES:
        messages.error(
            request, _("Too many wrong codes. Start again with your password.")
        )
        return redirect("admin:login")
    return _ask_for_code(request, user, form, status=422)


def _ask_for_code(request, user, form, *, status=200):
    return account_page(
        request,
        "admin/account/second_step.html",
        title=_("Second factor"),
        status=status,
        form=form,
        name=user.get_username(),
        offers_passkey=passkeys.are_possible() and user.passkeys.exists(),
    )


def _from_the_beginning(request):
    if request.user.is_authenticated:
        return redirect("admin:index")
    return redirect_to_login(
        sign_in.next_address(request) or reverse("admin:index"), reverse("admin:login")
    )


@never_cache
@require_POST
def passkey_options(request):
    """The options for signing in by passkey; with `step=second`, after the right password."""
    if not passkeys.are_possible():
        return _problem(_("Passkeys are not available on this site."), status=404)
    user = _user_of_step(request)
    if not request.session.keys():
        network = network_from(request)
        if wait := new_challenges.seconds_to_wait(network):
            return _problem(
                ngettext(
                    "Try again in %(number)d second.",
                    "Try again in %(number)d seconds.",
                    wait,
                )
                % {"number": wait},
                status=429,
            )
        new_challenges.count(network)
        request.session.set_expiry(CHALLENGE_LASTS)
    return JsonResponse(passkeys.begin_sign_in(request.session, user=user))


@never_cache
@require_POST
def passkey_sign_in(request):
    """Sign in the owner of the passkey that signed the challenge."""
    if not passkeys.are_possible():
        return _problem(_("Passkeys are not available on this site."), status=404)
    step_of = _user_of_step(request)
    answer = request.POST.get("credential", "")
    try:
        passkey = passkeys.finish_sign_in(request.session, answer, user=step_of)
    except passkeys.PasskeyRefused as refusal:
        _record_refusal(request, step_of, refusal)
        return _problem(str(refusal))
    user = passkey.user
    if not (user.is_active and user.is_staff):
        return _problem(_("This account cannot sign in here."))
    response = JsonResponse({"next": _next_address(request)})
    how = f"With the passkey “{passkey.name}”."
    return sign_in.finish(request, response, user, proof=factors.PASSKEY, detail=how)


def _user_of_step(request):
    """The user who typed the right password, if this request is about the second step."""
    is_second = request.POST.get("step") == "second"
    return sign_in.pending_user(request) if is_second else None


def _record_refusal(request, user, refusal):
    with in_english():
        detail = f"By passkey: {refusal}"
    if user is None:
        security_log.log_line(Kind.FACTOR_FAILED, request=request, detail=detail)
    else:
        security_log.record(
            Kind.FACTOR_FAILED, request=request, user=user, detail=detail
        )


def _problem(sentence, *, status=422):
    return JsonResponse({"problem": sentence}, status=status)


def _next_address(request):
    """The address after signing in, from the password step, this request or the default."""
    address = sign_in.next_address(request) or request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    return address if address and is_ours else reverse("admin:index")


def _announce_requirement(request):
    """Tell accounts without a second factor from which day on they need one."""
    day = second_factor.will_be_required_from()
    if day and timezone.localdate() < day and not second_factor.has_one(request.user):
        messages.warning(
            request,
            _(
                "From %(date)s, signing in requires a passkey or an authenticator app. "
                "Add one under “Your account”."
            )
            % {"date": date_in_words(day, "DATE_FORMAT")},
        )
