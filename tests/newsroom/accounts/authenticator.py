"""A software authenticator, which can also send what a real one would not."""

import json
import secrets
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

ORIGIN = "http://localhost:8000"
FLAG = AuthenticatorData.FLAG


class Authenticator:
    """One passkey, once it has been made; `counter` is the signature counter."""

    def __init__(self, *, origin=ORIGIN):
        self.origin = origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = secrets.token_bytes(32)
        self.user_handle = None
        self.counter = 0

    def make(self, options, *, is_verified=True, **client):
        """The answer to the options for a new passkey."""
        public = options["publicKey"]
        self.user_handle = websafe_decode(public["user"]["id"])
        flags = FLAG.UP | FLAG.AT | (FLAG.UV if is_verified else 0)
        data = AuthenticatorData.create(
            sha256(public["rp"]["id"].encode()).digest(),
            flags,
            self.counter,
            AttestedCredentialData.create(
                Aaguid.NONE,
                self.credential_id,
                ES256.from_cryptography_key(self.key.public_key()),
            ),
        )
        attestation = AttestationObject.create("none", data, {})
        return self._answer(
            clientDataJSON=self._client("webauthn.create", public, client),
            attestationObject=websafe_encode(attestation),
            transports=["internal", "nonsense"],
        )

    def sign(
        self, options, *, counter=None, is_verified=True, rp="localhost", **client
    ):
        """The answer to the options for signing in."""
        self.counter = self.counter + 1 if counter is None else counter
        public = options["publicKey"]
        flags = FLAG.UP | (FLAG.UV if is_verified else 0)
        data = AuthenticatorData.create(
            sha256(rp.encode()).digest(), flags, self.counter
        )
        client_data = self._client("webauthn.get", public, client)
        signed = bytes(data) + sha256(websafe_decode(client_data)).digest()
        return self._answer(
            clientDataJSON=client_data,
            authenticatorData=websafe_encode(data),
            signature=websafe_encode(self.key.sign(signed, ec.ECDSA(SHA256()))),
            userHandle=websafe_encode(self.user_handle),
        )

    def _client(self, type_, public, client):
        return CollectedClientData.create(
            **{
                "type": type_,
                "challenge": public["challenge"],
                "origin": self.origin,
            }
            | client
        ).b64

    def _answer(self, **response):
        name = websafe_encode(self.credential_id)
        return json.dumps(
            {"id": name, "rawId": name, "type": "public-key", "response": response}
        )
