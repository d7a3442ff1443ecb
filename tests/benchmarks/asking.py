"""What a page asks of the database and how long it takes, with few rows and with many."""

from time import perf_counter

from django.db import connection
from django.test.utils import CaptureQueriesContext


def measured(client, places, *, rounds):
    """
    By its name, the queries of each place, and the seconds of the quickest of many rounds.

    All in turn, and the quickest: whatever else the machine does slows some of them.
    """
    queries = {name: queries_of(client, address) for name, address in places.items()}
    seconds = {name: [] for name in places}
    for _ in range(rounds):
        for name, address in places.items():
            start = perf_counter()
            client.get(address)
            seconds[name].append(perf_counter() - start)
    return {name: (queries[name], min(seconds[name])) for name in places}


def queries_of(client, address):
    # What is looked up once for all requests does not count.
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    # Taken at once: the next request empties the log.
    queries = [query["sql"] for query in captured]
    assert queries
    return queries


def slower(few, many, *, at_most):
    """The places where the ratio is above the limit, each with its ratio."""
    ratios = {name: many[name][1] / few[name][1] for name in in_both(few, many)}
    return {name: round(ratio, 2) for name, ratio in ratios.items() if ratio > at_most}


def in_both(few, many):
    return [name for name in few if name in many]


def report(few, many):
    """Print a line for each place: its queries, milliseconds and their ratio."""
    for name in in_both(few, many):
        (asked, quick), (asked_then, slow) = few[name], many[name]
        print(  # noqa: T201
            f"{name:24} {len(asked):3} and {len(asked_then):3} queries, "
            f"{quick * 1000:6.1f} and {slow * 1000:6.1f} ms, ratio {slow / quick:5.2f}"
        )
