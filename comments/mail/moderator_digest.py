"""
The mail that tells each moderator what waits, with links to decide by that are theirs alone.

Of all processes that would send a moderator's next mail, one does. A mail that fails is
tried again later, and stops nobody else's. Where the process dies over it, another sends
the mail ten minutes later: nothing is lost, and a mail that the server took in the moment
in which we died, or before we could note it, is sent a second time.
"""

import logging
import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from comments.mail.one_click import STEPS, deciding_by_mail, decision_address, steps_on
from comments.mail.outbox import CouldNotSend
from comments.models import Appeal, Comment, Decision, Digest
from comments.screening.wording import why
from comments.text.html import kept_line
from comments.text.plain_text import inert_line, inert_text

logger = logging.getLogger(__name__)

# How many comments stand in one mail, and how much of each, in characters.
MOST = 20
EXCERPT = 300
LONGEST_SENTENCE = 500
# Nobody needs to know more exactly how many more there are.
COUNTED = 1000
# Decisions may be stored in another order than they are numbered, but not so far apart.
SETTLED_AFTER = timedelta(minutes=1)

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Rhythm:
    """At most one mail to each moderator in this time, and only when something has waited so long."""

    apart: timedelta
    waited: timedelta = timedelta(0)

    @classmethod
    def parse(cls, text: str) -> Self:
        """What the setting MODERATORS_MAIL says."""
        if found := re.fullmatch(r"waiting (\d+)h", text):
            return cls(HOUR, int(found[1]) * HOUR)
        return cls({"at_once": timedelta(0), "hourly": HOUR, "daily": 24 * HOUR}[text])


@dataclass(frozen=True)
class Entry:
    """One comment as the mail tells of it: nothing that a reader typed can be clicked there."""

    comment: Comment
    since: datetime

    @property
    def name(self) -> str:
        return inert_line(self.comment.name)

    @property
    def answered(self) -> str:
        return inert_line(self.comment.parent.name) if self.comment.parent else ""

    @property
    def title(self) -> str:
        """The title of its article; empty for one that readers cannot see, which no mail names."""
        article = self.comment.article
        return kept_line(article.title) if article.is_visible else ""

    @property
    def lines(self) -> list[str]:
        return inert_text(self.comment.body, longest=EXCERPT).split("\n")

    @property
    def appeal(self) -> list[str]:
        if self.comment.is_waiting:
            return []
        return inert_text(self.comment.appeal.message, longest=EXCERPT).split("\n")

    @property
    def sentence(self) -> str:
        revision = self.comment.text_revision
        signals = self.comment.signals.all()
        found = why(one for one in signals if one.text_revision == revision)
        return Truncator(inert_line(found)).chars(LONGEST_SENTENCE)

    @property
    def reports(self) -> str:
        """What readers reported it for: “It is spam or advertising (2)”."""
        reasons = Counter(
            report.get_reason_display() for report in self.comment.reports.all()
        )
        return ", ".join(f"{reason} ({n})" for reason, n in reasons.most_common())

    def links_of(self, digest) -> list[tuple[str, str]]:
        return [
            (STEPS[step], _in_full(decision_address(self.comment, step, digest)))
            for step in steps_on(self.comment)
        ]


def tell_moderators():
    """
    Mail each moderator what waits; to be called whenever something may have come.

    Sends when something came that this moderator was not told of: a comment that waits,
    one that waits again because readers reported it or its author edited it, or an
    appeal; and when the setting MODERATORS_MAIL lets the next mail go.
    """
    comment, appeal = _newest_waiting(), _newest_appeal()
    if not (comment or appeal):
        return
    rhythm = Rhythm.parse(settings.MODERATORS_MAIL)
    moderators = {moderator.pk: moderator for moderator in _moderators()}
    due = list(Digest.objects.of(moderators.values()).due(apart=rhythm.apart))
    back = _newest_put_back(due)
    due = [digest for digest in due if digest.misses(comment, appeal, back)]
    entries = what_waits() if due else []
    if not entries or entries[0].since > timezone.now() - rhythm.waited:
        return
    newest = [comment, appeal, max(back, _newest_settled_decision())]
    numbers = _numbers(entries)
    with_links = _with_links(digest.moderator_id for digest in due)
    for digest in due:
        if Digest.objects.claim(digest):
            moderator = moderators[digest.moderator_id]
            try:
                has_links = moderator.pk in with_links
                letter = _letter(
                    moderator, digest, entries, numbers, has_links=has_links
                )
                letter.send()
            except Exception as error:
                if not _goes_on_after(error, digest):
                    return
            else:
                digest.note_sent(*newest)


def what_waits():
    """The comments that have waited longest, and those whose authors have asked longest to look again: at most so many as fit into a mail."""
    waiting = Comment.objects.waiting().oldest_first()
    asking = Comment.objects.asking_again().order_by("appeal__created_at", "id")
    entries = [
        Entry(comment, comment.waits_since) for comment in _loaded(waiting)[:MOST]
    ] + [
        Entry(comment, comment.appeal.created_at) for comment in _loaded(asking)[:MOST]
    ]
    return sorted(entries, key=lambda entry: (entry.since, entry.comment.pk))[:MOST]


def _loaded(comments):
    related = comments.select_related("article", "parent", "appeal")
    related = related.defer("article__body")
    return related.prefetch_related("signals", "decisions", "reports")


def _newest_waiting():
    """The highest number of those that came last. They are numbered in the order in which they were stored, not in which they were sent."""
    newest = Comment.objects.waiting().newest_first().values_list("pk", flat=True)
    return max(newest[:MOST], default=0)


def _newest_appeal():
    appeals = Appeal.objects.filter(comment__in=Comment.objects.asking_again())
    return appeals.order_by("-pk").values_list("pk", flat=True).first() or 0


def _newest_put_back(digests):
    """The newest decision, of those that not all of these know, by which a comment came to wait again."""
    since = min((digest.newest_decision for digest in digests), default=0)
    back = Decision.objects.putting_back().filter(
        pk__gt=since, comment__status=Comment.Status.PENDING
    )
    newest = back.order_by("-pk").values_list("pk", flat=True)
    return (newest.first() if digests else None) or 0


def _newest_settled_decision():
    """The newest that no other with a lower number can follow any more; those before it need not be looked at again."""
    settled = Decision.objects.filter(at__lte=timezone.now() - SETTLED_AFTER)
    return settled.values_list("pk", flat=True).first() or 0


def _moderators():
    accounts = get_user_model().objects.with_perm(
        "comments.moderate_comment",
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return accounts.filter(is_staff=True).exclude(email="").order_by("pk").distinct()


def _with_links(keys):
    """Of these moderators, the keys of those who may decide by links in the mail."""
    accounts = get_user_model().objects.filter(pk__in=list(keys))
    return set(deciding_by_mail(accounts).values_list("pk", flat=True))


def _numbers(entries):
    """What is said of how many there are; each is counted up to a limit only."""
    waiting = _counted(Comment.objects.waiting())
    asking = _counted(Comment.objects.asking_again())
    return {
        "waiting": _of(waiting, "comment"),
        "asking": _of(asking, "appeal"),
        "more": max(waiting + asking - len(entries), 0),
        "is_more": max(waiting, asking) > COUNTED,
    }


def _counted(comments):
    return comments.order_by()[: COUNTED + 1].count()


def _of(number, thing):
    if not number:
        return ""
    if number > COUNTED:
        return f"more than {COUNTED:,} {thing}s"
    return f"{number} {thing}{'s' if number != 1 else ''}"


def _letter(moderator, digest, entries, numbers, *, has_links):
    # Nothing that a reader typed stands in the subject.
    things = [numbers["waiting"], numbers["asking"]]
    subject = f"{' and '.join(filter(None, things))} waiting"
    context = numbers | {
        "entries": [
            (entry, entry.links_of(digest) if has_links else []) for entry in entries
        ],
        "has_links": has_links,
        "queue": _in_full(f"{reverse('admin:index')}comments/queue/"),
        "site_name": settings.SITE_NAME,
        "site": urlsplit(settings.SITE_URL).netloc,
    }
    return EmailMessage(
        subject=f"{settings.EMAIL_SUBJECT_PREFIX}{subject}",
        body=render_to_string("comments/digest.txt", context),
        to=[moderator.email],
        # So that no machine on holiday answers.
        headers={"Auto-Submitted": "auto-generated"},
    )


def _goes_on_after(error, digest):
    """Let the mail be tried again later; whether the next moderator's can be sent, for it was not the server that failed."""
    failure = CouldNotSend(error)
    logger.warning(
        "Moderator %s could not be told what waits: %s. It is tried again.",
        digest.moderator_id,
        failure,
    )
    digest.try_later()
    return not failure.is_for_all


def _in_full(path):
    return settings.SITE_URL + path
