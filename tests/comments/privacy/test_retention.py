from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from articles.core import batches
from comments.models import Comment, Mailbox, Mute, PendingMail, Report
from comments.models.network import DAYS_KEPT, with_network_to_forget
from comments.privacy.retention import forget_networks, forget_unconfirmed_addresses
from tests.factories import (
    DAY,
    HOUR,
    make_comment,
    make_commenter,
    make_mailbox,
    make_visible_article,
)

MICROSECOND = timedelta(microseconds=1)


def first_moment_kept():
    day = timezone.now().date() - timedelta(days=DAYS_KEPT)
    return datetime.combine(day, time.min, UTC)


def test_networks_are_blanked_when_their_keys_are_gone(db):
    kept = make_comment(network="a" * 64, created_at=first_moment_kept())
    old = make_comment(network="b" * 64, created_at=first_moment_kept() - MICROSECOND)
    for comment in [kept, old]:
        Report.objects.create(
            comment=comment,
            reason="abuse",
            network=comment.network,
            created_at=comment.created_at,
        )
    for _ in range(2):
        forget_networks()
        for pile in [Comment.objects, Report.objects]:
            networks = pile.order_by("created_at").values_list("network", flat=True)
            assert list(networks) == ["", "a" * 64]


def test_a_muted_network_is_forgotten_with_its_key(db):
    first_kept = first_moment_kept().date()
    for day in [first_kept, first_kept - DAY]:
        Mute.objects.create(
            network="n" * 64, network_day=day, until=timezone.now(), reason="Flood"
        )
    person = make_commenter().mute(until=timezone.now(), reason="Abuse", by=None)
    forget_networks()
    kept = Mute.objects.exclude(pk=person.pk)
    assert [mute.network_day for mute in kept] == [first_kept]
    assert Mute.objects.filter(pk=person.pk).exists()


def test_a_moderator_who_has_read_a_comment_can_decide_after_its_network_is_forgotten(
    db,
):
    comment = make_comment(network="n", created_at=timezone.now() - 40 * DAY)
    forget_networks()
    comment.approve(seen=comment.version)
    assert comment.network == ""


def test_however_many_there_are_a_batch_stays_small(
    db, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(batches, "BATCH", 2)
    article = make_visible_article()
    for _ in range(5):
        make_comment(article=article, network="n", created_at=timezone.now() - 40 * DAY)
    # The mutes; three batches, each found and blanked; and the reports.
    with django_assert_num_queries(8):
        forget_networks()
    assert not Comment.objects.exclude(network="").exists()


def test_there_is_little_to_do_when_there_is_nothing_to_do(
    db, django_assert_num_queries
):
    make_comment(network="n", email="ines@example.org")
    make_mailbox()
    with django_assert_num_queries(3):
        forget_networks()
    with django_assert_num_queries(2):
        forget_unconfirmed_addresses()


def written(address, *, days, **fields):
    return make_comment(
        email=address, notify=True, created_at=timezone.now() - days * DAY, **fields
    )


def addresses():
    return set(Comment.objects.exclude(email="").values_list("email", flat=True))


def test_an_address_that_nobody_confirmed_in_30_days_is_forgotten(db):
    month_ago = timezone.now() - 30 * DAY
    make_mailbox(address="old@example.org", created_at=month_ago - HOUR)
    make_mailbox(address="new@example.org", created_at=month_ago + HOUR)
    make_mailbox(
        address="yes@example.org",
        created_at=month_ago - HOUR,
        confirmed_at=timezone.now(),
    )
    PendingMail.objects.create(kind="confirm", mailbox=Mailbox.objects.first())
    # In other case, and also in comments typed since.
    first = written("Old@EXAMPLE.org", days=31)
    written("old@example.org", days=1)
    written("new@example.org", days=29)
    written("Yes@example.org", days=31)
    for _ in range(2):
        forget_unconfirmed_addresses()
        assert set(Mailbox.objects.values_list("address", flat=True)) == {
            "new@example.org",
            "yes@example.org",
        }
        assert addresses() == {"new@example.org", "Yes@example.org"}
    first.refresh_from_db()
    assert not first.notify
    assert not PendingMail.objects.exists()


def test_an_address_that_never_got_a_mailbox_is_forgotten_too(db):
    written("old@example.org", days=31)
    written("new@example.org", days=29)
    forget_unconfirmed_addresses()
    assert addresses() == {"new@example.org"}


@pytest.fixture
def many_comments(db):
    article = make_visible_article()
    old = timezone.now() - 400 * DAY
    Comment.objects.bulk_create(
        Comment(article=article, name="A", body="b", created_at=old)
        for _ in range(3000)
    )
    comment = make_comment(article=article)
    Report.objects.bulk_create(
        Report(comment=comment, reason="abuse", created_at=old) for _ in range(3000)
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE comments_comment; ANALYZE comments_report")


@pytest.mark.parametrize(
    ("find", "indexes"),
    [
        (
            lambda: with_network_to_forget(Comment.objects.all()),
            ["comments_by_network"],
        ),
        (
            lambda: with_network_to_forget(Report.objects.all()),
            ["reports_by_network", "one_report_for_each_network"],
        ),
        (Comment.objects.with_address_to_forget, ["comments_by_email"]),
    ],
)
def test_what_is_forgotten_already_is_not_looked_at_again(many_comments, find, indexes):
    plan = find().values_list("pk", flat=True)[:500].explain()
    assert any(index in plan for index in indexes), plan
