import csv
import io
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from django.utils import timezone

from comments.models import Decision
from tests.factories import make_comment, make_user, make_visible_article

LIST = "admin:comments_decision_changelist"
TABLE = reverse("admin:comments_decision_table")


def rows(client, **query):
    page = client.get(f"{reverse(LIST)}?{urlencode(query)}")
    return list(page.context["cl"].result_list)


def test_the_log_tells_who_decided_what_and_why_newest_first(client, moderator):
    comment = make_comment(name="Inés", article=make_visible_article(title="Meadow"))
    comment.reject(by=moderator, reason="abuse", note="Third time")
    comment.undo(by=moderator)
    undone, rejected = rows(client)
    assert (undone.undoes, rejected.reason) == (rejected, "abuse")
    page = client.get(reverse(LIST)).text
    for words in ["Ana Sousa", "rejected this comment", "abuse", "Inés", "Meadow"]:
        assert words in page
    entry = reverse("admin:comments_decision_change", args=[rejected.pk])
    assert "Third time" in client.get(entry).text


def test_the_log_is_searched_by_moderator_article_reason_and_note(client, moderator):
    other = make_user(role="Moderators", first_name="Bo", password=None)
    article = make_visible_article(title="The meadow")
    hers, his = make_comment(article=article), make_comment()
    hers.reject(by=moderator, reason="off_topic", note="See rule four")
    his.reject(by=other, reason="abuse")
    for words in ["sousa", "meadow", "off topic", "rule four"]:
        assert rows(client, q=words) == [hers.decisions.get()]
    assert rows(client, reason__exact="abuse") == [his.decisions.get()]


def test_the_log_is_narrowed_to_a_time(client, moderator):
    make_comment().approve(by=moderator)
    tomorrow = timezone.now() + timedelta(days=1)
    assert len(rows(client, at__lt=tomorrow.isoformat())) == 1
    assert rows(client, at__gte=tomorrow.isoformat()) == []


@pytest.mark.parametrize("many", [1, 9])
def test_the_log_takes_the_same_queries_for_one_and_for_many(
    client, moderator, django_assert_num_queries, many
):
    for _ in range(many):
        make_comment().approve(by=moderator)
    # session, user, two of permissions, one for the sidebar; how many (up to a limit), the rows
    with django_assert_num_queries(7):
        client.get(reverse(LIST))


def test_the_log_outlives_the_account(client, moderator):
    gone = make_user(first_name="Vera", last_name="Holm", password=None)
    make_comment().approve(by=gone)
    User.objects.filter(pk=gone.pk).delete()
    entry = reverse("admin:comments_decision_change", args=[Decision.objects.get().pk])
    assert "Vera Holm" in client.get(reverse(LIST)).text
    assert "Vera Holm" in client.get(entry).text


@pytest.mark.parametrize("view", ["add", "change", "delete"])
def test_nobody_changes_the_log(client, db, view):
    comment = make_comment()
    comment.approve()
    client.force_login(make_user(is_staff=True, is_superuser=True, password=None))
    decision = Decision.objects.get()
    keys = [] if view == "add" else [decision.pk]
    address = reverse(f"admin:comments_decision_{view}", args=keys)
    data = {"reason": "abuse", "note": "Changed", "by_name": "Bo", "post": "yes"}
    assert client.post(address, data).status_code == 403
    assert Decision.objects.get().note == ""
    page = client.post(
        reverse(LIST),
        {"action": "delete_selected", "index": "0", "_selected_action": decision.pk},
    )
    assert page.status_code == 200
    assert Decision.objects.count() == 1


def test_the_log_is_searched_by_commenter(client, moderator):
    for name in ["Inés", "Olga"]:
        make_comment(name=name, email=f"{name[0]}@example.org").approve(by=moderator)
    for query in ["Inés", "i@example.org"]:
        page = client.get(reverse(LIST), {"q": query}).text
        assert "by <bdi>Inés" in page
        assert "by <bdi>Olga" not in page


def test_the_list_as_it_is_filtered_comes_as_a_table(client, moderator):
    first, second = make_comment(body="My words."), make_comment()
    first.reject(by=moderator, reason="other", explanation="=1+1", note="@SUM(A1)")
    second.approve(by=moderator)
    table = client.get(TABLE, {"q": "other"})
    rows = list(csv.reader(io.StringIO(b"".join(table).decode("utf-8-sig"))))
    assert len(rows) == 2
    row = dict(zip(*rows, strict=True))
    assert (row["Explanation"], row["Internal note"]) == ("'=1+1", "'@SUM(A1)")
    assert (row["Moderator"], row["Comment"]) == ("Ana Sousa", str(first.pk))
    assert "My words." not in str(rows)
    assert "attachment" in table.headers["Content-Disposition"]


@pytest.mark.parametrize("role", ["Writers", "Editors", "log", "Moderators"])
def test_the_table_is_for_moderators_only(client, db, role):
    user = make_user(is_staff=True, role=None if role == "log" else role)
    if role == "log":
        user.user_permissions.add(Permission.objects.get(codename="view_decision"))
    client.force_login(user)
    status = client.get(TABLE).status_code
    assert status == (200 if role == "Moderators" else 403)
