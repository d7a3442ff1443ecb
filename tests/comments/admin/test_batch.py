import pytest
from django.test import Client
from django.urls import reverse

from comments.models import Comment
from comments.moderation.bulk import decide_together
from tests.comments.admin.desk import said, status_of
from tests.comments.admin.test_roles import ROLES, sign_in
from tests.factories import make_comment, make_user

ATTACK = "<script>alert(1)</script>"
MAY_UNDO = {"Moderators": 302, "superuser": 302, "nobody": 302, "reader": 302}


@pytest.fixture
def bo(db):
    return make_user(role="Moderators", first_name="Bo", last_name=ATTACK)


def approved(by, number=2, **fields):
    comments = [make_comment(**fields) for _ in range(number)]
    seen = {comment.pk: comment.version for comment in comments}
    batch = decide_together("approve", seen, by=by).batch
    return comments, reverse("admin:comments_batch_change", args=[batch.pk])


def test_a_batch_shows_what_was_decided_and_is_undone_with_one_press(
    client, moderator, bo
):
    comments, page = approved(bo, name=ATTACK, body=ATTACK)
    text = client.get(page).text
    assert "<script>alert" not in text
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 5
    assert said(client.post(page)) == ["2 decisions undone."]
    assert {status_of(comment) for comment in comments} == {"pending"}
    text = client.get(page).text
    assert "<bdi>Ana Sousa</bdi> undid this" in text
    assert "Undo all" not in text
    late = client.post(page)
    assert late.status_code == 409
    assert "Ana Sousa has already undone these decisions." in late.text


def test_what_was_decided_anew_since_is_left_alone_and_named(client, moderator, bo):
    (first, second), page = approved(bo)
    second.refresh_from_db()
    second.reject(by=moderator, reason="abuse")
    answer = client.post(page)
    assert said(answer)[0] == "1 decision undone."
    assert "This newer decision was kept." in said(answer)[1]
    assert (status_of(first), status_of(second)) == ("pending", "rejected")


@pytest.mark.parametrize("role", ROLES)
def test_only_moderators_see_a_batch_and_undo_it(client, db, bo, role):
    comments, page = approved(bo)
    sign_in(client, role)
    may = role in {"Moderators", "superuser"}
    assert client.get(page).status_code == (200 if may else MAY_UNDO.get(role, 403))
    assert client.post(page).status_code == MAY_UNDO.get(role, 403)
    assert Comment.objects.waiting().exists() is may


def test_to_undo_takes_the_token_of_the_page(moderator, bo):
    comments, page = approved(bo)
    client = Client(enforce_csrf_checks=True)
    client.force_login(moderator)
    assert client.post(page).status_code == 403
    assert not Comment.objects.waiting().exists()


def test_the_page_takes_the_same_queries_for_one_and_for_many(
    client, moderator, bo, django_assert_num_queries
):
    for number in [1, 9]:
        _, page = approved(bo, number=number)
        client.get(page)
        with django_assert_num_queries(9):
            client.get(page)


def test_a_batch_that_is_not_there_leads_back(client, moderator):
    page = reverse("admin:comments_batch_change", args=["x"])
    assert client.get(page).status_code == 302
