from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from newsroom.accounts.sessions import browser_name, sessions_of
from newsroom.models import SecurityEvent, StaffSession
from tests.factories import make_user
from tests.newsroom.accounts.conftest import is_in

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        (EDGE, "Edge on Windows"),
        (SAFARI, "Safari on iPhone"),
        ("curl/8", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_a_session_is_called_after_browser_and_system(agent, name):
    assert browser_name(agent) == name


def test_a_session_ends_when_nothing_is_done_in_it_for_twelve_hours(editor):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = signed_in(editor)
        for _ in range(3):
            clock.shift(timedelta(hours=11, minutes=59))
            assert is_in(client)
        clock.shift(timedelta(hours=12))
        assert not is_in(client)


def test_how_many_hours_is_a_setting(editor, settings):
    settings.STAFF_SESSION_HOURS = 1
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = signed_in(editor)
        clock.shift(timedelta(minutes=59))
        assert is_in(client)
        clock.shift(timedelta(minutes=60))
        assert not is_in(client)


def test_a_session_lasts_fourteen_days_at_most(editor):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = signed_in(editor)
        for _ in range(2 * 14 - 1):
            clock.shift(timedelta(hours=11, minutes=55))
            assert is_in(client)
        clock.shift(timedelta(hours=11))
        assert is_in(client)
        clock.shift(timedelta(hours=4))
        assert not is_in(client)


def test_use_is_noted_every_five_minutes_and_leaves_the_data_alone(
    editor, django_assert_num_queries
):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = signed_in(editor)
        before = StaffSession.objects.get()
        clock.shift(timedelta(minutes=5))
        with django_assert_num_queries(2):
            client.get("/admin/jsi18n/")
        clock.shift(timedelta(seconds=1))
        with django_assert_num_queries(3):
            client.get("/admin/jsi18n/")
        after = StaffSession.objects.get()
    assert after.seen_at - before.seen_at == timedelta(seconds=301)
    assert after.expire_date - before.expire_date == timedelta(seconds=301)
    assert after.session_data == before.session_data


def test_everybody_sees_their_own_sessions_and_which_is_this_one(client, editor):
    client.post(
        reverse("admin:login"),
        {"username": "edith", "password": "correct horse battery"},
        HTTP_USER_AGENT=FIREFOX,
    )
    signed_in(editor)
    signed_in(make_user(role="Writers"))
    listed = sessions_of(editor, client.session.session_key)
    assert len(listed) == 2
    [this_one] = [one for one in listed if one["is_current"]]
    assert this_one["browser"] == "Firefox on Linux"
    assert this_one["started_at"] is not None
    page = client.get(reverse("account")).text
    assert "Firefox on Linux" in page
    for session in StaffSession.objects.all():
        assert session.session_key not in page


def test_one_session_is_ended_and_the_others_stay(editor):
    here, there, elsewhere = signed_in(editor), signed_in(editor), signed_in(editor)
    [target] = [
        one
        for one in sessions_of(editor, there.session.session_key)
        if one["is_current"]
    ]
    answer = here.post(reverse("end_session", args=[target["id"]]))
    assert answer.url == reverse("account")
    assert [is_in(one) for one in [here, there, elsewhere]] == [True, False, True]
    assert SecurityEvent.objects.get().kind == SecurityEvent.Kind.SESSION_ENDED
    # Ending it again is no error.
    assert here.post(reverse("end_session", args=[target["id"]])).status_code == 302


def test_all_other_sessions_are_ended(editor):
    here, there = signed_in(editor), signed_in(editor)
    theirs = signed_in(make_user(role="Writers"))
    here.post(reverse("end_other_sessions"))
    assert [is_in(one) for one in [here, there, theirs]] == [True, False, True]


def test_nobody_ends_the_session_of_somebody_else(editor):
    victim = make_user(is_superuser=True, is_staff=True)
    theirs, here = signed_in(victim), signed_in(editor)
    [target] = sessions_of(victim, "")
    here.post(reverse("end_session", args=[target["id"]]))
    assert is_in(theirs)


def test_sessions_under_an_earlier_password_are_not_listed(editor):
    signed_in(editor)
    assert len(sessions_of(editor, "")) == 1
    editor.set_password("changed somewhere else")
    editor.save()
    assert sessions_of(editor, "") == []


def test_sessions_that_have_ended_are_deleted_by_the_tick(editor):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        signed_in(editor)
        clock.shift(timedelta(hours=12))
        signed_in(editor)
        assert StaffSession.objects.forget_old() == 1
    assert StaffSession.objects.count() == 1


def test_a_session_saved_while_its_account_is_deleted_is_no_error(editor):
    client = signed_in(editor)
    session = client.session
    editor.delete()
    assert not StaffSession.objects.exists()
    session["x"] = 1
    session.create()
    assert client.get("/admin/").status_code == 302
