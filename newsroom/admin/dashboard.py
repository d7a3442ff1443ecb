"""
The dashboard: the desk's first page shows what waits for the user, with links to the lists.

What needs the user comes first, then what happens today, then their own work. A list without
rows is one item of the quiet line at the end.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.core.durations import MINUTE, duration_in_words
from articles.core.moments import moment_in_words
from articles.core.text.counting import shortened
from articles.models import Article, CorrectionRequest, Proposal, Unsaved
from articles.public.ical import may_plan
from articles.publishing import planning
from articles.publishing.preflight import problems_of_all
from comments.models import Comment
from comments.moderation.queue import MOST_QUEUE_COUNTED, QUEUE_LISTS
from newsroom.admin.health import may_see
from newsroom.models import Ticking
from newsroom.ticking import LATE_AFTER

# This many rows of each list are shown.
DASHBOARD_ROWS = 5
# This many articles that become public soon are checked for errors, and this many of
# the user's newest are looked up for reactions of readers.
ARTICLES_LOOKED_UP = 20

LIST = "admin:articles_article_changelist"


class Place(Enum):
    """The part of the dashboard in which a list stands."""

    NEEDS_YOU = "needs you"
    TODAY = "today"
    YOURS = "yours"


@dataclass(frozen=True)
class DashboardRow:
    words: str
    address: str
    # Why it is here, in a few words that stand below.
    about: str
    at: datetime
    # The status of an article, for the dot before the words below.
    standing: str = ""


@dataclass(frozen=True)
class DashboardList:
    title: str
    rows: list[DashboardRow]
    # The address of the full list.
    address: str
    # In the quiet line when the list is empty.
    empty: str
    place: Place
    has_more: bool = False


@dataclass(frozen=True)
class Dashboard:
    """The lists of a user, by the part of the page in which they stand."""

    lists: list[DashboardList] = field(default_factory=list)

    @property
    def needs_you(self):
        return self._filled(Place.NEEDS_YOU)

    @property
    def today(self):
        return self._filled(Place.TODAY)

    @property
    def yours(self):
        return self._filled(Place.YOURS)

    @property
    def quiet(self):
        return [pile for pile in self.lists if not pile.rows]

    @property
    def number_of_needs(self):
        """How many rows are shown; with “+” where a list has more."""
        number = sum(len(pile.rows) for pile in self.needs_you)
        has_more = any(pile.has_more for pile in self.needs_you)
        return f"{number}+" if has_more else number

    def _filled(self, place):
        return [pile for pile in self.lists if pile.place == place and pile.rows]


def greeting_for(user: Any) -> str:
    """“Good morning, Ana”, by the clock of the site."""
    name = user.get_short_name() or user.get_username()
    hour = timezone.localtime().hour
    if 5 <= hour < 12:
        return _("Good morning, %(name)s") % {"name": name}
    if 12 <= hour < 18:
        return _("Good afternoon, %(name)s") % {"name": name}
    return _("Good evening, %(name)s") % {"name": name}


def dashboard_lists_for(user: Any) -> list[DashboardList]:
    """The lists that the user may act on, each from a constant number of queries of a few rows."""
    writes = user.has_perm("articles.change_article")
    publishes = user.has_perm("articles.publish_article")
    lists = []
    if writes:
        lists.append(_returned(user))
    if publishes:
        lists.append(_waiting_for_review(user))
    if publishes and user.has_perm("articles.view_correctionrequest"):
        lists.append(_error_reports())
    if user.has_perm("comments.moderate_comment"):
        lists.append(_queue())
    if writes:
        lists.append(_conflicts(user))
    if publishes:
        lists += [_problems(user), _proposed(user), _changed(user)]
    if may_plan(user):
        lists += [_appearing_today(user), _planned_for_today(user)]
    if writes:
        lists += [_in_progress(user), _comments_on_own(user)]
    return lists


def overdue_jobs_warning(user: Any) -> str:
    """A sentence about overdue background jobs, for users who rely on them; empty if none is."""
    if not may_see(user):
        return ""
    ticking = Ticking.objects.last_seen()
    if ticking.at is None:
        # No tick has ever run: a site that is tried out, not one that stopped working.
        return ""
    if ticking.at < timezone.now() - LATE_AFTER:
        return _(
            "Background jobs have not run since %(time)s. Scheduled changes and emails are waiting."
        ) % {"time": moment_in_words(ticking.at)}
    if ticking.failing:
        return _("A background job is failing.")
    return ""


def _returned(user):
    returned = Article.objects.written_by(user).returned().without_a_date()
    return _pile(
        Place.NEEDS_YOU,
        _("Returned to you"),
        [
            _row(each, _("Returned to you with a note"), each.modified_at)
            for each in _few(returned.order_by("-id"))
        ],
        f"{reverse(LIST)}?status=returned&mine=yes",
        _("Nothing was returned to you"),
    )


def _never_saved(copy):
    """The row of an article of which there is only unsaved text."""
    address = f"{reverse('admin:articles_article_add_unsaved')}?copy={copy.pk}"
    title = copy.title or _("Without a title")
    return DashboardRow(title, address, _("typed, not saved"), copy.at)


def _waiting_for_review(user):
    waiting = Article.objects.on_desk_of(user).in_review().without_a_date()
    rows = waiting.select_related("created_by").order_by("id")
    return _pile(
        Place.NEEDS_YOU,
        _("Waiting for review"),
        [_row(each, _asks_for_review(each), each.modified_at) for each in _few(rows)],
        f"{reverse(LIST)}?status=in_review",
        _("Nothing to review"),
    )


def _asks_for_review(article):
    writer = article.created_by
    if writer is None:
        return _("Waits for review")
    name = writer.get_full_name() or writer.get_username()
    return _("%(name)s asks for a review") % {"name": name}


def _error_reports():
    requests = (
        CorrectionRequest.objects.open()
        .oldest_first()
        .select_related("article")
        .only("text", "created_at", "article__title")
    )
    rows = [
        DashboardRow(
            shortened(" ".join(asked.text.split()), 120),
            reverse("admin:articles_correctionrequest_change", args=[asked.pk]),
            _("A reader reports an error in “%(article)s”")
            % {"article": asked.article},
            asked.created_at,
        )
        for asked in requests[: DASHBOARD_ROWS + 1]
    ]
    return _pile(
        Place.NEEDS_YOU,
        _("Error reports"),
        rows,
        reverse("admin:articles_correctionrequest_changelist"),
        _("No error reports"),
    )


def _queue():
    rows = [
        _queue_row(QUEUE_LISTS["waiting"], _comments_waiting),
        _queue_row(QUEUE_LISTS["reported"], _comments_reported),
        _queue_row(QUEUE_LISTS["appealed"], _comments_appealed),
    ]
    return _pile(
        Place.NEEDS_YOU,
        _("Moderation queue"),
        [row for row in rows if row],
        reverse("admin:comments_queue_changelist"),
        _("No comments are waiting"),
    )


def _queue_row(pile, in_words):
    """One row for all comments of a list of the queue; None when it is empty."""
    by = pile.by
    times = pile.comments().order_by(by, "pk").values_list(by, flat=True)
    if (oldest := times.first()) is None:
        return None
    number = pile.count()
    age = duration_in_words(timezone.now() - oldest, smallest=MINUTE)
    shown = f"{MOST_QUEUE_COUNTED:d}+" if number > MOST_QUEUE_COUNTED else number
    return DashboardRow(
        in_words(number) % {"number": shown},
        f"{reverse('admin:comments_queue_changelist')}?pile={pile.name}",
        # Translators: %(age)s is a length of time, such as “12 days”.
        _("Oldest: %(age)s") % {"age": age},
        oldest,
    )


def _comments_waiting(number):
    return ngettext(
        "%(number)s comment waits for a decision",
        "%(number)s comments wait for a decision",
        number,
    )


def _comments_reported(number):
    return ngettext(
        "%(number)s comment was reported by readers",
        "%(number)s comments were reported by readers",
        number,
    )


def _comments_appealed(number):
    return ngettext(
        "%(number)s rejected comment was appealed",
        "%(number)s rejected comments were appealed",
        number,
    )


def _conflicts(user):
    rows = [
        DashboardRow(
            str(unsaved.article),
            f"{reverse('admin:articles_article_unsaved', args=[unsaved.article_id])}"
            f"?copy={unsaved.pk}",
            _("Someone else has changed it, and you have unsaved text"),
            unsaved.at,
        )
        for unsaved in Unsaved.objects.of(user)
        .overtaken()
        .select_related("article")
        .only("article__title", "at")
        .order_by("-at")[: DASHBOARD_ROWS + 1]
    ]
    return _pile(
        Place.NEEDS_YOU, _("Conflicts"), rows, reverse(LIST), _("No conflicts")
    )


def _problems(user):
    """Preflight errors of articles next to appear, and of those that wait longest for review."""
    desk = Article.objects.on_desk_of(user)
    # Two queries, each with its index: a combined query would read every article.
    soon = desk.published().dated_later()[:ARTICLES_LOOKED_UP]
    kept = desk.published().under_embargo()[:ARTICLES_LOOKED_UP]
    waiting = desk.in_review().without_a_date().order_by("id")[:ARTICLES_LOOKED_UP]
    articles = list(dict.fromkeys([*soon, *kept, *waiting]))
    problems = problems_of_all(articles)
    rows = [
        _row(article, error.sentence, article.modified_at)
        for article in articles
        if (error := next((one for one in problems[article.pk] if one.is_error), None))
    ]
    return _pile(
        Place.NEEDS_YOU,
        _("Problems"),
        rows,
        f"{reverse(LIST)}?problems=errors",
        _("No problems in what appears next"),
    )


def _proposed(user):
    found = Proposal.objects.open().for_listing().oldest_first()
    rows = [
        DashboardRow(
            str(proposal.article),
            reverse(
                "admin:articles_article_proposal",
                args=[proposal.article_id, proposal.pk],
            ),
            _("%(name)s proposes changes") % {"name": proposal.who},
            proposal.at,
        )
        for proposal in found[: DASHBOARD_ROWS + 1]
    ]
    return _pile(
        Place.NEEDS_YOU,
        _("Proposed changes"),
        rows,
        f"{reverse(LIST)}?proposals=open",
        _("No proposed changes"),
    )


def _changed(user):
    changed = planning.changed_lately(Article.objects.on_desk_of(user))
    about = _("Published, with changes that readers do not see yet")
    return _pile(
        Place.NEEDS_YOU,
        _("Unpublished changes"),
        [_row(each, about, each.modified_at) for each in _few(changed)],
        f"{reverse(LIST)}?status=changed",
        _("No unpublished changes"),
    )


def _appearing_today(user):
    today = planning.rest_of_today()
    scheduled = Article.objects.on_desk_of(user).scheduled().published_in(today)
    return _pile(
        Place.TODAY,
        _("Appearing today"),
        [
            _row(each, _("Scheduled"), each.public_from, "scheduled")
            for each in _few(scheduled.order_by("published_at", "id"))
        ],
        reverse("desk_calendar"),
        _("Nothing more is scheduled for today"),
    )


def _planned_for_today(user):
    today = timezone.localdate()
    planned = Article.objects.on_desk_of(user).planned_between(today, today)
    rows = planned.without_a_date().order_by("id")
    return _pile(
        Place.TODAY,
        _("Planned for today"),
        [
            _row(
                each,
                _("%(status)s, planned for today") % {"status": each.status_in_words},
                each.modified_at,
                each.standing,
            )
            for each in _few(rows)
        ],
        reverse("desk_calendar"),
        _("Nothing is planned for today"),
    )


def _in_progress(user):
    drafts = Article.objects.written_by(user).drafts().without_a_date()
    begun = Unsaved.objects.of(user).of_new_articles().newest_first()
    return _pile(
        Place.YOURS,
        _("Your drafts"),
        [
            *map(_never_saved, begun[: DASHBOARD_ROWS + 1]),
            *(
                _row(each, _("Draft"), each.modified_at, "draft")
                for each in _few(drafts.order_by("-id"))
            ),
        ],
        f"{reverse(LIST)}?status=draft&mine=yes",
        _("You have no drafts"),
    )


def _comments_on_own(user):
    own = Article.objects.written_by(user).visible().newest_first()
    keys = list(own.values_list("pk", flat=True)[:ARTICLES_LOOKED_UP])
    comments = Comment.objects.shown().on_articles(keys).select_related("article")
    comments = comments.order_by("-created_at", "-id").defer("article__body")
    rows = [
        DashboardRow(
            f"{comment.name}: {shortened(' '.join(comment.body.split()), 120)}",
            comment.get_absolute_url(),
            str(comment.article),
            comment.created_at,
        )
        for comment in comments[: DASHBOARD_ROWS + 1]
    ]
    return _pile(
        Place.YOURS,
        _("Comments on your articles"),
        rows,
        f"{reverse(LIST)}?mine=yes",
        _("No comments on your newest articles"),
    )


def _few(articles):
    fields = [
        *["title", "status", "created_at", "modified_at", "published_at"],
        "embargo_until",
    ]
    names = ["first_name", "last_name", "username"]
    if articles.query.select_related:
        fields += [f"created_by__{name}" for name in names]
    return articles.only(*fields)[: DASHBOARD_ROWS + 1]


def _row(article, about, at, standing=""):
    address = reverse("admin:articles_article_change", args=[article.pk])
    return DashboardRow(str(article), address, about, at, standing)


def _pile(place, title, rows, address, empty):
    return DashboardList(
        title,
        rows[:DASHBOARD_ROWS],
        address,
        empty,
        place,
        has_more=len(rows) > DASHBOARD_ROWS,
    )
