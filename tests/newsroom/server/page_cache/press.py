"""A fake site behind the page cache, and requests to it."""

import gzip
import threading
from dataclasses import dataclass

import brotli
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import path

from articles.core.http_cache import public_page

LIFETIME = 10
PUBLIC = ("Cache-Control", "public, no-cache")
WORDS = b"<p>What happened, and what it means.</p>" * 50


@public_page("before", "sort")
def front(request):
    seen = {name: request.GET.getlist(name) for name in request.GET}
    return HttpResponse(f"{seen} {sorted(request.COOKIES)} {WORDS.decode()}")


@public_page()
def story(request, slug):
    return HttpResponse(slug)


def desk(request):
    return HttpResponse("desk")


# The URLs of this site, for tests that do not need the real ones.
urlpatterns = [
    path("", front),
    path("articles/<slug:slug>/", story),
    path("search/", public_page("q")(desk)),
    path("desk/", desk),
    path("desk-too/", desk),
]


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@dataclass
class Reply:
    status: int
    headers: dict
    body: bytes

    @property
    def text(self):
        encoding = self.headers.get("Content-Encoding")
        read = {"br": brotli.decompress, "gzip": gzip.decompress}.get(encoding, bytes)
        return read(self.body).decode()


def ask(application, address="/", *, method="GET", headers=None, **environ):
    """The answer of a WSGI application, as a server would send it."""
    said = []
    request = RequestFactory().generic(
        method,
        address,
        **{"HTTP_HOST": "testserver", "headers": headers or {}} | environ,
    )
    # Django has replaced the bytes of the path by its letters.
    path = request.environ["PATH_INFO"].encode().decode("latin-1")
    environ = request.environ | {"PATH_INFO": path}
    chunks = application(environ, lambda *answer: said.append(answer))
    body = b"".join(chunks)
    if hasattr(chunks, "close"):
        chunks.close()
    [(status, headers)] = said
    return Reply(int(status[:3]), dict(headers), body)


class Press:
    """A site behind the cache: numbers the pages that it renders, and stores its requests."""

    def __init__(self):
        self.asked = []
        self.closed = 0
        self.status = "200 OK"
        self.headers = [PUBLIC]
        self.length = True
        self.error = None

    def __call__(self, environ, start_response):
        self.asked.append(environ)
        body = self.body(len(self.asked), environ)
        if self.error:
            raise self.error
        length = [("Content-Length", str(len(body)))] if self.length else []
        start_response(self.status, [*self.headers, *length])
        return Body([body], self)

    def body(self, number, environ):
        return b"%d " % number + WORDS

    @property
    def made(self):
        return len(self.asked)


class Body(list):
    def __init__(self, chunks, press):
        super().__init__(chunks)
        self.press = press

    def close(self):
        self.press.closed += 1


class SlowPress(Press):
    """Renders a page until it is told to finish."""

    def __init__(self):
        super().__init__()
        self.begun = threading.Semaphore(0)
        self.may_end = threading.Semaphore(0)

    def body(self, number, environ):
        self.begun.release()
        assert self.may_end.acquire(timeout=10), "nobody let the page end"
        return super().body(number, environ)
