"""Signing in with password and second factor, and everything that must not be enough."""

import json
from base64 import b32decode
from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from newsroom.accounts import account_mail, recovery_codes, second_factor
from newsroom.models import Passkey, SecurityEvent, StaffSession
from tests.factories import make_user
from tests.newsroom.accounts.authenticator import Authenticator
from tests.newsroom.accounts.conftest import (
    PASSWORD,
    code_of,
    give_app,
    give_passkey,
    is_in,
)

Kind = SecurityEvent.Kind
LOGIN = "/admin/login/"
SECOND = "/admin/login/second/"
OPTIONS = "/admin/login/passkey/options/"
BY_PASSKEY = "/admin/login/passkey/"


def type_code(client, code, **extra):
    return client.post(SECOND, {"code": code}, **extra)


def options_for(client, **sent):
    return client.post(OPTIONS, sent).json()


def answer_with(client, credential, **sent):
    return client.post(BY_PASSKEY, {"credential": credential} | sent)


def kinds_of(user):
    return list(
        SecurityEvent.objects.about(user).order_by("id").values_list("kind", flat=True)
    )


# The password alone


def test_without_a_second_factor_the_password_signs_in(client, editor, type_password):
    answer = type_password(editor, next_address="/admin/articles/article/")
    assert answer.url == "/admin/articles/article/"
    assert is_in(client)
    assert kinds_of(editor) == [Kind.SIGNED_IN]


def test_with_one_the_password_signs_nobody_in(client, editor, type_password):
    give_app(editor)
    answer = type_password(editor, next_address="/admin/articles/article/")
    assert answer.url == SECOND
    assert not is_in(client)
    assert not StaffSession.objects.of(editor).exists()
    assert kinds_of(editor) == []
    editor.refresh_from_db()
    assert editor.last_login is None


def test_whoever_was_signed_in_before_is_not_any_more(client, editor, type_password):
    client.force_login(make_user(role="Writers"))
    give_app(editor)
    type_password(editor)
    assert not is_in(client)


def test_switched_off_nobody_is_asked(client, editor, type_password, settings):
    settings.STAFF_SECOND_FACTOR = "off"
    give_app(editor)
    type_password(editor)
    assert is_in(client)


# The code


def test_the_code_of_the_app_signs_in_and_goes_on(client, editor, type_password):
    secret = give_app(editor)
    type_password(editor, next_address="/admin/articles/article/")
    before = client.session.session_key
    answer = type_code(client, code_of(secret))
    assert answer.url == "/admin/articles/article/"
    assert is_in(client)
    assert client.session.session_key != before
    assert kinds_of(editor) == [Kind.SIGNED_IN]
    event = SecurityEvent.objects.get()
    assert event.detail == "With password and authenticator app."


def test_a_code_is_taken_once_by_whoever_it_is(client, editor, type_password):
    secret = give_app(editor)
    type_password(editor)
    code = code_of(secret)
    type_code(client, code)
    other = Client()
    type_password(editor, client=other)
    answer = type_code(other, code)
    assert answer.status_code == 422
    assert "was already used" in answer.text
    assert not is_in(other)


def test_a_recovery_code_signs_in_once_and_its_owner_is_told(
    client, editor, type_password
):
    give_passkey(editor)
    code = recovery_codes.replace_codes(editor)[0]
    type_password(editor)
    assert type_code(client, code.upper()).status_code == 302
    assert is_in(client)
    account_mail.send_due_account_mail()
    [message] = mail.outbox
    assert message.to == ["edith@news.example"]
    assert "A recovery code was used; 9 are left." in message.body
    other = Client()
    type_password(editor, client=other)
    assert type_code(other, code).status_code == 422
    assert not is_in(other)


def test_codes_of_another_account_are_none_of_this_one(client, editor, type_password):
    give_app(editor)
    other = make_user(role="Writers")
    theirs = give_app(other)
    codes = recovery_codes.replace_codes(other)
    type_password(editor)
    assert type_code(client, code_of(theirs)).status_code == 422
    assert type_code(client, codes[0]).status_code == 422
    assert not is_in(client)


def test_five_wrong_codes_end_it_and_the_owner_is_told_after_three(
    client, editor, type_password
):
    secret = give_app(editor)
    type_password(editor)
    for number in range(4):
        assert type_code(client, "000000").status_code == 422
        account_mail.send_due_account_mail()
        assert len(mail.outbox) == (number >= 2)
    assert type_code(client, "000000").url == LOGIN
    assert "The password was right" in mail.outbox[0].body
    assert type_code(client, code_of(secret)).url.startswith(LOGIN)
    assert not is_in(client)
    assert kinds_of(editor) == [Kind.FACTOR_FAILED] * 5


def test_wrong_codes_count_like_wrong_passwords(client, editor, type_password):
    secret = give_app(editor)
    for number in range(10):
        if number % 4 == 0:
            type_password(editor)
        assert type_code(client, "000000").status_code == 422
    answer = type_code(client, code_of(secret))
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert not is_in(client)


def test_the_password_is_remembered_for_a_quarter_of_an_hour(
    client, editor, type_password
):
    secret = give_app(editor)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        type_password(editor)
        clock.shift(timedelta(minutes=15))
        assert type_code(client, code_of(secret)).url.startswith(LOGIN)
        assert not is_in(client)


def test_a_password_that_was_changed_meanwhile_is_forgotten(
    client, editor, type_password
):
    secret = give_app(editor)
    type_password(editor)
    editor.set_password("another one, and longer")
    editor.save()
    assert type_code(client, code_of(secret)).url.startswith(LOGIN)
    assert not is_in(client)


@pytest.mark.parametrize("field", ["is_active", "is_staff"])
def test_an_account_that_may_not_come_in_does_not(client, editor, type_password, field):
    secret = give_app(editor)
    phone = give_passkey(editor)
    type_password(editor)
    setattr(editor, field, False)
    editor.save()
    assert type_code(client, code_of(secret)).url.startswith(LOGIN)
    credential = phone.sign(options_for(client))
    assert answer_with(client, credential).status_code == 422
    assert not is_in(client)


def test_the_second_step_without_the_first_leads_to_it(client, editor):
    secret = give_app(editor)
    assert client.get(SECOND).url.startswith(LOGIN)
    assert type_code(client, code_of(secret)).url.startswith(LOGIN)
    assert not is_in(client)


def test_the_second_step_leads_nowhere_else(client, editor, type_password):
    secret = give_app(editor)
    type_password(editor, next_address="https://evil.example/")
    assert type_code(client, code_of(secret)).url == "/admin/"


# Passkeys


def test_a_passkey_signs_in_without_name_and_password(client, editor):
    phone = give_passkey(editor)
    options = options_for(client)
    assert "allowCredentials" not in options["publicKey"]
    assert options["publicKey"]["userVerification"] == "required"
    answer = answer_with(client, phone.sign(options), next="/admin/articles/article/")
    assert answer.json() == {"next": "/admin/articles/article/"}
    assert is_in(client)
    assert SecurityEvent.objects.get().detail == "With the passkey “Phone”."


def test_a_passkey_after_the_password_is_one_of_this_account(
    client, editor, type_password
):
    phone = give_passkey(editor)
    theirs = give_passkey(make_user(role="Writers"))
    type_password(editor)
    options = options_for(client, step="second")
    assert [one["id"] for one in options["publicKey"]["allowCredentials"]] == [
        editor.passkeys.get().credential_id
    ]
    assert answer_with(client, theirs.sign(options), step="second").status_code == 422
    assert not is_in(client)
    options = options_for(client, step="second")
    assert answer_with(client, phone.sign(options), step="second").status_code == 200
    assert is_in(client)
    assert client.session["_auth_user_id"] == str(editor.pk)


@pytest.mark.parametrize(
    "how", [{"origin": "https://evil.example"}, {"is_verified": False}, {"counter": 3}]
)
def test_an_assertion_that_is_wrong_lets_nobody_in(client, editor, how):
    phone = give_passkey(editor)
    Passkey.objects.update(sign_count=3)
    answer = answer_with(client, phone.sign(options_for(client), **how))
    assert answer.status_code == 422
    assert answer.json()["problem"].endswith(".")
    assert not is_in(client)


def test_an_assertion_that_was_seen_before_lets_nobody_in(client, editor):
    phone = give_passkey(editor)
    credential = phone.sign(options_for(client), counter=0)
    assert answer_with(client, credential).status_code == 200
    for thief in [client, Client()]:
        options_for(thief)
        assert answer_with(thief, credential).status_code == 422
    assert not is_in(thief)


def test_the_challenge_of_one_browser_is_worth_nothing_in_another(client, editor):
    phone = give_passkey(editor)
    credential = phone.sign(options_for(client))
    assert answer_with(Client(), credential).status_code == 422


def test_a_passkey_leads_to_no_other_site(client, editor):
    phone = give_passkey(editor)
    answer = answer_with(
        client, phone.sign(options_for(client)), next="https://evil.example/"
    )
    assert answer.json() == {"next": "/admin/"}


def test_wrong_passwords_of_others_do_not_stop_a_passkey(client, editor, type_password):
    phone = give_passkey(editor)
    for _ in range(11):
        type_password(editor, password="wrong")
    assert type_password(editor).status_code == 429
    assert answer_with(client, phone.sign(options_for(client))).status_code == 200
    assert is_in(client)


def test_a_challenge_is_a_post_with_djangos_token(editor):
    assert Client().get(OPTIONS).status_code == 405
    careful = Client(enforce_csrf_checks=True)
    assert careful.post(OPTIONS).status_code == 403
    assert careful.post(BY_PASSKEY).status_code == 403


def test_the_session_of_a_challenge_ends_with_it(client, editor):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        options_for(client)
        assert StaffSession.objects.lasting().count() == 1
        clock.shift(timedelta(minutes=10))
        assert StaffSession.objects.forget_old() == 1


def test_looking_at_the_login_page_makes_no_session(client, db):
    page = client.get(LOGIN)
    assert 'autocomplete="username webauthn"' in page.text
    assert "desk/passkeys.js" in page.text
    assert not StaffSession.objects.exists()


def test_where_there_can_be_no_passkeys_none_are_offered(client, editor, settings):
    settings.SITE_URL = "http://192.0.2.7"
    assert "passkeys.js" not in client.get(LOGIN).text
    assert client.post(OPTIONS).status_code == 404
    assert client.post(BY_PASSKEY).status_code == 404


# An incomplete session


def test_a_session_from_before_the_factor_is_nobodys(client, editor):
    client.force_login(editor)
    assert is_in(client)
    give_app(editor)
    assert not is_in(client)
    assert client.get("/admin/account/").status_code == 302


def test_a_complete_session_stays_when_factors_are_added(client, editor, type_password):
    secret = give_app(editor)
    type_password(editor)
    type_code(client, code_of(secret))
    give_passkey(editor)
    assert is_in(client)


def test_asking_who_it_is_costs_no_query_more(
    client, editor, django_assert_num_queries
):
    client.force_login(editor)
    # The session and its account.
    with django_assert_num_queries(2):
        assert client.get("/admin/jsi18n/").status_code == 200


# When it is required


@pytest.fixture
def required(settings):
    settings.STAFF_SECOND_FACTOR = "required"


def test_where_one_is_required_the_password_leads_to_adding_one(
    client, editor, type_password, required
):
    assert type_password(editor).url == SECOND
    assert client.get(SECOND).url == reverse("add_factor")
    page = client.get(reverse("add_factor"))
    assert "requires a second factor" in page.text
    assert not is_in(client)
    for name in ["account", "new_codes", "recovery_codes"]:
        assert client.get(reverse(name)).url.startswith(LOGIN)


def test_adding_an_app_signs_a_newcomer_in_and_shows_the_codes(
    client, editor, type_password, required
):
    type_password(editor, next_address="/admin/articles/article/")
    page = client.get(reverse("add_app"))
    secret = "".join(page.context["secret"].split())
    code = code_of(b32decode(secret).hex())
    sent = {"secret": page.context["form"]["secret"].value(), "code": code}
    answer = client.post(reverse("add_app"), sent)
    assert answer.url == reverse("recovery_codes")
    assert is_in(client)
    codes = client.get(answer.url).context["codes"]
    assert len(codes) == 10
    assert client.post(reverse("put_codes_away")).url == "/admin/articles/article/"
    assert client.get(reverse("recovery_codes")).url == reverse("account")
    assert kinds_of(editor) == [Kind.FACTOR_ADDED, Kind.SIGNED_IN]


def test_adding_a_passkey_signs_a_newcomer_in(client, editor, type_password, required):
    type_password(editor)
    options = client.post(reverse("registration_options")).json()
    sent = {"credential": Authenticator().make(options), "name": "Phone"}
    answer = client.post(reverse("register_passkey"), sent)
    assert answer.json() == {"next": reverse("recovery_codes")}
    assert is_in(client)


def test_a_session_from_before_the_requirement_is_nobodys(client, editor, settings):
    client.force_login(editor)
    assert is_in(client)
    settings.STAFF_SECOND_FACTOR = "required"
    assert not is_in(client)


def test_with_a_factor_nobody_adds_one_by_password_alone(
    client, editor, type_password, required
):
    give_app(editor)
    type_password(editor)
    for name in ["add_factor", "add_passkey", "add_app"]:
        assert client.get(reverse(name)).url.startswith(LOGIN)
    assert client.post(reverse("registration_options")).url.startswith(LOGIN)
    assert client.post(reverse("register_passkey")).url.startswith(LOGIN)


def test_before_its_day_the_requirement_is_announced(
    client, editor, type_password, required, settings
):
    settings.STAFF_SECOND_FACTOR_FROM = timezone.localdate() + timedelta(days=1)
    type_password(editor)
    assert "signing in requires a passkey" in client.get("/admin/").text
    assert "This site requires one" in client.get(reverse("account")).text
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        other = Client()
        assert type_password(editor, client=other).url == SECOND


def test_the_day_is_one_of_the_sites_time_zone(settings):
    settings.STAFF_SECOND_FACTOR = "required"
    settings.STAFF_SECOND_FACTOR_FROM = date(2027, 1, 31)
    settings.TIME_ZONE = "Asia/Tokyo"
    with time_machine.travel("2027-01-30T14:59:00Z"):
        assert not second_factor.is_required()
    with time_machine.travel("2027-01-30T15:01:00Z"):
        assert second_factor.is_required()


def test_the_pages_need_no_inline_script_or_style(client, editor, type_password):
    give_passkey(editor)
    type_password(editor)
    for address in [LOGIN, SECOND]:
        page = client.get(address)
        assert page.status_code == 200
        assert "style=" not in page.text
        assert "unsafe" not in page.headers["Content-Security-Policy"]
        assert "no-store" in page.headers["Cache-Control"]


def test_names_and_answers_tell_nobody_whether_there_is_an_account(client, db):
    answer = answer_with(client, json.dumps({"rawId": "x", "response": {}}))
    assert answer.status_code == 422
    assert not SecurityEvent.objects.exists()
    assert (
        client.post(LOGIN, {"username": "x", "password": PASSWORD}).status_code == 200
    )
