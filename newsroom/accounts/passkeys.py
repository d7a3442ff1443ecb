"""
Passkeys: discoverable WebAuthn credentials, which need no user name.

The library fido2 verifies what browsers send. This module adds what the library leaves out:
a challenge is answered once and in time, the answer comes from no frame of another site, the
signature counter grows, and the passkey belongs to the right user.
"""

import json
import re
import time
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationConveyancePreference,
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from articles.core.site_address import wire_name
from newsroom.accounts import second_factor
from newsroom.models import Passkey

# Session key: the open challenges by purpose.
CHALLENGES = "passkey_challenges"
ANSWER_WITHIN_SECONDS = 10 * 60
MOST_PER_ACCOUNT = 20
# In characters: browsers send about 2,000, with long attestations 10,000.
LONGEST_ANSWER = 50_000

REGISTER = "register"
SIGN_IN = "sign-in"
CONFIRM = "confirm"


class PasskeyRefused(Exception):
    """The browser's answer is refused; the message is a sentence for the user."""


def are_possible():
    """Whether the site's host can have passkeys: an IP address cannot (WebAuthn, “RP ID”)."""
    host = _host()
    is_address = ":" in host or re.fullmatch(r"[\d.]+", host)
    # Browsers refuse WebAuthn without https, except on localhost.
    is_secure = settings.SITE_URL.startswith("https://") or (
        host == "localhost" or host.endswith(".localhost")
    )
    return second_factor.is_on() and is_secure and not is_address


def begin_registration(session, user):
    """The options for `navigator.credentials.create`, as JSON; the session keeps the challenge."""
    options, state = _server().register_begin(
        PublicKeyCredentialUserEntity(
            id=Passkey.objects.user_handle_of(user),
            name=user.get_username(),
            display_name=user.get_full_name() or user.get_username(),
        ),
        credentials=_descriptors(user),
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    handle = dict(options)["publicKey"]["user"]["id"]
    _store_challenge(
        session, REGISTER, {"state": state, "user": user.pk, "handle": handle}
    )
    return dict(options)


def finish_registration(session, user, answer, *, name):
    """
    Verify the browser's answer and store the new passkey under the name.

    Raises PasskeyRefused.
    """
    waiting = _pop_challenge(session, REGISTER)
    if waiting["user"] != user.pk:
        raise PasskeyRefused(
            _("This was started for another account. Please try again.")
        )
    if user.passkeys.count() >= MOST_PER_ACCOUNT:
        raise PasskeyRefused(
            _("An account can have at most %(number)d passkeys. Remove one first.")
            % {"number": MOST_PER_ACCOUNT}
        )
    data = _parsed(answer)
    made = _verified(_registered, waiting["state"], data)
    credential = made.credential_data
    passkey = Passkey(
        user=user,
        name=_name_from(name, user),
        credential_id=websafe_encode(credential.credential_id),
        credential=bytes(credential),
        user_handle=websafe_decode(waiting["handle"]),
        sign_count=made.counter,
        transports=_transports(data),
    )
    try:
        with transaction.atomic():
            passkey.save()
    except IntegrityError:
        raise PasskeyRefused(_("This passkey has already been added.")) from None
    return passkey


def begin_sign_in(session, *, purpose=SIGN_IN, user=None):
    """
    The options for `navigator.credentials.get`, as JSON; the session keeps the challenge.

    Without a user the authenticator offers every passkey it has for this site.
    """
    options, state = _server().authenticate_begin(
        credentials=_descriptors(user) if user else None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    _store_challenge(session, purpose, {"state": state, "user": user and user.pk})
    return dict(options)


def finish_sign_in(session, answer, *, purpose=SIGN_IN, user=None):
    """
    The passkey that signed the challenge; if a user is given, one of theirs.

    Raises PasskeyRefused.
    """
    waiting = _pop_challenge(session, purpose)
    if waiting["user"] != (user and user.pk):
        raise PasskeyRefused(
            _("This was started for another account. Please try again.")
        )
    data = _parsed(answer)
    passkey = _passkey_named_in(data)
    if passkey is None or (user is not None and passkey.user_id != user.pk):
        raise PasskeyRefused(_("This passkey does not belong to this account."))
    counter = _verified(_signed, waiting, data, passkey)
    if not passkey.note_use(counter):
        raise PasskeyRefused(
            _(
                "This passkey was already used with a later signature, so it may have been "
                "copied. Sign in another way and remove it."
            )
        )
    return passkey


# Browsers leave these ports out of an origin (RFC 6454, 6.2).
_USUAL_PORTS = {"http": 80, "https": 443}


def _host():
    """The host of SITE_URL as browsers write it."""
    return wire_name(urlsplit(settings.SITE_URL).hostname or "")


def _origin():
    site = urlsplit(settings.SITE_URL)
    is_usual = site.port in {None, _USUAL_PORTS.get(site.scheme)}
    return f"{site.scheme}://{_host()}{'' if is_usual else f':{site.port}'}"


def _server():
    """The relying party. Its id and origin come from SITE_URL, never from a request."""
    origin = _origin()
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=_host(), name=settings.SITE_NAME),
        # The model of the authenticator is of no interest.
        attestation=AttestationConveyancePreference.NONE,
        verify_origin=lambda named: named == origin,
    )


def _descriptors(user):
    return [
        PublicKeyCredentialDescriptor(
            type=PublicKeyCredentialType.PUBLIC_KEY,
            id=_credential(passkey).credential_id,
            transports=[AuthenticatorTransport(way) for way in passkey.transports]
            or None,
        )
        for passkey in user.passkeys.all()
    ]


def _credential(passkey):
    return AttestedCredentialData(bytes(passkey.credential))


def _store_challenge(session, purpose, waiting):
    waiting["at"] = time.time()
    session[CHALLENGES] = session.get(CHALLENGES, {}) | {purpose: waiting}


def _pop_challenge(session, purpose):
    """The open challenge of this purpose, which is used up, for parallel requests as well."""
    challenges = session.get(CHALLENGES, {})
    waiting = challenges.pop(purpose, None)
    if waiting is None:
        raise PasskeyRefused(
            _("The request for this passkey has ended. Please try again.")
        )
    session[CHALLENGES] = challenges
    session.save()
    if not 0 <= time.time() - waiting["at"] < ANSWER_WITHIN_SECONDS:
        raise PasskeyRefused(_("This took too long. Please try again."))
    return waiting


def _parsed(answer):
    if len(answer) > LONGEST_ANSWER:
        raise PasskeyRefused(_("The browser sent too much data. Please try again."))
    try:
        data = json.loads(answer)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or not isinstance(data.get("response"), dict):
        raise PasskeyRefused(
            _("The browser’s answer could not be read. Please try again.")
        )
    return data


def _verified(check, *arguments):
    try:
        return check(*arguments)
    except Exception as error:
        # The library parses untrusted input and raises exceptions of many types.
        raise PasskeyRefused(
            _("This passkey could not be verified for this site. Please try again.")
        ) from error


def _registered(state, data):
    response = RegistrationResponse.from_dict(data)
    _refuse_frames(response)
    return _server().register_complete(state, response)


def _signed(waiting, data, passkey):
    response = AuthenticationResponse.from_dict(data)
    _refuse_frames(response)
    handle = response.response.user_handle
    # Without a known account, the authenticator has to name it (7.2, step 6).
    if (handle or waiting["user"] is None) and handle != bytes(passkey.user_handle):
        raise ValueError("The user handle is not that of the account.")
    _server().authenticate_complete(waiting["state"], [_credential(passkey)], response)
    return response.response.authenticator_data.counter


def _refuse_frames(response):
    if response.response.client_data.cross_origin:
        raise ValueError("The answer comes from a frame of another site.")


def _passkey_named_in(data):
    credential_id = data.get("rawId")
    if not isinstance(credential_id, str):
        return None
    passkeys = Passkey.objects.select_related("user")
    return passkeys.filter(credential_id=credential_id.replace("\0", "")).first()


def _transports(data):
    """The transports that the browser names, without unknown ones."""
    named = data["response"].get("transports")
    known = {str(way.value) for way in AuthenticatorTransport}
    ways = named if isinstance(named, list) else []
    return [way for way in dict.fromkeys(map(str, ways)) if way in known]


def _name_from(name, user):
    cleaned = " ".join(name.replace("\0", "").split())[: Passkey.NAME_LENGTH].strip()
    return cleaned or _("Passkey %(number)d") % {"number": user.passkeys.count() + 1}
