"""
Passkeys: WebAuthn credentials that authenticators show without a name being typed.

What comes from browsers is verified by the library fido2. What it leaves to us: that a
challenge is answered once and soon, that the answer does not come from a frame of
another site, that the signature counter grows, and whose the passkey is.
"""

import json
import re
import time
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
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

from newsroom.accounts import second_factor
from newsroom.models import Passkey

# In a session: the challenges that wait for an answer, by their purpose.
CHALLENGES = "passkey_challenges"
ANSWER_WITHIN_SECONDS = 10 * 60
MOST_PER_ACCOUNT = 20
# In characters: answers of browsers have about 2,000, with long attestations 10,000.
LONGEST_ANSWER = 50_000

REGISTER = "register"
SIGN_IN = "sign-in"
CONFIRM = "confirm"


class PasskeyRefused(Exception):
    """Why the answer of a browser is not taken, in a sentence for its user."""


def are_possible():
    """Whether the site's host can have passkeys: an address of a machine cannot (WebAuthn, “RP ID”)."""
    host = _host()
    is_address = ":" in host or re.fullmatch(r"[\d.]+", host)
    # Browsers sign nothing for a site without https, except on the machine itself.
    is_secure = settings.SITE_URL.startswith("https://") or (
        host == "localhost" or host.endswith(".localhost")
    )
    return second_factor.is_on() and is_secure and not is_address


def begin_registration(session, user):
    """The options for `navigator.credentials.create`, as JSON; their challenge waits in the session."""
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
    _keep(session, REGISTER, {"state": state, "user": user.pk, "handle": handle})
    return dict(options)


def finish_registration(session, user, answer, *, name):
    """
    The passkey that the browser made, kept under the name.

    Raises PasskeyRefused.
    """
    waiting = _take(session, REGISTER)
    if waiting["user"] != user.pk:
        raise PasskeyRefused("This was begun for another account. Try again.")
    if user.passkeys.count() >= MOST_PER_ACCOUNT:
        raise PasskeyRefused(
            f"An account has at most {MOST_PER_ACCOUNT} passkeys. Remove one first."
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
        raise PasskeyRefused("This passkey is here already.") from None
    return passkey


def begin_sign_in(session, *, purpose=SIGN_IN, user=None):
    """
    The options for `navigator.credentials.get`, as JSON; their challenge waits in the session.

    Without a user the authenticator offers every passkey it has for this site.
    """
    options, state = _server().authenticate_begin(
        credentials=_descriptors(user) if user else None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    _keep(session, purpose, {"state": state, "user": user and user.pk})
    return dict(options)


def finish_sign_in(session, answer, *, purpose=SIGN_IN, user=None):
    """
    The passkey that signed the challenge; of this user, if one is named.

    Raises PasskeyRefused.
    """
    waiting = _take(session, purpose)
    if waiting["user"] != (user and user.pk):
        raise PasskeyRefused("This was begun for another account. Try again.")
    data = _parsed(answer)
    passkey = _passkey_named_in(data)
    if passkey is None or (user is not None and passkey.user_id != user.pk):
        raise PasskeyRefused("This passkey is not one of this account.")
    counter = _verified(_signed, waiting, data, passkey)
    if not passkey.note_use(counter):
        raise PasskeyRefused(
            "This passkey has been used with a later signature already, so it may have "
            "been copied. Sign in another way, and remove it."
        )
    return passkey


# The ports that no browser writes into an origin (RFC 6454, 6.2).
_USUAL_PORTS = {"http": 80, "https": 443}


def _host():
    """The host of SITE_URL as browsers write it."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    return host if host.isascii() else host.encode("idna").decode()


def _origin():
    site = urlsplit(settings.SITE_URL)
    is_usual = site.port in {None, _USUAL_PORTS.get(site.scheme)}
    return f"{site.scheme}://{_host()}{'' if is_usual else f':{site.port}'}"


def _server():
    """The relying party is the host of SITE_URL, and so is the origin: never what a request names."""
    origin = _origin()
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=_host(), name=settings.SITE_NAME),
        # Which make of authenticator it is matters to nobody here.
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


def _keep(session, purpose, waiting):
    waiting["at"] = time.time()
    session[CHALLENGES] = session.get(CHALLENGES, {}) | {purpose: waiting}


def _take(session, purpose):
    """What waits for an answer, which is taken once; at once for every other request, too."""
    challenges = session.get(CHALLENGES, {})
    waiting = challenges.pop(purpose, None)
    if waiting is None:
        raise PasskeyRefused("Nothing waits for this passkey any more. Try again.")
    session[CHALLENGES] = challenges
    session.save()
    if not 0 <= time.time() - waiting["at"] < ANSWER_WITHIN_SECONDS:
        raise PasskeyRefused("This took too long. Try again.")
    return waiting


def _parsed(answer):
    if len(answer) > LONGEST_ANSWER:
        raise PasskeyRefused("The browser sent too much. Try again.")
    try:
        data = json.loads(answer)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or not isinstance(data.get("response"), dict):
        raise PasskeyRefused("The browser sent nothing that can be read. Try again.")
    return data


def _verified(check, *arguments):
    try:
        return check(*arguments)
    except Exception as error:
        # The library reads what anybody may send, and says in many ways that it cannot.
        raise PasskeyRefused(
            "This passkey could not be verified for this site. Try again."
        ) from error


def _registered(state, data):
    response = RegistrationResponse.from_dict(data)
    _refuse_frames(response)
    return _server().register_complete(state, response)


def _signed(waiting, data, passkey):
    response = AuthenticationResponse.from_dict(data)
    _refuse_frames(response)
    handle = response.response.user_handle
    # Where no account was named before, the authenticator has to name it (7.2, step 6).
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
    """How the browser reaches the authenticator, as far as the words are known."""
    named = data["response"].get("transports")
    known = {str(way.value) for way in AuthenticatorTransport}
    ways = named if isinstance(named, list) else []
    return [way for way in dict.fromkeys(map(str, ways)) if way in known]


def _name_from(name, user):
    cleaned = " ".join(name.replace("\0", "").split())[: Passkey.NAME_LENGTH].strip()
    return cleaned or f"Passkey {user.passkeys.count() + 1}"
