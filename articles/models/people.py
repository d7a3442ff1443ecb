from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from articles.content.fields import SkeletonField
from articles.core.bounded_count import USES_COUNTED, BoundedCount
from articles.core.name_fields import NameField, NameKeyField
from articles.core.slugs import UnicodeSlugField, free_slug, slug_from
from articles.core.text.names import name_key
from articles.core.text.normalisation import skeletons


class PersonQuerySet(models.QuerySet):
    def called(self, *names):
        """The people with one of these names; several may share one."""
        keys = {name_key(name) for name in names}
        # A row of a release that does not know keys is found as it was.
        return self.filter(Q(key__in=keys) | Q(key=None, name__in=names))

    def knows_name(self, name):
        """Whether somebody has this name."""
        return self.called(name).exists()

    def with_uses(self):
        """Annotate `uses`: the number of articles, visible or not, at most USES_COUNTED + 1."""
        articles = Credit.objects.filter(person=models.OuterRef("pk")).order_by()
        counted = articles.values("article").distinct()[: USES_COUNTED + 1]
        return self.annotate(uses=BoundedCount(counted))

    def at(self, slug):
        """The person with this slug now or formerly, or None."""
        return (
            self.filter(slug=slug).first() or self.filter(addresses__slug=slug).first()
        )

    def looking_like(self, name):
        """The people whose names look like this one to a reader."""
        return self.filter(skeleton__in=skeletons(name))

    def credited(self, credits):
        """
        Pairs of a person and a role, in order, for the byline of a snapshot.

        For a person who was merged into another one since, that one is returned, and for one
        who was deleted a new, unsaved Person.
        """
        found = self.in_bulk([credit["person"] for credit in credits])
        if missing := {credit["person"] for credit in credits} - found.keys():
            merged = PersonAddress.objects.filter(went__in=missing)
            found |= {one.went: one.person for one in merged.select_related("person")}
        return [
            (
                found.get(credit["person"]) or self.model(name=credit["name"]),
                Credit.Role(credit.get("role", Credit.Role.BY)),
            )
            for credit in credits
        ]


class Person(models.Model):
    """Somebody whom a byline can name. They need no account."""

    name = NameField(_("name"), max_length=120)
    # Not unique: two people may have one name, and are told apart by their addresses.
    key = NameKeyField(db_index=True)
    slug = UnicodeSlugField(
        _("address"),
        max_length=120,
        unique=True,
        blank=True,
        help_text=_(
            "The last part of the address of this person’s page. Made from the name if left empty."
        ),
    )
    about = models.TextField(
        pgettext_lazy("a person", "about"),
        blank=True,
        help_text=_("A sentence or two, shown on this person’s page."),
    )
    skeleton = SkeletonField()

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["skeleton"], name="people_by_skeleton")]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        if not self.slug:
            self.slug = free_slug(
                slug_from(
                    self.name,
                    fallback="person",
                    max_length=120,
                    language=settings.LANGUAGE_CODE,
                ),
                taken=lambda slug: Person.objects.at(slug) is not None,
                max_length=120,
            )
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("articles:person", args=[self.slug])


class PersonAddress(models.Model):
    """A former slug: that of another row for the same person, which was merged into this one."""

    slug = UnicodeSlugField(max_length=120, unique=True)
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="addresses"
    )
    # The key of the row that was merged. Revisions of articles still have it.
    went = models.BigIntegerField(null=True, db_index=True)

    class Meta:
        default_permissions = []
        verbose_name_plural = "addresses of people"

    def __str__(self):
        return self.slug


class Credit(models.Model):
    """One entry in the byline of one article: a person, a role and a position."""

    class Role(models.TextChoices):
        BY = "by", pgettext_lazy("role in a byline", "by")
        REPORTING = "reporting", pgettext_lazy("role in a byline", "reporting")
        PHOTOGRAPHS = "photographs", pgettext_lazy("role in a byline", "photographs")
        EDITING = "editing", pgettext_lazy("role in a byline", "editing")

    article = models.ForeignKey(
        "articles.Article",
        on_delete=models.CASCADE,
        related_name="credits",
        verbose_name=_("article"),
    )
    person = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        related_name="credits",
        verbose_name=_("author"),
    )
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.BY)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("byline entry")
        verbose_name_plural = _("byline entries")
        ordering = ["position", "id"]
        indexes = [
            models.Index(fields=["person", "role"], name="credits_by_person_and_role")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "person", "role"],
                name="a_person_signs_an_article_once_in_a_role",
            ),
            models.CheckConstraint(
                name="credits_have_a_known_role",
                condition=models.Q(
                    role__in=["by", "reporting", "photographs", "editing"]
                ),
            ),
        ]

    def __str__(self):
        return str(self.person)
