"""Which answers of authenticators the server accepts, and which it refuses."""

import json

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from newsroom.accounts.passkeys import (
    CONFIRM,
    LONGEST_ANSWER,
    MOST_PER_ACCOUNT,
    PasskeyRefused,
    are_possible,
    begin_registration,
    begin_sign_in,
    finish_registration,
    finish_sign_in,
)
from newsroom.models import Passkey, StaffSession
from tests.factories import make_user
from tests.newsroom.accounts.authenticator import Authenticator
from tests.newsroom.accounts.conftest import give_passkey


@pytest.fixture
def session(db):
    return Client().session


@pytest.fixture
def phone(editor):
    return give_passkey(editor)


def signed(session, authenticator, *, user=None, purpose="sign-in", **how):
    options = begin_sign_in(session, user=user, purpose=purpose)
    answer = authenticator.sign(options, **how)
    return finish_sign_in(session, answer, user=user, purpose=purpose)


def registered(session, user, authenticator, *, name="Phone", **how):
    answer = authenticator.make(begin_registration(session, user), **how)
    return finish_registration(session, user, answer, name=name)


# Registration


def test_a_passkey_is_asked_for_that_shows_itself_and_verifies_its_user(
    session, editor
):
    public = begin_registration(session, editor)["publicKey"]
    assert public["rp"] == {"id": "localhost", "name": "Newsroom"}
    assert public["user"]["name"] == "edith"
    assert public["authenticatorSelection"]["residentKey"] == "required"
    assert public["authenticatorSelection"]["userVerification"] == "required"
    assert public["attestation"] == "none"


def test_a_passkey_is_kept_with_its_name_and_signs_in(session, editor):
    phone = Authenticator()
    passkey = registered(session, editor, phone, name="  My \x00 phone ")
    assert (passkey.user, passkey.name, passkey.transports) == (
        editor,
        "My phone",
        ["internal"],
    )
    assert len(bytes(passkey.user_handle)) == 32
    assert signed(session, phone) == passkey
    passkey.refresh_from_db()
    assert (passkey.sign_count, passkey.last_used_at is not None) == (1, True)


def test_passkeys_of_one_account_share_its_handle_and_are_not_made_twice(
    session, editor, phone
):
    options = begin_registration(session, editor)
    assert [one["id"] for one in options["publicKey"]["excludeCredentials"]] == [
        Passkey.objects.get().credential_id
    ]
    registered(session, editor, Authenticator(), name="")
    assert len({bytes(one.user_handle) for one in editor.passkeys.all()}) == 1
    assert [one.name for one in editor.passkeys.all()] == ["Phone", "Passkey 2"]
    with pytest.raises(PasskeyRefused, match="already been added"):
        registered(session, editor, phone)


@pytest.mark.parametrize(
    "how",
    [
        {"is_verified": False},
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:8001"},
        {"origin": "https://localhost:8000"},
        {"cross_origin": True},
        {"challenge": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
        {"type": "webauthn.get"},
    ],
)
def test_no_passkey_is_kept_that_was_made_otherwise(session, editor, how):
    with pytest.raises(PasskeyRefused):
        registered(session, editor, Authenticator(), **how)
    assert not Passkey.objects.exists()


def test_a_passkey_is_made_for_the_account_for_which_it_was_begun(session, editor):
    answer = Authenticator().make(begin_registration(session, editor))
    with pytest.raises(PasskeyRefused):
        finish_registration(session, make_user(role="Writers"), answer, name="")


def test_an_account_has_no_more_than_twenty(session, editor):
    for number in range(MOST_PER_ACCOUNT):
        Passkey.objects.create(
            user=editor, credential_id=str(number), credential=b"", user_handle=b"x"
        )
    with pytest.raises(PasskeyRefused, match="at most 20"):
        finish_registration_of_new(session, editor)


def finish_registration_of_new(session, user):
    # The passkeys above have invalid ids, which cannot be sent to the browser.
    credentials = list(user.passkeys.values())
    user.passkeys.all().delete()
    options = begin_registration(session, user)
    Passkey.objects.bulk_create(Passkey(**fields) for fields in credentials)
    finish_registration(session, user, Authenticator().make(options), name="")


# Signing in


@pytest.mark.parametrize(
    "how",
    [
        {"is_verified": False},
        {"rp": "evil.example"},
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:8000.evil.example"},
        {"origin": "http://127.0.0.1:8000"},
        {"cross_origin": True},
        {"challenge": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
        {"type": "webauthn.create"},
    ],
)
def test_a_signature_for_anything_else_lets_nobody_in(session, phone, how):
    with pytest.raises(PasskeyRefused):
        signed(session, phone, **how)


def test_the_origin_is_that_of_the_site_and_not_of_the_request(
    session, editor, settings
):
    settings.SITE_URL = "https://news.example"
    phone = Authenticator(origin="https://news.example")
    registered(session, editor, phone)
    assert begin_sign_in(session)["publicKey"]["rpId"] == "news.example"
    assert signed(session, phone, rp="news.example")
    with pytest.raises(PasskeyRefused):
        signed(session, phone, rp="news.example", origin="http://news.example")


@pytest.mark.parametrize(
    ("address", "origin", "host"),
    [
        ("https://News.Example:443", "https://news.example", "news.example"),
        ("https://news.example:8443", "https://news.example:8443", "news.example"),
        (
            "https://zürich.example",
            "https://xn--zrich-kva.example",
            "xn--zrich-kva.example",
        ),
    ],
)
def test_the_origin_is_written_as_browsers_write_it(
    session, editor, settings, address, origin, host
):
    settings.SITE_URL = address
    phone = Authenticator(origin=origin)
    registered(session, editor, phone)
    assert signed(session, phone, rp=host)


def test_an_answer_is_taken_once(session, phone):
    answer = phone.sign(begin_sign_in(session), counter=0)
    assert finish_sign_in(session, answer)
    with pytest.raises(PasskeyRefused):
        finish_sign_in(session, answer)
    begin_sign_in(session)
    with pytest.raises(PasskeyRefused):
        finish_sign_in(session, answer)
    # It also fails in a session with another challenge or none.
    with pytest.raises(PasskeyRefused):
        finish_sign_in(Client().session, answer)


def test_a_wrong_answer_uses_the_challenge_up(session, phone):
    options = begin_sign_in(session)
    with pytest.raises(PasskeyRefused):
        finish_sign_in(session, "{}")
    with pytest.raises(PasskeyRefused):
        finish_sign_in(session, phone.sign(options))


def test_a_challenge_waits_ten_minutes(session, phone):
    with time_machine.travel(1_900_000_000, tick=False) as clock:
        options = begin_sign_in(session)
        clock.shift(599)
        assert finish_sign_in(session, phone.sign(options))
        options = begin_sign_in(session)
        clock.shift(600)
        with pytest.raises(PasskeyRefused, match="too long"):
            finish_sign_in(session, phone.sign(options))


@pytest.mark.parametrize("counter", [0, 4, 5])
def test_a_counter_that_does_not_grow_is_that_of_a_copy(session, phone, counter):
    signed(session, phone, counter=5)
    with pytest.raises(PasskeyRefused, match="copied"):
        signed(session, phone, counter=counter)
    assert Passkey.objects.get().sign_count == 5
    assert signed(session, phone, counter=6)


def test_an_authenticator_that_does_not_count_may_sign_again(session, phone):
    assert signed(session, phone, counter=0)
    assert signed(session, phone, counter=0)


def test_a_passkey_of_another_account_is_none_of_this_one(session, editor, phone):
    other = make_user(role="Writers")
    theirs = give_passkey(other)
    with pytest.raises(PasskeyRefused):
        signed(session, theirs, user=editor)
    # It also fails with the handle or the id of a passkey of this account.
    theirs.user_handle = phone.user_handle
    with pytest.raises(PasskeyRefused):
        signed(session, theirs)
    theirs.credential_id = phone.credential_id
    with pytest.raises(PasskeyRefused):
        signed(session, theirs)


def test_a_challenge_for_one_purpose_or_account_serves_no_other(session, editor, phone):
    answer = phone.sign(begin_sign_in(session))
    with pytest.raises(PasskeyRefused):
        finish_sign_in(session, answer, purpose=CONFIRM, user=editor)
    with pytest.raises(PasskeyRefused):
        finish_sign_in(session, answer, user=editor)


def test_a_removed_passkey_signs_nobody_in(session, phone):
    Passkey.objects.all().delete()
    with pytest.raises(PasskeyRefused):
        signed(session, phone)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "rawId",
                    "type",
                    "response",
                    "clientDataJSON",
                    "authenticatorData",
                    "attestationObject",
                    "signature",
                    "userHandle",
                    "transports",
                ]
            ),
            inner,
            max_size=8,
        )
    ),
    max_leaves=12,
)


@pytest.mark.django_db
@settings(deadline=None, max_examples=60)
@given(answer=JSON.map(json.dumps) | st.text(max_size=50))
def test_nothing_that_a_browser_sends_is_more_than_refused(answer):
    session = Client().session
    user = make_user(role="Editors")
    phone = give_passkey(user)
    begin_registration(session, user)
    with pytest.raises(PasskeyRefused):
        finish_registration(session, user, answer, name="")
    for change in [
        answer,
        _with_id(answer, phone),
    ]:
        begin_sign_in(session)
        with pytest.raises(PasskeyRefused):
            finish_sign_in(session, change)


def _with_id(answer, phone):
    """The same answer, with the id of an existing passkey."""
    real = json.loads(phone.sign({"publicKey": {"challenge": "AAAA"}}))
    try:
        response = json.loads(answer)
    except ValueError:
        response = answer
    response = response if isinstance(response, dict) else {"signature": response}
    return json.dumps(real | {"response": real["response"] | response})


@pytest.mark.parametrize(
    "answer", ["", "[]", "[" * 20_000, "{" * 5, "x" * (LONGEST_ANSWER + 1)]
)
def test_long_and_deep_answers_are_refused(session, phone, answer):
    begin_sign_in(session)
    with pytest.raises(PasskeyRefused):
        finish_sign_in(session, answer)


@pytest.mark.parametrize(
    ("address", "possible"),
    [
        ("http://localhost:8000", True),
        ("http://news.localhost", True),
        ("https://news.example", True),
        ("http://news.example", False),
        ("http://127.0.0.1:8000", False),
        ("https://192.0.2.7", False),
        ("https://[2001:db8::1]", False),
    ],
)
def test_an_address_of_a_machine_or_without_https_has_no_passkeys(
    settings, address, possible
):
    settings.SITE_URL = address
    assert are_possible() == possible


def test_switched_off_there_are_none(settings):
    settings.STAFF_SECOND_FACTOR = "off"
    assert not are_possible()


def test_no_network_fills_the_table_of_sessions(db):
    def ask(network, client=None):
        client = client or Client()
        return client.post(reverse("passkey_options"), REMOTE_ADDR=network).status_code

    began = Client()
    assert ask("192.0.2.7", began) == 200
    answers = [ask(f"192.0.2.{number}") for number in range(70)]
    assert answers == [200] * 59 + [429] * 11
    assert StaffSession.objects.count() == 60
    # Whoever has a session goes on in it, and other networks are not concerned.
    assert ask("192.0.2.7", began) == 200
    assert ask("198.51.100.7") == 200
