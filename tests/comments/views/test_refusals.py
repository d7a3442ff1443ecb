import pytest

from comments.models import Comment
from comments.security import refusals as module
from comments.security.refusals import refusals
from comments.security.tokens import private_address
from comments.text.html import characters
from tests.comments.views.sending import (
    PRIVATE,
    WORDS,
    address_of_thread,
    send,
    text_of,
)
from tests.factories import make_shown_comment, make_visible_article

TOO_LONG = {"body": "x" * 5001}


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(module, "MOST_REFUSED", 3)


def test_thousands_of_bad_posts_are_soon_not_looked_at(db, client, monkeypatch):
    article = make_visible_article()
    for _ in range(3):
        assert send(client, article, **TOO_LONG).status_code == 422
    looked_at = []
    monkeypatch.setattr(
        "comments.forms.fields.characters",
        lambda text: looked_at.append(text) or characters(text),
    )
    for _ in range(20):
        answer = send(client, article, **TOO_LONG)
        assert answer.status_code == 429
    assert looked_at == []
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["Cache-Control"] == PRIVATE


def test_the_words_of_whoever_is_caught_in_it_come_back(db, client):
    article = make_visible_article()
    for _ in range(3):
        send(client, article, **TOO_LONG)
    answer = send(client, article)
    assert answer.status_code == 429
    for word in WORDS.values():
        assert word in text_of(answer)
    assert not Comment.objects.exists()


def test_what_is_taken_does_not_count(db, client, settings):
    settings.COMMENT_RATE = []
    article = make_visible_article()
    for number in range(10):
        assert send(client, article, body=f"Remark {number}.").status_code == 303


def test_a_page_is_read_however_much_was_refused(db, client):
    article = make_visible_article()
    for _ in range(5):
        send(client, article, **TOO_LONG)
    assert client.get(address_of_thread(article)).status_code == 200


def test_every_form_of_readers_counts(db, client):
    comment = make_shown_comment()
    article = comment.article
    addresses = [
        address_of_thread(article),
        "/articles/no-such/comments/",
        f"/comments/{comment.pk}/report/",
        f"/articles/{article.slug}/report-error/",
        "/comments/data/",
        "/comments/data/no-such/",
        "/comments/mine/no-such/",
        "/comments/mail/confirm/no-such/",
        "/comments/mail/stop/no-such/",
        "/comments/decide/no-such/",
        "/corrections/mine/no-such/",
    ]
    for address in addresses:
        refusals.clear()
        answers = [client.post(address, {}).status_code for _ in range(4)]
        if 405 in answers:
            assert address.startswith("/corrections/mine/")
            continue
        assert answers[-1] == 429, (address, answers)
        assert 429 not in answers[:3], (address, answers)
    refusals.clear()
    mine = private_address(comment)
    answers = [client.post(mine, {"edit": "1"} | TOO_LONG) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 429]


def test_networks_do_not_wait_for_each_other(db, client):
    article = make_visible_article()
    for _ in range(4):
        send(client, article, **TOO_LONG)
    other = {"REMOTE_ADDR": "198.51.100.7"}
    answer = client.post(address_of_thread(article), WORDS, **other)
    assert answer.status_code == 303
