"""The articles that the link box of the body editor offers."""

import pytest
from django.urls import reverse

from articles.models import Article
from tests.factories import make_article, make_user, make_visible_article

TARGETS = reverse("admin:articles_article_link_targets")


def titles(client, q=""):
    results = client.get(TARGETS, {"q": q}).json()["results"]
    return [result["title"] for result in results]


@pytest.mark.every_case
@pytest.mark.parametrize("q", ["ärger", "ÄRGER haf", " hafen  Ärger "])
def test_articles_are_found_by_words_of_their_title_without_regard_to_case(desk, q):
    make_visible_article(title="Ärger im Hafen")
    make_visible_article(title="Ärger am Markt", standfirst="Im Hafen.")
    assert titles(desk, "hafen") == ["Ärger im Hafen"]
    assert "Ärger im Hafen" in titles(desk, q)
    assert titles(desk, "zeppelin") == []


def test_the_newest_come_first_and_eight_at_most(desk):
    articles = [make_visible_article(title=f"Port {number}") for number in range(10)]
    newest = [article.title for article in articles[::-1]]
    assert titles(desk, "port") == titles(desk) == newest[:8]


def test_each_has_its_permanent_address_its_status_and_a_date(desk):
    article = make_visible_article(title="Harbour", slug="harbour")
    draft = make_article(title="Harbour again")
    again, first = desk.get(TARGETS, {"q": "harbour"}).json()["results"]
    assert first["address"] == "/articles/harbour/" == article.get_absolute_url()
    assert first["detail"].startswith("Published, ")
    assert str(article.published_at.year) in first["detail"]
    assert again["address"] == draft.get_absolute_url()
    assert again["detail"].startswith("Draft, ")


def test_a_writer_finds_own_drafts_and_what_readers_see(client, db):
    writer = make_user(role="Writers")
    make_article(title="Own", created_by=writer)
    make_article(title="Another's")
    make_visible_article(title="Public")
    make_article(title="Withdrawn", status=Article.Status.WITHDRAWN)
    client.force_login(writer)
    assert titles(client) == ["Public", "Own"]


def test_an_odd_search_finds_nothing_and_breaks_nothing(desk):
    make_visible_article()
    for q in ["x" * 10_000, "\x00", "% _ *[", "zz " * 60]:
        assert titles(desk, q) == []


@pytest.mark.parametrize("number", [1, 8])
def test_the_answer_takes_as_many_queries_for_many(
    desk, django_assert_num_queries, number
):
    for _ in range(number):
        make_visible_article()
    desk.get(TARGETS)
    with django_assert_num_queries(5):
        desk.get(TARGETS)
