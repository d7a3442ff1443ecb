from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class SecondLookQuerySet(models.QuerySet):
    def open(self):
        return self.filter(answered_at=None)

    def answered(self):
        return self.filter(answered_at__isnull=False)


class SecondLook(models.Model):
    """An automatic decision, drawn by lot, that a moderator judges without knowing what it was."""

    comment = models.OneToOneField(
        "comments.Comment", on_delete=models.PROTECT, related_name="second_look"
    )
    # What the machine decided, and on which text.
    status = models.CharField(max_length=10)
    text_revision = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    # What the moderator would have decided.
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
