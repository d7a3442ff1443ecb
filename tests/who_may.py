"""Every address of the desk, the people who request it, and the objects it can be about."""

import re
from dataclasses import dataclass, field

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.flatpages.models import FlatPage
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from articles.models import ArticleBatch, Tag, Unsaved
from articles.public.preview import share
from articles.publishing.proposals import propose
from articles.publishing.tag_merge import merge
from comments.models import Batch, Decision, Term
from newsroom.accounts.session_store import SessionStore
from newsroom.models import AuthenticatorApp, SecurityEvent, StaffSession
from tests.factories import (
    HOUR,
    make_article,
    make_commenter,
    make_correction,
    make_image,
    make_person,
    make_request,
    make_shown_comment,
    make_user,
    make_visible_article,
)

PEOPLE = ["nobody", "reader", "writer", "moderator", "editor", "superuser"]
# Superusers who are not completely signed in, and so must get the same answers as nobody.
NOT_SIGNED_IN = [
    "typed the password",
    "signed in before the factor",
    "has to add a factor",
]
# About which articles a writer asks, if the address is that of an article.
ARTICLES = ["own", "foreign", "live"]


def routes():
    """Every URL pattern under /admin/, as it is written in the code."""
    found = dict.fromkeys(_walk(get_resolver().url_patterns))
    return [
        # The apps stand there in the order in which they were imported.
        re.sub(r"\(\?P<app_label>[^)]*\)", "(?P<app_label>…)", route)
        for route in found
        if route.startswith("admin/")
    ]


def _walk(patterns, before=""):
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from _walk(pattern.url_patterns, route)


def is_of_an_article(route):
    return route.startswith("admin/articles/article/<")


@dataclass
class World:
    """The people, signed in, and one object of every kind that an address can be about."""

    sessions: dict
    articles: dict
    things: dict
    # What everything was like before the first answer, and is again after each.
    before: tuple | None = None
    # The parameters of the addresses about an article, by its name.
    parameters: dict = field(default_factory=dict)

    def address(self, route, article):
        """The route with each parameter replaced by that of an existing object."""
        about = self.things | self._of(article, route)
        model = re.match(r"admin/(\w+/\w+)/", route)
        key = about.get(model[1], 1) if model else 1
        route = route.replace("^(?P<app_label>…)/$", "articles/")
        route = route.replace("(?P<url>.*)$", "no-such-page")
        for name in ["<path:object_id>", "<id>"]:
            route = route.replace(name, str(key), 1)
        for name, value in about.items():
            route = route.replace(f"<{name}>", str(value))
        return f"/{route}"

    def _of(self, name, route):
        if name not in self.parameters:
            article = self.articles[name]
            self.parameters[name] = {
                "articles/article": article.pk,
                "proposal": article.proposals.first().pk,
                "revision": article.revisions.working().first().pk,
                "int:link": article.preview_links.first().pk,
            }
        of_article = self.parameters[name]
        key = of_article["proposal" if "/proposals/" in route else "revision"]
        is_image = "/image/" in route
        return of_article | {
            "int:key": self.things["articles/image"] if is_image else key
        }

    def answer(self, who, method, route, article):
        """The status of the answer, and whether it changed anything. Changes are rolled back."""
        address = self.address(route, article)
        client = self._client(who)
        if self.before is None:
            self.before = _everything()
        writes = Writes()
        with transaction.atomic():
            with connection.execute_wrapper(writes):
                status = getattr(client, method)(address).status_code
            # Most requests write nothing: then there is nothing to compare.
            changed = writes.seen and _everything() != self.before
            transaction.set_rollback(True)
        return status, changed

    def ask(self, who, address, method="get"):
        return getattr(self._client(who), method)(address)

    def changes_while(self, asking):
        """Whether the call changes anything in the database."""
        before = _everything()
        asking()
        return _everything() != before

    def answer_without_token(self, route):
        client = self._client("superuser", enforce_csrf_checks=True)
        with transaction.atomic():
            status = client.post(self.address(route, "own")).status_code
            transaction.set_rollback(True)
        return status

    def _client(self, who, **wishes):
        """A browser with the session of this person and nothing else."""
        client = Client(**wishes)
        if who in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[who]
        return client


class Writes:
    """Sees whether a statement writes to a table that `_everything` looks at."""

    TABLES = re.compile(
        r'\s*(INSERT|UPDATE|DELETE).{1,20}"(articles|comments|auth|django_flatpage)_?'
    )

    def __init__(self):
        self.seen = False

    def __call__(self, execute, sql, params, many, context):
        self.seen = self.seen or bool(self.TABLES.match(sql))
        return execute(sql, params, many, context)


def _everything():
    """The number of rows of each model, and the texts of articles and comments."""
    counted = {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.app_label in {"articles", "comments", "auth", "flatpages"}
        # The first request of a day makes this row.
        and model._meta.label != "comments.NetworkKey"
    }
    texts = [
        list(apps.get_model(name).objects.order_by("pk").values_list(*fields))
        for name, *fields in [
            ("articles.Article", "title", "slug", "status", "published_at", "on_top"),
            ("articles.PreviewLink", "revoked_at"),
            ("articles.Proposal", "status"),
            ("articles.Revision", "label", "kind"),
            ("comments.Comment", "status", "body", "picked_at"),
        ]
    ]
    return counted, texts


def make_world():
    people = {
        "reader": make_user(),
        "writer": make_user(role="Writers"),
        "moderator": make_user(role="Moderators"),
        "editor": make_user(role="Editors"),
        "superuser": make_user(is_superuser=True, is_staff=True),
    }
    sessions = {}
    for name, user in people.items():
        client = Client()
        client.force_login(user)
        sessions[name] = client.cookies[settings.SESSION_COOKIE_NAME].value
    writer = people["writer"]
    articles = {
        "own": make_article(created_by=writer, tags=["Sea"]),
        "foreign": make_article(),
        "live": make_visible_article(created_by=writer),
    }
    for article in articles.values():
        article.keep_revision()
        share(article, days=3, by=None)
        propose(article, {"title": "Better"}, by=make_user(role="Writers"))
        for user in people.values():
            Unsaved.objects.store(article, {"title": "Typed"}, by=user)
    comment = make_shown_comment(article=articles["live"])
    merge(Tag.objects.create(name="Seas"), into=Tag.objects.get(name="Sea"))
    things = {
        "articles/step": articles["live"].steps.first() or _step(articles["live"]),
        "articles/correctionrequest": make_request(article=articles["live"]),
        "articles/correction": make_correction(article=articles["live"]),
        "articles/articlebatch": ArticleBatch.objects.create(what="submit"),
        "articles/image": make_image(),
        "articles/person": make_person(),
        "articles/tag": Tag.objects.get(name="Sea"),
        "articles/tagstep": Tag.objects.get(name="Sea").steps.first(),
        "comments/batch": Batch.objects.create(step="approve"),
        "comments/comment": comment,
        "comments/commenter": make_commenter(),
        "comments/decision": Decision.objects.first(),
        "comments/term": Term.objects.create(
            text="casino", folded="casino", kind="banned"
        ),
        "auth/group": Group.objects.get(name="Editors"),
        "auth/user": people["reader"],
        "newsroom/securityevent": SecurityEvent.objects.create(
            kind=SecurityEvent.Kind.SIGNED_IN
        ),
        "flatpages/flatpage": FlatPage.objects.create(url="/x/", title="X"),
    }
    keys = {name: thing.pk for name, thing in things.items()}
    return World(sessions, articles, keys | other_parameters(keys))


def other_parameters(keys):
    """The parameters of routes that are no key of the route's own model, by their names."""
    return {
        "slug:name": "publish",
        "slug:session": "0" * 32,
        "int:passkey": 1,
        "int:step": keys["articles/tagstep"],
        "str:name": "links",
        "path:row": "1",
        "path:content_type_id": "1",
        "uidb64": "x",
        "token": "x",
    }


def not_signed_in(who, settings):
    """The session of a superuser without a second factor, made in one way of NOT_SIGNED_IN."""
    user = make_user(is_superuser=True, is_staff=True)
    client = Client()
    if who == "signed in before the factor":
        client.force_login(user)
    if who == "has to add a factor":
        settings.STAFF_SECOND_FACTOR = "required"
        # The others of this world have signed in with one.
        AuthenticatorApp.objects.bulk_create(
            AuthenticatorApp(user=other, encrypted_secret="x")
            for other in User.objects.exclude(pk=user.pk)
        )
        for session in StaffSession.objects.all():
            store = SessionStore(session.session_key)
            store["second_factor"] = "authenticator app"
            store.save()
    else:
        AuthenticatorApp.objects.create(user=user, encrypted_secret="x")
    if who != "signed in before the factor":
        sent = {"username": user.username, "password": "correct horse battery"}
        assert client.post("/admin/login/", sent).status_code == 302
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _step(article):
    article.redate(timezone.now() - 2 * HOUR)
    return article.steps.first()
