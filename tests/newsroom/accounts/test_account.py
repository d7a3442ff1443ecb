"""“Your account”: what it shows, and adding, naming and removing factors."""

from base64 import b32decode

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from newsroom.accounts import account_mail, recovery_codes
from newsroom.accounts.encryption import encrypt
from newsroom.accounts.factors import NEW_CODES
from newsroom.models import AuthenticatorApp, Passkey, SecurityEvent
from tests.factories import make_user
from tests.newsroom.accounts.authenticator import Authenticator
from tests.newsroom.accounts.conftest import (
    code_of,
    give_app,
    give_passkey,
    is_in,
)

Kind = SecurityEvent.Kind
ACCOUNT = "/admin/account/"


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def sign_in_with(client, user, secret):
    client.post(
        "/admin/login/",
        {"username": user.get_username(), "password": "correct horse battery"},
    )
    assert (
        client.post("/admin/login/second/", {"code": code_of(secret)}).status_code
        == 302
    )


def add_app(client):
    """Add an app as somebody who scans the QR code. Returns the secret and the answer."""
    page = client.get(reverse("add_app"))
    secret = b32decode(page.context["secret"].replace(" ", "")).hex()
    sent = {"secret": page.context["form"]["secret"].value(), "code": code_of(secret)}
    return secret, client.post(reverse("add_app"), sent)


def add_passkey(client, *, name="Phone"):
    phone = Authenticator()
    options = client.post(reverse("registration_options")).json()
    sent = {"credential": phone.make(options), "name": name}
    return phone, client.post(reverse("register_passkey"), sent)


def mails():
    account_mail.send_due_account_mail()
    return [message.body for message in mail.outbox]


# The page


def test_the_account_is_reached_from_every_page_of_the_desk(desk):
    assert f'href="{ACCOUNT}"' in desk.get("/admin/").text
    page = desk.get(ACCOUNT)
    assert page.status_code == 200
    assert reverse("add_passkey") in page.text
    assert reverse("add_app") in page.text
    assert reverse("admin:password_change") in page.text


def test_the_first_page_of_the_desk_asks_for_a_second_step_until_there_is_one(
    desk, editor, settings
):
    assert "Add a second factor" in desk.get("/admin/").text
    settings.STAFF_SECOND_FACTOR = "off"
    assert "Add a second factor" not in desk.get("/admin/").text
    settings.STAFF_SECOND_FACTOR = "offered"
    add_app(desk)
    assert "Add a second factor" not in desk.get("/admin/").text


def test_it_lists_factors_sessions_and_what_happened(desk, editor):
    add_passkey(desk, name="<b>Phone</b>")
    add_app(desk)
    page = desk.get(ACCOUNT)
    assert "&lt;b&gt;Phone&lt;/b&gt;" in page.text
    assert "Authenticator app" in page.text
    assert "10 left" in page.text
    assert "Second factor added" in page.text
    assert "this one" in page.text


def test_it_costs_the_same_with_few_and_with_many(
    desk, editor, django_assert_num_queries
):
    def queries():
        with django_assert_num_queries(11):
            assert desk.get(ACCOUNT).status_code == 200

    add_passkey(desk)
    queries()
    for _ in range(4):
        give_passkey(editor)
        Client().force_login(editor)
        desk.get("/admin/comments/term/add/")
    queries()


def test_switched_off_it_shows_sessions_and_password_only(desk, settings):
    settings.STAFF_SECOND_FACTOR = "off"
    page = desk.get(ACCOUNT)
    assert "Second factor" not in page.text
    assert "Where you are signed in" in page.text
    for name in ["add_factor", "add_passkey", "add_app"]:
        assert desk.get(reverse(name)).status_code == 404


def test_where_passkeys_are_not_possible_the_app_is_offered_alone(desk, settings):
    settings.SITE_URL = "http://192.0.2.7"
    assert reverse("add_passkey") not in desk.get(ACCOUNT).text
    assert (
        "Passkeys are not available on this site"
        in desk.get(reverse("add_passkey")).text
    )
    assert desk.post(reverse("registration_options")).status_code == 404


# Adding


def test_the_first_factor_brings_codes_ends_other_sessions_and_a_mail(desk, editor):
    other = Client()
    other.force_login(editor)
    _, answer = add_app(desk)
    assert answer.url == reverse("recovery_codes")
    codes = desk.get(answer.url).context["codes"]
    assert all(code in desk.get(answer.url).text for code in codes)
    assert recovery_codes.unused_codes(editor) == 10
    assert (is_in(desk), is_in(other)) == (True, False)
    [body] = mails()
    assert "Second factor added. An authenticator app." in body
    assert [event.kind for event in SecurityEvent.objects.about(editor)] == [
        Kind.FACTOR_ADDED
    ]


def test_the_codes_are_shown_until_they_are_put_away_and_are_not_readable_in_the_session(
    desk, editor
):
    add_app(desk)
    codes = desk.get(reverse("recovery_codes")).context["codes"]
    assert codes[0] not in desk.session[NEW_CODES]
    desk.post(reverse("put_codes_away"))
    assert desk.get(reverse("recovery_codes")).url == ACCOUNT
    assert recovery_codes.use_recovery_code(editor, codes[0])


def test_a_further_factor_brings_no_new_codes(desk, editor):
    secret, _ = add_app(desk)
    codes = desk.get(reverse("recovery_codes")).context["codes"]
    _, answer = add_passkey(desk)
    assert answer.json() == {"next": ACCOUNT}
    assert recovery_codes.use_recovery_code(editor, codes[0])
    assert Passkey.objects.get().name == "Phone"


def test_an_app_that_shows_another_code_is_not_added_and_the_secret_stays(desk):
    page = desk.get(reverse("add_app"))
    sent = {"secret": page.context["form"]["secret"].value(), "code": "000000"}
    answer = desk.post(reverse("add_app"), sent)
    assert answer.status_code == 422
    assert "does not match" in answer.text
    assert answer.context["secret"] == page.context["secret"]
    assert not AuthenticatorApp.objects.exists()


@pytest.mark.parametrize("secret", ["", "nonsense", encrypt("0:" + "ab" * 20)])
def test_a_secret_that_was_not_made_for_this_account_is_not_taken(desk, secret):
    sent = {"secret": secret, "code": code_of("ab" * 20)}
    answer = desk.post(reverse("add_app"), sent)
    assert answer.status_code == 422
    assert "This page has expired" in answer.text
    assert answer.context["picture"]
    assert not AuthenticatorApp.objects.exists()


def test_another_phone_takes_the_place_of_the_first(desk, editor):
    first, _ = add_app(desk)
    second, answer = add_app(desk)
    assert answer.url == ACCOUNT
    assert AuthenticatorApp.objects.count() == 1
    client = Client()
    client.post(
        "/admin/login/", {"username": "edith", "password": "correct horse battery"}
    )
    assert (
        client.post("/admin/login/second/", {"code": code_of(first)}).status_code == 422
    )
    assert "in place of the last" in mails()[-1]


def test_the_code_that_added_the_app_signs_nobody_in(desk, editor):
    page = desk.get(reverse("add_app"))
    secret = b32decode(page.context["secret"].replace(" ", "")).hex()
    code = code_of(secret)
    sent = {"secret": page.context["form"]["secret"].value(), "code": code}
    assert desk.post(reverse("add_app"), sent).status_code == 302
    client = Client()
    client.post(
        "/admin/login/", {"username": "edith", "password": "correct horse battery"}
    )
    assert client.post("/admin/login/second/", {"code": code}).status_code == 422


def test_what_is_no_passkey_is_refused_in_a_sentence(desk):
    answer = desk.post(reverse("register_passkey"), {"credential": "{}"})
    assert answer.status_code == 422
    assert answer.json()["problem"].endswith(".")


def test_pages_work_under_the_strict_policy(desk):
    add_passkey(desk)
    key = Passkey.objects.get().pk
    for address in [
        ACCOUNT,
        reverse("add_factor"),
        reverse("add_passkey"),
        reverse("add_app"),
        reverse("recovery_codes"),
        reverse("new_codes"),
        reverse("remove_passkey", args=[key]),
        reverse("admin:password_change"),
    ]:
        page = desk.get(address)
        assert page.status_code == 200, address
        assert "style=" not in page.text, address
        assert "<style" not in page.text, address
        assert "no-store" in page.headers["Cache-Control"], address
        assert "unsafe" not in page.headers["Content-Security-Policy"], address


# Naming and removing


def test_a_passkey_is_renamed_by_its_owner_only(desk, editor):
    add_passkey(desk)
    passkey = Passkey.objects.get()
    address = reverse("rename_passkey", args=[passkey.pk])
    desk.post(address, {"name": "Key ring"})
    passkey.refresh_from_db()
    assert passkey.name == "Key ring"
    desk.post(address, {"name": " "})
    desk.post(address, {"name": "x" * 61})
    passkey.refresh_from_db()
    assert passkey.name == "Key ring"
    other = Client()
    other.force_login(make_user(role="Editors"))
    assert other.post(address, {"name": "Mine"}).status_code == 404
    assert other.post(reverse("remove_passkey", args=[passkey.pk])).status_code == 404
    assert Passkey.objects.get().name == "Key ring"


def test_removing_asks_first_ends_other_sessions_and_is_mailed(desk, editor):
    add_passkey(desk)
    add_app(desk)
    other = Client()
    sign_in_with(other, editor, give_new_app(editor))
    passkey = Passkey.objects.get()
    address = reverse("remove_passkey", args=[passkey.pk])
    assert "Remove the passkey “Phone”" in desk.get(address).text
    assert Passkey.objects.exists()
    assert desk.post(address).url == ACCOUNT
    assert not Passkey.objects.exists()
    assert (is_in(desk), is_in(other)) == (True, False)
    assert recovery_codes.unused_codes(editor) == 10
    assert "Second factor removed. The passkey “Phone”." in mails()[-1]


def give_new_app(user):
    AuthenticatorApp.objects.filter(user=user).delete()
    return give_app(user)


def test_with_the_last_factor_go_the_recovery_codes(desk, editor):
    add_app(desk)
    assert desk.post(reverse("remove_app")).url == ACCOUNT
    assert not AuthenticatorApp.objects.exists()
    assert not editor.recovery_codes.exists()
    assert is_in(desk)


def test_the_last_factor_stays_where_one_is_required(desk, editor, settings):
    add_app(desk)
    settings.STAFF_SECOND_FACTOR = "required"
    answer = desk.post(reverse("remove_app"), follow=True)
    assert "Add another one first" in answer.text
    assert AuthenticatorApp.objects.exists()
    assert recovery_codes.unused_codes(editor) == 10
    add_passkey(desk)
    desk.post(reverse("remove_app"))
    assert not AuthenticatorApp.objects.exists()


def test_new_codes_take_the_place_of_the_old(desk, editor):
    add_app(desk)
    earlier = desk.get(reverse("recovery_codes")).context["codes"]
    assert "Your 10 remaining codes" in desk.get(reverse("new_codes")).text
    assert desk.post(reverse("new_codes")).url == reverse("recovery_codes")
    codes = desk.get(reverse("recovery_codes")).context["codes"]
    assert not set(codes) & set(earlier)
    assert not recovery_codes.use_recovery_code(editor, earlier[0])
    assert "do not work any more" in mails()[-1]


def test_without_a_factor_there_are_no_codes(desk, editor):
    assert desk.post(reverse("new_codes")).url == ACCOUNT
    assert not editor.recovery_codes.exists()


# The password


def test_changing_the_password_ends_other_sessions_and_is_mailed(desk, editor):
    other = Client()
    other.force_login(editor)
    sent = {
        "old_password": "correct horse battery",
        "new_password1": "staple and violet 9",
        "new_password2": "staple and violet 9",
    }
    answer = desk.post(reverse("admin:password_change"), sent)
    assert answer.url == reverse("admin:password_change_done")
    assert (is_in(desk), is_in(other)) == (True, False)
    [body] = mails()
    assert "every other session has ended" in body
    assert SecurityEvent.objects.get().kind == Kind.PASSWORD_CHANGED
