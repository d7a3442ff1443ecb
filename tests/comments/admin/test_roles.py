"""The answer of each address of the comment admin to each role."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from comments.models import Appeal, Comment
from tests.factories import (
    make_comment,
    make_report,
    make_shown_comment,
    make_user,
)

ROLES = ["nobody", "reader", "Writers", "Editors", "viewer", "Moderators", "superuser"]
DECIDE = {"Moderators", "superuser"}
# Nobody, an account that is no staff and a signed-out session are sent to the login page
# (302); staff without the permission are refused (403).
MAY_SEE = [302, 302, 403, 403, 200, 200, 200]
MAY_DECIDE = [302, 302, 403, 403, 403, 302, 302]
# A pending comment can be neither kept nor picked: the answer is a conflict.
MAY_KEEP = [302, 302, 403, 403, 403, 409, 409]
NOBODY = [302, 302, 403, 403, 403, 403, 403]
MAY_READ_LOG = [302, 302, 403, 403, 403, 200, 200]


def sign_in(client, role):
    if role == "nobody":
        return
    if role in {"Writers", "Editors", "Moderators"}:
        user = make_user(role=role, password=None)
    else:
        user = make_user(
            is_staff=role != "reader",
            is_superuser=role == "superuser",
            password=None,
        )
    if role == "viewer":
        user.user_permissions.add(Permission.objects.get(codename="view_comment"))
    client.force_login(user)


def table(*rows):
    return [
        pytest.param(view, data, role, status, id=f"{view}-{name}-{role}")
        for view, name, data, statuses in rows
        for role, status in zip(ROLES, statuses, strict=True)
    ]


@pytest.mark.parametrize(
    ("view", "data", "role", "status"),
    table(
        ("comment_changelist", "get", None, MAY_SEE),
        ("comment_change", "get", None, MAY_SEE),
        ("comment_history", "get", None, MAY_SEE),
        ("comment_change", "approve", {"step": "approve"}, MAY_DECIDE),
        (
            "comment_change",
            "reject",
            {"step": "reject", "reason": "abuse"},
            MAY_DECIDE,
        ),
        ("comment_change", "spam", {"step": "mark_spam"}, MAY_DECIDE),
        (
            "comment_change",
            "answer",
            {"step": "approve_and_answer", "answer": "Yes."},
            MAY_DECIDE,
        ),
        ("comment_change", "keep", {"step": "keep"}, MAY_KEEP),
        ("comment_change", "pick", {"step": "pick"}, MAY_KEEP),
        ("comment_add", "get", None, NOBODY),
        ("comment_add", "post", {"name": "A", "body": "B"}, NOBODY),
        ("comment_delete", "get", None, NOBODY),
        ("comment_delete", "post", {"post": "yes"}, NOBODY),
        ("decision_changelist", "get", None, MAY_READ_LOG),
    ),
)
def test_the_admin_answers_each_role_as_it_may(client, db, view, data, role, status):
    comment = make_comment()
    sign_in(client, role)
    keys = [] if view.endswith(("changelist", "add")) else [comment.pk]
    address = reverse(f"admin:comments_{view}", args=keys)
    if data is None:
        page = client.get(address)
    else:
        page = client.post(address, {"seen": comment.version, **data})
    assert page.status_code == status
    comment.refresh_from_db()
    decided = comment.status != Comment.Status.PENDING
    assert decided is (view == "comment_change" and status == 302 and role in DECIDE)
    assert not Comment.objects.filter(name="A").exists()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", ["approve", "reject", "mark_spam", "undo"])
def test_an_action_posted_by_hand_is_for_moderators_only(client, db, role, action):
    comment = make_shown_comment() if action != "approve" else make_comment()
    before = comment.status
    sign_in(client, role)
    client.post(
        reverse("admin:comments_comment_changelist") + "?status=all",
        {
            "action": action,
            "index": "0",
            "reason": "abuse",
            "_selected_action": comment.pk,
            "seen": f"{comment.pk}-{comment.version}",
        },
    )
    comment.refresh_from_db()
    assert (comment.status != before) is (role in DECIDE)


def test_comments_cannot_be_deleted_from_the_list(client, db):
    comment = make_comment()
    sign_in(client, "superuser")
    address = reverse("admin:comments_comment_changelist")
    assert "delete_selected" not in client.get(address).text
    client.post(
        address,
        {
            "action": "delete_selected",
            "index": "0",
            "post": "yes",
            "_selected_action": comment.pk,
        },
    )
    assert Comment.objects.filter(pk=comment.pk).exists()


def test_who_only_looks_gets_no_buttons_and_no_email(client, db):
    comment = make_comment(email="ines@example.org")
    address = reverse("admin:comments_comment_change", args=[comment.pk])
    sign_in(client, "Moderators")
    page = client.get(address).text
    assert "ines@example.org" in page
    assert 'value="approve"' in page
    sign_in(client, "viewer")
    page = client.get(address).text
    assert comment.body in page
    assert "ines@example.org" not in page
    assert 'name="step"' not in page
    assert "<textarea" not in page


def test_what_readers_and_its_author_said_is_for_moderators_only(client, db):
    comment = make_shown_comment(body="What I said first.")
    comment.edit("What I say now.")
    comment.reject()
    comment.reports.create(reason="abuse", sentence="It insults me.")
    comment.signals.create(text_revision=1, rule="look_alike_staff", words="Ana Ruiz")
    Appeal.objects.create(comment=comment, message="Look again.")
    address = reverse("admin:comments_comment_change", args=[comment.pk])
    words = ["What I said first.", "It insults me.", "Ana Ruiz", "Look again."]
    sign_in(client, "Moderators")
    assert all(word in client.get(address).text for word in words)
    sign_in(client, "viewer")
    page = client.get(address).text
    assert "What I say now." in page
    assert not any(word in page for word in words)


@pytest.mark.parametrize("role", ["viewer", "Editors"])
def test_only_moderators_keep_from_the_list(client, db, role):
    comment = make_shown_comment()
    make_report(comment)
    sign_in(client, role)
    address = reverse("admin:comments_comment_changelist") + "?look=reported"
    data = {
        "action": "keep",
        "index": "0",
        "_selected_action": comment.pk,
        "seen": f"{comment.pk}-{comment.version}",
    }
    client.post(address, data)
    comment.refresh_from_db()
    assert comment.open_reports == 1


@pytest.mark.parametrize(
    "lookup",
    [
        "email__startswith=i",
        "network=x",
        "repeat_key=x",
        "reports__sentence__startswith=x",
        "reports__network=x",
        "appeal__message__startswith=x",
        "earlier_texts__body__startswith=x",
        "signals__words__startswith=x",
    ],
)
def test_what_only_moderators_see_cannot_be_guessed_by_a_filter(client, db, lookup):
    sign_in(client, "viewer")
    address = reverse("admin:comments_comment_changelist")
    assert client.get(f"{address}?{lookup}").status_code == 400


def test_to_answer_takes_the_permission_to_add_comments(client, db):
    comment = make_shown_comment()
    user = make_user(is_staff=True, password=None)
    user.user_permissions.add(Permission.objects.get(codename="moderate_comment"))
    client.force_login(user)
    address = reverse("admin:comments_comment_change", args=[comment.pk])
    assert "Staff reply" not in client.get(address).text
    words = {"seen": comment.version, "step": "answer", "answer": "Yes."}
    assert client.post(address, words).status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="add_comment"))
    assert "Staff reply" in client.get(address).text
    assert client.post(address, words).status_code == 302
    assert comment.answers.get().body == "Yes."
