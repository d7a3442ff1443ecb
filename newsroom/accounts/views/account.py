"""“Your account”: second factors, sessions, recent sign-ins, and ending sessions."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from newsroom.accounts import (
    passkeys,
    recovery_codes,
    second_factor,
    security_log,
    sessions,
)
from newsroom.accounts.forms import LanguageForm
from newsroom.accounts.fresh_sign_in import needs_fresh_sign_in
from newsroom.accounts.pages import account_page
from newsroom.accounts.views.owner import for_owner
from newsroom.languages.shipped import site_language
from newsroom.models import AuthenticatorApp, DeskPreferences, SecurityEvent

EVENTS_SHOWN = 15


@for_owner
@require_safe
def account(request):
    user = request.owner
    has_one = second_factor.has_one(user)
    return account_page(
        request,
        "admin/account/account.html",
        title=_("Your account"),
        language_form=LanguageForm(initial={"language": user.chosen_language or ""}),
        has_second_factor=has_one,
        offers_second_factor=second_factor.is_on(),
        offers_passkey=passkeys.are_possible(),
        required_from=second_factor.will_be_required_from(),
        passkeys=user.passkeys.all(),
        app=AuthenticatorApp.objects.filter(user=user).first(),
        codes_left=recovery_codes.unused_codes(user) if has_one else None,
        sessions=sessions.sessions_of(user, request.session.session_key),
        events=SecurityEvent.objects.about(user)[:EVENTS_SHOWN],
    )


@for_owner
@require_POST
def choose_language(request):
    """Store the language in which the desk speaks to this account."""
    form = LanguageForm(request.POST)
    if form.is_valid():
        language = form.cleaned_data["language"]
        DeskPreferences.objects.update_or_create(
            user=request.owner, defaults={"language": language}
        )
        with translation.override(language or site_language()):
            messages.success(request, _("The language of the desk is changed."))
    return redirect("account")


@for_owner
@needs_fresh_sign_in
@require_POST
def end_one_session(request, session):
    """End one of the user's sessions. A session that is already over is no error."""
    if sessions.end_session(request.owner, session):
        _record(request, "One session was ended by its owner.")
        messages.success(request, _("The session has ended."))
    else:
        messages.info(request, _("This session had already ended."))
    return redirect("account")


@for_owner
@needs_fresh_sign_in
@require_POST
def end_other_sessions(request):
    key = request.session.session_key
    ended = sessions.end_sessions(request.owner, except_key=key)
    if ended:
        _record(request, f"{ended} other sessions were ended by their owner.")
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("account")


def _record(request, detail):
    security_log.record(
        SecurityEvent.Kind.SESSION_ENDED,
        request=request,
        user=request.owner,
        detail=detail,
        tell=True,
    )
