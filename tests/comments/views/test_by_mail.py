import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments.forms.by_mail import LONGEST_EXPLANATION
from comments.mail.one_click import decision_address
from comments.models import Comment, Decision, Signal
from comments.posting.author_actions import appeal
from comments.security.tokens import stop_address, token_for
from comments.views.receiving import LARGEST_POST
from tests.comments.posting.test_submit import all_at_once
from tests.comments.views.sending import PRIVATE, moderator_client, text_of
from tests.comments.views.test_mail import assert_private
from tests.factories import (
    digest_of,
    make_comment,
    make_mailbox,
    make_report,
    make_shown_comment,
    make_user,
    make_visible_article,
)
from tests.newsroom.accounts.conftest import give_app, give_passkey

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator():
    return make_user(role="Moderators", username="mo", first_name="Mo", last_name="D")


@pytest.fixture
def comment():
    article = make_visible_article(title="Harbour & frost")
    return make_comment(article=article, name="Inés", body="A <remark>.")


@pytest.fixture
def link(comment, moderator):
    """The address of the one-click link for a step."""
    return lambda step, of=None: decision_address(
        of or comment, step, digest_of(moderator)
    )


def pressed(client, address, **sent):
    step = sent.pop("step", None)
    if step is None:
        form = text_of(client.get(address))
        step = re.search(r'name="step" value="(\w+)"', form)[1]
    return client.post(address, {"step": step} | sent)


def headline(answer):
    return re.search(r"<h1[^>]*>(.*?)</h1>", text_of(answer), re.S)[1]


def is_untouched(comment):
    before = comment.version
    comment.refresh_from_db()
    return comment.version == before and not comment.decisions.exists()


# The page


@pytest.mark.parametrize(
    ("step", "question"),
    [
        ("approve", "Approve this comment?"),
        ("reject", "Reject this comment?"),
        ("mark_spam", "Mark this comment as spam?"),
    ],
)
def test_opening_a_link_shows_the_comment_and_one_button_and_decides_nothing(
    client, comment, link, step, question
):
    Signal.objects.create(
        comment=comment, text_revision=1, rule="look_alike_staff", words="Ana"
    )
    for method in [client.get, client.head, client.options]:
        answer = method(link(step))
        assert answer.status_code == (405 if method == client.options else 200)
    answer = client.get(link(step))
    assert_private(answer)
    page = text_of(answer)
    assert headline(answer) == question
    assert "A <remark>." in page
    assert "<remark>" not in answer.content.decode()
    assert "Harbour & frost</a>" in page
    assert "The name resembles that of Ana" in page
    assert page.partition("<main")[2].partition("</main>")[0].count("<button") == 1
    assert is_untouched(comment)


@pytest.mark.parametrize(
    ("step", "status", "headline_after"),
    [
        ("approve", "approved", "Status of this comment: Approved"),
        ("mark_spam", "spam", "Status of this comment: Spam"),
    ],
)
def test_the_button_decides_as_the_moderator_without_signing_in(
    client, comment, link, moderator, step, status, headline_after
):
    answer = pressed(client, link(step))
    assert answer.status_code == 303
    assert_private(answer)
    comment.refresh_from_db()
    assert comment.status == status
    decision = comment.decisions.get()
    assert (decision.by, decision.text_revision) == (moderator, 1)
    page = client.get(answer.headers["Location"])
    assert headline(page) == headline_after
    assert "<bdi>Mo D</bdi>, <time" in text_of(page)
    assert f"</time>: {decision.in_words}</p>" in text_of(page)
    assert "/admin/comments/queue/" in text_of(page)
    # What was decided is shown at the desk only.
    assert "A <remark>." not in text_of(page)


def test_a_comment_is_rejected_with_a_reason_and_what_its_author_is_told(
    client, comment, link
):
    sent = {"reason": "other", "explanation": "Too\r\nloud.", "told": "on"}
    assert pressed(client, link("reject"), **sent).status_code == 303
    decision = comment.decisions.get()
    assert decision.to_status == "rejected"
    assert (decision.reason, decision.explanation, decision.told) == (
        "other",
        "Too\nloud.",
        True,
    )


def test_an_author_need_not_be_told(client, comment, link):
    assert pressed(client, link("reject"), reason="abuse").status_code == 303
    assert comment.decisions.get().told is False


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Choose a reason, then reject."),
        ({"reason": "mood"}, "Choose one of the reasons below"),
        ({"reason": "other"}, "Explain the reason."),
        (
            {"reason": "abuse", "explanation": "w" * (LONGEST_EXPLANATION + 1)},
            "the limit is",
        ),
    ],
)
def test_what_is_wrong_comes_back_with_every_word(
    client, comment, link, sent, sentence
):
    sent = {"explanation": ""} | sent
    answer = pressed(client, link("reject"), **sent)
    assert answer.status_code == 422
    assert_private(answer)
    assert sentence in text_of(answer)
    assert sent["explanation"] in text_of(answer)
    assert is_untouched(comment)


@pytest.mark.parametrize("sent", [{}, {"step": ""}, {"step": "reject"}, {"x": "y"}])
def test_what_no_button_sends_decides_nothing(client, comment, link, sent):
    """As mail programs do that open every link with a POST."""
    answer = client.post(link("approve"), sent)
    assert answer.status_code == 422
    assert "Nothing was changed" in text_of(answer)
    assert is_untouched(comment)


def test_an_appeal_can_be_answered(client, comment, moderator, link):
    comment.reject(by=moderator, reason="abuse")
    appeal(comment, "It was <no> abuse.")
    address = link("keep", Comment.objects.get(pk=comment.pk))
    answer = client.get(address)
    assert headline(answer) == "Keep this comment rejected?"
    assert "It was <no> abuse." in text_of(answer)
    assert "<no>" not in answer.content.decode()
    assert pressed(client, address).status_code == 303
    comment.refresh_from_db()
    assert comment.status == "rejected"
    assert not comment.has_open_appeal


def test_reports_are_shown(client, moderator):
    comment = make_shown_comment()
    make_report(comment, reason="spam", sentence="Look at <this>")
    page = text_of(
        client.get(decision_address(comment, "reject", digest_of(moderator)))
    )
    assert "It is spam or advertising: <bdi>Look at <this></bdi>" in page


def test_an_answer_says_whom_it_answers(client, moderator):
    answer = make_comment(parent=make_shown_comment(name="<i>Ana"))
    page = client.get(
        decision_address(answer, "approve", digest_of(moderator))
    ).content.decode()
    assert "Reply to <bdi>&lt;i&gt;Ana</bdi>" in page


EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7|add:7 }}"


def test_nothing_that_anybody_typed_becomes_markup(client, moderator):
    article = make_visible_article(title=EVIL)
    parent = make_shown_comment(article=article, name=EVIL)
    comment = make_comment(parent=parent, name=EVIL, body=EVIL)
    Signal.objects.create(
        comment=comment, text_revision=1, rule="look_alike_staff", words=EVIL
    )
    moderator.first_name = EVIL[:100]
    moderator.save()
    pages = [client.get(decision_address(comment, "reject", digest_of(moderator)))]
    rejected = pressed(
        client,
        decision_address(comment, "reject", digest_of(moderator)),
        reason="",
        explanation=EVIL,
    )
    pages.append(rejected)
    address = decision_address(comment, "reject", digest_of(moderator))
    comment.approve(by=moderator)
    sent = {"step": "reject", "explanation": EVIL}
    pages += [client.get(address), client.post(address, sent)]
    assert [page.status_code for page in pages] == [200, 422, 200, 409]
    for page in pages:
        html = page.content.decode()
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "onerror=" not in re.sub(r"&lt;img.*?&gt;", "", html)
        assert ">14<" not in html


# Too late


def test_a_link_used_twice_says_what_was_decided(client, comment, link):
    pressed(client, link("approve"))
    address = link("approve")
    answer = pressed(client, address, step="approve")
    assert answer.status_code == 409
    assert_private(answer)
    assert "It is too late for this. Nothing was changed." in text_of(answer)
    assert "Mo D" in text_of(answer)
    assert comment.decisions.count() == 1


def test_who_was_faster_is_named_with_the_reason_and_the_words_are_kept(
    client, comment, link
):
    other = make_user(role="Moderators", username="faster")
    address = link("reject")
    comment.reject(by=other, reason="personal_data")
    answer = client.get(address)
    assert answer.status_code == 200
    assert headline(answer) == "Status of this comment: Rejected"
    assert "<bdi>faster</bdi>, <time" in text_of(answer)
    assert ": rejected this comment (personal data)" in text_of(answer)
    sent = {"step": "reject", "reason": "abuse", "explanation": "My words."}
    answer = client.post(address, sent)
    assert answer.status_code == 409
    assert "My words." in text_of(answer)
    assert comment.decisions.count() == 1


def test_a_link_for_other_words_decides_nothing(client, comment, link):
    address = link("approve")
    comment.edit("Buy this.")
    answer = client.get(address)
    assert answer.status_code == 200
    assert headline(answer) == "This comment is waiting"
    assert "The comment has changed since the email." in text_of(answer)
    assert pressed(client, address, step="approve").status_code == 409
    comment.refresh_from_db()
    assert comment.is_waiting
    assert not comment.decisions.exists()


def test_a_link_ends_after_three_days(client, comment, link):
    now = timezone.now().replace(microsecond=0)
    with time_machine.travel(now, tick=False) as clock:
        address = link("approve")
        clock.shift(timedelta(days=3))
        assert client.get(address).status_code == 200
        clock.shift(timedelta(seconds=1))
        answer = client.get(address)
        assert answer.status_code == 410
        assert headline(answer) == "This link has expired"
        assert "A <remark>." not in text_of(answer)
        assert pressed(client, address, step="approve").status_code == 409
        assert is_untouched(comment)
        comment.approve(by=make_user(role="Moderators", username="faster"))
        assert "</time>: approved this comment" in text_of(client.get(address))


def test_a_comment_that_its_author_withdrew(client, comment, link):
    address = link("approve")
    comment.withdraw()
    page = text_of(client.get(address))
    assert "<bdi>Its author</bdi>, <time" in page
    assert "</time>: withdrew this comment" in page
    assert pressed(client, address, step="approve").status_code == 409


def test_a_comment_that_was_erased(client, comment, link):
    address = link("approve")
    comment.erase()
    answer = client.get(address)
    assert answer.status_code == 410
    assert headline(answer) == "This comment was erased"
    assert "Inés" not in text_of(answer)
    assert pressed(client, address, step="approve").status_code == 409


def test_an_article_that_was_withdrawn_meanwhile(client, comment, link):
    comment.article.withdraw()
    answer = client.get(link("approve"))
    assert answer.status_code == 200
    assert "Its article is not public at the moment" in text_of(answer)
    assert "Harbour" not in text_of(answer)
    assert pressed(client, link("approve")).status_code == 303
    answer = client.get(link("approve"))
    assert "Harbour" not in text_of(answer)
    comment.refresh_from_db()
    assert comment.is_approved
    assert not comment.is_shown


@pytest.mark.django_db(transaction=True)
def test_of_two_links_of_one_mail_pressed_at_once_one_wins(comment):
    Group.objects.get_or_create(name="Moderators")
    chief = make_user(is_superuser=True, is_staff=True)
    addresses = {
        step: decision_address(comment, step, digest_of(chief))
        for step in ["approve", "reject"]
    }
    answers = all_at_once(
        *[
            lambda step=step, address=address: Client().post(
                address, {"step": step, "reason": "abuse"}
            )
            for step, address in addresses.items()
        ]
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert Decision.objects.filter(comment=comment).count() == 1


# Permissions


def deactivated(moderator):
    moderator.is_active = False
    moderator.save()


def no_staff(moderator):
    moderator.is_staff = False
    moderator.save()


def demoted(moderator):
    moderator.groups.set([Group.objects.get(name="Editors")])


def deleted(moderator):
    moderator.delete()


@pytest.mark.parametrize("change", [deactivated, no_staff, demoted, deleted])
def test_who_is_no_moderator_any_more_decides_nothing_and_sees_nothing(
    client, comment, moderator, link, change
):
    addresses = [link("approve"), link("reject")]
    change(moderator)
    sent = {"step": "reject", "reason": "abuse", "explanation": "My words."}
    for address in addresses:
        for answer in [client.get(address), client.post(address, sent)]:
            assert answer.status_code == 403
            assert_private(answer)
            assert headline(answer) == "You cannot decide with this link"
            assert "remark" not in text_of(answer)
            assert "Harbour" not in text_of(answer)
    assert "My words." in text_of(client.post(addresses[1], sent))
    assert is_untouched(comment)


def test_another_site_cannot_press_the_button(client, comment, link):
    staff = moderator_client(enforce_csrf_checks=True)
    sent = {"step": "reject", "reason": "abuse", "explanation": "My words."}
    for headers in [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
    ]:
        answer = client.post(link("reject"), sent, headers=headers)
        assert answer.status_code == 403
        assert_private(answer)
        assert "Nothing was changed" in text_of(answer)
        assert "My words." in text_of(answer)
    assert staff.post(link("reject"), sent).status_code == 403
    assert is_untouched(comment)
    ours = {"Sec-Fetch-Site": "same-origin"}
    assert client.post(link("reject"), sent, headers=ours).status_code == 303


def test_who_is_signed_in_gets_a_token_with_the_button_and_decides_as_whom_it_was_mailed(
    comment, link, moderator
):
    staff = moderator_client(enforce_csrf_checks=True)
    page = text_of(staff.get(link("approve")))
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)[1]
    assert "You decide as <bdi>mo</bdi>" in page
    sent = {"step": "approve", "csrfmiddlewaretoken": token}
    assert staff.post(link("approve"), sent).status_code == 303
    assert comment.decisions.get().by == moderator
    assert "csrfmiddlewaretoken" not in text_of(Client().get(link("approve")))


def test_a_link_that_is_forged_or_foreign_leads_to_a_quiet_page(client, comment, link):
    mailbox = make_mailbox()
    tokens = [
        "x",
        "1.1.1.0.1.1:x",
        "%00",
        "9" * 500,
        token_for(comment),
        stop_address(mailbox, comment).split("/")[-2],
        link("approve").split("/")[-2][:-1],
    ]
    for token in tokens:
        address = f"/comments/decide/{token}/"
        for answer in [client.get(address), client.post(address, {"step": "approve"})]:
            assert answer.status_code == 404, address
            assert headline(answer) == "This link does not work"
            assert_private(answer)
    assert is_untouched(comment)


# Refused requests


def test_what_is_too_large_is_not_read(client, comment, link):
    sent = {"step": "approve", "x": "x" * LARGEST_POST}
    answer = client.post(link("approve"), sent)
    assert answer.status_code == 413
    assert answer.headers["Cache-Control"] == PRIVATE
    assert is_untouched(comment)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff\xfe=\x00", "application/x-www-form-urlencoded"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"step=approve", "application/x-www-form-urlencoded; charset=utf-7"),
        (b"", "text/plain"),
    ],
)
def test_odd_bodies_never_break_the_page(client, link, body, kind):
    for step in ["reject", "mark_spam"]:
        answer = client.post(link(step), body, content_type=kind)
        assert answer.status_code in {400, 422}


def test_queries_of_the_page_are_the_same_whatever_there_is(client, comment, moderator):
    def queries(comment):
        address = decision_address(comment, "reject", digest_of(moderator))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    few = queries(comment)
    for _ in range(20):
        Signal.objects.create(comment=comment, text_revision=1, rule="decoy")
        make_comment(parent=make_shown_comment(article=comment.article))
    assert queries(comment) == few == 8


# Who may decide without signing in


def switch_off(settings, moderator):
    settings.DECIDE_BY_MAIL = False


def require(settings, moderator):
    settings.STAFF_SECOND_FACTOR = "required"


def add_app(settings, moderator):
    give_app(moderator)


def add_passkey(settings, moderator):
    give_passkey(moderator)


@pytest.mark.parametrize("happens", [switch_off, require, add_app, add_passkey])
def test_a_link_that_was_mailed_before_stops_working_and_says_why(
    client, comment, link, moderator, settings, happens
):
    address = link("reject")
    assert headline(client.get(address)) == "Reject this comment?"
    happens(settings, moderator)
    sent = {"step": "reject", "reason": "abuse", "explanation": "My long words."}
    for answer in [client.get(address), client.post(address, sent)]:
        assert answer.status_code == 403
        assert headline(answer) == "Sign in to decide"
        assert_private(answer)
    assert "My long words." in answer.text
    assert f"/admin/comments/comment/{comment.pk}/change/" in answer.text
    # The holder of the link learns nothing about the comment.
    assert comment.body not in text_of(answer)
    assert is_untouched(comment)


def test_where_second_factors_are_off_none_stands_in_the_way(
    client, comment, link, moderator, settings
):
    give_app(moderator)
    settings.STAFF_SECOND_FACTOR = "off"
    assert pressed(client, link("approve")).status_code == 303
    assert not is_untouched(comment)


def test_a_second_factor_of_somebody_else_stands_in_nobodys_way(client, comment, link):
    give_app(make_user(role="Moderators"))
    assert pressed(client, link("approve")).status_code == 303
