import asyncio
import itertools

import pytest

from newsroom.logs import request_id_of_lines
from newsroom.server.exchanges import (
    VALID_REQUEST_ID,
    Exchange,
    ObservedProtocol,
    RequestIds,
    lines_of,
)
from tests.newsroom.server.test_rsgi import Protocol, run_in_thread


def observed():
    exchange = Exchange("abc-1", "GET", "/", 0.0)
    client = Protocol()
    return exchange, client, ObservedProtocol(client, exchange)


def test_ids_of_all_processes_differ():
    here, there = RequestIds(), RequestIds()
    made = [ids.next() for ids in [here, there] for _ in range(100)]
    assert len(set(made)) == 200
    assert all(map(VALID_REQUEST_ID.fullmatch, made))


@pytest.mark.parametrize(
    ("send", "size"),
    [
        (lambda p: p.response_bytes(404, [("a", "b")], b"12345"), 5),
        (lambda p: p.response_empty(404, [("a", "b")]), 0),
        (
            lambda p: p.response_file(404, [("a", "b"), ("content-length", "7")], "/x"),
            7,
        ),
    ],
)
def test_status_and_size_are_known_and_the_id_is_sent(send, size):
    exchange, client, protocol = observed()
    send(protocol)
    assert (exchange.status, exchange.size) == (404, size)
    status, headers, _ = client.answer
    assert status == 404
    assert headers["a"] == "b"
    assert headers["x-request-id"] == "abc-1"


def test_the_bytes_of_a_stream_are_counted():
    class Stream:
        async def send_bytes(self, chunk):
            await asyncio.sleep(0)

    exchange, client, protocol = observed()
    client.response_stream = lambda status, headers: Stream()

    async def send():
        stream = protocol.response_stream(200, [])
        await stream.send_bytes(b"123")
        await stream.send_bytes(b"45")

    run_in_thread(send())
    assert (exchange.status, exchange.size) == (200, 5)


def test_lines_belong_to_a_request_only_inside_its_block():
    seen = []
    with lines_of(Exchange("abc-1", "GET", "/", 0.0)):
        seen.append(request_id_of_lines.get())
        with lines_of(Exchange("abc-2", "GET", "/", 0.0)):
            seen.append(request_id_of_lines.get())
        with lines_of(None):
            seen.append(request_id_of_lines.get())
    seen.append(request_id_of_lines.get())
    assert seen == ["abc-1", "abc-2", "abc-1", None]


def test_numbers_of_requests_never_repeat():
    ids = RequestIds()
    made = [ids.next().rpartition("-")[2] for _ in range(300)]
    assert all(
        int(before, 16) < int(after, 16) for before, after in itertools.pairwise(made)
    )
