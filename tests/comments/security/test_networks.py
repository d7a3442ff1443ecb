from datetime import timedelta

import pytest
import time_machine
from django.test import RequestFactory
from django.utils import timezone

from comments.models import NetworkKey
from comments.security.networks import (
    hash_sender,
    network_from,
    network_of,
    recent_hashes,
)


def request_from(address, **environ):
    return RequestFactory().get("/", REMOTE_ADDR=address, **environ)


def hashed(address, **environ):
    return recent_hashes(request_from(address, **environ))[0]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("127.0.0.1", "127.0.0.0/24"),
    ],
)
def test_a_network_is_what_a_household_or_an_office_shares(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize("address", [None, "", "unix:", "300.1.1.1", "a\x00", "1.2.3"])
def test_what_is_no_address_is_in_no_network(address):
    assert network_of(address) is None


def test_two_machines_of_a_network_are_one_sender_and_of_two_networks_two(db):
    assert hashed("192.0.2.1") == hashed("192.0.2.254")
    assert hashed("192.0.2.1") != hashed("192.0.3.1")


def test_a_network_cannot_be_recognised_the_day_after_but_by_yesterdays_key(db):
    with time_machine.travel("2026-03-01 23:59:59+00:00", tick=False):
        [before] = recent_hashes(request_from("192.0.2.1"))
    with time_machine.travel("2026-03-02 00:00:01+00:00", tick=False):
        today, yesterday = recent_hashes(request_from("192.0.2.1"))
    with time_machine.travel("2026-03-04 00:00:01+00:00", tick=False):
        later = recent_hashes(request_from("192.0.2.1"))
    assert yesterday == before != today
    assert before not in later


def test_the_hash_says_nothing_without_the_key(db):
    before = hashed("192.0.2.1")
    NetworkKey.objects.all().delete()
    assert hashed("192.0.2.1") != before
    assert len(before) == 64


def test_nobody_is_taken_for_the_network_of_a_proxy_that_is_not_trusted(db):
    assert (
        recent_hashes(request_from("10.0.0.1", **{"newsroom.network_unknown": True}))
        == []
    )
    assert recent_hashes(request_from("")) == []


def test_a_day_has_one_key(db):
    hashed("192.0.2.1")
    hashed("198.51.100.1")
    assert [key.day for key in NetworkKey.objects.all()] == [timezone.now().date()]
    assert not NetworkKey.objects.filter(day=timezone.now().date() - timedelta(days=1))


def test_who_posts_is_known_by_the_same_hashes_as_who_reports(db):
    request = request_from("192.0.2.1")
    network = network_from(request)
    held = hash_sender(network)
    assert held == recent_hashes(request)
    assert len(held) == 2
    assert hash_sender(None) == []


def test_a_network_that_is_not_known_is_none():
    assert (
        network_from(request_from("10.0.0.1", **{"newsroom.network_unknown": True}))
        is None
    )
    assert network_from(request_from("unix:")) is None
    assert network_from(request_from("192.0.2.7")) == "192.0.2.0/24"
