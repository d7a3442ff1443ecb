import secrets

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.core.moments import moment_in_words


def random_key():
    return secrets.token_urlsafe(24)


class PreviewLinkQuerySet(models.QuerySet):
    def open(self):
        """Those that have neither ended nor been revoked."""
        return self.filter(revoked_at=None, ends_at__gt=timezone.now())


class PreviewLink(models.Model):
    """A secret address that shows one article to people without an account before publication."""

    article = models.ForeignKey(
        "articles.Article",
        on_delete=models.CASCADE,
        related_name="preview_links",
        verbose_name=_("article"),
    )
    key = models.CharField(_("key"), max_length=64, unique=True, default=random_key)
    ends_at = models.DateTimeField(
        _("expires"),
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("account"),
    )
    by_name = models.CharField(_("by"), max_length=200, blank=True)
    at = models.DateTimeField(_("time"), default=timezone.now)

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("preview link")
        verbose_name_plural = _("preview links")
        ordering = ["-at", "-id"]
        default_permissions = []

    def __str__(self):
        return _("Preview of article %(article)s until %(time)s") % {
            "article": self.article_id,
            "time": moment_in_words(self.ends_at),
        }

    def get_absolute_url(self):
        return reverse("articles:preview", args=[self.key])

    @property
    def is_open(self):
        return self.revoked_at is None and self.ends_at > timezone.now()

    def revoke(self):
        """End the link. Nothing happens if it was revoked before."""
        this_link = PreviewLink.objects.filter(pk=self.pk, revoked_at=None)
        this_link.update(revoked_at=timezone.now())
        self.refresh_from_db(fields=["revoked_at"])
