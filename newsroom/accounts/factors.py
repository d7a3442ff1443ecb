"""
Adding and removing second factors, with the log entry, the mail and the end of sessions.

Adding the first factor or removing one may be the work of a thief, so all other sessions end.
"""

from django.db import transaction

from newsroom.accounts import recovery_codes, second_factor, security_log, totp
from newsroom.accounts.encryption import decrypt, encrypt
from newsroom.accounts.sessions import end_sessions
from newsroom.models import AuthenticatorApp, SecurityEvent

Kind = SecurityEvent.Kind

PASSKEY = "passkey"
APP = "authenticator app"
RECOVERY_CODE = "recovery code"


class LastFactor(Exception):
    """The factor cannot be removed: the site requires one, and this is the last one."""


def record_added_factor(request, user, *, what, is_first):
    """
    Record that a factor was added. Returns new recovery codes if it is the first one.

    `what` names it in the log and the mail, as in “the passkey “Phone””.
    """
    user.has_second_factor = True
    _record(Kind.FACTOR_ADDED, request, user, _sentence(what))
    if not is_first:
        return None
    end_sessions(user, except_key=request.session.session_key)
    return recovery_codes.replace_codes(user)


def enrol_app(request, user, secret, step):
    """Store the app, replacing an earlier one. Returns recovery codes if it is the first factor."""
    is_first = not second_factor.has_one(user)
    with transaction.atomic():
        earlier = AuthenticatorApp.objects.filter(user=user)
        was_there = earlier.delete()[0]
        totp.store_app(user, secret, step)
        what = "an authenticator app" + (", in place of the last" * bool(was_there))
        codes = record_added_factor(request, user, what=what, is_first=is_first)
        if was_there:
            end_sessions(user, except_key=request.session.session_key)
    return codes


def delete_factor(request, user, factor, *, what):
    """
    Remove a passkey or an app, and end every other session.

    With the last factor the recovery codes are deleted. Raises LastFactor when the site requires a
    second factor and this is the only one.
    """
    with transaction.atomic():
        factor.delete()
        del user.has_second_factor
        is_left = second_factor.has_one(user)
        if not is_left and second_factor.is_required():
            raise LastFactor
        if not is_left:
            user.recovery_codes.all().delete()
            request.session.pop(second_factor.PROVEN_BY, None)
        end_sessions(user, except_key=request.session.session_key)
        _record(Kind.FACTOR_REMOVED, request, user, _sentence(what))


def renew_codes(request, user):
    """Replace all recovery codes by new ones, and return them."""
    with transaction.atomic():
        codes = recovery_codes.replace_codes(user)
        _record(
            Kind.RECOVERY_CODES_MADE,
            request,
            user,
            "New recovery codes were made; the earlier ones do not work any more.",
        )
    return codes


def reset(user, *, by, reason, request=None):
    """
    Remove all factors and recovery codes and end all sessions of a locked-out account.

    `by` names who does it, for the log and the mail to the owner. Returns the number of
    passkeys and apps removed.
    """
    with transaction.atomic():
        passkeys = user.passkeys.all().delete()[0]
        apps = AuthenticatorApp.objects.filter(user=user).delete()[0]
        user.recovery_codes.all().delete()
        end_sessions(user)
        _record(
            Kind.FACTORS_RESET,
            request,
            user,
            f"All second factors were removed by {by}. Reason: {reason}",
        )
    return passkeys + apps


def use_up_code(request, user, code):
    """
    Check a code of the user's app or a recovery code, and use it up.

    Returns APP, RECOVERY_CODE or an empty string.
    """
    app = AuthenticatorApp.objects.filter(user=user).first()
    if app and totp.use_app_code(app, code):
        return APP
    if recovery_codes.use_recovery_code(user, code):
        left = recovery_codes.unused_codes(user)
        _record(
            Kind.RECOVERY_CODE_USED,
            request,
            user,
            f"A recovery code was used; {left or 'none'} {'is' if left < 2 else 'are'} left.",
        )
        return RECOVERY_CODE
    return ""


# Session key: new recovery codes, encrypted, until their owner has stored them.
NEW_CODES = "new_recovery_codes"


def reveal_codes(session, codes):
    """Let this session show the codes."""
    session[NEW_CODES] = encrypt(" ".join(codes))


def codes_to_show(session):
    """The codes that were made in this session and not put away yet."""
    return (decrypt(session.get(NEW_CODES, "")) or "").split()


def conceal_codes(session):
    session.pop(NEW_CODES, None)


def _sentence(what):
    return f"{what[0].upper()}{what[1:]}."


def _record(kind, request, user, detail):
    security_log.record(kind, request=request, user=user, detail=detail, tell=True)
