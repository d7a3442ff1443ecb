"""A mail server that accepts connections and then says nothing makes nobody wait."""

import re
import socket
import threading
import time
from contextlib import contextmanager
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests.newsroom.conftest import wait_until

MAKE_A_SITE = """
from django.contrib.auth.models import User
from django.utils import timezone
from datetime import timedelta
from comments.models import NetworkKey
from tests.factories import make_user, make_visible_article
make_user(role="Moderators", email="mo@news.example")
make_visible_article(title="Harbour", slug="harbour")
NetworkKey.objects.of_last_days()
"""

STILL_THERE = """
from comments.models import Comment, PendingMail
from newsroom.models import StaffMail
print(Comment.objects.count(), PendingMail.objects.count(), StaffMail.objects.count())
"""

# In seconds: the most that a mail server may add to a reader's POST, and how long the site waits
# for its answer (see MAILERS).
AT_MOST = 1
SMTP_TIMEOUT = 10


class SilentServer:
    """Accepts every connection, keeps it open and never answers; counts them."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.accepted = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.socket.getsockname()[1]}"

    def _accept(self):
        while True:
            try:
                self.accepted.append(self.socket.accept()[0])
            except OSError:
                return


@contextmanager
def silent_server():
    server = SilentServer()
    try:
        yield server
    finally:
        server.socket.close()
        for connection in server.accepted:
            connection.close()


def seconds_of_post(browser, address, **fields):
    start = time.monotonic()
    request = Request(
        address, urlencode(fields).encode(), headers={"Sec-Fetch-Site": "same-origin"}
    )
    with browser.open(request, timeout=60) as answer:
        assert answer.status == 200
        answer.read()
    return time.monotonic() - start


def post_everything(site, prefix):
    """The seconds of comments that cause mails, and of a request for a new password."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    for number in range(2):
        yield seconds_of_post(
            browser,
            f"{site}/articles/harbour/comments/",
            name="Inés",
            body=f"Remark {prefix}{number}.",
            email=f"{prefix}{number}@example.org",
            notify="on",
        )
    form = browser.open(f"{site}/admin/password_reset/", timeout=60).read().decode()
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', form)[1]
    yield seconds_of_post(
        browser,
        f"{site}/admin/password_reset/",
        email="mo@news.example",
        csrfmiddlewaretoken=token,
    )


def test_a_mail_server_that_hangs_delays_no_reader(ready_site):
    ready_site.shell(MAKE_A_SITE)
    ready_site.environment |= {"MODERATORS_MAIL": "at_once", "COMMENT_RATE": "99/m"}
    with silent_server() as server:
        with ready_site.served("--workers", 1, MAIL_URL=server.url) as (site, _):
            usual = list(post_everything(site, "a"))
            wait_until(lambda: server.accepted)
            # Now a job hangs, in another process.
            seconds = list(post_everything(site, "b"))
        assert max(seconds) < max(usual) + AT_MOST, (usual, seconds)
        assert max(usual) < SMTP_TIMEOUT / 2
    # Nothing is lost: two comments each time, a mail for each, and two requests.
    assert ready_site.shell(STILL_THERE) == "4 4 2"
