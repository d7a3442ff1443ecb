from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from articles.content.snapshots import snapshot_of
from articles.models import Article, Unsaved
from articles.publishing import actions as desk_steps
from articles.publishing import planning
from articles.publishing.proposals import decline, propose
from newsroom.admin.dashboard import DASHBOARD_ROWS, dashboard_lists_for
from tests.articles.admin.desk import form_of
from tests.factories import (
    DAY,
    make_article,
    make_comment,
    make_request,
    make_shown_comment,
    make_user,
    make_visible_article,
)

INDEX = reverse("admin:index")


def pile(user, title):
    return next(pile for pile in dashboard_lists_for(user) if pile.title == title)


def words(user, title):
    return [row.words for row in pile(user, title).rows]


@pytest.fixture
def editor(db):
    return make_user(role="Editors")


def proposed(article):
    return propose(article, {"title": "Better"}, by=make_user(role="Writers"))


def in_a_day():
    return timezone.now() + DAY


def change(article, title="New words"):
    desk_steps.save(article, snapshot_of(article) | {"title": title})


@pytest.mark.parametrize(
    ("role", "titles"),
    [
        (
            "Editors",
            [
                "Your drafts",
                "Conflicts",
                "Waiting for review",
                "Changes proposed by writers",
                "Unpublished changes",
                "Problems",
                "Appearing today",
                "Errors reported by readers",
                "Comments on your articles",
            ],
        ),
        (
            "Writers",
            [
                "Your drafts",
                "Conflicts",
                "Appearing today",
                "Comments on your articles",
            ],
        ),
        ("Moderators", ["Appearing today"]),
    ],
)
def test_everybody_sees_what_they_may_do_something_about(client, db, role, titles):
    user = make_user(role=role)
    assert [pile.title for pile in dashboard_lists_for(user)] == titles
    client.force_login(user)
    page = client.get(INDEX)
    assert page.status_code == 200
    for title in titles:
        assertContains(page, f">{title}</h2>")


def test_staff_without_a_role_see_no_pile(client, db):
    client.force_login(make_user(is_staff=True))
    page = client.get(INDEX)
    assertNotContains(page, "piles__pile")
    assertNotContains(page, reverse("desk_calendar"))


def test_my_drafts_are_in_progress_the_newest_first(client, editor):
    old = make_article(created_by=editor)
    new = make_article(created_by=editor)
    make_article(title="Of somebody else")
    make_visible_article(created_by=editor)
    assert words(editor, "Your drafts") == [new.title, old.title]
    client.force_login(editor)
    assertContains(client.get(INDEX), form_of(new))


def test_what_was_submitted_waits_until_it_is_published(editor):
    article = make_article()
    assert words(editor, "Waiting for review") == []
    article.submit()
    assert words(editor, "Waiting for review") == [article.title]
    article.publish()
    assert words(editor, "Waiting for review") == []


def test_changes_wait_until_they_are_published(editor):
    article = make_visible_article(title="As published")
    assert words(editor, "Unpublished changes") == []
    change(article)
    assert words(editor, "Unpublished changes") == ["As published"]
    desk_steps.publish_changes(article)
    assert words(editor, "Unpublished changes") == []


def test_changes_of_drafts_and_of_what_was_withdrawn_do_not_wait(editor):
    change(make_article())
    article = make_visible_article()
    change(article)
    article.withdraw()
    assert words(editor, "Unpublished changes") == []


def test_changes_are_looked_for_among_the_newest_revisions_only(editor, monkeypatch):
    change(make_visible_article())
    monkeypatch.setattr(planning, "REVISIONS_SEARCHED", 1)
    assert len(words(editor, "Unpublished changes")) == 1
    make_article().keep_revision()
    assert words(editor, "Unpublished changes") == []


def test_what_is_scheduled_for_today_appears_today(editor, settings):
    with time_machine.travel("2026-11-20 12:00+00:00", tick=False):
        for title, hour in [("Past", 11), ("Soon", 13), ("Late", 23)]:
            at = datetime(2026, 11, 20, hour, tzinfo=UTC)
            make_visible_article(title=title, published_at=at)
        make_visible_article(
            title="Tomorrow", published_at=datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
        )
        assert words(editor, "Appearing today") == ["Soon", "Late"]


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_today_ends_at_midnight_also_when_the_clock_is_changed(settings, day):
    settings.TIME_ZONE = "Europe/Vienna"
    with time_machine.travel(f"{day} 00:30+00:00", tick=False):
        end = planning.rest_of_today().end
    assert (end.hour, end.minute, end.date().day) == (0, 0, int(day[-2:]) + 1)


def test_what_readers_say_waits_for_an_answer_the_oldest_first(editor):
    first, second = make_request(), make_request()
    assert words(editor, "Errors reported by readers") == [first.text, second.text]
    first.close()
    assert words(editor, "Errors reported by readers") == [second.text]


def overtaken(article, user):
    """The user has unsaved text in the article, and somebody else has saved since."""
    began = article.keep_revision()
    Unsaved.objects.store(article, {"title": "Mine"}, by=user, began_from=began)
    change(article, title=f"{article.title}, by somebody else")


def test_words_over_which_somebody_has_saved_are_a_conflict(client, editor):
    article = make_article(title="Harbour")
    Unsaved.objects.store(article, {}, by=editor, began_from=article.keep_revision())
    assert words(editor, "Conflicts") == []
    overtaken(article, editor)
    assert words(editor, "Conflicts") == ["Harbour, by somebody else"]
    assert words(make_user(role="Editors"), "Conflicts") == []
    client.force_login(editor)
    assert client.get(pile(editor, "Conflicts").rows[0].address).status_code == 200


def test_nobody_is_in_conflict_with_themselves(editor):
    article = make_article()
    began = article.keep_revision()
    Unsaved.objects.store(article, {"title": "Mine"}, by=editor, began_from=began)
    desk_steps.save(
        article, snapshot_of(article) | {"title": "In another tab"}, by=editor
    )
    assert words(editor, "Conflicts") == []


def test_what_writers_propose_waits_until_it_is_answered(client, editor):
    proposal = proposed(make_visible_article(title="Harbour"))
    assert words(editor, "Changes proposed by writers") == [
        f"Harbour, by {proposal.who}"
    ]
    client.force_login(editor)
    [row] = pile(editor, "Changes proposed by writers").rows
    assert client.get(row.address).status_code == 200
    decline(proposal, answer="No.", by=editor)
    assert words(editor, "Changes proposed by writers") == []


def test_what_is_about_to_become_public_with_an_error_is_a_problem(editor):
    make_article(title="Only a draft", body="")
    make_visible_article(title="Out already", body="")
    waiting = make_article(title="Waiting", body="")
    waiting.submit()
    soon = make_visible_article(title="Soon", body="", published_at=in_a_day())
    make_visible_article(title="Sound", published_at=in_a_day())
    said = "The text is missing."
    assert words(editor, "Problems") == [f"{one}: {said}" for one in [soon, waiting]]


def test_what_readers_say_under_ones_own_is_shown_without_what_waits(editor):
    own = make_visible_article(created_by=editor)
    make_comment(article=own, body="Not decided on yet")
    make_shown_comment(article=make_visible_article(), body="Under another")
    make_shown_comment(article=own, name="Inés", body="Well said")
    assert words(editor, "Comments on your articles") == ["Inés: Well said"]


def test_a_pile_shows_a_few_and_leads_to_the_rest(client, editor):
    client.force_login(editor)
    for _ in range(DASHBOARD_ROWS):
        make_article(created_by=editor)
    assertNotContains(client.get(INDEX), "See all")
    make_article(created_by=editor)
    page = client.get(INDEX)
    assertContains(page, "See all")
    assert len(pile(editor, "Your drafts").rows) == DASHBOARD_ROWS
    assert client.get(pile(editor, "Your drafts").address).status_code == 200


def test_an_empty_pile_says_so(client, editor):
    client.force_login(editor)
    page = client.get(INDEX)
    for each in dashboard_lists_for(editor):
        assertContains(page, each.empty)


def test_the_first_page_takes_the_same_queries_for_one_and_for_many(client, editor):
    client.force_login(editor)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get(INDEX)
        return len(captured)

    def fill():
        overtaken(make_article(created_by=editor), editor)
        make_article(status=Article.Status.IN_REVIEW, body="")
        article = make_visible_article(created_by=editor)
        change(article)
        make_shown_comment(article=article)
        make_request()
        proposed(make_visible_article())

    fill()
    client.get(INDEX)
    one = queries()
    for _ in range(9):
        fill()
    assert queries() == one
