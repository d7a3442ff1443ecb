from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.core.slugs import UnicodeSlugField


class AddressQuerySet(models.QuerySet):
    def used(self):
        """Addresses that readers may have seen. The others wait for a scheduled time."""
        return self.filter(since__lte=timezone.now())

    def unused(self):
        return self.filter(since__gt=timezone.now())


class Address(models.Model):
    """
    A slug under which an article is, was or will be public. It names that article for ever.

    Addresses point at articles, never at other addresses, so redirects cannot chain or loop.
    """

    slug = UnicodeSlugField(_("address"), max_length=120, unique=True)
    # Protected: an article that was ever public is never deleted.
    article = models.ForeignKey(
        "articles.Article",
        on_delete=models.PROTECT,
        related_name="addresses",
        verbose_name=_("article"),
    )
    # When the article was or will be first public under this slug.
    since = models.DateTimeField(
        _("since"),
    )

    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")

    def __str__(self):
        return self.slug
