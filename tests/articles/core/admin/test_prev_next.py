from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.contrib.admin import AdminSite
from django.db.models import Count, F, OrderBy
from django.db.models.functions import Lower
from django.test import RequestFactory
from django.urls import resolve, reverse
from django.utils import timezone

from articles.core.admin import prev_next as module
from articles.core.admin.changelist import LongListMixin
from articles.core.admin.prev_next import NeighboursMixin
from articles.models import Article
from tests.factories import HOUR, make_article, make_user


class Desk(LongListMixin, NeighboursMixin, admin.ModelAdmin):
    """A changelist whose columns can be sorted in every way that Django supports."""

    list_display = ["title", "language", "published_at", "writer", "shout", "credits_"]
    list_filter = ["status"]
    search_fields = ["title"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(names=Count("credits"))

    @admin.display(ordering="created_by__first_name")
    def writer(self, article):
        return article.created_by

    @admin.display(ordering=Lower("standfirst"))
    def shout(self, article):
        return article.standfirst

    @admin.display(ordering="names")
    def credits_(self, article):
        return article.names


@pytest.fixture
def desk(db):
    return Desk(Article, AdminSite())


@pytest.fixture
def articles(db):
    """Eleven articles with equal values and missing values in every column."""
    now = timezone.now()
    writers = [make_user(first_name="Bea"), make_user(first_name="Ada"), None]
    return [
        make_article(
            title=f"Title {number % 4}",
            language=["en", "de"][number % 2],
            standfirst=["b", "A", "", "B"][number % 4],
            published_at=None if number % 3 == 0 else now - HOUR * (number % 2),
            created_by=writers[number % 3],
        )
        for number in range(11)
    ]


def form_request(article, user, **filters):
    address = reverse("admin:articles_article_change", args=[article.pk])
    query = {"_changelist_filters": urlencode(filters)} if filters else {}
    request = RequestFactory().get(address, query)
    request.user = user
    request.resolver_match = resolve(address)
    return request


def listed(desk, user, **filters):
    address = reverse("admin:articles_article_changelist")
    request = RequestFactory().get(address, filters)
    request.user = user
    request.resolver_match = resolve(address)
    return list(desk.get_changelist_instance(request).queryset)


ORDERS = [
    "1",
    "-1",
    "2",
    "-2.1",
    "3",
    "-3",
    "2.-3",
    "4",
    "-4",
    "5.1",
    "-5",
    "6",
    "-6.3",
]


@pytest.mark.every_case
@pytest.mark.parametrize("order", ORDERS)
def test_neighbours_are_those_of_the_list_in_every_order(
    desk, articles, admin_user, order
):
    rows = [row.pk for row in listed(desk, admin_user, o=order)]
    assert len(rows) == len(articles)
    for place, article in enumerate(listed(desk, admin_user, o=order)):
        found = desk.neighbours(form_request(article, admin_user, o=order), article)
        assert found.previous == (rows[place - 1] if place else None)
        assert found.next == (rows[place + 1] if place + 1 < len(rows) else None)
        assert found.place == f"{place + 1} of {len(rows)}"


@pytest.mark.parametrize(
    "ordering",
    [
        ["-modified_at"],
        ["created_by"],
        ["-created_by__first_name", "title"],
        [F("published_at").desc(nulls_last=True), "title"],
        [F("published_at").asc(nulls_first=True)],
        [OrderBy(Lower("standfirst"), descending=True), "-language"],
        [Lower("title"), F("published_at").desc(nulls_first=True)],
    ],
)
def test_the_order_of_the_admin_itself_counts(desk, articles, admin_user, ordering):
    desk.ordering = ordering
    rows = [row.pk for row in listed(desk, admin_user)]
    for place, article in enumerate(listed(desk, admin_user)):
        found = desk.neighbours(form_request(article, admin_user), article)
        assert found.previous == (rows[place - 1] if place else None)
        assert found.next == (rows[place + 1] if place + 1 < len(rows) else None)


def test_filters_and_search_of_the_list_hold_for_its_neighbours(
    desk, articles, admin_user
):
    Article.objects.filter(pk__in=[articles[4].pk, articles[5].pk]).update(
        status="in_review"
    )
    filters = {"status__exact": "draft", "q": "Title 1", "o": "1"}
    rows = listed(desk, admin_user, **filters)
    assert [row.title for row in rows] == ["Title 1"] * 2
    found = desk.neighbours(form_request(rows[0], admin_user, **filters), rows[0])
    assert (found.previous, found.next, found.place) == (None, rows[1].pk, "1 of 2")
    assert urlencode({"_changelist_filters": urlencode(filters)}) in found.next_url


def test_a_row_that_left_the_list_has_the_neighbours_it_stood_between(
    desk, articles, admin_user
):
    rows = listed(desk, admin_user, status__exact="draft", o="1")
    Article.objects.filter(pk=rows[3].pk).update(status="in_review")
    found = desk.neighbours(
        form_request(rows[3], admin_user, status__exact="draft", o="1"), rows[3]
    )
    assert (found.previous, found.next) == (rows[2].pk, rows[4].pk)
    assert found.place == ""


def test_the_page_of_the_list_is_no_matter(desk, articles, admin_user):
    first = listed(desk, admin_user, o="1")[0]
    found = desk.neighbours(form_request(first, admin_user, o="1", p="99"), first)
    assert found.place == "1 of 11"


@pytest.mark.parametrize(
    "filters",
    [{"nonsense": "1"}, {"status__exact": "draft", "created_by__password": "x"}],
)
def test_filters_that_mean_nothing_give_no_neighbours(
    desk, articles, admin_user, filters
):
    found = desk.neighbours(
        form_request(articles[3], admin_user, **filters), articles[3]
    )
    assert (found.previous, found.next, found.place) == (None, None, "")


def test_a_random_order_has_no_neighbours(desk, articles, admin_user):
    desk.ordering = ["?"]
    assert desk.neighbours(form_request(articles[3], admin_user), articles[3]) == (
        module.Neighbours()
    )


def test_nothing_is_counted_beyond_the_limit(desk, articles, admin_user, monkeypatch):
    monkeypatch.setattr(module, "MOST_ROWS_COUNTED", 5)
    monkeypatch.setattr("articles.core.admin.changelist.MOST_ROWS_COUNTED", 5)
    rows = listed(desk, admin_user, o="1")
    places = [
        desk.neighbours(form_request(row, admin_user, o="1"), row).place for row in rows
    ]
    assert places[:5] == [f"{place} of more than 5" for place in range(1, 6)]
    assert set(places[5:]) == {""}


def test_neighbours_cost_the_same_among_few_rows_and_many(
    desk, admin_user, django_assert_num_queries
):
    article = make_article()
    request = form_request(article, admin_user, o="1")
    with django_assert_num_queries(6):
        desk.neighbours(request, article)
    for _ in range(30):
        make_article()
    with django_assert_num_queries(6):
        desk.neighbours(request, article)


# Through the pages


@pytest.fixture
def three(db):
    now = timezone.now()
    articles = [make_article(title=f"Story {letter}") for letter in "abc"]
    for number, article in enumerate(articles):
        Article.objects.filter(pk=article.pk).update(
            modified_at=now - timedelta(days=number)
        )
    return articles


def form_address(article, **filters):
    address = reverse("admin:articles_article_change", args=[article.pk])
    if filters:
        address += "?" + urlencode({"_changelist_filters": urlencode(filters)})
    return address


def test_the_form_links_to_its_neighbours(admin_client, three):
    page = admin_client.get(form_address(three[1], q="Story")).content.decode()
    assert "2 of 3" in page
    for neighbour, rel in [(three[0], "prev"), (three[2], "next")]:
        assert f'rel="{rel}" href="{form_address(neighbour, q="Story")}"' in page


def test_a_form_to_add_one_has_no_neighbours(admin_client, three):
    page = admin_client.get(reverse("admin:articles_article_add")).content.decode()
    assert 'class="neighbours"' not in page
    assert "_savenext" not in page
