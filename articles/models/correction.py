from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.core.append_only import AppendOnly, AppendOnlyQuerySet, name_of
from articles.core.batches import change_in_batches
from articles.core.languages import written_in
from articles.core.link_keys import LinkedRow
from articles.core.moments import moment_in_words
from articles.models.article import Article
from articles.models.step import TransitionError

# In characters as readers count them.
LONGEST_REQUEST = 2000
# How long the keyed hash of the sender's network is kept.
NETWORK_KEPT = timedelta(days=30)


class CorrectionQuerySet(AppendOnlyQuerySet):
    def shown(self):
        """The corrections of visible articles, which the public may read."""
        return self.filter(article__in=Article.objects.visible().values("pk"))

    def read_in(self, language):
        """Those of articles at the addresses of this language."""
        return self.filter(written_in(language, "article__language"))


class Correction(AppendOnly):
    """A note to readers on what was wrong in an article, or what is new in it."""

    class Kind(models.TextChoices):
        CORRECTION = "correction", _("Correction")
        CLARIFICATION = "clarification", _("Clarification")
        UPDATE = "update", _("Update")
        EDITORS_NOTE = "editors_note", _("Editor’s note")

    article = models.ForeignKey(
        Article,
        on_delete=models.PROTECT,
        related_name="corrections",
        verbose_name=_("article"),
    )
    kind = models.CharField(
        _("kind"), max_length=20, choices=Kind, default=Kind.CORRECTION
    )
    text = models.TextField(
        _("text"),
    )

    objects = CorrectionQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")

    def __str__(self):
        return _("%(kind)s of “%(article)s”") % {
            "kind": self.get_kind_display(),
            "article": self.article,
        }

    @property
    def who(self):
        return self.by_name or _("System")


class CorrectionRequestQuerySet(models.QuerySet):
    def open(self):
        return self.filter(closed_at=None)

    def answered(self):
        """Closed by a correction."""
        return self.filter(answer__isnull=False)

    def closed(self):
        """Closed without a correction."""
        return self.filter(closed_at__isnull=False, answer=None)

    def sent_from(self, networks):
        return self.filter(network__in=networks)

    def older_than(self, age: timedelta):
        return self.filter(created_at__lt=timezone.now() - age)

    def oldest_first(self):
        return self.order_by("created_at", "id")

    def forget_networks(self):
        """Blank the networks older than NETWORK_KEPT; return their number."""
        # No index can answer `exclude(network="")`.
        known = self.filter(network__gt="").older_than(NETWORK_KEPT)
        return change_in_batches(known, lambda batch: batch.update(network=""))


class CorrectionRequest(LinkedRow):
    """A reader's report of an error in an article, and its outcome."""

    # Protected: an article that readers could see is kept for ever.
    article = models.ForeignKey(
        Article,
        on_delete=models.PROTECT,
        related_name="correction_requests",
        verbose_name=_("article"),
    )
    text = models.TextField(
        _("text"),
    )
    # The keyed hash of the sender's network; blank after NETWORK_KEPT.
    network = models.CharField(_("network"), max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(_("sent"), default=timezone.now)
    # The correction that answers it. A request closed without one may have a reply.
    answer = models.ForeignKey(
        Correction,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="requests",
        verbose_name=_("answer"),
    )
    reply = models.TextField(_("reply"), blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by_name = models.CharField(_("closed by"), max_length=200, blank=True)

    objects = CorrectionRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction request")
        verbose_name_plural = _("correction requests")
        indexes = [
            models.Index(fields=["network", "created_at"], name="requests_by_network"),
            models.Index(
                fields=["closed_at", "created_at", "id"], name="requests_by_closing"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="answered_requests_are_closed",
                condition=Q(answer=None) | Q(closed_at__isnull=False),
            )
        ]

    def __str__(self):
        return _("Correction request about “%(article)s”") % {"article": self.article}

    @property
    def is_open(self):
        return self.closed_at is None

    @property
    def state(self):
        """“open”, “answered” or “closed”."""
        if self.is_open:
            return "open"
        return "answered" if self.answer_id else "closed"

    # Steps. Each is one guarded update, and raises TransitionError for a closed request.

    def answer_with(self, correction):
        """Close the request with this correction as the answer."""
        self._close(
            answer=correction,
            closed_at=correction.at,
            closed_by_name=correction.by_name,
        )

    def close(self, *, reply="", by=None):
        """Close the request without a correction. The sender can read the reply."""
        self._close(
            reply=reply,
            closed_at=timezone.now(),
            closed_by_name=name_of(by),
        )

    def _close(self, **changes):
        this_request = CorrectionRequest.objects.filter(pk=self.pk)
        updated = this_request.open().update(**changes)
        self.refresh_from_db()
        if not updated:
            raise TransitionError(self._refusal())

    def _refusal(self):
        sentence = (
            _("%(name)s answered this request on %(time)s. Nothing was changed.")
            if self.answer_id
            else _("%(name)s closed this request on %(time)s. Nothing was changed.")
        )
        return sentence % {
            "name": self.closed_by_name or _("System"),
            "time": moment_in_words(self.closed_at),
        }
