import pytest
from django.contrib.auth.models import Group, User
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from newsroom.accounts import account_mail
from newsroom.models import SecurityEvent
from tests.factories import make_user
from tests.newsroom.accounts.conftest import (
    PASSWORD,
    chief,  # noqa: F401
    editor,  # noqa: F401
    give_app,
    give_passkey,
    is_in,
)

Kind = SecurityEvent.Kind


@pytest.fixture
def boss(client, chief):  # noqa: F811
    client.force_login(chief)
    return client


def user_form(user, **changes):
    return {
        "username": user.username,
        "email": user.email,
        "is_active": "on",
        "is_staff": "on",
        "groups": [group.pk for group in user.groups.all()],
        "date_joined_0": "2026-01-01",
        "date_joined_1": "12:00:00",
    } | changes


def mails():
    account_mail.send_due_account_mail()
    return [(message.to, message.body) for message in mail.outbox]


def reset_address(user):
    return reverse("admin:auth_user_reset_second_factor", args=[user.pk])


def test_a_superuser_resets_the_factors_of_somebody_who_is_locked_out(
    boss,
    editor,  # noqa: F811
):
    give_app(editor)
    give_passkey(editor)
    editor_session = Client()
    editor_session.force_login(editor)
    form = boss.get(reverse("admin:auth_user_change", args=[editor.pk]))
    assert "1 passkey and an authenticator app" in form.text
    assert reset_address(editor) in form.text
    assert "are removed" in boss.get(reset_address(editor)).text
    refused = boss.post(reset_address(editor), {"reason": " "})
    assert refused.status_code == 422
    assert editor.passkeys.exists()
    boss.post(reset_address(editor), {"reason": "Phone lost; I know her voice."})
    assert not editor.passkeys.exists()
    assert not editor.recovery_codes.exists()
    assert not hasattr(User.objects.get(pk=editor.pk), "authenticator_app")
    assert not is_in(editor_session)
    event = SecurityEvent.objects.get(kind=Kind.FACTORS_RESET)
    assert event.user == editor
    assert (
        event.detail
        == "All second factors were removed by chief. Reason: Phone lost; I know her voice."
    )
    [(to, body)] = mails()
    assert to == ["edith@news.example"]
    assert "I know her voice" in body
    client = Client()
    client.post("/admin/login/", {"username": "edith", "password": PASSWORD})
    assert is_in(client)


def test_nobody_else_resets_factors(editor):  # noqa: F811
    victim = make_user(role="Writers")
    give_app(victim)
    client = Client()
    for user in [editor, make_user(role="Moderators")]:
        client.force_login(user)
        answer = client.post(reset_address(victim), {"reason": "x"})
        assert answer.status_code == 403
    assert victim.authenticator_app


def test_changes_of_an_account_are_recorded_and_mailed(boss, editor):  # noqa: F811
    address = reverse("admin:auth_user_change", args=[editor.pk])
    groups = [Group.objects.get(name="Moderators").pk]
    answer = boss.post(address, user_form(editor, groups=groups))
    assert answer.status_code == 302
    event = SecurityEvent.objects.get(kind=Kind.ACCOUNT_CHANGED)
    assert (event.user, event.name) == (editor, "edith")
    assert event.detail.startswith("Changed by chief.")
    assert "Groups" in event.detail
    [(to, body)] = mails()
    assert to == ["edith@news.example"]
    assert "Groups" in body


def test_a_password_that_a_superuser_sets_ends_the_sessions_of_its_owner(
    boss,
    editor,  # noqa: F811
):
    theirs = Client()
    theirs.force_login(editor)
    address = reverse("admin:auth_user_password_change", args=[editor.pk])
    sent = {
        "password1": "staple and violet 9",
        "password2": "staple and violet 9",
        "usable_password": "true",
        "set-password": "Change password",
    }
    assert boss.post(address, sent).status_code == 302
    assert not is_in(theirs)
    assert not editor.staff_sessions.exists()
    assert SecurityEvent.objects.get().kind == Kind.PASSWORD_CHANGED
    assert is_in(boss)


@pytest.mark.parametrize("ended", ["is_active", "is_staff"])
def test_who_is_let_in_again_has_to_sign_in_anew(boss, editor, ended):  # noqa: F811
    theirs = Client()
    theirs.force_login(editor)
    address = reverse("admin:auth_user_change", args=[editor.pk])
    sent = user_form(editor)
    del sent[ended]
    assert boss.post(address, sent).status_code == 302
    assert not is_in(theirs)
    assert boss.post(address, user_form(editor)).status_code == 302
    assert not is_in(theirs)
    assert is_in(boss)


def test_a_changed_address_is_told_to_the_earlier_one_too(boss, editor):  # noqa: F811
    address = reverse("admin:auth_user_change", args=[editor.pk])
    sent = user_form(editor, email="thief@elsewhere.example")
    assert boss.post(address, sent).status_code == 302
    told = {to for (to,), body in mails() if "Email address" in body}
    assert told == {"edith@news.example", "thief@elsewhere.example"}


def test_new_and_deleted_accounts_and_groups_are_recorded(boss, editor):  # noqa: F811
    sent = {
        "username": "fresh",
        "password1": "staple and violet 9",
        "password2": "staple and violet 9",
        "usable_password": "true",
    }
    boss.post(reverse("admin:auth_user_add"), sent)
    boss.post(reverse("admin:auth_user_delete", args=[editor.pk]), {"post": "yes"})
    boss.post(reverse("admin:auth_group_add"), {"name": "Interns"})
    details = list(SecurityEvent.objects.order_by("id").values_list("name", "detail"))
    assert details == [
        ("fresh", "Added by chief."),
        ("edith", "Deleted by chief."),
        ("Interns", "Group added by chief."),
    ]
    assert not User.objects.filter(username="edith").exists()


def test_the_locked_out_are_helped_from_the_command_line(editor, capsys):  # noqa: F811
    give_app(editor)
    call_command("reset_second_factor", "edith", reason="Seen in person.")
    assert "signs in with the password alone" in capsys.readouterr().out
    event = SecurityEvent.objects.get()
    assert (
        event.detail
        == "All second factors were removed by the command line. Reason: Seen in person."
    )
    assert len(mails()) == 1
    call_command("reset_second_factor", "edith")
    assert "had no second factor" in capsys.readouterr().out
    with pytest.raises(CommandError, match="There is no account “nobody”"):
        call_command("reset_second_factor", "nobody")


def test_an_account_that_was_ended_meanwhile_stays_so_when_its_form_is_saved(
    boss,
    editor,  # noqa: F811
):
    address = reverse("admin:auth_user_change", args=[editor.pk])
    page = boss.get(address).context["adminform"].form
    sent = user_form(editor)
    as_shown = {
        page[name].html_initial_name: page[name].initial
        for name in ["username", "first_name", "last_name", "email"]
    }
    as_shown |= {page["is_active"].html_initial_name: "True"}
    as_shown |= {page["is_staff"].html_initial_name: "True"}
    as_shown |= {page["is_superuser"].html_initial_name: "False"}
    User.objects.filter(pk=editor.pk).update(is_active=False, password="!ended")
    answer = boss.post(address, sent | as_shown | {"email": "new@news.example"})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    stored = User.objects.get(pk=editor.pk)
    assert (stored.is_active, stored.password) == (False, "!ended")
    assert stored.email == "new@news.example"
