"""The dashboard: the desk's first page shows what waits for the user, with links to the lists."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.core.moments import moment_in_words
from articles.core.text.counting import shortened
from articles.models import Article, CorrectionRequest, Proposal, Unsaved
from articles.public.ical import may_plan
from articles.publishing import planning
from articles.publishing.preflight import problems_of_all
from comments.models import Comment
from newsroom.admin.health import may_see
from newsroom.models import Ticking
from newsroom.ticking import LATE_AFTER

# This many rows of each list are shown.
DASHBOARD_ROWS = 5
# This many articles that become public soon are checked for errors, and this many of
# the user's newest are looked up for reactions of readers.
ARTICLES_LOOKED_UP = 20

LIST = "admin:articles_article_changelist"


@dataclass(frozen=True)
class DashboardRow:
    words: str
    address: str
    # A word before the time: “begun”, “appears”.
    moment: str
    at: datetime


@dataclass(frozen=True)
class DashboardList:
    title: str
    rows: list[DashboardRow]
    # The address of the full list.
    address: str
    # Shown when the list is empty.
    empty: str
    has_more: bool = False


def dashboard_lists_for(user: Any) -> list[DashboardList]:
    """The lists that the user may act on, each from one query of a few rows."""
    piles = []
    if user.has_perm("articles.change_article"):
        piles += [_in_progress(user), _conflicts(user)]
    if user.has_perm("articles.publish_article"):
        piles += [
            _waiting_for_review(user),
            _proposed(user),
            _changed(user),
            _problems(user),
        ]
    if may_plan(user):
        piles.append(_appearing_today(user))
    if user.has_perms(["articles.publish_article", "articles.view_correctionrequest"]):
        piles.append(_correction_requests())
    if user.has_perm("articles.change_article"):
        piles.append(_comments_on_own(user))
    return piles


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


def _in_progress(user):
    drafts = Article.objects.written_by(user).drafts().without_a_date()
    begun = Unsaved.objects.of(user).of_new_articles().newest_first()
    return _pile(
        _("Your drafts"),
        [
            *map(_never_saved, begun[: DASHBOARD_ROWS + 1]),
            *(
                _row(each, _("started"), each.created_at)
                for each in _few(drafts.order_by("-id"))
            ),
        ],
        f"{reverse(LIST)}?status=draft&mine=yes",
        _("You have no drafts. Add an article to start one."),
    )


def _never_saved(copy):
    """The row of an article of which there is only unsaved text."""
    address = f"{reverse('admin:articles_article_add_unsaved')}?copy={copy.pk}"
    title = copy.title or _("Without a title")
    return DashboardRow(title, address, _("typed, not saved"), copy.at)


def _waiting_for_review(user):
    waiting = Article.objects.on_desk_of(user).in_review().without_a_date()
    return _pile(
        _("Waiting for review"),
        [
            _row(each, _("changed"), each.modified_at)
            for each in _few(waiting.order_by("id"))
        ],
        f"{reverse(LIST)}?status=in_review",
        _("Nothing is waiting for review."),
    )


def _proposed(user):
    found = Proposal.objects.open().for_listing().oldest_first()
    rows = [
        DashboardRow(
            _("%(article)s, by %(name)s")
            % {"article": proposal.article, "name": proposal.who},
            reverse(
                "admin:articles_article_proposal",
                args=[proposal.article_id, proposal.pk],
            ),
            _("proposed"),
            proposal.at,
        )
        for proposal in found[: DASHBOARD_ROWS + 1]
    ]
    return _pile(
        _("Changes proposed by writers"),
        rows,
        f"{reverse(LIST)}?proposals=open",
        _("No changes are proposed."),
    )


def _changed(user):
    changed = planning.changed_lately(Article.objects.on_desk_of(user))
    return _pile(
        _("Unpublished changes"),
        [_row(each, _("changed"), each.modified_at) for each in _few(changed)],
        f"{reverse(LIST)}?status=published",
        _("Readers see the latest version of every article."),
    )


def _conflicts(user):
    rows = [
        DashboardRow(
            str(unsaved.article),
            f"{reverse('admin:articles_article_unsaved', args=[unsaved.article_id])}"
            f"?copy={unsaved.pk}",
            _("typed"),
            unsaved.at,
        )
        for unsaved in Unsaved.objects.of(user)
        .overtaken()
        .select_related("article")
        .only("article__title", "at")
        .order_by("-at")[: DASHBOARD_ROWS + 1]
    ]
    return _pile(
        _("Conflicts"),
        rows,
        reverse(LIST),
        _("No one else has changed an article in which you have unsaved text."),
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
        DashboardRow(f"{article}: {error.sentence}", row.address, row.moment, row.at)
        for article in articles
        if (error := next((one for one in problems[article.pk] if one.is_error), None))
        and (row := _row(article, _("changed"), article.modified_at))
    ]
    return _pile(
        _("Problems"),
        rows,
        f"{reverse(LIST)}?problems=errors",
        _("The next %(number)d articles to appear or to be reviewed have no errors.")
        % {"number": ARTICLES_LOOKED_UP},
    )


def _comments_on_own(user):
    own = Article.objects.written_by(user).visible().newest_first()
    keys = list(own.values_list("pk", flat=True)[:ARTICLES_LOOKED_UP])
    comments = Comment.objects.shown().on_articles(keys).order_by("-created_at", "-id")
    rows = [
        DashboardRow(
            f"{comment.name}: {shortened(' '.join(comment.body.split()), 120)}",
            comment.get_absolute_url(),
            _("sent"),
            comment.created_at,
        )
        for comment in comments[: DASHBOARD_ROWS + 1]
    ]
    return _pile(
        _("Comments on your articles"),
        rows,
        f"{reverse(LIST)}?mine=yes",
        _("There are no comments on your newest %(number)d articles.")
        % {"number": ARTICLES_LOOKED_UP},
    )


def _appearing_today(user):
    today = planning.rest_of_today()
    scheduled = Article.objects.on_desk_of(user).scheduled().published_in(today)
    return _pile(
        _("Appearing today"),
        [
            _row(each, _("appears"), each.public_from)
            for each in _few(scheduled.order_by("published_at", "id"))
        ],
        reverse("desk_calendar"),
        _("Nothing more is scheduled for today."),
    )


def _correction_requests():
    requests = (
        CorrectionRequest.objects.open().oldest_first().only("text", "created_at")
    )
    rows = [
        DashboardRow(
            shortened(" ".join(asked.text.split()), 120),
            reverse("admin:articles_correctionrequest_change", args=[asked.pk]),
            _("sent"),
            asked.created_at,
        )
        for asked in requests[: DASHBOARD_ROWS + 1]
    ]
    return _pile(
        _("Errors reported by readers"),
        rows,
        reverse("admin:articles_correctionrequest_changelist"),
        _("No reports are waiting for an answer."),
    )


def _few(articles):
    fields = ["title", "created_at", "modified_at", "published_at", "embargo_until"]
    return articles.only(*fields)[: DASHBOARD_ROWS + 1]


def _row(article, moment, at):
    address = reverse("admin:articles_article_change", args=[article.pk])
    return DashboardRow(str(article), address, moment, at)


def _pile(title, rows, address, empty):
    return DashboardList(
        title,
        rows[:DASHBOARD_ROWS],
        address,
        empty,
        has_more=len(rows) > DASHBOARD_ROWS,
    )
