from datetime import timedelta

from django.contrib.auth.models import AnonymousUser
from pytest_django.asserts import assertQuerySetEqual

from articles.models import Article
from tests.articles.models.expected_querysets import SCHEDULED, VISIBLE, names_of
from tests.factories import (
    HOUR,
    make_article,
    make_person,
    make_user,
    make_visible_article,
)


def test_the_public_sees_published_articles_whose_time_has_come(one_of_each):
    assert names_of(Article.objects.visible(), one_of_each) == VISIBLE


def test_scheduled_articles_are_published_ones_with_a_time_to_come(one_of_each):
    assert names_of(Article.objects.scheduled(), one_of_each) == SCHEDULED


def test_an_article_knows_of_itself_what_the_piles_say(one_of_each):
    articles = one_of_each.values()
    assert {a for a in articles if a.is_visible} == set(Article.objects.visible())
    assert {a for a in articles if a.is_scheduled} == set(Article.objects.scheduled())
    assert {a for a in articles if a.is_withdrawn} == set(Article.objects.withdrawn())


def test_an_hour_makes_a_scheduled_article_visible(db, time_machine, now):
    article = make_visible_article(published_at=now + HOUR)
    time_machine.move_to(now + HOUR - timedelta(seconds=1))
    assert not Article.objects.visible().exists()
    time_machine.move_to(now + HOUR)
    assertQuerySetEqual(Article.objects.visible(), [article])


def test_readers_see_what_is_visible_and_the_desk_sees_all(one_of_each):
    writer, editor, moderator = (
        make_user(role=role) for role in ["Writers", "Editors", "Moderators"]
    )
    Article.objects.filter(pk=one_of_each["draft"].pk).update(created_by=writer)

    def seen_by(user):
        return names_of(Article.objects.visible_to(user), one_of_each)

    assert seen_by(AnonymousUser()) == VISIBLE
    assert seen_by(make_user()) == VISIBLE
    assert seen_by(writer) == VISIBLE | {"draft"}
    assert seen_by(editor) == seen_by(moderator) == set(one_of_each)


def test_writers_edit_their_own_drafts_and_editors_everything(one_of_each):
    writer = make_user(role="Writers")
    Article.objects.filter(
        pk__in=[one_of_each["draft"].pk, one_of_each["visible"].pk]
    ).update(created_by=writer)
    for user, editable in [
        (writer, {"draft"}),
        (make_user(role="Editors"), set(one_of_each)),
        (make_user(role="Moderators"), set()),
        (make_user(), set()),
        (AnonymousUser(), set()),
    ]:
        articles = Article.objects.editable_by(user)
        assert names_of(articles, one_of_each) == editable
        assert editable == names_of(
            [a for a in Article.objects.all() if a.editable_by(user)], one_of_each
        )


def test_people_and_tags_of_visible_articles_are_those_the_public_can_find(db):
    ana, ben = make_person(), make_person()
    make_visible_article(byline=[ana], tags=["Harbour"])
    make_visible_article(byline=[ana], tags=["harbour", "Fish"])
    make_article(byline=[ana, ben], tags=["Fish", "Secret"])
    assertQuerySetEqual(Article.objects.visible().people(), [ana])
    found = Article.objects.visible().tags().order_by("name")
    assert [(tag.name, tag.articles_found) for tag in found] == [
        ("Fish", 1),
        ("Harbour", 2),
    ]


def test_a_listing_loads_cards_in_three_queries(db, django_assert_num_queries):
    for _ in range(5):
        make_visible_article(tags=["b", "a", "c"], byline=[make_person()])
    with django_assert_num_queries(3):
        for article in Article.objects.visible().for_listing():
            assert article.people
            assert [tag.name for tag in article.tags.all()] == ["b", "a", "c"]


def test_an_article_is_found_at_its_address_of_today_and_at_those_of_old(
    db, django_assert_num_queries
):
    article = make_visible_article(title="Fire at the mill")
    article.rename("fire-is-out")
    with django_assert_num_queries(1):
        assert Article.objects.visible().at("fire-is-out") == article
    assert Article.objects.visible().at("fire-at-the-mill") == article
    assert Article.objects.visible().at("fire-at-sea") is None
    article.withdraw()
    assert Article.objects.visible().at("fire-is-out") is None
