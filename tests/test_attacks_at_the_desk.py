"""
Attack texts through every text field of the desk, in a real browser without the CSP.

The forms are found on the pages themselves, so that new ones are included. The answer to each is
checked, then every page of the desk, and what readers see. The suite tries some of the texts;
with ATTACK_ROUNDS=100 all of them.
"""

import os
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.test import Client

from tests.test_attacks import texts, watched  # noqa: F401
from tests.who_may import make_world, routes

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

ROUNDS = int(os.environ.get("ATTACK_ROUNDS", 1))
# The most forms sent per page, and the most buttons per form.
MOST_FORMS, MOST_BUTTONS = 4, 4
# In characters, the length of a value for a field without a limit.
FILLING = 3000
# Pages that would end the session or remove what other tests of the page need.
LEFT_OUT = ("delete", "logout", "login", "password", "take-down", "jsi18n", "/r/")
TYPED = {"text", "search", "url", "email", "tel"}


class Forms(HTMLParser):
    """The POST forms of a page: their address, fields with values, and buttons."""

    def __init__(self, page):
        super().__init__()
        self.forms, self._form, self._select, self._area = [], None, None, None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        name = a.get("name")
        if tag == "form":
            self._form = {
                "action": a.get("action") or "",
                "method": (a.get("method") or "get").lower(),
                "values": {},
                "typed": {},
                "buttons": [],
            }
            self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "textarea" and name:
            self._form["typed"][name] = int(a.get("maxlength") or FILLING)
        elif tag == "select" and name:
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in a or (
                self._select not in self._form["values"] and a.get("value")
            ):
                self._form["values"][self._select] = a.get("value", "")
        elif tag in {"input", "button"} and name:
            self._field(name, a.get("type") or "text", a, tag)

    def _field(self, name, kind, a, tag):
        if tag == "button" or kind == "submit":
            self._form["buttons"].append((name, a.get("value") or ""))
        elif kind in TYPED:
            self._form["typed"][name] = int(a.get("maxlength") or FILLING)
        elif kind in {"checkbox", "radio"}:
            if "checked" in a or kind == "radio":
                self._form["values"].setdefault(name, a.get("value") or "on")
        elif kind != "file":
            self._form["values"][name] = a.get("value") or ""

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None

    @property
    def to_send(self):
        sent = [form for form in self.forms if form["method"] == "post"]
        return [form for form in sent if "logout" not in form["action"]]


class Supply:
    """Supplies the attack texts in turn, as many as fit into a field."""

    def __init__(self, lines, start):
        self._texts, self._next = lines, start

    def filling(self, room):
        words = ""
        while True:
            text = self._texts[self._next % len(self._texts)].replace("\x00", "")
            if words and len(words) + len(text) + 1 > room:
                return words
            self._next += 1
            words = f"{words}\n{text}" if words else text[:room]
            if len(words) >= room or room < 300:
                return words


def test_nothing_runs_that_was_typed_at_the_desk(live_server, watched, texts):  # noqa: F811
    world = make_world()
    client = Client(raise_request_exception=False)
    session = world.sessions["superuser"]
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    origin = live_server.url
    watched.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": origin}]
    )
    addresses = [
        world.address(route, article)
        for route in routes()
        if not any(part in route for part in LEFT_OUT)
        for article in (["own", "live"] if "article/<" in route else ["live"])
    ]
    sent, taken, pages = 0, 0, dict.fromkeys(public_pages())
    watched.goto("/admin/")
    for turn in range(ROUNDS):
        handed = Supply(texts, turn * len(texts) // ROUNDS)
        for address in addresses:
            page = client.get(address)
            if page.status_code != 200 or "html" not in page.headers["Content-Type"]:
                continue
            pages[address] = None
            for form in Forms(page.content.decode()).to_send[:MOST_FORMS]:
                for button in form["buttons"][:MOST_BUTTONS] or [None]:
                    typed = {
                        name: handed.filling(room)
                        for name, room in form["typed"].items()
                    }
                    answer = client.post(
                        urljoin(address, form["action"]),
                        form["values"] | typed | dict([button] if button else []),
                    )
                    assert answer.status_code < 500, (address, button)
                    sent += len(typed)
                    taken += answer.status_code in {302, 303}
                    if typed and answer.status_code not in {302, 303, 405}:
                        look_at_answer(watched, address, answer)
        if turn == ROUNDS - 1 or turn % 10 == 0:
            for address in pages | dict.fromkeys(public_pages()):
                look_at(watched, address)
    print(f"\n{sent} fields were filled in, {taken} forms taken")  # noqa: T201
    assert taken > 20


def public_pages():
    from articles.models import Article, Person, Tag

    yield from ["/", "/tags/", "/corrections/", "/rules/", "/x/"]
    for model in [Article, Person, Tag]:
        for one in model.objects.all()[:20]:
            yield one.get_absolute_url()


def look_at_answer(page, address, answer):
    """Shows the answer to a form as the browser would show it at this address."""
    if "html" not in answer.headers["Content-Type"]:
        return
    # Not an answer to the browser's own request: intercepting those turns its cache off.
    path = urlsplit(address).path
    page.evaluate("path => history.replaceState(null, '', path)", path)
    page.set_content(answer.text, wait_until="load")
    assert page.seen == [], address


def look_at(page, address):
    page.goto(address, wait_until="load")
    assert page.seen == [], address
