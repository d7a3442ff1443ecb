import json
import re
from html.parser import HTMLParser
from itertools import batched
from xml.etree import ElementTree

from comments.markup import kept_text
from comments.models import Comment
from tests.comments.views.sending import address_of_thread, next_page, send
from tests.factories import make_visible_article

# Drawn by us, and of this shape only; any other SVG is somebody else's.
PATTERN = re.compile(
    r'<svg class="comment__avatar comment__avatar--[1-6]" viewBox="-1 -1 7 7"'
    r' aria-hidden="true"><path d="[MHhv0-5 ]+"/></svg>'
)


class Tags(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def assert_nothing_can_run(html):
    allowed_scripts = {"/static/js/"}
    for tag, attrs in Tags(PATTERN.sub("", html)).found:
        assert tag not in {"iframe", "object", "embed", "svg", "img", "style", "base"}
        assert not any(name.startswith("on") or name == "style" for name in attrs)
        if tag == "script":
            assert any(attrs["src"].startswith(path) for path in allowed_scripts)
        if tag == "a":
            scheme = attrs["href"].partition(":")[0].lower()
            is_ours = attrs["href"].startswith(("/", "#"))
            assert is_ours or scheme in {"http", "https", "mailto"}


def assert_nothing_can_run_in(client, article):
    """With everything that was sent on the page, on one page after another."""
    Comment.objects.update(status=Comment.Status.APPROVED)
    address, shown = address_of_thread(article), 0
    while address:
        page = client.get(address).content.decode()
        assert_nothing_can_run(page)
        shown += page.count('id="comment-')
        address = next_page(page)
    assert shown == Comment.objects.count()


def test_of_all_attacks_none_gets_through(db, client, settings, samples):
    settings.COMMENT_RATE = []
    lines = (samples / "xss" / "xss-payload-list.txt").read_text().splitlines()
    article = make_visible_article()
    for number, batch in enumerate(batched(lines, 60, strict=False)):
        body = "\n".join(line[:80] for line in batch)[:5000]
        name = f"{number} {batch[0]}"[:80]
        answer = send(client, article, name=name, email="", body=body)
        assert answer.status_code == 303
    assert Comment.objects.count() > 100
    assert_nothing_can_run_in(client, article)
    words = {"name": lines[0], "email": lines[1], "body": "\n".join(lines)[:4000]}
    for changes in [{}, {"email": "", "preview": "1"}]:
        assert_nothing_can_run(
            send(client, article, **words | changes).content.decode()
        )


def test_naughty_strings_come_back_as_they_were_typed(db, client, settings, samples):
    settings.COMMENT_RATE = []
    strings = json.loads((samples / "unicode" / "blns.json").read_text())
    article = make_visible_article()
    typed = {}
    for number, some in enumerate(batched(strings, 5, strict=False)):
        body = "\n\n".join(["Naughty:", *some, "."])
        name = f"{number} {some[0]}"[:80]
        assert send(client, article, name=name, email="", body=body).status_code == 303
        typed[Comment.objects.latest("id").pk] = kept_text(body)
    assert len(typed) == len(strings) // 5
    assert dict(Comment.objects.values_list("pk", "body")) == typed
    assert_nothing_can_run_in(client, article)


def test_every_email_address_is_taken_or_refused(
    db, client, settings, samples, monkeypatch
):
    settings.COMMENT_RATE = []
    monkeypatch.setattr("comments.refusals.MOST_REFUSED", 1_000)
    tests = ElementTree.parse(samples / "email" / "rfc5322.xml").iter("test")
    article = make_visible_article()
    statuses = {}
    for test in tests:
        address = test.findtext("address") or ""
        # The file writes control characters as the symbols for them.
        address = "".join(
            chr(ord(char) - 0x2400) if 0x2400 <= ord(char) < 0x2420 else char
            for char in address
        )
        answer = send(client, article, email=address)
        statuses.setdefault(answer.status_code, []).append(address)
    assert set(statuses) == {303, 422}
    assert "first.last@example.com" in statuses[303] or "test@iana.org" in statuses[303]
