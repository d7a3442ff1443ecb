from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from articles.core.append_only import name_of
from articles.models.step import TransitionError


class ProposalQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status=Proposal.Status.OPEN)

    def of(self, user):
        return self.filter(by=user)

    def oldest_first(self):
        return self.order_by("at", "id")

    def for_listing(self):
        """Load what a line in a list shows, without the texts."""
        return self.select_related("article", "revision").defer(
            "article__body", "revision__content"
        )


class Proposal(models.Model):
    """Changes that a writer suggests for an article they may not change, and the answer."""

    class Status(models.TextChoices):
        OPEN = "open", _("Waiting for an answer")
        TAKEN = "taken", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "Withdrawn")

    article = models.ForeignKey(
        "articles.Article",
        on_delete=models.CASCADE,
        related_name="proposals",
        verbose_name=_("article"),
    )
    # The proposed text: a revision of the kind `proposed`.
    revision = models.OneToOneField(
        "articles.Revision",
        on_delete=models.CASCADE,
        related_name="proposal",
        verbose_name=_("revision"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("account"),
    )
    by_name = models.CharField(_("by"), max_length=200, blank=True)
    at = models.DateTimeField(_("time"), default=timezone.now)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.OPEN
    )
    answer = models.TextField(_("answer"), blank=True)
    answered_by_name = models.CharField(_("answered by"), max_length=200, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["-id"]
        default_permissions = []
        constraints = [
            models.UniqueConstraint(
                name="one_open_proposal_for_each_writer",
                fields=["article", "by"],
                condition=Q(status="open"),
            )
        ]
        indexes = [
            models.Index(
                fields=["at", "id"], name="open_proposals", condition=Q(status="open")
            )
        ]

    def __str__(self):
        return _("Proposal %(number)s for article %(article)s") % {
            "number": self.pk,
            "article": self.article_id,
        }

    @property
    def who(self):
        return self.by_name or _("someone")

    @property
    def is_open(self):
        return self.status == self.Status.OPEN

    def close(self, status, *, by=None, answer=""):
        """
        Close the proposal with a status and an answer, in one guarded update.

        Raises TransitionError when it was answered, taken back or changed since this object
        was loaded.
        """
        waiting = Proposal.objects.open().filter(pk=self.pk, at=self.at)
        updated = waiting.update(
            status=status,
            answer=answer,
            answered_by_name=name_of(by),
            answered_at=timezone.now(),
        )
        self.refresh_from_db()
        if not updated and self.is_open:
            raise TransitionError(
                _(
                    "%(name)s changed this proposal after you opened it. Look at it again."
                )
                % {"name": self.who}
            )
        if not updated:
            raise TransitionError(
                _("%(name)s was faster. Status of this proposal: %(status)s.")
                % {
                    "name": self.answered_by_name or _("Someone"),
                    "status": self.get_status_display(),
                }
            )
