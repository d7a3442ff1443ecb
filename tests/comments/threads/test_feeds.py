import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import feedparser
import pytest
from django.conf import settings
from django.utils import timezone

from articles.models import Article
from comments.models import Comment
from comments.threads.feeds import COMMENTS_IN_A_FEED
from tests.factories import (
    make_article,
    make_comment,
    make_shown_comment,
    make_visible_article,
)

SITE = "/comments/rss.xml"


def address_of(article):
    return f"/articles/{article.slug}/comments/rss.xml"


def read(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, no-cache"
    feed = feedparser.parse(answer.content)
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


def test_a_comment_in_the_feed_says_who_and_what_and_where(client, db):
    article = make_visible_article(title="Frost & fire", language="de")
    comment = make_shown_comment(
        article=article,
        name="Inés <Ó>",
        body="One <b>.\n\nTwo: https://example.com/",
        created_at=datetime(2025, 9, 5, 6, 30, tzinfo=UTC),
        email="ines@example.org",
    )
    for address in [address_of(article), SITE]:
        feed = read(client, address)
        [entry] = feed.entries
        assert entry.title == "Inés <Ó> on Frost & fire"
        assert entry.link == settings.SITE_URL + f"/comments/{comment.pk}/"
        assert entry.author == "Inés <Ó>"
        assert "<p>One &lt;b&gt;.</p>" in entry.summary
        assert 'href="https://example.com/"' in entry.summary
        assert entry.published_parsed[:5] == (2025, 9, 5, 6, 30)
        assert not entry.guidislink
        assert entry.id.endswith(f":comment-{comment.pk}")
        assert "ines@example.org" not in client.get(address).content.decode()
    feed = read(client, address_of(article))
    assert feed.feed.title == f"Comments on Frost & fire – {settings.SITE_NAME}"
    assert (
        feed.feed.link == settings.SITE_URL + article.get_absolute_url() + "comments/"
    )
    assert feed.feed.language == "de"
    assert read(client, SITE).feed.title == f"Comments – {settings.SITE_NAME}"


def test_a_comment_keeps_its_id_when_the_address_of_its_article_changes(client, db):
    comment = make_shown_comment()
    [before] = read(client, address_of(comment.article)).entries
    comment.article.rename("elsewhere")
    [after] = read(client, "/articles/elsewhere/comments/rss.xml").entries
    assert after.id == before.id


def test_feeds_hold_shown_comments_only(client, db):
    shown = make_shown_comment()
    waiting = make_comment(article=shown.article)
    removed = make_shown_comment(article=shown.article)
    removed.reject()
    spam = make_shown_comment(article=shown.article)
    under_spam = make_shown_comment(parent=spam)
    spam.mark_spam()
    tombstone = make_shown_comment(article=shown.article)
    under_tombstone = make_shown_comment(parent=tombstone)
    tombstone.withdraw()
    hidden = make_shown_comment()
    hidden.article.withdraw()
    elsewhere = make_shown_comment()
    of_article = {
        entry.link for entry in read(client, address_of(shown.article)).entries
    }
    of_site = {entry.link for entry in read(client, SITE).entries}
    links = {
        comment: settings.SITE_URL + comment.get_absolute_url()
        for comment in Comment.objects.all()
    }
    assert of_article == {links[shown], links[under_tombstone]}
    assert of_site == of_article | {links[elsewhere]}
    text = client.get(SITE).content.decode()
    for comment in [waiting, removed, spam, under_spam, tombstone, hidden]:
        assert comment.body not in text


def test_feeds_hold_the_newest_comments_only(client, db):
    article = make_visible_article()
    start = timezone.now() - timedelta(days=1)
    comments = [
        make_shown_comment(article=article, created_at=start + timedelta(minutes=n))
        for n in range(COMMENTS_IN_A_FEED + 2)
    ]
    for address in [address_of(article), SITE]:
        links = [entry.link for entry in read(client, address).entries]
        assert links == [
            settings.SITE_URL + comment.get_absolute_url()
            for comment in comments[:1:-1]
        ]


def test_what_xml_cannot_say_does_not_break_a_feed(client, db):
    article = make_visible_article(title="Bell \x07 and \ufffe")
    make_shown_comment(
        article=article, name="N\x02ame", body="A\x08B \uffff ]]> C \x0c"
    )
    for address in [address_of(article), SITE]:
        ElementTree.fromstring(client.get(address).content)
        [entry] = read(client, address).entries
        assert entry.title == "Name on Bell  and"


def test_a_conversation_nobody_has_begun_is_a_feed_too(client, db):
    assert read(client, address_of(make_visible_article())).entries == []
    assert read(client, SITE).entries == []


def test_the_feed_of_what_is_not_public_is_not_there(client, db):
    gone, vanished = make_visible_article(), make_visible_article()
    gone.withdraw(notice="It was wrong.")
    vanished.withdraw(kind=Article.Withdrawal.VANISHED)
    assert client.get(address_of(make_article())).status_code == 404
    assert client.get(address_of(vanished)).status_code == 404
    assert client.get(address_of(gone)).status_code == 410


def test_the_feed_moves_with_its_article(client, db):
    article = make_visible_article()
    old = address_of(article)
    article.rename("a-better-name")
    answer = client.get(old)
    assert answer.status_code == 301
    assert answer.headers["Location"] == "/articles/a-better-name/comments/rss.xml"


def test_queries_of_a_feed_are_the_same_for_one_and_for_many(
    client, db, django_assert_num_queries
):
    article = make_visible_article()
    for _ in range(2):
        for _ in range(4):
            root = make_shown_comment(article=article)
            make_shown_comment(parent=root)
            make_shown_comment()
        # The lookup of the address, the article, the comments.
        with django_assert_num_queries(3):
            client.get(address_of(article))
        with django_assert_num_queries(1):
            client.get(SITE)


@pytest.mark.parametrize("page", ["", "comments/"])
def test_pages_name_the_feed_of_their_comments(client, db, page):
    article = make_visible_article(title="Tea & toast")
    html = client.get(article.get_absolute_url() + page).content.decode()
    feeds = re.findall(
        r'rel="alternate" type="application/rss\+xml"[^>]*href="([^"]+)"', html
    )
    assert address_of(article) in feeds
    assert f'<a class="conversation__feed" href="{address_of(article)}"' in html
    for feed in feeds:
        assert client.get(feed).status_code == 200
    assert f'href="{SITE}"' in html
