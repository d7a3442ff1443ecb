from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.core.append_only import AppendOnly, AppendOnlyQuerySet

# A batch can be undone as a whole for this long.
UNDO_WITHIN = timedelta(hours=24)


class ArticleBatchQuerySet(AppendOnlyQuerySet):
    def seen_by(self, user):
        """For those who may publish all batches, for writers their own, for others none."""
        if user.has_perm("articles.publish_article"):
            return self
        if user.has_perm("articles.change_article"):
            return self.filter(by=user)
        return self.none()

    def with_left_to_undo(self):
        """Annotate `left_to_undo`: whether any change of the batch is not undone yet."""
        left = _not_undone().filter(batch=models.OuterRef("pk"))
        return self.annotate(left_to_undo=models.Exists(left))


class ArticleBatch(AppendOnly):
    """A bulk action on several articles, which can be undone as a whole."""

    # The name of the step at the desk; see articles.admin.actions.registry.
    what = models.CharField(_("step"), max_length=20)
    undoes = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="undone_by",
        verbose_name=_("undoes"),
    )

    objects = ArticleBatchQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name = _("bulk action")
        verbose_name_plural = _("bulk actions")
        default_permissions = []

    def __str__(self):
        return _("%(name)s: %(step)s") % {"name": self.by_name, "step": self.what}

    @property
    def undone(self):
        """The batch that undoes this one; None if there is none."""
        return getattr(self, "undone_by", None)

    @property
    def ends_at(self):
        """The time until which it can be undone."""
        return self.at + UNDO_WITHIN

    @property
    def is_open(self):
        """
        Whether it can still be undone.

        That is within UNDO_WITHIN, or later to finish an undo that stopped half way. A batch
        that undoes another one cannot be undone.
        """
        if self.undone is not None:
            return self.is_half_undone
        return self.undoes_id is None and timezone.now() < self.ends_at

    @property
    def is_half_undone(self):
        """Whether its undo began but stopped before it reached every article."""
        if self.undone is None:
            return False
        known = getattr(self, "left_to_undo", None)
        return self.not_undone().exists() if known is None else known

    def not_undone(self):
        """The items that it changed and that no undo has reached yet."""
        return _not_undone().filter(batch=self)


class BatchedArticle(models.Model):
    """What a batch changed in one article, or in `why_not` why it changed nothing."""

    batch = models.ForeignKey(
        ArticleBatch,
        on_delete=models.PROTECT,
        related_name="items",
        verbose_name=_("bulk action"),
    )
    # Drafts can be deleted; their items go with them.
    article = models.ForeignKey(
        "articles.Article",
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("article"),
    )
    # The values before and after the change, by name: fields of STANDING_FIELDS (see
    # articles.models.article_steps) and parts of the content (articles.content.snapshots).
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    why_not = models.TextField(_("reason for skipping"), blank=True)

    class Meta:
        verbose_name = _("article in a bulk action")
        verbose_name_plural = _("articles in bulk actions")
        ordering = ["id"]
        default_permissions = []
        constraints = [
            models.UniqueConstraint(
                name="an_article_is_once_in_a_batch", fields=["batch", "article"]
            )
        ]

    def __str__(self):
        return _("Article %(article)s in bulk action %(batch)s") % {
            "article": self.article_id,
            "batch": self.batch_id,
        }


def _not_undone():
    reached_by_undo = BatchedArticle.objects.filter(
        batch__undoes=models.OuterRef("batch"), article=models.OuterRef("article")
    )
    return BatchedArticle.objects.filter(~models.Exists(reached_by_undo), why_not="")
