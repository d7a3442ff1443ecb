"""
Odd addresses and odd forms, at the desk and on public pages: none causes a server error.

The suite sends a sample of the requests, another one to each address.

    ODD_REQUESTS_STEP=1 uv run pytest tests/test_odd_requests.py

sends all of them, which takes hours; a step of 10 sends every tenth.
"""

import os
from itertools import count, islice

import pytest
from django.conf import settings
from django.test import Client

from comments.security.tokens import private_address
from tests.factories import make_shown_comment, make_visible_article
from tests.odd_requests import encoded, odd_keys, odd_posts, odd_queries, status_of
from tests.who_may import routes

FORM = "application/x-www-form-urlencoded"
# Each address gets every STEPth of the odd requests.
STEP = int(os.environ.get("ODD_REQUESTS_STEP", 1999))
# Requests that failed once are sent to every address.
ALWAYS = ["_to_field=", "_to_field=password", "anything=1", "e=1", "o=-9.9.x&p=x&q=%00"]
ROUTES = [
    route
    for route in routes()
    if "login" not in route and "password_reset" not in route
]
AREAS = sorted({"/".join(route.split("/")[1:3]) for route in ROUTES})
PUBLIC = [
    "/",
    "/articles/{slug}/",
    "/articles/{slug}/comments/",
    "/articles/{slug}/comments/rss.xml",
    "/articles/{slug}/report-error/",
    "/articles/{slug}/changes/",
    "/tags/",
    "/tags/sea/",
    "/archive/",
    "/archive/2026/",
    "/archive/2026/11/",
    "/corrections/",
    "/corrections/rss.xml",
    "/comments/rss.xml",
    "/comments/{comment}/",
    "/comments/{comment}/report/",
    "/comments/data/",
    "/comments/data/x/",
    "/comments/decide/x/",
    "/comments/mail/confirm/x/",
    "/comments/mail/stop/x/",
    "/comments/received/",
    "/comments/reported/",
    "/corrections/mine/x/",
    "/calendar/x.ics",
    "/preview/x/",
    "/feeds/rss.xml",
    "/sitemap.xml",
    "/sitemaps/2026/11.xml",
    "/sitemaps/pages.xml",
    "/rules/",
    "/media/x",
    "/media/originals/x",
    "/media/renditions/x/y",
    "/media/image/1/",
    "/robots.txt",
    "/favicon.ico",
    "/healthz",
    "/admin/login/",
    "/no-such-page/",
]


def some(requests, start):
    """Every STEPth of the requests, with another offset for each address."""
    return islice(requests, start % STEP, None, STEP)


def signed_in(world, who):
    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[who]
    return client


@pytest.mark.every_case
@pytest.mark.parametrize("area", AREAS)
def test_nothing_odd_breaks_the_desk(world, area):
    turns, broken, sent = count(), [], 0
    people = {"superuser": 1, "editor": 3, "moderator": 3}
    for route in ROUTES:
        if "/".join(route.split("/")[1:3]) != area:
            continue
        address = world.address(route, "live")
        asked = {
            "get": [
                *((f"{address}?{query}", {}) for query in odd_queries()),
                *((odd, {}) for odd in odd_keys(address)),
            ],
            "post": [
                (address, {"data": encoded(fields), "content_type": FORM})
                for fields in odd_posts()
            ],
        }
        client = signed_in(world, "superuser")
        for query in ALWAYS:
            sent += 1
            for method in ["get", "post"] if query == ALWAYS[0] else ["get"]:
                status = status_of(client, method, f"{address}?{query}")
                if status >= 500:
                    broken.append(f"superuser {method} {address}?{query}: {status}")
        for who, rarely in people.items():
            client = signed_in(world, who)
            for method, requests in asked.items():
                for at, kwargs in islice(
                    some(requests, next(turns) * 37), 0, None, rarely if STEP > 1 else 1
                ):
                    sent += 1
                    status = status_of(client, method, at, **kwargs)
                    if status >= 500:
                        broken.append(
                            f"{who} {method} {at[:200]} {str(kwargs)[:200]}: {status}"
                        )
    assert sent
    assert not broken, f"{len(broken)} of {sent}\n" + "\n".join(broken[:40])


@pytest.mark.parametrize("address", PUBLIC)
def test_nothing_odd_breaks_what_readers_see(db, address, monkeypatch):
    monkeypatch.setattr("comments.security.refusals.MOST_REFUSED", 10**9)
    comment = make_shown_comment(article=make_visible_article(tags=["Sea"]))
    address = address.format(slug=comment.article.slug, comment=comment.pk)
    client, broken = Client(raise_request_exception=False), []
    start = PUBLIC.index(address) if address in PUBLIC else len(address)
    for at in [address, private_address(comment)]:
        requests = [
            *(("get", f"{at}?{query}", {}) for query in odd_queries()),
            *(("get", odd, {}) for odd in odd_keys(at)),
            *(
                ("post", at, {"data": encoded(fields), "content_type": FORM})
                for fields in odd_posts()
            ),
        ]
        for method, odd, kwargs in some(requests, start * 37):
            status = status_of(client, method, odd, **kwargs)
            # 503 is a proper answer when something is not available for now.
            if status >= 500 and status != 503:
                broken.append(f"{method} {odd[:200]} {str(kwargs)[:200]}: {status}")
    assert not broken, "\n".join(broken[:40])
