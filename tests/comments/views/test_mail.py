from datetime import timedelta
from time import time

import pytest
from django.core.signing import Signer
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from comments.models import Comment, Mailbox
from comments.security.tokens import confirm_address, data_address, stop_address
from comments.views.receiving import LARGEST_POST
from tests.comments.views.sending import PRIVATE, moderator_client, text_of
from tests.factories import (
    make_comment,
    make_mailbox,
    make_shown_comment,
    make_visible_article,
    proven,
)

ONE_CLICK = {"List-Unsubscribe": "One-Click"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox():
    return make_mailbox(address="ines@example.org")


@pytest.fixture
def comment():
    article = make_visible_article(title="Harbour & frost")
    return make_shown_comment(article=article, email="Ines@example.org", notify=True)


@pytest.fixture
def reachable(mailbox):
    mailbox.confirm()
    return mailbox


def followed(client, answer):
    """The page to which the answer to a POST redirects."""
    assert answer.status_code == 303
    return text_of(client.get(answer.headers["Location"]))


def assert_private(answer):
    assert answer.headers["Cache-Control"] == PRIVATE
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert not answer.cookies


# Confirming


def test_opening_the_link_confirms_nothing(client, mailbox):
    for method in [client.get, client.head]:
        answer = method(confirm_address(mailbox))
        assert answer.status_code == 200
        assert_private(answer)
    assert "<h1>Do you want reply notifications?</h1>" in text_of(
        client.get(confirm_address(mailbox))
    )
    assert not Mailbox.objects.confirmed().exists()


def test_the_button_does(client, mailbox):
    address = confirm_address(mailbox)
    answer = client.post(address, {"answer": "yes"})
    assert_private(answer)
    page = followed(client, answer)
    assert "<h1>You get reply notifications</h1>" in page
    assert "ines@example.org" in page
    assert Mailbox.objects.reachable().get() == mailbox
    when = Mailbox.objects.get().confirmed_at
    client.post(address, {"answer": "yes"})
    assert Mailbox.objects.get().confirmed_at == when


def test_that_was_not_me(client, mailbox):
    address = confirm_address(mailbox)
    page = followed(client, client.post(address, {"answer": "no"}))
    assert "<h1>You do not get emails from us</h1>" in page
    assert not Mailbox.objects.reachable().exists()
    assert Mailbox.objects.get().is_stopped
    # Yes, it was theirs.
    followed(client, client.post(address, {"answer": "yes"}))
    assert Mailbox.objects.reachable().exists()


def test_the_page_shows_the_comment_that_its_author_is_asked_about(
    client, mailbox, comment
):
    Comment.objects.filter(pk=comment.pk).update(name="<b>Bo", body="<i>Frost</i>")
    address = confirm_address(mailbox, comment)
    answer = client.get(address)
    assert_private(answer)
    page = text_of(answer)
    assert "<h1>Did you write this comment?</h1>" in page
    assert "Harbour & frost" in page
    assert "<i>Frost</i>" in page
    assert "<i>Frost" not in answer.content.decode()
    comment.refresh_from_db()
    assert comment.has_unproven_address
    comment.article.withdraw()
    assert "Harbour" not in text_of(client.get(address))


def test_who_wrote_it_says_so_and_is_told_of_replies(client, mailbox, comment):
    other = make_shown_comment(email="ines@example.org", notify=True)
    address = confirm_address(mailbox, comment)
    page = followed(client, client.post(address, {"answer": "yes"}))
    assert "<h1>You get reply notifications</h1>" in page
    comment.refresh_from_db()
    assert comment.mailbox == comment.commenter.mailbox == mailbox
    other.refresh_from_db()
    assert other.has_unproven_address
    # The page has one button left, which stops all mails.
    page = followed(client, client.post(address, {"answer": "no"}))
    assert "<h1>You do not get emails from us</h1>" in page
    comment.refresh_from_db()
    assert comment.mailbox == mailbox


def test_who_did_not_write_it_keeps_what_is_theirs(client, reachable, comment):
    mine = proven(make_shown_comment(email="ines@example.org", notify=True))
    address = confirm_address(reachable, comment)
    page = followed(client, client.post(address, {"answer": "no"}))
    assert "<h1>You get reply notifications</h1>" in page
    comment.refresh_from_db()
    assert (comment.email, comment.mailbox, comment.commenter) == ("", None, None)
    # The link no longer proves anything.
    client.post(address, {"answer": "yes"})
    comment.refresh_from_db()
    assert (comment.mailbox, comment.commenter) == (None, None)
    mine.refresh_from_db()
    assert mine.mailbox == reachable


def test_a_link_of_an_earlier_release_is_for_the_comment_stored_with_it(
    client, comment
):
    now = timezone.now()
    mailbox = make_mailbox(
        address="ines@example.org", asked_at=now, takes_old_links=True
    )
    old = {"takes_old_links": True, "email": "ines@example.org"}
    make_comment(**old, created_at=now - timedelta(hours=1))
    make_comment(**old, created_at=now + timedelta(seconds=1))
    mine = make_comment(**old, created_at=now - timedelta(seconds=1))
    signed = Signer(salt="comments.mail.confirm").sign(f"{mailbox.pk}.{int(time())}")
    address = reverse("comments:confirm", args=[signed])
    assert "Did you write this comment?" in text_of(client.get(address))
    client.post(address, {"answer": "yes"})
    assert list(mailbox.comments.all()) == [mine]
    # It may be one of two comments, so it is neither.
    Comment.objects.update(mailbox=None)
    make_comment(**old, created_at=now - timedelta(seconds=2))
    client.post(address, {"answer": "yes"})
    assert not mailbox.comments.exists()
    assert Mailbox.objects.get().is_confirmed


@pytest.mark.parametrize("words", [{}, {"answer": "perhaps"}, {"answer": ""}])
def test_what_no_button_sends_changes_nothing(client, mailbox, words):
    answer = client.post(confirm_address(mailbox), words)
    assert answer.status_code == 422
    assert "Nothing was changed" in text_of(answer)
    assert Mailbox.objects.get().confirmed_at is None


# Stopping


def test_opening_the_link_stops_nothing(client, reachable, comment):
    answer = client.get(stop_address(reachable, comment))
    assert answer.status_code == 200
    assert_private(answer)
    assert "Stop for this comment" in text_of(answer)
    assert "Stop all mail to this address" in text_of(answer)
    assert comment.article.title in text_of(answer)
    comment.refresh_from_db()
    assert comment.wants_news
    assert Mailbox.objects.reachable().exists()


def test_the_page_tells_nothing_of_an_article_that_is_not_public(
    client, reachable, comment
):
    comment.article.withdraw()
    page = text_of(client.get(stop_address(reachable, comment)))
    assert comment.article.title not in page


def test_the_mails_about_one_comment_can_be_stopped(client, reachable, comment):
    other = make_shown_comment(email="ines@example.org", notify=True)
    address = stop_address(reachable, comment)
    for _ in range(2):
        page = followed(client, client.post(address, {"mails": "comment"}))
        assert "<h1>No more emails about this comment</h1>" in page
    comment.refresh_from_db()
    other.refresh_from_db()
    assert (comment.wants_news, other.wants_news) == (False, True)
    assert Mailbox.objects.reachable().exists()


def test_all_mail_can_be_stopped_and_wanted_again(client, reachable, comment):
    address = stop_address(reachable, comment)
    for _ in range(2):
        page = followed(client, client.post(address, {"mails": "all"}))
        assert "<h1>You no longer get emails from us</h1>" in page
    assert not Mailbox.objects.reachable().exists()
    followed(client, client.post(address, {"mails": "resume"}))
    assert Mailbox.objects.reachable().exists()


@pytest.mark.parametrize(
    "sent",
    [
        {"data": ONE_CLICK},  # multipart
        {
            "data": "List-Unsubscribe=One-Click",
            "content_type": "application/x-www-form-urlencoded",
        },
    ],
)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_mail_program_stops_with_one_click(reachable, comment, sent, headers):
    client = Client(enforce_csrf_checks=True)
    for _ in range(2):
        answer = client.post(stop_address(reachable, comment), headers=headers, **sent)
        assert answer.status_code == 200
        assert_private(answer)
    comment.refresh_from_db()
    assert not comment.wants_news
    assert Mailbox.objects.reachable().exists()


def test_one_click_in_a_mail_about_no_comment_stops_all(client, reachable):
    assert client.post(stop_address(reachable), ONE_CLICK).status_code == 200
    assert not Mailbox.objects.reachable().exists()


def test_one_click_by_get_stops_nothing(client, reachable, comment):
    client.get(stop_address(reachable, comment), ONE_CLICK)
    comment.refresh_from_db()
    assert comment.wants_news


def test_a_comment_that_was_erased_can_still_be_stopped(client, reachable, comment):
    comment.erase()
    address = stop_address(reachable, comment)
    assert "No more emails about this comment" in text_of(client.get(address))
    assert client.post(address, ONE_CLICK).status_code == 200


# Both


def addresses(mailbox, comment):
    return [
        (confirm_address(mailbox), {"answer": "yes"}),
        (stop_address(mailbox, comment), {"mails": "all"}),
    ]


def test_another_site_cannot_press_the_buttons(client, mailbox, comment):
    staff = moderator_client(enforce_csrf_checks=True)
    for address, words in addresses(mailbox, comment):
        for headers in [
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "null"},
            {"Origin": "https://evil.example"},
        ]:
            answer = client.post(address, words, headers=headers)
            assert answer.status_code == 403
            assert "Nothing was changed" in text_of(answer)
            assert_private(answer)
        assert staff.post(address, words).status_code == 403
        ours = {"Sec-Fetch-Site": "same-origin"}
        mailbox.refresh_from_db()
        assert (mailbox.confirmed_at, mailbox.stopped_at) == (None, None)
        assert client.post(address, words, headers=ours).status_code == 303
        Mailbox.objects.update(confirmed_at=None, stopped_at=None)


def test_who_is_signed_in_gets_a_token_with_the_buttons(mailbox, comment):
    staff = moderator_client()
    for address, _ in addresses(mailbox, comment):
        assert "csrfmiddlewaretoken" in text_of(staff.get(address))
        assert "csrfmiddlewaretoken" not in text_of(Client().get(address))


def test_a_link_that_is_forged_or_foreign_leads_to_a_quiet_page(
    client, mailbox, comment
):
    good = [address for address, _ in addresses(mailbox, comment)]
    good.append(data_address(mailbox))
    tokens = [address.split("/")[-2] for address in good]
    wrong = [
        f"/comments/mail/{kind}/{token}/"
        for kind in ["confirm", "stop"]
        for token in ["x", "1.1:x", "%00", "9" * 500, *tokens]
    ]
    for address in wrong:
        if address in good:
            continue
        for answer in [
            client.get(address),
            client.post(address, {"answer": "yes", "mails": "all"}),
            client.post(address, ONE_CLICK),
        ]:
            assert answer.status_code == 404, address
            assert "This link no longer works" in text_of(answer)
            assert_private(answer)
    mailbox.refresh_from_db()
    assert (mailbox.confirmed_at, mailbox.stopped_at) == (None, None)


@pytest.mark.parametrize("step", ["confirm", "stop", "resume"])
def test_a_mailbox_that_is_forgotten_in_this_moment_breaks_no_button(mailbox, step):
    pressed_too_late = Mailbox.objects.get(pk=mailbox.pk)
    mailbox.delete()
    getattr(pressed_too_late, step)()
    assert not Mailbox.objects.exists()


def test_a_body_that_is_too_large_is_not_read(client, mailbox, comment):
    for address, words in addresses(mailbox, comment):
        answer = client.post(address, words | {"x": "y" * LARGEST_POST})
        assert answer.status_code == 413
        assert_private(answer)
    assert (
        client.post(
            stop_address(mailbox, comment), ONE_CLICK | {"x": "y" * LARGEST_POST}
        ).status_code
        == 413
    )
    comment.refresh_from_db()
    assert comment.wants_news


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff\xfe=\x00&answer=\xed\xa0\x80", "application/x-www-form-urlencoded"),
        (b"&".join([b"a=b"] * 5000), "application/x-www-form-urlencoded"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"answer=yes", "application/x-www-form-urlencoded; charset=utf-7"),
        (b"", "text/plain"),
    ],
)
def test_odd_bodies_never_break_a_page(client, mailbox, comment, body, kind):
    for address, _ in addresses(mailbox, comment):
        answer = client.post(address, body, content_type=kind)
        assert answer.status_code in {303, 400, 422}


def test_queries_of_the_pages(client, reachable, comment, django_assert_num_queries):
    for _ in range(5):
        make_shown_comment(email="ines@example.org", notify=True)
    with django_assert_num_queries(1):
        client.get(confirm_address(reachable))
    # The mailbox, the comment with its article.
    with django_assert_num_queries(2):
        client.get(confirm_address(reachable, comment))
    with django_assert_num_queries(2):
        client.get(stop_address(reachable, comment))
