"""Confirming by passkey. Confirming by password and code happens on the page that asks."""

from django.http import JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from articles.core.stored_words import in_english
from newsroom.accounts import passkeys, security_log
from newsroom.accounts.fresh_sign_in import mark_fresh
from newsroom.accounts.views.owner import for_owner
from newsroom.models import SecurityEvent


@for_owner
@require_POST
def confirm_options(request):
    """The options for confirming with one of the user's passkeys."""
    if not passkeys.are_possible():
        return JsonResponse(
            {"problem": _("Passkeys are not available on this site.")}, status=404
        )
    options = passkeys.begin_sign_in(
        request.session, purpose=passkeys.CONFIRM, user=request.owner
    )
    return JsonResponse(options)


@for_owner
@require_POST
def confirm_by_passkey(request):
    try:
        passkey = passkeys.finish_sign_in(
            request.session,
            request.POST.get("credential", ""),
            purpose=passkeys.CONFIRM,
            user=request.owner,
        )
    except passkeys.PasskeyRefused as refusal:
        with in_english():
            detail = f"By passkey: {refusal}"
        security_log.record(
            SecurityEvent.Kind.CONFIRMATION_FAILED,
            request=request,
            user=request.owner,
            detail=detail,
        )
        return JsonResponse({"problem": str(refusal)}, status=422)
    mark_fresh(request, detail=f"With the passkey “{passkey.name}”.")
    return JsonResponse({})
