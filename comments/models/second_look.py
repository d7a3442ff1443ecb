from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from articles.core.append_only import name_of
from articles.models import TransitionError
from comments.models.decision import Decision
from comments.models.thread import Thread

# The steps that make of a comment what a moderator would have made of it.
STEPS = {"approved": "approve", "rejected": "reject", "spam": "mark_spam"}


class SecondLookQuerySet(models.QuerySet):
    def open(self):
        """Not answered yet, at a comment that still is what the machine made of it."""
        return self.filter(_stands(), answered_at=None)

    def overtaken(self):
        """Not answered, and of no use any more: a moderator has decided, or the words are others or gone."""
        return self.filter(~_stands(), answered_at=None)

    def answered(self):
        return self.filter(answered_at__isnull=False).exclude(verdict="")

    def void(self):
        """Those that measure nothing."""
        return self.filter(answered_at__isnull=False, verdict="")

    def close(self):
        """Let them be void."""
        return self.filter(answered_at=None).update(answered_at=timezone.now())

    def for_a_look(self):
        """In the order in which they were drawn, with what one must read to judge."""
        return self.select_related("comment__article", "comment__parent").order_by(
            "created_at", "id"
        )


class SecondLook(models.Model):
    """An automatic decision, drawn by lot, that a moderator judges without knowing what it was."""

    comment = models.OneToOneField(
        "comments.Comment", on_delete=models.PROTECT, related_name="second_look"
    )
    # What the machine decided, and on which text.
    status = models.CharField(max_length=10)
    text_revision = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    # What the moderator would have decided; answered without it, the look is void.
    verdict = models.CharField(max_length=10, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    by_name = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True)

    objects = SecondLookQuerySet.as_manager()

    class Meta:
        default_permissions = []
        indexes = [
            models.Index(
                fields=["created_at", "id"],
                name="second_looks_to_take",
                condition=Q(answered_at=None),
            ),
            models.Index(fields=["answered_at"], name="second_looks_taken"),
        ]

    def __str__(self):
        return f"Second look at comment {self.comment_id}"

    @property
    def is_void(self):
        """Whether it measures nothing."""
        return self.answered_at is not None and not self.verdict

    def judge(self, verdict, *, by, seen, reason=""):
        """
        Say what the machine should have decided, and let that be the decision of a moderator.

        Raises TransitionError when another moderator was quicker. When the comment is no
        longer what the machine made of it, nothing is decided, and the look is void.
        """
        with transaction.atomic():
            Thread.objects.held_by(self.comment.article)
            self.refresh_from_db(fields=["verdict", "by_name", "answered_at"])
            if self.answered_at is not None:
                raise TransitionError(self._refusal())
            now = timezone.now()
            if not type(self).objects.open().filter(pk=self.pk).exists():
                self._answer(answered_at=now)
                return
            self.comment.refresh_from_db()
            self._decide(verdict, by=by, seen=seen, reason=reason)
            self._answer(verdict=verdict, by=by, by_name=name_of(by), answered_at=now)

    def _decide(self, verdict, *, reason, **how):
        if verdict == self.comment.status:
            self.comment.keep(**how)
        else:
            step = getattr(self.comment, STEPS[verdict])
            step(**how, **({"reason": reason} if verdict == "rejected" else {}))

    def _answer(self, **answer):
        """Under the lock of the thread: whoever else answers waits."""
        for name, value in answer.items():
            setattr(self, name, value)
        self.save(update_fields=answer)

    def _refusal(self):
        if self.is_void:
            return "This second look is closed: the comment was decided on or changed in the meantime."
        return f"{self.by_name} has judged this comment in the meantime. Nothing was decided."


def _stands():
    """Whether the comment is as the machine decided on it, and no moderator has looked at it since."""
    judged = Decision.objects.by_people().filter(comment=OuterRef("comment"))
    return ~Exists(judged.order_by()) & Q(
        comment__status=F("status"),
        comment__text_revision=F("text_revision"),
        comment__erased_at=None,
    )
