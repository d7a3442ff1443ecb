"""The words the newsroom uses for its piles of comments."""

from datetime import timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.db.models.lookups import GreaterThan, In
from django.utils import timezone

from articles.models import Article
from comments.models.mailbox import KEPT_UNCONFIRMED, Mailbox

APPROVED = "approved"
PENDING = "pending"
# What a moderator or its author took off the page stands there as a tombstone; spam leaves nothing behind.
LEAVES_A_TOMBSTONE = ["rejected", "withdrawn"]


class CommentQuerySet(models.QuerySet):
    """Words return piles, so they combine: `shown().picked()`."""

    def standing(self):
        """Approved, and not under a root that hides its replies: shown as soon as the article is visible."""
        return self.filter(Q(root=None) | carries_replies("root__"), is_approved_in(""))

    def shown(self):
        """What the public may read; the only definition of it."""
        return self.standing().filter(article__in=_visible_articles())

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
            article__in=_visible_articles(),
        )

    def roots_on_page(self, article):
        """Those of `on_page` that begin a conversation under the article, by the index made for them."""
        return self.filter(
            article=article, has_place=True, article__in=_visible_articles()
        )

    def replies_on_page(self, roots):
        """Those of `on_page` that hang under these roots, which are on the page themselves."""
        return self.filter(is_approved_in(""), root__in=roots)

    def picked(self):
        return self.filter(picked_at__isnull=False)

    def to_announce(self):
        """Shown replies of which nobody has been told yet."""
        return self.shown().filter(announced_at=None, parent__isnull=False)

    def with_status(self, status):
        return self.filter(status=status)

    def waiting(self):
        return self.with_status(PENDING)

    def reported(self):
        """With reports that came after a moderator last looked at the comment."""
        return self.filter(open_reports__gt=0)

    def appealed(self):
        """With an appeal that no moderator has answered."""
        return self.filter(appeal__answered_at=None, appeal__isnull=False)

    def counting_as_answers(self):
        """What somebody has said in answer, whether or not it is shown yet."""
        return self.filter(status__in=[PENDING, APPROVED])

    def sent_from(self, networks, *, since):
        """What came after that moment from a network that has these hashes."""
        return self.filter(network__in=networks, created_at__gt=since)

    def written_from(self, *addresses):
        """What was written with one of these email addresses, whatever the case of their letters."""
        return self.filter(
            In(Lower("email"), [address.lower() for address in addresses])
        )

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


def _visible_articles():
    return Article.objects.visible().values("pk")
