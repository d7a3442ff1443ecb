"""Keys, passwords, roles and users can be changed within 15 minutes of signing in."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from newsroom.accounts.sessions import sessions_of
from newsroom.models import AuthenticatorApp, Passkey, SecurityEvent
from tests.factories import make_user
from tests.newsroom.accounts.conftest import (
    PASSWORD,
    code_of,
    give_app,
    give_passkey,
)

Kind = SecurityEvent.Kind
QUESTION = "Confirm that it is you"


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


@pytest.fixture
def stale(client, chief, clock):
    """A superuser who signed in 15 minutes ago."""
    client.force_login(chief)
    clock.shift(timedelta(minutes=15))
    return client


def confirm(client, address, *, begun_by="get", password=PASSWORD, **sent):
    return client.post(
        address,
        {"confirm_begun_by": begun_by, "confirm_password": password} | sent,
    )


def addresses(chief):
    passkey = Passkey.objects.create(
        user=chief, name="Key", credential_id="x", credential=b"", user_handle=b"x"
    )
    user, group = make_user(role="Writers"), Group.objects.first()
    app_and_codes = ["add_factor", "add_passkey", "add_app", "new_codes"]
    AuthenticatorApp.objects.create(user=chief, encrypted_secret="x")
    return [
        *map(reverse, app_and_codes),
        reverse("remove_passkey", args=[passkey.pk]),
        reverse("remove_app"),
        reverse("admin:password_change"),
        reverse("admin:auth_user_add"),
        reverse("admin:auth_user_change", args=[user.pk]),
        reverse("admin:auth_user_delete", args=[user.pk]),
        reverse("admin:auth_user_password_change", args=[user.pk]),
        reverse("admin:auth_user_reset_second_factor", args=[user.pk]),
        reverse("admin:auth_group_add"),
        reverse("admin:auth_group_change", args=[group.pk]),
        reverse("admin:auth_group_delete", args=[group.pk]),
    ]


def test_everything_that_changes_an_account_asks_first(client, chief, clock, settings):
    # So that the session is valid without the second factor that this test invents.
    settings.STAFF_SECOND_FACTOR = "offered"
    client.force_login(chief)
    session = client.session
    session["second_factor"] = "passkey"
    session.save()
    found = addresses(chief)
    for address in found:
        assert QUESTION not in client.get(address).text, address
    clock.shift(timedelta(minutes=15))
    before = list(User.objects.values()), list(Group.objects.values())
    for address in found:
        page = client.get(address)
        assert QUESTION in page.text, address
        assert "no-store" in page.headers["Cache-Control"], address
        answer = client.post(address, {"post": "yes", "reason": "x", "name": "x"})
        assert answer.status_code == 403, address
        assert QUESTION in answer.text, address
    assert (list(User.objects.values()), list(Group.objects.values())) == before
    assert Passkey.objects.exists()
    assert AuthenticatorApp.objects.exists()


def test_scripts_are_refused_in_a_sentence(stale):
    for name in ["registration_options", "register_passkey"]:
        answer = stale.post(reverse(name), headers={"accept": "application/json"})
        assert answer.status_code == 403
        assert "confirm that it is you" in answer.json()["problem"]


def test_lists_and_everything_else_do_not_ask(stale):
    for name in ["admin:index", "account", "admin:auth_user_changelist"]:
        assert QUESTION not in stale.get(reverse(name)).text


def test_the_password_goes_on_to_where_it_was_asked(stale, chief, clock):
    address = reverse("admin:auth_user_add") + "?x=1"
    answer = confirm(stale, address)
    assert answer.url == address
    assert QUESTION not in stale.get(address).text
    assert SecurityEvent.objects.get().kind == Kind.CONFIRMED
    clock.shift(timedelta(minutes=15))
    assert QUESTION in stale.get(address).text


def test_what_was_typed_is_kept_and_done_once_it_is_known_who_asks(stale):
    user = make_user(role="Writers")
    address = reverse("admin:auth_user_change", args=[user.pk])
    sent = {
        "username": "newname",
        "email": 'a"b<c>@x.example',
        "groups": [g.pk for g in Group.objects.all()],
        "date_joined_0": "2026-01-01",
        "date_joined_1": "12:00:00",
        "password1": "violet staple",
        "_save": "Save",
    }
    page = stale.post(address, sent)
    assert page.status_code == 403
    carried = page.context["carried"]
    assert ("username", "newname") in carried
    assert len([name for name, _ in carried if name == "groups"]) == 3
    assert "violet staple" not in page.text
    fields = {}
    for name, value in carried:
        fields.setdefault(name, []).append(value)
    fields["email"] = ["new@news.example"]
    assert confirm(stale, address, begun_by="post", **fields).status_code == 302
    user.refresh_from_db()
    assert (user.username, user.email) == ("newname", "new@news.example")
    assert user.groups.count() == 3


def test_a_wrong_password_is_refused_and_counted(stale, chief):
    address = reverse("admin:auth_group_add")
    for _ in range(10):
        answer = confirm(stale, address, password="wrong")
        assert answer.status_code == 403
        assert "not your password" in answer.text
    assert confirm(stale, address).status_code == 429
    assert set(SecurityEvent.objects.values_list("kind", flat=True)) == {
        Kind.CONFIRMATION_FAILED
    }
    assert QUESTION in stale.get(address).text


def test_whoever_has_a_second_factor_confirms_with_both(client, chief, clock):
    secret = give_app(chief)
    client.post(reverse("admin:login"), {"username": "chief", "password": PASSWORD})
    client.post(reverse("second_step"), {"code": code_of(secret)})
    clock.shift(timedelta(minutes=15))
    address = reverse("add_passkey")
    assert QUESTION in confirm(client, address).text
    assert QUESTION in confirm(client, address, confirm_code="000000").text
    # The password is checked first: if it is wrong, no code is used up.
    code = code_of(secret)
    assert QUESTION in confirm(client, address, password="x", confirm_code=code).text
    assert confirm(client, address, confirm_code=code).url == address
    assert QUESTION not in client.get(address).text


@pytest.mark.parametrize("every", [True, False])
def test_a_session_that_was_left_open_ends_no_other(stale, chief, every):
    """Else a thief would put the owner out. ASVS 5.0, 7.5.2."""
    Client().force_login(chief)
    [other] = [
        one["id"]
        for one in sessions_of(chief, stale.session.session_key)
        if not one["is_current"]
    ]
    address = (
        reverse("end_other_sessions") if every else reverse("end_session", args=[other])
    )
    answer = stale.post(address)
    assert answer.status_code == 403
    assert QUESTION in answer.text
    assert len(sessions_of(chief, "")) == 2
    assert confirm(stale, address, begun_by="post").url == reverse("account")
    assert len(sessions_of(chief, "")) == 1


def test_a_passkey_confirms_by_itself(client, chief, clock):
    phone = give_passkey(chief)
    options = client.post(reverse("passkey_options")).json()
    client.post(reverse("passkey_sign_in"), {"credential": phone.sign(options)})
    clock.shift(timedelta(minutes=15))
    address = reverse("new_codes")
    assert "passkeys.js" in client.get(address).text
    options = client.post(reverse("confirm_options")).json()
    refused = phone.sign(options, origin="https://evil.example")
    sent = {"credential": refused}
    assert client.post(reverse("confirm_by_passkey"), sent).status_code == 422
    assert QUESTION in client.get(address).text
    options = client.post(reverse("confirm_options")).json()
    sent = {"credential": phone.sign(options)}
    assert client.post(reverse("confirm_by_passkey"), sent).status_code == 200
    # The script then submits the form, without a password.
    assert client.post(address, {"confirm_begun_by": "get"}).url == address
    assert QUESTION not in client.get(address).text


def test_somebody_elses_passkey_confirms_nothing(client, chief, clock):
    give_passkey(chief)
    theirs = give_passkey(make_user(role="Editors"))
    client.force_login(chief)
    session = client.session
    session["second_factor"] = "passkey"
    session.save()
    options = client.post(reverse("confirm_options")).json()
    sent = {"credential": theirs.sign(options)}
    assert client.post(reverse("confirm_by_passkey"), sent).status_code == 422


def test_whoever_may_not_is_refused_and_not_asked(editor, clock):
    client = Client()
    client.force_login(editor)
    clock.shift(timedelta(minutes=15))
    for name in ["admin:auth_user_add", "admin:auth_group_add"]:
        assert client.get(reverse(name)).status_code == 403
