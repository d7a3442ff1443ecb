from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from comments.models import Appeal, Comment, Mailbox, PendingMail
from comments.models.comment import EDIT_WINDOW
from comments.security.tokens import confirm_address, private_address
from tests.comments.views.sending import PRIVATE, moderator_client, text_of
from tests.factories import (
    HOUR,
    make_comment,
    make_shown_comment,
    make_user,
    make_visible_article,
    proven,
)

LATER = {"body": "What I <meant> & mean."}


def press(client, comment, button, /, *, headers=None, **words):
    return client.post(private_address(comment), words | {button: "1"}, headers=headers)


def page_of(client, comment):
    return text_of(client.get(private_address(comment)))


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([], "Your comment is waiting for a moderator"),
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
    # A second time nothing happens, and nothing breaks.
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


def test_an_author_changes_the_words_of_a_waiting_comment(db, client):
    comment = make_comment(body="What I wrote.")
    answer = press(client, comment, "edit", **LATER)
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        private_address(comment),
    )
    comment.refresh_from_db()
    assert comment.body == LATER["body"]
    assert comment.is_waiting
    assert comment.earlier_texts.get().body == "What I wrote."
    assert "edited" in page_of(client, comment)


def test_changed_words_of_a_published_comment_wait_and_the_page_says_so_before(
    db, client
):
    comment = make_shown_comment()
    assert "a moderator reads it again before it appears." in page_of(client, comment)
    press(client, comment, "edit", **LATER)
    assert not Comment.objects.shown().exists()
    page = page_of(client, comment)
    assert "Your comment is waiting for a moderator" in page
    assert "a moderator reads it again" not in page


def test_a_moderator_changes_an_own_answer_in_place_and_nobody_elses(db):
    moderator = make_user(role="Moderators")
    client = Client()
    client.force_login(moderator)
    own = make_shown_comment(by=moderator)
    assert "a moderator reads it again" not in page_of(client, own)
    press(client, own, "edit", **LATER)
    others = make_shown_comment(by=make_user(role="Moderators"))
    press(client, others, "edit", **LATER)
    press(Client(), second := make_shown_comment(by=moderator), "edit", **LATER)
    for comment in [own, others, second]:
        comment.refresh_from_db()
        assert comment.body == LATER["body"]
    assert list(Comment.objects.shown()) == [own]


def test_the_same_words_again_change_nothing(db, client):
    comment = make_shown_comment(body="As it was.\nTwo lines.")
    answer = press(client, comment, "edit", body="As it was.\r\nTwo lines.\r\n")
    assert answer.status_code == 303
    comment.refresh_from_db()
    assert (comment.text_revision, comment.is_approved) == (1, True)
    assert not comment.earlier_texts.exists()


def test_a_change_that_is_sent_twice_is_made_once(db, client):
    comment = make_comment()
    for _ in range(2):
        assert press(client, comment, "edit", **LATER).status_code == 303
    assert comment.earlier_texts.count() == 1


def test_words_that_stand_elsewhere_already_can_be_those_of_a_changed_comment(
    db, client
):
    other = make_comment(body=LATER["body"], repeat_key="k")
    comment = make_comment(article=other.article)
    assert press(client, comment, "edit", **LATER).status_code == 303
    comment.refresh_from_db()
    assert comment.body == other.body


def test_a_change_can_be_seen_before_it_is_made(db, client):
    comment = make_comment(body="What I wrote.")
    answer = press(client, comment, "preview", body="*Look* at <me>")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Preview of your change" in page
    assert page.count("&lt;me&gt;") == 2  # in the preview and in the form
    assert "<details" in page.partition("Edit your comment")[0]
    comment.refresh_from_db()
    assert comment.body == "What I wrote."


@pytest.mark.parametrize("button", ["edit", "preview"])
@pytest.mark.parametrize("body", ["", "\u200b \u2800", "<b>" + "x" * 5000])
def test_words_that_cannot_be_taken_come_back(db, client, button, body):
    comment = make_comment(body="What I wrote.")
    answer = press(client, comment, button, body=body)
    assert answer.status_code == 422
    assert answer.headers["Cache-Control"] == PRIVATE
    assert body in text_of(answer)
    assert "<b>" not in answer.content.decode()
    assert 'role="alert"' in text_of(answer)
    comment.refresh_from_db()
    assert comment.body == "What I wrote."


def test_the_time_to_change_a_comment_ends_at_its_exact_end(db, client):
    comment = make_comment(body="What I wrote.")
    end = comment.created_at + EDIT_WINDOW
    with time_machine.travel(end - timedelta(microseconds=1), tick=False):
        page = client.get(private_address(comment)).content.decode()
        assert 'name="edit"' in page
        assert f'<time datetime="{end.isoformat()}"' in page
    with time_machine.travel(end, tick=False):
        assert 'name="edit"' not in page_of(client, comment)
        for button in ["edit", "preview"]:
            answer = press(client, comment, button, **LATER)
            assert answer.status_code == 409
            assert "The time for editing this comment is over." in text_of(answer)
            assert LATER["body"] in text_of(answer)
    with time_machine.travel(end - timedelta(microseconds=1), tick=False):
        assert press(client, comment, "edit", **LATER).status_code == 303
    comment.refresh_from_db()
    assert comment.body == LATER["body"]


def answered(comment):
    make_comment(parent=comment)


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (answered, "Someone has already replied to this comment"),
        (Comment.reject, "A moderator has decided not to publish"),
        (Comment.mark_spam, "A moderator has decided not to publish"),
        (Comment.withdraw, "You have withdrawn this comment."),
    ],
)
def test_who_comes_too_late_to_change_words_gets_them_back_and_learns_why(
    db, client, step, why
):
    comment = make_comment(body="What I wrote.")
    step(comment)
    answer = press(client, comment, "edit", **LATER)
    assert answer.status_code == 409
    assert answer.headers["Cache-Control"] == PRIVATE
    assert why in text_of(answer)
    assert LATER["body"] in text_of(answer)
    assert "<meant>" not in answer.content.decode()
    assert "spam" not in text_of(answer).lower()
    comment.refresh_from_db()
    assert comment.body == "What I wrote."


@pytest.mark.parametrize("step", [Comment.reject, Comment.mark_spam])
def test_an_author_asks_the_moderators_once_to_look_again(db, client, step):
    comment = make_comment()
    assert 'name="appeal"' not in page_of(client, comment)
    step(comment)
    assert 'name="appeal"' in page_of(client, comment)
    answer = press(client, comment, "appeal", message="I meant <it> kindly.")
    assert answer.status_code == 303
    assert Appeal.objects.get().message == "I meant <it> kindly."
    page = page_of(client, comment)
    assert "This page shows their decision." in page
    assert 'name="appeal"' not in page
    # The same again, as after “back”: it was sent.
    assert (
        press(client, comment, "appeal", message="I meant <it> kindly.").status_code
        == 303
    )
    second = press(client, comment, "appeal", message="And <another> thing.")
    assert second.status_code == 409
    assert "And <another> thing." in text_of(second)
    assert "have already sent" in text_of(second)
    assert Appeal.objects.get().message == "I meant <it> kindly."


def test_an_author_learns_what_became_of_the_appeal(db, client):
    comment = make_comment()
    comment.reject(by=make_user(), reason="off_topic")
    press(client, comment, "appeal", message="Look again.")
    comment.refresh_from_db()
    comment.keep(by=make_user())
    page = page_of(client, comment)
    assert "one of them confirmed the decision." in " ".join(page.split())
    assert "gave this reason: off topic." in page
    comment.approve(by=make_user())
    assert "Your comment is published" in page_of(client, comment)


@pytest.mark.parametrize("message", ["", "\u200b", "<i>" + "y" * 1000])
def test_a_message_that_cannot_be_taken_comes_back(db, client, message):
    comment = make_comment()
    comment.reject()
    answer = press(client, comment, "appeal", message=message)
    assert answer.status_code == 422
    assert message in text_of(answer)
    assert not Appeal.objects.exists()


@pytest.mark.parametrize("step", [None, Comment.approve, Comment.withdraw])
def test_there_is_nothing_to_appeal_against_where_nothing_was_refused(db, client, step):
    comment = make_comment()
    if step:
        step(comment)
    answer = press(client, comment, "appeal", message="Now & here.")
    assert answer.status_code == 409
    assert "Now & here." in text_of(answer)
    assert not Appeal.objects.exists()


def test_a_comment_with_an_address_is_answered_by_mail_when_its_author_says_so(
    db, client
):
    comment = make_comment(email="ines@example.org")
    page = page_of(client, comment)
    assert "i…@example.org" in page
    assert "ines@example.org" not in page
    assert press(client, comment, "notify").status_code == 303
    comment.refresh_from_db()
    assert comment.notify
    assert PendingMail.objects.get().mailbox.address == "ines@example.org"
    assert "We send replies to" in page_of(client, comment)
    assert press(client, comment, "stop").status_code == 303
    comment.refresh_from_db()
    assert not comment.notify
    assert "Email me when someone replies" in page_of(client, comment)


def test_a_comment_without_an_address_asks_for_one(db, client):
    comment = make_comment()
    for email, status in [("", 422), ("nobody", 422), ("Ines@EXAMPLE.org", 303)]:
        answer = press(client, comment, "notify", email=email)
        assert answer.status_code == status
        assert status == 303 or email in text_of(answer)
    comment.refresh_from_db()
    assert (comment.email, comment.notify) == ("Ines@example.org", True)
    assert Mailbox.objects.get().address == "ines@example.org"


def test_nobody_learns_from_a_private_page_whether_an_address_is_known(db, client):
    Mailbox.objects.create(address="known@example.org", confirmed_at=timezone.now())
    pages = set()
    for name in ["known", "klaus"]:
        comment = make_comment(name="Inés", body="The same.")
        press(client, comment, "notify", email=f"{name}@example.org")
        pages.add(page_of(client, comment).partition("Reply notifications")[2][:800])
    assert len(pages) == 1


def test_an_address_is_proven_by_a_link_that_its_author_asks_for(db, client):
    comment = make_comment(email="ines@example.org")
    assert "Confirm your address" in page_of(client, comment)
    assert not PendingMail.objects.exists()
    answer = press(client, comment, "prove")
    assert answer.status_code == 200
    assert "an email is on its way" in text_of(answer)
    mail = PendingMail.objects.get()
    assert (mail.kind, mail.comment) == ("confirm", comment)
    comment.refresh_from_db()
    assert not comment.notify
    client.post(confirm_address(mail.mailbox, comment), {"answer": "yes"})
    assert "Confirm your address" not in page_of(client, comment)


def test_what_is_told_of_the_link_is_the_same_whatever_becomes_of_it(db, client):
    Mailbox.objects.create(address="known@example.org", confirmed_at=timezone.now())
    Mailbox.objects.create(address="kstop@example.org", stopped_at=timezone.now())
    Mailbox.objects.create(address="kaskd@example.org", asked_at=timezone.now())
    pages = set()
    for name in ["known", "kstop", "kaskd", "klaus"]:
        comment = make_comment(name="Inés", email=f"{name}@example.org")
        page = text_of(press(client, comment, "prove"))
        pages.add(page.partition("Confirm your address")[2][:900])
    assert len(pages) == 1
    assert PendingMail.objects.count() == 2


def test_without_an_address_or_after_a_withdrawal_no_link_is_mailed(db, client):
    without, withdrawn = make_comment(), make_comment(email="ines@example.org")
    withdrawn.withdraw()
    for comment in [without, withdrawn]:
        assert "Confirm your address" not in page_of(client, comment)
        press(client, comment, "prove")
    assert not PendingMail.objects.exists()


def test_an_address_that_is_that_of_the_known_author_needs_no_link(db, client):
    mine = proven(make_comment(email="ines@example.org"))
    for address, mailbox in [("INES@example.org", mine.mailbox), ("bo@x.org", None)]:
        comment = make_comment(commenter=mine.commenter)
        press(client, comment, "notify", email=address)
        comment.refresh_from_db()
        assert comment.mailbox == mailbox
    assert [mail.mailbox.address for mail in PendingMail.objects.all()] == ["bo@x.org"]


def test_an_address_is_not_exchanged_for_another(db, client):
    comment = make_comment(email="ines@example.org")
    press(client, comment, "notify", email="other@example.org")
    comment.refresh_from_db()
    assert comment.email == "ines@example.org"


def test_who_has_withdrawn_hears_nothing(db, client):
    comment = make_comment(email="ines@example.org")
    comment.withdraw()
    press(client, comment, "notify")
    comment.refresh_from_db()
    assert not comment.notify
    assert not PendingMail.objects.exists()


@pytest.mark.parametrize(
    ("button", "words"),
    [
        ("edit", {"body": "My <new> words"}),
        ("preview", {"body": "My <new> words"}),
        ("appeal", {"message": "My <new> words"}),
        ("notify", {"email": "my-new@example.org"}),
        ("stop", {}),
    ],
)
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_can_do_nothing_and_what_was_typed_comes_back(
    db, client, button, words, site
):
    comment = make_comment(notify=button == "stop")
    if button == "appeal":
        comment.reject()
    before = Comment.objects.values().get()
    answer = press(client, comment, button, headers={"Sec-Fetch-Site": site}, **words)
    assert answer.status_code == 403
    assert answer.headers["Cache-Control"] == PRIVATE
    for word in words.values():
        assert word in text_of(answer)
    assert Comment.objects.values().get() == before
    assert not Appeal.objects.exists()
    assert not PendingMail.objects.exists()


def test_who_is_signed_in_needs_a_token_of_ours(db):
    comment = make_comment()
    staff = moderator_client(enforce_csrf_checks=True)
    assert press(staff, comment, "edit", **LATER).status_code == 403
    page = staff.get(private_address(comment)).content.decode()
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    answer = press(staff, comment, "edit", csrfmiddlewaretoken=token, **LATER)
    assert answer.status_code == 303


def test_a_post_without_a_button_does_nothing(db, client):
    comment = make_comment(body="What I wrote.")
    answer = client.post(private_address(comment), LATER)
    assert answer.status_code == 303
    comment.refresh_from_db()
    assert comment.body == "What I wrote."


def test_reading_the_page_changes_nothing(db, client):
    comment = make_comment()
    before = Comment.objects.values().get()
    for button in ["withdraw", "edit", "appeal", "notify"]:
        client.get(private_address(comment), LATER | {button: "1"})
    assert Comment.objects.values().get() == before


def test_nothing_but_the_words_can_be_changed(db, client):
    comment = make_comment(body="What I wrote.")
    before = Comment.objects.values("name", "status", "article", "created_at").get()
    press(
        client,
        comment,
        "edit",
        **LATER,
        name="Mallory",
        status="approved",
        article=make_visible_article().pk,
        created_at="2020-01-01",
        email="mallory@example.org",
    )
    after = Comment.objects.values("name", "status", "article", "created_at").get()
    assert after == before
    assert not Comment.objects.get().email


def test_an_erased_comment_is_gone_and_what_is_sent_to_it_is_given_back(db, client):
    comment = make_comment(name="Inés", body="What I wrote.")
    comment.erase()
    answer = client.get(private_address(comment))
    assert answer.status_code == 410
    assert answer.headers["Cache-Control"] == PRIVATE
    assert "This comment was erased" in text_of(answer)
    late = press(client, comment, "edit", **LATER)
    assert late.status_code == 410
    assert LATER["body"] in text_of(late)
    comment.refresh_from_db()
    assert comment.body == ""


def test_the_private_page_lasts_as_long_as_its_comment(db, client):
    comment = make_comment()
    with time_machine.travel(timezone.now() + 10_000 * HOUR):
        assert client.get(private_address(comment)).status_code == 200


def test_more_than_64_kib_is_not_read_here_either(db, client):
    comment = make_comment(body="What I wrote.")
    answer = press(client, comment, "edit", body="b" * 66_000)
    assert answer.status_code == 413
    assert answer.headers["Cache-Control"] == PRIVATE
    comment.refresh_from_db()
    assert comment.body == "What I wrote."


@pytest.mark.parametrize("button", ["edit", "preview", "appeal", "notify"])
@pytest.mark.parametrize(
    "body",
    [
        b"body=%00%ED%A0%80&message=%FF&email=%00@x.org",
        b"body=a%00b%ED%A0%80c&message=%E9t%E9&email=%FF%FE@example.org",
        b"body=%E2%80%AEevil&message=" + b"%0A" * 900,
    ],
)
def test_what_is_no_text_is_no_crash(db, client, button, body):
    comment = make_comment()
    if button == "appeal":
        comment.reject()
    answer = client.generic(
        "POST",
        private_address(comment),
        body + f"&{button}=1".encode(),
        content_type="application/x-www-form-urlencoded; charset=utf-16",
    )
    assert answer.status_code in {200, 303, 422}
