from articles.cursors import Cursor
from articles.models import Article
from comments import conversation
from comments.models import Comment
from comments.tokens import private_address
from tests.comments.views.sending import PUBLIC, address_of_thread, next_page, text_of
from tests.factories import (
    make_article,
    make_comment,
    make_shown_comment,
    make_visible_article,
)


def test_the_thread_shows_what_the_article_page_shows(db, client):
    root = make_shown_comment()
    reply = make_shown_comment(parent=root)
    hidden = make_comment(article=root.article)
    answer = client.get(address_of_thread(root.article))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == PUBLIC
    # The same for everybody: no cookie is set, and none was looked at.
    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")
    for comment in [root, reply]:
        assert f'id="comment-{comment.pk}"' in page
    assert hidden.body not in page


def test_the_thread_goes_on_from_page_to_page(db, client, monkeypatch):
    monkeypatch.setattr(conversation, "ROOTS_A_PAGE", 2)
    article = make_visible_article()
    comments = [make_shown_comment(article=article) for _ in range(3)]
    for query, order in [("", comments), ("?sort=newest", comments[::-1])]:
        page = client.get(address_of_thread(article) + query).content.decode()
        found = [f'id="comment-{comment.pk}"' in page for comment in order]
        assert found == [True, True, False]
        more = next_page(page)
        page = client.get(more).content.decode()
        found = [f'id="comment-{comment.pk}"' in page for comment in order]
        assert found == [False, False, True]
        assert "conversation__more" not in page


def test_beyond_the_last_comment_a_reader_is_led_back(db, client):
    comment = make_shown_comment()
    address = address_of_thread(comment.article)
    beyond = Cursor(comment.created_at, comment.pk)
    page = client.get(address, {"after": str(beyond)}).content.decode()
    assert f'<a href="{address}">Read from the first one on</a>' in page
    assert "Nobody has written" not in page


def test_a_reader_who_answers_sees_whom(db, client):
    comment = make_shown_comment(name="Ana", body="What I said.")
    for id, is_there in [(comment.pk, True), (4711, False), ("x", False)]:
        page = client.get(address_of_thread(comment.article), {"reply": id})
        assert ("Your answer to <bdi>Ana</bdi>" in page.content.decode()) is is_there


def test_under_what_is_not_public_there_is_no_thread(db, client):
    gone = make_visible_article()
    gone.withdraw(notice="It was wrong.")
    vanished = make_visible_article()
    vanished.withdraw(kind=Article.Withdrawal.VANISHED)
    assert client.get(address_of_thread(make_article())).status_code == 404
    assert client.get(address_of_thread(vanished)).status_code == 404
    answer = client.get(address_of_thread(gone))
    assert answer.status_code == 410
    assert "It was wrong." in text_of(answer)


def test_the_thread_moves_with_its_article(db, client):
    article = make_visible_article()
    old = address_of_thread(article)
    article.rename("a-better-name")
    answer = client.get(old)
    assert answer.status_code == 301
    assert answer.headers["Location"] == "/articles/a-better-name/comments/"
    assert "no-cache" in answer.headers["Cache-Control"]


def test_reading_changes_nothing(db, client):
    comment = make_shown_comment()
    before = list(Comment.objects.values())
    for address in [
        address_of_thread(comment.article),
        f"{address_of_thread(comment.article)}?name=a&body=b&reply={comment.pk}",
        comment.get_absolute_url(),
        private_address(comment),
        f"{private_address(comment)}?withdraw=1",
    ]:
        client.get(address)
        client.head(address)
    assert list(Comment.objects.values()) == before


def test_the_page_cache_knows_what_changes_the_thread():
    from comments.views import comment, received, thread

    assert thread.public_parameters == {"after", "reply", "root", "sort"}
    assert comment.public_parameters == received.public_parameters == set()


def test_a_permalink_leads_to_the_comment(db, client):
    comment = make_shown_comment()
    answer = client.get(f"/comments/{comment.pk}/")
    assert answer.status_code == 302
    assert answer.headers["Cache-Control"] == PUBLIC
    page = comment.article.get_absolute_url()
    assert answer.headers["Location"] == f"{page}#comment-{comment.pk}"


def test_a_tombstone_has_a_permalink_too(db, client):
    root = make_shown_comment()
    reply = make_shown_comment(parent=root)
    root.withdraw()
    for comment in [root, reply]:
        assert client.get(comment.get_absolute_url()).status_code == 302


def test_what_readers_cannot_see_has_no_permalink(db, client):
    waiting, withdrawn, under_hidden = (
        make_comment(),
        make_shown_comment(),
        make_shown_comment(),
    )
    withdrawn.withdraw()
    under_hidden.article.withdraw()
    for comment in [waiting, withdrawn, under_hidden]:
        assert client.get(comment.get_absolute_url()).status_code == 404
    for id in ["0", "4711", "9" * 30, "9" * 5000]:
        assert client.get(f"/comments/{id}/").status_code == 404
