from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.core.append_only import name_of
from articles.models import TransitionError
from comments.models.decision import Decision
from comments.models.thread import Thread

# The step that leads to each verdict.
_STEP_FOR_VERDICT = {"approved": "approve", "rejected": "reject", "spam": "mark_spam"}


class SecondLookQuerySet(models.QuerySet):
    def open(self):
        """Not answered, and the comment is unchanged since the automatic decision."""
        return self.filter(_is_unchanged(), answered_at=None)

    def overtaken(self):
        """Not answered, but useless: a moderator has decided, or the text was changed or erased."""
        return self.filter(~_is_unchanged(), answered_at=None)

    def answered(self):
        """Those with a verdict."""
        return self.filter(answered_at__isnull=False).exclude(verdict="")

    def void(self):
        """Those closed without a verdict, which measure nothing."""
        return self.filter(answered_at__isnull=False, verdict="")

    def close(self):
        """Close the unanswered ones as void."""
        return self.filter(answered_at=None).update(answered_at=timezone.now())

    def for_a_look(self):
        """In the order in which they were drawn, with everything needed to judge."""
        return self.select_related("comment__article", "comment__parent").order_by(
            "created_at", "id"
        )


class SecondLook(models.Model):
    """An automatic decision in the audit sample, judged by a moderator who does not know it."""

    comment = models.OneToOneField(
        "comments.Comment",
        on_delete=models.PROTECT,
        related_name="second_look",
        verbose_name=_("comment"),
    )
    # The automatic decision, and the text revision it was made on.
    status = models.CharField(max_length=10)
    text_revision = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    # What the moderator would have decided; empty in an answered row means void.
    verdict = models.CharField(_("decision"), max_length=10, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    by_name = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True)

    objects = SecondLookQuerySet.as_manager()

    class Meta:
        default_permissions = []
        verbose_name = _("audit sample")
        verbose_name_plural = _("audit sample")
        indexes = [
            models.Index(
                fields=["created_at", "id"],
                name="second_looks_to_take",
                condition=Q(answered_at=None),
            ),
            models.Index(fields=["answered_at"], name="second_looks_taken"),
        ]

    def __str__(self):
        return _("Audit of comment %(number)s") % {"number": self.comment_id}

    @property
    def is_void(self):
        """Whether it was closed without a verdict."""
        return self.answered_at is not None and not self.verdict

    def judge(self, verdict, *, by, seen, reason=""):
        """
        Store the verdict (a status) and take it as the moderator's decision on the comment.

        `seen` is the version that was judged, `reason` a Decision.Reason for "rejected".
        Raises TransitionError if another moderator was quicker. If the comment has changed
        since the automatic decision, nothing is decided and the second look becomes void.
        """
        with transaction.atomic():
            Thread.objects.lock_for(self.comment.article)
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
            step = getattr(self.comment, _STEP_FOR_VERDICT[verdict])
            step(**how, **({"reason": reason} if verdict == "rejected" else {}))

    def _answer(self, **answer):
        """Store the answer, under the lock of the thread, so that a second answer waits."""
        for name, value in answer.items():
            setattr(self, name, value)
        self.save(update_fields=answer)

    def _refusal(self):
        if self.is_void:
            return _(
                "This comment has left the audit sample: it was decided on or changed in the meantime."
            )
        return _(
            "%(name)s has already answered this one. Your answer was not saved."
        ) % {"name": self.by_name}


def _is_unchanged():
    """Condition: the comment is as the automatic decision left it, and no moderator has decided."""
    judged = Decision.objects.by_people().filter(comment=OuterRef("comment"))
    return ~Exists(judged.order_by()) & Q(
        comment__status=F("status"),
        comment__text_revision=F("text_revision"),
        comment__erased_at=None,
    )
