"""Store readers' reports of comments: one for each person and comment."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from comments.models import Comment, Thread
from comments.models.report import Report
from comments.models.sender_locks import lock_sender
from comments.security.throttling import RateLimit, require_within_limits

# For one network, about all comments together.
REPORT_LIMITS = [RateLimit(10, timedelta(hours=1))]


class NotShown(Exception):
    """Readers cannot see the comment any more, so it cannot be reported."""


def submit_report(report, *, networks, by=None):
    """
    Store the report, and let the comment wait again if enough people have reported it.

    `report` is an unsaved Report. `networks` are the hashes of the sender's network, newest
    first; `by` is the account of a signed-in member of staff. A second report of the same
    person is ignored. Raises NotShown and throttling.TooMany.
    """
    with transaction.atomic():
        lock_sender(networks, words=f"report {report.comment_id}")
        # A decision on the comment at the same moment waits for us, or we wait for it.
        Thread.objects.lock_for(report.comment.article)
        comment = Comment.objects.shown().filter(pk=report.comment_id).first()
        if comment is None:
            raise NotShown
        if _is_repeated(report, networks=networks, by=by):
            return
        if by is None and networks:
            sent = Report.objects.from_person(networks=networks)
            require_within_limits(REPORT_LIMITS, sent)
        report.by = by
        report.network = "" if by else next(iter(networks), "")
        report.save()
        Comment.objects.filter(pk=comment.pk).update(open_reports=F("open_reports") + 1)
        if _must_wait(comment):
            comment.hold_for_reports()


def _is_repeated(report, *, networks, by):
    of_comment = Report.objects.filter(comment=report.comment_id)
    if by is None and not networks:
        # Unknown senders cannot be told apart, but an equal report is a button pressed twice.
        of_comment = of_comment.filter(reason=report.reason, sentence=report.sentence)
        networks = [""]
    return of_comment.from_person(networks=networks, by=by).exists()


def _must_wait(comment):
    """Whether enough people have reported the comment and no moderator has judged it."""
    enough = settings.REPORTS_TO_HOLD
    return enough > 0 and comment.reports.voices() >= enough and not comment.was_judged
