"""The words the newsroom uses for its piles of comments."""

from datetime import timedelta

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, When
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils import timezone

from articles.models import Article
from comments.models.mailbox import Mailbox

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

    def sent_from(self, networks, *, address="", since):
        """What came after that moment from a network that has these hashes, or with this address if it is confirmed."""
        sender = Q(network__in=networks)
        if address:
            confirmed = Mailbox.objects.confirmed().at(address)
            sender |= _is_written_from(address) & Q(Exists(confirmed))
        return self.filter(sender, created_at__gt=since)

    def repeated_by(self, keys):
        """What was sent with one of these keys; see comments.posting."""
        return self.filter(repeat_key__in=keys)

    def with_repeats_first(self, keys):
        """Before all others what has one of these keys, then the newest."""
        is_other = Case(When(repeat_key__in=keys, then=0), default=1)
        return self.order_by(is_other, "-created_at", "-id")

    def written_from(self, address):
        """What was written with this email address, whatever the case of its letters."""
        return self.filter(_is_written_from(address))

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


def _is_written_from(address):
    return Q(Exact(Lower("email"), address.lower()))


def _visible_articles():
    return Article.objects.visible().values("pk")
