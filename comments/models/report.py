from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LONGEST_SENTENCE = 500


class ReportQuerySet(models.QuerySet):
    def from_person(self, *, networks, by=None):
        """Reports of this account or, without one, of a network with one of these hashes."""
        if by is not None:
            return self.filter(by=by)
        return self.filter(by=None, network__in=networks)

    def voices(self):
        """How many accounts and networks reported; all unknown networks count as one."""
        found = self.aggregate(
            accounts=Count("by", distinct=True),
            networks=Count("network", distinct=True, filter=Q(by=None)),
        )
        return found["accounts"] + found["networks"]


class Report(models.Model):
    """A reader's complaint about a comment that is shown."""

    class Reason(models.TextChoices):
        ABUSE = "abuse", _("It insults or threatens someone")
        SPAM = "spam", _("It is spam or advertising")
        OFF_TOPIC = "off_topic", _("It has nothing to do with the article")
        PERSONAL_DATA = (
            "personal_data",
            _("It reveals private information about someone"),
        )
        UNLAWFUL = "unlawful", _("It may be unlawful")
        OTHER = "other", _("Something else")

    comment = models.ForeignKey(
        "comments.Comment",
        on_delete=models.PROTECT,
        related_name="reports",
        verbose_name=_("comment"),
    )
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    sentence = models.CharField(
        _("explanation"), max_length=LONGEST_SENTENCE * 4, blank=True
    )
    # The hash of the sender's network, blanked after DAYS_KEPT; see
    # comments.security.networks. Empty for a report of an account.
    network = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(_("sent"), default=timezone.now)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["network", "created_at"], name="reports_by_network")
        ]
        constraints = [
            models.UniqueConstraint(
                name="one_report_for_each_network",
                fields=["comment", "network"],
                condition=~Q(network=""),
            ),
            models.UniqueConstraint(
                name="one_report_for_each_account",
                fields=["comment", "by"],
                condition=Q(by__isnull=False),
            ),
        ]

    def __str__(self):
        return _("Report of comment %(number)s: %(reason)s") % {
            "number": self.comment_id,
            "reason": self.get_reason_display(),
        }
