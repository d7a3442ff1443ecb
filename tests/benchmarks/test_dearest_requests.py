"""
The CPU time of the dearest requests that a stranger can send, beside a plain comment.

    uv run pytest --database sqlite -n 0 -m benchmark -s tests/benchmarks/test_dearest_requests.py

Every public address is asked and every public form is sent, each field filled with texts
that repeat one piece up to the limit of the form and up to the largest body that is read.
"""

import logging
from collections import defaultdict
from time import process_time

import pytest

from comments.models.comment import LONGEST_BODY
from comments.security.tokens import private_address
from comments.views.receiving import LARGEST_POST
from tests.comments.views.sending import WORDS, address_of_thread
from tests.factories import (
    make_article,
    make_person,
    make_shown_comment,
    make_visible_article,
)

pytestmark = pytest.mark.benchmark

# In seconds: what the site promises of any request of a stranger.
MOST_SECONDS = 0.1
# The same promise in times of a plain comment, for machines that are slower or busy.
MOST_TIMES = 12

# Each is bad for something: the segmentation of characters, normalisation, Markdown, links,
# the folding of words, the search for private data, the splitting of headers.
PIECES = {
    "regional indicators": "\U0001f1e6",
    "joined emoji": "\U0001f468\u200d",
    "joiners": "\u200d",
    "accents": "a\u0301",
    "towers of marks": "\u0323\u0301",
    "viramas": "\u0915\u094d",
    "conjoining consonants": "\u1100",
    "prepended marks": "\u0600",
    "ligatures": "\ufdfa",
    "short towers": "a" + "\u0323\u0301" * 14,
    "dotted capitals": "\u0130",
    "control characters": "\x00",
    "line ends": "\n",
    "spaces": " ",
    "letters": "a",
    "letters apart": "a ",
    "words": "ab cd ef ",
    "marked stars": "a*\u0301\u0301 *\u0301\u0301\u0301",
    "marked quotes": ">\u0301 a\u0301\u0301\u0301\n\n",
    "stars": "*",
    "stars that open and close": "a* *",
    "nested stars": "*a **b ",
    "backticks": "`",
    "uneven backticks": "``` ` ``",
    "stars and backticks": "*a`",
    "backslashes": "\\*",
    "quotes": "> ",
    "deep quotes": "> > > a\n",
    "quotes of nothing": "> \n\n",
    "quotes apart": "> a\n\n",
    "quoted stars": "> *a\n",
    "long quotes": "> abcdefghijklmnopqrstu\n\n",
    "schemes": "http://",
    "addresses": "http://a.bc ",
    "brackets": "http://a((",
    "hosts": "a.com ",
    "joined hosts": "a.com",
    "dots": "a.",
    "mail addresses": "a@a.",
    "mailboxes": "mailto:a@",
    "account numbers": "DE12 3456 ",
    "telephone numbers": "+1 (",
    "numbers": "1.1.1.1:",
    "signs": "$a@",
    "angle brackets": "<",
    "ampersands": "&",
    "semicolons": "; ",
    "commas": ",",
    "equals signs": "a=1; ",
    "percent signs": "%",
    "emoji": "\U0001f600",
}
# In bytes; servers take about so much as a request line and as one header.
LONGEST_HEADER = 16_000


def filled(piece, length):
    return (piece * (length // len(piece) + 1))[:length]


def filled_to_the_limit(piece):
    """The longest text that the largest body holds, in UTF-8."""
    room = LARGEST_POST - 1200
    return filled(piece, room // (len(piece.encode()) // len(piece) + 1))


@pytest.fixture
def stranger(db, client, settings, monkeypatch):
    """Sends requests, and remembers what each has cost at best of several times."""
    settings.COMMENT_RATE = ["900000/m"]
    # Read as many of the sender's comments as the usual rate needs.
    monkeypatch.setattr("comments.screening.past.most_that_count", lambda: 30)
    monkeypatch.setattr("comments.security.refusals.MOST_REFUSED", 10**9)
    settings.TASKS = {
        "default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}
    }

    def ask(name, method, address, data=None, *args, vary=None, **kwargs):
        costs = []
        for attempt in range(3):
            if vary:
                # What was sent before is a repeat, or its HTML is remembered.
                data = data | {vary: f"{data[vary][:-2]}{attempt}"}
            start = process_time()
            answer = getattr(client, method)(address, data, *args, **kwargs)
            costs.append(process_time() - start)
            if costs[-1] < MOST_SECONDS / 4:
                break
        assert answer.status_code < 500, name
        ask.costs[name] = min([*costs, ask.costs[name]])
        ask.answers[name].add(answer.status_code)

    ask.costs = defaultdict(lambda: 60.0)
    ask.answers = defaultdict(set)
    # What is logged of bad requests holds their whole addresses.
    logging.disable(logging.CRITICAL)
    yield ask
    logging.disable(logging.NOTSET)


def forms(article, comment):
    """The public forms: a name, the address, the fields that every post has, and the texts in it."""
    mine = private_address(comment)
    words = WORDS | {"email": ""}
    return [
        ("comment", address_of_thread(article), words, ["body", "name", "email"]),
        (
            "comment, other fields",
            address_of_thread(article),
            words,
            ["parent", "browser", "seconds", "subject"],
        ),
        (
            "preview",
            address_of_thread(article),
            words | {"preview": "1"},
            ["body", "name"],
        ),
        (
            "report",
            f"/comments/{comment.pk}/report/",
            {"reason": "spam"},
            ["sentence", "reason"],
        ),
        (
            "error",
            f"/articles/{article.slug}/report-error/",
            {},
            ["text"],
        ),
        ("data", "/comments/data/", {}, ["email"]),
        ("edit", mine, {"edit": "1"}, ["body"]),
        ("preview of an edit", mine, {"preview": "1"}, ["body"]),
        ("appeal", mine, {"appeal": "1"}, ["message"]),
        ("notify", mine, {"notify": "1"}, ["email"]),
        ("reset", "/admin/password_reset/", {}, ["email"]),
    ]


def posts(ask, article, comment):
    for form, address, fields, texts in forms(article, comment):
        for text in texts:
            for piece, letters in PIECES.items():
                for length, value in [
                    ("its limit", filled(letters, LONGEST_BODY)),
                    ("four times its limit", filled(letters, 4 * LONGEST_BODY - 10)),
                    ("64 KiB", filled_to_the_limit(letters)),
                ]:
                    name = f"{form}: {text} of {piece}, {length}"
                    ask(name, "post", address, fields | {text: value}, vary=text)
    many = "&".join(f"a{number}=1" for number in range(999))
    for kind in [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ]:
        ask(
            f"comment: 999 fields as {kind}",
            "post",
            address_of_thread(article),
            many,
            content_type=kind,
        )


def gets(ask, article, comment):
    base = f"/articles/{article.slug}/"
    addresses = {
        "/": ["before", "after"],
        base: [],
        f"{base}comments/": ["after", "reply", "root", "sort"],
        f"{base}changes/": ["before"],
        "/tags/": [],
        "/tags/sea/": ["before", "after"],
        f"/people/{article.people[0].slug}/": ["before", "role"],
        "/archive/": [],
        f"/archive/{article.published_at.year}/": ["before"],
        "/corrections/": ["before"],
        "/feeds/rss.xml": [],
        f"{base}comments/rss.xml": [],
        "/sitemap.xml": [],
        "/robots.txt": [],
        f"/comments/{comment.pk}/": [],
        private_address(comment): ["x"],
        "/admin/login/": ["next"],
    }
    headers = [
        "cookie",
        "accept-encoding",
        "accept-language",
        "if-none-match",
        "if-modified-since",
        "range",
        "user-agent",
        "referer",
        "origin",
        "host",
        "x-forwarded-for",
        "x-forwarded-host",
        "sec-fetch-site",
    ]
    places = ["/{}/", "/articles/{}/", "/tags/{}/", "/comments/mine/{}/"]
    places += ["/media/renditions/{}/x.jpg", "/media/originals/{}", "/preview/{}/"]
    places += ["/comments/{}/", "/archive/{}/", "/calendar/{}.ics", "/static/{}"]
    places += ["/corrections/mine/{}/", "/comments/decide/{}/", "/comments/data/{}/"]
    for address, parameters in addresses.items():
        ask(f"GET {address[:40]}", "get", address)
        for parameter in parameters:
            for piece, letters in PIECES.items():
                value = filled(letters, LONGEST_HEADER // len(letters.encode()))
                name = f"GET {address[:40]}?{parameter} of {piece}"
                ask(name, "get", address, {parameter: value})
    for piece, letters in PIECES.items():
        text = filled(letters, LONGEST_HEADER // (3 * len(letters.encode())))
        for place in places:
            ask(f"GET {place} of {piece}", "get", place.format(text.replace("?", "")))
        if letters.isprintable() and letters.isascii():
            for header in headers:
                value = filled(letters, LONGEST_HEADER)
                name = f"GET {base} with {header} of {piece}"
                ask(name, "get", base, headers={header: value})


def test_no_request_of_a_stranger_is_dear(stranger):
    article = make_visible_article(
        tags=["Sea"],
        byline=[make_person()],
        body="<p>Words of an article that is read.</p>" * 50,
    )
    comment = make_shown_comment(article=article)
    make_article()
    for _ in range(3):
        plain = f"plain comment {_}"
        stranger(
            plain, "post", address_of_thread(article), WORDS | {"body": f"Well {_}."}
        )
    plain = stranger.costs[plain]
    posts(stranger, article, comment)
    gets(stranger, article, comment)
    dearest = sorted(stranger.costs, key=stranger.costs.get, reverse=True)
    print(f"\n{len(dearest)} requests; a plain comment {plain * 1000:.1f} ms of CPU")  # noqa: T201
    for name in dearest[:5]:
        cost = stranger.costs[name]
        print(  # noqa: T201
            f"{cost * 1000:7.1f} ms, {cost / plain:5.1f} times a plain comment: {name} {stranger.answers[name]}"
        )
    assert stranger.costs[dearest[0]] < max(MOST_SECONDS, MOST_TIMES * plain)
