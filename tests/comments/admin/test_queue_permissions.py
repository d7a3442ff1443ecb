import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from comments.models import Batch
from comments.moderation.queue import seen
from tests.comments.admin.desk import status_of
from tests.comments.admin.queue_page import DECIDE, NEWS, QUEUE, UNDO, press
from tests.factories import (
    make_comment,
    make_user,
)

ROLES = [None, "Writers", "Editors", "Moderators"]


@pytest.mark.parametrize(
    ("role", "status"), list(zip(ROLES, [302, 403, 403, 200], strict=True))
)
@pytest.mark.parametrize("address", [QUEUE, NEWS])
def test_moderators_alone_see_it(client, db, role, status, address):
    client.force_login(make_user(role=role, password=None))
    assert client.get(address).status_code == status


@pytest.mark.parametrize(
    ("role", "status"), list(zip(ROLES, [302, 403, 403, 302], strict=True))
)
def test_moderators_alone_decide_in_it(client, db, role, status):
    comment = make_comment()
    client.force_login(make_user(role=role, password=None))
    assert press(client, "approve", comment).status_code == status
    assert (status_of(comment) == "approved") is (role == "Moderators")


@pytest.mark.parametrize(
    ("role", "status"), list(zip(ROLES, [302, 403, 403, 302], strict=True))
)
def test_moderators_alone_undo_in_it(client, waiting, moderator, role, status):
    press(client, "approve", *waiting)
    client.force_login(make_user(role=role, password=None))
    answer = client.post(UNDO, {"batch": Batch.objects.get().pk})
    assert answer.status_code == status
    assert (status_of(waiting[0]) == "pending") is (role == "Moderators")


def test_who_only_looks_at_comments_has_no_queue(client, db):
    client.force_login(make_user(is_staff=True, password=None))
    assert client.get(QUEUE).status_code == 403
    assert QUEUE not in client.get("/admin/").text


def test_to_answer_takes_the_right_to_add_comments(client, db):
    comment, user = make_comment(), make_user(is_staff=True, password=None)
    user.user_permissions.add(Permission.objects.get(codename="moderate_comment"))
    client.force_login(user)
    assert "Answer as staff" not in client.get(QUEUE).text
    answer = press(client, "approve_and_answer", comment, answer="Yes.")
    assert answer.status_code == 403
    assert status_of(comment) == "pending"


@pytest.mark.parametrize("address", [DECIDE, UNDO])
def test_nothing_is_decided_from_another_site(waiting, moderator, address):
    outsider = Client(enforce_csrf_checks=True)
    outsider.force_login(moderator)
    data = {"step": "approve", "seen": seen(waiting[0]), "batch": 1}
    assert outsider.post(address, data).status_code == 403
    assert status_of(waiting[0]) == "pending"


@pytest.mark.parametrize("address", [DECIDE, UNDO])
def test_nothing_is_decided_by_a_link(client, moderator, address):
    assert client.get(address).status_code == 405
