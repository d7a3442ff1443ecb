"""The checks of conversations for the `doctor` command, and the repairs of wrong counts."""

from functools import partial

from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Lower

from articles.core.checks import DoctorCheck, DoctorFinding, in_batches
from articles.models import Article
from comments.models import Comment, Thread

# The number of rows that one query checks.
ROWS_PER_CHECK = 10_000


def wrong_counts_of_shown():
    """Articles whose stored number of shown comments is wrong."""
    for articles in in_batches(_counted_articles(), ROWS_PER_CHECK):
        for article in articles.exclude(kept=F("shown")):
            yield DoctorFinding(
                name=f"“{article.title}”",
                sentence=_two_numbers(article.kept, article.shown),
                mend=partial(_mend_count_of_shown, article),
            )


def wrong_counts_of_replies():
    """Roots whose stored number of approved replies is wrong."""
    for comments in in_batches(_counted_comments(), ROWS_PER_CHECK):
        for comment in comments.exclude(approved_replies=F("approved")):
            yield DoctorFinding(
                name=f"comment {comment.pk}",
                sentence=_two_numbers(comment.approved_replies, comment.approved),
                mend=partial(_mend_count_of_replies, comment),
            )


def replies_on_another_article():
    """Replies whose article is not that of their parent and root."""
    return _misplaced(
        ~Q(article=F("root__article")) | ~Q(article=F("parent__article")),
        "It belongs to a different article than the comment that it replies to.",
    )


def replies_under_a_wrong_root():
    """Replies whose root is not that of their parent."""
    root_of_parent = Coalesce("parent__root", "parent")
    return _misplaced(
        ~Q(root=root_of_parent) | Q(parent=F("pk")),
        "It is not in the conversation of the comment that it replies to.",
    )


def authors_by_typing():
    """Comments assigned to a person only by a typed address, as releases before 0.1 did."""
    typed = Comment.objects.filter(
        mailbox=None, commenter__mailbox__address=Lower("email")
    )
    for batch in in_batches(typed, ROWS_PER_CHECK):
        for comment in batch.only("pk"):
            yield DoctorFinding(
                name=f"comment {comment.pk}",
                sentence="It is assigned to a person only because their address was typed.",
                mend=partial(_detach, comment),
            )


COMMENT_CHECKS = [
    # The replies first, because the counts of articles depend on them.
    DoctorCheck("counts of replies", wrong_counts_of_replies),
    DoctorCheck("counts of shown comments", wrong_counts_of_shown),
    DoctorCheck("articles of replies", replies_on_another_article),
    DoctorCheck("roots of replies", replies_under_a_wrong_root),
    DoctorCheck("authors of comments", authors_by_typing),
]


def _misplaced(rule, sentence):
    replies = Comment.objects.filter(parent__isnull=False)
    for batch in in_batches(replies, ROWS_PER_CHECK):
        for pk in batch.filter(rule).values_list("pk", flat=True):
            yield DoctorFinding(name=f"comment {pk}", sentence=sentence)


def _two_numbers(kept, counted):
    return f"The stored number is {kept:,}; the correct number is {counted:,}."


def _counted_articles():
    """The articles with the stored number (`kept`) and the true one (`shown`), in one query."""
    standing = Comment.objects.standing().filter(article=OuterRef("pk"))
    return Article.objects.only("title").annotate(
        kept=Coalesce("thread__shown_count", 0),
        shown=_number_of(standing, by="article"),
    )


def _counted_comments():
    approved = Comment.objects.with_status(Comment.Status.APPROVED)
    replies = approved.filter(root=OuterRef("pk"))
    return Comment.objects.only("article", "root", "approved_replies").annotate(
        approved=_number_of(replies, by="root")
    )


def _number_of(comments, *, by):
    counted = comments.order_by().values(by).annotate(number=Count("pk"))
    return Coalesce(Subquery(counted.values("number")), 0)


def _mend_count_of_shown(article):
    with transaction.atomic():
        thread = Thread.objects.lock_for(article)
        shown = _counted_articles().get(pk=article.pk).shown
        Thread.objects.filter(pk=thread.pk).update(shown_count=shown)


def _detach(comment):
    Comment.objects.filter(pk=comment.pk, mailbox=None).update(commenter=None)


def _mend_count_of_replies(comment):
    with transaction.atomic():
        # Locked, because a decision on a reply changes the count.
        Thread.objects.lock_for(comment.article)
        approved = _counted_comments().get(pk=comment.pk).approved
        Comment.objects.filter(pk=comment.pk).update(approved_replies=approved)
