from django.db import models

from articles.append_only import AppendOnly


class ArticleBatch(AppendOnly):
    """What was done to many articles with one press, and can be undone with one."""

    what = models.CharField(max_length=20)
    undoes = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="undone_by",
    )

    class Meta(AppendOnly.Meta):
        default_permissions = []
        verbose_name_plural = "article batches"

    def __str__(self):
        return f"{self.by_name}: {self.what}"


class BatchItem(models.Model):
    """How one article of a batch was before and after it, for the undo."""

    batch = models.ForeignKey(
        ArticleBatch, on_delete=models.PROTECT, related_name="items"
    )
    article = models.ForeignKey(
        "articles.Article", on_delete=models.CASCADE, related_name="+"
    )
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        default_permissions = []

    def __str__(self):
        return f"Article {self.article_id} in batch {self.batch_id}"
