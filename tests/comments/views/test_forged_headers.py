"""Requests as the web server passes them on: missing and forged headers get past no check."""

from urllib.parse import urlencode

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from comments.models import Comment, Thread
from newsroom.server.proxies import TrustedProxies
from newsroom.wsgi import application
from tests.comments.views.sending import WORDS, address_of_thread, moderator_client
from tests.factories import make_shown_comment, make_user, make_visible_article
from tests.newsroom.server.page_cache.press import ask

FORM = "application/x-www-form-urlencoded"
# Headers that a client can forge, in the hope that they are trusted.
MADE_UP = {
    "X-Forwarded-For": "203.0.113.{n}",
    "X-Real-IP": "203.0.113.{n}",
    "Forwarded": "for=203.0.113.{n}",
    "True-Client-IP": "203.0.113.{n}",
    "CF-Connecting-IP": "203.0.113.{n}",
    "Client-IP": "203.0.113.{n}",
    "X-Forwarded-Host": "evil.example",
}


@pytest.fixture
def post(db, settings):
    """Posts to the article as a server would pass it on, with only the headers that a test sets."""
    # Like Django's test client: the connection is in the test's transaction.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    settings.ALLOWED_HOSTS = ["testserver"]
    article = make_visible_article()

    def post(*, site=application, headers=None, to=article, **environ):
        words = {name: environ.pop(name) for name in list(environ) if name.islower()}
        return ask(
            site,
            address_of_thread(to),
            method="POST",
            headers=headers,
            data=urlencode(WORDS | words),
            content_type=FORM,
            **{"REMOTE_ADDR": "198.51.100.1"} | environ,
        )

    yield post
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.mark.parametrize("header", MADE_UP)
def test_whoever_makes_up_where_they_come_from_waits_all_the_same(
    post, settings, header
):
    settings.COMMENT_RATE = ["2/m"]
    answers = [
        post(body=f"No. {n}", headers={header: MADE_UP[header].format(n=n)}).status
        for n in range(4)
    ]
    assert answers == [303, 303, 429, 429]


def test_a_repeat_is_one_whatever_is_said_of_its_way(post):
    for n in range(3):
        headers = {"X-Forwarded-For": f"203.0.113.{n}, 10.0.0.{n}"}
        assert post(headers=headers).status == 303
    assert Comment.objects.count() == 1


def test_behind_our_proxy_it_is_the_last_address_that_we_did_not_write(post, settings):
    settings.COMMENT_RATE = ["2/m"]
    settings.TRUSTED_PROXIES = ["198.51.100.1"]
    site = TrustedProxies(application._application)
    answers = [
        post(
            site=site,
            body=f"No. {n}",
            # The client writes the first address, our proxy adds the second.
            headers={"X-Forwarded-For": f"203.0.113.{n}, 192.0.2.7"},
        ).status
        for n in range(3)
    ]
    assert answers == [303, 303, 429]
    elsewhere = {"X-Forwarded-For": "192.0.2.7, 192.0.3.7"}
    assert post(site=site, body="No. 4", headers=elsewhere).status == 303


def test_what_no_browser_leaves_out_skips_no_check(post, settings):
    """Without Sec-Fetch-Site, Origin, Referer, User-Agent, Accept and cookies."""
    settings.COMMENT_RATE = ["2/m"]
    assert post().status == 303
    comment = Comment.objects.get()
    assert (comment.status, comment.by) == (Comment.Status.PENDING, None)
    # Screening, form, repetition, throttle, thread.
    assert post(name="Moderator").status == 303
    assert Comment.objects.latest("id").signals.first().rule == "look_alike_newsroom"
    assert post(name="").status == 422
    assert post().status == 303
    assert post(body="One too many.").status == 429
    assert post(body="b" * 70_000).status == 413
    closed = make_visible_article()
    Thread.objects.create(article=closed, policy="closed")
    assert post(to=closed).status == 403
    assert Comment.objects.count() == 2


def test_who_leaves_out_the_signs_of_a_browser_does_not_act_for_who_is_signed_in(post):
    client = moderator_client()
    cookie = "; ".join(f"{name}={c.value}" for name, c in client.cookies.items())
    assert post(headers={"Cookie": cookie}).status == 403
    assert (
        post(headers={"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}).status == 403
    )
    assert not Comment.objects.exists()


def test_a_session_that_is_made_up_makes_nobody_a_moderator(post):
    for cookie in ["sessionid=x", "sessionid=", "sessionid=x; csrftoken=" + "a" * 32]:
        headers = {"Cookie": cookie, "X-CSRFToken": "a" * 32}
        assert post(headers=headers, csrfmiddlewaretoken="a" * 32).status in {303, 403}
    for comment in Comment.objects.all():
        assert (comment.status, comment.by) == (Comment.Status.PENDING, None)


def test_no_field_gives_what_only_an_account_or_a_moderator_gives(post):
    moderator = make_user(role="Moderators")
    other = make_shown_comment()
    made_up = {
        "by": moderator.pk,
        "by_id": moderator.pk,
        "user": moderator.pk,
        "moderator": moderator.pk,
        "status": "approved",
        "is_staff": "1",
        "id": other.pk,
        "pk": other.pk,
        "article": other.article_id,
        "article_id": other.article_id,
        "root": other.pk,
        "root_id": other.pk,
        "created_at": "1999-01-01 00:00",
        "first_shown_at": "1999-01-01 00:00",
        "picked_at": "1999-01-01 00:00",
        "announced_at": "1999-01-01 00:00",
        "edited_at": "1999-01-01 00:00",
        "approved_replies": "7",
        "open_reports": "7",
        "text_revision": "7",
        "version": "7",
        "network": "f" * 64,
        "repeat_key": "f" * 64,
    }
    before = Comment.objects.filter(pk=other.pk).values().get()
    assert post(**made_up).status == 303
    comment = Comment.objects.values().latest("id")
    plain = {"status": "pending", "by_id": None, "root_id": None, "version": 1}
    plain |= {"text_revision": 1, "approved_replies": 0, "open_reports": 0}
    plain |= dict.fromkeys(["picked_at", "announced_at", "edited_at"])
    assert comment | plain == comment
    assert comment["first_shown_at"] is None
    assert comment["article_id"] != other.article_id
    assert comment["created_at"].year > 1999
    assert "f" * 64 not in {comment["network"], comment["repeat_key"]}
    assert Comment.objects.filter(pk=other.pk).values().get() == before


def test_the_mark_of_the_newsroom_is_for_those_who_signed_in(client, post):
    moderator = make_user(role="Moderators")
    make_shown_comment(article=make_visible_article(), name="Newsroom staff")
    typed = make_shown_comment(name=moderator.get_username())
    signed_in = make_shown_comment(by=moderator)
    for comment, is_marked in [(typed, False), (signed_in, True)]:
        page = client.get(address_of_thread(comment.article)).content.decode()
        assert ("comment__badge" in page) is is_marked
