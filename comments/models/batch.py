from django.db import models

from articles.core.append_only import AppendOnly


class Batch(AppendOnly):
    """A bulk action: decisions that a moderator took at once and can undo at once."""

    step = models.CharField(max_length=10)
    undoes = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="undone_by",
    )

    class Meta(AppendOnly.Meta):
        default_permissions = []

    def __str__(self):
        return f"{self.by_name}: {self.step}"
