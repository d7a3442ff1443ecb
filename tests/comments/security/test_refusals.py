from comments.security import refusals as module
from comments.security.refusals import MOST_REFUSED, WITHIN, Refusals

HERE, THERE = "192.0.2.0/24", "198.51.100.0/24"


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def refused(number, *, network=HERE, clock=None):
    counts = Refusals(clock=clock or Clock())
    for _ in range(number):
        counts.count(network)
    return counts


def test_a_network_waits_when_too_much_of_it_was_refused_within_a_minute():
    assert refused(MOST_REFUSED - 1).seconds_to_wait(HERE) == 0
    assert refused(MOST_REFUSED).seconds_to_wait(HERE) == WITHIN


def test_others_and_those_who_are_not_known_do_not_wait():
    assert refused(MOST_REFUSED).seconds_to_wait(THERE) == 0
    assert refused(MOST_REFUSED, network=None).seconds_to_wait(None) == 0


def test_after_the_minute_the_count_begins_anew():
    clock = Clock()
    counts = refused(MOST_REFUSED, clock=clock)
    clock.now += WITHIN - 0.5
    assert counts.seconds_to_wait(HERE) == 1
    clock.now += 0.5
    assert counts.seconds_to_wait(HERE) == 0
    counts.count(HERE)
    assert counts.seconds_to_wait(HERE) == 0


def test_no_network_is_remembered_by_its_name():
    counts = refused(1)
    assert "192.0.2" not in repr(vars(counts))
    assert list(counts._counts) != list(refused(1)._counts)


def test_the_memory_that_it_takes_is_bounded(monkeypatch):
    monkeypatch.setattr(module, "MOST_NETWORKS", 5)
    counts = Refusals(clock=Clock())
    for number in range(20):
        counts.count(f"2001:db8:{number}::/48")
    assert len(counts._counts) == 5
