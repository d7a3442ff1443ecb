from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django.asserts import assertQuerySetEqual

from articles.models import Article, Step, Tag, TransitionError
from tests.articles.models.expected_querysets import SCHEDULED, VISIBLE
from tests.factories import (
    DAY,
    HOUR,
    make_article,
    make_person,
    make_user,
    make_visible_article,
)

Status = Article.Status


def test_a_title_and_a_body_are_enough(db):
    article = Article(title="Harbour opens", body="<p>At last.</p>")
    article.save()
    article.refresh_from_db()
    assert (article.slug, article.status) == ("harbour-opens", Status.DRAFT)
    assert article.published_at is None


# The byline


def test_a_byline_keeps_its_order(db):
    people = [make_person(name=name) for name in ["Zoë", "Ana", "Mia"]]
    article = make_article(byline=people)
    assert article.people == people
    article.set_writers(people[1], people[0], people[1])
    assert Article.objects.get(pk=article.pk).people == [people[1], people[0]]


# Neighbours


def test_a_byline_names_people_in_roles_and_who_wrote_apart(db):
    ana, ben = make_person(), make_person()
    article = make_article()
    article.set_byline((ben, "photographs"), (ana, "by"), (ana, "editing"), (ana, "by"))
    assert [(credit.person, credit.role) for credit in article.credits.all()] == [
        (ben, "photographs"),
        (ana, "by"),
        (ana, "editing"),
    ]
    assert (article.people, article.contributors) == ([ana], [ben])
    article.set_writers(ben)
    assert (article.people, article.contributors) == ([ben], [])
    with pytest.raises(IntegrityError), transaction.atomic():
        article.set_byline((ana, "cooking"))


def walk(article, step):
    while article := getattr(article, step)():
        yield article


def test_neighbours_lead_through_all_visible_articles_and_back(one_of_each, now):
    same_instant = [make_visible_article(published_at=now - DAY) for _ in range(4)]
    make_visible_article(published_at=now - 2 * DAY)
    expected = list(Article.objects.visible().order_by("published_at", "id"))
    assert set(same_instant) < set(expected)
    assert list(walk(expected[0], "newer")) == expected[1:]
    assert list(walk(expected[-1], "older")) == expected[-2::-1]


def test_neighbours_skip_what_the_public_may_not_see(one_of_each):
    for article in one_of_each.values():
        for neighbour in [article.newer(), article.older()]:
            assert neighbour is None or neighbour.is_visible


def test_an_article_without_a_date_has_no_neighbours(one_of_each):
    assert one_of_each["draft"].newer() is None
    assert one_of_each["draft"].older() is None


def test_neighbours_take_two_narrow_queries(db, django_assert_num_queries):
    articles = [make_visible_article(body="<p>long</p>") for _ in range(3)]
    with django_assert_num_queries(2) as queries:
        assert articles[1].newer().title
        assert articles[1].older().get_absolute_url()
    assert not any('"body"' in query["sql"] for query in queries.captured_queries)


# Steps


def taken(article):
    return [
        (step.what, step.by_name, step.reason) for step in article.steps.order_by("id")
    ]


def test_each_step_says_who_when_and_why(db):
    ana = make_user(first_name="Ana", last_name="Ruiz")
    article = make_article()
    article.submit(by=ana)
    article.return_to_draft(by=ana, note="Who says so?")
    article.publish()
    article.withdraw(by=ana, reason="Wrong harbour", notice="We mixed up two harbours.")
    assert taken(article) == [
        ("submit", "Ana Ruiz", ""),
        ("return", "Ana Ruiz", "Who says so?"),
        ("publish", "", ""),
        ("withdraw", "Ana Ruiz", "Wrong harbour"),
    ]
    assert article.notice == "We mixed up two harbours."


def test_the_record_keeps_the_name_when_the_account_is_gone(db):
    ana = make_user(first_name="Ana", last_name="Ruiz")
    article = make_article()
    article.submit(by=ana)
    ana.delete()
    assert article.steps.get().by_name == "Ana Ruiz"


ALLOWED = {
    "submit": {"draft"},
    "return_to_draft": {"in review", "withdrawn", "scheduled", "under embargo"},
    "publish": {"draft", "in review", "withdrawn"},
    "withdraw": {"visible", "visible after its embargo", "scheduled", "under embargo"},
    "put_on_top": VISIBLE | SCHEDULED,
    "take_off_top": VISIBLE | SCHEDULED,
}


@pytest.mark.parametrize("step", ALLOWED)
def test_a_step_is_taken_from_where_it_may_be_and_refused_elsewhere(one_of_each, step):
    for name, article in one_of_each.items():
        if name in ALLOWED[step]:
            getattr(article, step)()
            assert article.steps.exists()
        else:
            before = article.status
            with pytest.raises(TransitionError, match=article.title):
                getattr(article, step)()
            article.refresh_from_db()
            assert article.status == before
            assert not article.steps.exists()


def test_of_two_editors_only_one_publishes(db):
    article = make_article()
    same_article = Article.objects.get(pk=article.pk)
    ana = make_user(first_name="Ana", last_name="Ruiz")
    article.publish(by=ana)
    with pytest.raises(
        TransitionError,
        match="already has this status: Published. Ana Ruiz published it on",
    ):
        same_article.publish()
    assert article.steps.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_editors_who_publish_at_the_same_instant_one_wins():
    article = make_article()

    def publish(_):
        try:
            Article.objects.get(pk=article.pk).publish()
        except TransitionError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as editors:
        assert sorted(editors.map(publish, range(4))) == [False, False, False, True]
    assert article.steps.count() == 1


def test_a_step_writes_nothing_but_its_own_fields(db):
    article = make_article(title="Old")
    Article.objects.filter(pk=article.pk).update(title="New")
    article.publish()
    assert Article.objects.get(pk=article.pk).title == "New"


def test_publishing_for_later_schedules(db, now):
    article = make_article()
    article.publish(at=now + DAY)
    assert article.is_scheduled
    assert article.published_at == now + DAY
    assert article.steps.get().what == Step.What.SCHEDULE


def test_no_time_undercuts_an_embargo(db, now):
    article = make_article(embargo_until=now + DAY)
    article.publish(at=now + HOUR)
    assert article.published_at == now + DAY
    article.redate(now + 2 * HOUR)
    assert article.published_at == now + DAY


def test_an_embargo_set_after_the_article_was_opened_still_holds(db, now):
    article = make_article()
    Article.objects.filter(pk=article.pk).update(embargo_until=now + DAY)
    article.publish()
    assert not article.is_visible


def test_a_wrong_publication_date_can_be_put_right(db, now):
    article = make_visible_article()
    article.redate(now - 10 * DAY)
    assert article.published_at == now - 10 * DAY
    assert article.steps.get().what == Step.What.REDATE


def test_a_new_date_never_takes_an_article_from_its_readers(db, now):
    article = make_visible_article()
    with pytest.raises(TransitionError, match="Withdraw"):
        article.redate(now + DAY)
    assert article.is_visible


def test_an_empty_date_never_means_now(db, now):
    article = make_visible_article(published_at=now + DAY)
    with pytest.raises(TransitionError, match="Enter the date"):
        article.redate(None)
    article.refresh_from_db()
    assert article.published_at == now + DAY


def test_a_scheduled_article_can_be_moved_or_taken_off_the_schedule(db, now):
    article = make_article()
    article.publish(at=now + DAY)
    article.redate(now + 2 * DAY)
    assert article.published_at == now + 2 * DAY
    article.return_to_draft()
    assert (article.status, article.published_at) == (Status.DRAFT, None)


def test_one_story_is_on_top(db):
    first, second = make_visible_article(), make_visible_article()
    first.put_on_top()
    second.put_on_top()
    assertQuerySetEqual(Article.objects.filter(on_top=True), [second])
    second.withdraw()
    assert not Article.objects.filter(on_top=True).exists()


def test_what_goes_back_to_draft_leaves_the_top_to_another(db, now):
    planned, other = make_article(), make_visible_article()
    planned.publish(at=now + DAY)
    planned.put_on_top()
    planned.return_to_draft()
    other.put_on_top()
    assertQuerySetEqual(Article.objects.on_top(), [other])


def test_a_withdrawn_article_that_is_published_again_drops_its_notice(db):
    article = make_visible_article()
    article.withdraw(notice="Under review.")
    article.publish()
    assert (article.notice, article.withdrawal) == ("", "")


# The constraints of the database


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": Status.PUBLISHED, "published_at": None},
        {"status": "lost"},
        {"slug": ""},
    ],
)
def test_the_database_holds_the_rules(db, wrong):
    article = make_article()
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.filter(pk=article.pk).update(**wrong)


# Addresses


def test_equal_titles_get_addresses_of_their_own(db):
    slugs = [make_article(title="Fire at the mill").slug for _ in range(3)]
    assert slugs == ["fire-at-the-mill", "fire-at-the-mill-2", "fire-at-the-mill-3"]


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Été à Gdańsk", "ete-a-gdansk"),
        ("!!!", "article"),
        ("Новости", "новости"),
        ("x" * 250, "x" * 80),
    ],
)
def test_an_address_is_made_from_any_title(db, title, slug):
    assert make_article(title=title).slug == slug


@pytest.mark.django_db(transaction=True)
def test_equal_titles_at_the_same_instant_get_addresses_of_their_own():
    def write(_):
        try:
            return make_article(title="Breaking").slug
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as writers:
        slugs = list(writers.map(write, range(4)))
    assert len(set(slugs)) == 4


def test_an_error_that_no_other_address_mends_is_raised(db):
    make_article(source="text:1")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_article(source="text:1")


def test_an_address_that_was_public_leads_to_the_article_for_ever(db):
    article = make_visible_article(slug="first")
    article.rename("second")
    article.rename("third")
    assert set(article.addresses.used().values_list("slug", flat=True)) == {
        "first",
        "second",
        "third",
    }
    article.rename("first")
    assert article.slug == "first"
    assert article.addresses.count() == 3


def test_no_other_article_gets_an_address_that_was_public(db):
    make_visible_article(title="Flood", slug="flood").rename("flood-in-march")
    assert make_article(title="Flood").slug == "flood-2"
    other = make_article(title="Flood again")
    for slug in ["flood", "flood-in-march"]:
        with pytest.raises(TransitionError, match="another article"):
            other.rename(slug)


def test_an_address_that_nobody_ever_saw_is_free_again(db, now):
    article = make_article(slug="plan")
    article.publish(at=now + DAY)
    article.rename("better-plan")
    assert make_article(title="Plan").slug == "plan"
    article.return_to_draft()
    assert not article.addresses.exists()


def test_an_address_that_was_public_once_survives_withdrawal_and_schedule(db, now):
    article = make_visible_article(slug="old")
    article.withdraw()
    article.return_to_draft()
    article.publish(at=now + DAY)
    article.rename("new")
    assert article.addresses.used().get().slug == "old"


def test_a_scheduled_article_holds_its_address_from_its_hour_on(db, now):
    article = make_article(slug="vote")
    article.publish(at=now + DAY)
    article.redate(now + HOUR)
    assert article.addresses.get().since == now + HOUR


def test_publishing_under_an_address_of_another_article_is_refused_whole(db):
    make_visible_article(slug="taken").rename("moved")
    article = make_article(slug="taken")
    with pytest.raises(TransitionError, match="belongs to another article"):
        article.publish()
    assert Article.objects.get(pk=article.pk).status == Status.DRAFT


@pytest.mark.parametrize("slug", ["", "two words", "../admin", "ünter.x", "x" * 121])
def test_what_cannot_stand_in_an_address_is_refused(db, slug):
    article = make_visible_article(slug="good")
    with pytest.raises(TransitionError, match="cannot be an address"):
        article.rename(slug)
    assert Article.objects.get(pk=article.pk).slug == "good"


def test_renaming_to_the_same_address_does_nothing(db):
    article = make_visible_article()
    article.rename(article.slug)
    assert not article.steps.exists()


# What is computed from the body


def test_an_article_lists_its_sections_and_knows_how_long_it_reads(db):
    article = make_article(body="<h2>One</h2><p>a</p><h3>x</h3><h2>Two &amp; 3</h2>")
    assert article.sections == [("s-one", "One"), ("s-two-3", "Two & 3")]
    assert article.reading_minutes == 1


def test_years_at_the_edge_of_the_calendar_do_no_harm(db):
    old = make_visible_article(published_at=datetime(1, 1, 2, tzinfo=UTC))
    new = make_visible_article()
    assert old.newer() == new
    assert new.older() == old
    assert not make_visible_article(
        published_at=datetime(9999, 12, 30, tzinfo=UTC)
    ).is_visible


def test_tags_differ_by_more_than_case(db):
    make_article(tags=["Harbour"])
    make_article(tags=["harbour", "ελλάδα", "россия"])
    make_article(tags=["☂", "☀"])
    assert set(Tag.objects.values_list("slug", flat=True)) == {
        *["harbour", "ελλάδα", "россия"],
        *["tag", "tag-2"],
    }


def test_a_step_is_undone_only_while_the_article_stands_as_the_step_left_it(db):
    article = make_article()
    article.publish()
    at = article.published_at
    undo = {"status": "draft", "published_at": None}
    left = {"status": "published", "published_at": at}
    article.redate(at - HOUR)
    with pytest.raises(TransitionError):
        article.put_back(undo, still=left)
    article.refresh_from_db()
    assert (article.status, article.published_at) == ("published", at - HOUR)
    article.put_back(undo, still=left | {"published_at": at - HOUR})
    assert article.is_draft
