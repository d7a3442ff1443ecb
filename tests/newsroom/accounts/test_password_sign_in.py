import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from newsroom.accounts import account_mail, security_log
from newsroom.models import FailedSignIn, SecurityEvent, StaffMail
from tests.factories import make_user

LOGIN = "/admin/login/"
RESET = "/admin/password_reset/"
PASSWORD = "correct horse battery"


@pytest.fixture
def editor(db):
    return make_user(role="Editors", username="edith", email="edith@news.example")


def sign_in(client, name="edith", password="wrong", network="192.0.2.7"):
    return client.post(
        LOGIN, {"username": name, "password": password}, REMOTE_ADDR=network
    )


def fail(client, times, **fields):
    for number in range(times):
        fields_now = {"network": f"198.51.{number}.1"} | fields
        assert sign_in(client, **fields_now).status_code == 200


def test_the_right_password_opens_the_desk(client, editor):
    answer = sign_in(client, password=PASSWORD)
    assert answer.status_code == 302
    assert client.get("/admin/").status_code == 200
    assert not FailedSignIn.objects.exists()


def test_the_eleventh_try_of_a_name_from_one_network_waits_even_with_the_right_password(
    client, editor
):
    fail(client, 10, network="192.0.2.7")
    answer = sign_in(client, password=PASSWORD)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 600
    assert "Too many attempts" in answer.text
    assert client.get("/admin/").status_code == 302


def test_ten_wrong_passwords_from_elsewhere_lock_nobody_out(client, editor):
    fail(client, 10, network="198.51.1.1")
    assert sign_in(client, password=PASSWORD, network="198.51.1.1").status_code == 429
    assert sign_in(client, password=PASSWORD, network="192.0.2.7").status_code == 302


def test_nine_failures_are_forgiven(client, editor):
    fail(client, 9, network="192.0.2.7")
    assert sign_in(client, password=PASSWORD).status_code == 302


def test_after_ten_minutes_it_may_be_tried_again(client, editor):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        fail(client, 10, network="192.0.2.7")
        wait = int(sign_in(client, password=PASSWORD).headers["Retry-After"])
        clock.shift(timedelta(seconds=wait - 1))
        assert sign_in(client, password=PASSWORD).status_code == 429
        clock.shift(timedelta(seconds=1))
        assert sign_in(client, password=PASSWORD).status_code == 302


def test_a_guess_from_many_networks_at_once_is_stopped_within_the_hour(client, editor):
    fail(client, 30)
    answer = sign_in(client, password=PASSWORD, network="203.0.113.1")
    assert answer.status_code == 429
    assert 600 < int(answer.headers["Retry-After"]) <= 3600


def test_the_browser_in_which_one_signed_in_before_is_never_locked_from_outside(
    client, editor
):
    sign_in(client, password=PASSWORD)
    client.post("/admin/logout/")
    stranger = Client()
    fail(stranger, 30)
    fail(stranger, 10, network="192.0.2.7", name="somebody else")
    assert sign_in(stranger, password=PASSWORD).status_code == 429
    assert sign_in(client, password=PASSWORD).status_code == 302


def test_the_browser_in_which_one_signed_in_before_has_ten_tries_as_well(
    client, editor
):
    sign_in(client, password=PASSWORD)
    client.post("/admin/logout/")
    fail(client, 10)
    assert sign_in(client, password=PASSWORD).status_code == 429


def test_a_browser_is_known_for_its_own_account_only(client, editor):
    make_user(role="Writers", username="mallory")
    sign_in(client, name="mallory", password=PASSWORD)
    fail(Client(), 30)
    assert sign_in(client, password=PASSWORD).status_code == 429


@pytest.mark.parametrize("cookie", ["x", "e30:1:x", ""])
def test_a_cookie_that_we_did_not_make_says_nothing(client, editor, cookie):
    client.cookies[settings.BROWSER_COOKIE_NAME] = cookie
    fail(client, 30)
    assert sign_in(client, password=PASSWORD).status_code == 429


def test_a_browser_is_known_for_half_a_year(client, editor):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sign_in(client, password=PASSWORD)
        client.post("/admin/logout/")
        clock.shift(timedelta(days=180, seconds=-1))
        fail(Client(), 30)
        assert sign_in(client, password=PASSWORD).status_code == 302
        client.post("/admin/logout/")
        clock.shift(timedelta(days=180, seconds=1))
        fail(Client(), 30)
        assert sign_in(client, password=PASSWORD).status_code == 429


def test_the_cookie_of_a_known_browser_is_sent_to_the_desk_alone(client, editor):
    cookie = sign_in(client, password=PASSWORD).cookies[settings.BROWSER_COOKIE_NAME]
    assert cookie["path"] == "/admin/"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert "edith" not in cookie.value or cookie.value.count(":") == 2


def test_a_name_without_an_account_is_counted_like_any_other(client, editor):
    fail(client, 10, name="nobody", network="192.0.2.7")
    refused = sign_in(client, name="nobody")
    assert refused.status_code == 429


def test_a_name_is_the_same_in_capitals(client, editor):
    fail(client, 15)
    fail(client, 15, name=" EDITH ")
    assert sign_in(client, password=PASSWORD).status_code == 429


def test_a_network_has_ten_tries_whatever_names_it_tries(client, editor):
    for number in range(10):
        sign_in(client, name=f"name{number}", network=f"192.0.2.{number}")
    assert sign_in(client, password=PASSWORD, network="192.0.2.99").status_code == 429
    assert sign_in(client, password=PASSWORD, network="203.0.113.1").status_code == 302


def test_an_own_account_does_not_give_a_network_new_tries(client, editor):
    make_user(role="Writers", username="mallory")
    for number in range(10):
        sign_in(Client(), name=f"name{number}")
        if number < 9:
            own = sign_in(Client(), name="mallory", password=PASSWORD)
            assert own.status_code == 302
    assert sign_in(Client(), name="mallory", password=PASSWORD).status_code == 429


def test_where_the_network_is_not_known_only_names_are_counted(client, editor):
    for number in range(12):
        answer = sign_in(client, name=f"name{number}", network="unix:")
        assert answer.status_code == 200
    assert set(FailedSignIn.objects.values_list("network", flat=True)) == {""}


def test_waiting_tries_do_not_make_the_wait_longer(client, editor):
    fail(client, 10, network="192.0.2.7")
    for _ in range(5):
        sign_in(client)
    assert FailedSignIn.objects.count() == 10


def test_neither_names_nor_addresses_are_kept(client, editor):
    sign_in(client)
    kept = FailedSignIn.objects.get()
    assert re.fullmatch("[0-9a-f]{64}", kept.account)
    assert re.fullmatch("[0-9a-f]{64}", kept.network)


@pytest.mark.django_db(transaction=True)
def test_of_many_tries_at_the_same_moment_no_more_than_ten_are_made(settings):
    make_user(role="Editors", username="edith")

    def one_try(number):
        try:
            return sign_in(Client()).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(one_try, range(30)))
    assert set(statuses) <= {200, 429}
    assert statuses.count(200) <= 10
    assert statuses.count(429) >= 20


def test_a_form_from_another_site_is_no_try(editor):
    careful = Client(enforce_csrf_checks=True)
    assert sign_in(careful).status_code == 403
    assert not FailedSignIn.objects.exists()


def test_a_name_that_no_account_can_have_is_refused_in_words(client, db):
    assert sign_in(client, name="a\x00b").status_code == 200
    assert sign_in(client, name="x" * 10_000).status_code == 200
    assert client.post(LOGIN, {}).status_code == 200


def test_the_login_page_leads_to_a_new_password(client, db, django_assert_num_queries):
    # The signed-in user, whom the frame of the admin names.
    with django_assert_num_queries(1):
        page = client.get(LOGIN)
    assert RESET in page.text
    assert client.get(RESET).status_code == 200


def test_a_new_password_comes_by_mail(client, editor, settings):
    settings.SITE_URL = "https://news.example"
    settings.SITE_NAME = "The Harrow & Wendle"
    answer = client.post(
        RESET, {"email": "edith@news.example"}, headers={"host": "localhost"}
    )
    assert answer.status_code == 302
    assert "sent" in client.get(answer.url).text.lower()
    # No mail before the answer: the response time must not reveal whether the account exists.
    assert not mail.outbox
    send_all()
    [message] = mail.outbox
    assert message.to == ["edith@news.example"]
    assert message.subject == "A new password for The Harrow & Wendle"
    link = re.search(r"https://news\.example(/admin/reset/\S+)", message.body)[1]
    form = client.get(link, follow=True)
    done = client.post(
        form.redirect_chain[-1][0],
        {"new_password1": "a new one, longer", "new_password2": "a new one, longer"},
    )
    assert done.url == reverse("password_reset_complete")
    assert client.get(done.url).status_code == 200
    # Beyond the limits, too: whoever reads the owner's mail is the owner.
    fail(Client(), 30)
    assert sign_in(client, password="a new one, longer").status_code == 302
    # The link works once.
    assert (
        "no longer" in client.get(link, follow=True).text
        or client.get(link).status_code == 200
    )
    assert User.objects.get(username="edith").check_password("a new one, longer")


def test_a_reset_does_and_says_the_same_of_an_address_that_nobody_has(client, editor):
    client.post(RESET, {"email": "first@news.example"})
    answers = []
    for address in ["edith@news.example", "nobody@news.example"]:
        with CaptureQueriesContext(connection) as queries:
            answers.append(client.post(RESET, {"email": address}))
        answers[-1].queries = [query["sql"].split()[:3] for query in queries]
    known, unknown = answers
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert known.queries == unknown.queries
    assert not mail.outbox
    send_all()
    assert [message.to for message in mail.outbox] == [["edith@news.example"]]


def test_nobody_can_be_bombed_with_mails(client, editor):
    for number in range(11):
        answer = client.post(
            RESET, {"email": "Edith@news.example"}, REMOTE_ADDR=f"198.51.{number}.1"
        )
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 600
    assert StaffMail.objects.count() == 10


def test_a_stranger_who_asks_for_mails_does_not_keep_the_owner_from_asking(
    client, editor
):
    for _ in range(4):
        stranger = Client().post(
            RESET, {"email": "edith@news.example"}, REMOTE_ADDR="198.51.1.1"
        )
    assert stranger.status_code == 429
    assert client.post(RESET, {"email": "edith@news.example"}).status_code == 302


def test_a_reset_mail_that_the_server_does_not_take_is_kept(client, editor, settings):
    client.post(RESET, {"email": "edith@news.example"})
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 1, "timeout": 1},
        }
    }
    send_all()
    assert StaffMail.objects.get().tries == 1


def test_mails_and_wrong_passwords_are_counted_apart(client, editor):
    fail(client, 10, network="127.0.0.1")
    assert client.post(RESET, {"email": "edith"}).status_code == 200
    assert client.post(RESET, {"email": "edith@news.example"}).status_code == 302


def test_sign_ins_and_failures_are_in_the_security_log(client, editor, caplog):
    sign_in(client)
    sign_in(client, name="what I typed by mistake")
    sign_in(client, password=PASSWORD)
    client.post("/admin/logout/")
    assert kinds() == ["sign_in_failed", "signed_in", "signed_out"]
    assert {event.user for event in SecurityEvent.objects.all()} == {editor}
    lines = [record.getMessage() for record in caplog.records]
    assert sum("sign_in_failed" in line for line in lines) == 2
    assert "mistake" not in caplog.text
    assert "192.0.2" not in caplog.text


def test_the_owner_is_told_once_a_day_that_passwords_are_tried(client, editor):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for number in range(3):
            fail(client, 10, network=f"198.51.{number}.1")
        send_all()
        assert [message.to for message in mail.outbox] == [[editor.email]]
        assert "Too many wrong passwords" in mail.outbox[0].body
        clock.shift(timedelta(hours=25))
        fail(client, 10, network="198.51.1.1")
        send_all()
        assert len(mail.outbox) == 2


def test_a_new_password_is_told_to_its_owner(client, editor):
    event = security_log.record(
        SecurityEvent.Kind.PASSWORD_CHANGED, user=editor, tell=True
    )
    send_all()
    [message] = mail.outbox
    assert message.subject == "Password changed: your account at Newsroom"
    assert "If not, choose a new password" in message.body
    assert f"{event.at:%Y}, {timezone.localtime(event.at):%H:%M} UTC" in message.body


def test_what_staff_may_not_see_is_refused_and_logged(client, editor):
    client.force_login(editor)
    assert client.get("/admin/auth/user/").status_code == 403
    event = SecurityEvent.objects.get()
    assert (event.kind, event.user) == ("refused", editor)
    assert event.detail == "GET /admin/auth/user/"


def kinds():
    return list(SecurityEvent.objects.order_by("id").values_list("kind", flat=True))


def send_all():
    """Run the next ticks: a request becomes a mail, and the mail is sent."""
    account_mail.send_due_account_mail()
    account_mail.send_due_account_mail()


@pytest.mark.parametrize(
    "address",
    [
        LOGIN,
        RESET,
        "/admin/password_reset/done/",
        "/admin/reset/MQ/set-password/",
        "/admin/reset/done/",
    ],
)
def test_the_pages_need_no_inline_script_or_style(client, db, address):
    page = client.get(address)
    assert page.status_code == 200
    assert "style=" not in page.text
    assert "<style" not in page.text
    assert not re.search(r"<script(?![^>]*\ssrc=)", page.text)
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"].count("no-store")
