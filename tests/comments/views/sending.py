"""Helpers that send a comment and read the answer."""

from html import unescape

from django.test import Client
from django.urls import reverse

from tests.factories import make_user

WORDS = {"name": "Inés Ó", "email": "ines@example.org", "body": "A <remark>."}
PUBLIC = "public, no-cache"
PRIVATE = "private, no-store"


def address_of_thread(article):
    return reverse("comments:thread", args=[article.slug])


def send(client, article, /, *, headers=None, **changes):
    return client.post(address_of_thread(article), WORDS | changes, headers=headers)


def text_of(answer):
    return unescape(answer.content.decode())


def next_page(page):
    link = page.partition('conversation__more"><a href="')[2]
    return unescape(link.partition('"')[0])


def assert_words_are_back(answer, words=WORDS):
    page = text_of(answer)
    for word in words.values():
        assert word in page
    # Escaped, and not cached.
    assert "<remark>" not in answer.content.decode()
    assert answer.headers["Cache-Control"] == PRIVATE


def moderator_client(**kwargs):
    client = Client(**kwargs)
    client.force_login(make_user(role="Moderators"))
    return client
