"""
What writers, editors and moderators change by forms into which they put more than the forms have.

Every form of every page of the desk, as a superuser sees it, is sent by each of them, with
every button, about what is theirs and what is not, and to every address that takes a POST.
Along go all fields of all models, with values that only the site writes. Django's test
client sends a valid token. What is then other than before is compared with who may write it.
"""

from collections import Counter
from datetime import timedelta
from functools import cache
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from articles.models import Article, ArticleBatch, Image, TagsApart, Unsaved
from articles.publishing.proposals import propose
from comments.models import Batch, Comment, Mute, Note
from comments.moderation.reputation import confirm_mailbox
from tests.factories import (
    make_article,
    make_comment,
    make_commenter,
    make_image,
    make_mailbox,
)
from tests.who_may import ARTICLES, is_of_an_article, make_world, routes

PEOPLE = ["nobody", "reader", "writer", "moderator", "editor"]
MARK = "smuggled"
# In no row unless it came with a form.
DAY_LATER = timedelta(days=1)
MOMENT, DAY, NUMBER = "2001-02-03 04:05:06", "2001-02-03", 77777
# What the site writes on the way, about nobody's rights.
NOT_LOOKED_AT = {
    "admin.LogEntry",
    "comments.NetworkKey",
    "comments.Numbers",
    "comments.Queue",
    "newsroom.FailedSignIn",
    "newsroom.SecurityEvent",
    "newsroom.StaffSession",
}
# Django writes these of its own user, whoever it is.
OWN = {"last_login", "password"}


class Forms(HTMLParser):
    """The forms of a page that are sent with POST, with the values that stand in them, and their buttons."""

    def __init__(self, page):
        super().__init__()
        self.forms = []
        self._form = self._area = self._select = None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        name, value = a.get("name"), a.get("value") or ""
        if tag == "form":
            self._form = {"action": a.get("action") or "", "fields": {}, "buttons": []}
            if (a.get("method") or "get").lower() == "post":
                self.forms.append(self._form)
        elif self._form is None or not name:
            is_option = tag == "option" and self._select and value
            if is_option and ("selected" in a or not self._fields[self._select]):
                self._fields[self._select] = [value]
        elif tag == "textarea":
            self._area, self._fields[name] = name, [""]
        elif tag == "select":
            self._select, self._fields[name] = name, []
        elif tag == "button" or a.get("type") == "submit":
            self._form["buttons"].append((name, value))
        elif tag == "input" and a.get("type") == "checkbox":
            # Ticked, so that the rows of lists are chosen.
            self._fields.setdefault(name, []).append(value or "on")
        elif tag == "input" and a.get("type") == "radio":
            self._fields.setdefault(name, [value])
        elif tag == "input" and a.get("type") != "file":
            self._fields.setdefault(name, []).append(value)

    @property
    def _fields(self):
        return self._form["fields"]

    def handle_data(self, data):
        if self._area:
            self._fields[self._area] = [self._fields[self._area][0] + data]

    def handle_endtag(self, tag):
        if tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None
        elif tag == "form":
            self._form = None


def test_forms_are_read_as_browsers_read_them():
    page = """<form method="post" action="x/"><input name="a" value="1"><input name="seen" value="1">
    <input name="seen" value="2"><textarea name="t">Two
words</textarea><select name="s"><option value="">-</option><option value="b" selected>B</option></select>
    <button name="_save">Save</button></form><form><input name="q"></form>"""
    assert Forms(page).forms == [
        {
            "action": "x/",
            "fields": {"a": ["1"], "seen": ["1", "2"], "t": ["Two\nwords"], "s": ["b"]},
            "buttons": [("_save", "")],
        }
    ]


def smuggled(superuser):
    """A value for each field of each model that no form may take from anybody."""
    fields = {}
    for model in apps.get_models():
        if model._meta.app_label in {"articles", "comments", "auth", "newsroom"}:
            for field in model._meta.get_fields():
                if field.concrete and not field.auto_created:
                    fields.setdefault(field.name, _value_for(field, superuser))
    fields |= {"is_superuser": "on", "is_staff": "on", "status": "published"}
    for name, value in list(fields.items()):
        if value == MOMENT:
            fields[f"{name}_0"], fields[f"{name}_1"] = MOMENT.split()
        fields[f"{name}_id"] = value
    # A form takes an answer only with the button that sends it.
    del fields["answer"]
    return fields | {"id": str(NUMBER), "pk": str(NUMBER)}


def _value_for(field, superuser):
    if field.is_relation:
        return str(superuser.pk)
    kind = field.get_internal_type()
    if kind == "BooleanField":
        return "on"
    if kind in {"DateTimeField", "DateField"}:
        return MOMENT if kind == "DateTimeField" else DAY
    if "Integer" in kind or kind == "FloatField":
        return str(NUMBER)
    return field.choices[-1][0] if field.choices else MARK


# Sent where there is only an address and no form.
SENT = {
    "step": "approve",
    "action": "publish_articles",
    "_confirmed": "1",
    "_take_over": "1",
    "_decline": "1",
    "answer": "No.",
    "reason": "other",
    "explanation": "Because.",
    "note": "Noted.",
    "name": "Words",
    "title": "Words",
    "label": "Words",
    "days": "3",
    "until": str(timezone.localdate() + DAY_LATER),
    "text": "Words",
    "post": "yes",
}


def tables():
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label
        in {"articles", "comments", "auth", "flatpages", "newsroom", "sites"}
        and model._meta.label not in NOT_LOOKED_AT
    ]


def snapshot():
    return {
        model._meta.label: {row["id"]: row for row in model._base_manager.values()}
        for model in tables()
    }


class Writes:
    """Notes, around the queries of a request, whether one of them writes into a table that is looked at."""

    def __init__(self):
        self.any = False
        self._tables = {model._meta.db_table for model in tables()}

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            written = sql.partition(" WHERE ")[0]
            self.any |= any(f'"{table}"' in written for table in self._tables)
        return execute(sql, params, many, context)


def differences(before, after):
    """Each as model, what was done, and the row before and after; of changed rows, only what changed."""
    for label in before:
        old, new = before[label], after[label]
        for key in old.keys() - new.keys():
            yield label, "deleted", old[key], {}
        for key in new.keys() - old.keys():
            yield label, "added", {}, new[key]
        for key in old.keys() & new.keys():
            if old[key] != new[key]:
                changed = {n: v for n, v in new[key].items() if old[key][n] != v}
                yield label, "changed", old[key], changed


# Which models each may write, where nothing else is said below. What follows from a step on an
# article or a comment, such as its record, is among them.
WRITTEN_BY = {
    "writer": {
        "articles.Address",
        "articles.Article",
        "articles.ArticleBatch",
        "articles.BatchedArticle",
        "articles.CalendarAddress",
        "articles.Credit",
        "articles.Image",
        "articles.ImageUse",
        "articles.Person",
        "articles.PreviewLink",
        "articles.Proposal",
        "articles.Revision",
        "articles.Step",
        "articles.TaggedArticle",
        "articles.Unsaved",
        "newsroom.SavedFilter",
        # The mail that tells its writer of the answer to a proposal.
        "newsroom.StaffMail",
    },
    "moderator": {
        "articles.CalendarAddress",
        "articles.Unsaved",
        "comments.Appeal",
        "comments.Batch",
        "comments.Comment",
        "comments.Decision",
        "comments.FeatureCount",
        "comments.Classifier",
        "comments.Mute",
        "comments.Note",
        "comments.PendingMail",
        "comments.RuleSetting",
        "comments.SecondLook",
        "comments.Term",
        "comments.TextRevision",
        "comments.Thread",
        "comments.ThreadStep",
        "comments.Training",
        "newsroom.SavedFilter",
    },
}
WRITTEN_BY["editor"] = WRITTEN_BY["writer"] | {
    "articles.Correction",
    "articles.CorrectionRequest",
    "articles.Tag",
    "articles.TagAddress",
    "articles.TagStep",
    "articles.TagsApart",
    "comments.PendingMail",
    "comments.Thread",
    "comments.ThreadStep",
    "flatpages.FlatPage",
    "flatpages.FlatPage_sites",
}

# Of rows that are there already, these fields are written by nobody, or only in a step of the site.
NEVER_CHANGED = {
    "articles.Article": {"created_by_id", "created_at", "source"},
    "articles.Image": {"created_by_id", "created_at", "upload_key"},
    "articles.PreviewLink": {"key", "article_id", "by_id", "by_name", "at"},
    "articles.Proposal": {"article_id", "by_id", "by_name"},
    "articles.Revision": {"article_id", "by_id", "by_name", "at", "content"},
    "articles.CorrectionRequest": {"text", "network", "link_key", "article_id"},
    "comments.Comment": {
        "article_id",
        "by_id",
        "commenter_id",
        "created_at",
        "email",
        "link_key",
        "mailbox_id",
        "name",
        "network",
        "notify",
        "parent_id",
        "repeat_key",
        "root_id",
        "takes_old_links",
    },
    "comments.Mute": {"by_id", "by_name", "commenter_id", "network", "until"},
    "comments.Note": {"by_id", "by_name", "commenter_id", "text"},
}
WHATEVER_WAS_SENT = {
    # Whatever stands in the form, also what could not be saved.
    ("articles.Unsaved", "typed"),
    # Any filters of the list, which finds with them what it would find anyway.
    ("newsroom.SavedFilter", "query"),
}
# Who did it: of a row that is added, that is the one who asked.
DOERS = {"by_id", "created_by_id", "user_id", "moderator_id"}
WRITERS_STATUSES = {Article.Status.DRAFT, Article.Status.IN_REVIEW}


def wrongs(who, user, world, changes):
    for label, done, old, new in changes:
        row = old | new
        said = f"{label} {done}: {_few(new or old)}"
        if label not in WRITTEN_BY.get(who, set()):
            yield f"{said}: not theirs to write"
            continue
        for name, value in new.items():
            if (label, name) in WHATEVER_WAS_SENT:
                continue
            if MARK in str(value) or str(value).startswith("2001-02-03"):
                yield f"{said}: {name} was smuggled in"
            if isinstance(value, int) and value == NUMBER:
                yield f"{said}: {name} was smuggled in"
        never = NEVER_CHANGED.get(label, set()) & new.keys()
        # Whoever proposed something before sends it anew in the same row.
        if row.get("kind") == "proposed":
            never -= {"content", "at"}
        if done == "changed" and never:
            yield f"{said}: {never} is written by nobody"
        # A mail belongs to the one who gets it.
        who_did = DOERS if label != "newsroom.StaffMail" else set()
        doers = {row[name] for name in who_did & row.keys()} - {None}
        if done == "added" and doers - {user.pk}:
            yield f"{said}: in the name of somebody else"
        if who == "writer":
            yield from wrongs_of_a_writer(said, label, done, row, new, user, world)
        elif label == "articles.Unsaved" and row["by_id"] != user.pk:
            # Saving and publishing do away with one's own only.
            yield f"{said}: the unsaved words of somebody else"


def wrongs_of_a_writer(said, label, done, row, new, user, world):
    own = set(Article.objects.filter(created_by=user).values_list("pk", flat=True))
    article = {"articles.Article": "id"}.get(label, "article_id")
    proposes = label in {"articles.Proposal", "articles.Revision", "articles.Unsaved"}
    if row.get(article) is not None and not proposes and row[article] not in own:
        # What is deleted with an article is not there any more.
        yield f"{said}: an article of somebody else"
    # What others propose for their own draft they answer as editors do.
    answers = label == "articles.Proposal" and row["article_id"] in own
    is_mine = row.get("by_id") == user.pk
    if label in {"articles.Proposal", "articles.Unsaved"} and not (answers or is_mine):
        yield f"{said}: of somebody else"
    is_proposed = is_mine and row.get("kind") == "proposed"
    if label == "articles.Revision" and not (row["article_id"] in own or is_proposed):
        yield f"{said}: a version of an article of somebody else"
    if label == "articles.Image" and row["created_by_id"] != user.pk:
        yield f"{said}: a picture of somebody else"
    if label == "articles.Person" and done != "added":
        yield f"{said}: people are changed by editors"
    if label == "articles.Article":
        if done == "deleted":
            yield f"{said}: deleting is for editors"
        if "status" in new and new["status"] not in WRITERS_STATUSES:
            yield f"{said}: publishing is for editors"
        if done == "changed" and new.keys() & {
            "on_top",
            "published_at",
            "withdrawal",
            "notice",
            "replaced_by_id",
        }:
            yield f"{said}: a step for editors"
        if done == "changed" and row["id"] == world.articles["live"].pk:
            yield f"{said}: readers see it"


def _few(row):
    return {name: str(value)[:40] for name, value in list(row.items())[:8]}


@pytest.fixture(scope="module")
def shared_world(module_db):
    world = make_world()
    writer = _user_of(world, "writer")
    other = make_article(created_by=User.objects.get(pk=_user_of(world, "editor").pk))
    propose(world.articles["live"], {"title": "Mine"}, by=writer)
    for by in [writer, None]:
        make_image(created_by=by)
        ArticleBatch.objects.create(what="submit", by=by)
    person = make_commenter(address="known@example.org")
    comment = make_comment(article=world.articles["live"], email="known@example.org")
    confirm_mailbox(make_mailbox(address="waits@example.org"), None)
    Comment.objects.filter(pk=comment.pk).update(commenter=person)
    Note.objects.create(commenter=person, text="Friendly.", by_name="x")
    Mute.objects.create(
        commenter=person, reason="Rude", by_name="x", until=timezone.now()
    )
    Unsaved.objects.store(other, {"title": "Typed"}, by=writer)
    assert not TagsApart.objects.exists()
    assert Batch.objects.exists()
    assert Image.objects.count() >= 3
    return world


@cache
def _areas():
    return sorted({"/".join(route.split("/")[1:3]) for route in routes()})


def _user_of(world, who):
    from newsroom.models import StaffSession

    key = world.sessions.get(who)
    return StaffSession.objects.get(pk=key).user if key else None


# Signing in and out, and what is about one's own account alone: tests/newsroom/accounts.
LEFT_OUT = ("login", "logout", "reset", "password", "account", "jsi18n")


def sent_in_area(world, area):
    """Each address of the area and a word for the form, with what is sent there."""
    forms, addresses = [], []
    for route in routes():
        if "/".join(route.split("/")[1:3]) != area or any(w in route for w in LEFT_OUT):
            continue
        for article in ARTICLES if is_of_an_article(route) else ["live"]:
            address = world.address(route, article)
            addresses.append(address)
            for at in dict.fromkeys([address, *_others_like(address)]):
                page = world.ask("superuser", at)
                html = "html" in page.headers.get("Content-Type", "")
                if page.status_code == 200 and html:
                    found = Forms(page.content.decode()).forms
                    forms += [(_target(at, form), form) for form in found]
    forms = [(to, form) for to, form in forms if not any(w in to for w in LEFT_OUT)]
    known = {name for _, form in forms for name in form["fields"]}
    extras = smuggled(_user_of(world, "superuser"))
    sent = {
        (address, "no form"): {n: v for n, v in extras.items() if n not in known} | SENT
        for address in addresses
    }
    for to, form in forms:
        for name, value in form["buttons"] or [("", "")]:
            fields = _filled(
                form["fields"], answers="answer" in value or name == "_decline"
            )
            sent[to, f"{name}={value}"] = extras | fields | {name: value}
    return sent


def _target(at, form):
    to = urlsplit(urljoin(at, form["action"]))
    return f"{to.path}?{to.query}" if to.query else to.path


def _filled(fields, *, answers):
    """What stands in the form, and words where nothing does."""
    told = {n: [SENT[n]] for n, v in fields.items() if n in SENT and not any(v)}
    if not answers:
        told.pop("answer", None)
    return fields | told


def _others_like(address):
    """The same address of other rows: of the writer's own picture, and of what is not."""
    for prefix, model in [
        ("/admin/articles/image/", Image),
        ("/admin/articles/articlebatch/", ArticleBatch),
        ("/admin/comments/comment/", Comment),
    ]:
        parts = address.removeprefix(prefix).split("/")
        if address.startswith(prefix) and parts[0].isdecimal():
            for key in model.objects.order_by("pk").values_list("pk", flat=True):
                yield "/".join([f"{prefix}{key}", *parts[1:]])


@pytest.mark.parametrize("area", _areas())
def test_nobody_writes_by_a_form_what_is_not_theirs(world, area):
    before, found, taken = snapshot(), [], Counter()
    sent = sent_in_area(world, area)
    for (address, button), data in sent.items():
        for who in PEOPLE:
            with transaction.atomic():
                client = world._client(who, raise_request_exception=False)
                writes = Writes()
                with connection.execute_wrapper(writes):
                    status = client.post(address, data).status_code
                is_changed = writes.any and not connection.needs_rollback
                changes = list(differences(before, snapshot())) if is_changed else []
                user = _user_of(world, who)
                found += [
                    f"{who} {address} {button}: {wrong}"
                    for wrong in wrongs(who, user, world, changes)
                ]
                transaction.set_rollback(True)
            if status >= 500:
                found.append(f"{who} {address} {button}: {status}")
            taken[who] += bool(changes)
    print(f"\n{area}: {len(sent)} forms, {dict(taken)} changed something")  # noqa: T201
    assert not found, f"{len(found)}\n" + "\n".join(found[:60])
