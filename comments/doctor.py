"""What must be true of the conversations, and how a count that is wrong is put right."""

from functools import partial

from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Lower

from articles.core.checks import Check, Finding, in_batches
from articles.models import Article
from comments.models import Comment, Thread

# So many rows are looked at by one query.
BATCH = 10_000


def wrong_counts_of_shown():
    """The number beside the title of an article, where it is not the number of comments that stand there."""
    for articles in in_batches(_counted_articles(), BATCH):
        for article in articles.exclude(kept=F("shown")):
            yield Finding(
                name=f"“{article.title}”",
                sentence=_two_numbers(article.kept, article.shown),
                mend=partial(_mend_count_of_shown, article),
            )


def wrong_counts_of_replies():
    for comments in in_batches(_counted_comments(), BATCH):
        for comment in comments.exclude(approved_replies=F("approved")):
            yield Finding(
                name=f"comment {comment.pk}",
                sentence=_two_numbers(comment.approved_replies, comment.approved),
                mend=partial(_mend_count_of_replies, comment),
            )


def replies_on_another_article():
    return _misplaced(
        ~Q(article=F("root__article")) | ~Q(article=F("parent__article")),
        "It stands on another article than what it answers.",
    )


def replies_under_a_wrong_root():
    root_of_parent = Coalesce("parent__root", "parent")
    return _misplaced(
        ~Q(root=root_of_parent) | Q(parent=F("pk")),
        "It does not hang under the root of the comment that it answers.",
    )


def authors_by_typing():
    """Comments that were given to a person only because somebody typed their address, as releases did until 0.1."""
    typed = Comment.objects.filter(
        mailbox=None, commenter__mailbox__address=Lower("email")
    )
    for batch in in_batches(typed, BATCH):
        for comment in batch.only("pk"):
            yield Finding(
                name=f"comment {comment.pk}",
                sentence="It counts as a person's only because their address was typed.",
                mend=partial(_detach, comment),
            )


CHECKS = [
    # The replies first: what is counted under an article follows from them.
    Check("counts of replies", wrong_counts_of_replies),
    Check("counts of shown comments", wrong_counts_of_shown),
    Check("articles of replies", replies_on_another_article),
    Check("roots of replies", replies_under_a_wrong_root),
    Check("authors of comments", authors_by_typing),
]


def _misplaced(rule, sentence):
    replies = Comment.objects.filter(parent__isnull=False)
    for batch in in_batches(replies, BATCH):
        for pk in batch.filter(rule).values_list("pk", flat=True):
            yield Finding(name=f"comment {pk}", sentence=sentence)


def _two_numbers(kept, counted):
    return f"The number kept is {kept:,}, and the true one is {counted:,}."


def _counted_articles():
    """The articles, each with the number that is kept and the number that is true, read in one moment."""
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
        thread = Thread.objects.held_by(article)
        shown = _counted_articles().get(pk=article.pk).shown
        Thread.objects.filter(pk=thread.pk).update(shown_count=shown)


def _detach(comment):
    Comment.objects.filter(pk=comment.pk, mailbox=None).update(commenter=None)


def _mend_count_of_replies(comment):
    with transaction.atomic():
        # Whoever decides on a reply holds the thread.
        Thread.objects.held_by(comment.article)
        approved = _counted_comments().get(pk=comment.pk).approved
        Comment.objects.filter(pk=comment.pk).update(approved_replies=approved)
