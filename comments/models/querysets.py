"""Named selections of comments."""

from datetime import timedelta

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce, Left, Lower
from django.db.models.lookups import Exact, GreaterThan, In
from django.utils import timezone

from articles.core.languages import written_in
from articles.core.pagination import Cursor
from articles.models import Article
from comments.models.mailbox import KEPT_UNCONFIRMED, Mailbox

APPROVED = "approved"
PENDING = "pending"
# A comment with such a status can leave a tombstone on the page; spam leaves none.
LEAVES_A_TOMBSTONE = ["rejected", "withdrawn"]
JUDGED_AGAINST = ["rejected", "spam"]
NOT_FOR_READERS = ["email", "network", "repeat_key", "link_key"]
# In code points; more than a quotation shows.
WORDS_QUOTED = 500
# How long a decided comment stays in the queue, to be looked up and undone.
LATELY = timedelta(days=7)
# The longest time from asking a mailbox to storing its comment in the same transaction.
STORED_WITHIN = timedelta(minutes=1)
# A reply is announced by mail no later than this after it was first shown.
NEWS_FOR = timedelta(days=7)


class CommentQuerySet(models.QuerySet):
    """Methods return querysets, so that they combine: `shown().picked()`."""

    def standing(self):
        """Approved, and not under a root that hides its replies; the article may be invisible."""
        return self.filter(Q(root=None) | carries_replies("root__"), is_approved_in(""))

    def shown(self):
        """What the public may read; this is the only definition."""
        return self.standing().filter(_is_on_a_visible_article())

    def read_in(self, language):
        """Those on articles at the addresses of this language."""
        return self.filter(written_in(language, "article__language"))

    def on_page(self):
        """
        Everything that has a place on a public page: shown comments and tombstones.

        A tombstone is a root that was shown before, was then rejected or withdrawn, and
        still has shown replies. Its text must not be shown.
        """
        replies = self.model.objects.standing().filter(root=OuterRef("pk"))
        tombstone = Q(Exists(replies), root=None) & is_buried("")
        return self.filter(
            (is_approved_in("") & (Q(root=None) | carries_replies("root__")))
            | tombstone,
            _is_on_a_visible_article(),
        )

    def roots_on_page(self, article):
        """The roots among `on_page` under the article, found by an index of their own."""
        return self.filter(_is_on_a_visible_article(), article=article, has_place=True)

    def replies_on_page(self, roots):
        """The replies among `on_page` to these roots, which must be on the page themselves."""
        return self.filter(is_approved_in(""), root__in=roots)

    def with_fold(self, size):
        """
        Annotate each root with the cursor of its first reply after `size` others.

        `folds_at` is the time of that reply and `folds_with` its key; both are None if there
        is none.
        """
        replies = self.model.objects.filter(is_approved_in(""), root=OuterRef("pk"))
        reply = replies.oldest_first()[size : size + 1]
        return self.annotate(
            folds_at=Subquery(reply.values("created_at")),
            folds_with=Subquery(reply.values("pk")),
        )

    def replies_before_the_fold(self, roots):
        """The replies that are not folded; the roots come from `with_fold`."""
        whole = [root for root in roots if root.folds_at is None]
        # The status is in every part of the condition: else SQLite does not use the index
        # on the root.
        place = Q(root__in=whole) & is_approved_in("")
        for root in roots:
            if root.folds_at is not None:
                fold = Cursor(root.folds_at, root.folds_with).before("created_at")
                place |= Q(root=root) & is_approved_in("") & fold
        return self.filter(place)

    def with_answered_comment(self):
        """
        Annotate each reply to a shown reply with `answered_name` and `answered_words`.

        The words are the first WORDS_QUOTED characters of the answered text. Both are None
        for a reply to the root.
        """
        # Looked up by id for each reply. With a join, PostgreSQL may read all comments.
        answered = self.model.objects.filter(
            is_approved_in(""), pk=OuterRef("parent"), root=OuterRef("root")
        )
        return self.annotate(
            answered_name=Subquery(answered.values("name")),
            answered_words=Subquery(answered.values(words=Left("body", WORDS_QUOTED))),
        )

    def for_reading(self):
        """Load what a page shows, and nothing that readers must not see."""
        return self.defer(*NOT_FOR_READERS)

    def for_feed(self):
        """Load what a feed shows, with the article but without its text."""
        return self.for_reading().select_related("article").defer("article__body")

    def picked(self):
        return self.filter(picked_at__isnull=False)

    def to_announce(self):
        """Shown replies that have not been announced by mail."""
        return self.shown().filter(announced_at=None, parent__isnull=False)

    def still_news(self):
        """First shown so recently that they may still be announced."""
        return self.filter(first_shown_at__gt=timezone.now() - NEWS_FOR)

    def wanting_news(self):
        """Those whose authors want mails about replies."""
        return self.filter(notify=True).exclude(email="")

    def with_status(self, status):
        return self.filter(status=status)

    def waiting(self):
        return self.with_status(PENDING)

    def on_articles(self, articles):
        return self.filter(article__in=articles)

    def reported(self):
        """Those with reports that came after a moderator last decided."""
        return self.filter(open_reports__gt=0)

    def appealed(self):
        """Those with an appeal that no moderator has answered."""
        return self.filter(appeal__answered_at=None, appeal__isnull=False)

    def asking_again(self):
        """Unpublished and not erased, with an open appeal."""
        return self.appealed().filter(status__in=JUDGED_AGAINST, erased_at=None)

    def judged(self):
        """Those that a moderator has decided on."""
        return self.filter(judged_at__isnull=False)

    def decided_lately(self):
        """Those that a moderator has decided on within the time LATELY."""
        return self.judged().filter(judged_at__gt=timezone.now() - LATELY)

    def written_after(self, at):
        return self.filter(created_at__gt=at)

    def put_back_since(self, decision_id):
        """Those that wait again because of the decision with this id or a later one."""
        return self.filter(decisions__pk__gte=decision_id, decisions__to_status=PENDING)

    def reported_since(self, report_id):
        """Those with the report with this id or a later one."""
        return self.filter(reports__pk__gte=report_id)

    def appealed_since(self, appeal_id):
        """Those with the appeal with this id or a later one."""
        return self.filter(appeal__pk__gte=appeal_id)

    def for_queue(self):
        """Load what the queue shows, with the article but without its text."""
        return self.select_related("article__thread", "appeal").defer("article__body")

    def judged_against(self):
        """Those that moderators rejected or marked as spam, also if withdrawn later."""
        return self.filter(judged_as__in=JUDGED_AGAINST)

    def to_try_rules_on(self):
        """Readers' comments that moderators have decided on and nobody has erased, newest first."""
        # `by` and `erased_at` are NULL for nearly every comment. With `by=None`, SQLite would
        # read all of these by the index on `by` instead of the newest by that on `judged_at`.
        is_by_a_reader = Exact(Coalesce("by", 0), 0)
        return (
            self.judged()
            .filter(is_by_a_reader, erased_at=None)
            .order_by("-judged_at", "-id")
        )

    def counting_as_answers(self):
        """Those that count as answers: shown, or still waiting."""
        return self.filter(status__in=[PENDING, APPROVED])

    def sent_from(self, networks, *, browser=None, since):
        """
        Comments of one sender after the moment `since`.

        The sender is a network with these hashes, or the author of the comment with the key
        `browser`. A typed address does not identify the sender.
        """
        sender = Q(network__in=networks)
        if browser is not None:
            known = self.model.objects.filter(pk=browser).values("commenter")
            sender |= Q(pk=browser) | Q(commenter=Subquery(known[:1]))
        return self.filter(sender, created_at__gt=since)

    def repeated_by(self, keys):
        """Those with one of these repeat keys; see comments.posting.submit."""
        return self.filter(repeat_key__in=keys)

    def with_repeats_first(self, keys):
        """Order those with one of these repeat keys first, then the newest."""
        is_other = Case(When(repeat_key__in=keys, then=0), default=1)
        return self.order_by(is_other, "-created_at", "-id")

    def written_from(self, *addresses):
        """Those with one of these email addresses, whoever typed it; case does not matter."""
        return self.filter(_is_written_from(*addresses))

    def of_owner(self, mailbox):
        """Those that the owner of the mailbox has proved to have written."""
        people = self.model._meta.get_field("commenter").related_model.objects
        person = people.filter(mailbox=mailbox).values("pk")
        return self.filter(Q(mailbox=mailbox) | Q(commenter=Subquery(person[:1])))

    def with_unproven_address(self, mailbox):
        """Those with the mailbox's address that its owner has not proved to have written."""
        return self.written_from(mailbox.address).filter(mailbox=None)

    def asked_about(self, mailbox):
        """
        The comment that caused the confirmation mail to this mailbox; None if not certain.

        Only for links of earlier releases, which do not name it. The comment was stored in
        the transaction in which the mailbox was asked.
        """
        if mailbox.asked_at is None:
            return None
        just_before = mailbox.asked_at - STORED_WITHIN, mailbox.asked_at
        found = self.with_unproven_address(mailbox).filter(
            takes_old_links=True, created_at__range=just_before
        )[:2]
        return found[0] if len(found) == 1 else None

    def with_address_to_forget(self):
        """Those whose address was not confirmed within KEPT_UNCONFIRMED."""
        confirmed = Mailbox.objects.confirmed().filter(address=Lower(OuterRef("email")))
        # “Greater” lets the index on the lower-case address skip all comments without one.
        return self.older_than(KEPT_UNCONFIRMED).filter(
            ~Exists(confirmed), GreaterThan(Lower("email"), "")
        )

    def forget_addresses(self):
        """Delete the addresses, and with them the wish for mails about replies."""
        return self.update(email="", notify=False)

    def older_than(self, age: timedelta):
        return self.filter(created_at__lt=timezone.now() - age)

    def conversation_of(self, comment):
        """The root of the comment's conversation and all its replies."""
        root = comment.root_id or comment.pk
        return self.filter(Q(pk=root) | Q(root=root))

    def oldest_first(self):
        return self.order_by("created_at", "id")

    def newest_first(self):
        return self.order_by("-created_at", "-id")


def is_approved_in(prefix):
    """Condition: approved. `prefix` leads to the comment, such as "root__"; "" for itself."""
    return Q(**{f"{prefix}status": APPROVED})


def is_buried(prefix):
    """Condition: shown before, and then withdrawn by the author or rejected."""
    return Q(
        **{
            f"{prefix}first_shown_at__isnull": False,
            f"{prefix}status__in": LEAVES_A_TOMBSTONE,
        }
    )


def carries_replies(prefix):
    """Condition: a root whose replies are shown."""
    return is_approved_in(prefix) | is_buried(prefix)


def takes_a_place():
    """Condition: a root on the public page, shown or a tombstone over approved replies."""
    return Q(root__isnull=True) & (
        is_approved_in("") | (is_buried("") & Q(approved_replies__gt=0))
    )


def _is_on_a_visible_article():
    # A lookup for each comment. With `article__in`, SQLite would read every visible article.
    return Exists(Article.objects.visible().filter(pk=OuterRef("article")))


def _is_written_from(*addresses):
    return Q(In(Lower("email"), [address.lower() for address in addresses]))
