from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from comments.models import Digest
from comments.models.pending_mail import CLAIMED_FOR, PAUSES
from tests.factories import HOUR, make_comment, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


@pytest.fixture
def digest():
    return make_digest()


def make_digest():
    return Digest.objects.of([make_user(role="Moderators")]).get()


def test_each_moderator_has_one_made_when_first_needed():
    moderators = [make_user(role="Moderators") for _ in range(3)]
    first = list(Digest.objects.of(moderators[:1]))
    all_of_them = list(Digest.objects.of(moderators))
    assert [digest.moderator for digest in all_of_them] == moderators
    assert all_of_them[0] == first[0]
    assert list(Digest.objects.of(moderators)) == all_of_them


def test_a_new_one_needs_no_look_at_old_decisions():
    make_comment().approve(by=make_user(role="Moderators"))
    assert make_digest().newest_decision > 0


def test_it_is_due_when_the_last_is_so_long_ago(clock, digest):
    assert Digest.objects.due(apart=HOUR).get() == digest
    digest.note_sent(0, 0, 0)
    assert not Digest.objects.due(apart=HOUR).exists()
    clock.shift(HOUR)
    assert Digest.objects.due(apart=HOUR).get() == digest


def test_one_claim_wins_until_its_time_is_over(clock, digest):
    assert Digest.objects.claim(digest)
    assert not Digest.objects.claim(digest)
    assert not Digest.objects.due(apart=HOUR).exists()
    clock.shift(CLAIMED_FOR)
    assert Digest.objects.due(apart=HOUR).get() == digest
    assert Digest.objects.claim(digest)


@pytest.mark.parametrize("step", ["note_sent", "try_later"])
def test_what_was_done_meanwhile_ends_an_older_claim(digest, step):
    seen = Digest.objects.get()
    getattr(digest, step)(*[0, 0, 0][: 3 * (step == "note_sent")])
    assert not Digest.objects.claim(seen)
    assert Digest.objects.claim(Digest.objects.get())


def test_after_each_failure_it_waits_longer(clock):
    make_digest()
    for pause in [*PAUSES, PAUSES[-1]]:
        Digest.objects.get().try_later()
        clock.shift(pause - timedelta(seconds=1))
        assert not Digest.objects.due(apart=HOUR).exists()
        clock.shift(timedelta(seconds=1))
        assert Digest.objects.due(apart=HOUR).exists()


def test_what_was_told_is_never_forgotten_again(digest):
    digest.note_sent(5, 6, 7)
    digest.refresh_from_db()
    assert not digest.misses(5, 6, 7)
    for newer in [(6, 0, 0), (0, 7, 0), (0, 0, 8)]:
        assert digest.misses(*newer)
    digest.note_sent(1, 1, 1)
    digest.refresh_from_db()
    assert (digest.newest_comment, digest.newest_appeal, digest.newest_decision) == (
        5,
        6,
        7,
    )


def test_an_account_that_is_deleted_in_this_moment_breaks_nothing(digest):
    digest.moderator.delete()
    digest.note_sent(1, 1, 1)
    digest.try_later()
    assert not Digest.objects.exists()
