from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from articles.models import Article, CalendarAddress
from articles.publishing import planning
from tests.articles.admin.desk import LIST, form_of, typed
from tests.factories import make_article, make_user, make_visible_article

CALENDAR = reverse("desk_calendar")
ADDRESS = reverse("desk_calendar_address")


@pytest.fixture
def november(db):
    with time_machine.travel("2026-11-20 12:00+00:00", tick=False):
        yield


def days(page):
    """The entries of each day."""
    return {
        str(day.date): [
            (entry.article.title, entry.is_scheduled) for entry in day.entries
        ]
        for week in page.context["weeks"]
        for day in week
        if day.entries
    }


def schedule(**fields):
    return make_visible_article(
        published_at=datetime(2026, 11, 24, 18, 30, tzinfo=UTC), **fields
    )


def test_the_calendar_shows_what_is_planned_and_what_is_scheduled(november, desk):
    make_article(title="Draft", planned_for=date(2026, 11, 30))
    schedule(title="Ready")
    make_article(title="Next month", planned_for=date(2026, 12, 1))
    make_visible_article(title="Out already")
    page = desk.get(CALENDAR)
    assert days(page) == {
        "2026-11-24": [("Ready", True)],
        "2026-11-30": [("Draft", False)],
    }
    assertContains(page, "18:30")
    assertContains(desk.get(LIST), CALENDAR)


def test_an_embargo_moves_an_article_to_the_day_it_will_appear(november, desk):
    schedule(title="Held", embargo_until=datetime(2026, 11, 26, 8, tzinfo=UTC))
    assert days(desk.get(CALENDAR)) == {"2026-11-26": [("Held", True)]}


def test_the_days_are_those_of_the_sites_clock(november, desk, settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    schedule(title="Ready")
    assert days(desk.get(CALENDAR)) == {"2026-11-25": [("Ready", True)]}


def test_the_months_lead_from_one_to_the_next(november, desk):
    page = desk.get(CALENDAR)
    assertContains(page, '?month=2026-10" rel="prev"')
    assertContains(page, '?month=2026-12" rel="next"')
    page = desk.get(CALENDAR, {"month": "2026-12"})
    assertContains(page, "<caption>December 2026</caption>")
    assertContains(page, '?month=2027-01" rel="next"')


@pytest.mark.parametrize("month", ["0002-01", "9997-12"])
def test_the_first_and_the_last_month_lead_no_further(desk, month):
    assert desk.get(CALENDAR, {"month": month}).status_code == 200


@pytest.mark.parametrize(
    "month",
    ["x", "2026", "2026-13", "2026-00", "0000-01", "0001-01", "9999-12", "٢٠٢٦-١١"],
)
def test_what_is_no_month_is_not_found(desk, month):
    assert desk.get(CALENDAR, {"month": month}).status_code == 404


def test_an_empty_month_says_what_to_do(desk):
    assertContains(desk.get(CALENDAR), "Nothing is planned or scheduled this month.")


def test_drafts_without_a_day_wait_in_the_tray_the_newest_first(desk, monkeypatch):
    old, middle, new = make_article(), make_article(), make_article()
    make_article(planned_for=date(2026, 11, 1))
    make_visible_article()
    assert list(desk.get(CALENDAR).context["undated"]) == [new, middle, old]
    monkeypatch.setattr(planning, "UNDATED_SHOWN", 2)
    assert list(desk.get(CALENDAR).context["undated"]) == [new, middle]


def test_a_month_with_too_much_in_it_says_so(november, desk, monkeypatch):
    monkeypatch.setattr(planning, "PLANNED_SHOWN", 1)
    make_article(planned_for=date(2026, 11, 1))
    assertNotContains(desk.get(CALENDAR), "This month has more entries")
    make_article(planned_for=date(2026, 11, 1))
    assertContains(desk.get(CALENDAR), "This month has more entries")


def test_the_calendar_takes_the_same_queries_for_one_and_for_many(november, desk):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            desk.get(CALENDAR)
        return len(captured)

    def fill():
        make_article()
        make_article(planned_for=date(2026, 11, 1))
        schedule()

    fill()
    desk.get(CALENDAR)
    one = queries()
    for _ in range(8):
        fill()
    assert queries() == one


# Planning in the form


def test_an_editor_plans_an_article_on_its_form(desk):
    article = make_article()
    assertContains(desk.get(form_of(article)), 'name="planned_for"')
    desk.post(form_of(article), typed(article, planned_for="2026-12-24"))
    article.refresh_from_db()
    assert article.planned_for == date(2026, 12, 24)


def test_planning_publishes_nothing_and_touches_no_public_page(desk):
    article = make_visible_article(title="As published")
    sent = typed(article, title="As changed", planned_for="2020-01-01")
    desk.post(form_of(article), sent)
    article.refresh_from_db()
    assert (article.title, article.planned_for) == ("As published", date(2020, 1, 1))


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30", "soon"])
def test_a_day_that_no_calendar_shows_is_refused(desk, day):
    article = make_article()
    page = desk.post(form_of(article), typed(article, title="Kept", planned_for=day))
    assert page.context["errors"]
    assertContains(page, "Kept")
    assert not Article.objects.exclude(planned_for=None).exists()


# Permissions


@pytest.mark.parametrize(
    ("role", "answer", "seen"),
    [
        ("Editors", 200, {"Own", "Other"}),
        ("Moderators", 200, {"Own", "Other"}),
        ("Writers", 200, {"Own"}),
        (None, 302, set()),
    ],
)
def test_everybody_sees_in_the_calendar_what_they_see_at_the_desk(
    november, client, role, answer, seen
):
    user = make_user(role=role)
    make_article(title="Own", planned_for=date(2026, 11, 3), created_by=user)
    make_article(title="Other", planned_for=date(2026, 11, 3))
    make_article(title="Undated")
    client.force_login(user)
    page = client.get(CALENDAR)
    assert page.status_code == answer
    if answer == 200:
        assert {title for titles in days(page).values() for title, _ in titles} == seen
        assert len(page.context["undated"]) == (role != "Writers")
    assert client.post(ADDRESS).status_code == 302
    assert CalendarAddress.objects.count() == (role is not None)


def test_staff_without_a_role_have_no_calendar(client, db):
    client.force_login(make_user(is_staff=True))
    assert client.get(CALENDAR).status_code == 403
    assert client.post(ADDRESS).status_code == 403


# The private address


def test_an_editor_makes_an_address_and_a_new_one(desk, editor):
    assertContains(desk.get(CALENDAR), "You do not have one yet.")
    assert desk.post(ADDRESS).url == CALENDAR
    old = CalendarAddress.objects.get(user=editor)
    assertContains(desk.get(CALENDAR), old.get_absolute_url())
    desk.post(ADDRESS)
    new = CalendarAddress.objects.get(user=editor)
    assert desk.get(old.get_absolute_url()).status_code == 404
    assert desk.get(new.get_absolute_url()).status_code == 200


def test_looking_at_the_address_of_the_button_makes_nothing(desk):
    assert desk.get(ADDRESS).status_code == 405
    assert not CalendarAddress.objects.exists()
