from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone

from articles.models import TransitionError
from comments.models import Commenter, Mute, Note
from comments.models.network import DAYS_KEPT
from tests.factories import DAY, make_comment, make_commenter, make_user


@pytest.fixture
def ana(db):
    return make_user(role="Moderators", first_name="Ana", last_name="Ruiz")


def later(days=7):
    return timezone.now() + days * DAY


def judged(commenter, status, *, days_ago=0, number=1):
    for _ in range(number):
        make_comment(
            commenter=commenter,
            judged_as=status,
            judged_at=timezone.now() - days_ago * DAY,
        )


def is_trusted(commenter):
    known = Commenter.objects.with_trust()
    return known.get(pk=commenter.pk).is_trusted


# Trust


def test_two_approvals_make_a_person_trusted(db):
    commenter = make_commenter()
    judged(commenter, "approved")
    assert not is_trusted(commenter)
    judged(commenter, "approved")
    assert is_trusted(commenter)


@pytest.mark.parametrize("against", ["rejected", "spam"])
def test_one_rejection_ends_trust_for_90_days_and_until_two_approvals_after_it(
    db, against
):
    commenter = make_commenter()
    judged(commenter, "approved", days_ago=200, number=5)
    judged(commenter, against, days_ago=100)
    assert not is_trusted(commenter)
    judged(commenter, "approved", days_ago=50, number=2)
    assert is_trusted(commenter)
    judged(commenter, against, days_ago=89)
    assert not is_trusted(commenter)


def test_what_the_machine_approves_makes_nobody_trusted(db):
    commenter = make_commenter()
    for _ in range(3):
        make_comment(commenter=commenter).approve()
    assert not is_trusted(commenter)


@pytest.mark.parametrize(("needed", "trusted"), [(0, False), (1, True), (3, False)])
def test_the_setting_says_how_many_approvals_it_takes(db, settings, needed, trusted):
    settings.TRUST_AFTER_APPROVALS = needed
    commenter = make_commenter()
    judged(commenter, "approved", number=2)
    assert is_trusted(commenter) is trusted
    if needed == 3:
        judged(commenter, "approved")
        assert is_trusted(commenter)


# When a commenter is created


def test_with_the_second_comment_somebody_becomes_known_and_the_first_is_theirs(db):
    first = make_comment()
    person = Commenter.objects.begun_by(first.pk)
    first.refresh_from_db()
    assert first.commenter == person
    assert Commenter.objects.begun_by(first.pk) == person
    assert Commenter.objects.count() == 1


def test_nobody_begins_with_what_staff_wrote_what_is_erased_or_what_never_was(db):
    erased = make_comment()
    erased.erase()
    for key in [make_comment(by=make_user()).pk, erased.pk, 4711]:
        assert Commenter.objects.begun_by(key) is None
    assert not Commenter.objects.exists()


# Erasure


def test_an_erased_comment_is_nobodys_and_takes_a_person_known_by_it_alone_along(ana):
    commenter = make_commenter()
    first, second = make_comment(commenter=commenter), make_comment(commenter=commenter)
    commenter.mute(until=later(), reason="Abuse", by=ana)
    commenter.notes.create(text="Rude.", by=ana, by_name="Ana Ruiz")
    first.erase()
    assert first.commenter is None
    assert Commenter.objects.filter(pk=commenter.pk).exists()
    second.erase()
    assert not Commenter.objects.exists()
    assert not Note.objects.exists()
    assert not Mute.objects.exists()


def test_a_person_with_a_confirmed_address_stays_until_that_is_erased(db):
    commenter = make_commenter(address="ines@example.org")
    make_comment(commenter=commenter).erase()
    assert Commenter.objects.filter(pk=commenter.pk).exists()
    commenter.mailbox.delete()
    assert not Commenter.objects.exists()


# Muting


def test_a_mute_says_who_until_when_and_why_and_can_be_ended_once(ana):
    commenter, until = make_commenter(), later()
    mute = commenter.mute(until=until, reason="Abuse", by=ana)
    assert (mute.until, mute.reason, mute.by_name) == (until, "Abuse", "Ana Ruiz")
    assert mute.is_in_force
    stale = Mute.objects.get(pk=mute.pk)
    mute.lift(by=ana)
    assert mute.lifted_by_name == "Ana Ruiz"
    assert not mute.is_in_force
    with pytest.raises(TransitionError, match="Ana Ruiz has already ended this mute"):
        stale.lift(by=make_user())
    assert Mute.objects.get().lifted_by_name == "Ana Ruiz"


def test_a_mute_that_is_over_cannot_be_ended(ana):
    mute = make_commenter().mute(until=later(-1), reason="Abuse", by=ana)
    with pytest.raises(TransitionError, match="already ended"):
        mute.lift(by=ana)


def test_the_newer_mute_takes_the_place_of_the_older(ana):
    commenter = make_commenter()
    commenter.mute(until=later(100), reason="Abuse", by=ana)
    newer = commenter.mute(until=later(1), reason="Less", by=ana)
    assert list(Mute.objects.in_force()) == [newer]
    comment = make_comment(network="n" * 64)
    Mute.objects.of_network(comment, until=later(9), reason="Flood", by=ana)
    last = Mute.objects.of_network(comment, until=later(1), reason="Flood", by=ana)
    assert set(Mute.objects.in_force()) == {newer, last}
    other = make_comment(network="o" * 64)
    Mute.objects.of_network(other, until=later(1), reason="Flood", by=ana)
    assert Mute.objects.in_force().count() == 3


def test_a_network_is_muted_no_longer_than_it_can_be_recognised(ana):
    comment = make_comment(network="n" * 64, created_at=timezone.now() - 10 * DAY)
    mute = Mute.objects.of_network(comment, until=later(365), reason="Flood", by=ana)
    day = comment.created_at.astimezone(UTC).date()
    assert mute.network_day == day
    end = datetime.combine(day + timedelta(days=DAYS_KEPT), time.min, UTC)
    assert mute.until == end
    assert mute.until <= timezone.now() + 20 * DAY


@pytest.mark.parametrize(
    "fields",
    [{"network": ""}, {"network": "n" * 64, "created_at": timezone.now() - 31 * DAY}],
    ids=["unknown", "forgotten"],
)
def test_a_network_that_nobody_knows_cannot_be_muted(ana, fields):
    with pytest.raises(
        TransitionError, match="The network of this comment is no longer known"
    ):
        Mute.objects.of_network(
            make_comment(**fields), until=later(), reason="Flood", by=ana
        )
    assert not Mute.objects.exists()


def test_a_note_is_its_authors_and_the_superusers_to_delete(ana):
    note = make_commenter().notes.create(text="Rude.", by=ana, by_name="Ana Ruiz")
    assert note.can_be_deleted_by(ana)
    assert note.can_be_deleted_by(make_user(is_superuser=True))
    assert not note.can_be_deleted_by(make_user(role="Moderators"))
    note.by = None
    assert not note.can_be_deleted_by(ana)
