"""The audit sample: moderators judge without knowing what the machine decided."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from comments.models import Comment, SecondLook, Weight
from tests.comments.admin.desk import said, status_of
from tests.comments.admin.test_comment_races import at_the_same_instant, signed_in
from tests.factories import (
    make_comment,
    make_shown_comment,
    make_user,
    make_visible_article,
)

PAGE = "/admin/comments/secondlook/"
ROLES = [None, "Writers", "Editors", "Moderators"]


def make_look(status="approved", **fields):
    comment = make_comment(**fields)
    comment.approve() if status == "approved" else comment.mark_spam()
    return SecondLook.objects.create(comment=comment, status=status, text_revision=1)


def press(client, look, verdict, /, **changes):
    data = {"look": look.pk, "seen": look.comment.version, "verdict": verdict}
    return client.post(PAGE, data | changes)


def test_the_list_of_comments_leads_to_it(client, moderator):
    assert reverse("admin:comments_secondlook_changelist") == PAGE
    assertContains(client.get("/admin/comments/comment/"), PAGE)


@pytest.mark.parametrize(
    ("role", "status"), list(zip(ROLES, [302, 403, 403, 200], strict=True))
)
def test_moderators_alone_see_it(db, client, role, status):
    make_look()
    client.force_login(make_user(role=role))
    assert client.get(PAGE).status_code == status


@pytest.mark.parametrize(
    ("role", "status"), list(zip(ROLES, [302, 403, 403, 302], strict=True))
)
def test_moderators_alone_judge(db, client, role, status):
    look = make_look()
    client.force_login(make_user(role=role))
    assert press(client, look, "spam").status_code == status
    assert status_of(look.comment) == ("spam" if role == "Moderators" else "approved")


def test_who_may_only_look_at_comments_does_not_see_it(db, client):
    user = make_user(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_comment"))
    client.force_login(user)
    assert client.get(PAGE).status_code == 403


def test_only_from_our_own_pages(moderator):
    look = make_look()
    client = Client(enforce_csrf_checks=True)
    client.force_login(moderator)
    assert press(client, look, "spam").status_code == 403
    assert status_of(look.comment) == "approved"


def test_it_shows_the_comment_its_parent_and_its_article(client, moderator):
    article = make_visible_article(
        title="Of <i>tides</i>", standfirst="Where water goes."
    )
    parent = make_shown_comment(article=article, name="Bo", body="What is <b>said</b>?")
    make_look(parent=parent, name="<u>Inés</u>", body="This <script>alert(1)</script>.")
    page = client.get(PAGE)
    for words in [
        "Of &lt;i&gt;tides",
        "Where water goes.",
        "&lt;u&gt;Inés",
        "This &lt;script&gt;alert(1)",
        "What is &lt;b&gt;said",
    ]:
        assertContains(page, words)
    assertNotContains(page, "<script>alert")


def page_of(client, moderator, status):
    """The page with keys and secrets replaced, so that two pages can be compared."""
    article = make_visible_article(title="Tides")
    at = article.published_at
    parent = make_shown_comment(article=article, name="Bo", body="What is said?")
    look = make_look(status, parent=parent, name="Inés", body="This.", created_at=at)
    look.comment.signals.create(
        text_revision=1, rule="banned_terms", words="zzcasinozz", weight=Weight.MARKS
    )
    page = client.get(PAGE).text
    SecondLook.objects.all().delete()
    page = re.sub(
        r'(name="look" value=|name="csrfmiddlewaretoken" value=)"\w+"', "", page
    )
    page = re.sub(r"<time.*?</time>", "", page)
    return re.sub(r"nonce=\S+", "", page)


def test_nothing_on_it_tells_what_the_machine_decided(client, moderator):
    approved = page_of(client, moderator, "approved")
    assert approved == page_of(client, moderator, "spam")
    assert "zzcasinozz" not in approved
    assert "status--" not in approved
    assert "/admin/comments/comment/" in approved  # the list, but no single comment
    assert not re.search(r"/admin/comments/comment/\d", approved)


@pytest.mark.parametrize(
    ("machine", "verdict", "words"),
    [
        (
            "approved",
            "approved",
            "You approved the previous comment. The screening had approved it, too.",
        ),
        (
            "approved",
            "spam",
            "You marked the previous comment as spam. The screening had approved it.",
        ),
        (
            "spam",
            "rejected",
            "You rejected the previous comment. The screening had marked it as spam.",
        ),
    ],
)
def test_after_the_press_it_says_what_the_machine_had_decided(
    client, moderator, machine, verdict, words
):
    look = make_look(machine)
    answer = press(client, look, verdict, reason="abuse")
    assert answer.headers["Location"] == PAGE
    assert said(answer) == [words]
    comment = Comment.objects.get()
    assert (comment.status, comment.decisions.first().by) == (verdict, moderator)


def test_to_reject_takes_a_reason(client, moderator):
    look = make_look()
    answer = press(client, look, "rejected")
    assertContains(answer, "Choose a reason, then reject.", status_code=422)
    assertContains(answer, look.comment.body, status_code=422)
    assert status_of(look.comment) == "approved"


@pytest.mark.parametrize(
    "changes",
    [
        {"verdict": ""},
        {"verdict": "pending"},
        {"look": ""},
        {"look": "x"},
        {"look": "0"},
        {"look": str(2**63)},
        {"look": "9" * 400},
        {"seen": ""},
        {"reason": "<b>"},
        {"reason": "\0"},
    ],
)
def test_what_no_button_sends_decides_nothing(client, moderator, changes):
    look = make_look()
    assert press(client, look, "spam", **changes).status_code == 422
    assert status_of(look.comment) == "approved"
    assert SecondLook.objects.open().get() == look


def test_of_two_who_press_the_second_is_told_who_was_first(client, moderator, other):
    look = make_look()
    look.judge("spam", by=other, seen=look.comment.version)
    answer = press(client, look, "approved")
    assert answer.status_code == 409
    assert said(answer) == [
        "Bo Lind has already answered this one. Your answer was not saved."
    ]
    assert status_of(look.comment) == "spam"


def test_of_two_verdicts_at_one_instant_one_counts(transactional_db):
    look = make_look()
    posts = []
    for name, verdict in [("Ana", "approved"), ("Bo", "spam")]:
        user = make_user(role="Moderators", first_name=name, password=None)
        data = {"look": look.pk, "seen": look.comment.version, "verdict": verdict}
        posts.append((signed_in(user), PAGE, data))
    answers = at_the_same_instant(*posts)
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    look.refresh_from_db()
    comment = Comment.objects.get()
    assert look.verdict == comment.status == comment.judged_as
    decision = comment.decisions.by_people().get()
    assert (decision.by, decision.to_status) == (look.by, look.verdict)


def test_one_that_was_overtaken_does_not_count(client, moderator, other):
    look, another = make_look(), make_look()
    for one in [look, another]:
        Comment.objects.get(pk=one.comment_id).reject(by=other)
    answer = press(client, look, "spam")
    assert answer.status_code == 302
    assert "this sample does not count" in said(answer)[0]
    assert status_of(look.comment) == "rejected"
    assert set(SecondLook.objects.void()) == {look, another}


def test_they_come_in_the_order_in_which_they_were_drawn(client, moderator):
    first, second = make_look(), make_look()
    assert client.get(PAGE).context["look"] == first
    press(client, first, "approved")
    assert client.get(PAGE).context["look"] == second


def test_to_see_the_page_changes_nothing(client, moderator, other):
    look = make_look()
    Comment.objects.get().reject(by=other)
    assertContains(client.get(PAGE), "No comments to judge in the audit sample.")
    look.refresh_from_db()
    assert look.answered_at is None


@pytest.mark.parametrize(
    ("percent", "words"),
    [(2, "of 100 automatic decisions"), (0, "The audit sample is turned off")],
)
def test_without_one_it_says_when_there_will_be(
    client, moderator, settings, percent, words
):
    settings.SECOND_LOOKS = percent
    assertContains(client.get(PAGE), words)


def test_the_page_costs_the_same_for_one_and_many(
    client, moderator, django_assert_num_queries
):
    for number in [1, 8]:
        for _ in range(number):
            make_look(parent=make_shown_comment())
        # Session, user, two for permissions, one for the sidebar; the sample with all it shows, how many wait.
        with django_assert_num_queries(7):
            client.get(PAGE)
