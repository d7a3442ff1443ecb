from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from taggit.managers import _TaggableManager
from taggit.models import ItemBase, NaturalKeyManager, TagBase

from articles.core.append_only import AppendOnly, name_of
from articles.core.bounded_count import USES_COUNTED, BoundedCount
from articles.core.name_fields import NameField, NameKeyField
from articles.core.slugs import UnicodeSlugField, free_slug, slug_from
from articles.core.text.names import name_key

# In characters.
SLUG_LENGTH = 100


class TagQuerySet(models.QuerySet):
    def at(self, slug):
        """The tag with this slug now, or formerly if readers could see it; or None."""
        return (
            self.filter(slug=slug).first()
            or self.filter(addresses__slug=slug, addresses__seen=True).first()
        )

    def with_uses(self):
        """Annotate `uses`: the number of articles, visible or not, at most USES_COUNTED + 1."""
        items = TaggedArticle.objects.filter(tag=OuterRef("pk")).order_by()
        return self.annotate(uses=BoundedCount(items.values("pk")[: USES_COUNTED + 1]))

    def called(self, names):
        """A dict from keys of these names, current or former, to the tags."""
        names = list(names)
        keys = {name_key(name) for name in names}
        if not keys:
            return {}
        # What a release has written that does not know keys has none, or after a rename an
        # old one, until `doctor` mends it.
        alike = Q(key__in=keys) | Q(key=None) | Q(name__in=names)
        had = TagAddress.objects.filter(alike).select_related("tag").order_by("pk")
        found = {name_key(address.name): address.tag for address in had}
        found |= {name_key(tag.name): tag for tag in self.filter(alike).order_by("pk")}
        return {key: found[key] for key in keys & found.keys()}

    def knows_name(self, name):
        """Whether a tag has this name, or had it."""
        return bool(self.called([name]))

    def names_of_today(self, names):
        """A dict from keys of these names, current or former, to the current names of the tags."""
        return {key: tag.name for key, tag in self.called(names).items()}


class Tag(TagBase):
    """What an article is about. The first tag of an article is the kicker above its headline."""

    name = NameField(_("name"), max_length=100, unique=True)
    key = NameKeyField(unique=True)
    # taggit's own refuses the marks of Hindi, Thai and other scripts.
    slug = UnicodeSlugField(_("address"), max_length=SLUG_LENGTH, unique=True)

    objects = NaturalKeyManager.from_queryset(TagQuerySet)()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]

    def get_absolute_url(self):
        return reverse("articles:tag", args=[self.slug])

    def slugify(self, tag, i=None):
        wanted = slug_from(
            tag,
            fallback="tag",
            max_length=SLUG_LENGTH,
            language=settings.LANGUAGE_CODE,
        )
        if slug_free(wanted):
            return wanted
        # One query for all candidates: every tag without letters wants to be “tag”.
        alike = {"slug__startswith": wanted[: SLUG_LENGTH - 10]}
        taken = {
            slug
            for model in (Tag, TagAddress)
            for slug in model.objects.filter(**alike).values_list("slug", flat=True)
        }
        return free_slug(wanted, taken=taken.__contains__, max_length=SLUG_LENGTH)

    def slug_free(self, slug):
        """Whether this tag may have the slug: no other has it, or had it."""
        return slug_free(slug, but_for=self.pk)


class TagAddress(models.Model):
    """A former slug and name of a tag, or of another tag that was merged into it."""

    slug = UnicodeSlugField(_("address"), max_length=SLUG_LENGTH, unique=True)
    # The tag is still found by this name, when typed and in older content.
    name = NameField(_("name"), max_length=100)
    key = NameKeyField(db_index=True)
    tag = models.ForeignKey(
        Tag,
        on_delete=models.CASCADE,
        related_name="addresses",
        verbose_name=_("tag"),
    )
    # Whether readers may have seen the slug. Only then it redirects.
    seen = models.BooleanField(
        _("seen by readers"),
    )

    class Meta:
        verbose_name = _("tag address")
        verbose_name_plural = _("tag addresses")
        default_permissions = []

    def __str__(self):
        return self.slug


class TagStep(AppendOnly):
    """The record of what was done to a tag, with everything needed to undo a merge."""

    class What(models.TextChoices):
        RENAME = "rename", _("renamed")
        MERGE = "merge", _("merged")
        UNDO = "undo", _("merge undone")

    # No constraint: the record outlives the tag.
    tag = models.ForeignKey(
        Tag,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="steps",
        verbose_name=_("tag"),
    )
    what = models.CharField(_("step"), max_length=10, choices=What)
    name = models.CharField(_("name"), max_length=100)
    # The name and slug before the step; of a merge, those of the tag that was merged away.
    old_name = models.CharField(_("old name"), max_length=100)
    old_slug = models.CharField(_("old address"), max_length=SLUG_LENGTH)
    went = models.BigIntegerField(null=True, blank=True, db_index=True)
    # See articles.publishing.tag_merge.merge.
    rows = models.JSONField(default=dict, blank=True)
    undoes = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="undone_by",
        verbose_name=_("undoes"),
    )

    class Meta(AppendOnly.Meta):
        verbose_name = _("tag log entry")
        verbose_name_plural = _("tag log")

    def __str__(self):
        return self.in_words

    @property
    def who(self):
        return self.by_name or _("System")

    @property
    def in_words(self):
        """What was done, as a clause for a sentence."""
        clauses = {
            self.What.RENAME: _(
                "renamed “{old}”, whose address was “{slug}”, to “{new}”"
            ),
            self.What.MERGE: _("merged “{old}” into “{new}”"),
            self.What.UNDO: _("undid the merge of “{old}” into “{new}”"),
        }
        return clauses[self.What(self.what)].format(
            old=self.old_name, slug=self.old_slug, new=self.name
        )

    @property
    def is_undoable(self):
        """Whether it is a merge that is not undone yet."""
        return self.what == self.What.MERGE and not hasattr(self, "undone_by")


class TagsApartQuerySet(models.QuerySet):
    def mark(self, one, other, *, by):
        """Store that these two tags are different; an earlier row stays as it is."""
        first, second = sorted([one, other], key=lambda tag: tag.pk)
        self.get_or_create(
            first=first, second=second, defaults={"by": by, "by_name": name_of(by)}
        )

    def of(self, one, other):
        keys = [one.pk, other.pk]
        return self.filter(first__in=keys, second__in=keys)

    def newest_first(self):
        return self.select_related("first", "second").order_by("-id")


class TagsApart(models.Model):
    """Two similar tags that somebody has called different, so that nobody is asked again."""

    first = models.ForeignKey(
        Tag,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("first tag"),
    )
    second = models.ForeignKey(
        Tag,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("second tag"),
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

    objects = TagsApartQuerySet.as_manager()

    class Meta:
        verbose_name = _("pair of different tags")
        verbose_name_plural = _("pairs of different tags")
        default_permissions = []
        constraints = [
            models.UniqueConstraint(
                name="tags_are_kept_apart_once", fields=["first", "second"]
            )
        ]

    def __str__(self):
        return _("“%(one)s” is not “%(other)s”") % {
            "one": self.first,
            "other": self.second,
        }


class TaggedArticle(ItemBase):
    tag = models.ForeignKey(
        Tag,
        on_delete=models.CASCADE,
        related_name="items",
        verbose_name=_("tag"),
    )
    content_object = models.ForeignKey(
        "articles.Article",
        on_delete=models.CASCADE,
        related_name="tagged",
        verbose_name=_("article"),
    )

    class Meta:
        verbose_name = _("tag of an article")
        verbose_name_plural = _("tags of articles")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tag", "content_object"], name="an_article_has_a_tag_once"
            )
        ]


class TagsInOrder(_TaggableManager):
    """
    Tags in the order in which they were added; taggit's own prefetch has no order.

    A former name of a renamed or merged tag means the current tag, so that stale forms, old
    revisions and imports do not create the old tag again.
    """

    def get_prefetch_querysets(self, instances, querysets=None):
        tags, *rest = super().get_prefetch_querysets(instances, querysets)
        return tags.order_by("items__pk"), *rest

    def _to_tag_model_instances(self, tags, tag_kwargs):
        tags = list(tags)
        known = Tag.objects.called(tag for tag in tags if isinstance(tag, str))
        for name in tags:
            if isinstance(name, str) and (key := name_key(name)) not in known:
                known[key], _ = Tag.objects.get_or_create(
                    key=key, defaults={"name": name}
                )
        found = [known[name_key(tag)] if isinstance(tag, str) else tag for tag in tags]
        return list(dict.fromkeys(found))


def slug_free(slug, *, but_for=None):
    return not (
        Tag.objects.filter(slug=slug).exclude(pk=but_for).exists()
        or TagAddress.objects.filter(slug=slug).exclude(tag=but_for).exists()
    )
