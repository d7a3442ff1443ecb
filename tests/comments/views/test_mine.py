import pytest

from comments.models import Comment
from comments.tokens import private_address
from tests.comments.views.sending import PRIVATE, moderator_client, text_of
from tests.factories import make_comment, make_shown_comment, make_visible_article


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([], "Your comment waits for a moderator"),
        (["approve"], "Your comment is published"),
        (["reject"], "Your comment was not published"),
        (["mark_spam"], "Your comment was not published"),
        (["withdraw"], "You have withdrawn this comment"),
        (["approve", "withdraw"], "You have withdrawn this comment"),
    ],
)
def test_an_author_sees_what_became_of_the_comment(db, client, steps, words):
    comment = make_comment(body="What I wrote.")
    for step in steps:
        getattr(comment, step)()
    answer = client.get(private_address(comment))
    assert answer.status_code == 200
    assert f"<h1>{words}</h1>" in text_of(answer)
    assert "What I wrote." in text_of(answer)
    is_shown = steps == ["approve"]
    assert (comment.get_absolute_url() in text_of(answer)) is is_shown
    assert "spam" not in text_of(answer).lower()


def test_an_author_reads_the_reason_and_not_the_note(db, client):
    comment = make_comment()
    comment.reject(reason="off_topic", note="Him again")
    page = text_of(client.get(private_address(comment)))
    assert "gave this reason: off topic." in page
    assert "Him again" not in page


def test_the_private_page_tells_nothing_of_an_article_that_is_not_public(db, client):
    comment = make_comment(article=make_visible_article(title="Hush"))
    comment.approve()
    assert "Hush" in text_of(client.get(private_address(comment)))
    comment.article.withdraw()
    page = text_of(client.get(private_address(comment)))
    assert "Hush" not in page
    assert "Your comment is approved" in page
    assert comment.get_absolute_url() not in page


def test_the_private_page_is_kept_by_nobody_and_told_to_nobody(db, client):
    answer = client.get(private_address(make_comment()))
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Cache-Control"] == PRIVATE
    assert '<meta name="robots" content="noindex">' in answer.content.decode()
    assert not answer.cookies


def test_a_token_that_nobody_was_given_opens_nothing(db, client):
    comment = make_shown_comment()
    good = private_address(comment)
    for address in [
        good[:-2] + "/",
        f"/comments/mine/{comment.pk}/",
        "/comments/mine/%00/",
    ]:
        assert client.get(address).status_code == 404
        assert client.post(address, {"withdraw": 1}).status_code == 404
    assert Comment.objects.shown().exists()


def test_an_author_can_withdraw(db, client):
    comment = make_shown_comment()
    address = private_address(comment)
    answer = client.post(address, {"withdraw": "1"})
    assert (answer.status_code, answer.headers["Location"]) == (303, address)
    comment.refresh_from_db()
    assert comment.status == Comment.Status.WITHDRAWN
    # Again: nothing happens, and nothing breaks.
    assert client.post(address, {"withdraw": "1"}).status_code == 303
    assert comment.decisions.count() == 2
    assert 'name="withdraw"' not in client.get(address).content.decode()


def test_another_site_cannot_withdraw(db, client):
    comment = make_shown_comment()
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = client.post(private_address(comment), {"withdraw": "1"}, headers=headers)
    assert answer.status_code == 403
    assert answer.headers["Cache-Control"] == PRIVATE
    assert Comment.objects.shown().get() == comment
    staff = moderator_client(enforce_csrf_checks=True)
    assert staff.post(private_address(comment), {"withdraw": "1"}).status_code == 403
