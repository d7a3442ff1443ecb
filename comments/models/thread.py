from django.db import models
from django.db.models.functions import Greatest
from django.utils import timezone

from articles.models import Article


class ThreadManager(models.Manager):
    def of(self, article):
        """The article's thread, made when first needed."""
        return self.get_or_create(article=article)[0]


class Thread(models.Model):
    """The conversation under one article: its policy, when it closes, how many comments are shown."""

    class Policy(models.TextChoices):
        OPEN = "open", "Open: the screening decides"
        HELD = "held", "Held: every comment waits for a moderator"
        CLOSED = "closed", "Closed: nothing new is taken"

    article = models.OneToOneField(
        Article, on_delete=models.PROTECT, related_name="thread"
    )
    policy = models.CharField(max_length=8, choices=Policy, default=Policy.OPEN)
    closes_at = models.DateTimeField(null=True, blank=True)
    # Kept right in the transaction of each decision, so that no page counts rows.
    shown_count = models.PositiveIntegerField(default=0, editable=False)

    objects = ThreadManager()

    def __str__(self):
        return f"Conversation on “{self.article}”"

    def count(self, change):
        """Let the number of shown comments follow a decision; in the same transaction as that."""
        Thread.objects.filter(pk=self.pk).update(
            shown_count=Greatest(models.F("shown_count") + change, 0)
        )

    @property
    def is_closed(self):
        return self.policy == self.Policy.CLOSED or (
            self.closes_at is not None and self.closes_at <= timezone.now()
        )
