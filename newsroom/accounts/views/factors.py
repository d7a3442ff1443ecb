"""Adding, naming and removing passkeys, authenticator apps and recovery codes."""

import time

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from newsroom.accounts import (
    factors,
    passkeys,
    recovery_codes,
    second_factor,
    sign_in,
    totp,
)
from newsroom.accounts.encryption import decrypt, encrypt
from newsroom.accounts.fresh_sign_in import needs_fresh_sign_in
from newsroom.accounts.pages import account_page
from newsroom.accounts.views.owner import for_owner, for_owner_or_newcomer
from newsroom.models import AuthenticatorApp, Passkey

# Session key: where a newcomer wanted to go, for the page with the recovery codes.
GO_ON_TO = "go_on_to"


@for_owner_or_newcomer
@needs_fresh_sign_in
@require_safe
def add_factor(request):
    """The choice between a passkey and an authenticator app."""
    return account_page(
        request,
        "admin/account/add_factor.html",
        title=_("Add a second factor"),
        is_newcomer=request.is_newcomer,
        offers_passkey=passkeys.are_possible(),
    )


# Passkeys


@for_owner_or_newcomer
@needs_fresh_sign_in
@require_safe
def add_passkey(request):
    return account_page(
        request,
        "admin/account/add_passkey.html",
        title=_("Add a passkey"),
        is_newcomer=request.is_newcomer,
        offers_passkey=passkeys.are_possible(),
        name_length=Passkey.NAME_LENGTH,
    )


@for_owner_or_newcomer
@needs_fresh_sign_in
@require_POST
def registration_options(request):
    """The options for a new passkey."""
    if not passkeys.are_possible():
        return JsonResponse(
            {"problem": _("Passkeys are not available on this site.")}, status=404
        )
    return JsonResponse(passkeys.begin_registration(request.session, request.owner))


@for_owner_or_newcomer
@needs_fresh_sign_in
@require_POST
def register_passkey(request):
    """Store the passkey that the browser made."""
    user = request.owner
    is_first = not second_factor.has_one(user)
    try:
        passkey = passkeys.finish_registration(
            request.session,
            user,
            request.POST.get("credential", ""),
            name=request.POST.get("name", ""),
        )
    except passkeys.PasskeyRefused as refusal:
        return JsonResponse({"problem": str(refusal)}, status=422)
    what = f"the passkey “{passkey.name}”"
    address = reverse("account")
    codes = factors.record_added_factor(request, user, what=what, is_first=is_first)
    address = reverse("recovery_codes" if codes else "account")
    response = JsonResponse({"next": address})
    _go_on_signed_in(request, response, factors.PASSKEY, codes)
    messages.success(
        request, _("The passkey “%(name)s” was added.") % {"name": passkey.name}
    )
    return response


class PasskeyNameForm(forms.Form):
    name = forms.CharField(max_length=Passkey.NAME_LENGTH)


@for_owner
@require_POST
def rename_passkey(request, passkey):
    passkey = get_object_or_404(request.owner.passkeys, pk=passkey)
    form = PasskeyNameForm(request.POST)
    if form.is_valid():
        passkey.name = form.cleaned_data["name"]
        passkey.save(update_fields=["name"])
        messages.success(
            request, _("The passkey is now called “%(name)s”.") % {"name": passkey.name}
        )
    else:
        messages.error(
            request,
            _("Enter a name of 1 to %(limit)d characters.")
            % {"limit": Passkey.NAME_LENGTH},
        )
    return redirect("account")


@for_owner
@needs_fresh_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
def remove_passkey(request, passkey):
    passkey = get_object_or_404(request.owner.passkeys, pk=passkey)
    return _remove(
        request,
        passkey,
        what=f"the passkey “{passkey.name}”",
        title=_("Remove the passkey “%(name)s”?") % {"name": passkey.name},
    )


# The authenticator app


class AppForm(forms.Form):
    """The code with which an app proves that it holds the secret."""

    code = forms.CharField(
        label=_("Code shown by the app"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}
        ),
    )
    # Encrypted: until the app has shown a code, only this page holds the secret.
    secret = forms.CharField(widget=forms.HiddenInput, max_length=500)

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)

    @property
    def plain_secret(self):
        """The secret that was made for this account; None if it was made elsewhere."""
        token = self.data.get("secret") if self.is_bound else self.initial["secret"]
        owner, _, secret = (decrypt(token or "") or "").partition(":")
        return secret if secret and owner == str(self.user.pk) else None

    def clean(self):
        if self.plain_secret is None:
            raise forms.ValidationError(
                _("This page has expired. Start again with a new QR code.")
            )
        self.step = totp.step_of(
            self.plain_secret, self.cleaned_data.get("code", ""), time.time()
        )
        if self.step is None and "code" in self.cleaned_data:
            self.add_error(
                "code",
                _(
                    "The code does not match. Check the clock of your phone and the account in the app, then enter the next code."
                ),
            )
        return self.cleaned_data


def _new_secret(user):
    return encrypt(f"{user.pk}:{totp.new_app_secret()}")


@for_owner_or_newcomer
@needs_fresh_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
def add_app(request):
    """Show the secret of a new app as QR code and text; store it after the first right code."""
    user = request.owner
    if request.method != "POST":
        return _show_secret(request, AppForm(user=user, initial=_initial(user)))
    form = AppForm(request.POST, user=user)
    if not form.is_valid():
        if form.plain_secret is None:
            fresh = AppForm(user=user, initial=_initial(user))
            return _show_secret(
                request, fresh, status=422, problem=form.non_field_errors()
            )
        return _show_secret(request, form, status=422)
    codes = factors.enrol_app(request, user, form.plain_secret, form.step)
    response = redirect("recovery_codes" if codes else "account")
    _go_on_signed_in(request, response, factors.APP, codes)
    messages.success(request, _("The authenticator app was added."))
    return response


def _initial(user):
    return {"secret": _new_secret(user)}


def _show_secret(request, form, *, status=200, problem=None):
    user, secret = request.owner, form.plain_secret
    address = totp.address_for_app(secret, user)
    return account_page(
        request,
        "admin/account/add_app.html",
        title=_("Add an authenticator app"),
        status=status,
        form=form,
        problem=problem,
        picture=totp.qr_code(address),
        secret=totp.secret_as_text(secret),
        address=address,
        takes_place=AuthenticatorApp.objects.filter(user=user).exists(),
        is_newcomer=request.is_newcomer,
    )


@for_owner
@needs_fresh_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
def remove_app(request):
    app = get_object_or_404(AuthenticatorApp, user=request.owner)
    return _remove(
        request,
        app,
        what="the authenticator app",
        title=_("Remove the authenticator app?"),
    )


def _remove(request, factor, *, what, title):
    """`what` names the factor in the security log, `title` asks for confirmation."""
    if request.method != "POST":
        return account_page(
            request,
            "admin/account/remove_factor.html",
            title=title,
            is_passkey=isinstance(factor, Passkey),
        )
    try:
        factors.delete_factor(request, request.owner, factor, what=what)
    except factors.LastFactor:
        messages.error(
            request,
            _(
                "This is your only second factor, and this site requires one. Add another one first."
            ),
        )
    else:
        messages.success(
            request,
            _("The second factor was removed. You are signed out everywhere else."),
        )
    return redirect("account")


# Recovery codes


@for_owner
@require_safe
def show_codes(request):
    """The new recovery codes, until their owner confirms that they are stored."""
    codes = factors.codes_to_show(request.session)
    if not codes:
        return redirect("account")
    return account_page(
        request,
        "admin/account/recovery_codes.html",
        title=_("Your recovery codes"),
        codes=codes,
    )


@for_owner
@require_POST
def put_codes_away(request):
    factors.conceal_codes(request.session)
    return HttpResponseRedirect(request.session.pop(GO_ON_TO, reverse("account")))


@for_owner
@needs_fresh_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
def new_codes(request):
    """Ask for confirmation; a POST replaces all recovery codes."""
    user = request.owner
    if not second_factor.has_one(user):
        return redirect("account")
    if request.method != "POST":
        return account_page(
            request,
            "admin/account/new_codes.html",
            title=_("Create new recovery codes?"),
            left=recovery_codes.unused_codes(user),
        )
    factors.reveal_codes(request.session, factors.renew_codes(request, user))
    return redirect("recovery_codes")


def _go_on_signed_in(request, response, proof, codes):
    """
    Mark the session as having shown the new factor, and show its recovery codes.

    This signs a newcomer in.
    """
    if request.is_newcomer:
        address = sign_in.next_address(request)
        how = f"With password and a new {proof}."
        sign_in.finish(request, response, request.owner, proof=proof, detail=how)
        request.session[GO_ON_TO] = address or reverse("account")
    request.session[second_factor.PROVEN_BY] = proof
    if codes:
        factors.reveal_codes(request.session, codes)
