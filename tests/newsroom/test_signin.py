import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from newsroom.models import FailedSignIn
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


def test_the_eleventh_try_of_a_name_waits_even_with_the_right_password(client, editor):
    fail(client, 10)
    answer = sign_in(client, password=PASSWORD)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 600
    assert "This was tried too often" in answer.text
    assert client.get("/admin/").status_code == 302


def test_nine_failures_are_forgiven(client, editor):
    fail(client, 9)
    assert sign_in(client, password=PASSWORD).status_code == 302


def test_after_ten_minutes_it_may_be_tried_again(client, editor):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        fail(client, 10)
        wait = int(sign_in(client, password=PASSWORD).headers["Retry-After"])
        clock.shift(timedelta(seconds=wait - 1))
        assert sign_in(client, password=PASSWORD).status_code == 429
        clock.shift(timedelta(seconds=1))
        assert sign_in(client, password=PASSWORD).status_code == 302


def test_a_name_without_an_account_is_counted_like_any_other(client, editor):
    fail(client, 10, name="nobody")
    refused = sign_in(client, name="nobody")
    assert refused.status_code == 429
    assert sign_in(client, password=PASSWORD).status_code == 302


def test_a_name_is_the_same_in_capitals(client, editor):
    fail(client, 5)
    fail(client, 5, name=" EDITH ")
    assert sign_in(client, password=PASSWORD).status_code == 429


def test_a_network_has_ten_tries_whatever_names_it_tries(client, editor):
    for number in range(10):
        sign_in(client, name=f"name{number}", network=f"192.0.2.{number}")
    assert sign_in(client, password=PASSWORD, network="192.0.2.99").status_code == 429
    assert sign_in(client, password=PASSWORD, network="203.0.113.1").status_code == 302


def test_an_own_account_does_not_give_a_network_new_tries(client, editor):
    make_user(role="Writers", username="mallory")
    for number in range(10):
        sign_in(client, name=f"name{number}")
        if number < 9:
            assert sign_in(client, name="mallory", password=PASSWORD).status_code == 302
    assert sign_in(client, name="mallory", password=PASSWORD).status_code == 429


def test_where_the_network_is_not_known_only_names_are_counted(client, editor):
    for number in range(12):
        answer = sign_in(client, name=f"name{number}", network="unix:")
        assert answer.status_code == 200
    assert set(FailedSignIn.objects.values_list("network", flat=True)) == {""}


def test_waiting_tries_do_not_make_the_wait_longer(client, editor):
    fail(client, 10)
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
            return sign_in(Client(), network=f"198.51.{number}.1").status_code
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
    # Who is asking, which the frame of the admin names.
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
    assert sign_in(client, password="a new one, longer").status_code == 302
    # The link works once.
    assert (
        "no longer" in client.get(link, follow=True).text
        or client.get(link).status_code == 200
    )
    assert User.objects.get(username="edith").check_password("a new one, longer")


def test_a_reset_says_the_same_of_an_address_that_nobody_has(client, editor):
    known = client.post(RESET, {"email": "edith@news.example"})
    unknown = client.post(RESET, {"email": "nobody@news.example"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert len(mail.outbox) == 1


def test_nobody_can_be_bombed_with_mails(client, editor):
    for number in range(5):
        answer = client.post(
            RESET, {"email": "Edith@news.example"}, REMOTE_ADDR=f"198.51.{number}.1"
        )
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 600
    assert len(mail.outbox) == 3


def test_mails_and_wrong_passwords_are_counted_apart(client, editor):
    fail(client, 10)
    assert client.post(RESET, {"email": "edith"}).status_code == 200
    assert client.post(RESET, {"email": "edith@news.example"}).status_code == 302


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
