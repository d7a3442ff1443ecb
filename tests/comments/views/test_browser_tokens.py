"""Whose comment it is, by the token that the browser sends."""

from datetime import timedelta

import pytest
import time_machine
from django.core.signing import Signer
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from comments.models import Comment, Commenter
from comments.security.tokens import (
    browser_token,
    confirm_address,
    private_address,
    token_for,
)
from tests.comments.views.sending import moderator_client, send
from tests.factories import (
    make_comment,
    make_commenter,
    make_mailbox,
    make_shown_comment,
    make_user,
    make_visible_article,
    proven,
)


@pytest.fixture
def article(db):
    return make_visible_article()


def sent_with(client, article, token, **words):
    """The stored comment, sent with this token and without an address."""
    words = {"email": "", "body": "Another remark."} | words
    assert send(client, article, browser=token, **words).status_code == 303
    return Comment.objects.latest("id")


def test_the_second_comment_from_a_browser_makes_its_person_known(client, article):
    first = sent_with(client, article, "")
    assert not Commenter.objects.exists()
    second = sent_with(client, article, browser_token(first), body="Two.")
    third = sent_with(client, article, browser_token(second), body="Three.")
    first.refresh_from_db()
    person = Commenter.objects.get()
    assert [first.commenter, second.commenter, third.commenter] == [person] * 3


def test_a_browser_that_shows_nothing_is_nobodys_also_under_the_same_name(
    client, article
):
    sent_with(client, article, "")
    assert sent_with(client, article, "", body="Two.").commenter is None
    assert not Commenter.objects.exists()


@pytest.mark.parametrize(
    "token_of",
    [
        lambda comment: "x",
        lambda comment: "\0",
        lambda comment: "9" * 5000,
        lambda comment: "<script>alert(1)</script>",
        lambda comment: token_for(comment),
        lambda comment: browser_token(Comment(pk=comment.pk + 1))[:-1],
        lambda comment: browser_token(Comment(pk=4711)),
        lambda comment: Signer(key="of another site", salt="comments.browser").sign(
            browser_token(comment).partition(":")[0]
        ),
    ],
)
def test_a_forged_or_foreign_token_counts_as_none_and_loses_no_comment(
    client, article, token_of
):
    first = make_comment()
    assert sent_with(client, article, token_of(first)).commenter is None
    assert not Commenter.objects.exists()


def test_a_token_counts_as_none_after_its_end(client, article):
    token = browser_token(make_comment())
    with time_machine.travel(timezone.now() + timedelta(days=180, seconds=1)):
        article = make_visible_article()
        assert sent_with(client, article, token).commenter is None


def test_an_erased_comment_does_not_give_its_author_away(client, article):
    comment = make_comment(commenter=make_commenter(address="ines@example.org"))
    token = browser_token(comment)
    comment.erase()
    assert sent_with(client, article, token).commenter is None


def test_what_staff_write_makes_nobody_known(article):
    client = moderator_client()
    token_page = client.get(f"/articles/{article.slug}/comments/")
    csrf = token_page.context["csrf_token"]
    token = browser_token(make_comment())
    comment = sent_with(client, article, token, csrfmiddlewaretoken=str(csrf))
    assert comment.by is not None
    assert comment.commenter is None
    assert not Commenter.objects.exists()
    assertNotContains(client.get(private_address(comment)), "data-browser")


def test_the_private_page_gives_the_token_out_and_nobody_keeps_it(client, db):
    comment = make_comment()
    page = client.get(private_address(comment))
    assertContains(page, f'data-browser="{browser_token(comment)}"')
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.cookies == {}
    comment.erase()
    page = client.get(private_address(comment))
    assertNotContains(page, "data-browser", status_code=410)


def test_no_public_page_holds_a_token(client, article):
    make_shown_comment(article=article, commenter=make_commenter())
    for address in [
        f"/articles/{article.slug}/",
        f"/articles/{article.slug}/comments/",
    ]:
        page = client.get(address)
        assertContains(page, 'name="browser"')
        assertNotContains(page, "data-browser")
        assert page.headers["Cache-Control"].startswith("public")


def test_a_token_that_came_back_with_the_form_is_escaped(client, article):
    answer = send(client, article, body="", browser='"><script>alert(1)</script>')
    assertNotContains(answer, "<script>alert", status_code=422)


def test_who_says_yes_to_our_mail_is_known_and_who_says_no_is_not(client, db):
    mailbox = make_mailbox(address="ines@example.org")
    mine, theirs = [make_comment(email="ines@example.org") for _ in range(2)]
    client.get(confirm_address(mailbox, theirs))
    client.post(confirm_address(mailbox, theirs), {"answer": "no"})
    assert not Commenter.objects.exists()
    client.post(confirm_address(mailbox, theirs), {"answer": "yes"})
    client.post(confirm_address(mailbox, mine), {"answer": "yes"})
    for comment in [mine, theirs]:
        comment.refresh_from_db()
    assert mine.commenter.mailbox == mailbox
    assert (theirs.commenter, theirs.email) == (None, "")


def test_the_browser_of_a_comment_that_was_proven_is_known_from_then_on(
    client, article
):
    first = sent_with(client, article, "", email="ines@example.org")
    proven(first)
    token = browser_token(first)
    for address in ["", "Ines@example.org"]:
        sent = sent_with(client, article, token, email=address, body=f"“{address}”")
        assert sent.commenter == first.commenter
        assert sent.mailbox == (first.mailbox if address else None)
    typed = sent_with(client, article, "", email="ines@example.org", body="Typed.")
    assert (typed.commenter, typed.mailbox) == (None, None)


def test_the_desk_says_who_wrote_a_comment(client, db):
    client.force_login(make_user(role="Moderators"))
    comment = make_comment(commenter=make_commenter(address="ines@example.org"))
    page = client.get(reverse("admin:comments_comment_change", args=[comment.pk]))
    assertContains(page, "known by: a confirmed email address")
    assertContains(page, f"/admin/comments/commenter/{comment.commenter_id}/change/")
