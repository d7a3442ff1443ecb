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
    HOUR,
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


def abouts(user, title):
    return [(row.words, row.about) for row in pile(user, title).rows]


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
                "Returned to you",
                "Waiting for review",
                "Error reports",
                "Conflicts",
                "Problems",
                "Proposed changes",
                "Unpublished changes",
                "Appearing today",
                "Planned for today",
                "Your drafts",
                "Comments on your articles",
            ],
        ),
        (
            "Writers",
            [
                "Returned to you",
                "Conflicts",
                "Appearing today",
                "Planned for today",
                "Your drafts",
                "Comments on your articles",
            ],
        ),
        ("Moderators", ["Moderation queue", "Appearing today", "Planned for today"]),
    ],
)
def test_everybody_sees_what_they_may_do_something_about(client, db, role, titles):
    user = make_user(role=role)
    assert [pile.title for pile in dashboard_lists_for(user)] == titles
    client.force_login(user)
    page = client.get(INDEX)
    for pile in dashboard_lists_for(user):
        assertContains(page, pile.empty)


def test_staff_without_a_role_see_no_pile(client, db):
    client.force_login(make_user(is_staff=True))
    page = client.get(INDEX)
    assertNotContains(page, "board__box")
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
    assert words(editor, "Error reports") == [first.text, second.text]
    first.close()
    assert words(editor, "Error reports") == [second.text]


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
    assert abouts(editor, "Proposed changes") == [
        ("Harbour", f"{proposal.who} proposes changes")
    ]
    client.force_login(editor)
    [row] = pile(editor, "Proposed changes").rows
    assert client.get(row.address).status_code == 200
    decline(proposal, answer="No.", by=editor)
    assert words(editor, "Proposed changes") == []


def test_what_is_about_to_become_public_with_an_error_is_a_problem(editor):
    make_article(title="Only a draft", body="")
    make_visible_article(title="Out already", body="")
    waiting = make_article(title="Waiting", body="")
    waiting.submit()
    soon = make_visible_article(title="Soon", body="", published_at=in_a_day())
    make_visible_article(title="Sound", published_at=in_a_day())
    said = "The text is missing."
    assert abouts(editor, "Problems") == [(str(one), said) for one in [soon, waiting]]


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


def test_empty_lists_are_one_quiet_line_and_have_no_heading(client, editor):
    client.force_login(editor)
    page = client.get(INDEX)
    assertContains(page, "Nothing needs you now.")
    assertContains(page, "board__quiet", count=1)
    for each in dashboard_lists_for(editor):
        assertContains(page, each.empty)
        assertNotContains(page, f">{each.title}</h3>")


def test_the_desk_greets_by_the_clock_of_the_site(client, editor, settings):
    settings.TIME_ZONE = "Europe/Vienna"
    editor.first_name = "Ana"
    editor.save()
    client.force_login(editor)
    # The same hour in UTC is still night.
    for at, greeting in [
        ("04:30", "Good morning, Ana"),
        ("11:30", "Good afternoon, Ana"),
        ("03:30", "Good evening, Ana"),
    ]:
        with time_machine.travel(f"2026-11-30 {at}+00:00", tick=False):
            client.force_login(editor)
            assertContains(client.get(INDEX), greeting)


def test_what_came_back_needs_its_writer_until_it_is_submitted_again(client, db):
    writer = make_user(role="Writers")
    article = make_article(created_by=writer)
    article.submit()
    article.return_to_draft(note="Shorter.")
    assert words(writer, "Returned to you") == [article.title]
    assert words(make_user(role="Writers"), "Returned to you") == []
    client.force_login(writer)
    listed = client.get(pile(writer, "Returned to you").address).context["cl"]
    assert list(listed.result_list) == [article]
    article.submit()
    assert words(writer, "Returned to you") == []


def test_moderators_see_how_many_comments_wait_and_since_when(client, db):
    moderator = make_user(role="Moderators")
    assert words(moderator, "Moderation queue") == []
    for days in [12, 1]:
        make_comment(created_at=timezone.now() - days * DAY + HOUR)
    assert abouts(moderator, "Moderation queue") == [
        ("2 comments wait for a decision", "Oldest: 12 days")
    ]
    client.force_login(moderator)
    [row] = pile(moderator, "Moderation queue").rows
    assert client.get(row.address).status_code == 200


def test_drafts_planned_for_today_are_part_of_today(editor):
    make_article(title="Today", planned_for=timezone.localdate())
    make_article(title="Tomorrow", planned_for=timezone.localdate() + DAY)
    make_visible_article(title="Out", planned_for=timezone.localdate())
    assert words(editor, "Planned for today") == ["Today"]


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
