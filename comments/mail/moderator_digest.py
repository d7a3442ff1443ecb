"""
The mail that tells each moderator what waits, with personal one-click links.

A process claims a moderator's next mail before it sends it. A mail that fails is tried
again later and does not delay those of others. If the process dies, another sends the mail
ten minutes later. No mail is lost; one that the server accepted just before the process
died is sent twice.
"""

import logging
import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.contrib.auth import get_user_model
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.core.interface_languages import languages_of_accounts
from articles.core.mail.compose import compose
from articles.core.mail.html_part import Link
from articles.core.site_address import readable_name
from articles.core.text.counting import shortened
from articles.core.text.word_list import word_list
from comments.mail.one_click import (
    ONE_CLICK_STEPS,
    deciding_by_mail,
    decision_address,
    steps_on,
)
from comments.mail.outbox import CouldNotSend
from comments.models import Appeal, Comment, Decision, Digest
from comments.screening.wording import why
from comments.text.html import kept_line
from comments.text.plain_text import inert_line, inert_text

logger = logging.getLogger(__name__)

# The number of comments in one mail.
MOST = 20
# In characters: how much of each comment is quoted, and of what the screening found.
EXCERPT = 300
LONGEST_SENTENCE = 500
# Waiting comments and appeals are counted up to this number only.
COUNTED = 1000
# Decisions may be committed in another order than their ids, but not further apart than this.
SETTLED_AFTER = timedelta(minutes=1)

# `at_once` is bounded too: however many comments come, a moderator gets one mail a minute.
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Rhythm:
    """
    When mails may be sent.

    At most one mail to a moderator within `apart`, and only if something has waited for at
    least `waited`.
    """

    apart: timedelta
    waited: timedelta = timedelta(0)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse MODERATORS_MAIL: `at_once`, `hourly`, `daily` or `waiting 3h`."""
        if found := re.fullmatch(r"waiting (\d+)h", text):
            return cls(HOUR, int(found[1]) * HOUR)
        return cls({"at_once": MINUTE, "hourly": HOUR, "daily": 24 * HOUR}[text])


@dataclass(frozen=True)
class DigestEntry:
    """One comment in the mail; text typed by readers cannot become a link there."""

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
        """The title of its article; empty if readers cannot see the article."""
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
        return shortened(inert_line(found), LONGEST_SENTENCE)

    @property
    def reports(self) -> str:
        """The reasons of the reports, such as “It is spam or advertising (2)”."""
        reasons = Counter(
            report.get_reason_display() for report in self.comment.reports.all()
        )
        return word_list(f"{reason} ({n})" for reason, n in reasons.most_common())

    def links_of(self, digest) -> list[tuple[str, str]]:
        """Pairs of the name of a step and its one-click address for the digest's moderator."""
        return [
            (
                str(ONE_CLICK_STEPS[step]),
                _in_full(decision_address(self.comment, step, digest)),
            )
            for step in steps_on(self.comment)
        ]


def mail_moderators():
    """
    Mail each moderator what waits; call it whenever something may have arrived.

    A moderator gets a mail if something is new to them (a waiting comment, one that waits
    again after reports or an edit, or an appeal) and if MODERATORS_MAIL allows the next mail.
    Returns whether the mail server works, as far as it was needed.
    """
    comment, appeal = _newest_waiting(), _newest_appeal()
    if not (comment or appeal):
        return True
    rhythm = Rhythm.parse(settings.MODERATORS_MAIL)
    moderators = {moderator.pk: moderator for moderator in _moderators()}
    due = list(Digest.objects.of(moderators.values()).due(apart=rhythm.apart))
    put_back = _newest_put_back(due)
    due = [digest for digest in due if digest.misses(comment, appeal, put_back)]
    entries = what_waits() if due else []
    if not entries or entries[0].since > timezone.now() - rhythm.waited:
        return True
    newest = [comment, appeal, max(put_back, _newest_settled_decision())]
    numbers = _numbers(entries)
    with_links = _with_links(digest.moderator_id for digest in due)
    languages = languages_of_accounts(digest.moderator_id for digest in due)
    for digest in due:
        if Digest.objects.claim(digest):
            moderator = moderators[digest.moderator_id]
            try:
                has_links = moderator.pk in with_links
                with translation.override(languages[moderator.pk]):
                    letter = _letter(
                        moderator, digest, entries, numbers, has_links=has_links
                    )
                letter.send()
            except Exception as error:
                if not _handle_failure(error, digest):
                    return False
            else:
                digest.note_sent(*newest)
    return True


def what_waits():
    """The longest waiting comments and open appeals as Entries, oldest first; at most MOST."""
    waiting = Comment.objects.waiting().oldest_first()
    asking = Comment.objects.asking_again().order_by("appeal__created_at", "id")
    entries = [
        DigestEntry(comment, comment.waits_since) for comment in _loaded(waiting)[:MOST]
    ] + [
        DigestEntry(comment, comment.appeal.created_at)
        for comment in _loaded(asking)[:MOST]
    ]
    return sorted(entries, key=lambda entry: (entry.since, entry.comment.pk))[:MOST]


def _loaded(comments):
    related = comments.select_related("article", "parent", "appeal")
    related = related.defer("article__body")
    return related.prefetch_related("signals", "decisions", "reports")


def _newest_waiting():
    """The highest id among the newest waiting comments; ids follow storing, not sending."""
    newest = Comment.objects.waiting().newest_first().values_list("pk", flat=True)
    return max(newest[:MOST], default=0)


def _newest_appeal():
    appeals = Appeal.objects.filter(comment__in=Comment.objects.asking_again())
    return appeals.order_by("-pk").values_list("pk", flat=True).first() or 0


def _newest_put_back(digests):
    """The newest decision unknown to some of the digests that made a comment wait again."""
    since = min((digest.newest_decision for digest in digests), default=0)
    back = Decision.objects.putting_back().filter(
        pk__gt=since, comment__status=Comment.Status.PENDING
    )
    newest = back.order_by("-pk").values_list("pk", flat=True)
    return (newest.first() if digests else None) or 0


def _newest_settled_decision():
    """The newest decision after which no lower id can be committed any more."""
    settled = Decision.objects.filter(at__lte=timezone.now() - SETTLED_AFTER)
    return settled.values_list("pk", flat=True).first() or 0


def _moderators():
    accounts = get_user_model().objects.with_perm(
        "comments.moderate_comment",
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return accounts.filter(is_staff=True).exclude(email="").order_by("pk").distinct()


def _with_links(keys):
    """Of these moderators' keys, those of moderators who get one-click links."""
    accounts = get_user_model().objects.filter(pk__in=list(keys))
    return set(deciding_by_mail(accounts).values_list("pk", flat=True))


def _numbers(entries):
    """The numbers in the mail; each is counted up to COUNTED only."""
    waiting = _counted(Comment.objects.waiting())
    asking = _counted(Comment.objects.asking_again())
    return {
        "waiting": waiting,
        "asking": asking,
        "more": max(waiting + asking - len(entries), 0),
        "is_more": max(waiting, asking) > COUNTED,
    }


def _counted(comments):
    return comments.order_by()[: COUNTED + 1].count()


def _things(numbers):
    """What waits, such as “3 comments and 1 appeal”."""
    most = {"number": number_format(COUNTED, force_grouping=True)}
    comments, appeals = numbers["waiting"], numbers["asking"]
    things = []
    if comments > COUNTED:
        things.append(
            ngettext(
                "more than %(number)s comment", "more than %(number)s comments", COUNTED
            )
            % most
        )
    elif comments:
        things.append(
            ngettext("%(number)d comment", "%(number)d comments", comments)
            % {"number": comments}
        )
    if appeals > COUNTED:
        things.append(
            ngettext(
                "more than %(number)s appeal", "more than %(number)s appeals", COUNTED
            )
            % most
        )
    elif appeals:
        things.append(
            ngettext("%(number)d appeal", "%(number)d appeals", appeals)
            % {"number": appeals}
        )
    return word_list(things)


def _letter(moderator, digest, entries, numbers, *, has_links):
    # The subject contains nothing that a reader typed.
    things = _things(numbers)
    subject = _("Waiting: %(things)s") % {"things": things}
    context = numbers | {
        "things": things,
        "entries": [
            (entry, entry.links_of(digest) if has_links else []) for entry in entries
        ],
        "has_links": has_links,
        "queue": _in_full(f"{reverse('admin:index')}comments/queue/"),
        "site_name": settings.SITE_NAME,
        "site": readable_name(settings.SITE_URL),
    }
    steps = {
        address: Link(label)
        for _entry, links in context["entries"]
        for label, address in links
    }
    return compose(
        f"{settings.EMAIL_SUBJECT_PREFIX}{subject}",
        render_to_string("comments/digest.txt", context),
        to=moderator.email,
        links=steps | {context["queue"]: Link(_("Open the queue"))},
    )


def _handle_failure(error, digest):
    """Schedule another try; return whether mails to other moderators can still be sent."""
    failure = CouldNotSend(error)
    logger.warning(
        "The digest for moderator %s could not be sent: %s. It will be tried again.",
        digest.moderator_id,
        failure,
    )
    digest.try_later()
    return not failure.is_for_all


def _in_full(path):
    return settings.SITE_URL + path
