"""Taking a reader's report of a comment: one for each person, however often it was sent."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from comments.models import Comment, Thread
from comments.models.report import Report
from comments.models.sender_locks import hold_sender
from comments.security.throttling import Limit, require_room

# From one network, about whatever comments.
LIMITS = [Limit(10, timedelta(hours=1))]


class NotShown(Exception):
    """Readers cannot see the comment any more, so there is nothing to report."""


def take(report, *, networks, by=None):
    """
    Store the report of a comment, and put the comment back to wait when enough people have sent one.

    `networks` are the sender's hashes, newest first; `by` is the member of staff who
    sends it signed in. A second one of the same person is none. Raises NotShown and
    rates.TooMany.
    """
    with transaction.atomic():
        hold_sender(networks, words=f"report {report.comment_id}")
        # Whoever decides on the comment waits for us, or we for them.
        Thread.objects.held_by(report.comment.article)
        comment = Comment.objects.shown().filter(pk=report.comment_id).first()
        if comment is None:
            raise NotShown
        if _is_repeated(report, networks=networks, by=by):
            return
        if by is None and networks:
            sent = Report.objects.from_person(networks=networks)
            require_room(LIMITS, sent)
        report.by = by
        report.network = "" if by else next(iter(networks), "")
        report.save()
        Comment.objects.filter(pk=comment.pk).update(open_reports=F("open_reports") + 1)
        if _must_wait(comment):
            comment.hold_for_reports()


def _is_repeated(report, *, networks, by):
    of_comment = Report.objects.filter(comment=report.comment_id)
    if by is None and not networks:
        # Nobody can tell such senders apart, but a button pressed twice is no second person.
        of_comment = of_comment.filter(reason=report.reason, sentence=report.sentence)
        networks = [""]
    return of_comment.from_person(networks=networks, by=by).exists()


def _must_wait(comment):
    """Whether enough people have reported a comment of which no moderator has said anything yet."""
    enough = settings.REPORTS_TO_HOLD
    return enough > 0 and comment.reports.voices() >= enough and not comment.was_judged
