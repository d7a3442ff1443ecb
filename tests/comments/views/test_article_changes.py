"""The article changes between opening the form and sending it."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from articles.models import Article
from comments.models import Comment, Thread
from comments.security.tokens import private_address
from tests.comments.views.sending import (
    WORDS,
    address_of_thread,
    assert_words_are_back,
)
from tests.factories import DAY, HOUR, make_shown_comment, make_visible_article


def open_form(client, article):
    """The data of the form on the article's page."""
    address = address_of_thread(article)
    page = client.get(address).content.decode()
    assert f'action="{address}"' in page
    return lambda **words: client.post(address, WORDS | words)


@pytest.mark.parametrize(
    "closing",
    [
        {"policy": "closed"},
        {"closes_at": timezone.now() - HOUR},
        {"closes_after_days": 1},
    ],
)
def test_a_conversation_that_closes_meanwhile_gives_the_words_back(db, client, closing):
    article = make_visible_article(published_at=timezone.now() - 2 * DAY)
    send = open_form(client, article)
    Thread.objects.create(article=article, **closing)
    answer = send()
    assert answer.status_code == 403
    assert_words_are_back(answer)
    assert not Comment.objects.exists()


def test_a_conversation_closes_at_its_moment_and_not_before(db, client):
    article = make_visible_article()
    closes_at = timezone.now() + HOUR
    Thread.objects.create(article=article, closes_at=closes_at)
    send = open_form(client, article)
    with time_machine.travel(closes_at - timedelta(microseconds=1), tick=False):
        assert send().status_code == 303
    with time_machine.travel(closes_at, tick=False):
        assert send(body="Too late.").status_code == 403


def test_the_site_closes_what_says_nothing_itself(db, client, settings):
    article = make_visible_article()
    send = open_form(client, article)
    settings.COMMENT_POLICY = "closed"
    assert send().status_code == 403
    settings.COMMENT_POLICY = "open"
    assert send().status_code == 303
    Thread.objects.create(article=article, policy=Thread.Policy.OPEN)
    settings.COMMENT_POLICY = "closed"
    assert send(body="Another.").status_code == 303


def test_an_article_withdrawn_meanwhile_gives_the_words_back(db, client):
    for kind, status in [("gone", 410), ("vanished", 404)]:
        article = make_visible_article()
        send = open_form(client, article)
        article.withdraw(kind=Article.Withdrawal(kind), notice="It was wrong.")
        answer = send()
        assert answer.status_code == status
        assert_words_are_back(answer)
    assert not Comment.objects.exists()


def test_an_article_renamed_meanwhile_takes_the_comment_once(db, client):
    article = make_visible_article()
    send = open_form(client, article)
    article.rename("a-better-name")
    first, again = send(), send()
    article.rename("the-best-name")
    assert first.headers["Location"] == again.headers["Location"]
    assert send().headers["Location"] == first.headers["Location"]
    assert Comment.objects.get().article == article


def test_a_conversation_held_meanwhile_takes_the_comment_and_says_why_it_waits(
    db, client
):
    article = make_visible_article()
    send = open_form(client, article)
    Thread.objects.create(article=article, policy=Thread.Policy.HELD)
    assert send().status_code == 303
    assert Comment.objects.get().signals.first().rule == "held_thread"
    page = client.get(address_of_thread(article)).content.decode()
    assert "Here, every comment is reviewed by a moderator before it appears." in page


def test_a_comment_that_goes_meanwhile_is_not_answered(db, client):
    root = make_shown_comment()
    send = open_form(client, root.article)
    root.reject()
    answer = send(parent=root.pk)
    assert answer.status_code == 422
    assert_words_are_back(answer)


def test_whoever_goes_back_and_sends_again_is_led_to_the_same_comment(db, client):
    article = make_visible_article()
    send = open_form(client, article)
    first = send()
    client.get(first.headers["Location"])
    assert send().headers["Location"] == first.headers["Location"]
    comment = Comment.objects.get()
    # After a withdrawal the same words are a new comment, and the old one stays withdrawn.
    client.post(private_address(comment), {"withdraw": "1"})
    assert send().headers["Location"] != first.headers["Location"]
    assert [c.status for c in Comment.objects.order_by("id")] == [
        "withdrawn",
        "pending",
    ]


def test_what_a_moderator_removed_and_somebody_sends_again_waits(db, client):
    article = make_visible_article()
    send = open_form(client, article)
    send()
    removed = Comment.objects.get()
    removed.approve()
    removed.reject()
    assert send().status_code == 303
    assert not Comment.objects.shown()
    again = Comment.objects.waiting().get()
    assert again != removed
    assert again.first_shown_at is None


def test_the_same_short_answer_to_two_comments_is_two(db, client):
    article = make_visible_article()
    send = open_form(client, article)
    roots = [make_shown_comment(article=article) for _ in range(2)]
    for root in roots:
        assert send(parent=root.pk, body="Yes.").status_code == 303
    answers = Comment.objects.waiting()
    assert [answer.parent for answer in answers.order_by("id")] == roots
