from django.db import models
from django.urls import reverse
from taggit.managers import _TaggableManager
from taggit.models import ItemBase, TagBase

from articles.slugs import slug_from


class Tag(TagBase):
    """What an article is about; the first one is the kicker above its headline."""

    class Meta:
        ordering = ["name"]

    def get_absolute_url(self):
        return reverse("articles:tag", args=[self.slug])

    def slugify(self, tag, i=None):
        suffix = f"-{i + 1}" if i else ""
        return slug_from(tag, fallback="tag", max_length=100 - len(suffix)) + suffix


class TaggedArticle(ItemBase):
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="items")
    content_object = models.ForeignKey(
        "articles.Article", on_delete=models.CASCADE, related_name="tagged"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tag", "content_object"], name="an_article_has_a_tag_once"
            )
        ]


class TagsInOrder(_TaggableManager):
    """Tags in the order in which they were given; those that taggit prefetches come in none."""

    def get_prefetch_querysets(self, instances, querysets=None):
        tags, *rest = super().get_prefetch_querysets(instances, querysets)
        return tags.order_by("items__pk"), *rest
