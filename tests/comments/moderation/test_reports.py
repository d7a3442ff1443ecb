from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from comments.models import Comment, Decision, Report, Thread
from comments.moderation.reports import NotShown, submit_report
from comments.security.networks import lasting_hashes, recent_hashes
from comments.security.throttling import TooMany
from tests.comments.posting.test_submit import all_at_once
from tests.factories import (
    make_comment,
    make_report,
    make_shown_comment,
    make_user,
    make_visible_article,
)


def report(comment, *networks, by=None, **fields):
    fields = {"reason": "abuse"} | fields
    submit_report(Report(comment=comment, **fields), networks=list(networks), by=by)
    comment.refresh_from_db()


def test_a_report_is_kept_and_counted(db):
    comment = make_shown_comment()
    report(comment, "n", sentence="It names my street.", reason="personal_data")
    kept = Report.objects.get()
    assert (kept.comment, kept.reason, kept.network, kept.by) == (
        comment,
        "personal_data",
        "n",
        None,
    )
    assert kept.sentence == "It names my street."
    assert comment.open_reports == 1
    assert comment.is_shown


def test_of_one_network_one_report_of_a_comment_is_kept(db):
    comment, other = make_shown_comment(), make_shown_comment()
    report(comment, "n")
    report(comment, "n", reason="spam")
    report(other, "n")
    assert [one.reason for one in comment.reports.all()] == ["abuse"]
    assert comment.open_reports == other.open_reports == 1


def test_midnight_makes_nobody_a_second_person(db, rf):
    comment = make_shown_comment()
    with time_machine.travel("2999-03-01 23:59:59+00:00", tick=False):
        report(comment, *recent_hashes(rf.post("/")))
    with time_machine.travel("2999-03-02 00:00:01+00:00", tick=False):
        report(comment, *recent_hashes(rf.post("/")))
    assert comment.reports.count() == comment.open_reports == 1


def test_days_make_nobody_a_second_person_as_long_as_networks_are_known(db, rf):
    comment = make_shown_comment()
    for days in [0, 1, 3, 8, 29]:
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            report(comment, *lasting_hashes(rf.get("/", REMOTE_ADDR="192.0.2.1")))
    assert comment.reports.count() == comment.open_reports == 1
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        report(comment, *lasting_hashes(rf.get("/", REMOTE_ADDR="192.0.3.1")))
    assert comment.reports.count() == 2


def test_of_one_account_one_report_is_kept_wherever_it_comes_from(db):
    comment, ana, bo = make_shown_comment(), make_user(), make_user()
    report(comment, "n", by=ana)
    report(comment, "m", by=ana)
    report(comment, "n", by=bo)
    report(comment, "n")
    assert {(one.by, one.network) for one in comment.reports.all()} == {
        (ana, ""),
        (bo, ""),
        (None, "n"),
    }
    assert comment.open_reports == 3


def test_who_comes_from_nowhere_is_heard_and_counts_as_one(db, settings):
    settings.REPORTS_TO_HOLD = 3
    comment = make_shown_comment()
    for number in range(9):
        report(comment, sentence=f"No. {number}")
    report(comment, sentence="No. 8")
    report(comment, "n")
    assert comment.reports.count() == comment.open_reports == 10
    assert comment.reports.voices() == 2
    assert comment.is_approved


@pytest.mark.parametrize("enough", [1, 5])
def test_enough_people_put_a_comment_back_to_wait(db, settings, enough):
    settings.REPORTS_TO_HOLD = enough
    comment = make_shown_comment()
    for number in range(enough):
        assert comment.is_shown
        report(comment, f"n{number}")
    assert comment.is_waiting
    assert not comment.is_shown
    assert comment.open_reports == enough
    assert Thread.objects.get(article=comment.article).shown_count == 0
    decision = comment.decisions.first()
    assert (decision.what, decision.by_name) == (Decision.What.REPORTS, "")
    assert decision.to_status == Comment.Status.PENDING


def test_five_are_enough_unless_the_site_says_otherwise(db):
    comment = make_shown_comment()
    for _ in range(4):
        make_report(comment)
    assert comment.is_approved
    make_report(comment)
    assert comment.is_waiting


def test_accounts_of_the_desk_and_networks_count_together(db, settings):
    settings.REPORTS_TO_HOLD = 2
    comment = make_shown_comment()
    report(comment, by=make_user(role="Editors"))
    assert comment.reports.voices() == 1
    assert comment.is_approved
    report(comment, "n")
    assert comment.is_waiting


def test_no_number_of_reports_is_enough_where_the_setting_is_nought(db, settings):
    settings.REPORTS_TO_HOLD = 0
    comment = make_shown_comment()
    for _ in range(8):
        make_report(comment)
    assert comment.is_approved
    assert comment.open_reports == 8


@pytest.mark.parametrize("step", ["approve", "keep", "pick", "undo"])
def test_what_a_moderator_has_judged_stays_where_it_is(db, settings, step):
    settings.REPORTS_TO_HOLD = 2
    comment, moderator = make_shown_comment(), make_user(role="Moderators")
    if step == "approve":
        comment.reject()
    if step == "undo":
        comment.reject()
    getattr(comment, step)(by=moderator)
    moderator.delete()
    for _ in range(5):
        make_report(comment)
    assert comment.is_approved
    assert comment.open_reports == 5


def test_a_moderator_who_puts_it_back_has_judged_it(db, settings):
    settings.REPORTS_TO_HOLD = 2
    comment = make_shown_comment()
    make_report(comment)
    make_report(comment)
    comment.approve(by=make_user(role="Moderators"))
    assert comment.open_reports == 0
    make_report(comment)
    make_report(comment)
    assert comment.is_approved
    assert comment.open_reports == 2


def test_what_readers_cannot_see_cannot_be_reported(db):
    waiting, withdrawn, erased = (
        make_comment(),
        make_shown_comment(),
        make_shown_comment(),
    )
    withdrawn.withdraw()
    erased.erase()
    gone = make_shown_comment()
    gone.article.withdraw()
    under_a_hidden_root = make_shown_comment(parent=make_comment())
    for comment in [waiting, withdrawn, erased, gone, under_a_hidden_root]:
        with pytest.raises(NotShown):
            report(comment, "n")
    assert not Report.objects.exists()


def test_a_network_reports_ten_comments_an_hour(db):
    article = make_visible_article()
    comments = [make_shown_comment(article=article) for _ in range(11)]
    for comment in comments[:10]:
        report(comment, "n")
    with pytest.raises(TooMany) as refusal:
        report(comments[10], "n")
    assert 3500 < refusal.value.seconds <= 3600
    # A repeat does not count; other networks and signed-in staff are not limited.
    report(comments[0], "n")
    report(comments[10], "m")
    report(comments[10], "n", by=make_user(role="Editors"))
    report(comments[10])
    assert comments[10].open_reports == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["network", "account", "unknown"])
def test_the_same_report_at_the_same_instant_makes_one_row(who):
    comment = make_shown_comment()
    networks = [] if who == "unknown" else ["n"]
    by = make_user(role="Editors") if who == "account" else None

    def once():
        submit_report(Report(comment=comment, reason="abuse"), networks=networks, by=by)

    assert all_at_once(*[once] * 6) == [None] * 6
    comment.refresh_from_db()
    assert comment.reports.count() == comment.open_reports == 1


@pytest.mark.django_db(transaction=True)
def test_of_all_who_report_at_the_same_instant_each_is_counted_and_the_comment_waits_once(
    settings,
):
    settings.REPORTS_TO_HOLD = 3
    comment = make_shown_comment()

    def by(network):
        return lambda: submit_report(
            Report(comment_id=comment.pk, reason="spam"), networks=[network]
        )

    results = all_at_once(*[by(f"n{number}") for number in range(6)])
    comment.refresh_from_db()
    assert comment.is_waiting
    # After the third report the comment is off the page and cannot be reported.
    assert results.count(None) == comment.open_reports == 3
    assert sum(isinstance(result, NotShown) for result in results) == 3, results
    assert comment.decisions.filter(what=Decision.What.REPORTS).count() == 1
    assert Thread.objects.get(article=comment.article).shown_count == 0


@pytest.mark.django_db(transaction=True)
def test_a_moderator_and_the_last_report_at_the_same_instant_leave_one_truth(settings):
    settings.REPORTS_TO_HOLD = 1
    comment, moderator = make_shown_comment(), make_user(role="Moderators")
    same_comment = Comment.objects.get(pk=comment.pk)
    results = all_at_once(
        lambda: submit_report(Report(comment=comment, reason="spam"), networks=["n"]),
        lambda: same_comment.keep(by=moderator),
    )
    comment.refresh_from_db()
    if comment.is_approved:
        # The moderator was first, so the report is open.
        assert results == [None, None]
        assert comment.open_reports == 1
    else:
        assert comment.is_waiting
        assert comment.open_reports == 1
    shown = Thread.objects.get(article=comment.article).shown_count
    assert shown == int(comment.is_shown)
