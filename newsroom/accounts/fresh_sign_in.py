"""
Fresh sign-in: changing keys, passwords, roles or users requires a recent confirmation.

The owner must have signed in or confirmed within the last 15 minutes, so that a session left open
or a stolen cookie changes no account.
"""

import time
from functools import wraps

from django import forms
from django.http import HttpResponseRedirect, JsonResponse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _

from articles.core.json_requests import wants_json
from newsroom.accounts import factors, passkeys, second_factor, security_log
from newsroom.accounts.pages import account_page, too_many_tries
from newsroom.accounts.throttling import WRONG_PASSWORDS, count_attempt
from newsroom.models import SecurityEvent

Kind = SecurityEvent.Kind

# Fields of the question itself; all others belong to the form that was sent before it.
PASSWORD, CODE, BEGUN_BY = "confirm_password", "confirm_code", "confirm_begun_by"
# These are typed again; the page never repeats them.
SECRET_FIELDS = ("password", "old_password", "new_password", "usable_password")


class ConfirmPasswordForm(forms.Form):
    confirm_password = forms.CharField(
        label=_("Your password"),
        strip=False,
        required=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    confirm_code = forms.CharField(
        label=_("Code"),
        required=False,
        max_length=100,
        help_text=_("From your authenticator app, or one of your recovery codes."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )

    def __init__(self, *args, request, **kwargs):
        self.request = request
        super().__init__(*args, **kwargs)
        if not second_factor.must_show(request.user):
            del self.fields[CODE]

    def clean(self):
        user = self.request.user
        data = self.cleaned_data
        # The password first: if it is wrong, no recovery code is used up.
        if not user.check_password(data.get(PASSWORD, "")):
            raise forms.ValidationError(
                _("This is not your password. Please try again.")
            )
        if CODE in self.fields and not factors.use_up_code(
            self.request, user, data.get(CODE, "")
        ):
            raise forms.ValidationError(
                _(
                    "This code is wrong or was already used. Wait for the next one and try again."
                )
            )
        return data


def mark_fresh(request, *, detail):
    """Note that the owner of the session has just proved who they are."""
    request.session[second_factor.CONFIRMED_AT] = int(time.time())
    security_log.record(
        Kind.CONFIRMED, request=request, user=request.user, detail=detail
    )


def needs_fresh_sign_in(view):
    """
    Decorator: the view runs once the user has confirmed within the last 15 minutes.

    Otherwise the same address asks for confirmation and resends the typed values afterwards,
    except passwords. Requests for JSON get a 403 with a sentence.
    """

    @wraps(view)
    def asked_view(request, *args, **kwargs):
        return ask_if_needed(request) or view(request, *args, **kwargs)

    return asked_view


def ask_if_needed(request):
    """The page that asks for confirmation; None when a recent one exists."""
    if not request.user.is_authenticated:
        # The view itself refuses users without permission.
        return None
    answers = request.method == "POST" and BEGUN_BY in request.POST
    if second_factor.is_fresh(request.session):
        begun_by_get = answers and request.POST[BEGUN_BY] == "get"
        return HttpResponseRedirect(request.get_full_path()) if begun_by_get else None
    if wants_json(request):
        problem = _(
            "Too much time has passed. Reload the page and confirm that it is you."
        )
        return JsonResponse({"problem": problem}, status=403)
    form = ConfirmPasswordForm(request.POST if answers else None, request=request)
    if answers:
        attempt = count_attempt(request, WRONG_PASSWORDS, request.user.get_username())
        if attempt.wait:
            return too_many_tries(request, attempt.wait)
        if form.is_valid():
            attempt.succeeded()
            how = "password and code" if CODE in form.fields else "password"
            mark_fresh(request, detail=f"With {how}.")
            return ask_if_needed(request)
        security_log.record(
            Kind.CONFIRMATION_FAILED,
            request=request,
            user=request.user,
            detail=request.path,
        )
    return _question(request, form)


def _question(request, form):
    begun_by = request.POST.get(BEGUN_BY, request.method.lower())
    response = account_page(
        request,
        "admin/account/confirm.html",
        title=_("Confirm that it is you"),
        status=403 if request.method == "POST" else 200,
        form=form,
        begun_by="post" if begun_by == "post" else "get",
        carried=_resent_fields(request.POST) if begun_by == "post" else [],
        offers_passkey=passkeys.are_possible() and request.user.passkeys.exists(),
    )
    add_never_cache_headers(response)
    return response


def _resent_fields(data):
    """Every submitted field in order, except passwords and the question's own fields."""
    left_out = {PASSWORD, CODE, BEGUN_BY, "csrfmiddlewaretoken"}
    return [
        (name, value)
        for name, values in data.lists()
        for value in values
        if name not in left_out and not name.startswith(SECRET_FIELDS)
    ]
