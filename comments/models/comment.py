from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from articles.append_only import name_of
from articles.models import Article, TransitionError
from comments.models.decision import Decision
from comments.models.thread import Thread

LONGEST_BODY = 5000


class CommentQuerySet(models.QuerySet):
    """The words the newsroom uses for its piles of comments."""

    def standing(self):
        """Approved, and not under a root that hides its replies: shown as soon as the article is visible."""
        return self.filter(_standing())

    def shown(self):
        """What the public may read; the only definition of it."""
        return self.standing().filter(article__in=_visible_articles())

    def on_page(self):
        """
        Everything that takes a place on a public page: the shown, and the tombstones.

        A tombstone is a root that was shown once and is not any more, but still
        has shown replies. Its words are not for the page.
        """
        replies = Comment.objects.standing().filter(root=OuterRef("pk"))
        return self.filter(
            _standing() | (Q(Exists(replies), root=None) & _buried()),
            article__in=_visible_articles(),
        )

    def with_status(self, status):
        return self.filter(status=status)

    def waiting(self):
        return self.with_status(Comment.Status.PENDING)

    def sent_from(self, networks, *, since):
        """What came after that moment from a network that has these hashes."""
        return self.filter(network__in=networks, created_at__gt=since)

    def conversation_of(self, comment):
        """The root that the comment hangs under or is, and everything under that."""
        root = comment.root_id or comment.pk
        return self.filter(Q(pk=root) | Q(root=root))

    def oldest_first(self):
        return self.order_by("created_at", "id")

    def newest_first(self):
        return self.order_by("-created_at", "-id")


class Comment(models.Model):
    class Status(models.TextChoices):
        PENDING = "pending", "Pending"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"
        SPAM = "spam", "Spam"
        WITHDRAWN = "withdrawn", "Withdrawn by its author"

    # Protected: what was said under an article, and what was decided on it, stays on record.
    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, related_name="comments"
    )
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="answers",
        help_text="The comment this one answers.",
    )
    # The first comment of the conversation that this one hangs under; follows from `parent`.
    root = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="replies",
    )
    name = models.CharField(max_length=80)
    email = models.EmailField(blank=True)
    body = models.TextField()
    text_revision = models.PositiveIntegerField(default=1, editable=False)
    # The account of a member of staff who answered signed in.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    status = models.CharField(
        max_length=10, choices=Status, default=Status.PENDING, editable=False
    )
    # Counts the decisions and edits, so that a decision can say which state it was made on.
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    first_shown_at = models.DateTimeField(null=True, editable=False)
    network = models.CharField(max_length=64, blank=True, editable=False)
    # Equal for two posts of the same words to the same place from the same network. The
    # database makes one row of them; see comments.posting.
    repeat_key = models.CharField(  # noqa: DJ001 - unique: no key is NULL
        max_length=64, null=True, unique=True, editable=False
    )

    objects = CommentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["article", "status", "created_at", "id"],
                name="comments_of_an_article",
            ),
            models.Index(
                fields=["status", "created_at", "id"], name="comments_by_status"
            ),
            models.Index(fields=["network", "created_at"], name="comments_by_network"),
        ]
        constraints = [
            models.CheckConstraint(
                name="replies_have_a_root",
                condition=Q(parent=None, root=None)
                | Q(parent__isnull=False, root__isnull=False),
            ),
            models.CheckConstraint(
                name="comments_have_a_known_status",
                condition=Q(
                    status__in=["pending", "approved", "rejected", "spam", "withdrawn"]
                ),
            ),
        ]
        permissions = [("moderate_comment", "Can decide on comments")]

    def __str__(self):
        return f"{self.name}: {self.body[:60]}"

    def save(self, *args, **kwargs):
        """Save the comment; a new reply finds its place from its parent alone."""
        if self._state.adding:
            if self.parent is not None:
                self.root = self.parent.root or self.parent
                self.article = self.parent.article
            if self.is_approved:
                return self._save_as_shown(*args, **kwargs)
        return super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("comments:comment", args=[self.pk])

    @property
    def is_waiting(self):
        return self.status == self.Status.PENDING

    @property
    def is_approved(self):
        return self.status == self.Status.APPROVED

    @property
    def is_withdrawn(self):
        return self.status == self.Status.WITHDRAWN

    @property
    def is_shown(self):
        return Comment.objects.shown().filter(pk=self.pk).exists()

    @property
    def possible_steps(self):
        """The names of the steps that a moderator can take from here, in their fixed order."""
        if self.is_withdrawn:
            return []
        leads_to = {
            "approve": self.Status.APPROVED,
            "reject": self.Status.REJECTED,
            "mark_spam": self.Status.SPAM,
        }
        steps = [step for step, status in leads_to.items() if status != self.status]
        return [*steps, "undo"] if self.decisions.exists() else steps

    # Steps. Each is one guarded transaction that records its decision. `seen` is the
    # version the moderator looked at; without it, the one this object was loaded with.

    def approve(self, *, by=None, note="", seen=None):
        """Let readers see the comment."""
        self._decide(
            self.Status.APPROVED,
            from_=[self.Status.PENDING, self.Status.REJECTED, self.Status.SPAM],
            by=by,
            seen=seen,
            note=note,
        )

    def reject(self, *, by=None, reason="", note="", seen=None):
        """Do not publish the comment, or take it off the page."""
        self._decide(
            self.Status.REJECTED,
            from_=[self.Status.PENDING, self.Status.APPROVED, self.Status.SPAM],
            by=by,
            seen=seen,
            reason=reason,
            note=note,
        )

    def mark_spam(self, *, by=None, note="", seen=None):
        self._decide(
            self.Status.SPAM,
            from_=[self.Status.PENDING, self.Status.APPROVED, self.Status.REJECTED],
            by=by,
            seen=seen,
            note=note,
        )

    def withdraw(self):
        """Take the comment back, as its author."""
        self._decide(
            self.Status.WITHDRAWN,
            from_=[s for s in self.Status if s != self.Status.WITHDRAWN],
        )

    def undo(self, *, by=None, note="", seen=None):
        """Put the comment back to where it was before the newest decision."""
        last = self.decisions.first()
        if last is None or last.to_status == self.Status.WITHDRAWN:
            raise TransitionError(
                "There is no decision of a moderator to undo on this comment."
            )
        self._decide(
            self.Status(last.from_status),
            from_=[last.to_status],
            by=by,
            seen=seen,
            undoes=last,
            note=note,
        )

    def _save_as_shown(self, *args, **kwargs):
        # One that arrives approved, as from an import, counts from the start.
        self.first_shown_at = self.first_shown_at or self.created_at
        with transaction.atomic():
            super().save(*args, **kwargs)
            shown = Comment.objects.filter(pk=self.pk).standing().count()
            Thread.objects.of(self.article).count(shown)

    def _decide(self, status, *, from_, by=None, seen=None, undoes=None, **why):
        """
        One guarded UPDATE, its record and the thread's count, together or not at all.

        The guard is the version: whoever decides on a state that is no more gets
        a TransitionError that says who did what and when.
        """
        with transaction.atomic():
            # Taken first and by everyone, so that two decisions in one thread wait for each other.
            thread = Thread.objects.of(self.article)
            Thread.objects.select_for_update().get(pk=thread.pk)
            family = Comment.objects.filter(Q(pk=self.pk) | Q(root=self.pk))
            before = family.standing().count()
            expected = self.version if seen is None else seen
            self.refresh_from_db()
            from_status = self.status
            if from_status not in from_ or not Comment.objects.filter(
                pk=self.pk, version=expected
            ).update(**self._changes_for(status)):
                raise TransitionError(self._refusal(status))
            self.refresh_from_db()
            Decision.objects.create(
                comment=self,
                text_revision=self.text_revision,
                by=by,
                by_name=name_of(by),
                from_status=from_status,
                to_status=status,
                undoes=undoes,
                **why,
            )
            thread.count(family.standing().count() - before)

    def _changes_for(self, status):
        changes = {"status": status, "version": F("version") + 1}
        if status == self.Status.APPROVED:
            changes["first_shown_at"] = models.functions.Coalesce(
                "first_shown_at", timezone.now()
            )
        elif status != self.Status.PENDING:
            # The same words may be sent again, as a new comment that waits.
            changes["repeat_key"] = None
        return changes

    def _refusal(self, status):
        last = self.decisions.first()
        if last is None:
            return f"This comment is {self.get_status_display().lower()} and cannot become {status.label.lower()}."
        return f"{last}. It is {self.get_status_display().lower()} now; look at it again before you decide."


def _visible_articles():
    return Article.objects.visible().values("pk")


def _standing():
    return Q(status=Comment.Status.APPROVED) & (
        Q(root=None) | Q(root__status=Comment.Status.APPROVED) | _buried("root__")
    )


def _buried(prefix=""):
    """Shown once, and then withdrawn by its author or rejected; spam leaves nothing behind."""
    return Q(
        **{
            f"{prefix}first_shown_at__isnull": False,
            f"{prefix}status__in": [
                Comment.Status.REJECTED,
                Comment.Status.WITHDRAWN,
            ],
        }
    )
