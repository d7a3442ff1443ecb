from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.core.batches import delete_in_batches
from articles.models.revision import Revision

# People who typed something within this time are shown as editing.
EDITING_WITHIN = timedelta(minutes=2)
# Long enough for people on leave. The rows are few.
UNSAVED_KEPT = timedelta(days=365)


class UnsavedQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(by=user)

    def recent(self):
        return self.filter(at__gt=timezone.now() - EDITING_WITHIN)

    def overtaken(self):
        """Those based on a revision after which somebody else has saved; none without a base."""
        newer = Revision.objects.working().filter(
            article=models.OuterRef("article"), pk__gt=models.OuterRef("began_from")
        )
        return self.filter(
            models.Exists(newer.exclude(by=models.OuterRef("by"))),
            began_from__isnull=False,
        )

    def by_others(self, user):
        """The rows of other people, newest first, without what they typed."""
        others = self.exclude(by=user).select_related("by").defer("typed")
        return others.order_by("-at")

    def forget_old(self):
        """Delete rows older than UNSAVED_KEPT; return their number."""
        return delete_in_batches(self.filter(at__lt=timezone.now() - UNSAVED_KEPT))

    def store(self, article, typed, *, by, began_from=None):
        """Store what the person has typed (see Unsaved.typed) in place of their earlier text."""
        row, _created = self.update_or_create(
            article=article,
            by=by,
            defaults={"typed": typed, "began_from": began_from, "at": timezone.now()},
        )
        return row


class Unsaved(models.Model):
    """The autosave of one person for one article: what they typed and have not saved. One row."""

    article = models.ForeignKey(
        "articles.Article",
        on_delete=models.CASCADE,
        related_name="unsaved",
        verbose_name=_("article"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("account"),
    )
    # The values of the form as typed, by field name; not validated.
    typed = models.JSONField(
        _("text"),
    )
    # The revision that was on the screen; None for an article without one.
    began_from = models.ForeignKey(
        "articles.Revision",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("based on"),
    )
    at = models.DateTimeField(_("time"), default=timezone.now, db_index=True)

    objects = UnsavedQuerySet.as_manager()

    class Meta:
        verbose_name = _("unsaved text")
        verbose_name_plural = _("unsaved texts")
        default_permissions = []
        constraints = [
            models.UniqueConstraint(
                name="one_unsaved_text_for_each_editor", fields=["article", "by"]
            )
        ]

    def __str__(self):
        return _("Unsaved text of %(name)s in article %(article)s") % {
            "name": self.by,
            "article": self.article_id,
        }
