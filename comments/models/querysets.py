"""The words the newsroom uses for its piles of comments."""

from datetime import timedelta

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce, Left, Lower
from django.db.models.lookups import Exact, GreaterThan, In
from django.utils import timezone

from articles.core.pagination import Cursor
from articles.models import Article
from comments.models.mailbox import KEPT_UNCONFIRMED, Mailbox

APPROVED = "approved"
PENDING = "pending"
# What a moderator or its author took off the page stands there as a tombstone; spam leaves nothing behind.
LEAVES_A_TOMBSTONE = ["rejected", "withdrawn"]
JUDGED_AGAINST = ["rejected", "spam"]
NOT_FOR_READERS = ["email", "network", "repeat_key", "link_key"]
# In code points: more than a quotation shows.
WORDS_QUOTED = 500
# What was decided no longer ago than this is in the queue, to be looked up and undone.
LATELY = timedelta(days=7)
# No transaction waits longer for its turn.
STORED_WITHIN = timedelta(minutes=1)
# After this time nobody is told of a reply any more.
NEWS_FOR = timedelta(days=7)


class CommentQuerySet(models.QuerySet):
    """Words return piles, so they combine: `shown().picked()`."""

    def standing(self):
        """Approved, and not under a root that hides its replies: shown as soon as the article is visible."""
        return self.filter(Q(root=None) | carries_replies("root__"), is_approved_in(""))

    def shown(self):
        """What the public may read; the only definition of it."""
        return self.standing().filter(_is_on_a_visible_article())

    def on_page(self):
        """
        Everything that takes a place on a public page: the shown, and the tombstones.

        A tombstone is a root that was shown once and is not any more, but still
        has shown replies. Its words are not for the page.
        """
        replies = self.model.objects.standing().filter(root=OuterRef("pk"))
        tombstone = Q(Exists(replies), root=None) & is_buried("")
        return self.filter(
            (is_approved_in("") & (Q(root=None) | carries_replies("root__")))
            | tombstone,
            _is_on_a_visible_article(),
        )

    def roots_on_page(self, article):
        """Those of `on_page` that begin a conversation under the article, by the index made for them."""
        return self.filter(_is_on_a_visible_article(), article=article, has_place=True)

    def replies_on_page(self, roots):
        """Those of `on_page` that hang under these roots, which are on the page themselves."""
        return self.filter(is_approved_in(""), root__in=roots)

    def knowing_their_fold(self, size):
        """Each root with the place of its first reply after so many: `folds_at` and `folds_with`, None where there is none."""
        replies = self.model.objects.filter(is_approved_in(""), root=OuterRef("pk"))
        reply = replies.oldest_first()[size : size + 1]
        return self.annotate(
            folds_at=Subquery(reply.values("created_at")),
            folds_with=Subquery(reply.values("pk")),
        )

    def replies_before_the_fold(self, roots):
        """Those of `replies_on_page` that stand before the fold of their root, which knows it."""
        whole = [root for root in roots if root.folds_at is None]
        # The status in every one of them: else SQLite looks no root up in its index.
        place = Q(root__in=whole) & is_approved_in("")
        for root in roots:
            if root.folds_at is not None:
                fold = Cursor(root.folds_at, root.folds_with).before("created_at")
                place |= Q(root=root) & is_approved_in("") & fold
        return self.filter(place)

    def knowing_whom_they_answer(self):
        """Each reply with `answered_name` and the beginning of `answered_words`, where it answers another reply that is shown."""
        # One row by its id for each reply. For a join, PostgreSQL may read all comments.
        answered = self.model.objects.filter(
            is_approved_in(""), pk=OuterRef("parent"), root=OuterRef("root")
        )
        return self.annotate(
            answered_name=Subquery(answered.values("name")),
            answered_words=Subquery(answered.values(words=Left("body", WORDS_QUOTED))),
        )

    def for_reading(self):
        """Load what a page shows; what readers must not see is not even loaded for them."""
        return self.defer(*NOT_FOR_READERS)

    def for_feed(self):
        """Load what a feed says, with the title of the article and without its text."""
        return self.for_reading().select_related("article").defer("article__body")

    def picked(self):
        return self.filter(picked_at__isnull=False)

    def to_announce(self):
        """Shown replies of which nobody has been told yet."""
        return self.shown().filter(announced_at=None, parent__isnull=False)

    def still_news(self):
        """Shown for the first time so lately that somebody may be told of it."""
        return self.filter(first_shown_at__gt=timezone.now() - NEWS_FOR)

    def wanting_news(self):
        """Whose authors want to hear of replies."""
        return self.filter(notify=True).exclude(email="")

    def with_status(self, status):
        return self.filter(status=status)

    def waiting(self):
        return self.with_status(PENDING)

    def on_articles(self, articles):
        return self.filter(article__in=articles)

    def reported(self):
        """With reports that came after a moderator last looked at the comment."""
        return self.filter(open_reports__gt=0)

    def appealed(self):
        """With an appeal that no moderator has answered."""
        return self.filter(appeal__answered_at=None, appeal__isnull=False)

    def asking_again(self):
        """Not published, and its author has asked the moderators to look again; none has answered."""
        return self.appealed().filter(status__in=JUDGED_AGAINST, erased_at=None)

    def judged(self):
        """On which a person has decided."""
        return self.filter(judged_at__isnull=False)

    def decided_lately(self):
        """On which a person has decided, and not long ago."""
        return self.judged().filter(judged_at__gt=timezone.now() - LATELY)

    def written_after(self, at):
        return self.filter(created_at__gt=at)

    def put_back_since(self, decision_id):
        """Those that wait again because of the decision with that number, or a later one."""
        return self.filter(decisions__pk__gte=decision_id, decisions__to_status=PENDING)

    def reported_since(self, report_id):
        return self.filter(reports__pk__gte=report_id)

    def appealed_since(self, appeal_id):
        return self.filter(appeal__pk__gte=appeal_id)

    def for_queue(self):
        """Load what the queue needs of every comment, with its article without the text of that."""
        return self.select_related("article__thread", "appeal").defer("article__body")

    def judged_against(self):
        return self.filter(judged_as__in=JUDGED_AGAINST)

    def to_try_rules_on(self):
        """What people decided on of the words of readers, the newest first; what is erased has none left to try anything on."""
        # Of nearly every comment both are NULL. Asked plainly, SQLite reads all of these
        # by the index on the account, instead of the newest by that on the judgement.
        is_by_a_reader = Exact(Coalesce("by", 0), 0)
        return (
            self.judged()
            .filter(is_by_a_reader, erased_at=None)
            .order_by("-judged_at", "-id")
        )

    def counting_as_answers(self):
        """What somebody has said in answer, whether or not it is shown yet."""
        return self.filter(status__in=[PENDING, APPROVED])

    def sent_from(self, networks, *, browser=None, since):
        """
        What came after that moment from a network that has these hashes, or from the person who wrote the comment `browser`.

        An address that was typed says nothing of who sent it.
        """
        sender = Q(network__in=networks)
        if browser is not None:
            known = self.model.objects.filter(pk=browser).values("commenter")
            sender |= Q(pk=browser) | Q(commenter=Subquery(known[:1]))
        return self.filter(sender, created_at__gt=since)

    def repeated_by(self, keys):
        """What was sent with one of these keys; see comments.posting.submit."""
        return self.filter(repeat_key__in=keys)

    def with_repeats_first(self, keys):
        """Before all others what has one of these keys, then the newest."""
        is_other = Case(When(repeat_key__in=keys, then=0), default=1)
        return self.order_by(is_other, "-created_at", "-id")

    def written_from(self, *addresses):
        """Where one of these email addresses was typed, whatever the case of the letters, and by whomever."""
        return self.filter(_is_written_from(*addresses))

    def of_owner(self, mailbox):
        """What the owner of the mailbox has shown to have written."""
        people = self.model._meta.get_field("commenter").related_model.objects
        person = people.filter(mailbox=mailbox).values("pk")
        return self.filter(Q(mailbox=mailbox) | Q(commenter=Subquery(person[:1])))

    def with_unproven_address(self, mailbox):
        """Where the address of the mailbox was typed, and its owner has not shown to have written it."""
        return self.written_from(mailbox.address).filter(mailbox=None)

    def asked_about(self, mailbox):
        """
        The one comment because of which the mailbox was asked for confirmation; None when that is not certain.

        For the links of earlier releases, which do not say it. The comment was stored in
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
        """Those whose address was never confirmed in all the time in which we wait for that."""
        confirmed = Mailbox.objects.confirmed().filter(address=Lower(OuterRef("email")))
        # The index on the small letters begins after all those without an address.
        return self.older_than(KEPT_UNCONFIRMED).filter(
            ~Exists(confirmed), GreaterThan(Lower("email"), "")
        )

    def forget_addresses(self):
        """Forget the addresses, and with them the wish to be told of replies."""
        return self.update(email="", notify=False)

    def older_than(self, age: timedelta):
        return self.filter(created_at__lt=timezone.now() - age)

    def conversation_of(self, comment):
        """The root that the comment hangs under or is, and everything under that."""
        root = comment.root_id or comment.pk
        return self.filter(Q(pk=root) | Q(root=root))

    def oldest_first(self):
        return self.order_by("created_at", "id")

    def newest_first(self):
        return self.order_by("-created_at", "-id")


def is_approved_in(prefix):
    return Q(**{f"{prefix}status": APPROVED})


def is_buried(prefix):
    """Shown once, and then withdrawn by its author or rejected."""
    return Q(
        **{
            f"{prefix}first_shown_at__isnull": False,
            f"{prefix}status__in": LEAVES_A_TOMBSTONE,
        }
    )


def carries_replies(prefix):
    """A root under which replies are shown."""
    return is_approved_in(prefix) | is_buried(prefix)


def takes_a_place():
    """A root with a place on the public page: shown, or a tombstone over approved replies."""
    return Q(root__isnull=True) & (
        is_approved_in("") | (is_buried("") & Q(approved_replies__gt=0))
    )


def _is_on_a_visible_article():
    # Looked up for each comment: for a list of them, SQLite reads every visible article.
    return Exists(Article.objects.visible().filter(pk=OuterRef("article")))


def _is_written_from(*addresses):
    return Q(In(Lower("email"), [address.lower() for address in addresses]))
