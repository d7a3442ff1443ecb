import pytest
from django.contrib import admin
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from articles.models import Article
from comments.models import Comment
from newsroom.admin import navigation as module
from newsroom.admin.navigation import GROUPS, WITHOUT_A_LINK, Navigation
from tests.factories import (
    make_article,
    make_comment,
    make_request,
    make_user,
    make_visible_article,
)

ROLES = ["Writers", "Editors", "Moderators", ""]


def someone(role):
    return make_user(role=role) if role else make_user(is_superuser=True, is_staff=True)


def navigation_for(user, path="/admin/"):
    request = RequestFactory().get(path)
    request.user = user
    return Navigation(request)


def links(user, path="/admin/"):
    groups = navigation_for(user, path).groups
    return [link for title, links in groups for link in links]


@pytest.mark.parametrize("role", ROLES)
def test_every_link_opens_for_whom_it_is_shown(client, db, role):
    user = someone(role)
    client.force_login(user)
    for link in links(user):
        assert client.get(link.address).status_code == 200, link


@pytest.mark.parametrize("role", ROLES)
def test_every_list_that_somebody_may_open_has_a_link(client, db, role):
    user = someone(role)
    client.force_login(user)
    apps = client.get(reverse("admin:index")).context["available_apps"]
    listed = {model["admin_url"] for app in apps for model in app["models"]}
    assert listed - {None} <= {link.address for link in links(user)}


def test_every_model_of_the_desk_has_its_place():
    placed = {screen.model for title, screens in GROUPS for screen in screens}
    assert set(admin.site._registry) - WITHOUT_A_LINK == placed - {None}


def test_groups_stand_in_the_order_of_the_day_and_empty_ones_are_left_out(db):
    def titles(role):
        return [str(title) for title, _ in navigation_for(someone(role)).groups]

    assert titles("") == ["Write", "Readers", "Site"]
    assert titles("Writers") == ["Write"]


def test_only_who_may_write_is_offered_a_new_article(client, db):
    add = reverse("admin:articles_article_add")
    client.force_login(make_user(role="Writers"))
    assertContains(client.get(reverse("admin:index")), add)
    client.force_login(make_user(role="Moderators"))
    assertNotContains(client.get(reverse("admin:index")), add)


@pytest.mark.parametrize(
    ("path", "address", "current"),
    [
        ("/admin/", "/admin/", "page"),
        ("/admin/articles/article/", "/admin/articles/article/", "page"),
        ("/admin/articles/article/7/change/", "/admin/articles/article/", "true"),
        ("/admin/articles/calendar/", "/admin/articles/calendar/", "page"),
        ("/admin/shortcuts/", None, None),
    ],
)
def test_the_screen_of_the_page_is_marked_and_no_other(db, path, address, current):
    marked = [link for link in links(someone(""), path) if link.current]
    assert [(link.address, link.current) for link in marked] == (
        [(address, current)] if address else []
    )


def test_what_waits_is_counted_where_it_is_dealt_with(db):
    assert not [link for link in links(someone("")) if link.count]
    make_article(status=Article.Status.IN_REVIEW)
    make_comment()
    make_comment(status=Comment.Status.REJECTED)
    make_request()
    counted = {link.words: str(link.count) for link in links(someone("")) if link.count}
    assert counted == {"Articles": "1", "Moderation queue": "1", "Error reports": "1"}


def test_a_writer_is_not_told_how_much_is_in_review(db):
    make_article(status=Article.Status.IN_REVIEW)
    assert not [link for link in links(someone("Writers")) if link.count]


def test_counting_stops_where_a_number_says_no_more(db, monkeypatch):
    monkeypatch.setattr(module, "MOST_COUNTED", 1)
    for _ in range(2):
        make_comment()
    [queue] = [link for link in links(someone("Moderators")) if link.count]
    assert str(queue.count) == "1+"


def test_the_sidebar_takes_the_same_three_queries_for_one_and_for_many(db):
    user = someone("")

    def queries():
        with CaptureQueriesContext(connection) as captured:
            links(user)
        return len(captured)

    def fill():
        make_article(status=Article.Status.IN_REVIEW)
        make_comment()
        make_request()

    fill()
    assert queries() == 3
    for _ in range(5):
        fill()
    assert queries() == 3


@pytest.mark.parametrize("path", ["/", "/admin/login/", "/admin/articles/article/"])
def test_guests_cause_no_counting(client, db, path):
    make_visible_article()
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    counts = [one["sql"] for one in captured if "COUNT(" in one["sql"]]
    assert not counts


def test_a_pop_up_has_no_sidebar(client, db):
    client.force_login(someone(""))
    page = client.get(reverse("admin:articles_article_add") + "?_popup=1")
    assertNotContains(page, 'class="sidebar"')
