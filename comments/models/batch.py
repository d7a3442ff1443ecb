from django.db import models

from articles.core.append_only import AppendOnly


class Batch(AppendOnly):
    """Decisions that a moderator took with one press, and can undo with one."""

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
