from django.db import models
from django.utils import timezone


class AddressQuerySet(models.QuerySet):
    def used(self):
        """Addresses a reader may have seen; the others wait for a scheduled hour."""
        return self.filter(since__lte=timezone.now())

    def unused(self):
        return self.filter(since__gt=timezone.now())


class Address(models.Model):
    """
    A slug under which an article is, was or is about to be public: it names that article for ever.

    Every address points at the article and none at another address, so a
    redirect can neither chain nor loop.
    """

    slug = models.SlugField(max_length=120, unique=True)
    # Protected: an article that was ever public is never deleted.
    article = models.ForeignKey(
        "articles.Article", on_delete=models.PROTECT, related_name="addresses"
    )
    since = models.DateTimeField()

    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "addresses"

    def __str__(self):
        return self.slug
