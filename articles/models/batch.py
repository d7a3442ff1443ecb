from datetime import timedelta

from django.db import models
from django.utils import timezone

from articles.core.append_only import AppendOnly, AppendOnlyQuerySet

# For so long, all of a batch can be undone with one press.
UNDO_WITHIN = timedelta(hours=24)


class ArticleBatchQuerySet(AppendOnlyQuerySet):
    def seen_by(self, user):
        """All of them for those who publish, one's own for writers, none for others."""
        if user.has_perm("articles.publish_article"):
            return self
        if user.has_perm("articles.change_article"):
            return self.filter(by=user)
        return self.none()

    def knowing_what_is_left(self):
        """Each with `left_to_undo`: whether there is something in it that no undoing has come to."""
        left = _not_undone().filter(batch=models.OuterRef("pk"))
        return self.annotate(left_to_undo=models.Exists(left))


class ArticleBatch(AppendOnly):
    """What was done to several articles with one press, and can be undone with one."""

    # The name of the step at the desk; see articles.admin.actions.registry.
    what = models.CharField(max_length=20)
    undoes = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="undone_by",
    )

    objects = ArticleBatchQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        default_permissions = []
        verbose_name = "batch of articles"
        verbose_name_plural = "batches of articles"

    def __str__(self):
        return f"{self.by_name}: {self.what}"

    @property
    def undone(self):
        """The undoing of this batch; None while it stands."""
        return getattr(self, "undone_by", None)

    @property
    def ends_at(self):
        """Until when it can be undone."""
        return self.at + UNDO_WITHIN

    @property
    def is_open(self):
        """Whether it can be undone still: in time, or begun in time and stopped half way; not done before, and no undoing itself."""
        if self.undone is not None:
            return self.is_half_undone
        return self.undoes_id is None and timezone.now() < self.ends_at

    @property
    def is_half_undone(self):
        """Whether its undoing began and stopped before it came to every article."""
        if self.undone is None:
            return False
        known = getattr(self, "left_to_undo", None)
        return self.not_undone().exists() if known is None else known

    def not_undone(self):
        """What it changed and its undoing, if there is one, has not come to yet."""
        return _not_undone().filter(batch=self)


class BatchedArticle(models.Model):
    """What a batch changed of one article, or why it did not."""

    batch = models.ForeignKey(
        ArticleBatch, on_delete=models.PROTECT, related_name="items"
    )
    # Drafts can be deleted; what was done to them goes along.
    article = models.ForeignKey(
        "articles.Article", on_delete=models.CASCADE, related_name="+"
    )
    # What was changed, by its name, as it was and as it was then: where the article
    # stood, and parts of what it says.
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    why_not = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        default_permissions = []
        constraints = [
            models.UniqueConstraint(
                name="an_article_is_once_in_a_batch", fields=["batch", "article"]
            )
        ]

    def __str__(self):
        return f"Article {self.article_id} in batch {self.batch_id}"


def _not_undone():
    come_to = BatchedArticle.objects.filter(
        batch__undoes=models.OuterRef("batch"), article=models.OuterRef("article")
    )
    return BatchedArticle.objects.filter(~models.Exists(come_to), why_not="")
