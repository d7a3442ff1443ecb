"""A clock that jumps does not make `tick` forget everything at once."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from articles.core.batches import BATCH, MOST_BATCHES
from comments.models import NetworkKey
from newsroom import clock
from newsroom.clock import Reading
from newsroom.models import FailedSignIn, SecurityEvent, StaffSession, Ticking
from tests.factories import DAY, HOUR, make_steady_clock

YEARS = 3650 * DAY
MINUTE = timedelta(minutes=1)


@pytest.fixture
def machine(monkeypatch):
    """A machine whose clock and whose time of running the test moves."""
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield Machine(monkeypatch, traveller)


class Machine:
    def __init__(self, monkeypatch, traveller):
        self.running, self.start, self.traveller = 100.0, "first start", traveller
        monkeypatch.setattr(clock, "_running", lambda: self.running)
        monkeypatch.setattr(clock, "_name_of_start", lambda: self.start)

    def runs(self, time):
        self.running += time.total_seconds()
        self.traveller.shift(time)

    def jumps(self, time):
        self.traveller.shift(time)

    def is_off(self, time):
        self.start, self.running = f"start after {time}", 5.0
        self.traveller.shift(time)


def make_what_has_an_end():
    FailedSignIn.objects.create(account="a")
    SecurityEvent.objects.create(kind="refused", name="ines")
    StaffSession.objects.create(
        session_key="k", session_data="", expire_date=timezone.now() + DAY
    )
    NetworkKey.objects.today()


def left():
    return [
        model.objects.count()
        for model in [FailedSignIn, SecurityEvent, StaffSession, NetworkKey]
    ]


def test_a_clock_that_jumps_forward_forgets_nothing_for_an_hour(db, machine, caplog):
    call_command("tick")
    machine.runs(2 * HOUR)
    make_what_has_an_end()
    machine.jumps(YEARS)
    for _ in range(6):
        call_command("tick")
        assert left() == [1, 1, 1, 1]
        machine.runs(9 * MINUTE)
    assert "was set by 3650 days" in caplog.text
    # Whoever set it right within the hour has lost nothing.
    machine.jumps(-YEARS)
    call_command("tick")
    machine.runs(HOUR)
    call_command("tick")
    assert left()[1:] == [1, 1, 1]


def test_a_clock_that_agrees_with_itself_for_an_hour_is_believed(db, machine):
    call_command("tick")
    machine.runs(2 * HOUR)
    make_what_has_an_end()
    machine.jumps(YEARS)
    call_command("tick")
    machine.runs(HOUR)
    call_command("tick")
    assert left() == [0, 0, 0, 0]


def test_a_machine_that_was_off_for_a_week_forgets_after_an_hour(db, machine):
    call_command("tick")
    machine.runs(2 * HOUR)
    make_what_has_an_end()
    machine.is_off(7 * DAY)
    call_command("tick")
    machine.runs(59 * MINUTE)
    call_command("tick")
    assert left() == [1, 1, 1, 1]
    machine.runs(MINUTE)
    call_command("tick")
    assert left() == [0, 1, 0, 1]


def test_small_corrections_do_not_matter(db, machine):
    call_command("tick")
    for _ in range(4):
        machine.runs(30 * MINUTE)
        machine.jumps(timedelta(seconds=30))
        call_command("tick")
    make_what_has_an_end()
    machine.runs(3 * HOUR)
    call_command("tick")
    assert left()[0] == 0


def test_of_many_machines_each_is_judged_by_its_own_clock(db, machine):
    call_command("tick")
    machine.runs(2 * HOUR)
    ours = machine.start
    for number in range(30):
        machine.start = f"machine {number}"
        call_command("tick")
    clocks = Ticking.objects.get().clocks
    assert len(clocks) == 20
    assert "machine 29" in clocks
    machine.start = ours
    assert not Ticking.objects.clock_is_steady(Reading.now())


def test_a_tick_writes_no_reading_while_the_clock_is_steady(db, machine):
    make_steady_clock()
    before = Ticking.objects.get().clocks
    machine.runs(HOUR)
    call_command("tick")
    assert Ticking.objects.get().clocks == before


@contextmanager
def many_failed_sign_ins(number):
    old = timezone.now() - DAY
    FailedSignIn.objects.bulk_create(
        FailedSignIn(account="a", at=old) for _ in range(number)
    )
    yield


def test_what_is_old_is_deleted_in_bounded_batches(db, django_assert_num_queries):
    most = BATCH * MOST_BATCHES
    with many_failed_sign_ins(most + 3):
        # The keys of a batch, and its deletion.
        with django_assert_num_queries(2 * MOST_BATCHES):
            assert FailedSignIn.objects.forget_old() == most
        assert FailedSignIn.objects.forget_old() == 3
        assert FailedSignIn.objects.forget_old() == 0


def test_the_real_machine_has_a_name_and_runs():
    one, other = Reading.now(), Reading.now()
    assert one.start == other.start != ""
    assert timedelta() <= other.running - one.running < MINUTE
    assert other.agrees_with(one)
    assert Reading.parse(one.start, one.as_json()) == one
